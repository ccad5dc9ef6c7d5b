package dev.sotto.slots.ring;

/**
 * The kernels with the Vector API.
 *
 * <p>Loaded by name, only where {@code jdk.incubator.vector} is.
 */
final class VectorRingKernels extends ScalarRingKernels {
  @Override
  public String name() {
    return "vector-" + VectorLength.DOUBLES.vectorBitSize();
  }

  @Override
  public void forward(NttTable table, double[] a, int at) {
    VectorNtt.forward(table, a, at);
  }

  @Override
  public void inverse(NttTable table, double[] a, int at) {
    VectorNtt.inverse(table, a, at);
  }

  @Override
  public void add(double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    VectorLimbs.add(d, di, x, xi, y, yi, n, q);
  }

  @Override
  public void subtract(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    VectorLimbs.subtract(d, di, x, xi, y, yi, n, q);
  }

  @Override
  public void reduce(double[] d, int di, double[] x, int xi, int n, Modulus q) {
    VectorLimbs.reduce(d, di, x, xi, n, q);
  }

  @Override
  public void multiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    VectorLimbs.multiply(d, di, x, xi, y, yi, n, q);
  }

  @Override
  public void multiplyAdd(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    VectorLimbs.multiplyAdd(d, di, x, xi, y, yi, n, q);
  }

  @Override
  public void multiplySubtract(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    VectorLimbs.multiplySubtract(d, di, x, xi, y, yi, n, q);
  }

  @Override
  public void addConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    VectorLimbs.addConstant(d, di, x, xi, w, n, q);
  }

  @Override
  public void multiplyConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    VectorLimbs.multiplyConstant(d, di, x, xi, w, n, q);
  }

  @Override
  public void multiplyConstantAdd(
      double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    VectorLimbs.multiplyConstantAdd(d, di, x, xi, w, n, q);
  }

  @Override
  public void subtractMultiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, double w, int n, Modulus q) {
    VectorLimbs.subtractMultiply(d, di, x, xi, y, yi, w, n, q);
  }

  @Override
  public void subtractMultiplyAdd(
      double[] d,
      int di,
      double[] x,
      int xi,
      double[] y,
      int yi,
      double w,
      double[] z,
      int zi,
      int n,
      Modulus q) {
    VectorLimbs.subtractMultiplyAdd(d, di, x, xi, y, yi, w, z, zi, n, q);
  }

  @Override
  public void tensor(
      double[] d0,
      double[] d1,
      double[] d2,
      int di,
      double[] a0,
      double[] a1,
      int ai,
      double[] b0,
      double[] b1,
      int bi,
      int n,
      Modulus q) {
    VectorLimbs.tensor(d0, d1, d2, di, a0, a1, ai, b0, b1, bi, n, q);
  }

  @Override
  public void square(
      double[] d0,
      double[] d1,
      double[] d2,
      int di,
      double[] a0,
      double[] a1,
      int ai,
      int n,
      Modulus q) {
    VectorLimbs.square(d0, d1, d2, di, a0, a1, ai, n, q);
  }

  @Override
  public void innerProducts(
      double[] d0,
      int d0i,
      double[] d1,
      int d1i,
      double[][] x,
      int[] xi,
      double[][] k,
      int ki,
      int digits,
      int n,
      Modulus q) {
    VectorLimbs.innerProducts(d0, d0i, d1, d1i, x, xi, k, ki, digits, n, q);
  }

  @Override
  public void conversionDigits(
      double[] x, int xi, int stride, double[] e, int ei, double[] c, Modulus[] from, int n) {
    VectorLimbs.conversionDigits(x, xi, stride, e, ei, c, from, n);
  }

  @Override
  public void convert(
      double[] d,
      int di,
      double[] y,
      int yi,
      int stride,
      double[] e,
      int ei,
      double[] c,
      int sources,
      int n,
      Modulus q) {
    VectorLimbs.convert(d, di, y, yi, stride, e, ei, c, sources, n, q);
  }

  @Override
  public void weightedSums(
      double[][] d,
      int[] di,
      double[][] x,
      int[] xi,
      int first,
      WeightedSums w,
      int block,
      WeightedSums.Workspace space,
      int n,
      Modulus q) {
    VectorWeightedSums.weightedSums(d, di, x, xi, first, w, block, space, n, q);
  }
}
