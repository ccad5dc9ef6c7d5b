package dev.sotto.compiler;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.InputEncoding;
import dev.sotto.quantization.QuantizedModule;
import java.util.ArrayList;
import java.util.List;

/**
 * A circuit without lookups and what its results mean.
 *
 * @param circuit sums, products, trees, constants
 * @param outputs the module's outputs with slopes and offsets for the new integers
 * @param lookups what became of each lookup
 * @param loss how far results on the calibration rows are from the quantized model's
 * @param range the largest integer of any result on the calibration rows
 * @param proved whether intervals prove every bound of the circuit
 */
record Rewritten(
    Circuit circuit,
    List<QuantizedModule.Output> outputs,
    List<LookupReport> lookups,
    OutputLoss loss,
    double range,
    boolean proved) {

  /**
   * Rewrites a module's circuit.
   *
   * @param encoded calibration rows, encoded
   */
  static Rewritten of(QuantizedModule module, List<IntegerTensor> encoded, RewriteOptions options) {
    CircuitBuilder builder = new CircuitBuilder();
    PolynomialRewriter rewriter = new PolynomialRewriter(builder, options);
    List<Terms> inputs = new ArrayList<>();
    for (int i = 0; i < encoded.size(); i++) {
      InputEncoding encoding = module.encodings().get(i);
      CircuitNode input = builder.input(encoding.value(), encoding.size(), encoding.range());
      inputs.add(rewriter.input(input, encoded.get(i)));
    }
    List<Terms> results = new ArrayList<>();
    for (Terms terms : module.circuit().evaluate(rewriter, inputs)) {
      results.add(rewriter.result(terms));
    }
    Circuit circuit = builder.build(results.stream().map(r -> r.parts().get(0).node()).toList());
    List<QuantizedModule.Output> outputs = new ArrayList<>();
    OutputLoss loss = OutputLoss.NONE;
    double range = 1;
    for (int o = 0; o < results.size(); o++) {
      Terms result = results.get(o);
      QuantizedModule.Output output = module.outputs().get(o);
      outputs.add(composed(output, result));
      loss = loss.worst(OutputLoss.of(result, outputs.get(o), output));
      for (double value : result.parts().get(0).values().toDoubles()) {
        range = Math.max(range, Math.abs(value));
      }
    }
    return new Rewritten(circuit, outputs, rewriter.reports(), loss, range, rewriter.isProved());
  }

  /**
   * The module's own circuit with tables for lookups: it computes what the module does, bit for
   * bit.
   *
   * @param encoded calibration rows, encoded
   * @throws dev.sotto.problem.SottoException with every lookup that is too wide for a table
   */
  static Rewritten withTables(
      QuantizedModule module, List<IntegerTensor> encoded, boolean calibratedBounds) {
    CircuitBuilder builder = new CircuitBuilder();
    TableRewriter rewriter = new TableRewriter(builder, calibratedBounds);
    List<TableRewriter.Value> inputs = new ArrayList<>();
    for (int i = 0; i < encoded.size(); i++) {
      InputEncoding encoding = module.encodings().get(i);
      CircuitNode input = builder.input(encoding.value(), encoding.size(), encoding.range());
      inputs.add(new TableRewriter.Value(input, encoded.get(i)));
    }
    List<TableRewriter.Value> results = module.circuit().evaluate(rewriter, inputs);
    if (!rewriter.tooWide().isEmpty()) {
      throw new SottoException(rewriter.tooWide());
    }
    double range = 1;
    for (TableRewriter.Value result : results) {
      for (double value : result.seen().toDoubles()) {
        range = Math.max(range, Math.abs(value));
      }
    }
    Circuit circuit = builder.build(results.stream().map(TableRewriter.Value::node).toList());
    return new Rewritten(
        circuit, module.outputs(), List.of(), OutputLoss.NONE, range, rewriter.isProved());
  }

  private static QuantizedModule.Output composed(QuantizedModule.Output output, Terms result) {
    int size = result.size();
    double[] slope = new double[size];
    double[] offset = new double[size];
    for (int i = 0; i < size; i++) {
      double outer = output.slope()[output.slope().length == 1 ? 0 : i];
      slope[i] = outer * result.parts().get(0).slope()[i];
      offset[i] = outer * result.offset()[i] + output.offset()[output.offset().length == 1 ? 0 : i];
    }
    return new QuantizedModule.Output(output.value(), output.slot(), output.row(), slope, offset);
  }
}
