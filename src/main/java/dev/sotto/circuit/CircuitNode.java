package dev.sotto.circuit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a circuit, applied once.
 *
 * @param id its place in the circuit; operands have smaller ones
 * @param name the ONNX node it comes from, or a name of the circuit's own
 * @param operation what is done
 * @param operands ids of the nodes whose results are used
 * @param size integers in a row of the result
 * @param proved interval of every element, proved by interval arithmetic
 * @param calibrated interval in which calibration saw the values, if it looked
 */
public record CircuitNode(
    int id,
    String name,
    Operation operation,
    List<Integer> operands,
    int size,
    Bounds proved,
    @Nullable Interval calibrated) {

  CircuitNode withProved(Bounds bounds) {
    return new CircuitNode(id, name, operation, operands, size, bounds, calibrated);
  }

  CircuitNode withCalibrated(Interval interval) {
    return new CircuitNode(id, name, operation, operands, size, proved, interval);
  }
}
