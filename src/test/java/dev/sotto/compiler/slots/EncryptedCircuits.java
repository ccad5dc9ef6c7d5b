package dev.sotto.compiler.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Operation;
import dev.sotto.slots.BgvCiphertext;
import dev.sotto.slots.BgvDecryptor;
import dev.sotto.slots.BgvEncryptor;
import dev.sotto.slots.BgvParameters;
import dev.sotto.slots.BgvScheme;
import dev.sotto.slots.CkksCiphertext;
import dev.sotto.slots.CkksDecryptor;
import dev.sotto.slots.CkksEncryptor;
import dev.sotto.slots.CkksEvaluator;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.CkksScheme;
import dev.sotto.slots.SecretKey;
import dev.sotto.slots.SlotCiphertext;
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
    List<BgvCiphertext> results =
        run(
            BlockProgram.bgv(circuit, plan, new LayerWeights(), threads),
            () -> new BgvArithmetic(scheme.evaluator()),
            input,
            threads);
    List<double[]> columns = new ArrayList<>();
    for (BgvCiphertext c : results) {
      long[] values = decryptor.decrypt(c);
      double[] column = new double[rows.rows()];
      java.util.Arrays.setAll(column, row -> values[row]);
      columns.add(column);
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
    List<CkksCiphertext> results =
        run(
            BlockProgram.ckks(circuit, plan, new LayerWeights(), threads),
            () -> new CkksArithmetic(evaluators.get()),
            input,
            threads);
    List<double[]> columns = new ArrayList<>();
    for (CkksCiphertext c : results) {
      columns.add(java.util.Arrays.copyOf(decryptor.decrypt(c), rows.rows()));
    }
    return columns.toArray(double[][]::new);
  }

  private static Supplier<CkksEvaluator> evaluators(
      CkksScheme scheme, dev.sotto.slots.EvaluationKeys keys) {
    return () -> scheme.evaluator(keys);
  }

  private static <C extends SlotCiphertext> List<C> run(
      BlockProgram<C> program,
      Supplier<BlockArithmetic<C>> arithmetic,
      List<C> inputs,
      int threads) {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<BlockArithmetic<C>> lanes = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        lanes.add(arithmetic.get());
      }
      return program.run(
          Lanes.of(lanes, executor),
          (place, expected) -> {
            assertEquals(expected.level(), inputs.get(place).level());
            return inputs.get(place);
          });
    } finally {
      executor.shutdown();
    }
  }
}
