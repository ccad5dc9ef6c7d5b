package dev.sotto.cli;

import dev.sotto.circuit.IntegerTensor;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.simulation.CircuitModel;
import dev.sotto.runtime.simulation.Simulator;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Scores clear rows with a compiled circuit, as its encrypted run would, into a csv. */
final class CircuitScoring {
  private static final int BATCH = 1024;
  private static final long SEED = 0;

  private final QuantizedModule client;
  private final String what;
  private final Function<Tensor[], Tensor[]> scorer;

  private CircuitScoring(QuantizedModule client, String what, Function<Tensor[], Tensor[]> scorer) {
    this.client = client;
    this.what = what;
    this.scorer = scorer;
  }

  /** The circuit of two packages, in the clear. */
  static CircuitScoring clear(ClientPackage client, ServerPackage server) {
    CircuitModel model = CircuitModel.clear(client, server);
    return new CircuitScoring(client.part().module(), "clear", r -> model.score(r).outputs());
  }

  /** The circuit of two packages, with the noise that its encrypted run is predicted to have. */
  static CircuitScoring simulated(ClientPackage client, ServerPackage server) {
    CircuitModel model = CircuitModel.simulated(client, server);
    return new CircuitScoring(client.part().module(), "simulated", r -> model.score(r).outputs());
  }

  /** Outputs of a model for clear rows, simulated; the same rows always give the same outputs. */
  static Tensor[] simulate(Simulator simulator, QuantizedModule module, Tensor[] rows) {
    List<IntegerTensor> encoded = module.quantizeInput(rows).integers();
    return module.postProcess(module.dequantizeOutput(simulator.run(encoded, SEED).results()));
  }

  /** Scores rows. */
  Result run(String input, String label, List<String> keep, Path output, PrintWriter err)
      throws IOException {
    OwnerRows rows = OwnerRows.read(input, client, label, keep);
    Tensor[] features = rows.all();
    int count = rows.rows().size();
    AtomicLong done = new AtomicLong();
    long start = System.nanoTime();
    try (ResultFile result = ResultFile.create(output, rows.keptNames(), client.outputNames());
        Progress progress = Progress.start(err, "scoring", done::get, count)) {
      for (int from = 0; from < count; from += BATCH) {
        int begin = from;
        int end = Math.min(count, from + BATCH);
        Tensor[] batch =
            Arrays.stream(features).map(f -> f.rows(begin, end)).toArray(Tensor[]::new);
        result.write(rows.rows().subList(from, end), scorer.apply(batch));
        done.addAndGet(end - from);
      }
      RejectedRow.write(result.rejected(), rows.rejected());
    }
    return new Result(
        output, what, count, rows.rejected().size(), (System.nanoTime() - start) / 1e9);
  }

  /** What was scored. */
  record Result(Path output, String mode, int rows, int rejected, double seconds)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf(
          Locale.ROOT,
          "%s: %,d rows, %s, in %.1f s, %,.0f rows/s; %,d set aside%n",
          output,
          rows,
          mode,
          seconds,
          rows / seconds,
          rejected);
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("output", output.toString());
      document.put("mode", mode);
      document.put("rows", rows);
      document.put("rejected", rejected);
      document.put("seconds", seconds);
      document.put("rows_per_second", Math.round(rows / seconds));
      return document;
    }
  }
}
