package dev.sotto.cli;

import dev.sotto.numpy.ConformanceReport;
import dev.sotto.numpy.ConformanceReport.CaseResult;
import dev.sotto.numpy.ConformanceReport.Outcome;
import dev.sotto.numpy.ConformanceRunner;
import dev.sotto.problem.SottoException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a folder of ONNX backend tests through the float interpreter. */
@Command(
    name = "conformance",
    description = {
      "Runs every case under a folder in the layout of ONNX's backend tests and prints a table by"
          + " operator, the cases that did not pass, and the totals.",
      "Exit status 1 when a case fails."
    })
final class ConformanceCommand extends Subcommand {
  @Parameters(paramLabel = "DIR", description = "A folder of cases, at any depth.")
  Path folder;

  @Option(
      names = "--absolute-tolerance",
      paramLabel = "X",
      description =
          "Allowed absolute difference (default: 1e-5 for graphs with weights, else 1e-7); the"
              + " relative one is 1e-3.")
  double absoluteTolerance = Double.NaN;

  /** What came out, as text and as JSON. */
  private record Result(ConformanceReport cases) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.println(cases.text());
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> document = new LinkedHashMap<>();
      for (Outcome outcome : Outcome.values()) {
        document.put(key(outcome), cases.count(outcome));
      }
      Map<String, Object> operators = new LinkedHashMap<>();
      cases
          .byOperator()
          .forEach(
              (operator, counts) -> {
                Map<String, Object> row = new LinkedHashMap<>();
                counts.forEach((outcome, count) -> row.put(key(outcome), count));
                operators.put(operator, row);
              });
      document.put("operators", operators);
      document.put("cases", cases.cases().stream().map(Result::fields).toList());
      return document;
    }

    private static Map<String, Object> fields(CaseResult result) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", result.name());
      fields.put("operator", result.operator());
      fields.put("outcome", key(result.outcome()));
      fields.put("data_sets", result.dataSets());
      fields.put("reason", result.reason());
      return fields;
    }

    private static String key(Outcome outcome) {
      return outcome.name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  Report run() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw SottoException.of(CliError.FILE, folder.toString(), "is not a folder.");
    }
    ConformanceReport report =
        ConformanceRunner.create().withAbsoluteTolerance(absoluteTolerance).run(folder);
    if (report.cases().isEmpty()) {
      throw SottoException.of(
          CliError.FILE, folder.toString(), "holds no folder with a model.onnx.");
    }
    return new Result(report);
  }

  @Override
  int status(Report report) {
    return ((Result) report).cases().count(Outcome.FAILED) == 0
        ? SottoCommand.DONE
        : SottoCommand.FAILED;
  }
}
