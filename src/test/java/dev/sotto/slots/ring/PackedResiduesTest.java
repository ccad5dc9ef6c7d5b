package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.common.VectorTwin;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Packed residues of every width, against big integers. */
final class PackedResiduesTest {
  private final Random random = new Random(1);

  /** The scalar twin, and the vector twin where this JVM has it. */
  private static List<PackedResidues> twins() {
    List<PackingKernel> kernels = new ArrayList<>(List.of(new PackingKernel()));
    VectorTwin.find(PackingKernel.class, "VectorPackingKernel").ifPresent(kernels::add);
    return kernels.stream().map(PackedResidues::create).toList();
  }

  /** Primes of every width, the largest and the smallest. */
  private static long[] primes() {
    long[] primes = new long[2 * Modulus.MAXIMUM_BITS - 2];
    for (int bits = 2; bits <= Modulus.MAXIMUM_BITS; bits++) {
      long largest = (1L << bits) - 1;
      while (!BigInteger.valueOf(largest).isProbablePrime(50)) {
        largest--;
      }
      primes[2 * bits - 4] = largest;
      primes[2 * bits - 3] =
          Math.max(3, BigInteger.ONE.shiftLeft(bits - 1).nextProbablePrime().longValue());
    }
    return primes;
  }

  private double[] residues(int n, long p) {
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] =
          switch (random.nextInt(8)) {
            case 0 -> p;
            case 1 -> -p;
            case 2 -> -0.0;
            case 3 -> p - 1;
            case 4 -> -1;
            case 5 -> 1 - p;
            default -> random.nextLong(-p, p + 1);
          };
    }
    return x;
  }

  /** Where bit b of residue i is. */
  private static int bit(int i, int b, int bits) {
    int inStream = i % 512 / 8 * bits + b;
    return i / 512 * 512 * bits + (inStream / 64 * 8 + i % 8) * 64 + inStream % 64;
  }

  /** Bit by bit, as the layout says. */
  private static byte[] reference(double[] x, Modulus q) {
    byte[] bytes = new byte[PackedResidues.bytes(x.length, q)];
    for (int i = 0; i < x.length; i++) {
      long v = q.canonical(x[i]);
      for (int b = 0; b < q.bits(); b++) {
        int bit = bit(i, b, q.bits());
        bytes[bit / 8] |= (byte) ((v >>> b & 1) << bit % 8);
      }
    }
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("twins")
  void pack_any_form_of_residues_gives_canonical_bits(PackedResidues packing) {
    for (long p : primes()) {
      Modulus q = Modulus.of(p);
      double[] x = residues(1536, p);
      byte[] expected = reference(x, q);
      byte[] packed = new byte[expected.length + 5];
      packing.pack(x, 0, x.length, q, packed, 3);
      assertEquals(0, packed[2]);
      assertEquals(0, packed[packed.length - 2]);
      byte[] middle = Arrays.copyOfRange(packed, 3, packed.length - 2);
      assertArrayEquals(expected, middle, () -> "prime " + p);
    }
  }

  @ParameterizedTest
  @MethodSource("twins")
  void unpack_gives_canonical_residues_to_the_last_byte(PackedResidues packing) {
    for (long p : primes()) {
      Modulus q = Modulus.of(p);
      double[] x = residues(1024, p);
      byte[] packed = reference(x, q);
      for (int more = 0; more < 2; more++) {
        byte[] bytes = new byte[2 + packed.length + more];
        random.nextBytes(bytes);
        System.arraycopy(packed, 0, bytes, 2, packed.length);
        double[] y = new double[x.length + 1];
        assertTrue(packing.unpack(bytes, 2, y, 1, x.length, q));
        for (int i = 0; i < x.length; i++) {
          assertEquals(q.canonical(x[i]), y[i + 1], "prime " + p);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("twins")
  void unpack_of_a_number_not_below_the_prime_says_so(PackedResidues packing) {
    for (long p : primes()) {
      Modulus q = Modulus.of(p);
      for (int place : new int[] {0, 63, 100, 511}) {
        byte[] packed = new byte[PackedResidues.bytes(512, q)];
        for (int b = 0; b < q.bits(); b++) {
          int bit = bit(place, b, q.bits());
          packed[bit / 8] |= (byte) ((p >>> b & 1) << bit % 8);
        }
        assertFalse(packing.unpack(packed, 0, new double[512], 0, 512, q), "prime " + p);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("twins")
  void pack_of_numbers_that_are_no_residues_is_refused(PackedResidues packing) {
    Modulus q = Modulus.of(12289);
    byte[] packed = new byte[PackedResidues.bytes(512, q)];
    for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1e300}) {
      double[] x = new double[512];
      x[17] = wrong;
      assertThrows(
          IllegalArgumentException.class, () -> packing.pack(x, 0, 512, q, packed, 0), "" + wrong);
    }
  }

  @ParameterizedTest
  @MethodSource("twins")
  void lengths_that_do_not_fit_are_refused(PackedResidues packing) {
    Modulus q = Modulus.of(12289);
    assertThrows(IllegalArgumentException.class, () -> PackedResidues.bytes(511, q));
    byte[] packed = new byte[PackedResidues.bytes(512, q)];
    assertThrows(
        IndexOutOfBoundsException.class, () -> packing.pack(new double[512], 0, 512, q, packed, 1));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> packing.unpack(packed, 1, new double[512], 0, 512, q));
  }
}
