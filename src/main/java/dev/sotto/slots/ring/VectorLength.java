package dev.sotto.slots.ring;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The vectors of all vector kernels of this JVM: the length that the machine prefers. */
final class VectorLength {
  /** The system property with which tests try lengths that this machine does not prefer. */
  static final String BITS = "sotto.kernels.bits";

  private static final VectorShape SHAPE =
      Integer.getInteger(BITS) == null
          ? VectorShape.preferredShape()
          : VectorShape.forBitSize(Integer.getInteger(BITS));

  static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, SHAPE);
  static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, SHAPE);
  static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, SHAPE);

  private VectorLength() {}
}
