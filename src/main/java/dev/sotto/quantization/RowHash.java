package dev.sotto.quantization;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;

/** A fast 64-bit hash of numbers by their bits: four lanes of multiply and rotate. */
final class RowHash {
  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

  private RowHash() {}

  static long start(long seed) {
    return finish(seed + MULTIPLIER);
  }

  static long update(long hash, Tensor tensor, int from, int size) {
    long a = hash;
    long b = hash + 1;
    long c = hash + 2;
    long d = hash + 3;
    int i = from;
    int end = from + size;
    if (tensor.type().storage() == ElementType.Storage.FLOATS) {
      float[] data = tensor.floats();
      for (; i + 7 < end; i += 8) {
        a = mix(a, pair(data, i));
        b = mix(b, pair(data, i + 2));
        c = mix(c, pair(data, i + 4));
        d = mix(d, pair(data, i + 6));
      }
    }
    for (; i < end; i++) {
      a = mix(a, bits(tensor, i));
    }
    return mix(mix(mix(a, b), c), d);
  }

  private static long pair(float[] data, int index) {
    long low = Float.floatToRawIntBits(data[index]) & 0xFFFF_FFFFL;
    return low | (long) Float.floatToRawIntBits(data[index + 1]) << 32;
  }

  private static long bits(Tensor tensor, int index) {
    return switch (tensor.type().storage()) {
      case FLOATS -> Float.floatToRawIntBits(tensor.floats()[index]);
      case DOUBLES -> Double.doubleToRawLongBits(tensor.doubles()[index]);
      case LONGS -> tensor.longs()[index];
      case STRINGS -> throw new IllegalArgumentException("strings are not sampled");
    };
  }

  private static long mix(long hash, long value) {
    return Long.rotateLeft((hash ^ value) * MULTIPLIER, 29);
  }

  /** Spreads the bits: the finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
  static long finish(long hash) {
    long z = (hash ^ (hash >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return z ^ (z >>> 31);
  }
}
