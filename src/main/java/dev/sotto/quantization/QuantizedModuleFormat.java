package dev.sotto.quantization;

import static dev.sotto.quantization.PackedArrays.dims;
import static dev.sotto.quantization.PackedArrays.interval;
import static dev.sotto.quantization.PackedArrays.reals;
import static dev.sotto.quantization.PackedArrays.shape;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sotto.circuit.Interval;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.proto.QuantizedModuleProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The one place that knows the bytes of a quantized module; {@code quantized_module.proto} is the
 * schema.
 *
 * <p>The same module always gives the same bytes. What is read is checked as a whole: a module that
 * loads can be run.
 */
final class QuantizedModuleFormat {
  static final String KIND = "sotto.quantized-module";
  static final int VERSION = 1;

  private QuantizedModuleFormat() {}

  static byte[] write(QuantizedModule module) {
    ByteString content = module(module).toByteString();
    return QuantizedModuleProto.File.newBuilder()
        .setKind(KIND)
        .setVersion(VERSION)
        .setProduct(product())
        .setChecksum(checksum(content))
        .setContent(content)
        .build()
        .toByteArray();
  }

  /** The product's version as its jar states it. */
  private static String product() {
    return Objects.requireNonNullElse(
        QuantizedModule.class.getPackage().getImplementationVersion(), "development");
  }

  static int checksum(ByteString content) {
    CRC32C crc = new CRC32C();
    content.asReadOnlyByteBufferList().forEach(crc::update);
    return (int) crc.getValue();
  }

  /**
   * Reads and checks.
   *
   * @param where what the bytes are, for messages
   * @throws SottoException when they are not a module that this version reads
   */
  static QuantizedModule read(byte[] bytes, String where) {
    QuantizedModuleProto.File file;
    try {
      file = QuantizedModuleProto.File.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw SottoException.of(
          QuantizationError.FORMAT, where, "not the bytes of a quantized module, or cut short.", e);
    }
    if (!file.getKind().equals(KIND)) {
      throw refused(where, "not the bytes of a quantized module.");
    }
    if (Integer.compareUnsigned(file.getVersion(), VERSION) > 0) {
      throw refused(
          where,
          "format version up to "
              + VERSION
              + " (sotto "
              + product()
              + ") expected, got version "
              + Integer.toUnsignedString(file.getVersion())
              + " (sotto "
              + file.getProduct()
              + ").");
    }
    ByteString content = file.getContent();
    if (content.isEmpty() || checksum(content) != file.getChecksum()) {
      throw refused(where, "the bytes are damaged: their checksum differs.");
    }
    try {
      QuantizedModule module = module(QuantizedModuleProto.Module.parseFrom(content));
      ModuleCheck.check(module);
      return module;
    } catch (InvalidProtocolBufferException | RuntimeException e) { // whatever any part refuses
      throw SottoException.of(
          QuantizationError.FORMAT,
          where,
          "the module contradicts itself: " + e.getMessage() + ".",
          e);
    }
  }

  private static SottoException refused(String where, String detail) {
    return SottoException.of(QuantizationError.FORMAT, where, detail);
  }

  static QuantizedModuleProto.Module module(QuantizedModule module) {
    QuantizedModuleProto.Module.Builder out =
        QuantizedModuleProto.Module.newBuilder()
            .addAllOutputNames(module.outputNames())
            .setOptions(options(module.options()));
    for (QuantizedModule.Input input : module.inputs()) {
      out.addInputs(
          QuantizedModuleProto.Input.newBuilder()
              .setName(input.name())
              .addAllRow(dims(input.row())));
    }
    if (module.before() != null) {
      out.setBefore(StageFormat.write(module.before()));
    }
    module.encodings().forEach(encoding -> out.addEncodings(EncodingFormat.write(encoding)));
    for (int i = 0; i < module.ops().size(); i++) {
      out.addOperators(OperatorFormat.write(module.ops().get(i), module.proved().get(i)));
    }
    for (QuantizedModule.Output output : module.outputs()) {
      out.addOutputs(
          QuantizedModuleProto.Output.newBuilder()
              .setValue(output.value())
              .setSlot(output.slot())
              .addAllRow(dims(output.row()))
              .setSlope(reals(output.slope()))
              .setOffset(reals(output.offset())));
    }
    if (module.after() != null) {
      out.setAfter(StageFormat.write(module.after()));
    }
    return out.build();
  }

  private static QuantizedModuleProto.Options options(QuantizationOptions options) {
    BitWidths bits = options.bits();
    QuantizedModuleProto.Options.Builder out =
        QuantizedModuleProto.Options.newBuilder()
            .setModelInputBits(bits.modelInputs())
            .setInputBits(bits.opInputs())
            .setWeightBits(bits.opWeights())
            .setModelOutputBits(bits.modelOutputs())
            .setMethod(options.method().name())
            .setThresholds(options.thresholds().toString())
            .setLeafBits(options.leafBits())
            .setHeadroom(options.headroom());
    new TreeMap<>(bits.byNode())
        .forEach(
            (name, layer) ->
                out.addLayers(
                    QuantizedModuleProto.Layer.newBuilder()
                        .setName(name)
                        .setInputBits(layer.inputs())
                        .setWeightBits(layer.weights())));
    return out.build();
  }

  static QuantizedModule module(QuantizedModuleProto.Module in) {
    List<QuantizedOp> ops = new ArrayList<>();
    List<Interval> proved = new ArrayList<>();
    for (QuantizedModuleProto.Operator operator : in.getOperatorsList()) {
      ops.add(OperatorFormat.read(operator));
      proved.add(interval(operator.getProved()));
    }
    return new QuantizedModule(
        in.getInputsList().stream()
            .map(i -> new QuantizedModule.Input(i.getName(), shape(i.getRowList())))
            .toList(),
        in.getOutputNamesList(),
        in.hasBefore() ? StageFormat.read(in.getBefore()) : null,
        in.getEncodingsList().stream().map(EncodingFormat::read).toList(),
        ops,
        proved,
        in.getOutputsList().stream()
            .map(
                o ->
                    new QuantizedModule.Output(
                        o.getValue(),
                        o.getSlot(),
                        shape(o.getRowList()),
                        reals(o.getSlope()),
                        reals(o.getOffset())))
            .toList(),
        in.hasAfter() ? StageFormat.read(in.getAfter()) : null,
        options(in.getOptions()));
  }

  private static QuantizationOptions options(QuantizedModuleProto.Options in) {
    Map<String, BitWidths.LayerBits> layers = new TreeMap<>();
    for (QuantizedModuleProto.Layer layer : in.getLayersList()) {
      layers.put(
          layer.getName(), new BitWidths.LayerBits(layer.getInputBits(), layer.getWeightBits()));
    }
    BitWidths bits =
        new BitWidths(
            in.getModelInputBits(),
            in.getInputBits(),
            in.getWeightBits(),
            in.getModelOutputBits(),
            layers);
    return new QuantizationOptions(
        bits,
        CalibrationMethod.parse(in.getMethod()),
        Thresholds.parse(in.getThresholds()),
        in.getLeafBits(),
        in.getHeadroom());
  }
}
