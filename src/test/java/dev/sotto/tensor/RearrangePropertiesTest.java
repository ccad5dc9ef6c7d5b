package dev.sotto.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.tensor.ElementType.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Rearranging against the plain definition, over random shapes and every storage. */
class RearrangePropertiesTest {
  @Provide
  Arbitrary<int[]> dims() {
    return Arbitraries.integers().between(0, 4).array(int[].class).ofMinSize(0).ofMaxSize(5);
  }

  @Provide
  Arbitrary<ElementType> types() {
    return Arbitraries.of(
        ElementType.FLOAT, ElementType.DOUBLE, ElementType.INT32, ElementType.STRING);
  }

  private static Tensor counting(ElementType type, int... dims) {
    Shape shape = Shape.of(dims);
    long[] values = new long[shape.size()];
    Arrays.setAll(values, i -> i);
    return Conversion.cast(Tensor.of(shape, values), type);
  }

  private static Object element(Tensor x, int... coordinates) {
    int[] strides = x.shape().strides();
    int at = 0;
    for (int i = 0; i < coordinates.length; i++) {
      at += coordinates[i] * strides[i];
    }
    return x.type().storage() == Storage.STRINGS ? x.strings()[at] : (Object) x.getDouble(at);
  }

  /** All coordinates of a shape, in row-major order. */
  private static List<int[]> coordinates(Shape shape) {
    List<int[]> all = new ArrayList<>();
    int[] strides = shape.strides();
    for (int i = 0; i < shape.size(); i++) {
      int[] c = new int[shape.rank()];
      for (int axis = 0; axis < c.length; axis++) {
        c[axis] = i / strides[axis] % shape.dim(axis);
      }
      all.add(c);
    }
    return all;
  }

  private static int[] permutation(int rank, long seed) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(seed));
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  @Property(tries = 200)
  void transpose_movesEveryElement_andItsInverseMovesItBack(
      @ForAll("dims") int[] dims, @ForAll("types") ElementType type, @ForAll long seed) {
    Tensor x = counting(type, dims);
    int[] order = permutation(dims.length, seed);
    Tensor moved = Rearrange.transpose(x, order);
    for (int[] c : coordinates(moved.shape())) {
      int[] from = new int[c.length];
      for (int i = 0; i < c.length; i++) {
        from[order[i]] = c[i];
      }
      assertEquals(element(x, from), element(moved, c));
    }
    assertEquals(x, Rearrange.transpose(moved, Rearrange.inverse(order)));
  }

  @Property(tries = 200)
  void select_readsTheNamedPositions(
      @ForAll("dims") int[] dims, @ForAll("types") ElementType type, @ForAll long seed) {
    Random random = new Random(seed);
    Tensor x = counting(type, dims);
    int[][] positions = new int[dims.length][];
    for (int axis = 0; axis < dims.length; axis++) {
      positions[axis] = new int[random.nextInt(5)];
      for (int i = 0; i < positions[axis].length; i++) {
        boolean pad = dims[axis] == 0 || random.nextInt(4) == 0;
        positions[axis][i] = pad ? Rearrange.PADDING : random.nextInt(dims[axis]);
      }
    }
    Tensor padding = Conversion.cast(Tensor.scalar(-7L), type);
    Tensor result = Rearrange.select(x, positions, padding.storage());
    for (int[] c : coordinates(result.shape())) {
      int[] from = new int[c.length];
      boolean padded = false;
      for (int i = 0; i < c.length; i++) {
        from[i] = positions[i][c[i]];
        padded |= from[i] == Rearrange.PADDING;
      }
      assertEquals(padded ? element(padding) : element(x, from), element(result, c));
    }
  }

  @Property(tries = 200)
  void concat_ofSelectedHalves_isTheWhole(
      @ForAll("dims") int[] dims, @ForAll("types") ElementType type, @ForAll long seed) {
    if (dims.length == 0) {
      return;
    }
    Random random = new Random(seed);
    Tensor x = counting(type, dims);
    int axis = random.nextInt(dims.length);
    int cut = random.nextInt(dims[axis] + 1);
    int[] all = Rearrange.progression(dims[axis], 1);
    Tensor first = Rearrange.select(x, axis, Arrays.copyOf(all, cut));
    Tensor second = Rearrange.select(x, axis, Arrays.copyOfRange(all, cut, all.length));
    assertEquals(x, Rearrange.concat(List.of(first, second), axis));
  }

  @Property(tries = 300)
  void combine_broadcastsAsThePlainDefinition(
      @ForAll("dims") int[] dims, @ForAll("types") ElementType type, @ForAll long seed) {
    if (type == ElementType.STRING) {
      return;
    }
    Random random = new Random(seed);
    Tensor a = counting(type, shrunk(dims, random));
    Tensor b = counting(type, shrunk(dims, random));
    Tensor result =
        switch (type.storage()) {
          case FLOATS ->
              Broadcast.combine(a, b, type, Elementwise.floatRun((p, q) -> 1000 * p + q));
          case DOUBLES ->
              Broadcast.combine(a, b, type, Elementwise.doubleRun((p, q) -> 1000 * p + q));
          default -> Broadcast.combine(a, b, type, Elementwise.longRun((p, q) -> 1000 * p + q));
        };
    assertEquals(Broadcast.shape(a.shape(), b.shape()), result.shape());
    for (int[] c : coordinates(result.shape())) {
      double expected = 1000 * repeated(a, c) + repeated(b, c);
      assertEquals(expected, element(result, c));
    }
    Tensor expanded = Broadcast.expand(a, result.shape());
    for (int[] c : coordinates(expanded.shape())) {
      assertEquals(repeated(a, c), element(expanded, c));
    }
  }

  private static int[] shrunk(int[] dims, Random random) {
    int drop = dims.length == 0 ? 0 : random.nextInt(dims.length + 1);
    int[] result = Arrays.copyOfRange(dims, drop, dims.length);
    for (int i = 0; i < result.length; i++) {
      result[i] = random.nextInt(3) == 0 ? 1 : result[i];
    }
    return result;
  }

  private static double repeated(Tensor x, int[] coordinates) {
    int skip = coordinates.length - x.shape().rank();
    int[] own = new int[x.shape().rank()];
    for (int i = 0; i < own.length; i++) {
      own[i] = x.shape().dim(i) == 1 ? 0 : coordinates[skip + i];
    }
    return (double) element(x, own);
  }

  @Property(tries = 200)
  void lines_reduceAsThePlainDefinition(
      @ForAll("dims") int[] dims, @ForAll("types") ElementType type, @ForAll long seed) {
    if (type == ElementType.STRING) {
      return;
    }
    Random random = new Random(seed);
    Tensor x = counting(type, dims);
    int[] axes =
        java.util.stream.IntStream.range(0, dims.length)
            .filter(a -> random.nextBoolean())
            .toArray();
    Tensor sums = Lines.along(x, axes).reduce(true, line -> Arrays.stream(line).sum());
    double[] expected = new double[sums.size()];
    int[] strides = sums.shape().strides();
    for (int[] c : coordinates(x.shape())) {
      int at = 0;
      for (int axis = 0; axis < c.length; axis++) {
        at += Arrays.binarySearch(axes, axis) >= 0 ? 0 : c[axis] * strides[axis];
      }
      expected[at] += (double) element(x, c);
    }
    assertEquals(Arrays.toString(expected), Arrays.toString(sums.toDoubles()));
    if (type.isFloating()) {
      Tensor same = Lines.along(x, axes).map(line -> {});
      assertEquals(x, same);
    }
  }
}
