package dev.sotto.circuit;

/** What a node of a circuit does with its operands. */
public sealed interface Operation {
  /** An input of the circuit, by its position. */
  record Input(int position) implements Operation {}

  /** A sum with clear weights. */
  record Linear(WeightedSum sum) implements Operation {}

  /** A factor per element. */
  record Scale(Scaling scaling) implements Operation {}

  /** A function of each element. */
  record Look(Lookup lookup) implements Operation {}

  /** An element by element product of two operands. */
  record Product() implements Operation {}

  /** An element by element sum of two operands. */
  record Add() implements Operation {}

  /** A rearrangement of one operand or several. */
  record Rearrange(Move move) implements Operation {}

  /** A sum of trees over threshold bits. */
  record Trees(TreeSum trees) implements Operation {}

  /** How circuits are printed: {@code linear}, {@code lookup}, {@code product} … */
  default String label() {
    if (this instanceof Input) {
      return "input";
    } else if (this instanceof Linear) {
      return "linear";
    } else if (this instanceof Scale) {
      return "scale";
    } else if (this instanceof Look) {
      return "lookup";
    } else if (this instanceof Product) {
      return "product";
    } else if (this instanceof Add) {
      return "add";
    } else if (this instanceof Rearrange) {
      return "move";
    }
    return "trees";
  }
}
