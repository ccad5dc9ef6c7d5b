package dev.sotto.cli;

import dev.sotto.compiler.CircuitCompiler;
import dev.sotto.compiler.CompileOptions;
import dev.sotto.compiler.CompileReport;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.compiler.slots.KernelCosts;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.quantization.InputEncoding;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.spark.HadoopFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compiles a model for encrypted rows: a package for the data owner, one for the server. */
@Command(
    name = "compile",
    description = {
      "Compiles a model, once, for scoring encrypted rows: client.zip for the data owner, server.zip"
          + " for the machine that scores, and a report of what it will cost.",
      "The same model, rows and options give the same server.zip."
    })
final class CompileCommand extends Subcommand {
  static final String CLIENT = "client.zip";
  static final String SERVER = "server.zip";

  @Parameters(
      paramLabel = "MODEL",
      description = "An ONNX file, or a file that 'sotto quantize' wrote.")
  Path model;

  @Option(
      names = "--calibration",
      required = true,
      paramLabel = "ROWS",
      description =
          "Representative rows, or, for an ONNX file, a file that 'sotto calibrate' wrote.")
  String calibration;

  @Option(
      names = "--calibration-limit",
      paramLabel = "N",
      defaultValue = "2147483647",
      description = "Calibrate with at most so many rows, the first ones.")
  int calibrationLimit;

  @Option(
      names = "--label",
      defaultValue = "last",
      paramLabel = "last|NAME",
      description = "The column that is left out when rows are one wider than the model.")
  String label = "last";

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR",
      description = "The folder for client.zip and server.zip.")
  String output;

  @Mixin ClusterArguments cluster = new ClusterArguments();
  @Mixin QuantizationArguments quantization;
  @Mixin CompileArguments compilation;

  @Override
  Report run() throws IOException {
    cluster.apply();
    quantization.options(); // refused before any work
    CompileOptions options = compilation.options();
    CliError.requirePositive("--calibration-limit", calibrationLimit);
    CompilationInput input =
        CompilationInput.of(model, calibration, label, calibrationLimit, quantization);
    warn(input.warnings());
    long start = System.nanoTime();
    CompiledCircuit compiled = CircuitCompiler.compile(input.module(), options, input.rows());
    double seconds = (System.nanoTime() - start) / 1e9;
    CompileReport report = CompileReport.of(compiled, KernelCosts.measured(compiled.plan()));
    byte[] client = ClientPackage.of(compiled).toBytes();
    byte[] server = ServerPackage.of(compiled).toBytes();
    write(CLIENT, client);
    write(SERVER, server);
    return new Result(
        report,
        compiled.plan(),
        learnt(compiled),
        new Written(
            HadoopFiles.in(output, CLIENT),
            client.length,
            HadoopFiles.in(output, SERVER),
            server.length),
        seconds);
  }

  private void write(String name, byte[] bytes) throws IOException {
    if (HadoopFiles.isRemote(output)) {
      HadoopFiles.write(
          HadoopFiles.in(output, name), Packages.configuration(), out -> out.write(bytes));
    } else {
      Files.createDirectories(Path.of(output));
      Files.write(Path.of(output, name), bytes);
    }
  }

  /** What the data owner can read in its package. */
  private static String learnt(CompiledCircuit compiled) {
    boolean thresholds =
        compiled.client().encodings().stream().anyMatch(e -> e instanceof InputEncoding.Bits);
    return thresholds
        ? "scales and meanings of inputs and outputs, and the thresholds of the trees, but no leaf"
            + " and no structure (--thresholds uniform(n) keeps them back)"
        : "scales and meanings of inputs and outputs, and no weight";
  }

  /** The two packages. */
  private record Written(String client, long clientBytes, String server, long serverBytes) {}

  /** What was made. */
  private record Result(
      CompileReport report, SlotsPlan plan, String learnt, Written files, double seconds)
      implements Report {
    private boolean isExact() {
      return plan.scheme() == SlotsPlan.Scheme.BGV;
    }

    @Override
    public void print(PrintWriter out) {
      out.print(report.toText());
      out.println();
      out.println(
          isExact()
              ? "encrypted scores equal the clear ones of this circuit, bit for bit"
              : "encrypted scores come near the clear ones of this circuit (CKKS is approximate)");
      out.println("the client learns " + learnt);
      out.printf(
          Locale.ROOT,
          "%s (%,d bytes), %s (%,d bytes), compiled in %.1f s%n",
          files.client,
          files.clientBytes,
          files.server,
          files.serverBytes,
          seconds);
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("client", files.client);
      document.put("client_bytes", files.clientBytes);
      document.put("server", files.server);
      document.put("server_bytes", files.serverBytes);
      document.put("compile_seconds", seconds);
      document.put("engine", "slots");
      document.put("exact", isExact());
      document.put("client_learns", learnt);
      document.put("report", report.toMap());
      return document;
    }
  }
}
