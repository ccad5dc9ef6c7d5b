package dev.sotto.slots.ring;

/** Holds the kernels of this JVM, chosen once. */
final class KernelChoice {
  static final RingKernels BEST = new ScalarRingKernels();

  private KernelChoice() {}
}
