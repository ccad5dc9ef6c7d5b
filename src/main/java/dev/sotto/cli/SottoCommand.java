package dev.sotto.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The one command of the product; what it does is in its subcommands. */
@Command(
    name = "sotto",
    description = "Scores machine-learning models on encrypted data, as Apache Spark batch jobs.",
    versionProvider = VersionReport.class,
    mixinStandardHelpOptions = true,
    exitCodeOnSuccess = SottoCommand.DONE,
    exitCodeOnExecutionException = SottoCommand.FAILED,
    exitCodeOnInvalidInput = SottoCommand.REFUSED,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:done", "1:failed", "2:refused input"})
public final class SottoCommand implements Callable<Integer> {

  /** Exit status of a command that did what it was asked. */
  public static final int DONE = 0;

  /** Exit status of a command that took its input and then failed. */
  public static final int FAILED = 1;

  /** Exit status of a command that refused its arguments, model or data, and says why. */
  public static final int REFUSED = 2;

  @Spec private CommandSpec spec;

  /** Runs one command and ends the process with its exit status. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line with all subcommands, ready to run in tests with writers of their own. */
  static CommandLine commandLine() {
    ProblemReporter reporter = new ProblemReporter();
    return new CommandLine(new SottoCommand())
        .addSubcommand(new DemoCommand())
        .addSubcommand(new InspectCommand())
        .addSubcommand(new EvaluateCommand())
        .addSubcommand(new QuantizeCommand())
        .addSubcommand(new CompileCommand())
        .addSubcommand(new KeygenCommand())
        .addSubcommand(new EncryptCommand())
        .addSubcommand(new ScoreCommand())
        .addSubcommand(new DecryptCommand())
        .addSubcommand(new ReportCommand())
        .addSubcommand(new CircuitCommand())
        .addSubcommand(new CalibrateCommand())
        .addSubcommand(new ConformanceCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(reporter)
        .setParameterExceptionHandler(reporter);
  }

  /** Without a subcommand there is nothing to do: the usage is shown, and the call is refused. */
  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    spec.commandLine().usage(err);
    err.flush();
    return REFUSED;
  }
}
