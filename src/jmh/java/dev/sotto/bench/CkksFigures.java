package dev.sotto.bench;

import dev.sotto.slots.CkksCiphertext;
import dev.sotto.slots.CkksDecryptor;
import dev.sotto.slots.CkksEncryptor;
import dev.sotto.slots.CkksEvaluator;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.CkksScheme;
import dev.sotto.slots.SecretKey;
import dev.sotto.slots.ring.RingType;
import java.util.Random;

/**
 * CKKS's operations at the top of each chain, in the standard ring as the peers'; results are new
 * objects, as users get them.
 */
final class CkksFigures implements SlotsBenchmark.Figures {
  private static final double TOLERANCE = 1e-3;

  @Override
  public void measure(SlotsReport report, MedianClock clock) {
    SchemeChain.ALL.forEach(chain -> measure(report, clock, chain));
  }

  private static void measure(SlotsReport report, MedianClock clock, SchemeChain chain) {
    double scale = Math.scalb(1.0, chain.scaleBits());
    CkksScheme scheme = CkksScheme.of(new CkksParameters(chain.ring(RingType.STANDARD), scale));
    try (SecretKey secret = SecretKey.generate(scheme.parameters().ring())) {
      CkksEvaluator evaluator = scheme.evaluator(scheme.evaluationKeys(secret, 2));
      CkksEncryptor encryptor = scheme.encryptor(secret);
      CkksDecryptor decryptor = scheme.decryptor(secret);
      double[] values = new Random(3).doubles(scheme.parameters().slots(), -1, 1).toArray();
      CkksCiphertext a = encryptor.encrypt(values, 1);
      CkksCiphertext b = encryptor.encrypt(values, 1);
      CkksCiphertext product = evaluator.multiply(a, b);
      CkksCiphertext relinearised = evaluator.relinearise(product);
      check(values, decryptor.decrypt(evaluator.rescale(relinearised)));
      check(values, decryptor.decrypt(evaluator.relineariseAndRescale(product)));

      report.add(
          "multiply_relinearise_ms",
          chain.switching(
              "ckks",
              clock.seconds(() -> evaluator.relineariseAndRescale(evaluator.multiply(a, b)))));
      report.add(
          "relinearise_ms",
          chain.switching("ckks", clock.seconds(() -> evaluator.relinearise(product))));
      if (!chain.main()) {
        return;
      }
      report.add("product_ms", chain.plain("ckks", clock.seconds(() -> evaluator.multiply(a, b))));
      report.add(
          "rescale_ms", chain.plain("ckks", clock.seconds(() -> evaluator.rescale(relinearised))));
      report.add(
          "encrypt_ms",
          chain.plain("ckks, encoded", clock.seconds(() -> encryptor.encrypt(values, 1))));
      report.add(
          "decrypt_ms", chain.plain("ckks, decoded", clock.seconds(() -> decryptor.decrypt(a))));
    }
  }

  private static void check(double[] values, double[] squares) {
    for (int i = 0; i < values.length; i++) {
      if (!(Math.abs(squares[i] - values[i] * values[i]) < TOLERANCE)) {
        throw new IllegalStateException("CKKS: a wrong product, not timed");
      }
    }
  }
}
