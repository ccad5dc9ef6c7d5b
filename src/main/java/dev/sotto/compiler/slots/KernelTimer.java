package dev.sotto.compiler.slots;

import dev.sotto.common.Twins;
import dev.sotto.slots.PayloadProbe;
import dev.sotto.slots.ring.BaseConversion;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.NttPrimes;
import dev.sotto.slots.ring.NttTable;
import dev.sotto.slots.ring.OperationCounts.Kind;
import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.WeightedSums;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Measures the engine's kernels on this machine: CPU time of this thread, the lowest of some
 * medians of short runs over polynomials that lie in memory as those of a circuit do, more of them
 * than the nearest cache holds.
 */
final class KernelTimer {
  private static final Map<Integer, KernelCosts> MEASURED = new ConcurrentHashMap<>();
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Polynomials that kernels take in turn. */
  private static final int POLYNOMIALS = 64;

  /** Terms of a layer: some dozens, as most layers have. */
  private static final int TERMS = 64;

  /** Layers take turns with so many terms. */
  private static final int ALL_TERMS = 256;

  /** Their columns, at most: so they come from memory, or from a cache that cores share. */
  private static final int COLUMNS = 1 << 13;

  /** Columns of a run, which goes on where the last one ended. */
  private static final int FEW_COLUMNS = 1 << 11;

  /** Columns of terms that stay in a near cache, and are read again in every run. */
  private static final int NEAR_COLUMNS = 1 << 9;

  private static final int MANY_SUMS = 64;
  private static final int FEW_SUMS = 4;
  private static final int WEIGHT = 60;
  private static final int SMALL_PRIME = 40;
  private static final int LARGE_PRIME = 48;
  private static final int DIGITS = 3;

  /** What a tile of a formula has: it stays in the nearest cache. */
  private static final int TILE = 1024;

  private static final int RUNS = 5;
  private static final long RUN_NANOSECONDS = 1_000_000;

  /** Rounds in which no kernel gets faster before all are taken to be as fast as they get. */
  private static final int EVEN_ROUNDS = 4;

  /** Kernels of many small steps are compiled late. */
  private static final Set<Kind> LATE = EnumSet.of(Kind.READ, Kind.WRITTEN);

  private static final Duration SETTLED_AFTER_AT_MOST = Duration.ofSeconds(3);

  /** A kernel is as fast as it gets when a round gained less than this. */
  private static final double SETTLED = 0.9;

  private static final Duration WARM_UP_AT_MOST = Duration.ofSeconds(10);

  /**
   * Compiled kernels, scalar ones too, take less than this many times the reference; others more.
   */
  private static final double COMPILED = 14;

  private final int logN;
  private final int n;
  private final RingKernels kernels = RingKernels.best();
  private final Modulus small;
  private final Modulus large;
  private final NttTable table;
  private final double[][] x;
  private final double[][] d;
  private final double[][] terms;
  private final double[][] sums;
  private final int[] zeros = new int[ALL_TERMS];
  private final int[] places = new int[ALL_TERMS];
  private final WeightedSums.Workspace space = new WeightedSums.Workspace();
  private int turn;
  private double sink;

  private KernelTimer(int logN) {
    this.logN = logN;
    this.n = 1 << logN;
    this.small = prime(SMALL_PRIME);
    this.large = prime(LARGE_PRIME);
    this.table = NttTable.create(large, RingType.STANDARD, logN);
    this.x = new double[POLYNOMIALS][n];
    this.d = new double[POLYNOMIALS / 2][n];
    this.terms = new double[ALL_TERMS][Math.min(n, COLUMNS)];
    this.sums = new double[MANY_SUMS][FEW_COLUMNS];
    fill(x);
    fill(terms);
  }

  /** With residues of any size. */
  private static void fill(double[][] limbs) {
    long state = 1;
    for (double[] limb : limbs) {
      for (int i = 0; i < limb.length; i++) {
        state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
        limb[i] = (double) (state >> (Long.SIZE - SMALL_PRIME + 1));
      }
    }
  }

  private Modulus prime(int bits) {
    return Modulus.of(NttPrimes.below(bits, RingType.STANDARD.rootOrder(logN), 1, Set.of()).get(0));
  }

  static KernelCosts costs(int logN) {
    return MEASURED.computeIfAbsent(logN, size -> new KernelTimer(size).measure());
  }

  /** Work of a kernel, and how many units of it. */
  private record Probe(double units, Runnable work) {
    /** Nanoseconds of this thread for one unit. */
    double run(int times) {
      long start = now();
      for (int i = 0; i < times; i++) {
        work.run();
      }
      return (now() - start) / (units * times);
    }

    /** How often the work makes a run, once compiled. */
    int times() {
      double once = Math.max(1, run(1) * units);
      return (int) Math.max(1, RUN_NANOSECONDS / once);
    }
  }

  /**
   * The lowest medians, once no kernel gets faster by much: some are compiled late, as they are
   * made of many small steps.
   */
  private static Map<Kind, Double> settled(Map<Kind, Probe> probes) {
    long end = System.nanoTime() + SETTLED_AFTER_AT_MOST.toNanos();
    Map<Kind, Double> lowest = medians(probes);
    for (int even = 0; (even < EVEN_ROUNDS || isSlow(lowest)) && System.nanoTime() < end; ) {
      boolean faster = false;
      for (Map.Entry<Kind, Double> next : medians(probes).entrySet()) {
        double known = Objects.requireNonNull(lowest.get(next.getKey()));
        faster |= next.getValue() < SETTLED * known;
        lowest.put(next.getKey(), Math.min(known, next.getValue()));
      }
      even = faster ? 0 : even + 1;
    }
    return lowest;
  }

  /** What takes more than the reference, by far, is not compiled yet, or the machine is slow. */
  private static boolean isSlow(Map<Kind, Double> seen) {
    return LATE.stream().anyMatch(kind -> seen.getOrDefault(kind, 0.0) > 2 * reference(kind));
  }

  private static double reference(Kind kind) {
    return KernelCosts.REFERENCE.nanoseconds().getOrDefault(kind, 0.5);
  }

  /**
   * The median of some runs of every kernel, by turns: so kernels find their data as far away as in
   * a circuit, and what else the machine does for a moment falls on few runs of each.
   */
  private static Map<Kind, Double> medians(Map<Kind, Probe> probes) {
    Map<Kind, Integer> times = new EnumMap<>(Kind.class);
    Map<Kind, double[]> runs = new EnumMap<>(Kind.class);
    probes.forEach((kind, probe) -> times.put(kind, probe.times()));
    probes.forEach((kind, probe) -> runs.put(kind, new double[RUNS]));
    for (int i = 0; i < RUNS; i++) {
      for (Map.Entry<Kind, double[]> each : runs.entrySet()) {
        Probe probe = Objects.requireNonNull(probes.get(each.getKey()));
        each.getValue()[i] = probe.run(Objects.requireNonNull(times.get(each.getKey())));
      }
    }
    Map<Kind, Double> medians = new EnumMap<>(Kind.class);
    runs.forEach(
        (kind, seen) -> {
          Arrays.sort(seen);
          medians.put(kind, seen[RUNS / 2]);
        });
    return medians;
  }

  private static long now() {
    return THREADS.isCurrentThreadCpuTimeSupported()
        ? THREADS.getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  private KernelCosts measure() {
    WeightedSums many = layer(MANY_SUMS);
    WeightedSums few = layer(FEW_SUMS);
    Map<Kind, Probe> probes = new EnumMap<>(Kind.class);
    probes.put(Kind.TRANSFORM, transform());
    probes.put(Kind.PRODUCT, tensor());
    probes.put(Kind.PRODUCT_ADDED, multiplyAdd());
    probes.put(Kind.LINEAR, linear());
    probes.put(Kind.NEAR, near());
    probes.put(Kind.WEIGHTED, sums(many, small));
    probes.put(Kind.PACKED, sums(few, small));
    probes.put(Kind.PACKED_NEAR, nearSums(few, small));
    probes.put(Kind.HALVES, sums(many, large));
    probes.put(Kind.CONVERSION, conversion());
    probes.put(Kind.KEY_PRODUCT, keyProducts());
    probes.put(Kind.FRESH, fresh());
    int primes = PayloadProbe.mostPrimes(logN);
    probes.put(Kind.OPENED, read(1));
    probes.put(Kind.READ, read(primes));
    probes.put(Kind.WRITTEN, write());
    warmUp(probes.values());
    Map<Kind, Double> costs = settled(probes);
    separate(costs);
    separate(costs, n, primes);
    costs.replaceAll(KernelTimer::plausible);
    if (sink == 1) {
      throw new IllegalStateException("what was measured was used");
    }
    return new KernelCosts(Map.copyOf(costs));
  }

  /** Asks for every kernel, and waits until all are what they come to; seconds in a new JVM. */
  private static void warmUp(Collection<Probe> probes) {
    for (int i = 0; i < RUNS; i++) {
      probes.forEach(probe -> probe.run(1));
    }
    Twins.await(WARM_UP_AT_MOST);
  }

  /**
   * On a machine too busy to compile a kernel in time, the reference is nearer than what was seen.
   */
  private static double plausible(Kind kind, double nanoseconds) {
    double reference = reference(kind);
    return nanoseconds < COMPILED * reference ? nanoseconds : reference;
  }

  /** From the time for a column of each layer to that of a multiply-add and of what is packed. */
  private static void separate(Map<Kind, Double> costs) {
    double many = costs.getOrDefault(Kind.WEIGHTED, 0.0);
    double few = costs.getOrDefault(Kind.PACKED, 0.0);
    double near = costs.getOrDefault(Kind.PACKED_NEAR, 0.0);
    double halves = costs.getOrDefault(Kind.HALVES, 0.0);
    double packed =
        Math.max(
            0,
            (few * MANY_SUMS - many * FEW_SUMS)
                / ((TERMS + FEW_SUMS) * (double) MANY_SUMS
                    - (TERMS + MANY_SUMS) * (double) FEW_SUMS));
    // Reductions, one for each stretch of terms, cost as much as six multiply-adds.
    double weighted = (many - packed * (TERMS + MANY_SUMS)) / (MANY_SUMS * (TERMS + 6.0));
    double nearly = (near - weighted * FEW_SUMS * (TERMS + 6.0)) / (TERMS + FEW_SUMS);
    double packedNear = Math.min(Math.max(0, nearly), packed);
    costs.put(Kind.PACKED, packed);
    costs.put(Kind.PACKED_NEAR, packedNear);
    costs.put(Kind.WEIGHTED, weighted);
    double halvesPacked = (packed + packedNear / 2) * (TERMS + MANY_SUMS);
    costs.put(Kind.HALVES, (halves - halvesPacked) / (2.0 * MANY_SUMS * TERMS));
  }

  /** From the time for ciphertexts of one prime and of several to that of a prime and the rest. */
  private static void separate(Map<Kind, Double> costs, int n, int primes) {
    double one = costs.getOrDefault(Kind.OPENED, 0.0) * n;
    double several = costs.getOrDefault(Kind.READ, 0.0) * n * primes;
    double prime = Math.min(Math.max(0, several - one) / (primes - 1), several / primes);
    costs.put(Kind.READ, prime / n);
    costs.put(Kind.OPENED, Math.max(0, one - prime));
  }

  private double[] next(double[][] from) {
    return from[turn++ % from.length];
  }

  private Probe transform() {
    double butterflies = n / 2.0 * logN;
    double[] limb = d[0];
    return new Probe(
        2 * butterflies,
        () -> {
          kernels.copy(limb, 0, next(x), 0, n);
          kernels.forward(table, limb, 0);
          kernels.inverse(table, limb, 0);
        });
  }

  private Probe tensor() {
    return new Probe(
        4.0 * n,
        () ->
            kernels.tensor(
                next(d), next(d), next(d), 0, next(x), next(x), 0, next(x), next(x), 0, n, large));
  }

  private Probe multiplyAdd() {
    return new Probe(
        n,
        () -> {
          double[] y = next(x);
          for (int i = 0; i < n; i += TILE) {
            kernels.multiplyAdd(d[0], 0, x[0], 0, y, i, TILE, large);
          }
        });
  }

  private Probe linear() {
    return new Probe(
        3.0 * n,
        () -> {
          kernels.add(next(d), 0, next(x), 0, next(x), 0, n, large);
          kernels.copy(next(d), 0, next(x), 0, n);
          kernels.multiplyConstantAdd(next(d), 0, next(x), 0, WEIGHT, n, large);
        });
  }

  private Probe near() {
    return new Probe(
        3.0 * n,
        () -> {
          for (int i = 0; i < n; i += TILE) {
            kernels.add(d[0], 0, d[1], 0, d[2], 0, TILE, large);
            kernels.copy(d[1], 0, d[0], 0, TILE);
            kernels.multiplyConstantAdd(d[2], 0, x[0], 0, WEIGHT, TILE, large);
          }
        });
  }

  private Probe sums(WeightedSums sums, Modulus q) {
    double[][] into = Arrays.copyOf(this.sums, sums.sums());
    int sets = ALL_TERMS / TERMS;
    int parts = terms[0].length / FEW_COLUMNS;
    return new Probe(
        FEW_COLUMNS,
        () -> {
          int run = turn++;
          int first = run % sets * TERMS;
          Arrays.fill(places, run / sets % parts * FEW_COLUMNS);
          kernels.weightedSums(into, zeros, terms, places, first, sums, 0, space, FEW_COLUMNS, q);
        });
  }

  private Probe nearSums(WeightedSums sums, Modulus q) {
    double[][] near = new double[TERMS][NEAR_COLUMNS];
    fill(near);
    return new Probe(
        NEAR_COLUMNS,
        () ->
            kernels.weightedSums(
                this.sums, zeros, near, zeros, 0, sums, 0, space, NEAR_COLUMNS, q));
  }

  private static WeightedSums layer(int sums) {
    int[][] weights = new int[sums][TERMS];
    for (int m = 0; m < sums; m++) {
      for (int k = 0; k < TERMS; k++) {
        weights[m][k] = 1 + (m * TERMS + k * 7) % WEIGHT;
      }
    }
    return WeightedSums.of(weights);
  }

  private Probe conversion() {
    Modulus[] from = new Modulus[DIGITS];
    List<Long> primes =
        NttPrimes.below(LARGE_PRIME, RingType.STANDARD.rootOrder(logN), DIGITS, Set.of());
    Arrays.setAll(from, i -> Modulus.of(primes.get(i)));
    BaseConversion conversion = BaseConversion.create(from, new Modulus[] {small});
    double[] source = new double[DIGITS * n];
    double[] quotients = new double[n];
    return new Probe(
        2.0 * DIGITS * n,
        () -> {
          conversion.prepare(kernels, source, 0, quotients, 0, n);
          conversion.convert(kernels, 0, next(d), 0, source, 0, quotients, 0, n);
        });
  }

  private Probe keyProducts() {
    double[][] keys = Arrays.copyOf(x, 2 * DIGITS);
    double[][] digits = Arrays.copyOfRange(x, 2 * DIGITS, 3 * DIGITS);
    return new Probe(
        (double) DIGITS * n,
        () ->
            kernels.innerProducts(
                next(d), 0, next(d), 0, digits, zeros, keys, 0, DIGITS, n, large));
  }

  private Probe fresh() {
    return new Probe(
        DIGITS * (double) n,
        () -> {
          double[] made = new double[DIGITS * n];
          sink += made[turn++ % n];
        });
  }

  private Probe read(int primes) {
    PayloadProbe payload = PayloadProbe.of(logN, primes);
    return new Probe((double) PayloadProbe.CIPHERTEXTS * primes * n, payload::readAll);
  }

  private Probe write() {
    PayloadProbe payload = PayloadProbe.of(logN, 1);
    return new Probe(2.0 * n, () -> sink += payload.write().length);
  }
}
