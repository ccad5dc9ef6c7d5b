package dev.sotto.quantization;

import dev.sotto.onnx.OnnxModel;

/** Brings a model into the form that calibration and quantization share. */
public final class ModelPreparation {
  private ModelPreparation() {}

  /**
   * The model, normalised, with classifiers split into scores and what the client does with them.
   */
  public static OnnxModel prepare(OnnxModel model) {
    return ModelSplit.rewrite(TensorTrees.rewrite(model.normalized()));
  }
}
