package dev.sotto.sql;

import dev.sotto.problem.ErrorCode;

/** What can be wrong with a catalog of models. */
public enum SqlError implements ErrorCode {
  FILE(
      "SOTTO-SQL-001",
      "The file of a model cannot be read.",
      "give the path of a quantized model (sotto quantize), of a server.zip (sotto compile), or of"
          + " a saved Spark ML stage"),
  OPTION(
      "SOTTO-SQL-002",
      "An option of the catalog is not known.",
      "name models as models.NAME = PATH, NAME of letters, digits and underscores, and evaluation"
          + " keys of a server.zip as models.NAME.evaluation-keys = FILE,FILE"),
  ARGUMENTS(
      "SOTTO-SQL-003",
      "A model is called with the wrong number of arguments.",
      "give one array or Vector for each input of the model, or the single features of its only"
          + " input"),
  PAYLOAD(
      "SOTTO-SQL-004",
      "A model for encrypted blocks is called with something else than a payload.",
      "give the column payload of a table that 'sotto encrypt' wrote");

  private final String code;
  private final String summary;
  private final String remedy;

  SqlError(String code, String summary, String remedy) {
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
