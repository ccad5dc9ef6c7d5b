package dev.sotto.runtime;

import dev.sotto.slots.KeyId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Encrypted rows, or their encrypted results: a header and ciphertexts, each as its bytes.
 *
 * <p>As one binary value a block is its header and then its ciphertexts, one after another; as a
 * column {@code array<binary>} it is the same pieces. The header holds the length and checksum of
 * every ciphertext, so that none can be altered, exchanged or left out unnoticed by accident.
 *
 * <p>A block is held once: ciphertexts are bytes from when they are made until they are read.
 */
public final class EncryptedBlock {
  private final BlockHeader header;
  private final List<byte[]> ciphertexts;

  private EncryptedBlock(BlockHeader header, List<byte[]> ciphertexts) {
    this.header = header;
    this.ciphertexts = ciphertexts;
  }

  /** What a block holds. */
  public enum Role {
    /** Rows of a data owner. */
    INPUT,
    /** Results of a server. */
    RESULT
  }

  /**
   * A new block.
   *
   * @param circuit hash of the circuit
   * @param number the block's own, for its owner to know it again
   * @param ciphertexts as the slots engine writes them; taken over
   */
  public static EncryptedBlock of(
      Role role, String circuit, KeyId key, int rows, long number, List<byte[]> ciphertexts) {
    return new EncryptedBlock(
        BlockHeader.of(role, circuit, key, rows, number, ciphertexts), ciphertexts);
  }

  /** What it holds. */
  public Role role() {
    return header.role();
  }

  /** Hash of the circuit that it is for. */
  public String circuit() {
    return header.circuit();
  }

  /** The key under which it is encrypted. */
  public KeyId key() {
    return header.key();
  }

  /** The same as text. */
  public String keyName() {
    return header.key().toString();
  }

  /** How many rows of the owner it holds. */
  public int rows() {
    return header.rows();
  }

  /** The block's number, as its owner chose it. */
  public long number() {
    return header.number();
  }

  /** How many ciphertexts there are. */
  public int size() {
    return header.count();
  }

  /**
   * The bytes of a ciphertext, shared.
   *
   * @throws dev.sotto.problem.SottoException where they are not those of which the header tells
   */
  public byte[] ciphertext(int index) {
    byte[] bytes = ciphertexts.get(index);
    header.check(index, bytes);
    return bytes;
  }

  /** The number of bytes of the whole block. */
  public long length() {
    return header.totalLength();
  }

  /** The pieces for a column of binaries: the header, then every ciphertext. Shared, not copied. */
  public List<byte[]> payload() {
    return new AbstractList<>() {
      @Override
      public byte[] get(int index) {
        return index == 0 ? header.toBytes() : ciphertexts.get(index - 1);
      }

      @Override
      public int size() {
        return ciphertexts.size() + 1;
      }
    };
  }

  /**
   * The block of {@link #payload}; ciphertexts are looked at when they are asked for, so that a
   * list may fetch them then.
   *
   * @throws dev.sotto.problem.SottoException where the header is none, or of a newer version, or
   *     tells of another number of ciphertexts
   */
  public static EncryptedBlock of(List<byte[]> payload) {
    if (payload.isEmpty()) {
      throw RuntimeError.refused(
          RuntimeError.DAMAGED, "encrypted block", "a header expected, got no bytes.");
    }
    BlockHeader header = BlockHeader.parse(payload.get(0));
    header.checkCount(payload.size() - 1);
    return new EncryptedBlock(header, payload.subList(1, payload.size()));
  }

  /** Writes the block as one binary value; the stream stays open. */
  public void write(OutputStream out) throws IOException {
    out.write(header.toBytes());
    for (int i = 0; i < size(); i++) {
      out.write(ciphertext(i));
    }
  }

  /**
   * Reads one block from a stream, which then stands behind it.
   *
   * @throws dev.sotto.problem.SottoException where the bytes are none of a block, too few or
   *     altered
   */
  public static EncryptedBlock read(InputStream in) throws IOException {
    BlockHeader header = BlockHeader.read(in);
    List<byte[]> ciphertexts = new ArrayList<>(header.count());
    for (int i = 0; i < header.count(); i++) {
      byte[] bytes = in.readNBytes(header.length(i));
      header.check(i, bytes);
      ciphertexts.add(bytes);
    }
    return new EncryptedBlock(header, ciphertexts);
  }

  /** The block as one array; for small ones. */
  public byte[] toBytes() {
    byte[] bytes = new byte[Math.toIntExact(length())];
    int at = 0;
    for (byte[] piece : payload()) {
      System.arraycopy(piece, 0, bytes, at, piece.length);
      at += piece.length;
    }
    return bytes;
  }

  /**
   * The block of one array, which it shares nothing with.
   *
   * @throws dev.sotto.problem.SottoException as {@link #read}, and for a byte too many
   */
  public static EncryptedBlock parse(byte[] bytes) {
    int length = BlockHeader.headerLength(bytes);
    BlockHeader header = BlockHeader.parse(Arrays.copyOf(bytes, length));
    if (header.totalLength() != bytes.length) {
      throw RuntimeError.refused(
          RuntimeError.DAMAGED,
          "encrypted block",
          header.totalLength() + " bytes expected, got " + bytes.length + ".");
    }
    List<byte[]> ciphertexts = new ArrayList<>(header.count());
    int at = length;
    for (int i = 0; i < header.count(); i++) {
      byte[] piece = Arrays.copyOfRange(bytes, at, at + header.length(i));
      header.check(i, piece);
      ciphertexts.add(piece);
      at += piece.length;
    }
    return new EncryptedBlock(header, ciphertexts);
  }

  @Override
  public String toString() {
    return header.toString();
  }
}
