package dev.sotto.compiler;

import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.slots.ring.RingType;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the user may choose.
 *
 * @param degree of all polynomials, one to seven; empty: the lowest within the loss budget
 * @param degreeOf degrees of single nodes, by ONNX name
 * @param lossBudget share of calibration rows whose class may differ from the quantized model's (of
 *     one number: its relative root mean square difference); in CKKS also of other rows, by what
 *     the errors on calibration rows let expect
 * @param scheme exact integers or approximate numbers; null: exact where its plaintext space
 *     reaches
 * @param ringType of CKKS
 * @param precisionBits the error of a result stays below its range by so many bits
 * @param calibratedBounds of CKKS: whether layers may be taken to stay within twice the range that
 *     calibration saw, instead of what intervals prove; a row that leaves it ruins its block. Of
 *     tables: whether they may have values for half as much again only; a row that leaves it gets
 *     wrong results, alone
 * @param lookups what becomes of functions of encrypted integers
 */
public record CompileOptions(
    OptionalInt degree,
    Map<String, Integer> degreeOf,
    double lossBudget,
    SlotsPlan.@Nullable Scheme scheme,
    RingType ringType,
    int precisionBits,
    boolean calibratedBounds,
    Lookups lookups) {
  /** What becomes of functions of encrypted integers. */
  public enum Lookups {
    /** Polynomials near them, as far as they are no straight lines. */
    POLYNOMIAL,
    /** Tables: exact integers, bit for bit what the quantized model computes. */
    TABLE,
    /** Polynomials within the loss budget, or else tables where they are narrow enough. */
    AUTO
  }

  /** The lowest degrees within a budget of one row in a hundred, every bound proved. */
  public static CompileOptions standard() {
    return new CompileOptions(
        OptionalInt.empty(),
        Map.of(),
        0.01,
        null,
        RingType.STANDARD,
        12,
        false,
        Lookups.POLYNOMIAL);
  }

  /** The same with one degree for all polynomials. */
  public CompileOptions withDegree(int newDegree) {
    return new CompileOptions(
        OptionalInt.of(newDegree),
        degreeOf,
        lossBudget,
        scheme,
        ringType,
        precisionBits,
        calibratedBounds,
        lookups);
  }

  /** The same with a scheme. */
  public CompileOptions withScheme(SlotsPlan.@Nullable Scheme newScheme) {
    return new CompileOptions(
        degree,
        degreeOf,
        lossBudget,
        newScheme,
        ringType,
        precisionBits,
        calibratedBounds,
        lookups);
  }

  /** The same in the conjugate-invariant ring (N real slots of CKKS), or in the standard one. */
  public CompileOptions withConjugateInvariantRing(boolean conjugateInvariant) {
    return withRingType(conjugateInvariant ? RingType.CONJUGATE_INVARIANT : RingType.STANDARD);
  }

  /** The same in another ring. */
  public CompileOptions withRingType(RingType newType) {
    return new CompileOptions(
        degree, degreeOf, lossBudget, scheme, newType, precisionBits, calibratedBounds, lookups);
  }

  /** The same with bounds from calibration, or proved ones. */
  public CompileOptions withCalibratedBounds(boolean newBounds) {
    return new CompileOptions(
        degree, degreeOf, lossBudget, scheme, ringType, precisionBits, newBounds, lookups);
  }

  /** The same with degrees of single nodes. */
  public CompileOptions withDegreeOf(Map<String, Integer> newDegreeOf) {
    return new CompileOptions(
        degree,
        Map.copyOf(newDegreeOf),
        lossBudget,
        scheme,
        ringType,
        precisionBits,
        calibratedBounds,
        lookups);
  }

  /** The same with a loss budget. */
  public CompileOptions withLossBudget(double newBudget) {
    return new CompileOptions(
        degree, degreeOf, newBudget, scheme, ringType, precisionBits, calibratedBounds, lookups);
  }

  /** The same with polynomials, tables, or whichever will do. */
  public CompileOptions withLookups(Lookups newLookups) {
    return new CompileOptions(
        degree,
        degreeOf,
        lossBudget,
        scheme,
        ringType,
        precisionBits,
        calibratedBounds,
        newLookups);
  }
}
