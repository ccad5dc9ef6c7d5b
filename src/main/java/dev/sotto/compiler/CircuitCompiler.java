package dev.sotto.compiler;

import dev.sotto.circuit.CircuitError;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.compiler.CompileOptions.Lookups;
import dev.sotto.compiler.slots.BgvPlanner;
import dev.sotto.compiler.slots.CkksPlanner;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.compiler.slots.SlotsPlan.Scheme;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a quantized module, once, on the driver: polynomials or tables for lookups, then scheme,
 * ring and moduli. The same module, rows and options give the same result on every machine.
 */
public final class CircuitCompiler {
  /** Bits of folded weights where integers stay exact: every bit is paid for in the modulus. */
  private static final int EXACT_WEIGHT_BITS = 8;

  private static final int WEIGHT_BITS = 9;

  /** Products of two such integers are held exactly in double precision. */
  private static final int WORKING_BITS = 26;

  private static final int HIGHEST_DEGREE = 4;

  /**
   * Rows that a model was not trained with, as calibration rows mostly were, change their class so
   * many times as often: half to three times on the networks measured.
   */
  private static final double UNSEEN = 2;

  /** What is tried first where integers may be too wide: few rows, and narrower weights. */
  private static final int PROBED_ROWS = 32;

  private static final int PROBED_WEIGHT_BITS = EXACT_WEIGHT_BITS - 2;

  private final QuantizedModule module;
  private final List<IntegerTensor> encoded;
  private final CompileOptions options;
  private final LayerWeights weights = new LayerWeights();
  private @Nullable Rewritten last;
  private @Nullable Problem tooWide;
  private boolean tooWideForIntegers;

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
   * A circuit without lookups that may have a plan.
   *
   * @param scheme for which it is made
   */
  private record Candidate(Scheme scheme, Rewritten rewritten) {
    /**
     * What is held against the budget. Exact integers are worth what calibration rows may not have
     * shown; of approximate numbers, where a higher degree costs less, it counts too.
     */
    double loss() {
      OutputLoss loss = rewritten.loss();
      return scheme == Scheme.BGV ? loss.seen() : Math.max(loss.seen(), UNSEEN * loss.expected());
    }
  }

  /** The first candidate within the loss budget that has a plan, or else the best one that has. */
  private CompiledCircuit compile() {
    List<Candidate> rest = new ArrayList<>();
    boolean curved = options.lookups() != Lookups.TABLE;
    for (int degree : degrees()) {
      if (!curved) {
        break; // the degree makes no difference
      }
      curved = false;
      for (Scheme scheme : Scheme.values()) {
        if (options.scheme() != null && options.scheme() != scheme) {
          continue;
        }
        Rewritten rewritten = rewritten(scheme, degree);
        if (rewritten == null) {
          curved |= scheme == Scheme.CKKS || !tooWideForIntegers;
          continue;
        }
        curved |= rewritten.lookups().stream().anyMatch(l -> l.degree() > 1);
        Candidate candidate = new Candidate(scheme, rewritten);
        if (candidate.loss() > options.lossBudget()) {
          rest.add(candidate);
          continue;
        }
        Optional<CompiledCircuit> compiled = planned(candidate);
        if (compiled.isPresent()) {
          return compiled.get();
        }
      }
    }
    Optional<CompiledCircuit> exact = withTables();
    if (exact.isPresent()) {
      return exact.get();
    }
    rest.sort(Comparator.comparingDouble(Candidate::loss));
    for (Candidate candidate : rest) {
      Optional<CompiledCircuit> compiled = planned(candidate);
      if (compiled.isPresent()) {
        return compiled.get();
      }
    }
    throw CompileRefusal.of(module, last, tooWide, options);
  }

  /** Tables, where they are asked for or may be used, and are not refused. */
  private Optional<CompiledCircuit> withTables() {
    if (options.lookups() == Lookups.POLYNOMIAL || options.scheme() == Scheme.CKKS) {
      return Optional.empty();
    }
    try {
      return planned(
          new Candidate(
              Scheme.BGV, Rewritten.withTables(module, encoded, options.calibratedBounds())));
    } catch (SottoException e) {
      if (options.lookups() == Lookups.AUTO
          && e.problems().get(0).code() == CompilerError.TABLE_TOO_WIDE) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private int[] degrees() {
    return options.degree().isPresent()
        ? new int[] {options.degree().getAsInt()}
        : IntStream.rangeClosed(2, HIGHEST_DEGREE).toArray();
  }

  private Optional<CompiledCircuit> planned(Candidate candidate) {
    Rewritten rewritten = candidate.rewritten;
    Optional<SlotsPlan> plan =
        candidate.scheme == Scheme.BGV
            ? BgvPlanner.plan(rewritten.circuit(), weights)
            : CkksPlanner.plan(
                rewritten.circuit(),
                weights,
                options.ringType(),
                rewritten.range() * Math.pow(2, -options.precisionBits()));
    last = rewritten;
    return plan.map(p -> CompiledCircuit.of(module, rewritten, p, weights));
  }

  /** Null where integers would need more than 53 bits: in BGV then with all higher degrees too. */
  private @Nullable Rewritten rewritten(Scheme scheme, int degree) {
    if (scheme == Scheme.CKKS) {
      return rewritten(encoded, degree, WEIGHT_BITS, WORKING_BITS, true);
    }
    boolean probed = options.scheme() == null;
    if (probed && !tooWideForIntegers) {
      tooWideForIntegers = rewritten(probe(), degree, PROBED_WEIGHT_BITS, 0, false) == null;
    }
    if (tooWideForIntegers) {
      return null;
    }
    Rewritten rewritten = rewritten(encoded, degree, EXACT_WEIGHT_BITS, 0, true);
    tooWideForIntegers = probed && rewritten == null;
    return rewritten;
  }

  /** Few rows, at equal distances: how wide integers become hardly depends on them. */
  private List<IntegerTensor> probe() {
    List<IntegerTensor> some = new ArrayList<>();
    for (IntegerTensor all : encoded) {
      int count = Math.min(PROBED_ROWS, all.rows());
      double[] from = all.toDoubles();
      double[] kept = new double[count * all.size()];
      for (int row = 0; row < count; row++) {
        int at = (int) ((long) row * all.rows() / count) * all.size();
        System.arraycopy(from, at, kept, row * all.size(), all.size());
      }
      some.add(IntegerTensor.ofDoubles(count, all.size(), kept, all.bound()).narrowed());
    }
    return some;
  }

  private @Nullable Rewritten rewritten(
      List<IntegerTensor> rows, int degree, int weightBits, int workingBits, boolean refit) {
    try {
      return Rewritten.of(
          module,
          rows,
          new RewriteOptions(
              degree,
              options.degreeOf(),
              weightBits,
              workingBits,
              refit,
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
