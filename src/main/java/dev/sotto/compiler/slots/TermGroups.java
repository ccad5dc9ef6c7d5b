package dev.sotto.compiler.slots;

import java.util.Comparator;

/** Which terms of a layer are summed at once: those of one degree and of about one unit. */
final class TermGroups {
  /** Bits by which units differ that weights can make up for. */
  static final int BITS = 6;

  private TermGroups() {}

  /**
   * A group of terms.
   *
   * @param degree of their ciphertexts
   * @param distance of their units from the largest, in steps
   */
  record Key(int degree, int distance) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparingInt(Key::degree).thenComparingInt(Key::distance);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * The group of a term.
   *
   * @param distance logarithm of the largest unit over the term's
   */
  static Key key(int degree, double distance) {
    return new Key(degree, (int) Math.floor((distance + 1e-6) / BITS));
  }
}
