package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.proto.QuantizedModuleProto;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A module on disk: what is written comes back, what is damaged is refused. */
final class QuantizedModuleFormatTest {

  private static Stream<QuantizedModule> modules() {
    return Stream.of(TinyModules.network(), TinyModules.trees());
  }

  @ParameterizedTest
  @MethodSource("modules")
  void parse_of_written_module_gives_equal_integers_and_outputs(QuantizedModule module) {
    QuantizedModule parsed = QuantizedModule.parse(module.toBytes());
    Tensor rows = TinyModules.rows(module, 50);
    assertEquals(
        module.quantizedForward(module.quantizeInput(rows).integers()),
        parsed.quantizedForward(parsed.quantizeInput(rows).integers()));
    assertArrayEquals(module.forward(rows), parsed.forward(rows));
    assertEquals(module.score(rows).clipped(), parsed.score(rows).clipped());
    assertEquals(module.score(rows).outside(), parsed.score(rows).outside());
    assertEquals(module.circuit().print(), parsed.circuit().print());
    assertEquals(module.options(), parsed.options());
    assertEquals(module.widestBits(), parsed.widestBits());
  }

  @ParameterizedTest
  @MethodSource("modules")
  void parse_and_write_again_gives_the_same_bytes(QuantizedModule module) {
    byte[] bytes = module.toBytes();
    assertArrayEquals(bytes, module.toBytes());
    assertArrayEquals(bytes, QuantizedModule.parse(bytes).toBytes());
  }

  @Test
  void write_of_dense_layer_takes_one_byte_per_small_weight() {
    int[] weights = new int[256 * 64];
    Arrays.setAll(weights, i -> i % 63 - 31);
    ModuleBuilder builder = new ModuleBuilder();
    int x =
        builder.input(
            new InputEncoding.Uniform(
                "x", 256, java.util.List.of(UniformQuantizer.affine(0, 1, 6))));
    int fc =
        builder.emit(
            new QuantizedOp.Linear(
                "fc", x, dev.sotto.circuit.WeightedSum.dense(256, 64, weights), null));
    QuantizedModule module =
        new QuantizedModule(
            java.util.List.of(new QuantizedModule.Input("x", Shape.of(1, 256))),
            java.util.List.of("y"),
            null,
            builder.encodings(),
            builder.ops(),
            java.util.List.of(builder.proved(fc)),
            java.util.List.of(
                new QuantizedModule.Output(
                    "y", fc, Shape.of(1, 64), new double[] {1}, new double[] {0})),
            null,
            QuantizationOptions.of(BitWidths.of(6)));
    int size = module.toBytes().length;
    assertTrue(size < weights.length + 256 + 256, () -> size + " bytes");
  }

  @Test
  void load_of_saved_module_gives_equal_outputs(@TempDir Path directory) {
    QuantizedModule module = TinyModules.network();
    Path file = directory.resolve("m.sotto");
    module.save(file);
    Tensor rows = TinyModules.rows(module, 3);
    assertArrayEquals(module.forward(rows), QuantizedModule.load(file).forward(rows));
  }

  @Test
  void load_of_absent_file_names_it(@TempDir Path directory) {
    Path file = directory.resolve("absent");
    SottoException e = assertThrows(SottoException.class, () -> QuantizedModule.load(file));
    assertEquals(QuantizationError.FILE, e.problems().get(0).code());
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
  }

  @Test
  void java_serialization_carries_the_bytes_of_the_format() throws Exception {
    QuantizedModule module = TinyModules.network();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ObjectOutputStream stream = new ObjectOutputStream(out)) {
      stream.writeObject(module);
    }
    assertTrue(out.size() < module.toBytes().length + 300, () -> out.size() + " bytes");
    try (ObjectInputStream stream =
        new ObjectInputStream(new ByteArrayInputStream(out.toByteArray()))) {
      assertArrayEquals(module.toBytes(), ((QuantizedModule) stream.readObject()).toBytes());
    }
  }

  @Test
  void parse_of_newer_format_names_both_versions() throws Exception {
    byte[] newer =
        QuantizedModuleProto.File.parseFrom(TinyModules.trees().toBytes()).toBuilder()
            .setVersion(7)
            .setProduct("9.1")
            .build()
            .toByteArray();
    SottoException e = assertThrows(SottoException.class, () -> QuantizedModule.parse(newer));
    assertEquals(QuantizationError.FORMAT, e.problems().get(0).code());
    assertTrue(
        e.getMessage().contains("up to 1 (sotto development) expected, got version 7 (sotto 9.1)"),
        e.getMessage());
  }

  @ParameterizedTest
  @MethodSource("modules")
  void parse_of_truncated_bytes_is_refused(QuantizedModule module) {
    byte[] bytes = module.toBytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      SottoException e = assertThrows(SottoException.class, () -> QuantizedModule.parse(cut));
      assertEquals(QuantizationError.FORMAT, e.problems().get(0).code());
    }
  }

  /** The content; a changed product version only is not damage. */
  @ParameterizedTest
  @MethodSource("modules")
  void parse_of_altered_content_is_refused(QuantizedModule module) throws Exception {
    QuantizedModuleProto.File file = QuantizedModuleProto.File.parseFrom(module.toBytes());
    Random random = new Random(4);
    for (int i = 0; i < 500; i++) {
      byte[] content = file.getContent().toByteArray();
      content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
      byte[] altered =
          file.toBuilder().setContent(ByteString.copyFrom(content)).build().toByteArray();
      assertThrows(SottoException.class, () -> QuantizedModule.parse(altered));
    }
  }

  /** Altered on purpose, the checksum made right: refused, or a module that can be run. */
  @ParameterizedTest
  @MethodSource("modules")
  void parse_of_forged_content_is_refused_or_runs(QuantizedModule module) throws Exception {
    QuantizedModuleProto.File file = QuantizedModuleProto.File.parseFrom(module.toBytes());
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] content = file.getContent().toByteArray();
      for (int n = random.nextInt(3); n >= 0; n--) {
        content[random.nextInt(content.length)] = (byte) random.nextInt();
      }
      ByteString forged = ByteString.copyFrom(content);
      byte[] bytes =
          file.toBuilder()
              .setContent(forged)
              .setChecksum(QuantizedModuleFormat.checksum(forged))
              .build()
              .toByteArray();
      try {
        QuantizedModule parsed = QuantizedModule.parse(bytes);
        assertNotNull(parsed.circuit());
      } catch (SottoException e) {
        refused++;
      }
    }
    assertTrue(refused > 1000, "refused " + refused);
  }

  @Test
  void parse_of_tree_that_does_not_end_is_refused() {
    QuantizedModuleProto.Tree loop =
        QuantizedModuleProto.Tree.newBuilder()
            .addBit(0)
            .addBit(1)
            .setWhenSet(PackedArrays.indices(new int[] {1, -1}))
            .setWhenClear(PackedArrays.indices(new int[] {-1, 0}))
            .addLeaves(1)
            .build();
    QuantizedModuleProto.Trees trees =
        QuantizedModuleProto.Trees.newBuilder().setOutputs(1).addTrees(loop).build();
    assertThrows(IllegalArgumentException.class, () -> TreeFormat.read(trees));
  }

  @Test
  void parse_of_golden_file_gives_the_stored_integers_and_outputs() throws IOException {
    QuantizedModule module = QuantizedModule.parse(resource("quantized-module-v1.bin"));
    Tensor rows = TinyModules.rows(module, 4);
    assertArrayEquals(
        GOLDEN_INTEGERS,
        module.quantizedForward(module.quantizeInput(rows).integers()).get(0).toLongs());
    Tensor outputs = module.forward(rows)[0];
    assertEquals(Shape.of(4, 3), outputs.shape());
    assertArrayEquals(GOLDEN_OUTPUTS, outputs.floats(), 1e-6f);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = QuantizedModuleFormatTest.class.getResourceAsStream("/golden/" + name)) {
      return java.util.Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private static final long[] GOLDEN_INTEGERS = {
    -400000, -2700030, 3000000, -400000, -810009, 900000, -16780182, 12799940, -4800120, -400000,
    -810009, 900000
  };

  private static final float[] GOLDEN_OUTPUTS = {
    0.33771145f, 0.2263734f, 0.43591514f, 0.36223856f, 0.3543557f, 0.28340578f,
    0.012724443f, 0.97411656f, 0.013158991f, 0.36223856f, 0.3543557f, 0.28340578f
  };
}
