package dev.sotto.quantization;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A bounded sample of distinct input rows: those whose content has the smallest seeded hash.
 *
 * <p>The sample depends only on the multiset of rows and the seed, not on order, partitioning or
 * merging. A row that occurs several times is kept once, with its exact number of occurrences.
 */
final class RowSample {
  /** One kept row: the hash orders the sample, the content decides between equal hashes. */
  private record Key(long hash, byte[] content) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparingLong(Key::hash).thenComparing(Key::content, Arrays::compare);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  private final List<ElementType> types;
  private final List<Shape> rowShapes;
  private final int capacity;
  private final long seed;
  private final TreeMap<Key, Long> occurrences = new TreeMap<>();

  RowSample(List<ElementType> types, List<Shape> rowShapes, CalibrationOptions options) {
    this.types = List.copyOf(types);
    this.rowShapes = List.copyOf(rowShapes);
    this.seed = options.seed();
    long fitting = options.sampleBytes() / Math.max(1, rowBytes());
    this.capacity = (int) Math.min(options.sampleRows(), fitting);
  }

  /** Bytes of one row, all inputs together. */
  int rowBytes() {
    int bytes = 0;
    for (int i = 0; i < types.size(); i++) {
      bytes += rowShapes.get(i).size() * elementBytes(types.get(i));
    }
    return bytes;
  }

  List<ElementType> types() {
    return types;
  }

  List<Shape> rowShapes() {
    return rowShapes;
  }

  int size() {
    return occurrences.size();
  }

  /** Considers every row of a mini-batch. */
  void add(Tensor[] inputs) {
    int rows = inputs[0].shape().dim(0);
    for (int row = 0; row < rows && capacity > 0; row++) {
      long hash = hash(inputs, row);
      if (occurrences.size() < capacity || hash <= occurrences.lastKey().hash()) {
        keep(new Key(hash, content(inputs, row)), 1);
      }
    }
  }

  /** Whether two samples hold rows of the same form. */
  boolean fits(RowSample other) {
    return types.equals(other.types) && rowShapes.equals(other.rowShapes);
  }

  /** Considers every row of another sample. */
  void merge(RowSample other) {
    other.occurrences.forEach(this::keep);
  }

  /** Takes a row in that was read from a file. */
  void restore(byte[] content, long times) {
    Tensor[] row = new Tensor[types.size()];
    ByteBuffer in = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < row.length; i++) {
      Shape shape = rowShapes.get(i);
      Object storage = Tensor.newStorage(types.get(i), shape.size());
      read(in, storage, 0, shape.size());
      row[i] = Tensor.ofStorage(types.get(i), batchShape(shape, 1), storage);
    }
    keep(new Key(hash(row, 0), content), times);
  }

  private void keep(Key row, long times) {
    occurrences.merge(row, times, Long::sum);
    if (occurrences.size() > capacity) {
      occurrences.pollLastEntry();
    }
  }

  /** The kept rows in order of their hash, one tensor per input. */
  Tensor[] tensors() {
    Tensor[] tensors = new Tensor[types.size()];
    Object[] storages = new Object[tensors.length];
    for (int i = 0; i < tensors.length; i++) {
      storages[i] = Tensor.newStorage(types.get(i), rowShapes.get(i).size() * size());
    }
    int row = 0;
    for (Key key : occurrences.keySet()) {
      ByteBuffer in = ByteBuffer.wrap(key.content()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < tensors.length; i++) {
        int size = rowShapes.get(i).size();
        read(in, storages[i], row * size, size);
      }
      row++;
    }
    for (int i = 0; i < tensors.length; i++) {
      tensors[i] =
          Tensor.ofStorage(types.get(i), batchShape(rowShapes.get(i), size()), storages[i]);
    }
    return tensors;
  }

  /** Content and number of occurrences of every kept row, in order of the hash. */
  Map<byte[], Long> rows() {
    Map<byte[], Long> rows = new LinkedHashMap<>();
    occurrences.forEach((key, times) -> rows.put(key.content(), times));
    return rows;
  }

  private long hash(Tensor[] inputs, int row) {
    long hash = RowHash.start(seed);
    for (Tensor input : inputs) {
      int size = input.shape().size(1, input.shape().rank());
      hash = RowHash.update(hash, input, row * size, size);
    }
    return RowHash.finish(hash);
  }

  private byte[] content(Tensor[] inputs, int row) {
    ByteBuffer out = ByteBuffer.allocate(rowBytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (Tensor input : inputs) {
      int size = input.shape().size(1, input.shape().rank());
      int from = row * size;
      switch (input.type().storage()) {
        case FLOATS -> out.asFloatBuffer().put(input.floats(), from, size);
        case DOUBLES -> out.asDoubleBuffer().put(input.doubles(), from, size);
        case LONGS -> out.asLongBuffer().put(input.longs(), from, size);
        case STRINGS -> throw new IllegalArgumentException("strings are not sampled");
      }
      out.position(out.position() + size * elementBytes(input.type()));
    }
    return out.array();
  }

  private static void read(ByteBuffer in, Object storage, int from, int size) {
    int width;
    if (storage instanceof float[] floats) {
      in.asFloatBuffer().get(floats, from, size);
      width = Float.BYTES;
    } else if (storage instanceof double[] doubles) {
      in.asDoubleBuffer().get(doubles, from, size);
      width = Double.BYTES;
    } else {
      in.asLongBuffer().get((long[]) storage, from, size);
      width = Long.BYTES;
    }
    in.position(in.position() + size * width);
  }

  private static Shape batchShape(Shape row, int rows) {
    int[] dims = new int[row.rank() + 1];
    dims[0] = rows;
    System.arraycopy(row.dims(), 0, dims, 1, row.rank());
    return Shape.of(dims);
  }

  private static int elementBytes(ElementType type) {
    return type.storage() == ElementType.Storage.FLOATS ? Float.BYTES : Long.BYTES;
  }
}
