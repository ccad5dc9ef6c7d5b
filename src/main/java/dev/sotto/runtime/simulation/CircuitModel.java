package dev.sotto.runtime.simulation;

import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.RuntimeError;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * A compiled model on clear rows: what an encrypted run gives, without noise or with the noise that
 * is predicted. Both packages are needed, as the model's owner has them. Safe for several threads.
 */
public final class CircuitModel {
  private static final long SEED = 0;

  /** Integers of results, and rows outside fitted ranges by ONNX node. */
  private record Run(List<IntegerTensor> results, Map<String, Long> outside) {}

  private interface Circuit {
    Run on(List<IntegerTensor> encoded);
  }

  private final QuantizedModule client;
  private final Circuit circuit;

  private CircuitModel(QuantizedModule client, Circuit circuit) {
    this.client = client;
    this.circuit = circuit;
  }

  /**
   * The circuit of two packages, in the clear.
   *
   * @throws dev.sotto.problem.SottoException for packages of different circuits
   */
  public static CircuitModel clear(ClientPackage client, ServerPackage server) {
    requireSame(client, server);
    return new CircuitModel(
        client.part().module(),
        encoded ->
            new Run(server.part().circuit().evaluate(new ClearAlgebra(), encoded), Map.of()));
  }

  /**
   * The circuit of two packages, with the noise that its encrypted run is predicted to have: the
   * same rows, scored together, always give the same outputs.
   *
   * @throws dev.sotto.problem.SottoException for packages of different circuits
   */
  public static CircuitModel simulated(ClientPackage client, ServerPackage server) {
    requireSame(client, server);
    Simulator simulator = Simulator.of(server.part().circuit(), server.part().plan());
    return new CircuitModel(
        client.part().module(),
        encoded -> {
          Simulation simulation = simulator.run(encoded, SEED);
          return new Run(simulation.results(), simulation.outside());
        });
  }

  private static void requireSame(ClientPackage client, ServerPackage server) {
    if (!client.circuitHash().equals(server.circuitHash())) {
      throw RuntimeError.refused(
          RuntimeError.OTHER_CIRCUIT,
          "server package",
          "expected circuit " + client.circuitHash() + ", got " + server.circuitHash() + ".");
    }
  }

  /** Scores rows, one tensor {@code rows × width} per input of the model. */
  public QuantizedModule.Scores score(Tensor[] rows) {
    QuantizedModule.EncodedRows encoded = client.quantizeInput(rows);
    Run run = circuit.on(encoded.integers());
    return new QuantizedModule.Scores(
        client.postProcess(client.dequantizeOutput(run.results())),
        encoded.clippedTotal(),
        run.outside());
  }
}
