package dev.sotto.tensor;

/** A constant right-hand matrix, ready to be multiplied many times. */
public final class PackedMatrix {
  private final float[] b;
  private final int k;
  private final int n;

  private PackedMatrix(float[] b, int k, int n) {
    this.b = b;
    this.k = k;
    this.n = n;
  }

  /** Packs {@code b}, {@code k} rows of {@code n}. */
  public static PackedMatrix of(float[] b, int k, int n) {
    return new PackedMatrix(b, k, n);
  }

  /** {@code out = a · b} for {@code rows} rows of {@code a}. */
  public void multiply(float[] a, int rows, float[] out) {
    for (int r = 0; r < rows; r++) {
      int to = r * n;
      java.util.Arrays.fill(out, to, to + n, 0);
      for (int i = 0; i < k; i++) {
        float v = a[r * k + i];
        for (int j = 0; j < n; j++) {
          out[to + j] += v * b[i * n + j];
        }
      }
    }
  }
}
