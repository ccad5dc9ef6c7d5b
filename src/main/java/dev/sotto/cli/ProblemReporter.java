package dev.sotto.cli;

import dev.sotto.problem.ErrorCode;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import java.io.FileNotFoundException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Turns what a command threw into messages on standard error and an exit status; with {@code
 * --json} also into a document {@code {"error": [{code, where, detail, remedy}]}}. Never a stack
 * trace, unless SOTTO_TRACE is set in the environment.
 */
final class ProblemReporter implements IExecutionExceptionHandler, IParameterExceptionHandler {

  @Override
  public int handleExecutionException(
      Exception thrown, CommandLine commandLine, ParseResult parsed) {
    if (System.getenv("SOTTO_TRACE") != null) {
      thrown.printStackTrace(commandLine.getErr());
    }
    boolean json = commandLine.getCommand() instanceof Subcommand command && command.json;
    return report(problemsOf(thrown), commandLine, json);
  }

  @Override
  public int handleParseException(ParameterException thrown, String[] arguments) {
    CommandLine commandLine = thrown.getCommandLine();
    Problem problem =
        new Problem(
            CliError.ARGUMENTS,
            "",
            sentence(thrown),
            "see " + commandLine.getCommandSpec().qualifiedName() + " --help");
    return report(List.of(problem), commandLine, Arrays.asList(arguments).contains("--json"));
  }

  private static int report(List<Problem> problems, CommandLine commandLine, boolean json) {
    PrintWriter err = commandLine.getErr();
    problems.forEach(problem -> err.println(problem.message()));
    err.flush();
    if (json) {
      JsonOutput.write(commandLine.getOut(), Map.of("error", JsonOutput.of(problems)));
    }
    boolean refused = problems.stream().map(Problem::code).allMatch(ErrorCode::isRefusal);
    return refused ? SottoCommand.REFUSED : SottoCommand.FAILED;
  }

  /** What a thrown exception means to a user: the problems it carries, or one that it is. */
  static List<Problem> problemsOf(Throwable thrown) {
    SottoException known = cause(thrown, SottoException.class);
    if (known != null && !known.problems().isEmpty()) {
      return known.problems();
    }
    if (known != null) { // crossed the wire from an executor: only its text came through
      return List.of(Problem.of(CliError.JOB, "", sentence(known)));
    }
    Exception missing = cause(thrown, NoSuchFileException.class);
    if (missing == null) {
      missing = cause(thrown, FileNotFoundException.class);
    }
    if (missing == null) {
      missing = cause(thrown, AccessDeniedException.class);
    }
    if (missing != null) {
      return List.of(
          Problem.of(CliError.FILE, "file " + missing.getMessage(), "cannot be opened."));
    }
    Throwable plain = thrown;
    while (plain instanceof UncheckedIOException && plain.getCause() != null) {
      plain = plain.getCause();
    }
    boolean ofSpark = plain.getClass().getName().startsWith("org.apache.spark.");
    return List.of(Problem.of(ofSpark ? CliError.JOB : CliError.UNEXPECTED, "", sentence(plain)));
  }

  private static <T extends Throwable> @Nullable T cause(Throwable thrown, Class<T> kind) {
    Throwable at = thrown;
    for (int depth = 0; at != null && depth < 20; depth++) {
      if (kind.isInstance(at)) {
        return kind.cast(at);
      }
      at = at.getCause();
    }
    return null;
  }

  private static String sentence(Throwable thrown) {
    String message = thrown.getMessage();
    String text =
        message == null || message.isBlank() ? thrown.getClass().getSimpleName() : message.strip();
    return text.endsWith(".") ? text : text + ".";
  }
}
