package dev.sotto.slots.ring;

/**
 * The kernels with the Vector API.
 *
 * <p>Loaded by name, only where {@code jdk.incubator.vector} is.
 */
final class VectorRingKernels extends ScalarRingKernels {
  @Override
  public String name() {
    return "vector-" + VectorNtt.SPECIES.vectorBitSize();
  }

  @Override
  public void forward(NttTable table, double[] a, int at) {
    VectorNtt.forward(table, a, at);
  }

  @Override
  public void inverse(NttTable table, double[] a, int at) {
    VectorNtt.inverse(table, a, at);
  }
}
