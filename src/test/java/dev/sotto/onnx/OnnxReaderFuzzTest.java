package dev.sotto.onnx;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Arbitrary bytes as a model: only a {@code SottoException} may come out, and memory stays in
 * proportion to the input.
 *
 * <p>A normal test run replays the inputs in {@code OnnxReaderFuzzTestInputs}; with {@code
 * JAZZER_FUZZ=1} in the environment new ones are searched.
 */
final class OnnxReaderFuzzTest {
  @FuzzTest(maxDuration = "2m")
  void bytes_are_read_or_refused(byte[] bytes) {
    MutatedModelsTest.exercise(bytes);
  }
}
