package dev.sotto.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.tensor.RoundingKernel;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class VectorTwinTest {
  private static final boolean VECTORS =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  @Test
  void twin_of_another_room_is_found_where_vectors_are() {
    Optional<RoundingKernel> twin = VectorTwin.find(RoundingKernel.class, "VectorRoundingKernel");
    assertEquals(VECTORS, twin.isPresent());
  }

  @Test
  void missing_twin_is_empty() {
    assertTrue(VectorTwin.find(RoundingKernel.class, "NoSuchKernel").isEmpty());
  }
}
