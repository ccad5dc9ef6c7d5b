package dev.sotto.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.compiler.slots.BgvArithmetic;
import dev.sotto.compiler.slots.CkksArithmetic;
import dev.sotto.compiler.slots.DryRun;
import dev.sotto.compiler.slots.KernelCosts;
import dev.sotto.compiler.slots.Lanes;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotArithmetic;
import dev.sotto.compiler.slots.SlotsAlgebra;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.runtime.BenchmarkModel;
import dev.sotto.slots.BgvCiphertext;
import dev.sotto.slots.BgvEncryptor;
import dev.sotto.slots.BgvParameters;
import dev.sotto.slots.BgvScheme;
import dev.sotto.slots.CiphertextFormat;
import dev.sotto.slots.CkksCiphertext;
import dev.sotto.slots.CkksEncryptor;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.CkksScheme;
import dev.sotto.slots.EvaluationKeys;
import dev.sotto.slots.EvaluationKeysFormat;
import dev.sotto.slots.SecretKey;
import dev.sotto.slots.ring.OperationCounts.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

final class CompileReportTest {
  /** No ciphertext has longer fields beside its residues and its seed. */
  private static final int HEADER = 148;

  @Test
  void sizes_of_forest_are_those_of_its_ciphertexts() {
    CompiledCircuit compiled = BenchmarkModel.compile("forest-cancer", 6).compiled();
    CompileReport report = CompileReport.of(compiled, KernelCosts.REFERENCE);
    SlotsPlan plan = compiled.plan();
    BgvScheme scheme = BgvScheme.of(new BgvParameters(plan.ring(), plan.plaintextModulus()));
    BgvEncryptor encryptor = scheme.encryptor(SecretKey.generate(plan.ring()));
    checkSizes(
        compiled,
        report,
        new BgvArithmetic(scheme.evaluator()),
        bound -> encryptor.encrypt(new long[plan.rows()]),
        CiphertextFormat::length,
        BgvCiphertext::bytes);
    assertEquals(0, report.sizes().keyBytes());
    assertTrue(report.noise().exact());
    assertEquals(0, report.noise().errorBound());
    assertTrue(
        report.layers().stream().anyMatch(l -> l.kind().equals("trees") && l.products() > 50));
  }

  @Test
  void sizes_of_approximate_network_are_those_of_its_ciphertexts_and_keys() {
    CompileOptions options =
        CompileOptions.standard().withScheme(SlotsPlan.Scheme.CKKS).withDegree(2);
    CompiledCircuit compiled = BenchmarkModel.compile("mlp-digits", 6, options).compiled();
    CompileReport report = CompileReport.of(compiled, KernelCosts.REFERENCE);
    SlotsPlan plan = compiled.plan();
    CkksScheme scheme = CkksScheme.of(new CkksParameters(plan.ring(), plan.scale()));
    SecretKey key = SecretKey.generate(plan.ring());
    CkksEncryptor encryptor = scheme.encryptor(key);
    CkksArithmetic arithmetic = new CkksArithmetic(scheme.evaluator());
    if (plan.needsKeys()) {
      EvaluationKeys keys = scheme.evaluationKeys(key, plan.relinearisedDegree());
      arithmetic = new CkksArithmetic(scheme.evaluator(keys));
      assertEquals(EvaluationKeysFormat.length(keys), report.sizes().keyBytes(), HEADER);
      assertEquals(keys.bytes(), report.sizes().expandedKeyBytes());
    }
    checkSizes(
        compiled,
        report,
        arithmetic,
        bound -> encryptor.encrypt(new double[plan.rows()], bound),
        CiphertextFormat::length,
        CkksCiphertext::bytes);
    CompileReport.Noise noise = report.noise();
    assertFalse(noise.exact());
    assertTrue(noise.deviation() > 0 && noise.deviation() < noise.errorBound());
    assertTrue(noise.deviation() < noise.range() / 1000);
  }

  private static <C> void checkSizes(
      CompiledCircuit compiled,
      CompileReport report,
      SlotArithmetic<C> arithmetic,
      Function<Double, C> fresh,
      ToIntFunction<C> length,
      Function<C, Long> memory) {
    int rows = report.parameters().rowsPerBlock();
    Circuit circuit = compiled.circuit();
    List<List<C>> inputs = new ArrayList<>();
    long sent = 0;
    int count = 0;
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Input) {
        C one = fresh.apply(DryRun.inputBound(node));
        inputs.add(Collections.nCopies(node.size(), one));
        sent += (long) node.size() * length.applyAsInt(one);
        count += node.size();
      }
    }
    assertEquals(sent, report.sizes().inputPerRow() * rows, (double) HEADER * count);
    assertTrue(report.sizes().inputPerRow() * rows < sent);
    long results = 0;
    long held = 0;
    int outputs = 0;
    for (List<C> output :
        circuit.evaluate(
            new SlotsAlgebra<>(
                Lanes.one(arithmetic), new LayerWeights(), compiled.plan().treatments()),
            inputs)) {
      for (C result : output) {
        results += length.applyAsInt(arithmetic.smallest(result));
        held += memory.apply(result);
        outputs++;
      }
    }
    assertEquals(results, report.sizes().outputPerRow() * rows, (double) HEADER * outputs);
    assertTrue(report.sizes().outputPerRow() * rows < results);
    assertTrue(report.sizes().blockMemory() >= held);
  }

  @Test
  void layers_add_up_to_the_whole() {
    CompiledCircuit compiled = BenchmarkModel.compile("mlp-digits", 6).compiled();
    CompileReport report = CompileReport.of(compiled, KernelCosts.REFERENCE);
    double layers =
        report.layers().stream().mapToDouble(CompileReport.Layer::coreMilliseconds).sum();
    assertEquals(report.cost().coreSecondsPerBlock() * 1e3, layers, layers * 0.01);
    assertEquals(
        report.cost().coreMillisecondsPerRow() * report.parameters().rowsPerBlock(),
        report.cost().coreSecondsPerBlock() * 1e3,
        1e-9);
    CompileReport.Layer product =
        report.layers().stream().filter(l -> l.kind().equals("product")).findFirst().orElseThrow();
    assertEquals(32, product.products());
    for (CompileReport.Layer layer : report.layers()) {
      assertTrue(layer.phaseBits() <= layer.capacityBits(), layer.toString());
    }
    assertTrue(report.noise().phaseBits() <= report.noise().capacityBits());
    assertTrue(report.security().logQp() <= report.security().limitLogQp());
  }

  @Test
  void text_names_nodes_and_map_has_the_same_figures() {
    CompiledCircuit compiled = BenchmarkModel.compile("mlp-digits", 6).compiled();
    CompileReport report = CompileReport.of(compiled, KernelCosts.REFERENCE);
    String text = report.toText();
    for (CompileReport.Layer layer : report.layers()) {
      assertTrue(text.contains(layer.node()), layer.node());
    }
    assertTrue(text.contains("128 bits"), text);
    for (String line : text.split("\n", -1)) {
      assertEquals(line.stripTrailing(), line);
    }
    Map<String, Object> map = report.toMap();
    assertEquals(report.layers().size(), ((List<?>) map.get("layers")).size());
    assertEquals(
        report.parameters().rowsPerBlock(),
        ((Map<?, ?>) map.get("parameters")).get("rows_per_block"));
    assertEquals(report.sizes().blockMemory(), ((Map<?, ?>) map.get("sizes")).get("block_memory"));
  }

  @Test
  void kernels_of_this_machine_all_cost_something_and_are_measured_once() {
    KernelCosts costs = KernelCosts.measured(12);
    for (Kind kind : Kind.values()) {
      double nanoseconds = costs.nanoseconds().get(kind);
      assertTrue(nanoseconds >= 0 && Double.isFinite(nanoseconds), kind + " " + nanoseconds);
    }
    assertTrue(costs.nanoseconds().get(Kind.TRANSFORM) > 0);
    assertTrue(costs == KernelCosts.measured(12));
  }
}
