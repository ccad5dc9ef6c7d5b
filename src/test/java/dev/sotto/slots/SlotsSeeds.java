package dev.sotto.slots;

import dev.sotto.common.Seed;

/** Seeds of tests, by number. */
final class SlotsSeeds {
  private SlotsSeeds() {}

  static Seed seed(long number) {
    try (Seed first = Seed.of(new byte[Seed.LENGTH])) {
      return first.derive("test", number);
    }
  }
}
