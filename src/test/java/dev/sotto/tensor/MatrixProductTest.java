package dev.sotto.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MatrixProductTest {
  static Stream<MatrixKernel> kernels() {
    return Stream.concat(Stream.of(new BreezeMatrixKernel()), MatrixKernel.vector().stream());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void multiplyAdd_awkwardSizes_equalsPlainSums(MatrixKernel kernel) {
    Random random = new Random(20261124);
    int[] sizes = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 92};
    for (int round = 0; round < 400; round++) {
      int rows = sizes[random.nextInt(sizes.length)];
      int inner = sizes[random.nextInt(sizes.length)];
      int columns = sizes[random.nextInt(sizes.length)];
      int from = random.nextInt(4);
      int stride = columns + random.nextInt(3);
      float[] a = integers(random, from + rows * inner);
      float[] b = integers(random, inner * columns);
      float[] c = integers(random, from + rows * stride);
      float[] expected = c.clone();
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          for (int p = 0; p < inner; p++) {
            expected[from + i * stride + j] += a[from + i * inner + p] * b[p * columns + j];
          }
        }
      }
      PackedMatrix.of(kernel, b, 0, inner, columns).multiplyAdd(a, from, rows, c, from, stride);
      assertArrayEquals(
          expected, c, kernel + ", " + rows + "x" + inner + "x" + columns + ", round " + round);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void multiplyAddGathered_patches_equalsProductOfCopiedPatches(MatrixKernel kernel) {
    Random random = new Random(20261125);
    for (int round = 0; round < 200; round++) {
      int[] starts = random.ints(1 + random.nextInt(11), 0, 50).toArray();
      int[] offsets = random.ints(1 + random.nextInt(20), 0, 50).toArray();
      int columns = 1 + random.nextInt(40);
      float[] a = integers(random, 107);
      float[] copied = new float[starts.length * offsets.length];
      for (int i = 0; i < copied.length; i++) {
        copied[i] = a[7 + starts[i / offsets.length] + offsets[i % offsets.length]];
      }
      PackedMatrix b =
          PackedMatrix.of(
              kernel, integers(random, offsets.length * columns), 0, offsets.length, columns);
      int stride = b.paddedColumns();
      float[] result = new float[starts.length * stride];
      b.multiplyAddGathered(a, 7, starts, offsets, result);
      float[] expected = b.multiply(copied, starts.length);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(
            expected[i],
            result[i / columns * stride + i % columns],
            kernel + ", round " + round + ", element " + i);
      }
    }
  }

  /** Small whole numbers: every sum is exact, so that kernels must agree bit for bit. */
  private static float[] integers(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextInt(17) - 8;
    }
    return values;
  }

  @Test
  void vectorKernel_rowAloneAndInBatch_sameBits() {
    assumeTrue(MatrixKernel.vector().isPresent(), "needs --add-modules jdk.incubator.vector");
    Random random = new Random(7);
    float[] a = new float[13 * 37];
    float[] b = new float[37 * 21];
    for (int i = 0; i < a.length; i++) {
      a[i] = random.nextFloat();
    }
    for (int i = 0; i < b.length; i++) {
      b[i] = random.nextFloat();
    }
    PackedMatrix packed = PackedMatrix.of(MatrixKernel.vector().get(), b, 0, 37, 21);
    float[] batch = packed.multiply(a, 13);
    for (int row = 0; row < 13; row++) {
      float[] alone = new float[21];
      packed.multiplyAdd(a, row * 37, 1, alone, 0, 21);
      for (int j = 0; j < 21; j++) {
        assertEquals(batch[row * 21 + j], alone[j], "row " + row);
      }
    }
  }

  @Test
  void ofTransposed_matrix_equalsPackingOfTranspose() {
    float[] matrix = {1, 2, 3, 4, 5, 6};
    float[] transpose = {1, 4, 2, 5, 3, 6};
    assertArrayEquals(
        PackedMatrix.of(transpose, 0, 3, 2).storage(),
        PackedMatrix.ofTransposed(matrix, 0, 3, 2).storage());
  }

  @Test
  void multiply_doublesAndLongs_equalKnownProduct() {
    assertArrayEquals(
        new double[] {19, 22, 43, 50},
        MatrixProduct.multiply(new double[] {1, 2, 3, 4}, new double[] {5, 6, 7, 8}, 2, 2, 2));
    assertArrayEquals(
        new long[] {19, 22, 43, 50},
        MatrixProduct.multiply(new long[] {0, 1, 2, 3, 4}, 1, new long[] {5, 6, 7, 8}, 0, 2, 2, 2));
  }
}
