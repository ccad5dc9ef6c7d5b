package dev.sotto.quantization;

import dev.sotto.circuit.Bounds;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Interval;
import java.util.ArrayList;
import java.util.List;

/** Collects the operators of a quantized module and proves, on the way, what their integers are. */
final class ModuleBuilder {
  private final CircuitBuilder circuit = new CircuitBuilder();
  private final List<CircuitNode> slots = new ArrayList<>();
  private final List<QuantizedOp> ops = new ArrayList<>();
  private final List<InputEncoding> encodings = new ArrayList<>();

  /** Adds an encoded input and returns its slot; inputs come before operators. */
  int input(InputEncoding encoding) {
    if (!ops.isEmpty()) {
      throw new IllegalStateException("inputs come before operators");
    }
    encodings.add(encoding);
    slots.add(circuit.input(encoding.value(), encoding.size(), encoding.range()));
    return slots.size() - 1;
  }

  /** Adds an operator and returns the slot of its result. */
  int emit(QuantizedOp op) {
    circuit.enter(op.name());
    List<CircuitNode> operands = op.inputs().stream().map(slots::get).toList();
    CircuitNode result = op.apply(circuit, operands);
    ops.add(op);
    slots.add(result);
    return slots.size() - 1;
  }

  /** The interval that holds every integer of a slot. */
  Interval proved(int slot) {
    return slots.get(slot).proved().hull();
  }

  /** The interval of every element of a slot. */
  Bounds bounds(int slot) {
    return slots.get(slot).proved();
  }

  List<InputEncoding> encodings() {
    return encodings;
  }

  List<QuantizedOp> ops() {
    return ops;
  }
}
