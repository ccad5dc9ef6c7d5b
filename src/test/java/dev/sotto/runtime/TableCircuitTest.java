package dev.sotto.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.IntegerTensor;
import dev.sotto.compiler.CircuitCompiler;
import dev.sotto.compiler.CompileOptions;
import dev.sotto.compiler.CompileOptions.Lookups;
import dev.sotto.compiler.CompileReport;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.compiler.TableReport;
import dev.sotto.compiler.slots.DryRun;
import dev.sotto.compiler.slots.KernelCosts;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.BitWidths;
import dev.sotto.quantization.Calibrator;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizationOptions;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.runtime.client.FheClient;
import dev.sotto.runtime.server.FheServer;
import dev.sotto.runtime.simulation.Simulator;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.GraphBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Quantized networks with their own activations, as tables. */
final class TableCircuitTest {
  private static final CompileOptions TABLES = CompileOptions.standard().withLookups(Lookups.TABLE);

  private static QuantizedModule quantized(GraphBuilder graph, int bits) {
    NumpyModule floats = NumpyModule.of(ModelPreparation.prepare(graph.model()));
    return QuantizedModule.quantize(
        graph.model(),
        Calibrator.calibrate(floats, TinyCircuits.rows(1, 200)),
        QuantizationOptions.of(new BitWidths(bits, bits, bits, bits, Map.of())));
  }

  private static CompiledCircuit compiled(QuantizedModule module, CompileOptions options) {
    return CircuitCompiler.compile(module, options, TinyCircuits.rows(1, 200));
  }

  /** One hidden layer with a function that is no straight line anywhere. */
  private static GraphBuilder sigmoid(int outputs) {
    GraphBuilder g = GraphBuilder.create();
    String hidden = g.node("Sigmoid", g.gemm(g.input("x", TinyCircuits.FEATURES), 3, 3));
    return g.output(g.gemm(hidden, 3, outputs));
  }

  private static GraphBuilder twoLayers() {
    GraphBuilder g = GraphBuilder.create();
    String first = g.node("Relu", g.gemm(g.input("x", TinyCircuits.FEATURES), 3, 3));
    String second = g.node("Relu", g.gemm(first, 3, 2));
    return g.output(g.gemm(second, 2, 2));
  }

  private static Tensor[] encrypted(CompiledCircuit compiled, Tensor rows) {
    ClientPackage client = ClientPackage.parse(ClientPackage.of(compiled).toBytes());
    ServerPackage server = ServerPackage.parse(ServerPackage.of(compiled).toBytes());
    try (ClientKeys keys = ClientKeys.generate(client);
        FheClient owner = new FheClient(client, keys, 1)) {
      EncryptedBlock results =
          new FheServer(server, keys.evaluationKeys(), 2).score(owner.encrypt(rows));
      return owner.decrypt(results);
    }
  }

  @Test
  void encrypted_clear_and_simulated_are_the_quantized_model_bit_for_bit() {
    QuantizedModule module = quantized(sigmoid(2), 4);
    CompiledCircuit compiled = compiled(module, TABLES);
    Tensor rows = TinyCircuits.rows(2, 3000);
    Tensor[] expected = module.forward(rows);
    assertArrayEquals(expected, compiled.score(rows));
    List<IntegerTensor> simulated =
        Simulator.of(compiled).run(module.quantizeInput(rows).integers(), 1).results();
    assertArrayEquals(
        expected, compiled.client().postProcess(compiled.client().dequantizeOutput(simulated)));
    assertArrayEquals(expected, encrypted(compiled, rows));
    assertEquals(0, compiled.loss());
    assertTrue(compiled.isProved());
  }

  /** What the first tables give is relinearised before the second are computed. */
  @Test
  void two_layers_of_tables_are_exact() {
    QuantizedModule module = quantized(twoLayers(), 2);
    CompiledCircuit compiled = compiled(module, TABLES);
    Tensor rows = TinyCircuits.rows(3, 500);
    assertTrue(compiled.plan().relinearisedDegree() > 2, compiled.plan().toString());
    assertArrayEquals(module.forward(rows), encrypted(compiled, rows));
  }

  @Test
  void report_lists_tables_and_reads_the_same_from_the_server_package() {
    CompiledCircuit compiled = compiled(quantized(sigmoid(2), 4), TABLES);
    CompileReport report = CompileReport.of(compiled, KernelCosts.REFERENCE);
    assertEquals(1, report.tables().size());
    TableReport table = report.tables().get(0);
    assertEquals(3, table.channels());
    assertTrue(table.degree() > 30 && table.degree() <= table.hi() - table.lo(), table.toString());
    assertTrue(table.products() > table.relinearisations() && table.levels() > 4);
    assertTrue(report.toText().contains(table.lo() + ".." + table.hi()), report.toText());
    CompileReport.Layer layer =
        report.layers().stream().filter(l -> l.kind().equals("table")).findFirst().orElseThrow();
    assertTrue(layer.products() <= 3L * table.products() && layer.products() > table.products());
    ServerPackage server = ServerPackage.parse(ServerPackage.of(compiled).toBytes());
    assertEquals(report.tables(), CompileReport.of(server.part(), KernelCosts.REFERENCE).tables());
    assertEquals(
        DryRun.of(compiled.circuit(), compiled.plan(), new LayerWeights()).counts().toString(),
        DryRun.of(server.part().circuit(), server.part().plan(), new LayerWeights())
            .counts()
            .toString());
  }

  @Test
  void compiled_twice_has_equal_bytes() {
    assertArrayEquals(
        ServerPackage.of(compiled(quantized(sigmoid(2), 3), TABLES)).toBytes(),
        ServerPackage.of(compiled(quantized(sigmoid(2), 3), TABLES)).toBytes());
  }

  @Test
  void too_many_integers_are_refused_by_node_and_range() {
    QuantizedModule module = quantized(sigmoid(2), 10);
    SottoException refused =
        Faults.of(() -> CircuitCompiler.compile(module, TABLES, TinyCircuits.rows(1, 200)));
    assertTrue(refused.getMessage().contains("SOTTO-COMPILE-006"), refused.getMessage());
    assertTrue(refused.getMessage().contains("8193"), refused.getMessage());
    assertTrue(refused.getMessage().contains("sigmoid"), refused.getMessage());
  }

  /** Polynomials of any degree lose more than nothing of a number; tables do not. */
  @Test
  void auto_takes_tables_where_polynomials_lose_too_much() {
    CompileOptions auto = CompileOptions.standard().withLookups(Lookups.AUTO);
    CompiledCircuit strict = compiled(quantized(sigmoid(1), 3), auto.withLossBudget(0));
    assertEquals(0, strict.loss());
    assertEquals(1, CompileReport.of(strict, KernelCosts.REFERENCE).tables().size());
    CompiledCircuit loose = compiled(quantized(sigmoid(1), 3), auto.withLossBudget(1));
    assertTrue(CompileReport.of(loose, KernelCosts.REFERENCE).tables().isEmpty());
    CompiledCircuit wide = compiled(quantized(sigmoid(1), 10), auto.withLossBudget(0));
    assertTrue(CompileReport.of(wide, KernelCosts.REFERENCE).tables().isEmpty());
    assertTrue(wide.loss() > 0);
  }

  @Test
  void calibrated_bounds_make_tables_narrower_and_count_rows_outside() {
    QuantizedModule module = quantized(sigmoid(2), 4);
    CompiledCircuit proved = compiled(module, TABLES);
    Tensor narrow = GraphBuilder.rows(1, 200, -0.2, 0.2, TinyCircuits.FEATURES);
    CompiledCircuit calibrated =
        CircuitCompiler.compile(module, TABLES.withCalibratedBounds(true), narrow);
    TableReport wide = CompileReport.of(proved, KernelCosts.REFERENCE).tables().get(0);
    TableReport less = CompileReport.of(calibrated, KernelCosts.REFERENCE).tables().get(0);
    assertTrue(less.hi() - less.lo() < (wide.hi() - wide.lo()) / 2, less + " " + wide);
    assertFalse(calibrated.isProved());
    Tensor inside = GraphBuilder.rows(2, 300, -0.15, 0.15, TinyCircuits.FEATURES);
    assertArrayEquals(module.forward(inside), encrypted(calibrated, inside));
    Tensor outside = TinyCircuits.rows(2, 300);
    long left =
        Simulator.of(calibrated).run(module.quantizeInput(outside).integers(), 1).rowsOutside();
    assertTrue(left > 100, left + " rows");
  }
}
