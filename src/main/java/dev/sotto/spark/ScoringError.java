package dev.sotto.spark;

import dev.sotto.problem.ErrorCode;

/** What can be wrong with a DataFrame that is to be scored. */
public enum ScoringError implements ErrorCode {
  COLUMN_MISSING(
      "SOTTO-SCORE-001",
      "A column that the model needs is not in the DataFrame.",
      "name the columns that hold the model's inputs"),
  COLUMN_TYPE(
      "SOTTO-SCORE-002",
      "A column has a type that holds no features.",
      "use array<float>, array<double>, an ML Vector or numeric columns"),
  COLUMN_EXISTS(
      "SOTTO-SCORE-003",
      "A result column has the name of a column that is there already.",
      "give the result column another name, or drop the one that is there"),
  ROW(
      "SOTTO-SCORE-004",
      "A row cannot be scored.",
      "repair the row, or score with mode PERMISSIVE or DROPMALFORMED"),
  MAPPING(
      "SOTTO-SCORE-005",
      "The columns do not fit the inputs or outputs of the model.",
      "map each input of the model to a column, or to as many columns as it has numbers"),
  NO_SCORES(
      "SOTTO-SCORE-006",
      "Probabilities are wanted of a model that does not score classes.",
      "ask for the prediction only"),
  SESSION(
      "SOTTO-SCORE-007",
      "The DataFrame belongs to a session that runs elsewhere (Spark Connect).",
      "score in a classic Spark session");

  private final String code;
  private final String summary;
  private final String remedy;

  ScoringError(String code, String summary, String remedy) {
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
