package dev.sotto.cli;

import dev.sotto.problem.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * One command of {@code sotto}: does its work, then writes one report to standard output.
 *
 * <p>Refusals and failures leave {@link #run} as exceptions; {@link ProblemReporter} turns them
 * into messages and exit statuses.
 */
@Command(mixinStandardHelpOptions = true)
abstract class Subcommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = "--json",
      description =
          "Write one JSON document to standard output, everything else to standard error.")
  boolean json;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "Write the result to a file too: as a page when its name ends in .html, as JSON when in"
              + " .json, otherwise as text.")
  @Nullable Path reportFile;

  /** Does the work. */
  abstract Report run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    Report report = run();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonOutput.write(out, report.json());
    } else {
      report.print(out);
      out.flush();
    }
    if (reportFile != null) {
      RunReport.write(reportFile, spec.qualifiedName(), report);
    }
    return status(report);
  }

  /** The exit status of work that gave a report. */
  int status(Report report) {
    return SottoCommand.DONE;
  }

  /** Tells the user something that is not the result. */
  void tell(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }

  /** Tells the user of problems that do not stop the work. */
  void warn(List<Problem> warnings) {
    warnings.forEach(warning -> tell("warning: " + warning.message()));
  }
}
