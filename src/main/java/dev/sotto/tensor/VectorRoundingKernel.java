package dev.sotto.tensor;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The same with the Vector API. Loaded by name, only where {@code jdk.incubator.vector} is.
 *
 * <p>Rounds by adding and subtracting 1.5 · 2<sup>23</sup> (2<sup>52</sup> in double), exact below
 * 2<sup>22</sup> (2<sup>51</sup>); larger values lie outside every range of integers and are
 * clipped.
 */
final class VectorRoundingKernel implements RoundingKernel {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Float> HALF =
      VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));
  private static final int LANES = FLOATS.length();
  private static final int PAIRS = DOUBLES.length();
  private static final float FLOAT_ROUNDER = 12_582_912f;
  private static final double DOUBLE_ROUNDER = 6_755_399_441_055_744.0;

  @Override
  public void quantize(
      float[] in,
      float[] scale,
      float[] zero,
      float[] lo,
      float[] hi,
      float[] least,
      float[] most,
      float[] out) {
    int size = scale.length;
    int end = size - size % LANES;
    for (int at = 0; at < in.length; at += size) {
      for (int i = 0; i < end; i += LANES) {
        FloatVector q =
            FloatVector.fromArray(FLOATS, in, at + i)
                .mul(FloatVector.fromArray(FLOATS, scale, i))
                .add(FLOAT_ROUNDER)
                .sub(FLOAT_ROUNDER)
                .add(FloatVector.fromArray(FLOATS, zero, i));
        FloatVector.fromArray(FLOATS, least, i).min(q).intoArray(least, i);
        FloatVector.fromArray(FLOATS, most, i).max(q).intoArray(most, i);
        q.max(FloatVector.fromArray(FLOATS, lo, i))
            .min(FloatVector.fromArray(FLOATS, hi, i))
            .intoArray(out, at + i);
      }
      ScalarRoundingKernel.quantize(in, scale, zero, lo, hi, least, most, out, at, end);
    }
  }

  @Override
  public void requantize(
      float[] in, double[] slope, double[] offset, double lo, double hi, float[] out) {
    int size = slope.length;
    int end = size - size % PAIRS;
    for (int at = 0; at < in.length; at += size) {
      for (int i = 0; i < end; i += PAIRS) {
        DoubleVector x =
            (DoubleVector)
                FloatVector.fromArray(HALF, in, at + i)
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
        DoubleVector q =
            x.mul(DoubleVector.fromArray(DOUBLES, slope, i))
                .add(DoubleVector.fromArray(DOUBLES, offset, i))
                .add(DOUBLE_ROUNDER)
                .sub(DOUBLE_ROUNDER)
                .max(lo)
                .min(hi);
        ((FloatVector) q.convertShape(VectorOperators.D2F, HALF, 0)).intoArray(out, at + i);
      }
      ScalarRoundingKernel.requantize(in, slope, offset, lo, hi, out, at, end);
    }
  }

  @Override
  public void extremes(float[] in, float[] least, float[] most) {
    int size = least.length;
    int end = size - size % LANES;
    for (int at = 0; at < in.length; at += size) {
      for (int i = 0; i < end; i += LANES) {
        FloatVector v = FloatVector.fromArray(FLOATS, in, at + i);
        FloatVector.fromArray(FLOATS, least, i).min(v).intoArray(least, i);
        FloatVector.fromArray(FLOATS, most, i).max(v).intoArray(most, i);
      }
      ScalarRoundingKernel.extremes(in, least, most, at, end);
    }
  }

  @Override
  public String toString() {
    return "vector, " + FLOATS.vectorBitSize() + " bits";
  }
}
