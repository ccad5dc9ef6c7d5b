package dev.sotto.numpy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.numpy.ConformanceReport.CaseResult;
import dev.sotto.numpy.ConformanceReport.Outcome;
import dev.sotto.testing.SharedMaterial;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The interpreter against ONNX's own cases and models from public repositories and exporters. */
class ConformanceTest {
  /** Refused cases by name, with the code and the thing that is out of scope. */
  private static Map<String, String> refusals(ConformanceReport report) {
    Map<String, String> refusals = new TreeMap<>();
    for (CaseResult result : report.with(Outcome.REFUSED)) {
      refusals.put(result.name(), result.reason().lines().findFirst().orElse(""));
    }
    return refusals;
  }

  private static void assertRefused(Map<String, String> refusals, String name, String... parts) {
    String reason = refusals.remove(name);
    assertTrue(reason != null, name + " was not refused");
    for (String part : parts) {
      assertTrue(reason.contains(part), name + ": " + reason);
    }
  }

  @Test
  void onnxCases_withTheToleranceOfOnnx_allPass() throws IOException {
    ConformanceReport report =
        ConformanceRunner.create()
            .withAbsoluteTolerance(ConformanceRunner.ABSOLUTE_OPERATOR)
            .run(SharedMaterial.require("onnx-conformance"));
    assertEquals(List.of(), report.with(Outcome.FAILED));
    assertEquals(Map.of(), refusals(report));
    assertEquals("644 passed, 0 failed, 0 refused", report.totals());
  }

  @Test
  void publicModels_passOrAreRefusedForWhatTheyUse() throws IOException {
    ConformanceReport report =
        ConformanceRunner.create().run(SharedMaterial.require("onnx-models"));
    assertEquals(List.of(), report.with(Outcome.FAILED));
    Map<String, String> refusals = refusals(report);
    assertRefused(refusals, "refuse-bfloat16-cast", "SOTTO-ONNX-011", "bfloat16");
    assertRefused(
        refusals, "refuse-dropout-training", "SOTTO-NUMPY-005", "Dropout", "training_mode");
    assertRefused(
        refusals,
        "refuse-finn-multithreshold",
        "SOTTO-ONNX-010",
        "MultiThreshold",
        "finn.custom_op.general");
    assertRefused(refusals, "refuse-lstm", "SOTTO-ONNX-003", "node 'lstm' (LSTM)");
    assertEquals(Map.of(), refusals);
    assertEquals(
        List.of(
            "refuse-linear-classifier-zipmap",
            "refuse-matmulinteger",
            "refuse-qonnx-quant",
            "refuse-string-input"),
        report.with(Outcome.NO_DATA).stream().map(CaseResult::name).toList());
    assertEquals("61 passed, 0 failed, 4 refused", report.totals());
    assertEquals(299, report.cases().stream().mapToInt(CaseResult::dataSets).sum());
  }

  @Test
  void modelsOfTodaysExporters_allPass() throws IOException {
    ConformanceReport report =
        ConformanceRunner.create().run(SharedMaterial.require("onnx-exports"));
    assertEquals(List.of(), report.with(Outcome.FAILED));
    assertEquals(Map.of(), refusals(report));
    assertEquals("20 passed, 0 failed, 0 refused", report.totals());
  }

  @Test
  void benchmarkModels_allPass() throws IOException {
    ConformanceReport report =
        ConformanceRunner.create().run(SharedMaterial.require("benchmark-models"));
    assertEquals(List.of(), report.with(Outcome.FAILED));
    assertEquals(Map.of(), refusals(report));
  }
}
