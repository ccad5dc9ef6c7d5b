package dev.sotto.runtime.server;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.compiler.slots.Lanes;
import dev.sotto.compiler.slots.SlotArithmetic;
import dev.sotto.compiler.slots.SlotsAlgebra;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.RuntimeError;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.Workers;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Runs a circuit on blocks in one scheme.
 *
 * @param <C> a ciphertext
 */
final class BlockScorer<C> {
  private final ServerPackage server;
  private final SlotsServer<C> scheme;
  private final Workers<SlotArithmetic<C>> arithmetics;

  /** Sizes of the circuit's inputs, in order. */
  private final int[] sizes;

  BlockScorer(ServerPackage server, SlotsServer<C> scheme, int threads, int callers) {
    this.server = server;
    this.scheme = scheme;
    this.arithmetics = Workers.of(threads, callers, scheme::arithmetic);
    Circuit circuit = server.part().circuit();
    this.sizes = new int[circuit.inputs()];
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Input input) {
        sizes[input.position()] = node.size();
      }
    }
  }

  /** How many ciphertexts a block has. */
  int inputs() {
    return Arrays.stream(sizes).sum();
  }

  List<byte[]> score(EncryptedBlock block) {
    return arithmetics.withAll(
        lent -> {
          Lanes<C> lanes = Lanes.of(lent, arithmetics.executor());
          SlotsAlgebra<C> algebra =
              new SlotsAlgebra<>(lanes, server.weights(), server.part().plan().treatments());
          List<C> results =
              server.part().circuit().evaluate(algebra, inputs(block, lanes)).stream()
                  .flatMap(List::stream)
                  .toList();
          byte[][] bytes = new byte[results.size()][];
          lanes.each(
              bytes.length,
              (arithmetic, i) -> bytes[i] = scheme.toBytes(arithmetic.smallest(results.get(i))));
          return Arrays.asList(bytes);
        });
  }

  /** Inputs are read when the circuit asks for them, and kept by it alone, until their last use. */
  private List<List<C>> inputs(EncryptedBlock block, Lanes<C> lanes) {
    return new AbstractList<>() {
      @Override
      public List<C> get(int position) {
        int from = Arrays.stream(sizes).limit(position).sum();
        List<C> ciphertexts = new ArrayList<>(Collections.nCopies(sizes[position], null));
        lanes.each(sizes[position], (arithmetic, i) -> ciphertexts.set(i, parsed(block, from + i)));
        return ciphertexts;
      }

      @Override
      public int size() {
        return sizes.length;
      }
    };
  }

  private C parsed(EncryptedBlock block, int index) {
    C ciphertext = scheme.parse(block.ciphertext(index));
    if (!scheme.key(ciphertext).equals(block.key())) {
      throw RuntimeError.refused(
          RuntimeError.OTHER_KEY,
          "block " + block.number() + ", ciphertext " + index,
          "key " + block.key() + " expected, got " + scheme.key(ciphertext) + ".");
    }
    return ciphertext;
  }
}
