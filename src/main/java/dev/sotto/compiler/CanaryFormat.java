package dev.sotto.compiler;

import static dev.sotto.compiler.StoredFields.require;

import dev.sotto.circuit.IntegerTensor;
import dev.sotto.compiler.proto.CompiledCircuitProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Canaries in {@code compiled_circuit.proto}. */
final class CanaryFormat {
  private CanaryFormat() {}

  static CompiledCircuitProto.Canaries write(Canaries canaries) {
    return CompiledCircuitProto.Canaries.newBuilder()
        .setRows(canaries.rows())
        .addAllInputs(all(canaries.inputs()))
        .addAllResults(all(canaries.results()))
        .setTolerance(canaries.tolerance())
        .build();
  }

  private static List<Long> all(List<IntegerTensor> tensors) {
    return tensors.stream().flatMapToLong(t -> Arrays.stream(t.toLongs())).boxed().toList();
  }

  static Canaries read(
      CompiledCircuitProto.Canaries in, List<Integer> inputSizes, List<Integer> resultSizes) {
    double tolerance = in.getTolerance();
    require(in.getRows() > 0 && Double.isFinite(tolerance) && tolerance >= 0, "canaries");
    return new Canaries(
        tensors(in.getInputsList(), in.getRows(), inputSizes),
        tensors(in.getResultsList(), in.getRows(), resultSizes),
        tolerance);
  }

  private static List<IntegerTensor> tensors(List<Long> values, int rows, List<Integer> sizes) {
    long size = sizes.stream().mapToLong(Integer::longValue).sum();
    require(Math.multiplyExact(size, rows) == values.size(), "number of canary values");
    List<IntegerTensor> tensors = new ArrayList<>();
    int at = 0;
    for (int each : sizes) {
      int end = at + rows * each;
      tensors.add(IntegerTensor.of(rows, each, StoredFields.longs(values.subList(at, end))));
      at = end;
    }
    return List.copyOf(tensors);
  }
}
