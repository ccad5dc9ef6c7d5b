package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Files of format version 1, which every later release reads and, from the same seeds, writes byte
 * for byte.
 *
 * <p>With {@code -Dsotto.docs.write=true} missing files are written; those that are there stay.
 */
final class GoldenFilesTest {
  private static final Path FOLDER = Path.of("src/test/resources/slots");

  private static byte[] golden(String name) throws IOException {
    return Files.readAllBytes(FOLDER.resolve(name + "-v1.bin"));
  }

  @Test
  void objects_of_fixed_seeds_have_the_bytes_of_the_golden_files() throws IOException {
    for (Map.Entry<String, byte[]> sample : WireSamples.all().entrySet()) {
      Path file = FOLDER.resolve(sample.getKey() + "-v1.bin");
      if (Boolean.getBoolean("sotto.docs.write") && Files.notExists(file)) {
        Files.createDirectories(FOLDER);
        Files.write(file, sample.getValue());
      }
      assertArrayEquals(golden(sample.getKey()), sample.getValue(), sample.getKey());
    }
  }

  @Test
  void golden_ciphertexts_decrypt_to_known_values_with_the_golden_key() throws IOException {
    BgvScheme scheme = BgvScheme.of(WireSamples.BGV);
    try (SecretKey key = SecretKeyFormat.read(new ByteArrayInputStream(golden("secret-key")))) {
      BgvDecryptor decryptor = scheme.decryptor(key);
      BgvCiphertext fresh = CiphertextFormat.parse(WireSamples.BGV, golden("bgv-fresh"));
      assertEquals(0, fresh.level());
      assertArrayEquals(WireSamples.values(), decryptor.decrypt(fresh));
      assertArrayEquals(golden("bgv-fresh"), CiphertextFormat.toBytes(fresh));
      BgvCiphertext product = CiphertextFormat.parse(WireSamples.BGV, golden("bgv-product"));
      assertEquals(2, product.degree());
      assertArrayEquals(WireSamples.squares(), decryptor.decrypt(product));
      assertArrayEquals(golden("bgv-product"), CiphertextFormat.toBytes(product));
    }
  }

  @Test
  void golden_ciphertexts_of_real_numbers_decrypt_within_their_bounds() throws IOException {
    CkksCiphertext fresh = CiphertextFormat.parse(WireSamples.CKKS, golden("ckks-fresh"));
    CkksCiphertext product = CiphertextFormat.parse(WireSamples.CKKS_REAL, golden("ckks-product"));
    assertEquals(2, product.degree());
    assertArrayEquals(golden("ckks-fresh"), CiphertextFormat.toBytes(fresh));
    assertArrayEquals(golden("ckks-product"), CiphertextFormat.toBytes(product));
    try (SecretKey key = WireSamples.secretKey(WireSamples.CKKS.ring())) {
      double[] decrypted = CkksScheme.of(WireSamples.CKKS).decryptor(key).decrypt(fresh);
      assertTrue(fresh.errorBound() < 0.01);
      assertArrayEquals(WireSamples.numbers(WireSamples.CKKS), decrypted, fresh.errorBound());
    }
    try (SecretKey key = WireSamples.secretKey(WireSamples.CKKS_REAL.ring())) {
      double[] decrypted = CkksScheme.of(WireSamples.CKKS_REAL).decryptor(key).decrypt(product);
      assertTrue(product.errorBound() < 0.03);
      double[] squares =
          Arrays.stream(WireSamples.numbers(WireSamples.CKKS_REAL)).map(v -> v * v).toArray();
      assertArrayEquals(squares, decrypted, product.errorBound());
    }
  }

  @Test
  void golden_evaluation_keys_hold_the_square_of_the_secret() throws IOException {
    BgvParameters parameters = WireSamples.BGV_WITH_KEYS;
    EvaluationKeys keys = EvaluationKeysFormat.parse(parameters, golden("evaluation-keys"));
    assertArrayEquals(golden("evaluation-keys"), EvaluationKeysFormat.toBytes(keys));
    RnsRing ring = parameters.ring().ring();
    RingKernels kernels = ring.kernels();
    int n = ring.n();
    double[][] pair = keys.powers().get(0).pairs();
    try (SecretKey key = WireSamples.secretKey(parameters.ring())) {
      assertEquals(key.id(), keys.key());
      RnsPolynomial error = ring.zeros(2);
      for (int i = 0; i < 2; i++) {
        double[] s = key.power(1).residues();
        kernels.multiply(error.residues(), i * n, pair[1], i * n, s, i * n, n, ring.modulus(i));
        kernels.add(
            error.residues(), i * n, error.residues(), i * n, pair[0], i * n, n, ring.modulus(i));
      }
      double special = ring.modulus(0).centre(-ring.modulus(1).value());
      kernels.multiplyConstantAdd(
          error.residues(), 0, key.power(2).residues(), 0, special, n, ring.modulus(0));
      for (int i = 0; i < 2; i++) {
        kernels.inverse(ring.table(i), error.residues(), i * n);
        for (int j = 0; j < n; j++) {
          long canonical = ring.modulus(i).canonical(error.residues()[i * n + j]);
          double e = ring.modulus(i).centre(canonical);
          assertTrue(Math.abs(e) <= 6 * 3.2 * 12289 && e % 12289 == 0, "error " + e);
        }
      }
    }
  }
}
