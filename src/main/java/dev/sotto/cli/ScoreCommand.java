package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.spark.OutputColumn;
import dev.sotto.spark.PartitionScorer;
import dev.sotto.spark.RowFiles;
import dev.sotto.spark.RowMode;
import dev.sotto.spark.ScoringOptions;
import dev.sotto.spark.encrypted.BlockScoringOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Scores rows with a quantized module over the partitions of a Spark job. */
@Command(
    name = "score",
    description = {
      "Scores rows with a quantized module on Spark. Every row keeps its columns and gets the"
          + " prediction and, of a classifier, the probabilities.",
      "Input and output are parquet or csv, by the ending of the name; the output is a folder.",
      "Or scores encrypted blocks with a compiled model: from a folder into a folder in this"
          + " process; from a table into a table on Spark, with --master, or where the input ends in"
          + " .parquet or names a file system."
    })
final class ScoreCommand extends Subcommand {
  /** What computes the scores. */
  enum Mode {
    CLEAR,
    SIMULATED,
    ENCRYPTED
  }

  @Option(
      names = "--mode",
      required = true,
      paramLabel = "MODE",
      description =
          "clear: a quantized module on Spark (--model), or a compiled one (--server and --client);"
              + " simulated: a compiled one with predicted noise (--server and --client);"
              + " encrypted: blocks of 'sotto encrypt' (--server).")
  Mode mode;

  @Option(
      names = "--model",
      paramLabel = "QUANTIZED",
      description = "A file that 'sotto quantize' wrote.")
  @Nullable String model;

  @Option(
      names = "--server",
      paramLabel = "ZIP",
      description = "The server.zip of a compiled model.")
  @Nullable String server;

  @Option(
      names = "--client",
      paramLabel = "ZIP",
      description = "The client.zip of the same model, to read clear rows.")
  @Nullable String client;

  @Option(
      names = "--evaluation-keys",
      split = ",",
      paramLabel = "FILE",
      description =
          "The evaluation.keys of the data owner, where the model needs them; of several owners in"
              + " a table on Spark.")
  @Nullable List<String> evaluationKeys;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads of an encrypted run (default: one per core); on Spark, threads for each block"
              + " (default: one, or more where blocks are fewer than cores).")
  @Nullable Integer threads;

  @Option(
      names = {"-i", "--input"},
      required = true,
      paramLabel = "ROWS|ENC",
      description = "Rows to score, or a folder or table of encrypted blocks.")
  String input;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT",
      description = "The folder for the scored rows: csv when it ends in .csv, else parquet.")
  String output;

  @Option(names = "--overwrite", description = "Replace an output that exists.")
  boolean overwrite;

  @Option(
      names = "--columns",
      paramLabel = "INPUT=COLUMN[,COLUMN...]",
      description =
          "The columns of a model input (default: the column of its name, or 'features', or all"
              + " numeric columns); may be repeated.")
  @Nullable Map<String, String> columns;

  @Option(
      names = "--outputs",
      paramLabel = "COLUMN=OUTPUT",
      description =
          "Add outputs of the model as they are, by ONNX name, instead of the standard columns;"
              + " may be repeated.")
  @Nullable Map<String, String> outputs;

  @Option(
      names = "--label",
      paramLabel = "last|NAME",
      description =
          "A column that is no feature, when all numeric columns are taken (default: the last one"
              + " when there is one more than the model takes).")
  @Nullable String label;

  @Option(
      names = "--on-error",
      paramLabel = "MODE",
      description =
          "Rows or blocks that cannot be scored: FAILFAST (stop), PERMISSIVE (an error column) or"
              + " DROPMALFORMED (leave out); by default FAILFAST, of encrypted blocks PERMISSIVE.")
  @Nullable RowMode onError;

  @Option(
      names = "--batch",
      defaultValue = "1024",
      paramLabel = "N",
      description = "Rows scored at once (default ${DEFAULT-VALUE}).")
  int batch;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "Cut the rows into so many partitions first.")
  @Nullable Integer partitions;

  @Mixin ClusterArguments cluster = new ClusterArguments();

  @Override
  Report run() throws IOException {
    if (mode == Mode.ENCRYPTED) {
      ServerPackage compiled = Packages.server(required("--server", server));
      return cluster.isWanted(input) ? scoreTable(compiled) : scoreFolder(compiled);
    }
    if (server != null || mode == Mode.SIMULATED) {
      ClientPackage owner = Packages.client(required("--client", client));
      ServerPackage compiled = Packages.server(required("--server", server));
      return cluster.isWanted(output)
          ? scoreOnSpark(owner.part().module(), circuit(owner, compiled))
          : scoreCircuit(owner, compiled);
    }
    Path quantized = Path.of(required("--model", model));
    QuantizedModule module = QuantizedModule.load(quantized);
    return scoreOnSpark(
        module,
        new Scorer(
            quantized.getFileName() + ", clear", options -> PartitionScorer.of(module, options)));
  }

  @Override
  int status(Report report) {
    boolean refused =
        report instanceof EncryptedScoring.Result result
            ? !result.problems().isEmpty()
            : report instanceof TableResult table && table.rejected() > 0;
    return refused ? SottoCommand.REFUSED : SottoCommand.DONE;
  }

  private String required(String option, @Nullable String path) {
    if (path == null) {
      throw SottoException.of(
          CliError.ARGUMENTS,
          option,
          "expected with --mode " + mode.name().toLowerCase(Locale.ROOT) + ", got none.");
    }
    return path;
  }

  private Report scoreFolder(ServerPackage compiled) throws IOException {
    List<String> keys = evaluationKeys == null ? List.of() : evaluationKeys;
    if (keys.size() > 1) {
      throw SottoException.of(
          CliError.OPTION, "--evaluation-keys", "one file expected for a folder of blocks.");
    }
    Path file = keys.isEmpty() ? null : Path.of(keys.get(0));
    return new EncryptedScoring(compiled, file, Threads.of(threads))
        .run(Path.of(input), Path.of(output), spec.commandLine().getErr());
  }

  private Report scoreTable(ServerPackage compiled) {
    BlockScoringOptions options =
        BlockScoringOptions.standard()
            .withMode(onError == null ? RowMode.PERMISSIVE : onError)
            .withThreadsPerBlock(threads == null ? 0 : Threads.of(threads));
    TableJob job =
        new TableJob(cluster.open("sotto score"), output, overwrite, spec.commandLine().getErr());
    List<String> keys = evaluationKeys == null ? List.of() : evaluationKeys;
    return new EncryptedTableJobs(job).score(input, compiled, keys, options, this::tell);
  }

  /** What scores clear rows on Spark, and what it is called. */
  private record Scorer(String name, Function<ScoringOptions, PartitionScorer> scorer) {}

  private Scorer circuit(ClientPackage owner, ServerPackage compiled) {
    boolean noise = mode == Mode.SIMULATED;
    return new Scorer(
        server + (noise ? ", simulated" : ", clear"),
        options -> PartitionScorer.of(owner, compiled, noise, options));
  }

  private Report scoreCircuit(ClientPackage owner, ServerPackage compiled) throws IOException {
    CircuitScoring scoring =
        mode == Mode.SIMULATED
            ? CircuitScoring.simulated(owner, compiled)
            : CircuitScoring.clear(owner, compiled);
    return scoring.run(
        input,
        label == null ? "last" : label,
        List.of(),
        Path.of(output),
        spec.commandLine().getErr());
  }

  private Report scoreOnSpark(QuantizedModule module, Scorer scorer) {
    SparkSession spark = cluster.open("sotto score");
    int width = module.inputs().stream().mapToInt(QuantizedModule.Input::width).sum();
    Dataset<Row> rows = RowFiles.read(spark, input, width);
    if (partitions != null) {
      rows = rows.repartition(partitions);
    }
    ScoringJob job = new ScoringJob(spark, scorer.name, scorer.scorer.apply(options(rows, width)));
    return job.run(rows, output, overwrite, spec.commandLine().getErr());
  }

  private ScoringOptions options(Dataset<Row> rows, int width) {
    CliError.requirePositive("--batch", batch);
    ScoringOptions options = ScoringOptions.standard().withBatchSize(batch);
    if (onError != null) {
      options = options.withMode(onError);
    }
    if (label != null || isOneWider(rows, width)) {
      String ignored = RowFiles.column(rows, label == null ? "last" : label);
      options = options.withIgnored(List.of(ignored));
    }
    if (columns != null) {
      for (Map.Entry<String, String> entry : columns.entrySet()) {
        options = options.withInput(entry.getKey(), List.of(entry.getValue().split(",", -1)));
      }
    }
    if (outputs != null) {
      List<OutputColumn> wanted = new ArrayList<>();
      outputs.forEach((column, name) -> wanted.add(new OutputColumn.Raw(column, name)));
      options = options.withOutputs(wanted);
    }
    return options;
  }

  private static boolean isOneWider(Dataset<Row> rows, int width) {
    List<DataType> types =
        Arrays.stream(rows.schema().fields()).map(StructField::dataType).toList();
    return types.size() == width + 1
        && types.stream()
            .allMatch(type -> type instanceof NumericType || type instanceof BooleanType);
  }
}
