package dev.sotto.numpy;

import dev.sotto.numpy.ml.MlOperators;
import dev.sotto.onnx.Node;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
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
    ElementwiseOperators.register(registry);
    BinaryOperators.register(registry);
    ComparisonOperators.register(registry);
    ReductionOperators.register(registry);
    NormalizationOperators.register(registry);
    MoveOperators.register(registry);
    ShapeOperators.register(registry);
    SelectionOperators.register(registry);
    SliceOperators.register(registry);
    GatherOperators.register(registry);
    LinearOperators.register(registry);
    ConvolutionOperators.register(registry);
    PoolingOperators.register(registry);
    ChannelOperators.register(registry);
    QuantizationOperators.register(registry);
    QonnxOperators.register(registry);
    IntegerLayerOperators.register(registry);
    MlOperators.all().forEach(registry::register);
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

  /** Adds an operator with one output whose attributes are read at preparation. */
  void single(String type, Function<Node, Operator.Single> prepare) {
    register(type, node -> Operator.single(prepare.apply(node)));
  }

  /** Adds an operator without attributes and with one output. */
  void plain(String type, Operator.Single function) {
    Operator operator = Operator.single(function);
    register(type, node -> operator);
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
