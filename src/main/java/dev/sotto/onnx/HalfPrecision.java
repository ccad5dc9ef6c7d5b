package dev.sotto.onnx;

/** Conversions between IEEE 754 binary16 and float. */
final class HalfPrecision {
  private HalfPrecision() {}

  /** The float with the value of a binary16 bit pattern; exact. */
  static float toFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 0x1F;
    int fraction = bits & 0x3FF;
    if (exponent == 0x1F) {
      return Float.intBitsToFloat(sign | 0x7F80_0000 | (fraction << 13));
    }
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (fraction << 13));
  }

  /** The binary16 bit pattern nearest to a float, ties to even. */
  static short ofFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    if (Float.isNaN(value)) {
      int fraction = (bits >> 13) & 0x3FF;
      return (short) (sign | 0x7C00 | (fraction == 0 ? 0x200 : fraction));
    }
    float magnitude = Math.abs(value);
    if (magnitude >= 65520f) {
      return (short) (sign | 0x7C00);
    }
    if (magnitude < 0x1p-14f) {
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24f));
    }
    int rounded = (bits & 0x7FFF_FFFF) + 0xFFF + ((bits >> 13) & 1);
    return (short) (sign | ((rounded >> 13) - (112 << 10)));
  }
}
