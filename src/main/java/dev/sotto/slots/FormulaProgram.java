package dev.sotto.slots;

import dev.sotto.slots.RlweFormula.Operation;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Formulas in the order in which they are computed, tile by tile.
 *
 * <p>Residues of evaluations never meet one another: a stretch of {@link #TILE} of them goes
 * through all of the steps before the next. What is between input and result stays in a few
 * registers of one tile, in the nearest cache; memory sees every input as often as it is used and
 * every result once. Inputs that are as they were sent are unpacked tile by tile, into registers. A
 * register is written over where its value is used no more, and a product that is only added to
 * something is accumulated there.
 */
final class FormulaProgram {
  /** Residues in a tile; divides every N. */
  static final int TILE = 1024;

  /** The parts of a value: a register, or an input in its place. */
  private record Operand(double[][] parts, int degree, boolean input) {
    int at(int place) {
      return input ? place : 0;
    }
  }

  /**
   * One step; {@code sum} is what a product is added to. Of the operation INPUT, {@code source} is
   * what is read, at its place in every limb.
   */
  private record Step(
      Operation operation,
      Operand into,
      @Nullable Operand sum,
      Operand left,
      @Nullable Operand right,
      long constant,
      @Nullable StoredParts source) {}

  private final RlweFormula[] roots;
  private final Map<RlweFormula, Integer> uses = new IdentityHashMap<>();
  private final Map<RlweFormula, Operand> values = new IdentityHashMap<>();
  private final Set<RlweFormula> fused = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<double[][]> free = new ArrayDeque<>();
  private final List<Step> steps = new ArrayList<>();
  private int parts;

  private FormulaProgram(RlweFormula[] roots) {
    this.roots = roots;
    List<RlweFormula> order = order();
    for (RlweFormula formula : order) {
      parts = Math.max(parts, formula.degree() + 1);
      fuse(formula);
    }
    order.forEach(this::emit);
  }

  /** The program whose results are the values of these formulas. */
  static FormulaProgram compile(RlweFormula... roots) {
    return new FormulaProgram(roots.clone());
  }

  /** Operands before what is made of them; counts uses, of which a result has one more. */
  private List<RlweFormula> order() {
    List<RlweFormula> order = new ArrayList<>();
    Deque<RlweFormula> open = new ArrayDeque<>();
    Set<RlweFormula> entered = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<RlweFormula> done = Collections.newSetFromMap(new IdentityHashMap<>());
    for (RlweFormula root : roots) {
      uses.merge(root, 1, Integer::sum);
      open.push(root);
      while (!open.isEmpty()) {
        RlweFormula next = open.peek();
        if (entered.add(next)) {
          if (next.operands() == 2) {
            uses.merge(next.right(), 1, Integer::sum);
            open.push(next.right());
          }
          if (next.operands() >= 1) {
            uses.merge(next.left(), 1, Integer::sum);
            open.push(next.left());
          }
        } else {
          open.pop();
          if (done.add(next)) {
            order.add(next);
          }
        }
      }
    }
    return order;
  }

  private void fuse(RlweFormula sum) {
    if (sum.operation() == Operation.ADD) {
      if (isProductUsedOnce(sum.right())) {
        fused.add(sum.right());
      } else if (isProductUsedOnce(sum.left())) {
        fused.add(sum.left());
      }
    }
  }

  private boolean isProductUsedOnce(RlweFormula formula) {
    return uses.getOrDefault(formula, 0) == 1
        && (formula.operation() == Operation.MULTIPLY
            || formula.operation() == Operation.MULTIPLY_CONSTANT);
  }

  private void emit(RlweFormula formula) {
    if (fused.contains(formula)) {
      return;
    }
    Operation operation = formula.operation();
    StoredParts stored = operation == Operation.INPUT ? formula.input().stored() : null;
    if (stored != null) {
      Operand read = new Operand(register(), formula.degree(), false);
      steps.add(new Step(Operation.INPUT, read, null, read, null, 0, stored));
      values.put(formula, read);
      return;
    }
    if (operation == Operation.INPUT) {
      double[][] places = new double[formula.degree() + 1][];
      Arrays.setAll(places, k -> formula.input().part(k).residues());
      values.put(formula, new Operand(places, formula.degree(), true));
      return;
    }
    RlweFormula added = null;
    RlweFormula product = formula;
    if (operation == Operation.ADD && fused.contains(formula.right())) {
      added = formula.left();
      product = formula.right();
    } else if (operation == Operation.ADD && fused.contains(formula.left())) {
      added = formula.right();
      product = formula.left();
    }
    RlweFormula left = product.left();
    RlweFormula right = product.operands() == 2 ? product.right() : null;
    double[][] register = null;
    if (added != null) {
      register = lastUse(added, left, right);
    } else if (operation != Operation.MULTIPLY) {
      register = lastUse(left, null, null);
      if (register == null && right != null) {
        register = lastUse(right, null, null);
      }
    }
    if (register == null) {
      register = register();
    }
    Operand into = new Operand(register, formula.degree(), false);
    steps.add(
        new Step(
            product.operation(),
            into,
            added == null ? null : values.get(added),
            operand(left),
            right == null ? null : operand(right),
            product.constant(),
            null));
    release(added, register);
    release(left, register);
    release(right, register);
    values.put(formula, into);
  }

  private double[][] register() {
    return free.isEmpty() ? new double[parts][TILE] : free.pop();
  }

  private Operand operand(RlweFormula formula) {
    Operand operand = values.get(formula);
    if (operand == null) {
      throw new IllegalStateException("a formula was used before it was computed");
    }
    return operand;
  }

  /** The register of a value used here for the last time, and not by another operand. */
  private double @Nullable [][] lastUse(
      RlweFormula formula, @Nullable RlweFormula other, @Nullable RlweFormula another) {
    Operand value = operand(formula);
    return value.input()
            || uses.getOrDefault(formula, 0) > 1
            || formula == other
            || formula == another
        ? null
        : value.parts();
  }

  private void release(@Nullable RlweFormula formula, double[][] kept) {
    if (formula != null && uses.merge(formula, -1, Integer::sum) == 0) {
      Operand value = operand(formula);
      if (!value.input() && value.parts() != kept) {
        free.push(value.parts());
      }
    }
  }

  /**
   * The values of the formulas.
   *
   * @param space to read inputs that are as they were sent
   */
  RlweCiphertext[] run(RingParameters parameters, StoredParts.Workspace space) {
    RnsRing ring = parameters.ring();
    RlweCiphertext first = roots[0].input();
    RnsPolynomial[][] results = new RnsPolynomial[roots.length][];
    for (int m = 0; m < roots.length; m++) {
      results[m] = new RnsPolynomial[roots[m].degree() + 1];
      Arrays.setAll(results[m], k -> ring.zeros(first.limbs()));
    }
    Step[] program = steps.toArray(Step[]::new);
    StoredParts.@Nullable Reader[] readers = new StoredParts.Reader[program.length];
    try {
      for (int s = 0; s < program.length; s++) {
        StoredParts source = program[s].source();
        readers[s] = source == null ? null : source.reader(space);
      }
      run(ring, first.limbs(), program, readers, results);
    } finally {
      for (StoredParts.@Nullable Reader reader : readers) {
        if (reader != null) {
          reader.close();
        }
      }
    }
    RlweCiphertext[] ciphertexts = new RlweCiphertext[roots.length];
    Arrays.setAll(ciphertexts, m -> RlweCiphertext.of(parameters, first.key(), results[m]));
    return ciphertexts;
  }

  private void run(
      RnsRing ring,
      int limbs,
      Step[] program,
      StoredParts.@Nullable Reader[] readers,
      RnsPolynomial[][] results) {
    for (int limb = 0; limb < limbs; limb++) {
      Modulus q = ring.modulus(limb);
      double[] constants = new double[program.length];
      Arrays.setAll(constants, s -> q.centre(program[s].constant()));
      for (int tile = 0; tile < ring.n(); tile += TILE) {
        int place = limb * ring.n() + tile;
        for (int s = 0; s < program.length; s++) {
          StoredParts.Reader reader = readers[s];
          if (reader != null) {
            double[][] into = program[s].into().parts();
            reader.next(0, into[0], 0, TILE, q);
            reader.next(1, into[1], 0, TILE, q);
          } else {
            run(ring.kernels(), program[s], place, constants[s], q);
          }
        }
        for (int m = 0; m < roots.length; m++) {
          Operand value = operand(roots[m]);
          for (int k = 0; k <= value.degree(); k++) {
            ring.kernels()
                .copy(results[m][k].residues(), place, value.parts()[k], value.at(place), TILE);
          }
        }
      }
    }
  }

  private static void run(RingKernels kernels, Step step, int place, double w, Modulus q) {
    double[][] d = step.into().parts();
    Operand left = step.left();
    Operand right = step.right();
    double[][] x = left.parts();
    int xi = left.at(place);
    int written = -1;
    if (step.sum() != null) {
      copy(kernels, step.sum(), place, 0, step.into());
      written = step.sum().degree();
    }
    switch (step.operation()) {
      case ADD_CONSTANT -> {
        kernels.addConstant(d[0], 0, x[0], xi, w, TILE, q);
        copy(kernels, left, place, 1, step.into());
      }
      case MULTIPLY_CONSTANT -> {
        for (int k = 0; k <= left.degree(); k++) {
          if (k <= written) {
            kernels.multiplyConstantAdd(d[k], 0, x[k], xi, w, TILE, q);
          } else {
            kernels.multiplyConstant(d[k], 0, x[k], xi, w, TILE, q);
          }
        }
      }
      default -> {
        if (right == null) {
          throw new IllegalStateException("a second operand expected");
        }
        double[][] y = right.parts();
        int yi = right.at(place);
        int common = Math.min(left.degree(), right.degree());
        if (step.operation() == Operation.MULTIPLY) {
          multiply(kernels, step.into(), written, left, right, place, q);
        } else if (step.operation() == Operation.ADD) {
          for (int k = 0; k <= common; k++) {
            kernels.add(d[k], 0, x[k], xi, y[k], yi, TILE, q);
          }
          copy(kernels, left.degree() > common ? left : right, place, common + 1, step.into());
        } else {
          for (int k = 0; k <= common; k++) {
            kernels.subtract(d[k], 0, x[k], xi, y[k], yi, TILE, q);
          }
          copy(kernels, left, place, common + 1, step.into());
          for (int k = common + 1; k <= right.degree(); k++) {
            kernels.multiplyConstant(d[k], 0, y[k], yi, -1, TILE, q);
          }
        }
      }
    }
  }

  private static void multiply(
      RingKernels kernels,
      Operand into,
      int written,
      Operand left,
      Operand right,
      int place,
      Modulus q) {
    int xi = left.at(place);
    int yi = right.at(place);
    for (int m = 0; m <= left.degree() + right.degree(); m++) {
      double[] d = into.parts()[m];
      boolean add = m <= written;
      for (int k = Math.max(0, m - right.degree()); k <= Math.min(m, left.degree()); k++) {
        double[] x = left.parts()[k];
        double[] y = right.parts()[m - k];
        if (add) {
          kernels.multiplyAdd(d, 0, x, xi, y, yi, TILE, q);
        } else {
          kernels.multiply(d, 0, x, xi, y, yi, TILE, q);
        }
        add = true;
      }
    }
  }

  private static void copy(RingKernels kernels, Operand from, int place, int first, Operand into) {
    if (from.parts() != into.parts()) {
      for (int k = first; k <= from.degree(); k++) {
        kernels.copy(into.parts()[k], 0, from.parts()[k], from.at(place), TILE);
      }
    }
  }
}
