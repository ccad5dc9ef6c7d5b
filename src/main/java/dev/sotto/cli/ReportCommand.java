package dev.sotto.cli;

import dev.sotto.compiler.CompileReport;
import dev.sotto.compiler.slots.KernelCosts;
import dev.sotto.runtime.ServerPackage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what a server package computes and will cost. */
@Command(
    name = "report",
    description =
        "Shows what a compiled model computes on encrypted rows: operations by layer, parameters,"
            + " security, predicted core-seconds on this machine, bytes per row, memory.")
final class ReportCommand extends Subcommand {
  @Option(
      names = "--server",
      required = true,
      paramLabel = "ZIP",
      description = "The server.zip of a compiled model.")
  Path server;

  @Override
  Report run() {
    ServerPackage compiled = ServerPackage.read(server);
    KernelCosts costs = KernelCosts.measured(compiled.part().plan());
    return new Result(compiled.circuitHash(), CompileReport.of(compiled.part(), costs));
  }

  /** The report and the circuit's name. */
  private record Result(String circuit, CompileReport report) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.println("circuit   " + circuit);
      out.print(report.toText());
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("circuit", circuit);
      document.putAll(report.toMap());
      return document;
    }
  }
}
