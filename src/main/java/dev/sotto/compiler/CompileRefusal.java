package dev.sotto.compiler;

import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Why a module cannot be compiled: every node that costs depth, with its range. */
final class CompileRefusal {
  private CompileRefusal() {}

  /**
   * The refusal.
   *
   * @param last the circuit that no ring held; null where integers became too wide for any
   * @param tooWide where integers became too wide, if they did
   */
  static SottoException of(
      QuantizedModule module,
      @Nullable Rewritten last,
      @Nullable Problem tooWide,
      CompileOptions options) {
    List<Problem> problems = new ArrayList<>();
    String scheme = options.scheme() == null ? "" : " in " + options.scheme();
    problems.add(
        Problem.of(
            CompilerError.TOO_DEEP,
            "",
            last == null
                ? "its numbers need more than 53 bits" + scheme + "."
                : "no ring of 128-bit security holds it" + scheme + "."));
    if (tooWide != null) {
      problems.add(tooWide);
    }
    Set<String> curved = new HashSet<>();
    if (last != null) {
      last.lookups().stream().filter(l -> l.degree() > 1).forEach(l -> curved.add(l.node()));
    }
    boolean tables = options.lookups() == CompileOptions.Lookups.TABLE;
    Set<String> named = new HashSet<>();
    for (CircuitNode node : module.circuit().nodes()) {
      boolean lookup =
          node.operation() instanceof Operation.Look
              && (last == null || tables || curved.contains(node.name()));
      if ((lookup || node.operation() instanceof Operation.Product) && named.add(node.name())) {
        CircuitNode read = module.circuit().nodes().get(node.operands().get(0));
        problems.add(
            Problem.of(
                problem(lookup, tables),
                "node '" + node.name() + "'",
                (lookup ? "a function of integers in " : "a product of integers in ")
                    + read.proved().hull()
                    + (read.calibrated() == null ? "" : ", seen in " + read.calibrated())
                    + "."));
      }
    }
    return new SottoException(problems);
  }

  private static CompilerError problem(boolean lookup, boolean tables) {
    if (!lookup) {
      return CompilerError.PRODUCT_OF_ENCRYPTED;
    }
    return tables ? CompilerError.TABLE_TOO_WIDE : CompilerError.NOT_POLYNOMIAL;
  }
}
