package dev.sotto.slots.ring;

import dev.sotto.common.Twins;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The kernels of a JVM with both twins: family by family the vector one, once it is compiled. */
final class TwinRingKernels implements RingKernels {
  private final String name;
  private final Twins<RingKernels> transforms;
  private final Twins<RingKernels> limbs;
  private final Twins<RingKernels> products;
  private final Twins<RingKernels> conversions;
  private final Twins<RingKernels> sums;

  TwinRingKernels(RingKernels vector) {
    this.name = vector.name();
    this.transforms = twins(vector, KernelRehearsal::transforms);
    this.limbs = twins(vector, KernelRehearsal::limbs);
    this.products = twins(vector, KernelRehearsal::products);
    this.sums = twins(vector, KernelRehearsal::sums);
    this.conversions = twins(vector, KernelRehearsal::conversions);
  }

  private static Twins<RingKernels> twins(
      RingKernels vector, Supplier<Consumer<RingKernels>> rehearsal) {
    return Twins.of(KernelChoice.SCALAR, Optional.of(vector), rehearsal);
  }

  /** That of the vector twin: what a JVM comes to. */
  @Override
  public String name() {
    return name;
  }

  @Override
  public void forward(NttTable table, double[] a, int at) {
    transforms.current().forward(table, a, at);
  }

  @Override
  public void inverse(NttTable table, double[] a, int at) {
    transforms.current().inverse(table, a, at);
  }

  @Override
  public void add(double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    limbs.current().add(d, di, x, xi, y, yi, n, q);
  }

  @Override
  public void subtract(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    limbs.current().subtract(d, di, x, xi, y, yi, n, q);
  }

  @Override
  public void reduce(double[] d, int di, double[] x, int xi, int n, Modulus q) {
    limbs.current().reduce(d, di, x, xi, n, q);
  }

  @Override
  public void multiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    products.current().multiply(d, di, x, xi, y, yi, n, q);
  }

  @Override
  public void multiplyAdd(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    products.current().multiplyAdd(d, di, x, xi, y, yi, n, q);
  }

  @Override
  public void multiplySubtract(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    products.current().multiplySubtract(d, di, x, xi, y, yi, n, q);
  }

  @Override
  public void addConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    limbs.current().addConstant(d, di, x, xi, w, n, q);
  }

  @Override
  public void multiplyConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    limbs.current().multiplyConstant(d, di, x, xi, w, n, q);
  }

  @Override
  public void multiplyConstantAdd(
      double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    limbs.current().multiplyConstantAdd(d, di, x, xi, w, n, q);
  }

  @Override
  public void subtractMultiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, double w, int n, Modulus q) {
    limbs.current().subtractMultiply(d, di, x, xi, y, yi, w, n, q);
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
    limbs.current().subtractMultiplyAdd(d, di, x, xi, y, yi, w, z, zi, n, q);
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
    products.current().tensor(d0, d1, d2, di, a0, a1, ai, b0, b1, bi, n, q);
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
    products.current().square(d0, d1, d2, di, a0, a1, ai, n, q);
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
    products.current().innerProducts(d0, d0i, d1, d1i, x, xi, k, ki, digits, n, q);
  }

  @Override
  public void conversionDigits(
      double[] x, int xi, int stride, double[] e, int ei, double[] c, Modulus[] from, int n) {
    conversions.current().conversionDigits(x, xi, stride, e, ei, c, from, n);
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
    conversions.current().convert(d, di, y, yi, stride, e, ei, c, sources, n, q);
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
    sums.current().weightedSums(d, di, x, xi, first, w, block, space, n, q);
  }
}
