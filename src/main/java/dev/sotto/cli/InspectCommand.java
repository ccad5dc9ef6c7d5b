package dev.sotto.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says what is in an ONNX model and what stands in the way of running it. */
@Command(
    name = "inspect",
    description = {
      "Shows inputs, outputs and operators of an ONNX model: what runs in float, what runs encrypted,"
          + " and every obstacle with its node and one thing to try.",
      "Exit status 2 when the model cannot be run at all."
    })
final class InspectCommand extends Subcommand {
  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  Path model;

  @Override
  Report run() {
    return ModelInspection.of(model);
  }

  @Override
  int status(Report report) {
    return ((ModelInspection) report).runsFloat() ? SottoCommand.DONE : SottoCommand.REFUSED;
  }
}
