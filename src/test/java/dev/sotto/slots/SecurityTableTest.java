package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SecurityTableTest {
  @ParameterizedTest
  @CsvSource({"11, 53", "12, 106", "13, 214", "14, 430", "15, 868"})
  void limits_are_those_of_the_guidelines(int logN, int limit) {
    assertEquals(limit, SecurityTable.maximumLogQp(logN));
  }

  @Test
  void limit_is_exact() {
    BigInteger limit = BigInteger.TWO.pow(214);
    assertTrue(SecurityTable.allows(13, limit));
    assertFalse(SecurityTable.allows(13, limit.add(BigInteger.ONE)));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 10, 16})
  void other_rings_are_refused(int logN) {
    SottoException refusal =
        assertThrows(SottoException.class, () -> SecurityTable.maximumLogQp(logN));
    assertTrue(refusal.getMessage().contains("got N = 2^" + logN), refusal.getMessage());
  }
}
