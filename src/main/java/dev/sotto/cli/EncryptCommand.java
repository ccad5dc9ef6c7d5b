package dev.sotto.cli;

import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.runtime.client.FheClient;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Encrypts rows, block by block, on the data owner's machine. */
@Command(
    name = "encrypt",
    description = {
      "Encrypts rows in blocks of thousands: a folder with one file per block, and rows.csv, which"
          + " says where each row is and holds, in the clear, the columns that are no features.",
      "With --master, or into a path that ends in .parquet or names a file system, a table of blocks"
          + " made on Spark.",
      "Rows that cannot be encrypted are listed in rejected.csv with their number and the reason."
    })
final class EncryptCommand extends Subcommand {
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
      paramLabel = "ROWS",
      description = "Rows: csv (with or without header), LIBSVM or parquet.")
  String input;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "ENC",
      description = "The folder for the blocks, or the table of them.")
  String output;

  @Option(
      names = "--label",
      defaultValue = "last",
      paramLabel = "last|NAME",
      description = "The column that is no feature when rows are one wider than the model.")
  String label = "last";

  @Option(
      names = "--keep",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "Further columns that are no features, such as identifiers. They stay beside the blocks,"
              + " in the clear, and come back with the results.")
  @Nullable List<String> keep;

  @Option(
      names = "--split",
      paramLabel = "ROWS",
      description = "Rows of a block at most (default: as many as fit).")
  @Nullable Integer split;

  @Option(
      names = "--only",
      paramLabel = "FILE",
      description =
          "Encrypt only the rows whose numbers are in the column 'row' of a csv file, such as the"
              + " rejected.csv of 'sotto decrypt'.")
  @Nullable Path only;

  @Option(names = "--overwrite", description = "Replace a table that exists.")
  boolean overwrite;

  @Mixin ClusterArguments cluster = new ClusterArguments();

  @Option(names = "--threads", paramLabel = "N", description = "Threads (default: one per core).")
  @Nullable Integer threads;

  @Override
  Report run() throws IOException {
    CliError.requirePositive("--split", split == null ? 1 : split);
    ClientPackage compiled = Packages.client(client);
    if (cluster.isWanted(output)) {
      return onSpark(compiled);
    }
    int lanes = Threads.of(threads);
    try (ClientKeys secret = ClientKeys.load(Path.of(keys), compiled);
        FheClient owner = new FheClient(compiled, secret, lanes)) {
      OwnerRows rows =
          OwnerRows.read(input, compiled.part().module(), label, keep == null ? List.of() : keep);
      if (only != null) {
        rows = rows.only(numbers(only));
      }
      Tensor[] features = rows.all();
      int perBlock = split == null ? owner.rowsPerBlock() : Math.min(split, owner.rowsPerBlock());
      try (BlockFolder folder = BlockFolder.create(Path.of(output))) {
        return encrypt(owner, rows, features, perBlock, folder);
      }
    }
  }

  private Report onSpark(ClientPackage compiled) {
    if (only != null || threads != null) {
      throw TableJob.refused(only != null ? "--only" : "--threads");
    }
    TableJob job =
        new TableJob(cluster.open("sotto encrypt"), output, overwrite, spec.commandLine().getErr());
    return new EncryptedTableJobs(job)
        .encrypt(input, compiled, keys, label, keep == null ? List.of() : keep, split);
  }

  private Result encrypt(
      FheClient owner, OwnerRows rows, Tensor[] features, int perBlock, BlockFolder folder)
      throws IOException {
    long start = System.nanoTime();
    AtomicLong done = new AtomicLong();
    Map<Long, List<KeptRow>> blocks = new TreeMap<>();
    long bytes = 0;
    int count = rows.rows().size();
    try (Progress progress =
        Progress.start(spec.commandLine().getErr(), "encrypting", done::get, count)) {
      for (int from = 0; from < count; from += perBlock) {
        int end = Math.min(count, from + perBlock);
        int begin = from;
        long number = blocks.size();
        Tensor[] block =
            Arrays.stream(features).map(f -> f.rows(begin, end)).toArray(Tensor[]::new);
        bytes += folder.write(owner.encrypt(number, block));
        blocks.put(number, rows.rows().subList(from, end));
        done.addAndGet(end - from);
      }
    }
    folder.writeRows(rows.keptNames(), blocks);
    RejectedRow.write(folder.rejected(), rows.rejected());
    return new Result(
        Path.of(output),
        count,
        blocks.size(),
        perBlock,
        rows.rejected().size(),
        owner.clipped(),
        bytes,
        rows.keptNames(),
        (System.nanoTime() - start) / 1e9);
  }

  private static Set<Integer> numbers(Path file) throws IOException {
    RowTable table = CsvFile.read(LocalRows.readable(file.toString()), Integer.MAX_VALUE);
    int column = table.column("row");
    Set<Integer> numbers = new HashSet<>();
    for (String cell : table.cells(column)) {
      numbers.add((int) Double.parseDouble(cell));
    }
    return numbers;
  }

  /** What was encrypted. */
  private record Result(
      Path output,
      int rows,
      int blocks,
      int perBlock,
      int rejected,
      long clipped,
      long bytes,
      List<String> kept,
      double seconds)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf(
          Locale.ROOT,
          "%s: %,d rows in %d block%s of up to %,d, %,d bytes, %.1f s, %,.0f rows/s;"
              + " %,d set aside, %,d input values clipped%n",
          output,
          rows,
          blocks,
          blocks == 1 ? "" : "s",
          perBlock,
          bytes,
          seconds,
          rows / seconds,
          rejected,
          clipped);
      if (!kept.isEmpty()) {
        out.println("in the clear beside them, in rows.csv: " + String.join(", ", kept));
      }
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("output", output.toString());
      document.put("rows", rows);
      document.put("blocks", blocks);
      document.put("rows_per_block", perBlock);
      document.put("rejected", rejected);
      document.put("clipped", clipped);
      document.put("bytes", bytes);
      document.put("kept_columns", kept);
      document.put("seconds", seconds);
      document.put("rows_per_second", Math.round(rows / seconds));
      return document;
    }
  }
}
