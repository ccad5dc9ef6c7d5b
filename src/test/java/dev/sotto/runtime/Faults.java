package dev.sotto.runtime;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.problem.SottoException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.function.Executable;

/** What refusals say. */
public final class Faults {
  private Faults() {}

  /** The refusal. */
  public static SottoException of(Executable action) {
    return assertThrows(SottoException.class, action);
  }

  /** Its first code. */
  public static String code(Executable action) {
    return of(action).problems().get(0).code().code();
  }

  /** Where ASCII text stands in bytes. */
  static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }
}
