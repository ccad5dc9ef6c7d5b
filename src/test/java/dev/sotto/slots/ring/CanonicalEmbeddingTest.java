package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slots and coefficients against sums over roots of unity, written down as they are defined. */
final class CanonicalEmbeddingTest {
  private static final double PRECISION = 0x1p-49;
  private final Random random = new Random(4);

  private double[] uniform(int count) {
    return random.doubles(count, -1, 1).toArray();
  }

  /** The real part of Σ a_k·x^k, or a_0 + Σ a_k·(x^k + 1/x^k), at x = exp(2πi·angle). */
  private static double value(RingType type, double[] a, double angle) {
    double sum = a[0];
    for (int k = 1; k < a.length; k++) {
      double cosine = CanonicalEmbedding.cosine(k * angle);
      sum += a[k] * (type == RingType.STANDARD ? cosine : 2 * cosine);
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(RingType.class)
  void values_are_those_at_the_roots(RingType type) {
    for (int logN = 3; logN <= 11; logN++) {
      int n = 1 << logN;
      CanonicalEmbedding embedding = CanonicalEmbedding.create(type, logN);
      double[] a = uniform(n);
      double[] values = new double[embedding.slots()];
      embedding.toValues(a.clone(), 3, values);
      for (int j = 0; j < values.length; j++) {
        assertEquals(3 * value(type, a, embedding.angle(j)), values[j], 6 * n * PRECISION);
      }
    }
  }

  /**
   * X^N = i at every root of the standard ring's half, X^2N = −1 in the conjugate-invariant ring.
   */
  @ParameterizedTest
  @EnumSource(RingType.class)
  void slots_are_different_roots_of_the_ring(RingType type) {
    CanonicalEmbedding embedding = CanonicalEmbedding.create(type, 6);
    Set<Double> cosines = new HashSet<>();
    for (int j = 0; j < embedding.slots(); j++) {
      double times = embedding.angle(j) * type.rootOrder(6);
      assertEquals(Math.rint(times), times);
      assertEquals(1, Math.floorMod((long) times, 2L));
      cosines.add(CanonicalEmbedding.cosine(embedding.angle(j)));
    }
    assertEquals(embedding.slots(), cosines.size());
  }

  @ParameterizedTest
  @EnumSource(RingType.class)
  void round_trip_returns_the_values(RingType type) {
    for (int logN = 3; logN <= 15; logN++) {
      CanonicalEmbedding embedding = CanonicalEmbedding.create(type, logN);
      double[] values = uniform(embedding.slots());
      double[] coefficients = new double[1 << logN];
      double[] back = new double[values.length];
      embedding.toCoefficients(values.clone(), 0x1p40, coefficients);
      embedding.toValues(coefficients, 0x1p-40, back);
      assertArrayEquals(values, back, PRECISION);
    }
  }

  /**
   * The polynomial's product in the ring, coefficient by coefficient, has the products as values.
   */
  @ParameterizedTest
  @EnumSource(RingType.class)
  void product_in_the_ring_is_product_in_the_slots(RingType type) {
    int n = 256;
    CanonicalEmbedding embedding = CanonicalEmbedding.create(type, 8);
    double[] x = uniform(embedding.slots());
    double[] y = uniform(embedding.slots());
    double[] a = new double[n];
    double[] b = new double[n];
    embedding.toCoefficients(x.clone(), 1, a);
    embedding.toCoefficients(y.clone(), 1, b);
    double[] product = new double[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double term = a[i] * b[j];
        if (type == RingType.STANDARD) {
          product[(i + j) % n] += i + j < n ? term : -term;
        } else if (i == 0 || j == 0) {
          product[i + j] += term;
        } else {
          addPair(product, i + j, term);
          addPair(product, Math.abs(i - j), term);
        }
      }
    }
    double[] values = new double[x.length];
    embedding.toValues(product, 1, values);
    for (int j = 0; j < x.length; j++) {
      assertEquals(x[j] * y[j], values[j], n * PRECISION);
    }
  }

  /** Adds term·(X^k + X^−k): twice the constant for k = 0; X^k + X^−k = −(X^(2n−k) + X^(k−2n)). */
  private static void addPair(double[] product, int k, double term) {
    int n = product.length;
    if (k == 0) {
      product[0] += 2 * term;
    } else if (k < n) {
      product[k] += term;
    } else if (k > n) {
      product[2 * n - k] -= term;
    }
  }

  @Test
  void cosines_are_right_to_half_a_unit_in_the_last_place_or_little_more() {
    for (int i = 0; i < 1 << 12; i++) {
      double turns = i / (double) (1 << 12);
      double c = CanonicalEmbedding.cosine(turns);
      double s = CanonicalEmbedding.sine(turns);
      assertTrue(Math.abs(Math.fma(c, c, Math.fma(s, s, -1))) < 0x1p-51);
    }
    assertEquals(0, CanonicalEmbedding.cosine(0.25));
    assertEquals(-1, CanonicalEmbedding.cosine(0.5));
    assertEquals(1, CanonicalEmbedding.sine(0.25));
  }
}
