package dev.sotto.runtime.server;

import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.compiler.slots.BlockArithmetic;
import dev.sotto.compiler.slots.BlockProgram;
import dev.sotto.compiler.slots.Lanes;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.RuntimeError;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.Workers;
import dev.sotto.slots.SlotCiphertext;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a circuit on blocks in one scheme.
 *
 * @param <C> a ciphertext
 */
final class BlockScorer<C extends SlotCiphertext> {
  private final SlotsServer<C> scheme;
  private final Workers<BlockArithmetic<C>> arithmetics;
  private final BlockProgram<C> program;
  private final int inputs;

  BlockScorer(ServerPackage server, SlotsServer<C> scheme, int threads, int callers) {
    this.scheme = scheme;
    this.arithmetics = Workers.of(threads, callers, scheme::arithmetic);
    this.program = scheme.program(server, threads);
    this.inputs =
        server.part().circuit().nodes().stream()
            .filter(node -> node.operation() instanceof Operation.Input)
            .mapToInt(CircuitNode::size)
            .sum();
  }

  /** How many ciphertexts a block has. */
  int inputs() {
    return inputs;
  }

  List<byte[]> score(EncryptedBlock block) {
    return arithmetics.withAll(
        lent -> {
          Lanes<BlockArithmetic<C>> lanes = program.used(Lanes.of(lent, arithmetics.executor()));
          List<C> results = program.run(lanes, (place, expected) -> parsed(block, place, expected));
          byte[][] bytes = new byte[results.size()][];
          lanes.each(bytes.length, (arithmetic, i) -> bytes[i] = scheme.toBytes(results.get(i)));
          return Arrays.asList(bytes);
        });
  }

  private C parsed(EncryptedBlock block, int index, C expected) {
    C ciphertext = scheme.parse(block.ciphertext(index), expected.isStored());
    String where = "block " + block.number() + ", ciphertext " + index;
    if (!ciphertext.key().equals(block.key())) {
      throw RuntimeError.refused(
          RuntimeError.OTHER_KEY,
          where,
          "key " + block.key() + " expected, got " + ciphertext.key() + ".");
    }
    if (ciphertext.level() != expected.level() || ciphertext.degree() != expected.degree()) {
      throw RuntimeError.refused(
          RuntimeError.DAMAGED,
          where,
          "level "
              + expected.level()
              + " and degree "
              + expected.degree()
              + " expected, got "
              + ciphertext.level()
              + " and "
              + ciphertext.degree()
              + ".");
    }
    return ciphertext;
  }
}
