package dev.sotto.slots;

import dev.sotto.common.PublicStream;
import dev.sotto.common.Seed;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.OperationCounts;
import dev.sotto.slots.ring.OperationCounts.Kind;
import dev.sotto.slots.ring.PackedResidues;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import dev.sotto.slots.ring.UniformResidues;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The two polynomials of a fresh ciphertext as they were sent: the first one packed, the second one
 * as its seed. They are taken from there when they are used, stretch by stretch: what is used once
 * is then never in memory as a whole.
 */
final class StoredParts {
  /** Residues in a stretch are a multiple of this many. */
  static final int MULTIPLE = PackedResidues.MULTIPLE;

  private final RnsRing ring;
  private final int limbs;
  private final byte[] bytes;
  private final int start;
  private final @Nullable Seed seed;

  /**
   * Polynomials in these bytes.
   *
   * @param bytes shared
   * @param start where the first residue is
   * @param seed of the second polynomial
   */
  StoredParts(RnsRing ring, int limbs, byte[] bytes, int start, @Nullable Seed seed) {
    this.ring = ring;
    this.limbs = limbs;
    this.bytes = bytes;
    this.start = start;
    this.seed = seed;
  }

  /** Polynomials that were never sent, for dry runs: what reads them is only counted. */
  static StoredParts hollow(RnsRing ring, int limbs) {
    return new StoredParts(ring, limbs, new byte[0], 0, null);
  }

  int limbs() {
    return limbs;
  }

  /** Null in dry runs. */
  @Nullable Seed seed() {
    return seed;
  }

  /**
   * Both polynomials.
   *
   * @throws dev.sotto.problem.SottoException SOTTO-SLOTS-015 for residues that are none
   */
  RnsPolynomial[] read() {
    RnsPolynomial[] both = {ring.zeros(limbs), ring.zeros(limbs)};
    try (Reader reader = reader(new Workspace())) {
      for (int part = 0; part < both.length; part++) {
        for (int i = 0; i < limbs; i++) {
          RnsPolynomial into = both[part];
          reader.next(part, into.residues(), into.at(i), ring.n(), ring.modulus(i));
        }
      }
    }
    return both;
  }

  /** Scratch memory of readers: one per thread, for any of them. */
  static final class Workspace {
    private final UniformResidues.Workspace uniform = new UniformResidues.Workspace();
  }

  /** Reads from the beginning. Each polynomial is read stretch after stretch, limb after limb. */
  Reader reader(Workspace space) {
    return new Reader(this, space);
  }

  /** Where reading stands. */
  static final class Reader implements AutoCloseable {
    private final StoredParts parts;
    private final Workspace space;
    private final PackedResidues packing = PackedResidues.create(); // the twin that is best now
    private final @Nullable OperationCounts counts;
    private final @Nullable PublicStream stream;
    private int from;

    private Reader(StoredParts parts, Workspace space) {
      this.parts = parts;
      this.space = space;
      this.counts = parts.ring.counts();
      this.stream = counts != null ? null : PublicStream.of(Objects.requireNonNull(parts.seed));
      this.from = parts.start;
    }

    /**
     * The next residues of a polynomial.
     *
     * @param part the first one, 0, or the second one
     * @param n a multiple of {@value StoredParts#MULTIPLE}, within one limb
     * @throws dev.sotto.problem.SottoException SOTTO-SLOTS-015 for stored residues that are none
     */
    void next(int part, double[] dst, int at, int n, Modulus q) {
      if (stream == null) {
        count(part, n);
        return;
      }
      if (part > 0) {
        UniformResidues.fill(stream, space.uniform, dst, at, n, q.value());
        return;
      }
      if (!packing.unpack(parts.bytes, from, dst, at, n, q)) {
        throw FormatReader.notBelow(q);
      }
      from += PackedResidues.bytes(n, q);
    }

    private void count(int part, int n) {
      if (counts != null && part == 0) { // a residue of each part is one read
        counts.add(Kind.READ, n);
      }
    }

    @Override
    public void close() {
      if (stream != null) {
        stream.close();
      }
    }
  }
}
