package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The operators that the interpreter knows, by {@link Node#type()}.
 *
 * <p>Each family of operators registers itself from one file ({@code ElementwiseOperators}, {@code
 * ReductionOperators}, …).
 */
public final class OperatorRegistry {
  private static final OperatorRegistry STANDARD = createStandard();

  private final Map<String, Operator.Factory> factories = new TreeMap<>();

  private OperatorRegistry() {}

  /** All operators of Sotto. */
  public static OperatorRegistry standard() {
    return STANDARD;
  }

  private static OperatorRegistry createStandard() {
    OperatorRegistry registry = new OperatorRegistry();
    return registry;
  }

  /**
   * Adds an operator.
   *
   * @param type operator with its domain, such as {@code Gemm} or {@code ai.onnx.ml:Scaler}
   */
  void register(String type, Operator.Factory factory) {
    if (factories.put(type, factory) != null) {
      throw new IllegalStateException("operator registered twice: " + type);
    }
  }

  /** The factory of an operator, or null when it is not supported. */
  public Operator.@Nullable Factory find(String type) {
    return factories.get(type);
  }

  /** All supported operators by type, sorted. */
  public Map<String, Operator.Factory> all() {
    return Collections.unmodifiableMap(factories);
  }
}
