package dev.sotto.compiler;

import dev.sotto.circuit.CircuitError;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.compiler.slots.BgvPlanner;
import dev.sotto.compiler.slots.CkksPlanner;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.compiler.slots.SlotsPlan.Scheme;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a quantized module, once, on the driver: polynomials for lookups, then scheme, ring and
 * moduli. The same module, rows and options give the same result on every machine.
 */
public final class CircuitCompiler {
  /** Bits of folded weights where integers stay exact: every bit is paid for in the modulus. */
  private static final int EXACT_WEIGHT_BITS = 8;

  private static final int WEIGHT_BITS = 12;

  /** Products of two such integers are held exactly in double precision. */
  private static final int WORKING_BITS = 26;

  private static final int HIGHEST_DEGREE = 4;

  private final QuantizedModule module;
  private final List<IntegerTensor> encoded;
  private final CompileOptions options;
  private final LayerWeights weights = new LayerWeights();
  private @Nullable Rewritten last;
  private @Nullable Problem tooWide;

  private CircuitCompiler(
      QuantizedModule module, List<IntegerTensor> encoded, CompileOptions options) {
    this.module = module;
    this.encoded = encoded;
    this.options = options;
  }

  /**
   * Compiles.
   *
   * @param rows representative rows, one tensor per model input; a few hundred
   * @throws SottoException with what cannot be computed on encrypted data
   */
  public static CompiledCircuit compile(
      QuantizedModule module, CompileOptions options, Tensor... rows) {
    return new CircuitCompiler(module, module.quantizeInput(rows).integers(), options).compile();
  }

  /**
   * What a degree gives.
   *
   * @param rewritten the circuit
   * @param plan how it runs
   */
  private record Candidate(Rewritten rewritten, SlotsPlan plan) {}

  private CompiledCircuit compile() {
    int[] degrees =
        options.degree().isPresent()
            ? new int[] {options.degree().getAsInt()}
            : IntStream.rangeClosed(2, HIGHEST_DEGREE).toArray();
    Candidate best = null;
    for (int degree : degrees) {
      for (Scheme scheme : Scheme.values()) {
        if (options.scheme() != null && options.scheme() != scheme) {
          continue;
        }
        Candidate each = candidate(scheme, degree);
        if (each != null && (best == null || each.rewritten.loss() < best.rewritten.loss())) {
          best = each;
        }
        if (best != null && best.rewritten.loss() <= options.lossBudget()) {
          return CompiledCircuit.of(module, best.rewritten, best.plan);
        }
      }
    }
    if (best == null) {
      throw CompileRefusal.of(module, last, tooWide, options);
    }
    return CompiledCircuit.of(module, best.rewritten, best.plan);
  }

  private @Nullable Candidate candidate(Scheme scheme, int degree) {
    Rewritten rewritten = rewritten(scheme, degree);
    if (rewritten == null) {
      return null;
    }
    Optional<SlotsPlan> plan =
        scheme == Scheme.BGV
            ? BgvPlanner.plan(rewritten.circuit(), weights)
            : CkksPlanner.plan(
                rewritten.circuit(),
                weights,
                options.ringType(),
                rewritten.range() * Math.pow(2, -options.precisionBits()));
    last = rewritten;
    return plan.map(p -> new Candidate(rewritten, p)).orElse(null);
  }

  /** Null where integers would need more than 53 bits. */
  private @Nullable Rewritten rewritten(Scheme scheme, int degree) {
    boolean exact = scheme == Scheme.BGV;
    try {
      return Rewritten.of(
          module,
          encoded,
          new RewriteOptions(
              degree,
              options.degreeOf(),
              exact ? EXACT_WEIGHT_BITS : WEIGHT_BITS,
              exact ? 0 : WORKING_BITS,
              true,
              options.calibratedBounds()));
    } catch (SottoException e) {
      if (e.problems().get(0).code() == CircuitError.TOO_WIDE
          || e.problems().get(0).code() == CompilerError.BOUNDS_TOO_WIDE) {
        tooWide = e.problems().get(0);
        return null;
      }
      throw e;
    }
  }
}
