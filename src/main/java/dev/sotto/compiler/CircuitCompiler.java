package dev.sotto.compiler;

import dev.sotto.circuit.CircuitError;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.compiler.slots.BgvPlanner;
import dev.sotto.compiler.slots.CkksPlanner;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.compiler.slots.SlotsPlan.Scheme;
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

  private CompiledCircuit compile() {
    LayerWeights weights = new LayerWeights();
    if (options.scheme() != Scheme.CKKS) {
      Rewritten exact = rewritten(EXACT_WEIGHT_BITS, 0);
      Optional<SlotsPlan> plan =
          exact == null ? Optional.empty() : BgvPlanner.plan(exact.circuit(), weights);
      if (exact != null && plan.isPresent()) {
        return CompiledCircuit.of(module, exact, plan.get());
      }
    }
    if (options.scheme() != Scheme.BGV) {
      Rewritten real = rewritten(WEIGHT_BITS, WORKING_BITS);
      if (real != null && CkksPlanner.isSmooth(real.circuit())) {
        double tolerance = real.range() * Math.pow(2, -options.precisionBits());
        Optional<SlotsPlan> plan =
            CkksPlanner.plan(real.circuit(), weights, options.ringType(), tolerance);
        if (plan.isPresent()) {
          return CompiledCircuit.of(module, real, plan.get());
        }
      }
    }
    throw CompilerError.refused(
        CompilerError.TOO_DEEP,
        "",
        "no ring of 128-bit security holds the "
            + (options.scheme() == null ? "circuit" : "circuit in " + options.scheme())
            + ".");
  }

  /** The lowest degree within the loss budget; null where integers would need more than 53 bits. */
  private @Nullable Rewritten rewritten(int weightBits, int workingBits) {
    int[] degrees =
        options.degree().isPresent()
            ? new int[] {options.degree().getAsInt()}
            : IntStream.rangeClosed(2, HIGHEST_DEGREE).toArray();
    Rewritten best = null;
    for (int degree : degrees) {
      Rewritten each;
      try {
        each =
            Rewritten.of(
                module,
                encoded,
                new RewriteOptions(
                    degree, options.degreeOf(), weightBits, workingBits, true));
      } catch (SottoException e) {
        if (e.problems().get(0).code() == CircuitError.TOO_WIDE) {
          break; // higher degrees are wider still
        }
        throw e;
      }
      if (best == null || each.loss() < best.loss()) {
        best = each;
      }
      if (each.loss() <= options.lossBudget()) {
        break;
      }
    }
    return best;
  }
}
