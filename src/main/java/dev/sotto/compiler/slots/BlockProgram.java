package dev.sotto.compiler.slots;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.slots.BgvCiphertext;
import dev.sotto.slots.BgvEvaluator;
import dev.sotto.slots.BgvParameters;
import dev.sotto.slots.BgvScheme;
import dev.sotto.slots.CkksCiphertext;
import dev.sotto.slots.CkksEvaluator;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.CkksScheme;
import dev.sotto.slots.RingParameters;
import dev.sotto.slots.SlotCiphertext;
import dev.sotto.slots.SlotSums;
import dev.sotto.slots.ring.OperationCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * How a circuit is computed on blocks, call by call: found once, by {@link SlotsAlgebra} on
 * ciphertexts without content, and then put into an order that needs little memory.
 *
 * @param <C> a ciphertext
 */
public final class BlockProgram<C extends SlotCiphertext> {
  /** Blocks of less, about, are not worth a second thread: waking it takes longer. */
  private static final double SHARED_SECONDS = 5e-3;

  private final List<Element<C>> outputs;
  private final List<BlockSchedule.Round<C>> rounds;
  private final int elements;
  private final int tasks;
  private final int threads;
  private final boolean shared;

  private BlockProgram(
      Circuit circuit,
      SlotsPlan plan,
      LayerWeights weights,
      int threads,
      SlotArithmetic<C> dry,
      OperationCounts counts,
      BiFunction<CircuitNode, Boolean, C> fresh) {
    Recording<C> recording = new Recording<>(new RepeatedArithmetic<>(dry, counts));
    List<Element<C>> all = new ArrayList<>();
    List<List<Element<C>>> inputs = new ArrayList<>();
    InputUses uses = InputUses.of(circuit, threads);
    for (CircuitNode node : inputs(circuit)) {
      List<Element<C>> input = new ArrayList<>();
      for (C hollow : uses.each(node, fresh.apply(node, true), fresh.apply(node, false))) {
        input.add(recording.input(all.size() + input.size(), hollow));
      }
      all.addAll(input);
      inputs.add(input);
    }
    SlotArithmetic<Element<C>> recorder = recording;
    Executor here = Runnable::run;
    SlotsAlgebra<Element<C>> algebra =
        new SlotsAlgebra<>(
            Lanes.of(Collections.nCopies(threads, recorder), here), weights, plan.treatments());
    this.outputs =
        circuit.evaluate(algebra, inputs).stream()
            .flatMap(List::stream)
            .map(recording::smallest)
            .toList();
    this.rounds = BlockSchedule.of(recording, all, outputs, threads);
    this.elements = recording.elements();
    this.tasks = recording.tasks();
    this.threads = threads;
    this.shared = KernelCosts.REFERENCE.seconds(counts, plan.ring().logN()) > SHARED_SECONDS;
  }

  /** The inputs, by their positions. */
  private static List<CircuitNode> inputs(Circuit circuit) {
    CircuitNode[] inputs = new CircuitNode[circuit.inputs()];
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Input input) {
        inputs[input.position()] = node;
      }
    }
    return List.of(inputs);
  }

  /** The program of a circuit of exact integers. */
  public static BlockProgram<BgvCiphertext> bgv(
      Circuit circuit, SlotsPlan plan, LayerWeights weights, int threads) {
    OperationCounts counts = new OperationCounts();
    RingParameters dry = plan.ring().dry(counts);
    BgvEvaluator evaluator =
        BgvScheme.of(new BgvParameters(dry, plan.plaintextModulus()))
            .dryEvaluator(plan.relinearisedDegree());
    return new BlockProgram<>(
        circuit,
        plan,
        weights,
        threads,
        new BgvArithmetic(evaluator),
        counts,
        (node, stored) -> evaluator.hollow(dry.maximumLevel(), stored));
  }

  /** The program of a circuit of approximate numbers. */
  public static BlockProgram<CkksCiphertext> ckks(
      Circuit circuit, SlotsPlan plan, LayerWeights weights, int threads) {
    OperationCounts counts = new OperationCounts();
    RingParameters dry = plan.ring().dry(counts);
    CkksEvaluator evaluator =
        CkksScheme.of(new CkksParameters(dry, plan.scale()))
            .dryEvaluator(plan.relinearisedDegree());
    return new BlockProgram<>(
        circuit,
        plan,
        weights,
        threads,
        new CkksArithmetic(evaluator),
        counts,
        (node, stored) ->
            evaluator.hollow(DryRun.inputBound(node), plan.scale(), dry.maximumLevel(), stored));
  }

  /** Bytes of the ciphertexts of a block in memory when there are most of them. */
  public static long peakBytes(Circuit circuit, SlotsPlan plan, LayerWeights weights, int threads) {
    return plan.scheme() == SlotsPlan.Scheme.BGV
        ? bgv(circuit, plan, weights, threads).peakBytes()
        : ckks(circuit, plan, weights, threads).peakBytes();
  }

  /**
   * Where inputs come from.
   *
   * @param <C> a ciphertext
   */
  public interface Source<C> {
    /**
     * An input, asked for once.
     *
     * @param place among the elements of all inputs
     * @param expected a ciphertext without content, of the level and unit that are expected, and as
     *     it was sent where it is to stay so
     */
    C input(int place, C expected);
  }

  /** What is there of one block. */
  private static final class Values<C extends SlotCiphertext> {
    private final Source<C> source;
    private final List<@Nullable C> elements;
    private final List<@Nullable SlotSums<C>> begun;

    Values(BlockProgram<C> program, Source<C> source) {
      this.source = source;
      this.elements = new ArrayList<>(Collections.nCopies(program.elements, null));
      this.begun = new ArrayList<>(Collections.nCopies(program.tasks, null));
    }

    C get(Element<C> element) {
      return Objects.requireNonNull(elements.get(element.id), "dropped before its last use");
    }

    void drop(Element<C> element) {
      elements.set(element.id, null);
    }

    void run(BlockArithmetic<C> arithmetic, BlockSchedule.Action<C> action) {
      Task<C> task = action.task();
      if (task.sums == null) {
        set(task, task.input < 0 ? called(arithmetic, task) : loaded(task));
      } else {
        addTerms(arithmetic, task, task.sums, action);
      }
      if (action.isLast()) {
        for (Task<C> follower : action.followers()) {
          set(follower, called(arithmetic, follower));
          drop(follower.operands.get(0));
        }
      }
    }

    private void set(Task<C> task, List<C> results) {
      for (int i = 0; i < results.size(); i++) {
        elements.set(task.results.get(i).id, results.get(i));
      }
    }

    private List<C> loaded(Task<C> task) {
      return List.of(source.input(task.input, task.results.get(0).hollow));
    }

    private List<C> called(BlockArithmetic<C> arithmetic, Task<C> task) {
      return Objects.requireNonNull(task.call)
          .of(arithmetic, task.operands.stream().map(this::get).toList());
    }

    private void addTerms(
        BlockArithmetic<C> arithmetic,
        Task<C> task,
        Task.Sums sums,
        BlockSchedule.Action<C> action) {
      SlotSums<C> begun = this.begun.get(task.id);
      if (begun == null) {
        begun = arithmetic.begin(sums.weights());
        this.begun.set(task.id, begun);
      }
      arithmetic.addTerms(begun, task.operands(action.block()).stream().map(this::get).toList());
      if (action.isLast()) {
        set(task, arithmetic.finish(begun, sums.weightScale(), sums.bound()));
        this.begun.set(task.id, null);
      }
    }
  }

  /** Those of some lanes that a block is worth: all, or the first one. */
  public Lanes<BlockArithmetic<C>> used(Lanes<BlockArithmetic<C>> lanes) {
    return shared ? lanes : Lanes.one(lanes.first());
  }

  /**
   * Computes a block.
   *
   * @param lanes as many as the program is for, or fewer
   * @return its results, as small as they can be sent
   */
  public List<C> run(Lanes<BlockArithmetic<C>> lanes, Source<C> source) {
    Values<C> values = new Values<>(this, source);
    for (BlockSchedule.Round<C> round : rounds) {
      lanes.each(
          round.actions().size(),
          (arithmetic, i) -> values.run(arithmetic, round.actions().get(i)));
      round.dead().forEach(values::drop);
    }
    return outputs.stream().map(values::get).toList();
  }

  private long peakBytes() {
    boolean[] held = new boolean[elements];
    long now = 0;
    long peak = 0;
    for (BlockSchedule.Round<C> round : rounds) {
      long passing = 0;
      for (BlockSchedule.Action<C> action : round.actions()) {
        long made = bytes(action.task().results);
        if (action.block() == 0) {
          now += made;
        }
        if (action.isLast()) {
          long kept = made;
          action.task().results.forEach(result -> held[result.id] = true);
          for (Task<C> follower : action.followers()) {
            long grown = bytes(follower.results) - bytes(follower.operands.subList(0, 1));
            kept += grown;
            held[follower.results.get(0).id] = true;
            held[follower.operands.get(0).id] = false;
            passing = Math.max(passing, bytes(follower.results));
          }
          now += kept - made;
          passing = Math.max(passing, made - kept);
        }
      }
      peak = Math.max(peak, now + passing * Math.min(threads, round.actions().size()));
      for (Element<C> element : round.dead()) {
        if (held[element.id]) {
          held[element.id] = false;
          now -= bytes(element);
        }
      }
    }
    return peak;
  }

  private static <C extends SlotCiphertext> long bytes(List<Element<C>> elements) {
    return elements.stream().mapToLong(BlockProgram::bytes).sum();
  }

  /** What stays as it was sent is part of the block, and takes no more. */
  private static <C extends SlotCiphertext> long bytes(Element<C> element) {
    return element.hollow.isStored() ? 0 : element.hollow.bytes();
  }
}
