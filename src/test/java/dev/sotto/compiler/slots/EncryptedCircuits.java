package dev.sotto.compiler.slots;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Operation;
import dev.sotto.slots.BgvCiphertext;
import dev.sotto.slots.BgvDecryptor;
import dev.sotto.slots.BgvEncryptor;
import dev.sotto.slots.BgvEvaluator;
import dev.sotto.slots.BgvParameters;
import dev.sotto.slots.BgvScheme;
import dev.sotto.slots.CkksCiphertext;
import dev.sotto.slots.CkksDecryptor;
import dev.sotto.slots.CkksEncryptor;
import dev.sotto.slots.CkksEvaluator;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.CkksScheme;
import dev.sotto.slots.SecretKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Runs circuits on ciphertexts: rows repeated until a block is full, results of the first rows. */
final class EncryptedCircuits {
  private EncryptedCircuits() {}

  static double[][] bgv(Circuit circuit, SlotsPlan plan, IntegerTensor rows, int threads) {
    BgvScheme scheme = BgvScheme.of(new BgvParameters(plan.ring(), plan.plaintextModulus()));
    SecretKey key = SecretKey.generate(plan.ring());
    BgvEncryptor encryptor = scheme.encryptor(key);
    BgvDecryptor decryptor = scheme.decryptor(key);
    List<BgvCiphertext> input = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      long[] values = new long[plan.rows()];
      for (int slot = 0; slot < values.length; slot++) {
        values[slot] = rows.get(slot % rows.rows(), i);
      }
      input.add(encryptor.encrypt(values));
    }
    BgvEvaluator evaluator = scheme.evaluator();
    List<List<BgvCiphertext>> results =
        run(circuit, plan, () -> new BgvArithmetic(scheme.evaluator()), List.of(input), threads);
    List<double[]> columns = new ArrayList<>();
    for (List<BgvCiphertext> output : results) {
      for (BgvCiphertext c : output) {
        long[] values = decryptor.decrypt(evaluator.smallest(c));
        double[] column = new double[rows.rows()];
        java.util.Arrays.setAll(column, row -> values[row]);
        columns.add(column);
      }
    }
    return columns.toArray(double[][]::new);
  }

  static double[][] ckks(Circuit circuit, SlotsPlan plan, IntegerTensor rows, int threads) {
    CkksScheme scheme = CkksScheme.of(new CkksParameters(plan.ring(), plan.scale()));
    SecretKey key = SecretKey.generate(plan.ring());
    CkksEncryptor encryptor = scheme.encryptor(key);
    CkksDecryptor decryptor = scheme.decryptor(key);
    double bound = 1;
    for (CircuitNode node : circuit.nodes()) {
      bound = node.operation() instanceof Operation.Input ? DryRun.inputBound(node) : bound;
    }
    List<CkksCiphertext> input = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      double[] values = new double[plan.rows()];
      for (int slot = 0; slot < values.length; slot++) {
        values[slot] = rows.get(slot % rows.rows(), i);
      }
      input.add(encryptor.encrypt(values, bound));
    }
    Supplier<CkksEvaluator> evaluators =
        plan.needsKeys()
            ? evaluators(scheme, scheme.evaluationKeys(key, plan.relinearisedDegree()))
            : scheme::evaluator;
    List<List<CkksCiphertext>> results =
        run(circuit, plan, () -> new CkksArithmetic(evaluators.get()), List.of(input), threads);
    CkksEvaluator evaluator = evaluators.get();
    List<double[]> columns = new ArrayList<>();
    for (List<CkksCiphertext> output : results) {
      for (CkksCiphertext c : output) {
        double[] all = decryptor.decrypt(evaluator.smallest(c));
        columns.add(java.util.Arrays.copyOf(all, rows.rows()));
      }
    }
    return columns.toArray(double[][]::new);
  }

  private static Supplier<CkksEvaluator> evaluators(
      CkksScheme scheme, dev.sotto.slots.EvaluationKeys keys) {
    return () -> scheme.evaluator(keys);
  }

  private static <C> List<List<C>> run(
      Circuit circuit,
      SlotsPlan plan,
      Supplier<SlotArithmetic<C>> arithmetic,
      List<List<C>> inputs,
      int threads) {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<SlotArithmetic<C>> lanes = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        lanes.add(arithmetic.get());
      }
      return circuit.evaluate(
          new SlotsAlgebra<>(Lanes.of(lanes, executor), new LayerWeights(), plan.treatments()),
          inputs);
    } finally {
      executor.shutdown();
    }
  }
}
