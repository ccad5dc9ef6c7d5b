package dev.sotto.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.compiler.CircuitCompiler;
import dev.sotto.compiler.CompileOptions;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.compiler.slots.SlotsPlan.Scheme;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.BitWidths;
import dev.sotto.quantization.Calibrator;
import dev.sotto.quantization.InputEncoding;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizationOptions;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.runtime.client.FheClient;
import dev.sotto.runtime.server.FheServer;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.SharedRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A trained network with polynomials of degree four and bounds from calibration has rows inside its
 * calibrated box that drive a block out of its modulus; a search finds one.
 */
final class OverflowingRowTest {
  private static final int ROWS = 60;
  private static final int OFFENDER = 37;

  @Test
  void row_inside_the_box_ruins_its_block_which_is_refused_and_smaller_blocks_name_the_row() {
    SharedRows shared = SharedRows.of("onnx-exports/torch-residual-sigmoid-cancer");
    CompiledCircuit compiled = compiled(shared);
    assertFalse(compiled.isProved());
    float[] row = overflowing(compiled);
    Tensor clean = shared.test()[0].rows(0, ROWS);
    float[] values = clean.toFloats().clone();
    System.arraycopy(row, 0, values, OFFENDER * row.length, row.length);
    Tensor rows = Tensor.of(clean.shape(), values);
    assertArrayEquals(
        new long[row.length],
        compiled.client().quantizeInput(Tensor.of(Shape.of(1, row.length), row)).clipped().get(0));

    ClientPackage client = ClientPackage.of(compiled);
    try (ClientKeys keys = ClientKeys.generate(client);
        FheClient owner = new FheClient(client, keys, 2)) {
      FheServer server = new FheServer(ServerPackage.of(compiled), keys.evaluationKeys(), 2);
      EncryptedBlock whole = server.score(owner.encrypt(rows));
      assertEquals("SOTTO-RUNTIME-013", Faults.code(() -> owner.decrypt(whole)));
      List<Long> refused = new ArrayList<>();
      int size = ROWS / 2;
      for (EncryptedBlock block : owner.encryptInBlocks(size, rows).toList()) {
        try {
          Tensor[] result = owner.decrypt(server.score(block));
          int from = (int) block.number() * size;
          assertSameDecisions(compiled.score(rows.rows(from, from + size))[0], result[0]);
        } catch (SottoException e) {
          assertEquals("SOTTO-RUNTIME-013", e.problems().get(0).code().code());
          refused.add(block.number());
        }
      }
      assertEquals(List.of((long) OFFENDER / size), refused);
      EncryptedBlock alone = server.score(owner.encrypt(rows.rows(OFFENDER, OFFENDER + 1)));
      assertEquals("SOTTO-RUNTIME-013", Faults.code(() -> owner.decrypt(alone)));
    }
  }

  private static void assertSameDecisions(Tensor clear, Tensor encrypted) {
    assertEquals(clear.shape(), encrypted.shape());
    for (int i = 0; i < clear.size(); i++) {
      assertEquals(clear.getDouble(i), encrypted.getDouble(i), 0.02);
    }
  }

  private static CompiledCircuit compiled(SharedRows shared) {
    NumpyModule floats = NumpyModule.of(ModelPreparation.prepare(shared.model()));
    QuantizedModule module =
        QuantizedModule.quantize(
            shared.model(),
            Calibrator.calibrate(floats, shared.calibration()),
            QuantizationOptions.of(BitWidths.of(6)));
    CompileOptions options =
        CompileOptions.standard().withScheme(Scheme.CKKS).withDegree(4).withCalibratedBounds(true);
    return CircuitCompiler.compile(module, options, shared.calibration());
  }

  /** The corner of the box that overshoots most, by random corners and flips of features. */
  private static float[] overflowing(CompiledCircuit compiled) {
    InputEncoding.Uniform box = (InputEncoding.Uniform) compiled.client().encodings().get(0);
    int size = box.size();
    SplittableRandom random = new SplittableRandom(1);
    long[] corners = new long[200 * size];
    for (int i = 0; i < corners.length; i++) {
      corners[i] = end(box, i % size, random.nextBoolean());
    }
    double[] overshoot = overshoot(compiled.circuit(), size, corners);
    int first = best(overshoot);
    double most = overshoot[first];
    long[] row = Arrays.copyOfRange(corners, first * size, (first + 1) * size);
    while (true) {
      long[] flipped = new long[size * size];
      for (int f = 0; f < size; f++) {
        System.arraycopy(row, 0, flipped, f * size, size);
        flipped[f * size + f] = end(box, f, row[f] == end(box, f, false));
      }
      double[] each = overshoot(compiled.circuit(), size, flipped);
      int flip = best(each);
      if (each[flip] <= most) {
        break;
      }
      most = each[flip];
      row = Arrays.copyOfRange(flipped, flip * size, (flip + 1) * size);
    }
    assertTrue(most > 100, "overshoots by " + most);
    float[] features = new float[size];
    for (int f = 0; f < size; f++) {
      features[f] = (float) box.quantizer(f).dequantize(row[f]);
    }
    return features;
  }

  private static long end(InputEncoding.Uniform box, int feature, boolean high) {
    var range = box.quantizer(feature).range();
    return high ? range.hi() : range.lo();
  }

  private static int best(double[] values) {
    return IntStream.range(0, values.length)
        .reduce((a, b) -> values[b] > values[a] ? b : a)
        .orElseThrow();
  }

  /** By how much integers of any node leave what the plan assumes, as a factor, for every row. */
  private static double[] overshoot(Circuit circuit, int size, long[] rows) {
    int count = rows.length / size;
    List<CircuitNode> nodes = circuit.nodes();
    List<IntegerTensor> values =
        Circuit.of(nodes, IntStream.range(0, nodes.size()).boxed().toList())
            .evaluate(new ClearAlgebra(), List.of(IntegerTensor.of(count, size, rows)));
    double[] most = new double[count];
    for (CircuitNode node : nodes) {
      double bound = Math.max(1, node.proved().hull().bound());
      long[] integers = values.get(node.id()).toLongs();
      for (int i = 0; i < integers.length; i++) {
        int row = i / (integers.length / count);
        most[row] = Math.max(most[row], Math.abs(integers[i]) / bound);
      }
    }
    return most;
  }
}
