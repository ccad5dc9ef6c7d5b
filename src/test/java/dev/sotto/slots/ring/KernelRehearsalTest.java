package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.common.Twins;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Rehearsals leave no kernel out, and work changes twins while it is done. */
final class KernelRehearsalTest {
  private static final List<Supplier<Consumer<RingKernels>>> REHEARSALS =
      List.of(
          KernelRehearsal::transforms,
          KernelRehearsal::limbs,
          KernelRehearsal::products,
          KernelRehearsal::conversions,
          KernelRehearsal::sums);

  @Test
  void every_kernel_is_rehearsed_in_one_family() {
    Set<String> called = new TreeSet<>();
    for (Supplier<Consumer<RingKernels>> rehearsal : REHEARSALS) {
      Set<String> family = new TreeSet<>();
      rehearsal.get().accept(recorder(family));
      family.forEach(name -> assertTrue(called.add(name), name));
    }
    Set<String> kernels = new TreeSet<>();
    for (Method method : RingKernels.class.getMethods()) {
      kernels.add(method.getName() + " of " + method.getParameterCount());
    }
    kernels.removeAll(List.of("best of 0", "name of 0", "copy of 5"));
    kernels.remove("weightedSums of 10"); // called by the one that takes the terms block by block
    assertEquals(kernels, called);
  }

  /** Scalar kernels that note which of them are called. */
  private static RingKernels recorder(Set<String> called) {
    return (RingKernels)
        Proxy.newProxyInstance(
            RingKernels.class.getClassLoader(),
            new Class<?>[] {RingKernels.class},
            (proxy, method, args) -> {
              called.add(method.getName() + " of " + args.length);
              return method.invoke(KernelChoice.SCALAR, args);
            });
  }

  @Test
  void kernels_that_change_twins_give_congruent_residues() {
    Modulus q = KernelRehearsal.modulus();
    double[] x = KernelRehearsal.residues(1024);
    RingKernels best = RingKernels.best();
    double[] before = new double[x.length];
    best.multiply(before, 0, x, 0, x, 0, x.length, q);
    assertTrue(Twins.await(Duration.ofMinutes(3)));
    double[] after = new double[x.length];
    best.multiply(after, 0, x, 0, x, 0, x.length, q);
    for (int i = 0; i < x.length; i++) {
      assertEquals(0, (long) (before[i] - after[i]) % q.value(), "residue " + i);
    }
    assertNotEquals(0, Arrays.stream(after).map(Math::abs).sum());
  }
}
