package dev.sotto.slots.ring;

import dev.sotto.common.Twins;
import dev.sotto.common.VectorTwin;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Holds the kernels of this JVM, chosen once; one log line says which. */
final class KernelChoice {
  /** The system property that forces a choice. */
  static final String PROPERTY = "sotto.kernels";

  private static final String FLAG = "--add-modules jdk.incubator.vector";

  /** The scalar twin. */
  static final RingKernels SCALAR = new ScalarRingKernels();

  static final RingKernels BEST =
      choose(System.getProperty(PROPERTY, ""), System.getLogger("dev.sotto.slots"));

  private KernelChoice() {}

  /** The vector twin, when this JVM runs with {@code jdk.incubator.vector}. */
  static Optional<RingKernels> vector() {
    return VectorTwin.find(RingKernels.class, "VectorRingKernels");
  }

  /** The twins of a kernel, or only the one that is wished for. */
  static <K> Twins<K> twins(
      K scalar, Optional<K> vector, Supplier<? extends Consumer<? super K>> rehearsal) {
    return switch (System.getProperty(PROPERTY, "")) {
      case "scalar" -> Twins.only(scalar);
      case "vector" -> Twins.only(vector.orElse(scalar));
      default -> Twins.of(scalar, vector, rehearsal);
    };
  }

  /**
   * Chooses, and says so once.
   *
   * @param wish {@code vector}, {@code scalar}, or empty for the fastest there is: vector ones as
   *     soon as they are compiled
   * @throws IllegalStateException when the vector twin is wished and absent
   */
  static RingKernels choose(String wish, System.Logger log) {
    Optional<RingKernels> vector = vector();
    RingKernels chosen =
        switch (wish) {
          case "" -> vector.<RingKernels>map(TwinRingKernels::new).orElse(SCALAR);
          case "scalar" -> SCALAR;
          case "vector" ->
              vector.orElseThrow(
                  () ->
                      new IllegalStateException(
                          PROPERTY
                              + "=vector was asked for, but this JVM runs without"
                              + " jdk.incubator.vector; start java with "
                              + FLAG));
          default ->
              throw new IllegalArgumentException(
                  PROPERTY
                      + " must be vector or scalar, not '"
                      + wish
                      + "'; leave it out to choose");
        };
    String remedy =
        vector.isEmpty() ? "; start java with " + FLAG + " for three times the speed or more" : "";
    log.log(System.Logger.Level.INFO, "slots kernels: " + chosen.name() + remedy);
    return chosen;
  }
}
