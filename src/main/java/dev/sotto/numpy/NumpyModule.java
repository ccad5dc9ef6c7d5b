package dev.sotto.numpy;

import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model as float arithmetic: runs an ONNX graph on mini-batches exactly as ONNX specifies.
 *
 * <p>Immutable and thread-safe: one module may serve many threads. Prepared once; every operator is
 * checked before anything runs, and all unsupported ones are refused together.
 */
public final class NumpyModule {
  /** Sees every value of a run as it is made; used to calibrate. */
  @FunctionalInterface
  public interface Observer {
    /** Called for each graph input and each node output, in order. */
    void value(String name, Tensor tensor);
  }

  private record Step(Node node, Operator operator) {}

  private final OnnxModel model;
  private final List<Step> steps;

  private NumpyModule(OnnxModel model, List<Step> steps) {
    this.model = model;
    this.steps = steps;
  }

  /**
   * Prepares a model.
   *
   * @param model a normalised model
   * @throws SottoException with every unsupported operator and every wrong attribute
   */
  public static NumpyModule of(OnnxModel model) {
    List<Problem> problems = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (Node node : model.graph().nodes()) {
      Operator.Factory factory = OperatorRegistry.standard().find(node.type());
      if (factory == null) {
        problems.add(
            Problem.of(
                OnnxError.UNSUPPORTED_OPERATOR,
                node.place(),
                "operator " + node.type() + " is not supported."));
        continue;
      }
      try {
        steps.add(new Step(node, factory.prepare(node)));
      } catch (SottoException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    return new NumpyModule(model, List.copyOf(steps));
  }

  /** The normalised model that this module runs. */
  public OnnxModel model() {
    return model;
  }

  /**
   * Runs one mini-batch.
   *
   * @param inputs one tensor per graph input, in order
   * @return one tensor per graph output, in order
   */
  public Tensor[] forward(Tensor... inputs) {
    return forward(inputs, null);
  }

  /**
   * Runs one mini-batch and shows every value to an observer.
   *
   * @param inputs one tensor per graph input, in order
   * @param observer may be null
   * @return one tensor per graph output, in order
   */
  public Tensor[] forward(Tensor[] inputs, @Nullable Observer observer) {
    Graph graph = model.graph();
    Map<String, Tensor> values = new HashMap<>(graph.initializers());
    for (int i = 0; i < inputs.length; i++) {
      String name = graph.inputs().get(i).name();
      values.put(name, inputs[i]);
      if (observer != null) {
        observer.value(name, inputs[i]);
      }
    }
    for (Step step : steps) {
      @Nullable Tensor[] arguments =
          step.node.inputs().stream().map(values::get).toArray(Tensor[]::new);
      Tensor[] results = step.operator.apply(arguments);
      for (int i = 0; i < step.node.outputs().size(); i++) {
        values.put(step.node.output(i), results[i]);
        if (observer != null) {
          observer.value(step.node.output(i), results[i]);
        }
      }
    }
    return graph.outputs().stream().map(v -> values.get(v.name())).toArray(Tensor[]::new);
  }
}
