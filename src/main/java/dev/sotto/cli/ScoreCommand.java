package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.spark.OutputColumn;
import dev.sotto.spark.PartitionScorer;
import dev.sotto.spark.RowFiles;
import dev.sotto.spark.RowMode;
import dev.sotto.spark.ScoringOptions;
import dev.sotto.spark.SottoSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Scores rows with a quantized module over the partitions of a Spark job. */
@Command(
    name = "score",
    description = {
      "Scores rows with a quantized module on Spark. Every row keeps its columns and gets the"
          + " prediction and, of a classifier, the probabilities.",
      "Input and output are parquet or csv, by the ending of the name; the output is a folder."
    })
final class ScoreCommand extends Subcommand {
  /** What computes the scores. */
  enum Mode {
    CLEAR
  }

  @Option(
      names = "--mode",
      required = true,
      paramLabel = "MODE",
      description = "clear: quantized, in the clear.")
  Mode mode;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "QUANTIZED",
      description = "A file that 'sotto quantize' wrote.")
  Path model;

  @Option(names = "--input", required = true, paramLabel = "ROWS", description = "Rows to score.")
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
      defaultValue = "FAILFAST",
      paramLabel = "MODE",
      description =
          "Rows that cannot be scored: FAILFAST (stop), PERMISSIVE (an error column) or"
              + " DROPMALFORMED (leave out).")
  RowMode onError = RowMode.FAILFAST;

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

  @Option(
      names = "--master",
      paramLabel = "M",
      description = "The Spark master, unless spark-submit or SOTTO_MASTER says it.")
  @Nullable String master;

  @Override
  Report run() {
    if (master != null) {
      System.setProperty("spark.master", master);
    }
    QuantizedModule module = QuantizedModule.load(model);
    SparkSession spark = SottoSession.open("sotto score");
    int width = module.inputs().stream().mapToInt(QuantizedModule.Input::width).sum();
    Dataset<Row> rows = RowFiles.read(spark, input, width);
    if (partitions != null) {
      rows = rows.repartition(partitions);
    }
    ScoringJob job =
        new ScoringJob(
            spark,
            model.getFileName() + ", clear",
            PartitionScorer.of(module, options(rows, width)));
    return job.run(rows, output, overwrite, spec.commandLine().getErr());
  }

  private ScoringOptions options(Dataset<Row> rows, int width) {
    if (batch < 1) {
      throw SottoException.of(CliError.OPTION, "--batch", "expected 1 or more, got " + batch + ".");
    }
    ScoringOptions options = ScoringOptions.standard().withMode(onError).withBatchSize(batch);
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
