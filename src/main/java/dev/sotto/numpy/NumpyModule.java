package dev.sotto.numpy;

import dev.sotto.onnx.ModelChecker;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
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

  private final OnnxModel model;
  private final ModelInputs inputs;
  private final ExecutionPlan plan;
  private final RowBatching batching;

  private NumpyModule(OnnxModel model, ModelInputs inputs, ExecutionPlan plan) {
    this.model = model;
    this.inputs = inputs;
    this.plan = plan;
    this.batching = new RowBatching(inputs, plan);
  }

  /**
   * Prepares a model; one that is not in canonical form is normalised first.
   *
   * @throws SottoException with every unsupported operator, mode and type, every wrong attribute
   *     and every value that nothing makes
   */
  public static NumpyModule of(OnnxModel model) {
    List<Problem> problems = new ArrayList<>();
    OnnxModel normalised = collect(problems, model::normalized);
    OnnxModel known = normalised == null ? model : normalised;
    OperatorRegistry registry = OperatorRegistry.standard();
    problems.addAll(ModelChecker.unsupported(known, type -> registry.find(type) != null));
    if (normalised == null) {
      throw new SottoException(problems);
    }
    ModelInputs inputs = collect(problems, () -> ModelInputs.of(normalised.graph()));
    ExecutionPlan plan = collect(problems, () -> ExecutionPlan.of(normalised.graph()));
    if (inputs == null || plan == null || !problems.isEmpty()) {
      throw new SottoException(problems);
    }
    return new NumpyModule(normalised, inputs, plan);
  }

  private static <T> @Nullable T collect(List<Problem> problems, Supplier<T> work) {
    try {
      return work.get();
    } catch (SottoException e) {
      problems.addAll(e.problems());
      return null;
    }
  }

  /** The normalised model that this module runs. */
  public OnnxModel model() {
    return model;
  }

  /** The values, by name, of all nodes that depend on no input. */
  public Map<String, Tensor> constants() {
    return plan.folded();
  }

  /**
   * Runs one mini-batch.
   *
   * @param inputs one tensor per graph input, in order, of the declared shape; the first dimension
   *     is free. Numbers of another type are converted to the declared type: to floating always, to
   *     integers when nothing is lost
   * @return one tensor per graph output, in order
   * @throws SottoException with every input that does not fit, or when a node cannot be applied
   */
  public Tensor[] forward(Tensor... inputs) {
    return forward(inputs, null);
  }

  /**
   * Runs one mini-batch and shows every value to an observer.
   *
   * @param inputs as in {@link #forward(Tensor...)}
   * @param observer may be null
   * @return one tensor per graph output, in order
   */
  public Tensor[] forward(Tensor[] inputs, @Nullable Observer observer) {
    return plan.run(this.inputs.accept(inputs, false), observer);
  }

  /**
   * Runs any number of rows, even when the file fixes the batch.
   *
   * <p>Where a batch would not give what single rows give (a Reshape with a hard-coded batch), rows
   * are run in chunks of the batch that the file declares.
   *
   * @param rows one tensor per graph input, in order, its first dimension counting rows; a row of
   *     the right size is reshaped to the declared shape, so that images may come flat
   * @param observer may be null; sees the values of one chunk after the other
   * @return one tensor per graph output, in order, the first dimension counting rows
   */
  public Tensor[] forwardRows(Tensor[] rows, @Nullable Observer observer) {
    Tensor[] accepted = inputs.accept(rows, true);
    for (Tensor input : accepted) {
      if (accepted[0].shape().rank() == 0
          || input.shape().rank() == 0
          || input.shape().dim(0) != accepted[0].shape().dim(0)) {
        throw SottoException.of(
            NumpyError.INPUT_SHAPE,
            "inputs",
            "expected as many rows in each, got " + List.of(accepted) + ".");
      }
    }
    return accepted.length == 0 ? plan.run(accepted, observer) : batching.run(accepted, observer);
  }
}
