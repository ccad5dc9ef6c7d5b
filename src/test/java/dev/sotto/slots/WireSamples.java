package dev.sotto.slots;

import dev.sotto.common.Seed;
import dev.sotto.slots.ring.RingType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One small object of every kind, made from fixed seeds: what golden files hold and what fuzzers
 * alter.
 */
final class WireSamples {
  /** 53 bits in the smallest ring: two primes for ciphertexts, none for keys. */
  static final BgvParameters BGV =
      new BgvParameters(
          RingParameters.generate(RingType.STANDARD, 11, new int[] {27, 26}, new int[0]), 12289);

  /** One prime for ciphertexts and a special one. */
  static final BgvParameters BGV_WITH_KEYS =
      new BgvParameters(
          RingParameters.generate(RingType.STANDARD, 11, new int[] {27}, new int[] {26}), 12289);

  /** Half as many numbers as coefficients. */
  static final CkksParameters CKKS =
      new CkksParameters(
          RingParameters.generate(RingType.STANDARD, 11, new int[] {27, 26}, new int[0]), 0x1p18);

  /** As many numbers as coefficients. */
  static final CkksParameters CKKS_REAL =
      new CkksParameters(
          RingParameters.generate(RingType.CONJUGATE_INVARIANT, 11, new int[] {27, 26}, new int[0]),
          0x1p18);

  private WireSamples() {}

  static Seed seed(int number) {
    byte[] bytes = new byte[Seed.LENGTH];
    Arrays.fill(bytes, (byte) number);
    return Seed.of(bytes);
  }

  static SecretKey secretKey(RingParameters parameters) {
    return SecretKey.of(parameters, seed(1));
  }

  /** A value for every slot, the extremes first. */
  static long[] values() {
    long[] values = new long[BGV.slots()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.floorMod(i * (i + 7L) + 6144, 12289) - 6144;
    }
    return values;
  }

  /** What the ciphertext {@code bgv-product} holds. */
  static long[] squares() {
    return Arrays.stream(values()).map(v -> Math.floorMod(v * v + 6144, 12289) - 6144).toArray();
  }

  static BgvCiphertext fresh() {
    BgvScheme scheme = BgvScheme.of(BGV);
    try (SecretKey key = secretKey(BGV.ring())) {
      return scheme.encryptor(key, seed(2)).encrypt(values(), 0, 5);
    }
  }

  static BgvCiphertext product() {
    BgvScheme scheme = BgvScheme.of(BGV);
    try (SecretKey key = secretKey(BGV.ring())) {
      BgvCiphertext c = scheme.encryptor(key, seed(2)).encrypt(values(), 1, 6);
      return scheme.evaluator().multiply(c, c);
    }
  }

  /** A number for every slot, of size at most one. */
  static double[] numbers(CkksParameters parameters) {
    double[] numbers = new double[parameters.slots()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (i % 201 - 100) / 100.0;
    }
    return numbers;
  }

  static CkksCiphertext freshNumbers() {
    try (SecretKey key = secretKey(CKKS.ring())) {
      return CkksScheme.of(CKKS).encryptor(key, seed(4)).encrypt(numbers(CKKS), 1, 0, 7);
    }
  }

  static CkksCiphertext productOfNumbers() {
    CkksScheme scheme = CkksScheme.of(CKKS_REAL);
    try (SecretKey key = secretKey(CKKS_REAL.ring())) {
      CkksCiphertext c = scheme.encryptor(key, seed(4)).encrypt(numbers(CKKS_REAL), 1, 1, 8);
      return scheme.evaluator().multiply(c, c);
    }
  }

  static EvaluationKeys evaluationKeys() {
    try (SecretKey key = secretKey(BGV_WITH_KEYS.ring())) {
      return BgvScheme.of(BGV_WITH_KEYS).evaluationKeys(key, 2, seed(3));
    }
  }

  static byte[] toBytes(SecretKey key) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      SecretKeyFormat.write(key, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** All of them, by the name of their golden file. */
  static Map<String, byte[]> all() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("bgv-fresh", CiphertextFormat.toBytes(fresh()));
    all.put("bgv-product", CiphertextFormat.toBytes(product()));
    all.put("ckks-fresh", CiphertextFormat.toBytes(freshNumbers()));
    all.put("ckks-product", CiphertextFormat.toBytes(productOfNumbers()));
    all.put("evaluation-keys", EvaluationKeysFormat.toBytes(evaluationKeys()));
    try (SecretKey key = secretKey(BGV.ring())) {
      all.put("secret-key", toBytes(key));
    }
    return all;
  }
}
