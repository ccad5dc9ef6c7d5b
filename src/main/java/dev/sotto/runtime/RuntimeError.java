package dev.sotto.runtime;

import dev.sotto.problem.ErrorCode;
import dev.sotto.problem.SottoException;

/** What can be wrong when a compiled circuit is run, or its packages, keys and blocks are read. */
public enum RuntimeError implements ErrorCode {
  NOT_A_PACKAGE(
      "SOTTO-RUNTIME-001",
      "The file is not the package or key that was to be read.",
      "check which file this is; compile the model again if it is damaged"),
  NEWER_VERSION(
      "SOTTO-RUNTIME-002",
      "The file or block was written by a newer version of Sotto.",
      "read it with the version that wrote it, or a newer one"),
  FILE(
      "SOTTO-RUNTIME-003",
      "A package, key or block cannot be read or written.",
      "check the path, its permissions and the space left"),
  DAMAGED(
      "SOTTO-RUNTIME-004",
      "A package, key or block is damaged or cut short.",
      "copy or send it again"),
  OTHER_CIRCUIT(
      "SOTTO-RUNTIME-005",
      "A key or block belongs to another compiled circuit.",
      "use packages, keys and blocks of one compilation"),
  OTHER_KEY(
      "SOTTO-RUNTIME-006",
      "A block belongs to another secret key.",
      "use the keys with which the rows were encrypted, and the evaluation keys made with them"),
  MISSING_KEYS(
      "SOTTO-RUNTIME-007",
      "The circuit needs evaluation keys.",
      "give the server the file evaluation.keys that keygen wrote"),
  WRONG_ROLE(
      "SOTTO-RUNTIME-008",
      "An input block was given where a result is expected, or the other way round.",
      "score blocks that were encrypted, decrypt blocks that were scored"),
  EMPTY_BLOCK("SOTTO-RUNTIME-009", "There are no rows to encrypt.", "leave empty blocks out"),
  TOO_MANY_ROWS(
      "SOTTO-RUNTIME-010",
      "There are more rows than a block holds.",
      "cut the rows into blocks of at most as many as the client package says"),
  NOT_A_NUMBER(
      "SOTTO-RUNTIME-011",
      "A row holds a value that is not a number, or is infinite.",
      "leave the row out, or fill the value in"),
  WRONG_WIDTH(
      "SOTTO-RUNTIME-012",
      "Rows do not have the numbers that the model declares.",
      "give one tensor per model input, each row as wide as the input"),
  CORRUPTED_BLOCK(
      "SOTTO-RUNTIME-013",
      "A block is corrupted: a row drove it out of its modulus, or its bytes were altered.",
      "encrypt the rows again in smaller blocks (--split), until the row that does it stands alone"),
  KEYS_EXIST(
      "SOTTO-RUNTIME-014",
      "There are keys already, and what they encrypted would be lost.",
      "choose another directory, or move the old keys away");

  private final String code;
  private final String summary;
  private final String remedy;

  RuntimeError(String code, String summary, String remedy) {
    this.code = code;
    this.summary = summary;
    this.remedy = remedy;
  }

  /**
   * A refusal.
   *
   * @param where file, block, row or column; may be empty
   * @param detail what was expected and what came; a sentence
   */
  public static SottoException refused(RuntimeError error, String where, String detail) {
    return SottoException.of(error, where, detail);
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
