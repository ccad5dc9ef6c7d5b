package dev.sotto.cli;

import dev.sotto.compiler.CompileOptions;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.problem.SottoException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how a quantized model is compiled for encrypted data. */
final class CompileArguments {
  private static final int HIGHEST_DEGREE = 7;

  /** Which arithmetic. */
  enum Scheme {
    BGV,
    CKKS,
    AUTO
  }

  /** What computes on encrypted data. */
  enum Engine {
    SLOTS,
    TFHE,
    AUTO
  }

  @Option(
      names = "--degree",
      paramLabel = "D",
      description =
          "Degree of the polynomials that replace activations, 1 to 7 (default: the lowest within"
              + " the loss budget).")
  @Nullable Integer degree;

  @Option(
      names = "--layer-degree",
      paramLabel = "NODE=D",
      description = "Degree for one ONNX node; may be repeated.")
  @Nullable Map<String, Integer> layers;

  @Option(
      names = "--loss-budget",
      paramLabel = "X",
      description =
          "Share of calibration rows whose class may change by the polynomials (default 0.01);"
              + " of a regression, the relative deviation.")
  @Nullable Double lossBudget;

  @Option(
      names = "--lookups",
      paramLabel = "polynomial|table|auto",
      description =
          "What becomes of activations: polynomial (default): near them, of low degree; table: exact"
              + " (bgv), the quantized model bit for bit, where few bits leave a layer some 8,000"
              + " different sums; auto: tables where polynomials lose too much.")
  CompileOptions.Lookups lookups = CompileOptions.Lookups.POLYNOMIAL;

  @Option(
      names = "--scheme",
      paramLabel = "bgv|ckks|auto",
      description =
          "bgv: exact integers; ckks: approximate numbers; auto (default): bgv where it reaches.")
  Scheme scheme = Scheme.AUTO;

  @Option(
      names = "--ring",
      paramLabel = "standard|conjugate-invariant",
      description = "The ring of ckks (default standard).")
  String ring = "standard";

  @Option(
      names = "--calibrated-bounds",
      description =
          "Take the ranges of inner values from the calibration where proved ones ask too much: a"
              + " row unlike all of the calibration may then spoil its block, which is seen and"
              + " refused at decryption.")
  boolean calibratedBounds;

  @Option(
      names = "--engine",
      paramLabel = "slots|tfhe|auto",
      description = "What computes: slots, thousands of rows at once (default auto: slots).")
  Engine engine = Engine.AUTO;

  /** The options as the compiler takes them. */
  CompileOptions options() {
    if (engine == Engine.TFHE) {
      throw SottoException.of(
          CliError.OPTION,
          "--engine tfhe",
          "the engine of table lookups on single values is not there yet: slots or auto expected.");
    }
    CompileOptions options =
        CompileOptions.standard()
            .withConjugateInvariantRing(isConjugateInvariant())
            .withCalibratedBounds(calibratedBounds)
            .withLookups(lookups);
    if (scheme != Scheme.AUTO) {
      options =
          options.withScheme(scheme == Scheme.BGV ? SlotsPlan.Scheme.BGV : SlotsPlan.Scheme.CKKS);
    }
    if (degree != null) {
      requireDegree("--degree", degree);
      options = options.withDegree(degree);
    }
    if (layers != null) {
      layers.forEach((node, each) -> requireDegree("--layer-degree " + node, each));
      options = options.withDegreeOf(layers);
    }
    if (lossBudget != null) {
      if (!(lossBudget >= 0 && lossBudget <= 1)) {
        throw SottoException.of(
            CliError.OPTION, "--loss-budget", "expected 0 to 1, got " + lossBudget + ".");
      }
      options = options.withLossBudget(lossBudget);
    }
    return options;
  }

  private boolean isConjugateInvariant() {
    return switch (ring) {
      case "standard" -> false;
      case "conjugate-invariant" -> true;
      default ->
          throw SottoException.of(
              CliError.OPTION,
              "--ring",
              "expected standard or conjugate-invariant, got '" + ring + "'.");
    };
  }

  private static void requireDegree(String option, int degree) {
    if (degree < 1 || degree > HIGHEST_DEGREE) {
      throw SottoException.of(
          CliError.OPTION, option, "expected 1 to " + HIGHEST_DEGREE + ", got " + degree + ".");
    }
  }
}
