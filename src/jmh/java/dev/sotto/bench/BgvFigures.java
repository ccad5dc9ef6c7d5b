package dev.sotto.bench;

import dev.sotto.slots.BgvCiphertext;
import dev.sotto.slots.BgvDecryptor;
import dev.sotto.slots.BgvEncryptor;
import dev.sotto.slots.BgvEvaluator;
import dev.sotto.slots.BgvParameters;
import dev.sotto.slots.BgvScheme;
import dev.sotto.slots.SecretKey;
import dev.sotto.slots.ring.RingType;
import java.util.Random;

/** BGV's operations at the top of each main chain; results are new objects, as users get them. */
final class BgvFigures implements SlotsBenchmark.Figures {
  private static final long T = 65537;

  @Override
  public void measure(SlotsReport report, MedianClock clock) {
    SchemeChain.ALL.stream()
        .filter(SchemeChain::main)
        .forEach(chain -> measure(report, clock, chain));
  }

  private static void measure(SlotsReport report, MedianClock clock, SchemeChain chain) {
    BgvScheme scheme = BgvScheme.of(new BgvParameters(chain.ring(RingType.STANDARD), T));
    try (SecretKey secret = SecretKey.generate(scheme.parameters().ring())) {
      BgvEvaluator evaluator = scheme.evaluator(scheme.evaluationKeys(secret, 2));
      BgvEncryptor encryptor = scheme.encryptor(secret);
      BgvDecryptor decryptor = scheme.decryptor(secret);
      long[] values =
          new Random(4).longs(scheme.parameters().slots(), -(T / 2), T / 2 + 1).toArray();
      BgvCiphertext a = encryptor.encrypt(values);
      BgvCiphertext b = encryptor.encrypt(values);
      BgvCiphertext product = evaluator.multiply(a, b);
      BgvCiphertext relinearised = evaluator.relinearise(product);
      check(values, decryptor.decrypt(evaluator.switchModulus(relinearised)));
      check(values, decryptor.decrypt(evaluator.relineariseAndSwitch(product)));

      report.add(
          "multiply_relinearise_ms",
          chain.switching(
              "bgv",
              clock.seconds(() -> evaluator.relineariseAndSwitch(evaluator.multiply(a, b)))));
      report.add(
          "relinearise_ms",
          chain.switching("bgv", clock.seconds(() -> evaluator.relinearise(product))));
      report.add("product_ms", chain.plain("bgv", clock.seconds(() -> evaluator.multiply(a, b))));
      report.add(
          "rescale_ms",
          chain.plain("bgv", clock.seconds(() -> evaluator.switchModulus(relinearised))));
      report.add(
          "encrypt_ms",
          chain.plain("bgv, encoded", clock.seconds(() -> encryptor.encrypt(values))));
      report.add(
          "decrypt_ms", chain.plain("bgv, decoded", clock.seconds(() -> decryptor.decrypt(a))));
    }
  }

  private static void check(long[] values, long[] squares) {
    for (int i = 0; i < values.length; i++) {
      if (Math.floorMod(squares[i], T) != Math.floorMod(values[i] * values[i], T)) {
        throw new IllegalStateException("BGV: a wrong product, not timed");
      }
    }
  }
}
