package dev.sotto.cli;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.RuntimeError;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.runtime.client.FheClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Decrypts results on the data owner's machine. */
@Command(
    name = "decrypt",
    description = {
      "Decrypts scored blocks: a csv with the row's number, the columns that were kept, the scores,"
          + " and the predicted class or value last.",
      "Rows of a block that is refused are listed beside it in *.rejected.csv, the others are"
          + " decrypted, and the exit status is 2."
    })
final class DecryptCommand extends Subcommand {
  @Option(
      names = "--client",
      required = true,
      paramLabel = "ZIP",
      description = "The client.zip of the compiled model.")
  String client;

  @Option(
      names = "--keys",
      required = true,
      paramLabel = "DIR",
      description = "The folder that 'sotto keygen' wrote.")
  String keys;

  @Option(
      names = {"-i", "--input"},
      required = true,
      paramLabel = "OUT",
      description = "The folder or table that 'sotto score --mode encrypted' wrote.")
  String input;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "RESULT",
      description =
          "The csv file for the results; of a table on Spark a folder, csv when it ends in .csv, else"
              + " parquet.")
  String output;

  @Option(names = "--overwrite", description = "Replace a table that exists.")
  boolean overwrite;

  @Mixin ClusterArguments cluster = new ClusterArguments();

  @Option(names = "--threads", paramLabel = "N", description = "Threads (default: one per core).")
  @Nullable Integer threads;

  @Override
  Report run() throws IOException {
    ClientPackage compiled = Packages.client(client);
    if (cluster.isWanted(input)) {
      if (threads != null) {
        throw TableJob.refused("--threads");
      }
      TableJob job =
          new TableJob(
              cluster.open("sotto decrypt"), output, overwrite, spec.commandLine().getErr());
      return new EncryptedTableJobs(job).decrypt(input, compiled, keys);
    }
    int lanes = Threads.of(threads);
    Path into = Path.of(output);
    BlockFolder folder = BlockFolder.open(Path.of(input));
    BlockFolder.Index index = folder.index();
    BlockFailures failures = new BlockFailures();
    AtomicLong done = new AtomicLong();
    long start = System.nanoTime();
    try (ClientKeys secret = ClientKeys.load(Path.of(keys), compiled);
        FheClient owner = new FheClient(compiled, secret, lanes);
        ResultFile result =
            ResultFile.create(into, index.keptNames(), compiled.part().module().outputNames());
        Progress progress =
            Progress.start(spec.commandLine().getErr(), "decrypting", done::get, index.count())) {
      for (Map.Entry<Long, List<KeptRow>> block : index.blocks().entrySet()) {
        List<KeptRow> rows = block.getValue();
        boolean decrypted =
            failures.attempt(
                block.getKey(),
                () -> result.write(rows, owner.decrypt(read(folder, block.getKey(), rows))));
        done.addAndGet(decrypted ? rows.size() : 0);
      }
      RejectedRow.write(result.rejected(), failures.rows(index.blocks()));
    }
    failures.requireAny();
    return new Result(into, done.get(), index.count() - done.get(), failures.problems(), start);
  }

  private static EncryptedBlock read(BlockFolder folder, long number, List<KeptRow> rows)
      throws IOException {
    EncryptedBlock block = folder.read(number);
    if (block.rows() != rows.size()) {
      throw SottoException.of(
          RuntimeError.DAMAGED,
          "block " + number,
          "expected " + rows.size() + " rows as in rows.csv, got " + block.rows() + ".");
    }
    return block;
  }

  @Override
  int status(Report report) {
    boolean refused =
        report instanceof Result result
            ? !result.problems.isEmpty()
            : report instanceof TableResult table && table.rejected() > 0;
    return refused ? SottoCommand.REFUSED : SottoCommand.DONE;
  }

  /** What was decrypted. */
  private record Result(
      Path output, long rows, long refused, List<Problem> problems, double seconds)
      implements Report {
    Result(Path output, long rows, long refused, List<Problem> problems, long start) {
      this(output, rows, refused, problems, (System.nanoTime() - start) / 1e9);
    }

    @Override
    public void print(PrintWriter out) {
      problems.forEach(problem -> out.println(problem.message()));
      out.printf(
          Locale.ROOT,
          "%s: %,d rows in %.1f s, %,.0f rows/s; %,d rows of refused blocks%n",
          output,
          rows,
          seconds,
          rows / seconds,
          refused);
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("output", output.toString());
      document.put("rows", rows);
      document.put("refused_rows", refused);
      document.put("problems", JsonOutput.of(problems));
      document.put("seconds", seconds);
      document.put("rows_per_second", Math.round(rows / seconds));
      return document;
    }
  }
}
