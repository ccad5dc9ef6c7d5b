package dev.sotto.compiler;

import dev.sotto.circuit.Circuit;
import dev.sotto.compiler.slots.SlotsPlan;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a server is given: the circuit over encrypted integers and how it runs. No encodings, no
 * thresholds of the client, no meaning of results.
 *
 * @param circuit the circuit; its inputs have no names
 * @param plan how it runs
 * @param hash SHA-256 of its content in hexadecimal digits: the name of the circuit in keys and blocks
 */
public record ServerPart(Circuit circuit, SlotsPlan plan, String hash) {
  static ServerPart of(Circuit circuit, SlotsPlan plan) {
    return new ServerPart(circuit, plan, sha256(circuit.print() + plan));
  }

  private static String sha256(String content) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256; this one failed", e);
    }
  }
}
