package dev.sotto.bench;

import dev.sotto.bench.SlotsReport.Entry;
import dev.sotto.slots.RingParameters;
import dev.sotto.slots.ring.RingType;
import java.util.Arrays;
import java.util.List;

/**
 * A modulus chain that schemes are timed with; the peers use chains of the same bits.
 *
 * @param primeBits bits of each ciphertext prime
 * @param specialBits bits of each special prime
 * @param scaleBits CKKS: bits of the scale
 * @param main whether all operations are timed with it, or the product and relinearisation alone
 */
record SchemeChain(int logN, int[] primeBits, int[] specialBits, int scaleBits, boolean main) {
  static final List<SchemeChain> ALL =
      List.of(
          new SchemeChain(12, new int[] {36, 35}, new int[] {35}, 30, true),
          new SchemeChain(13, bits(3), bits(1), 45, true),
          new SchemeChain(14, bits(6), bits(1), 45, false),
          new SchemeChain(14, bits(6), bits(2), 45, false),
          new SchemeChain(14, bits(6), bits(3), 45, true),
          new SchemeChain(15, bits(6), bits(3), 45, true));

  private static int[] bits(int count) {
    int[] bits = new int[count];
    Arrays.fill(bits, 45);
    bits[0] = 50;
    return bits;
  }

  RingParameters ring(RingType type) {
    return RingParameters.generate(type, logN, primeBits, specialBits);
  }

  /** An entry of work that needs key switching, of which the number of special primes is a form. */
  Entry switching(String kind, double seconds) {
    int special = specialBits.length;
    return entry(kind, special + (special == 1 ? " special prime" : " special primes"), seconds);
  }

  Entry plain(String kind, double seconds) {
    return entry(kind, "", seconds);
  }

  private Entry entry(String kind, String form, double seconds) {
    return new Entry(1 << logN, primeBits.length, kind, form, 1e3 * seconds);
  }
}
