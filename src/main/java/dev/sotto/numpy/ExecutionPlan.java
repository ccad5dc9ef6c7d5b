package dev.sotto.numpy;

import dev.sotto.numpy.NumpyModule.Observer;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A graph ready to run: operators prepared, values numbered, constants computed.
 *
 * <p>A node whose inputs are all constant is evaluated here, once. Every other value has a slot
 * that is emptied after its last use, so that a run holds only what is still needed.
 */
final class ExecutionPlan {
  /**
   * One node to run, or one already evaluated.
   *
   * @param inputs slots, −1 where an input is left out
   * @param outputs slots, −1 where an output is left out
   * @param released slots that nobody reads after this step
   * @param results the outputs of a constant node, null for a node to run
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Step(
      Node node,
      Operator operator,
      int[] inputs,
      int[] outputs,
      int[] released,
      Tensor @Nullable [] results) {}

  private final List<String> inputNames;
  private final int[] inputs;
  private final int[] outputs;
  private final List<Step> steps;
  private final @Nullable Tensor[] constants;

  private ExecutionPlan(
      List<String> inputNames,
      int[] inputs,
      int[] outputs,
      List<Step> steps,
      @Nullable Tensor[] constants) {
    this.inputNames = inputNames;
    this.inputs = inputs;
    this.outputs = outputs;
    this.steps = steps;
    this.constants = constants;
  }

  /**
   * Prepares a normalised graph; nodes of unsupported operators are left out.
   *
   * @throws SottoException with every unsupported mode, wrong attribute and missing value
   */
  static ExecutionPlan of(Graph graph) {
    return new Builder(graph).build();
  }

  /** Nodes that were evaluated at preparation, with their outputs by name. */
  Map<String, Tensor> folded() {
    Map<String, Tensor> values = new HashMap<>();
    for (Step step : steps) {
      for (int i = 0; step.results != null && i < step.outputs.length; i++) {
        if (step.outputs[i] >= 0) {
          values.put(step.node.output(i), step.results[i]);
        }
      }
    }
    return values;
  }

  Tensor[] run(Tensor[] given, @Nullable Observer observer) {
    @Nullable Tensor[] values = constants.clone();
    for (int i = 0; i < inputs.length; i++) {
      values[inputs[i]] = given[i];
      if (observer != null) {
        observer.value(inputNames.get(i), given[i]);
      }
    }
    for (Step step : steps) {
      Tensor[] results = step.results;
      if (results == null) {
        results = apply(step.node, step.operator, pick(values, step.inputs));
      }
      for (int i = 0; i < step.outputs.length; i++) {
        if (step.outputs[i] >= 0) {
          values[step.outputs[i]] = results[i];
          if (observer != null) {
            observer.value(step.node.output(i), results[i]);
          }
        }
      }
      for (int slot : step.released) {
        values[slot] = null;
      }
    }
    Tensor[] results = new Tensor[outputs.length];
    for (int i = 0; i < results.length; i++) {
      results[i] = Objects.requireNonNull(values[outputs[i]]);
    }
    return results;
  }

  private static @Nullable Tensor[] pick(@Nullable Tensor[] values, int[] slots) {
    @Nullable Tensor[] picked = new Tensor[slots.length];
    for (int i = 0; i < slots.length; i++) {
      picked[i] = slots[i] < 0 ? null : values[slots[i]];
    }
    return picked;
  }

  /** Applies an operator; what it cannot do is reported with the node and its inputs. */
  private static Tensor[] apply(Node node, Operator operator, @Nullable Tensor[] arguments) {
    try {
      Tensor[] results = operator.apply(arguments);
      if (results.length < node.outputs().size()) {
        throw new IllegalArgumentException(
            "the node names " + node.outputs().size() + " outputs, there are " + results.length);
      }
      return results;
    } catch (IllegalArgumentException
        | IndexOutOfBoundsException
        | ArithmeticException
        | NegativeArraySizeException
        | ClassCastException e) {
      String inputs =
          Arrays.stream(arguments).map(String::valueOf).collect(Collectors.joining(", "));
      throw SottoException.of(
          NumpyError.EVALUATION,
          node.place(),
          "cannot be applied to (" + inputs + "): " + e.getMessage() + ".",
          e);
    }
  }

  /** Numbers the values and prepares the nodes, collecting problems. */
  private static final class Builder {
    private final Graph graph;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Integer> slots = new HashMap<>();
    private final List<@Nullable Tensor> constants = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    Builder(Graph graph) {
      this.graph = graph;
    }

    ExecutionPlan build() {
      graph.initializers().forEach(this::define);
      int[] inputs =
          graph.inputs().stream().mapToInt(value -> define(value.name(), null)).toArray();
      for (Node node : graph.nodes()) {
        prepare(node);
      }
      int[] outputs = new int[graph.outputs().size()];
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = use(graph.outputs().get(i).name(), "graph output " + i);
      }
      if (!problems.isEmpty()) {
        throw new SottoException(problems);
      }
      return new ExecutionPlan(
          graph.inputs().stream().map(Graph.Value::name).toList(),
          inputs,
          outputs,
          withReleases(outputs),
          constants.toArray(new Tensor[0]));
    }

    private int define(String name, @Nullable Tensor constant) {
      constants.add(constant);
      slots.put(name, constants.size() - 1);
      return constants.size() - 1;
    }

    /** The slot of a value; −1 and a problem when nothing makes it. */
    private int use(String name, String where) {
      Integer slot = slots.get(name);
      if (slot == null) {
        problems.add(
            Problem.of(
                NumpyError.MISSING_VALUE,
                where,
                "uses value '" + name + "', which nothing makes."));
        return -1;
      }
      return slot;
    }

    private void prepare(Node node) {
      int[] inputs = new int[node.inputs().size()];
      @Nullable Tensor[] known = new Tensor[inputs.length];
      boolean constant = true;
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = node.input(i).isEmpty() ? -1 : use(node.input(i), node.place());
        known[i] = inputs[i] < 0 ? null : constants.get(inputs[i]);
        constant &= node.input(i).isEmpty() || known[i] != null;
      }
      Operator operator = null;
      Tensor[] results = null;
      try {
        operator = find(node, known);
        results = constant && operator != null ? apply(node, operator, known) : null;
      } catch (SottoException e) {
        problems.addAll(e.problems());
      }
      int[] outputs = new int[node.outputs().size()];
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] =
            node.output(i).isEmpty()
                ? -1
                : define(node.output(i), results == null ? null : results[i]);
      }
      if (operator != null) {
        steps.add(new Step(node, operator, inputs, outputs, new int[0], results));
      }
    }

    /** The prepared operator; null for one that is not supported, which ModelChecker reports. */
    private static @Nullable Operator find(Node node, @Nullable Tensor[] known) {
      Operator.Factory factory = OperatorRegistry.standard().find(node.type());
      return factory == null ? null : factory.prepare(node, known);
    }

    /** Each step with the slots that are read, or only written, for the last time in it. */
    private List<Step> withReleases(int[] outputs) {
      int[] lastUse = new int[constants.size()];
      Arrays.fill(lastUse, -1);
      for (int i = 0; i < steps.size(); i++) {
        for (int[] used : new int[][] {steps.get(i).inputs, steps.get(i).outputs}) {
          for (int slot : used) {
            if (slot >= 0) {
              lastUse[slot] = i;
            }
          }
        }
      }
      for (int slot : outputs) {
        lastUse[slot] = -1;
      }
      List<List<Integer>> released = new ArrayList<>();
      steps.forEach(step -> released.add(new ArrayList<>()));
      for (int slot = 0; slot < lastUse.length; slot++) {
        if (lastUse[slot] >= 0 && constants.get(slot) == null) {
          released.get(lastUse[slot]).add(slot);
        }
      }
      List<Step> result = new ArrayList<>();
      for (int i = 0; i < steps.size(); i++) {
        Step s = steps.get(i);
        int[] slotsToFree = released.get(i).stream().mapToInt(Integer::intValue).toArray();
        result.add(new Step(s.node, s.operator, s.inputs, s.outputs, slotsToFree, s.results));
      }
      return List.copyOf(result);
    }
  }
}
