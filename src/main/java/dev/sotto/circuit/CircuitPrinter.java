package dev.sotto.circuit;

import java.util.Locale;
import java.util.stream.Collectors;

/** Writes a circuit as text. */
final class CircuitPrinter {
  private CircuitPrinter() {}

  static String print(Circuit circuit) {
    StringBuilder text = new StringBuilder();
    for (CircuitNode node : circuit.nodes()) {
      Interval proved = node.proved().hull();
      String operands =
          node.operands().stream().map(o -> "%" + o).collect(Collectors.joining(", ", "(", ")"));
      text.append(
          String.format(
              Locale.ROOT,
              "%%%-3d = %-30s %6d x %-24s %2d bits",
              node.id(),
              node.operation().label() + operands,
              node.size(),
              proved,
              proved.bits()));
      if (node.calibrated() != null) {
        text.append("  seen ").append(node.calibrated());
      }
      String detail = detail(node.operation());
      text.append(detail.isEmpty() ? "" : "  " + detail);
      text.append(node.name().isEmpty() ? "" : "  # " + node.name()).append('\n');
    }
    return text.append(
            circuit.outputs().stream()
                .map(o -> "%" + o)
                .collect(Collectors.joining(", ", "output ", "\n")))
        .toString();
  }

  private static String kind(Lookup lookup) {
    if (lookup instanceof AffineLookup) {
      return "affine, ";
    }
    return lookup instanceof TableLookup ? "table, " : "function, ";
  }

  private static String detail(Operation operation) {
    if (operation instanceof Operation.Linear linear) {
      return linear.sum().toString();
    } else if (operation instanceof Operation.Look look) {
      return kind(look.lookup())
          + look.lookup().channels()
          + (look.lookup().channels() == 1 ? " channel" : " channels");
    } else if (operation instanceof Operation.Trees trees) {
      return trees.trees().trees().size() + " trees, " + trees.trees().nodes() + " nodes";
    }
    return "";
  }
}
