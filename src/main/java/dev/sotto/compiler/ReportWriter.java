package dev.sotto.compiler;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Operation;
import dev.sotto.circuit.TableLookup;
import dev.sotto.compiler.slots.BlockProgram;
import dev.sotto.compiler.slots.DryRun;
import dev.sotto.compiler.slots.KernelCosts;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.compiler.slots.Treatment;
import dev.sotto.slots.RingParameters;
import dev.sotto.slots.SecurityTable;
import dev.sotto.slots.TablePowers;
import dev.sotto.slots.ring.RingType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Fills in a report from a circuit, its plan, and a dry run of both. */
final class ReportWriter {
  private static final int SECURITY_BITS = 128;
  private static final int SEED_BYTES = 32;

  private final List<LookupReport> lookups;
  private final double loss;
  private final double range;
  private final String bounds;
  private final Circuit circuit;
  private final SlotsPlan plan;
  private final RingParameters ring;
  private final KernelCosts costs;
  private final LayerWeights weights = new LayerWeights();
  private final DryRun dry;

  ReportWriter(CompiledCircuit compiled, KernelCosts costs) {
    this(
        compiled.circuit(),
        compiled.plan(),
        compiled.lookups(),
        new double[] {compiled.loss(), compiled.range()},
        compiled.isProved() ? "proved" : "calibrated",
        costs);
  }

  /** Without what only the calibration rows tell. */
  ReportWriter(ServerPart part, KernelCosts costs) {
    this(
        part.circuit(),
        part.plan(),
        List.of(),
        new double[] {Double.NaN, Double.NaN},
        "unknown",
        costs);
  }

  private ReportWriter(
      Circuit circuit,
      SlotsPlan plan,
      List<LookupReport> lookups,
      double[] lossAndRange,
      String bounds,
      KernelCosts costs) {
    this.circuit = circuit;
    this.plan = plan;
    this.lookups = lookups;
    this.loss = lossAndRange[0];
    this.range = lossAndRange[1];
    this.bounds = bounds;
    this.ring = plan.ring();
    this.costs = costs;
    this.dry = DryRun.of(circuit, plan, weights);
  }

  CompileReport report() {
    double seconds = costs.seconds(dry.counts(), ring.logN());
    return new CompileReport(
        Stream.concat(circuit.nodes().stream().map(this::layer), Stream.of(sent())).toList(),
        parameters(),
        new CompileReport.Security(
            SECURITY_BITS, SecurityTable.maximumLogQp(ring.logN()), ring.logQp()),
        noise(),
        lookups,
        tables(),
        loss,
        bounds,
        new CompileReport.Cost(seconds, seconds * 1e3 / plan.rows()),
        sizes());
  }

  private boolean isExact() {
    return plan.scheme() == SlotsPlan.Scheme.BGV;
  }

  private CompileReport.Layer layer(CircuitNode node) {
    Operation operation = node.operation();
    long products = 0;
    long multiplyAdds = 0;
    if (operation instanceof Operation.Linear linear) {
      multiplyAdds = linear.sum().multiplications();
    } else if (operation instanceof Operation.Scale) {
      multiplyAdds = node.size();
    } else if (operation instanceof Operation.Product) {
      products = node.size();
    } else if (operation instanceof Operation.Look look
        && look.lookup() instanceof TableLookup table) {
      for (int channel : table.channelOf()) {
        TablePowers powers = weights.powers(table, channel, plan.plaintextModulus());
        products += powers.products();
        multiplyAdds += powers.degree();
      }
    } else if (operation instanceof Operation.Trees trees) {
      products = DryRun.products(trees.trees());
      multiplyAdds = (long) trees.trees().nodes() * trees.trees().outputs() - products;
    }
    return layer(
        kind(operation),
        node.name(),
        node.size(),
        products,
        multiplyAdds,
        treatment(plan.treatments().getOrDefault(node.id(), Treatment.NONE)),
        dry.steps().get(node.id()));
  }

  private CompileReport.Layer sent() {
    return layer("output", "", dry.outputs(), 0, 0, "", dry.sent());
  }

  private CompileReport.Layer layer(
      String kind,
      String node,
      int elements,
      long products,
      long multiplyAdds,
      String treatment,
      DryRun.Step step) {
    return new CompileReport.Layer(
        kind,
        node,
        elements,
        products,
        multiplyAdds,
        treatment,
        step.level(),
        step.degree(),
        step.phaseBits(),
        step.capacityBits(),
        costs.seconds(step.counts(), ring.logN()) * 1e3);
  }

  private List<TableReport> tables() {
    List<TableReport> tables = new ArrayList<>();
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Look look
          && look.lookup() instanceof TableLookup table) {
        tables.add(table(node, table));
      }
    }
    return tables;
  }

  private TableReport table(CircuitNode node, TableLookup table) {
    Interval integers = table.domain(0);
    TablePowers most = weights.powers(table, 0, plan.plaintextModulus());
    for (int channel = 1; channel < table.channels(); channel++) {
      integers = integers.union(table.domain(channel));
      TablePowers powers = weights.powers(table, channel, plan.plaintextModulus());
      most = powers.degree() > most.degree() ? powers : most;
    }
    return new TableReport(
        node.name(),
        table.channels(),
        integers.lo(),
        integers.hi(),
        most.degree(),
        most.products(),
        most.relinearisations(),
        dry.steps().get(node.operands().get(0)).level() - dry.steps().get(node.id()).level());
  }

  /** What is left of a lookup adds a constant or changes the unit. */
  private static String kind(Operation operation) {
    if (operation instanceof Operation.Look look) {
      if (look.lookup() instanceof TableLookup) {
        return "table";
      }
      boolean unit =
          look.lookup() instanceof AffineLookup affine
              && Arrays.stream(affine.slope()).anyMatch(slope -> slope != 1);
      return unit ? "unit" : "constant";
    }
    return operation.label();
  }

  private String treatment(Treatment treatment) {
    List<String> steps = new ArrayList<>();
    if (treatment.relinearise()) {
      steps.add("relinearise");
    }
    if (treatment.drops() > 0) {
      steps.add(
          (isExact() ? "switch modulus" : "rescale")
              + (treatment.drops() > 1 ? " by " + treatment.drops() + " primes" : ""));
    }
    return String.join(", ", steps);
  }

  private CompileReport.Parameters parameters() {
    return new CompileReport.Parameters(
        plan.scheme().name(),
        ring.n(),
        ring.type() == RingType.STANDARD ? "standard" : "conjugate-invariant",
        bits(ring.primes()),
        bits(ring.specialPrimes()),
        ring.logQp(),
        plan.plaintextModulus(),
        isExact() ? 0 : Math.log(plan.scale()) / Math.log(2),
        plan.relinearisedDegree(),
        plan.rows());
  }

  private static List<Integer> bits(List<Long> primes) {
    return primes.stream().map(p -> Long.SIZE - Long.numberOfLeadingZeros(p)).toList();
  }

  private CompileReport.Noise noise() {
    DryRun.Step fullest = dry.steps().get(0);
    for (DryRun.Step step : dry.steps()) {
      if (step.capacityBits() - step.phaseBits() < fullest.capacityBits() - fullest.phaseBits()) {
        fullest = step;
      }
    }
    return new CompileReport.Noise(
        isExact(),
        fullest.phaseBits(),
        fullest.capacityBits(),
        dry.error(),
        dry.deviation(),
        range,
        "bounds of noise hold for all slots of a block but with probability 2^-64");
  }

  private CompileReport.Sizes sizes() {
    double polynomial = ring.n() / 8.0 * sum(bits(ring.primes()));
    long inputs = 0;
    for (CircuitNode node : circuit.nodes()) {
      inputs += node.operation() instanceof Operation.Input ? node.size() : 0;
    }
    int powers = Math.max(0, plan.relinearisedDegree() - 1);
    int special = ring.specialPrimes().size();
    int all = ring.primes().size() + special;
    int digits = special == 0 ? 0 : (all - 1) / special;
    double half = polynomial + ring.n() / 8.0 * sum(bits(ring.specialPrimes()));
    return new CompileReport.Sizes(
        inputs * (SEED_BYTES + polynomial) / plan.rows(),
        dry.resultBits() / 8.0 / plan.rows(),
        (long) (powers * (SEED_BYTES + digits * half)),
        (long) powers * 2 * digits * all * ring.n() * Double.BYTES,
        BlockProgram.peakBytes(circuit, plan, weights, 1));
  }

  private static int sum(List<Integer> bits) {
    return IntStream.range(0, bits.size()).map(bits::get).sum();
  }
}
