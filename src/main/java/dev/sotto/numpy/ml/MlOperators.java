package dev.sotto.numpy.ml;

import dev.sotto.numpy.Operator;
import dev.sotto.tensor.Tensor;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All operators of {@code ai.onnx.ml} that Sotto knows. */
public final class MlOperators {
  private MlOperators() {}

  /** The factories by type, such as {@code ai.onnx.ml:Scaler}. */
  public static Map<String, Operator.Factory> all() {
    Map<String, Operator.Factory> operators = new TreeMap<>();
    TreeOperators.register(operators);
    LinearModelOperators.register(operators);
    FeatureOperators.register(operators);
    CategoryOperators.register(operators);
    SplitOperators.register(operators);
    return operators;
  }

  /** A required input. */
  static Tensor input(@Nullable Tensor[] inputs, int index) {
    Tensor tensor = index < inputs.length ? inputs[index] : null;
    if (tensor == null) {
      throw new IllegalArgumentException("input " + index + " is required");
    }
    return tensor;
  }
}
