package dev.sotto.spark;

import dev.sotto.problem.ErrorCode;

/** What can be wrong with a table that a model reads, and with the job that reads it. */
public enum SparkError implements ErrorCode {
  MISSING_COLUMN(
      "SOTTO-SPARK-001",
      "A column is not in the table.",
      "name one of the columns listed; names are case-sensitive"),
  COLUMN_TYPE(
      "SOTTO-SPARK-002",
      "A column holds something else than numbers.",
      "use array<float>, array<double>, ML Vector, or numeric and boolean columns"),
  WIDTH(
      "SOTTO-SPARK-003",
      "The columns do not hold as many numbers as the model's input takes.",
      "name the label column so that it is left out, or choose the feature columns"),
  AMBIGUOUS_COLUMNS(
      "SOTTO-SPARK-004",
      "It is not clear which columns are the model's inputs.",
      "say which columns each model input reads"),
  UNKNOWN_INPUT(
      "SOTTO-SPARK-005",
      "A mapping names an input that the model does not have.",
      "map the names that 'sotto inspect' lists"),
  NULLS("SOTTO-SPARK-006", "A column has nulls.", "fill the gaps, or leave those rows out"),
  NOT_A_NUMBER(
      "SOTTO-SPARK-007", "A column has NaN values.", "fill the gaps, or leave those rows out"),
  INFINITIES(
      "SOTTO-SPARK-008",
      "A column has infinite values, or values too large for 32-bit floats.",
      "clip or scale the column"),
  ROW_WIDTH(
      "SOTTO-SPARK-009",
      "Some rows hold fewer or more numbers than the model's input takes.",
      "look at the rows whose array or vector has another length"),
  NO_FILES(
      "SOTTO-SPARK-010",
      "There are no rows to read at this path.",
      "give a csv, parquet or LIBSVM file, or a folder of one kind"),
  FILE_KIND(
      "SOTTO-SPARK-011",
      "The kind of file is not known.",
      "give files whose names end in .csv, .csv.gz, .parquet or .libsvm"),
  COLUMN_EXISTS(
      "SOTTO-SPARK-012",
      "A result column has the name of a column that is there already.",
      "give the result column another name, or drop the one that is there"),
  BAD_ROW(
      "SOTTO-SPARK-013",
      "A row cannot be scored.",
      "repair the row, or score with mode PERMISSIVE or DROPMALFORMED"),
  UNKNOWN_OUTPUT(
      "SOTTO-SPARK-014",
      "A result column names an output that the model does not have.",
      "name an output that 'sotto inspect' lists"),
  NO_SCORES(
      "SOTTO-SPARK-015",
      "Probabilities are wanted of a model that does not score classes.",
      "ask for the prediction only"),
  SESSION(
      "SOTTO-SPARK-016",
      "The DataFrame belongs to a session that runs elsewhere (Spark Connect).",
      "score in a classic Spark session"),
  NO_BLOCKS(
      "SOTTO-SPARK-017",
      "A table is none of encrypted blocks.",
      "give a table that 'sotto encrypt' or 'sotto score --mode encrypted' wrote"),
  UNFINISHED(
      "SOTTO-SPARK-018",
      "The job that wrote a table has not finished, or died.",
      "wait for it, or run it again with --overwrite"),
  BLOCK_SIZE(
      "SOTTO-SPARK-019",
      "An encrypted block is larger than a row of a table can be.",
      "encrypt without --master, into a folder of blocks"),
  MEMORY(
      "SOTTO-SPARK-020",
      "Executors do not have the memory that encrypted blocks of this model need.",
      "give executors more memory (spark.executor.memory; the driver's -Xmx in a local run), or"
          + " fewer cores (spark.executor.cores)"),
  KEY_TWICE(
      "SOTTO-SPARK-021",
      "Two files hold evaluation keys of one key owner.",
      "name each file of evaluation keys once");

  private final String code;
  private final String summary;
  private final String remedy;

  SparkError(String code, String summary, String remedy) {
    this.code = code;
    this.summary = summary;
    this.remedy = remedy;
  }

  @Override
  public String code() {
    return code;
  }

  @Override
  public String summary() {
    return summary;
  }

  @Override
  public String remedy() {
    return remedy;
  }
}
