package dev.sotto.slots;

import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.math.BigInteger;

/**
 * Measures phases with the secret key: exact coefficients, and values in the canonical embedding.
 */
final class PhaseMeter {
  private final RlweDecryptor decryptor;
  private final RnsRing ring;

  PhaseMeter(SecretKey key) {
    decryptor = RlweDecryptor.create(key);
    ring = key.parameters().ring();
  }

  /** The coefficients nearest to zero. */
  BigInteger[] coefficients(RlweCiphertext c) {
    RnsPolynomial phase = decryptor.phase(c, c.limbs());
    BigInteger product = modulus(c.limbs());
    BigInteger[] parts = new BigInteger[c.limbs()];
    for (int i = 0; i < parts.length; i++) {
      BigInteger q = BigInteger.valueOf(ring.modulus(i).value());
      BigInteger rest = product.divide(q);
      parts[i] = rest.multiply(rest.modInverse(q));
    }
    BigInteger[] coefficients = new BigInteger[ring.n()];
    for (int k = 0; k < coefficients.length; k++) {
      BigInteger sum = BigInteger.ZERO;
      for (int i = 0; i < parts.length; i++) {
        sum =
            sum.add(
                parts[i].multiply(BigInteger.valueOf((long) phase.residues()[phase.at(i) + k])));
      }
      sum = sum.mod(product);
      coefficients[k] = sum.shiftLeft(1).compareTo(product) > 0 ? sum.subtract(product) : sum;
    }
    return coefficients;
  }

  BigInteger modulus(int limbs) {
    BigInteger product = BigInteger.ONE;
    for (int i = 0; i < limbs; i++) {
      product = product.multiply(BigInteger.valueOf(ring.modulus(i).value()));
    }
    return product;
  }

  /** log2 of the largest value at a root of X^N + 1. */
  double embeddingBits(RlweCiphertext c) {
    return embeddingBits(coefficients(c));
  }

  static double embeddingBits(BigInteger[] coefficients) {
    int n = coefficients.length;
    double[] re = new double[n];
    double[] im = new double[n];
    for (int k = 0; k < n; k++) {
      double a = coefficients[k].doubleValue();
      re[k] = a * Math.cos(Math.PI * k / n);
      im[k] = a * Math.sin(Math.PI * k / n);
    }
    fourier(re, im);
    double most = 0;
    for (int k = 0; k < n; k++) {
      most = Math.max(most, Math.hypot(re[k], im[k]));
    }
    return Math.log(most) / Math.log(2);
  }

  /** In place, in bit-reversed order: only sizes are asked for. */
  private static void fourier(double[] re, double[] im) {
    int n = re.length;
    for (int half = n / 2; half >= 1; half /= 2) {
      for (int j = 0; j < half; j++) {
        double c = Math.cos(Math.PI * j / half);
        double s = Math.sin(Math.PI * j / half);
        for (int a = j; a < n; a += 2 * half) {
          int b = a + half;
          double dr = re[a] - re[b];
          double di = im[a] - im[b];
          re[a] += re[b];
          im[a] += im[b];
          re[b] = dr * c - di * s;
          im[b] = dr * s + di * c;
        }
      }
    }
  }

  /** The deviation of coefficients around zero. */
  static double deviation(double[] x) {
    double sum = 0;
    for (double v : x) {
      sum += v * v;
    }
    return Math.sqrt(sum / x.length);
  }
}
