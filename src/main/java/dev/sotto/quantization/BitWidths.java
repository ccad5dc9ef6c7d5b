package dev.sotto.quantization;

import dev.sotto.problem.SottoException;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many bits each kind of integer has.
 *
 * @param modelInputs bits of the encoded inputs of the model
 * @param opInputs bits of what a linear layer or a product reads
 * @param opWeights bits of weights, sign included
 * @param modelOutputs bits of integers that are only moved or compared before the next layer
 * @param byNode bits of inputs and weights of single layers, by ONNX node name
 */
public record BitWidths(
    int modelInputs, int opInputs, int opWeights, int modelOutputs, Map<String, LayerBits> byNode) {

  /** The bits of {@link #of(int)} when the user names none. */
  public static final int DEFAULT = 6;

  private static final int FEWEST_AT_EDGES = 5;
  private static final int MOST = 16;

  /**
   * Bits of one layer.
   *
   * @param inputs bits of what it reads
   * @param weights bits of its weights, sign included
   */
  public record LayerBits(int inputs, int weights) {}

  /** Checks every width and copies the map. */
  public BitWidths {
    requireWidth("model_inputs", modelInputs);
    requireWidth("op_inputs", opInputs);
    requireWidth("op_weights", opWeights);
    requireWidth("model_outputs", modelOutputs);
    byNode.forEach(
        (name, bits) -> {
          requireWidth(name + ".inputs", bits.inputs());
          requireWidth(name + ".weights", bits.weights());
        });
    byNode = java.util.Collections.unmodifiableMap(new TreeMap<>(byNode));
  }

  private static void requireWidth(String key, int bits) {
    if (bits < 2 || bits > MOST) {
      throw SottoException.of(
          QuantizationError.BITS, key, "bits must be 2 to " + MOST + ", got " + bits + ".");
    }
  }

  /**
   * The same bits everywhere, but at least 5 for inputs and outputs of the model.
   *
   * @param bits 2 to 16
   */
  public static BitWidths of(int bits) {
    int edge = Math.max(FEWEST_AT_EDGES, bits);
    return new BitWidths(edge, bits, bits, edge, Map.of());
  }

  /**
   * Bits from the four-key map of Concrete ML.
   *
   * @param bits {@code op_inputs} and {@code op_weights}; {@code model_inputs} (default 5) and
   *     {@code model_outputs} (default the larger of 5 and op_inputs) may be left out
   */
  public static BitWidths of(Map<String, Integer> bits) {
    for (String key : bits.keySet()) {
      if (!java.util.Set.of("model_inputs", "op_inputs", "op_weights", "model_outputs")
          .contains(key)) {
        throw SottoException.of(
            QuantizationError.BITS,
            key,
            "keys are model_inputs, op_inputs, op_weights and model_outputs.");
      }
    }
    Integer inputs = bits.get("op_inputs");
    Integer weights = bits.get("op_weights");
    if (inputs == null || weights == null) {
      throw SottoException.of(
          QuantizationError.BITS, "n_bits", "op_inputs and op_weights must both be given.");
    }
    int outputs = bits.getOrDefault("model_outputs", Math.max(FEWEST_AT_EDGES, inputs));
    if (outputs < inputs) {
      throw SottoException.of(
          QuantizationError.BITS,
          "model_outputs",
          "must be at least op_inputs (" + inputs + "), got " + outputs + ".");
    }
    return new BitWidths(
        bits.getOrDefault("model_inputs", FEWEST_AT_EDGES), inputs, weights, outputs, Map.of());
  }

  /** The same widths with other bits for one layer. */
  public BitWidths withLayer(String node, int inputs, int weights) {
    Map<String, LayerBits> layers = new TreeMap<>(byNode);
    layers.put(node, new LayerBits(inputs, weights));
    return new BitWidths(modelInputs, opInputs, opWeights, modelOutputs, layers);
  }

  /** The bits of one layer: its own, or those of all. */
  public LayerBits layer(String node) {
    return byNode.getOrDefault(node, new LayerBits(opInputs, opWeights));
  }
}
