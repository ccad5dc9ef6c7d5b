package dev.sotto.slots.ring;

import dev.sotto.slots.ring.OperationCounts.Kind;

/** Computes nothing and counts everything: the kernels of dry runs, whose arrays are empty. */
final class CountingKernels implements RingKernels {
  private static final int SMALLEST_RING = 1 << 11;

  private final OperationCounts counts;

  CountingKernels(OperationCounts counts) {
    this.counts = counts;
  }

  OperationCounts counts() {
    return counts;
  }

  /** A new polynomial. */
  void fresh(long residues) {
    counts.add(Kind.FRESH, residues);
  }

  private void linear(int n) {
    counts.add(isStretch(n) ? Kind.NEAR : Kind.LINEAR, n);
  }

  /** Less than a limb of any ring is a stretch of one, of what stays in a cache. */
  private static boolean isStretch(int n) {
    return n < SMALLEST_RING;
  }

  @Override
  public String name() {
    return "counting";
  }

  @Override
  public void forward(NttTable table, double[] a, int at) {
    counts.add(Kind.TRANSFORM, 1);
  }

  @Override
  public void inverse(NttTable table, double[] a, int at) {
    counts.add(Kind.TRANSFORM, 1);
  }

  @Override
  public void add(double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    linear(n);
  }

  @Override
  public void subtract(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    linear(n);
  }

  @Override
  public void reduce(double[] d, int di, double[] x, int xi, int n, Modulus q) {
    linear(n);
  }

  @Override
  public void multiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    counts.add(Kind.PRODUCT, n);
  }

  @Override
  public void multiplyAdd(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    counts.add(Kind.PRODUCT_ADDED, n);
  }

  @Override
  public void multiplySubtract(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    counts.add(Kind.PRODUCT_ADDED, n);
  }

  @Override
  public void addConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    linear(n);
  }

  @Override
  public void multiplyConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    linear(n);
  }

  @Override
  public void multiplyConstantAdd(
      double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    linear(n);
  }

  @Override
  public void subtractMultiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, double w, int n, Modulus q) {
    linear(n);
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
    linear(n);
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
    counts.add(Kind.PRODUCT, 4L * n);
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
    counts.add(Kind.PRODUCT, 3L * n);
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
    counts.add(Kind.KEY_PRODUCT, (long) digits * n);
  }

  @Override
  public void conversionDigits(
      double[] x, int xi, int stride, double[] e, int ei, double[] c, Modulus[] from, int n) {
    counts.add(Kind.CONVERSION, (long) c.length * n);
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
    counts.add(Kind.CONVERSION, (long) sources * n);
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
    WeightedSums.Plan plan = w.plan(q);
    long packed = ((long) w.terms(block) + w.sums()) * n;
    if (block == 0) { // for all of them
      counts.add(plan.split() ? Kind.HALVES : Kind.WEIGHTED, (long) (plan.work() * n));
    }
    Kind kind = isStretch(n) ? Kind.PACKED_NEAR : Kind.PACKED;
    counts.add(kind, packed);
    counts.add(Kind.PACKED_NEAR, plan.split() ? packed / 2 : 0);
  }

  @Override
  public void copy(double[] d, int di, double[] x, int xi, int n) {
    linear(n);
  }
}
