package dev.sotto.slots.ring;

import java.math.BigInteger;

/**
 * From residues modulo some primes to residues of the same number modulo others.
 *
 * <p>The number meant is the one nearest to zero: its quotient by the product of the source primes
 * is rounded in floating point, so that a number within 2<sup>−45</sup> of half of that product may
 * be taken for the other one, which is as far from zero (Halevi, Polyakov, Shoup 2018).
 */
public final class BaseConversion {
  private final Modulus[] from;
  private final Modulus[] to;
  private final double[] digitConstants;
  private final double[][] constants;

  private BaseConversion(Modulus[] from, Modulus[] to) {
    this.from = from;
    this.to = to;
    digitConstants = new double[from.length];
    constants = new double[to.length][from.length + 1];
  }

  private void fill() {
    BigInteger product = BigInteger.ONE;
    for (Modulus q : from) {
      product = product.multiply(BigInteger.valueOf(q.value()));
    }
    for (int i = 0; i < from.length; i++) {
      BigInteger q = BigInteger.valueOf(from[i].value());
      BigInteger rest = product.divide(q);
      digitConstants[i] = from[i].centre(rest.modInverse(q));
      for (int j = 0; j < to.length; j++) {
        constants[j][i] = to[j].centre(rest);
      }
    }
    for (int j = 0; j < to.length; j++) {
      constants[j][from.length] = to[j].centre(product);
    }
  }

  /** A conversion. */
  public static BaseConversion create(Modulus[] from, Modulus[] to) {
    BaseConversion conversion = hollow(from, to);
    conversion.fill();
    return conversion;
  }

  /** A conversion without constants, for dry runs. */
  public static BaseConversion hollow(Modulus[] from, Modulus[] to) {
    return new BaseConversion(from.clone(), to.clone());
  }

  /**
   * Makes the source residues ready, in place.
   *
   * @param x the limbs of the source primes one after another, in coefficients
   * @param e room for N quotients from index {@code ei}
   */
  public void prepare(RingKernels kernels, double[] x, int at, double[] e, int ei, int n) {
    kernels.conversionDigits(x, at, n, e, ei, digitConstants, from, n);
  }

  /** The residues modulo one of the target primes, from prepared ones. */
  @SuppressWarnings("TooManyParameters")
  public void convert(
      RingKernels kernels,
      int target,
      double[] d,
      int di,
      double[] x,
      int at,
      double[] e,
      int ei,
      int n) {
    kernels.convert(d, di, x, at, n, e, ei, constants[target], from.length, n, to[target]);
  }
}
