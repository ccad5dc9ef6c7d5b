package dev.sotto.spark;

import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.simulation.CircuitModel;
import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;

/** A model on clear rows as it travels to executors. */
sealed interface BatchSource extends Serializable {
  /** The model, shared by all threads of this JVM. */
  ScoredRows.BatchModel model();

  /** A quantized model. */
  record Quantized(Broadcast<QuantizedModule> shared) implements BatchSource {
    @Override
    public ScoredRows.BatchModel model() {
      return shared.value()::score;
    }
  }

  /** A compiled model, of whose circuit every JVM prepares one. */
  record Compiled(PackageBytes client, PackageBytes server, boolean simulated)
      implements BatchSource {
    private static final ExecutorCache<CircuitModel> MODELS = new ExecutorCache<>(4);

    @Override
    public ScoredRows.BatchModel model() {
      return MODELS.get(
              client.hash() + server.hash() + (simulated ? "/simulated" : "/clear"),
              () ->
                  simulated
                      ? CircuitModel.simulated(client.client(), server.server())
                      : CircuitModel.clear(client.client(), server.server()))
          ::score;
    }
  }
}
