package dev.sotto.runtime;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.compiler.CircuitCompiler;
import dev.sotto.compiler.CompileOptions;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.compiler.Replanned;
import dev.sotto.compiler.slots.CkksPlanner;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.compiler.slots.SlotsPlan.Scheme;
import dev.sotto.compiler.slots.Treatment;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.quantization.BitWidths;
import dev.sotto.quantization.Calibrator;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizationOptions;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.slots.RingParameters;
import dev.sotto.slots.ring.RingType;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.GraphBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compiled circuits of three features, in small rings. */
public final class TinyCircuits {
  public static final int FEATURES = 3;

  private TinyCircuits() {}

  /** Rows from −1 to 1; those of seed 1 were seen by calibration. */
  public static Tensor rows(long seed, int count) {
    return GraphBuilder.rows(seed, count, -1, 1, FEATURES);
  }

  /** A logistic regression in exact integers. */
  public static CompiledCircuit logistic() {
    GraphBuilder g = GraphBuilder.create();
    String scores = g.gemm(g.input("monthly_income", FEATURES), FEATURES, 2);
    return compiled(g.output(g.node("Softmax", scores)), Scheme.BGV);
  }

  /** A regression with squares in approximate numbers: one result. */
  public static CompiledCircuit squares() {
    GraphBuilder g = GraphBuilder.create();
    String hidden = g.gemm(g.input("x", FEATURES), FEATURES, 4);
    return compiled(g.output(g.gemm(g.node("Mul", hidden, hidden), 4, 1)), Scheme.CKKS);
  }

  private static CompiledCircuit compiled(GraphBuilder graph, Scheme scheme) {
    NumpyModule floats = NumpyModule.of(ModelPreparation.prepare(graph.model()));
    Tensor seen = rows(1, 200);
    QuantizedModule module =
        QuantizedModule.quantize(
            graph.model(),
            Calibrator.calibrate(floats, seen),
            QuantizationOptions.of(BitWidths.of(6)));
    return CircuitCompiler.compile(
        module, CompileOptions.standard().withScheme(scheme).withDegree(2), seen);
  }

  /** {@link #squares} with its products relinearised, so that a server needs keys. */
  public static CompiledCircuit relinearised() {
    CompiledCircuit squares = squares();
    SlotsPlan plan = squares.plan();
    Map<Integer, Treatment> treatments = new HashMap<>();
    for (CircuitNode node : squares.circuit().nodes()) {
      if (node.operation() instanceof dev.sotto.circuit.Operation.Product) {
        treatments.put(node.id(), new Treatment(true, 0));
      }
    }
    RingParameters ring =
        RingParameters.generate(RingType.STANDARD, 13, new int[] {50, 50}, new int[] {50});
    return Replanned.of(
        squares,
        squares.circuit(),
        new SlotsPlan(Scheme.CKKS, ring, 0, plan.scale(), 2, treatments));
  }

  /** What calibration is said to have seen of the sum in {@link #quartic}. */
  public static final long CALIBRATED = 64;

  /**
   * (16·(x0 + x1 + x2))^4 in approximate numbers, the modulus sized for sums up to {@link
   * #CALIBRATED}: three features at the end of their range drive a block out of it, by more than
   * one row of a block is diluted over its coefficients.
   */
  public static CompiledCircuit quartic() {
    CompiledCircuit squares = squares();
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("x", FEATURES, squares.client().encodings().get(0).range());
    CircuitNode sum = builder.linear(x, WeightedSum.dense(FEATURES, 1, new int[] {16, 16, 16}));
    sum = builder.within(sum, new Interval(-CALIBRATED, CALIBRATED));
    CircuitNode square = builder.product(sum, sum);
    CircuitNode fourth = builder.product(square, square);
    Circuit circuit = builder.build(List.of(fourth));
    SlotsPlan plan =
        CkksPlanner.plan(
                circuit, new LayerWeights(), RingType.STANDARD, Math.pow(CALIBRATED, 4) / 4096)
            .orElseThrow();
    return Replanned.of(squares, circuit, plan);
  }
}
