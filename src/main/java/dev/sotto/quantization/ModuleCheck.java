package dev.sotto.quantization;

import static dev.sotto.quantization.PackedArrays.require;
import static dev.sotto.quantization.PackedArrays.requireWithin;

import dev.sotto.circuit.Move;
import dev.sotto.circuit.Scaling;
import dev.sotto.circuit.TreeSum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks that the parts of a module that was read fit each other: slots, sizes and names. */
final class ModuleCheck {
  private final List<Integer> sizes = new ArrayList<>();

  private ModuleCheck() {}

  static void check(QuantizedModule module) {
    ModuleCheck check = new ModuleCheck();
    require(!module.encodings().isEmpty(), "a module without encrypted inputs");
    check.inputs(module);
    module.encodings().forEach(encoding -> check.sizes.add(encoding.size()));
    for (QuantizedOp op : module.ops()) {
      try {
        check.sizes.add(check.size(op));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("operator '" + op.name() + "': " + e.getMessage(), e);
      }
    }
    check.outputs(module);
  }

  private void inputs(QuantizedModule module) {
    Map<String, Integer> widths = new HashMap<>();
    for (QuantizedModule.Input input : module.inputs()) {
      require(input.row().rank() > 0 && input.width() > 0, "shape of input '" + input.name() + "'");
      widths.put(input.name(), input.width());
    }
    require(!widths.isEmpty() && widths.size() == module.inputs().size(), "names of inputs");
    ClearStage before = module.before();
    if (before != null) {
      require(
          before.inputs().size() == widths.size()
              && before.outputs().size() == module.encodings().size(),
          "inputs and outputs of the stage before");
      return;
    }
    for (InputEncoding encoding : module.encodings()) {
      Integer width = widths.get(encoding.value());
      require(
          width != null && width == encoding.width(),
          "width of encoded input '" + encoding.value() + "'");
    }
  }

  private void outputs(QuantizedModule module) {
    for (QuantizedModule.Output output : module.outputs()) {
      int size = sizeOf(output.slot());
      require(
          output.row().rank() > 0
              && output.row().dim(0) > 0
              && output.row().size() == size
              && (output.slope().length == 1 || output.slope().length == size)
              && output.offset().length == output.slope().length,
          "size of output '" + output.value() + "'");
    }
    ClearStage after = module.after();
    require(
        (after == null ? module.outputNames().size() : after.inputs().size())
                == module.outputs().size()
            && (after == null || after.outputs().size() == module.outputNames().size()),
        "number of outputs");
  }

  private int sizeOf(int slot) {
    require(slot >= 0 && slot < sizes.size(), "slot " + slot);
    return sizes.get(slot);
  }

  private int size(QuantizedOp op) {
    if (op instanceof QuantizedOp.Linear linear) {
      requireWithin(linear.sum().sources(), -1, sizeOf(linear.input()), "source");
      return linear.sum().size();
    } else if (op instanceof QuantizedOp.Look look) {
      require(look.lookup().size() == sizeOf(look.input()), "elements of a lookup");
      return look.lookup().size();
    } else if (op instanceof QuantizedOp.Rearrange rearrange) {
      return moved(rearrange.inputs(), rearrange.move());
    } else if (op instanceof QuantizedOp.Sum sum) {
      int size = equalSizes(sum.left(), sum.right());
      requireFactors(sum.leftScale(), size);
      requireFactors(sum.rightScale(), size);
      return size;
    } else if (op instanceof QuantizedOp.Product product) {
      return equalSizes(product.left(), product.right());
    } else if (op instanceof QuantizedOp.Maximum maximum) {
      require(!maximum.moves().isEmpty(), "candidates of a maximum");
      int size = maximum.moves().get(0).size();
      for (Move move : maximum.moves()) {
        require(moved(maximum.inputs(), move) == size, "lengths of candidates");
      }
      return size;
    }
    QuantizedOp.Trees ensemble = (QuantizedOp.Trees) op;
    int bits = sizeOf(ensemble.input());
    for (TreeSum.Tree tree : ensemble.trees().trees()) {
      requireWithin(tree.bit(), 0, bits, "bit");
    }
    return ensemble.trees().outputs();
  }

  private int moved(List<Integer> inputs, Move move) {
    int total = 0;
    for (int input : inputs) {
      total = Math.addExact(total, sizeOf(input));
    }
    require(!inputs.isEmpty() && move.size() > 0, "a move of nothing");
    requireWithin(move.source(), -1, total, "source");
    return move.size();
  }

  private int equalSizes(int left, int right) {
    require(sizeOf(left) == sizeOf(right), "sizes " + sizeOf(left) + " and " + sizeOf(right));
    return sizeOf(left);
  }

  private static void requireFactors(@Nullable Scaling scaling, int size) {
    require(scaling == null || scaling.factors().length == size, "number of factors");
  }
}
