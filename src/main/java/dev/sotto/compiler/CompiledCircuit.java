package dev.sotto.compiler;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Tensor;
import java.util.List;

/**
 * A compiled model: what the client does in the clear, what the server computes, and with which
 * parameters. Immutable.
 */
public final class CompiledCircuit {
  private final QuantizedModule client;
  private final Circuit circuit;
  private final SlotsPlan plan;
  private final List<LookupReport> lookups;
  private final double loss;
  private final double range;
  private final boolean proved;
  private final ServerPart serverPart;
  private final ClientPart clientPart;

  private CompiledCircuit(
      QuantizedModule client,
      Circuit circuit,
      SlotsPlan plan,
      List<LookupReport> lookups,
      double loss,
      double range,
      boolean proved,
      LayerWeights weights) {
    this.client = client;
    this.circuit = circuit;
    this.plan = plan;
    this.lookups = List.copyOf(lookups);
    this.loss = loss;
    this.range = range;
    this.proved = proved;
    this.serverPart = ServerPart.of(circuit, plan);
    this.clientPart = ClientPart.of(serverPart.hash(), client, circuit, plan, weights);
  }

  /**
   * A compiled model.
   *
   * @param weights of its layers, as far as they are made
   */
  static CompiledCircuit of(
      QuantizedModule module, Rewritten rewritten, SlotsPlan plan, LayerWeights weights) {
    return new CompiledCircuit(
        module.clientPart(rewritten.outputs()),
        rewritten.circuit(),
        plan,
        rewritten.lookups(),
        rewritten.loss().seen(),
        rewritten.range(),
        rewritten.proved(),
        weights);
  }

  /** Encodings of inputs, meanings of results, and what the client computes; no weights. */
  public QuantizedModule client() {
    return client;
  }

  /** What is computed on encrypted data. */
  public Circuit circuit() {
    return circuit;
  }

  /** How it is computed. */
  public SlotsPlan plan() {
    return plan;
  }

  /** What became of each lookup. */
  public List<LookupReport> lookups() {
    return lookups;
  }

  /** How far results on the calibration rows are from the quantized model's. */
  public double loss() {
    return loss;
  }

  /** The largest size of an integer of any result on the calibration rows. */
  public double range() {
    return range;
  }

  /** Whether no row inside the client's boxes can overflow: proved by intervals, not calibrated. */
  public boolean isProved() {
    return proved;
  }

  /**
   * The integer results of encoded rows, in the clear: what an encrypted run gives, or comes near.
   */
  public List<IntegerTensor> evaluate(List<IntegerTensor> encoded) {
    return circuit.evaluate(new ClearAlgebra(), encoded);
  }

  /** Scores clear rows with the compiled circuit. */
  public Tensor[] score(Tensor... rows) {
    List<IntegerTensor> results = evaluate(client.quantizeInput(rows).integers());
    return client.postProcess(client.dequantizeOutput(results));
  }

  /** What a server is given. */
  public ServerPart serverPart() {
    return serverPart;
  }

  /** What a data owner is given. */
  public ClientPart clientPart() {
    return clientPart;
  }

  /** SHA-256 of the server's part, in hexadecimal digits: the circuit's name in keys and blocks. */
  public String hash() {
    return serverPart.hash();
  }
}
