package dev.sotto.slots;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Arbitrary bytes as ciphertexts and keys: only a {@code SottoException} may come out, and what is
 * read is written again the same.
 *
 * <p>A normal test run replays the inputs in {@code SlotsFormatFuzzTestInputs}; with {@code
 * JAZZER_FUZZ=1} in the environment new ones are searched.
 */
final class SlotsFormatFuzzTest {
  @FuzzTest(maxDuration = "2m")
  void bytes_are_read_or_refused(byte[] bytes) {
    FormatMutationsTest.exercise(bytes);
  }
}
