package dev.sotto.circuit;

import dev.sotto.problem.ErrorCode;

/** What can be wrong with an integer circuit. */
public enum CircuitError implements ErrorCode {
  TOO_WIDE(
      "SOTTO-CIRCUIT-001",
      "An integer of the circuit may not fit 53 bits.",
      "lower the bits of weights or activations, or place an activation between the layers");

  private final String code;
  private final String summary;
  private final String remedy;

  CircuitError(String code, String summary, String remedy) {
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
