package dev.sotto.compiler.slots;

/**
 * What is done to the results of a circuit node before they are used.
 *
 * @param relinearise whether they are brought back to degree one
 * @param drops how many primes they are divided by
 */
public record Treatment(boolean relinearise, int drops) {
  /** Nothing. */
  public static final Treatment NONE = new Treatment(false, 0);
}
