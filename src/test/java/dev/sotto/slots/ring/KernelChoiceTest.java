package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which kernels a JVM gets, and what it says; each case in a JVM of its own. */
final class KernelChoiceTest {
  private static final String MODULE = OtherJvm.VECTORS;

  /** Runs in the other JVM: chooses twice, and compares the twins where there are two. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] args) {
      RingKernels best = RingKernels.best();
      if (best != RingKernels.best()) {
        throw new AssertionError("two choices in one JVM");
      }
      if (best.name().startsWith("vector")) {
        for (int logN = 11; logN <= 13; logN++) {
          for (RingType type : RingType.values()) {
            new NttTwinTest().twins_extremeInputs_agree(type, logN, 50);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void vectorsOfAnyLength_twins_agree(int bits) throws Exception {
    List<String> lines = choices(0, MODULE, "-D" + VectorLength.BITS + "=" + bits);
    assertEquals(List.of("INFO: slots kernels: vector-" + bits), lines);
  }

  @Test
  void jvmWithoutTheModule_choice_isScalarAndNamesTheFlag() throws Exception {
    List<String> lines = choices(0);
    assertEquals(1, lines.size());
    assertTrue(lines.get(0).startsWith("INFO: slots kernels: scalar"), lines.get(0));
    assertTrue(lines.get(0).contains("--add-modules jdk.incubator.vector"), lines.get(0));
  }

  @Test
  void scalarForced_choice_isScalarWithoutARemedy() throws Exception {
    assertEquals(
        List.of("INFO: slots kernels: scalar"),
        choices(0, MODULE, "-D" + KernelChoice.PROPERTY + "=scalar"));
  }

  @Test
  void vectorForcedWithoutTheModule_choice_fails() throws Exception {
    assertEquals(List.of(), choices(1, "-D" + KernelChoice.PROPERTY + "=vector"));
  }

  @Test
  void unknownWish_choice_isRefused() {
    System.Logger log = System.getLogger("dev.sotto.slots.ring.test");
    String message =
        assertThrows(IllegalArgumentException.class, () -> KernelChoice.choose("fast", log))
            .getMessage();
    assertTrue(message.contains("vector or scalar, not 'fast'"), message);
  }

  /** The lines about kernels that a new JVM logs. */
  private static List<String> choices(int exit, String... options)
      throws IOException, InterruptedException {
    String output = OtherJvm.output(exit, List.of(options), Probe.class);
    return output.lines().filter(line -> line.startsWith("INFO: slots kernels")).toList();
  }
}
