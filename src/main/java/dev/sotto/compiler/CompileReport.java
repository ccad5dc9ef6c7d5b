package dev.sotto.compiler;

import dev.sotto.compiler.slots.KernelCosts;
import java.util.List;
import java.util.Map;

/**
 * What is known of a compiled model before any key exists: what it computes, with which parameters,
 * how exact it is, and what it will cost.
 *
 * <p>Everything but {@link Cost} depends on the circuit and its plan only, and is the same on every
 * machine. {@link #toText} is for people, {@link #toMap} for JSON.
 *
 * @param layers what is computed, in order
 * @param parameters of the scheme
 * @param security of the parameters
 * @param noise how close results are, and how full moduli become
 * @param lookups what became of each lookup of the quantized model, but for tables
 * @param tables lookups that are computed exactly
 * @param loss how far results on the calibration rows are from the quantized model's: the share of
 *     rows with another class; of one number, its relative deviation
 * @param bounds {@code proved}: by intervals, no row inside the client's boxes can overflow; {@code
 *     calibrated}: an unlikely row may spoil its block, which is seen; {@code unknown}: a server's
 *     part alone does not tell
 * @param cost predicted, on this machine
 * @param sizes of what is sent and held
 */
public record CompileReport(
    List<Layer> layers,
    Parameters parameters,
    Security security,
    Noise noise,
    List<LookupReport> lookups,
    List<TableReport> tables,
    double loss,
    String bounds,
    Cost cost,
    Sizes sizes) {

  /**
   * One node of the circuit.
   *
   * @param kind input, linear, scale, constant, unit, product, add, move, table or trees; output at
   *     last, where results are made as small as they can be sent
   * @param node ONNX name; empty where there is none
   * @param elements encrypted numbers of its result, for one row
   * @param products of two encrypted numbers, for one row
   * @param multiplyAdds encrypted numbers times clear ones, for one row
   * @param treatment what is done to its results: relinearise, rescale, both, or nothing
   * @param level of its results
   * @param degree of its results
   * @param phaseBits of the result that fills its modulus most, at most {@code capacityBits}
   * @param capacityBits what the modulus holds
   * @param coreMilliseconds predicted for one block
   */
  public record Layer(
      String kind,
      String node,
      int elements,
      long products,
      long multiplyAdds,
      String treatment,
      int level,
      int degree,
      double phaseBits,
      double capacityBits,
      double coreMilliseconds) {}

  /**
   * Parameters.
   *
   * @param scheme BGV or CKKS
   * @param n the size of the ring
   * @param ringType standard or conjugate-invariant
   * @param primeBits bits of the primes of ciphertexts, from the one that stays on
   * @param specialPrimeBits bits of the primes of key switching
   * @param logQp bits of the product of all primes
   * @param plaintextModulus t of BGV; zero for CKKS
   * @param logScale bits that inputs are scaled by, CKKS; zero for BGV
   * @param relinearisedDegree the highest degree that evaluation keys are needed for; zero for none
   * @param rowsPerBlock rows that are computed at once
   */
  public record Parameters(
      String scheme,
      int n,
      String ringType,
      List<Integer> primeBits,
      List<Integer> specialPrimeBits,
      double logQp,
      long plaintextModulus,
      double logScale,
      int relinearisedDegree,
      int rowsPerBlock) {}

  /**
   * Security.
   *
   * @param bits of classical security, by the table of SECURITY.md
   * @param limitLogQp the most bits of a modulus that the table allows this ring
   * @param logQp the bits in use
   */
  public record Security(int bits, int limitLogQp, double logQp) {}

  /**
   * Noise.
   *
   * @param exact whether encrypted results equal clear ones bit for bit
   * @param phaseBits of the fullest ciphertext of all layers
   * @param capacityBits what its modulus holds
   * @param errorBound no result is further from the clear one, in integers of the circuit
   * @param deviation predicted standard deviation of that error, where all numbers are at their
   *     bounds
   * @param range the largest size of a result on the calibration rows
   * @param failure how likely it is that a bound does not hold
   */
  public record Noise(
      boolean exact,
      double phaseBits,
      double capacityBits,
      double errorBound,
      double deviation,
      double range,
      String failure) {}

  /**
   * Predicted cost.
   *
   * @param coreSecondsPerBlock time of one core for one block, full or not
   * @param coreMillisecondsPerRow of a full block
   */
  public record Cost(double coreSecondsPerBlock, double coreMillisecondsPerRow) {}

  /**
   * Sizes, in bytes, headers of 148 bytes per ciphertext and less not counted.
   *
   * @param inputPerRow fresh ciphertexts, of full blocks: a seed and one polynomial each
   * @param outputPerRow results, as small as they can be sent
   * @param keyBytes evaluation keys in a file
   * @param expandedKeyBytes evaluation keys in the server's memory
   * @param blockMemory ciphertexts in the server's memory when there are most of them, for one
   *     block on one thread, beside the block's own bytes
   */
  public record Sizes(
      double inputPerRow,
      double outputPerRow,
      long keyBytes,
      long expandedKeyBytes,
      long blockMemory) {}

  /**
   * The report.
   *
   * @param costs of this machine ({@link KernelCosts#measured}), or of the reference
   */
  public static CompileReport of(CompiledCircuit compiled, KernelCosts costs) {
    return new ReportWriter(compiled, costs).report();
  }

  /**
   * The report of a server's part alone: no lookups, loss and range, which calibration rows tell.
   */
  public static CompileReport of(ServerPart part, KernelCosts costs) {
    return new ReportWriter(part, costs).report();
  }

  /** Maps, lists, numbers, strings and booleans under the names of the components, as in JSON. */
  public Map<String, Object> toMap() {
    return RecordMap.of(this);
  }

  /** Lines of text. */
  public String toText() {
    return ReportText.of(this);
  }
}
