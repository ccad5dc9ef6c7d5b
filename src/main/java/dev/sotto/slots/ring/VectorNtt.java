package dev.sotto.slots.ring;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** The number-theoretic transform with the Vector API. */
final class VectorNtt {
  static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;

  private VectorNtt() {}

  static void forward(NttTable table, double[] a, int at) {
    ScalarNtt.forward(table, a, at);
  }

  static void inverse(NttTable table, double[] a, int at) {
    ScalarNtt.inverse(table, a, at);
  }
}
