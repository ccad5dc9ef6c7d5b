package dev.sotto.runtime.server;

import dev.sotto.compiler.slots.BgvArithmetic;
import dev.sotto.compiler.slots.BlockArithmetic;
import dev.sotto.compiler.slots.BlockProgram;
import dev.sotto.compiler.slots.CkksArithmetic;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.slots.BgvCiphertext;
import dev.sotto.slots.BgvParameters;
import dev.sotto.slots.BgvScheme;
import dev.sotto.slots.CiphertextFormat;
import dev.sotto.slots.CkksCiphertext;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.CkksScheme;
import dev.sotto.slots.EvaluationKeys;
import dev.sotto.slots.SlotCiphertext;
import org.jspecify.annotations.Nullable;

/**
 * A scheme as its server needs it: ciphertexts from bytes and back, and arithmetic on them.
 *
 * @param <C> a ciphertext
 */
interface SlotsServer<C extends SlotCiphertext> {
  /** Arithmetic for one thread. */
  BlockArithmetic<C> arithmetic();

  /** What is done with every block, by so many threads. */
  BlockProgram<C> program(ServerPackage server, int threads);

  /**
   * The ciphertext of bytes.
   *
   * @param late whether it stays as it was sent until it is used, and shares the bytes
   */
  C parse(byte[] bytes, boolean late);

  /** Its bytes. */
  byte[] toBytes(C ciphertext);

  /** Exact integers. */
  record Bgv(BgvScheme scheme, @Nullable EvaluationKeys keys)
      implements SlotsServer<BgvCiphertext> {
    static Bgv of(SlotsPlan plan, @Nullable EvaluationKeys keys) {
      return new Bgv(BgvScheme.of(new BgvParameters(plan.ring(), plan.plaintextModulus())), keys);
    }

    @Override
    public BlockArithmetic<BgvCiphertext> arithmetic() {
      return new BgvArithmetic(keys == null ? scheme.evaluator() : scheme.evaluator(keys));
    }

    @Override
    public BlockProgram<BgvCiphertext> program(ServerPackage server, int threads) {
      return BlockProgram.bgv(
          server.part().circuit(), server.part().plan(), server.weights(), threads);
    }

    @Override
    public BgvCiphertext parse(byte[] bytes, boolean late) {
      return late
          ? CiphertextFormat.parseLate(scheme.parameters(), bytes)
          : CiphertextFormat.parse(scheme.parameters(), bytes);
    }

    @Override
    public byte[] toBytes(BgvCiphertext ciphertext) {
      return CiphertextFormat.toBytes(ciphertext);
    }
  }

  /** Approximate numbers. */
  record Ckks(CkksScheme scheme, @Nullable EvaluationKeys keys)
      implements SlotsServer<CkksCiphertext> {
    static Ckks of(SlotsPlan plan, @Nullable EvaluationKeys keys) {
      return new Ckks(CkksScheme.of(new CkksParameters(plan.ring(), plan.scale())), keys);
    }

    @Override
    public BlockArithmetic<CkksCiphertext> arithmetic() {
      return new CkksArithmetic(keys == null ? scheme.evaluator() : scheme.evaluator(keys));
    }

    @Override
    public BlockProgram<CkksCiphertext> program(ServerPackage server, int threads) {
      return BlockProgram.ckks(
          server.part().circuit(), server.part().plan(), server.weights(), threads);
    }

    @Override
    public CkksCiphertext parse(byte[] bytes, boolean late) {
      return late
          ? CiphertextFormat.parseLate(scheme.parameters(), bytes)
          : CiphertextFormat.parse(scheme.parameters(), bytes);
    }

    @Override
    public byte[] toBytes(CkksCiphertext ciphertext) {
      return CiphertextFormat.toBytes(ciphertext);
    }
  }
}
