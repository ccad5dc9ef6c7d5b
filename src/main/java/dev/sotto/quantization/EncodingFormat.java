package dev.sotto.quantization;

import static dev.sotto.quantization.PackedArrays.indices;
import static dev.sotto.quantization.PackedArrays.reals;
import static dev.sotto.quantization.PackedArrays.require;
import static dev.sotto.quantization.PackedArrays.requireWithin;

import dev.sotto.circuit.Interval;
import dev.sotto.quantization.proto.QuantizedModuleProto;
import java.util.ArrayList;
import java.util.List;

/** Encodings of inputs in {@code quantized_module.proto}. */
final class EncodingFormat {
  /** In the order of their numbers in the file. */
  private static final List<InputEncoding.Relation> RELATIONS =
      List.of(
          InputEncoding.Relation.LEQ,
          InputEncoding.Relation.LT,
          InputEncoding.Relation.GEQ,
          InputEncoding.Relation.GT,
          InputEncoding.Relation.EQ,
          InputEncoding.Relation.NEQ);

  private EncodingFormat() {}

  static QuantizedModuleProto.Encoding write(InputEncoding encoding) {
    QuantizedModuleProto.Encoding.Builder out =
        QuantizedModuleProto.Encoding.newBuilder()
            .setValue(encoding.value())
            .setWidth(encoding.width());
    if (encoding instanceof InputEncoding.Uniform uniform) {
      out.setUniform(uniform(uniform.quantizers()));
    } else {
      out.setBits(bits((InputEncoding.Bits) encoding));
    }
    return out.build();
  }

  private static QuantizedModuleProto.Uniform uniform(List<UniformQuantizer> quantizers) {
    QuantizedModuleProto.Uniform.Builder out =
        QuantizedModuleProto.Uniform.newBuilder()
            .setScale(reals(quantizers.stream().mapToDouble(UniformQuantizer::scale).toArray()));
    for (UniformQuantizer quantizer : quantizers) {
      out.addZeroPoint(quantizer.zeroPoint());
      out.addLo(quantizer.range().lo());
      out.addHi(quantizer.range().hi());
    }
    return out.build();
  }

  private static QuantizedModuleProto.Bits bits(InputEncoding.Bits bits) {
    QuantizedModuleProto.Bits.Builder out =
        QuantizedModuleProto.Bits.newBuilder()
            .setFeature(indices(bits.feature()))
            .setThreshold(reals(bits.threshold()));
    for (InputEncoding.Relation relation : bits.relation()) {
      out.addRelation(RELATIONS.indexOf(relation));
    }
    for (boolean missing : bits.missing()) {
      out.addMissing(missing);
    }
    return out.build();
  }

  static InputEncoding read(QuantizedModuleProto.Encoding in) {
    require(in.getWidth() > 0, "width of encoding '" + in.getValue() + "'");
    return switch (in.getKindCase()) {
      case UNIFORM ->
          new InputEncoding.Uniform(
              in.getValue(), in.getWidth(), quantizers(in.getUniform(), in.getWidth()));
      case BITS -> bits(in.getValue(), in.getWidth(), in.getBits());
      case KIND_NOT_SET ->
          throw new IllegalArgumentException("encoding '" + in.getValue() + "' of no known kind");
    };
  }

  private static List<UniformQuantizer> quantizers(QuantizedModuleProto.Uniform in, int width) {
    double[] scale = reals(in.getScale());
    require(
        (scale.length == 1 || scale.length == width)
            && in.getZeroPointCount() == scale.length
            && in.getLoCount() == scale.length
            && in.getHiCount() == scale.length,
        "number of quantizers");
    List<UniformQuantizer> quantizers = new ArrayList<>(scale.length);
    for (int i = 0; i < scale.length; i++) {
      quantizers.add(
          new UniformQuantizer(
              scale[i], in.getZeroPoint(i), new Interval(in.getLo(i), in.getHi(i))));
    }
    return List.copyOf(quantizers);
  }

  private static InputEncoding.Bits bits(String value, int width, QuantizedModuleProto.Bits in) {
    int[] feature = indices(in.getFeature());
    requireWithin(feature, 0, width, "feature");
    double[] threshold = reals(in.getThreshold());
    require(
        feature.length > 0
            && threshold.length == feature.length
            && in.getRelationCount() == feature.length
            && in.getMissingCount() == feature.length,
        "number of threshold bits");
    InputEncoding.Relation[] relation = new InputEncoding.Relation[feature.length];
    boolean[] missing = new boolean[feature.length];
    for (int i = 0; i < feature.length; i++) {
      require(
          in.getRelation(i) >= 0 && in.getRelation(i) < RELATIONS.size(),
          "relation " + in.getRelation(i));
      relation[i] = RELATIONS.get(in.getRelation(i));
      missing[i] = in.getMissing(i);
    }
    return new InputEncoding.Bits(value, width, feature, threshold, relation, missing);
  }
}
