package dev.sotto.compiler.slots;

import dev.sotto.slots.RingParameters;
import java.util.Map;

/**
 * How a circuit runs encrypted: everything that client and server must agree on.
 *
 * @param scheme exact integers or approximate numbers
 * @param ring the ring, guarded at 128 bits of security
 * @param plaintextModulus t of BGV; zero for CKKS
 * @param scale of inputs, CKKS; zero for BGV
 * @param relinearisedDegree the highest degree that is relinearised; zero where no evaluation key
 *     is needed
 * @param treatments what is done to the results of nodes, by their place in the circuit
 */
public record SlotsPlan(
    Scheme scheme,
    RingParameters ring,
    long plaintextModulus,
    double scale,
    int relinearisedDegree,
    Map<Integer, Treatment> treatments) {
  /** Which arithmetic. */
  public enum Scheme {
    /** Whole numbers modulo t: encrypted equals clear, bit for bit. */
    BGV,
    /** Approximate numbers. */
    CKKS
  }

  /** Rows of a block. */
  public int rows() {
    return scheme == Scheme.BGV ? ring.integerSlots() : ring.realSlots();
  }

  /** Whether a server needs evaluation keys. */
  public boolean needsKeys() {
    return relinearisedDegree > 1;
  }
}
