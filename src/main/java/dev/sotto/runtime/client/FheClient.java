package dev.sotto.runtime.client;

import dev.sotto.circuit.IntegerTensor;
import dev.sotto.common.Seed;
import dev.sotto.compiler.ClientPart;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.RuntimeError;
import dev.sotto.runtime.Workers;
import dev.sotto.slots.SlotsError;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The data owner's machine: rows to encrypted blocks, encrypted results to values.
 *
 * <pre>
 *   rows ─ quantize ─► integers ─ encode, encrypt ─► EncryptedBlock ─► server
 *   values ◄─ post-process, de-quantize ◄─ decrypt ◄─ EncryptedBlock ◄┘
 * </pre>
 *
 * <p>Safe for several threads; closing it wipes the seed of its encryptions, not the keys.
 */
public final class FheClient implements AutoCloseable {
  private final ClientPackage client;
  private final ClientPart part;
  private final ClientKeys keys;
  private final Seed seed;
  private final AtomicLong nextIndex = new AtomicLong();
  private final List<long[]> clipped;
  private final Workers<BlockCipher> ciphers;

  /** A client on one thread. */
  public FheClient(ClientPackage client, ClientKeys keys) {
    this(client, keys, 1);
  }

  /**
   * A client.
   *
   * @param threads how many threads share the work on one block
   * @throws dev.sotto.problem.SottoException for keys of another circuit
   */
  public FheClient(ClientPackage client, ClientKeys keys, int threads) {
    this(client, keys, threads, Seed.random());
  }

  /** A client that makes the same bytes again: never twice with one seed for different rows. */
  FheClient(ClientPackage client, ClientKeys keys, int threads, Seed seed) {
    keys.check(client);
    this.client = client;
    this.part = client.part();
    this.keys = keys;
    this.seed = seed;
    this.clipped = part.module().encodings().stream().map(e -> new long[e.size()]).toList();
    BlockCipher.Factory factory = BlockCipher.of(part.plan());
    this.ciphers = Workers.of(threads, () -> factory.create(keys.secret(), seed));
  }

  /** How many rows fit into one block. */
  public int rowsPerBlock() {
    return client.rowsPerBlock();
  }

  /** Values of all rows so far that were clipped to their calibrated range. */
  public synchronized long clipped() {
    return clipped.stream().flatMapToLong(Arrays::stream).sum();
  }

  /** The same by encoding and element of {@code part().module()}. */
  public synchronized List<long[]> clippedByElement() {
    return clipped.stream().map(long[]::clone).toList();
  }

  private synchronized void count(List<long[]> more) {
    for (int e = 0; e < more.size(); e++) {
      for (int i = 0; i < more.get(e).length; i++) {
        clipped.get(e)[i] += more.get(e)[i];
      }
    }
  }

  /**
   * Encrypts rows as one block with number zero.
   *
   * @param rows one tensor per model input, rows first; 1 to {@link #rowsPerBlock()} rows
   * @throws dev.sotto.problem.SottoException for no rows or too many, rows of another width, and
   *     values that are no numbers
   */
  public EncryptedBlock encrypt(Tensor... rows) {
    return encrypt(0, rows);
  }

  /**
   * Encrypts any number of rows, block after block, as they are asked for; blocks are numbered from
   * zero on. Rows of a block that {@link #decrypt} refuses as corrupted are sent again in smaller
   * blocks, until the row that does it stands alone.
   *
   * @param rowsPerBlock at most {@link #rowsPerBlock()}
   */
  public Stream<EncryptedBlock> encryptInBlocks(int rowsPerBlock, Tensor... rows) {
    if (rowsPerBlock < 1 || rowsPerBlock > rowsPerBlock()) {
      throw RuntimeError.refused(
          RuntimeError.TOO_MANY_ROWS,
          "",
          "1 to " + rowsPerBlock() + " rows per block expected, got " + rowsPerBlock + ".");
    }
    int count = RowChecks.rows(part.module(), rows);
    int blocks = (count + rowsPerBlock - 1) / rowsPerBlock;
    return IntStream.range(0, blocks)
        .mapToObj(
            b -> {
              int from = b * rowsPerBlock;
              return encrypt(b, slice(rows, from, Math.min(count, from + rowsPerBlock)));
            });
  }

  private Tensor[] slice(Tensor[] rows, int from, int to) {
    Tensor[] slice = new Tensor[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int each = part.module().inputs().get(i).row().dim(0);
      slice[i] = rows[i].rows(from * each, to * each);
    }
    return slice;
  }

  /** The same with a number by which the owner knows the block again. */
  public EncryptedBlock encrypt(long number, Tensor... rows) {
    int count = RowChecks.rows(part.module(), rows);
    if (count > rowsPerBlock()) {
      throw RuntimeError.refused(
          RuntimeError.TOO_MANY_ROWS,
          "block " + number,
          "at most " + rowsPerBlock() + " rows expected, got " + count + ".");
    }
    QuantizedModule.EncodedRows encoded = part.module().quantizeInput(rows);
    count(encoded.clipped());
    List<BlockColumn> columns = BlockColumn.of(part, encoded.integers());
    byte[][] ciphertexts = new byte[columns.size()][];
    long first = nextIndex.getAndAdd(ciphertexts.length);
    ciphers.each(
        ciphertexts.length,
        (cipher, i) -> {
          BlockColumn column = columns.get(i);
          ciphertexts[i] = cipher.encrypt(column.values(), column.bound(), first + i);
        });
    return EncryptedBlock.of(
        EncryptedBlock.Role.INPUT,
        part.hash(),
        keys.id(),
        count,
        number,
        Arrays.asList(ciphertexts));
  }

  /**
   * Decrypts the results of a block.
   *
   * @return the model's outputs, in the order of the rows
   * @throws dev.sotto.problem.SottoException for blocks of another circuit or key, inputs instead
   *     of results, altered bytes; SOTTO-RUNTIME-013 where a row drove the block out of its modulus
   */
  public Tensor[] decrypt(EncryptedBlock block) {
    check(block);
    List<QuantizedModule.Output> outputs = part.module().outputs();
    double[][] results = new double[block.size()][];
    ciphers.each(results.length, (cipher, i) -> results[i] = decrypted(cipher, block, i));
    CanaryCheck.check(part, block, results);
    List<IntegerTensor> integers = new ArrayList<>();
    int at = 0;
    for (QuantizedModule.Output output : outputs) {
      int size = output.row().size();
      double[] rows = new double[Math.multiplyExact(block.rows(), size)];
      for (int i = 0; i < size; i++) {
        double[] column = results[at + i];
        for (int row = 0; row < block.rows(); row++) {
          rows[row * size + i] = column[row];
        }
      }
      at += size;
      integers.add(IntegerTensor.ofDoubles(block.rows(), size, rows, IntegerTensor.WIDE_BOUND));
    }
    return part.module().postProcess(part.module().dequantizeOutput(integers));
  }

  private double[] decrypted(BlockCipher cipher, EncryptedBlock block, int index) {
    byte[] bytes = block.ciphertext(index);
    try {
      return cipher.decrypt(bytes);
    } catch (SottoException e) {
      if (e.problems().get(0).code() == SlotsError.NOISE_EXHAUSTED) {
        throw SottoException.of(
            RuntimeError.CORRUPTED_BLOCK,
            "block " + block.number() + ", result " + index,
            e.problems().get(0).detail(),
            e);
      }
      throw e;
    }
  }

  private void check(EncryptedBlock block) {
    String where = "block " + block.number();
    if (!block.circuit().equals(part.hash())) {
      throw RuntimeError.refused(
          RuntimeError.OTHER_CIRCUIT,
          where,
          "circuit " + part.hash() + " expected, got " + block.circuit() + ".");
    }
    if (!block.key().equals(keys.id())) {
      throw RuntimeError.refused(
          RuntimeError.OTHER_KEY,
          where,
          "key " + keys.id() + " expected, got " + block.key() + ".");
    }
    if (block.role() != EncryptedBlock.Role.RESULT) {
      throw RuntimeError.refused(
          RuntimeError.WRONG_ROLE, where, "results expected, got rows that were not scored yet.");
    }
    int expected = part.module().outputs().stream().mapToInt(o -> o.row().size()).sum();
    if (block.size() != expected || block.rows() > rowsPerBlock()) {
      throw RuntimeError.refused(
          RuntimeError.DAMAGED,
          where,
          expected
              + " results of at most "
              + rowsPerBlock()
              + " rows expected, got "
              + block.size()
              + " of "
              + block.rows()
              + ".");
    }
  }

  /** Wipes the seed of encryptions. */
  @Override
  public void close() {
    ciphers.drain(BlockCipher::close);
    seed.close();
  }
}
