package dev.sotto.quantization;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.tensor.Tensor;
import java.util.Collections;
import java.util.Iterator;

/**
 * Calibrates a model in this process, over any sequence of mini-batches.
 *
 * <p>Gives the same bytes as the distributed calibration of the same rows.
 */
public final class Calibrator {
  private Calibrator() {}

  /**
   * Calibrates over mini-batches, one after the other; none is kept.
   *
   * @param batches each with one tensor per model input, the batch as first axis
   * @throws dev.sotto.problem.SottoException when there is no row, or rows do not fit the model
   */
  public static Calibration calibrate(
      NumpyModule module, Iterator<Tensor[]> batches, CalibrationOptions options) {
    CalibrationAccumulator accumulator = CalibrationAccumulator.create(module, options);
    while (batches.hasNext()) {
      accumulator.addRows(batches.next());
    }
    return accumulator.finish().requireRows();
  }

  /** Calibrates over one batch with {@linkplain CalibrationOptions#standard() standard options}. */
  public static Calibration calibrate(NumpyModule module, Tensor... inputs) {
    return calibrate(
        module, Collections.singletonList(inputs).iterator(), CalibrationOptions.standard());
  }
}
