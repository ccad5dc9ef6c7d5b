package dev.sotto.slots;

import dev.sotto.problem.ErrorCode;

/** What can be wrong with parameters, keys, ciphertexts and their bytes in the slots engine. */
public enum SlotsError implements ErrorCode {
  PARAMETERS_UNSAFE(
      "SOTTO-SLOTS-001",
      "The modulus is too large for the ring: encryption would have less than 128 bits of security.",
      "use fewer or smaller primes, or double N"),
  PARAMETERS_INVALID(
      "SOTTO-SLOTS-002",
      "The parameters of a ring contradict themselves or are out of range.",
      "let RingParameters.generate choose the primes"),
  WRONG_PARAMETERS(
      "SOTTO-SLOTS-003",
      "A key or ciphertext was made under other parameters.",
      "use keys and ciphertexts of one set of parameters"),
  WRONG_KEY(
      "SOTTO-SLOTS-004",
      "A ciphertext or evaluation key belongs to another secret key.",
      "use the secret key that encrypted, and the evaluation keys made from it"),
  MIXED_LEVELS(
      "SOTTO-SLOTS-005",
      "Ciphertexts of different levels do not go together.",
      "switch the one with more primes down to the level of the other"),
  MIXED_SCALES(
      "SOTTO-SLOTS-006",
      "Ciphertexts of different scales or plaintext factors do not go together.",
      "bring both to one scale: multiply by a constant, or rescale"),
  NOISE_EXHAUSTED(
      "SOTTO-SLOTS-007",
      "The noise of a ciphertext may be too large to decrypt it.",
      "compute fewer products in a row, or take parameters with more primes"),
  NO_LEVEL_LEFT(
      "SOTTO-SLOTS-008",
      "A ciphertext has no prime left for this step.",
      "take parameters with one more prime for each product in a row"),
  VALUE_OUT_OF_RANGE(
      "SOTTO-SLOTS-009",
      "A value does not fit the plaintext.",
      "clip or scale the values, or take a larger plaintext modulus or a smaller scale"),
  TOO_MANY_VALUES(
      "SOTTO-SLOTS-010",
      "There are more values than slots.",
      "cut the rows into blocks of at most as many as there are slots"),
  EMPTY_BLOCK("SOTTO-SLOTS-011", "A block has no rows or no features.", "leave empty blocks out"),
  FORMAT_NOT_SLOTS(
      "SOTTO-SLOTS-012",
      "The bytes are not what was to be read.",
      "check which file or message this is; it was not written as such by the slots engine"),
  FORMAT_VERSION(
      "SOTTO-SLOTS-013",
      "The bytes were written in a version of the format that is not known here.",
      "read them with the version of Sotto that wrote them, or a newer one"),
  FORMAT_TRUNCATED("SOTTO-SLOTS-014", "The bytes end too early.", "copy or send them again"),
  FORMAT_CORRUPT(
      "SOTTO-SLOTS-015",
      "The bytes contradict themselves.",
      "copy or send them again; if that does not help, write them anew"),
  DEGREE_TOO_HIGH(
      "SOTTO-SLOTS-016",
      "A ciphertext was multiplied too often without relinearisation.",
      "relinearise before the next product"),
  MISSING_KEY(
      "SOTTO-SLOTS-017",
      "The evaluation keys do not hold the key that this step needs.",
      "make evaluation keys of a higher degree, for parameters with special primes"),
  PRECISION_LOST(
      "SOTTO-SLOTS-018",
      "The error of a result is larger than was asked for.",
      "take a larger scale, which needs larger primes, or ask for less precision");

  private final String code;
  private final String summary;
  private final String remedy;

  SlotsError(String code, String summary, String remedy) {
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
