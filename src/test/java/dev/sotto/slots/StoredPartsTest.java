package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.WeightedSums;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Ciphertexts that stay as they were sent are those that are read at once. */
final class StoredPartsTest {
  private static final BgvParameters PARAMETERS =
      new BgvParameters(
          RingParameters.generate(RingType.STANDARD, 12, new int[] {36, 36}, new int[0]), 40961);

  private final Random random = new Random(1);
  private final BgvScheme scheme = BgvScheme.of(PARAMETERS);
  private final BgvEvaluator evaluator = scheme.evaluator();

  private List<byte[]> sent(int count) {
    List<byte[]> sent = new ArrayList<>();
    try (SecretKey key = SecretKey.of(PARAMETERS.ring(), WireSamples.seed(1));
        BgvEncryptor encryptor = scheme.encryptor(key, WireSamples.seed(2))) {
      for (int i = 0; i < count; i++) {
        long[] bits = random.longs(PARAMETERS.slots(), 0, 2).toArray();
        sent.add(CiphertextFormat.toBytes(encryptor.encrypt(bits, 1, i)));
      }
    }
    return sent;
  }

  private static List<BgvCiphertext> read(List<byte[]> sent) {
    return sent.stream().map(bytes -> CiphertextFormat.parse(PARAMETERS, bytes)).toList();
  }

  private static List<BgvCiphertext> left(List<byte[]> sent) {
    return sent.stream().map(bytes -> CiphertextFormat.parseLate(PARAMETERS, bytes)).toList();
  }

  private static void assertSame(List<BgvCiphertext> expected, List<BgvCiphertext> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(
          CiphertextFormat.toBytes(expected.get(i)), CiphertextFormat.toBytes(actual.get(i)));
    }
  }

  @Test
  void parts_are_the_same_when_they_are_asked_for() {
    List<byte[]> sent = sent(2);
    assertNull(read(sent).get(0).rlwe().stored());
    assertNotNull(left(sent).get(0).rlwe().stored());
    assertSame(read(sent), left(sent));
    BgvCiphertext x = left(sent).get(0);
    BgvCiphertext y = left(sent).get(1);
    BgvCiphertext product = evaluator.multiply(read(sent).get(0), read(sent).get(1));
    assertSame(List.of(product), List.of(evaluator.multiply(x, y)));
    assertSame(read(sent), List.of(x, y));
  }

  /** Bits of which some are used twice, and one that is a result. */
  private static List<BgvExpression> choices(List<BgvCiphertext> bits) {
    List<BgvExpression> x = bits.stream().map(BgvExpression::of).toList();
    BgvExpression low = BgvExpression.select(x.get(0), 3, 5);
    BgvExpression high = BgvExpression.select(x.get(1), 7, 2);
    BgvExpression chosen = BgvExpression.select(x.get(2), low, high);
    return List.of(chosen.plus(x.get(0).times(4)), x.get(3), x.get(3).minus(x.get(1)));
  }

  @Test
  void expressions_are_the_same() {
    List<byte[]> sent = sent(4);
    assertSame(evaluator.evaluate(choices(read(sent))), evaluator.evaluate(choices(left(sent))));
  }

  @Test
  void weighted_sums_over_several_blocks_of_terms_are_the_same() {
    int terms = 2 * blockOfTerms() + 7;
    List<byte[]> sent = sent(terms);
    int[][] weights = new int[5][terms];
    for (int[] row : weights) {
      Arrays.setAll(row, k -> random.nextInt(9) - 4);
    }
    WeightedSums sums = WeightedSums.of(weights);
    List<BgvCiphertext> expected = evaluator.weightedSums(read(sent), sums);
    assertSame(expected, evaluator.weightedSums(left(sent), sums));
    for (int mixed = 0; mixed < 3; mixed++) {
      List<BgvCiphertext> some = new ArrayList<>(left(sent));
      int which = mixed * blockOfTerms();
      some.set(which, CiphertextFormat.parse(PARAMETERS, sent.get(which)));
      assertSame(expected, evaluator.weightedSums(some, sums));
    }
  }

  private static int blockOfTerms() {
    return WeightedSums.of(new int[1][2000]).terms(0);
  }

  @Test
  void residue_that_is_none_is_refused_when_it_is_used() {
    List<byte[]> sent = sent(2);
    byte[] bytes = sent.get(1);
    int body = bytes.length - 2 * 4096 / 8 * 36 - FormatKind.CHECKSUM;
    Arrays.fill(bytes, body, body + 8, (byte) 0xff);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, bytes.length - FormatKind.CHECKSUM);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(bytes.length - FormatKind.CHECKSUM, (int) checksum.getValue());
    List<BgvCiphertext> left = left(sent);
    WeightedSums sums = WeightedSums.of(new int[][] {{1, 2}});
    assertCorrupt(() -> evaluator.weightedSums(left, sums));
    assertCorrupt(() -> evaluator.evaluate(BgvExpression.of(left.get(1))));
    assertCorrupt(() -> left.get(1).rlwe().part(0));
  }

  private static void assertCorrupt(org.junit.jupiter.api.function.Executable use) {
    SottoException e = assertThrows(SottoException.class, use);
    assertEquals(SlotsError.FORMAT_CORRUPT, e.problems().get(0).code());
  }
}
