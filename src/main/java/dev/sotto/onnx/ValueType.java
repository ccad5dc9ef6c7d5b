package dev.sotto.onnx;

import java.util.List;

/** The declared type of a graph input, output or inner value. */
public sealed interface ValueType {
  /**
   * A tensor.
   *
   * @param elementType number of {@code TensorProto.DataType}, 0 when not declared
   * @param hasShape whether a shape is declared; without one {@code dims} is empty
   * @param dims the dimensions, outermost first
   */
  record TensorType(int elementType, boolean hasShape, List<Dimension> dims) implements ValueType {}

  /** A sequence of values, as ZipMap gives (a sequence of maps). */
  record SequenceType(ValueType element) implements ValueType {}

  /** A map from a key type (number of {@code TensorProto.DataType}) to a value. */
  record MapType(int keyType, ValueType value) implements ValueType {}

  /** Any other type (optional, sparse tensor) or none, by what it is. */
  record OtherType(String description) implements ValueType {}

  /**
   * One declared dimension.
   *
   * @param size the size, or −1 when it is not fixed
   * @param symbol the name of an unfixed dimension such as {@code batch}; empty when it has none
   */
  record Dimension(long size, String symbol) {
    /** Whether the size is fixed. */
    public boolean isFixed() {
      return size >= 0;
    }
  }
}
