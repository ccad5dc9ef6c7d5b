package dev.sotto.onnx;

import dev.sotto.tensor.Tensor;
import java.util.List;

/** The value of a node's attribute, one record per kind that ONNX knows and Sotto reads. */
public sealed interface Attribute {
  /** An INT attribute. */
  record IntValue(long value) implements Attribute {}

  /** A FLOAT attribute. */
  record FloatValue(float value) implements Attribute {}

  /** A STRING attribute, decoded as UTF-8. */
  record StringValue(String value) implements Attribute {}

  /** A TENSOR attribute. */
  record TensorValue(Tensor value) implements Attribute {}

  /** A GRAPH attribute: the body of a control-flow operator. */
  record GraphValue(Graph value) implements Attribute {}

  /** An INTS attribute; the array is not to be written. */
  @SuppressWarnings("ArrayRecordComponent")
  record IntsValue(long[] value) implements Attribute {}

  /** A FLOATS attribute; the array is not to be written. */
  @SuppressWarnings("ArrayRecordComponent")
  record FloatsValue(float[] value) implements Attribute {}

  /** A STRINGS attribute. */
  record StringsValue(List<String> value) implements Attribute {}

  /** A TENSORS attribute. */
  record TensorsValue(List<Tensor> value) implements Attribute {}

  /**
   * An attribute of a kind that Sotto only carries (sparse tensors, type protos, tensors of types
   * it does not compute with), by what it is.
   */
  record Opaque(String description) implements Attribute {}
}
