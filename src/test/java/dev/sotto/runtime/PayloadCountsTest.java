package dev.sotto.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.compiler.CompileReport;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.compiler.slots.DryRun;
import dev.sotto.compiler.slots.KernelCosts;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.runtime.client.FheClient;
import dev.sotto.runtime.server.FheServer;
import dev.sotto.slots.BgvParameters;
import dev.sotto.slots.CiphertextFormat;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.SlotCiphertext;
import dev.sotto.slots.ring.OperationCounts;
import dev.sotto.slots.ring.OperationCounts.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a dry run counts of payload is what a server reads and writes. */
final class PayloadCountsTest {
  static Stream<CompiledCircuit> circuits() {
    return Stream.of(TinyCircuits.logistic(), TinyCircuits.squares(), TinyCircuits.relinearised());
  }

  @ParameterizedTest
  @MethodSource("circuits")
  void dry_run_counts_what_is_read_and_written(CompiledCircuit compiled) {
    SlotsPlan plan = compiled.plan();
    OperationCounts counts = DryRun.of(compiled.circuit(), plan, new LayerWeights()).counts();
    ClientPackage owners = ClientPackage.of(compiled);
    try (ClientKeys keys = ClientKeys.generate(owners);
        FheClient owner = new FheClient(owners, keys, 1)) {
      FheServer server = new FheServer(ServerPackage.of(compiled), keys.evaluationKeys(), 1);
      EncryptedBlock block = owner.encrypt(TinyCircuits.rows(2, owner.rowsPerBlock()));
      EncryptedBlock result = server.score(block);
      assertEquals(counts.of(Kind.OPENED), block.size());
      assertEquals(counts.of(Kind.READ), residues(plan, block) / 2);
      assertEquals(counts.of(Kind.WRITTEN), residues(plan, result));
    }
  }

  /** Residues of both parts of all ciphertexts, and of more where they have more. */
  private static long residues(SlotsPlan plan, EncryptedBlock block) {
    long residues = 0;
    for (int i = 0; i < block.size(); i++) {
      byte[] bytes = block.ciphertext(i);
      SlotCiphertext c =
          plan.scheme() == SlotsPlan.Scheme.BGV
              ? CiphertextFormat.parse(
                  new BgvParameters(plan.ring(), plan.plaintextModulus()), bytes)
              : CiphertextFormat.parse(new CkksParameters(plan.ring(), plan.scale()), bytes);
      residues += (long) plan.ring().n() * (c.level() + 1) * (c.degree() + 1);
    }
    return residues;
  }

  @Test
  void report_shows_payload_where_it_is_read_and_written() {
    CompiledCircuit compiled = TinyCircuits.logistic();
    double n = compiled.plan().ring().n();
    double limbs = compiled.plan().ring().primes().size();
    List<CompileReport.Layer> layers = CompileReport.of(compiled, KernelCosts.REFERENCE).layers();
    double read = KernelCosts.REFERENCE.nanoseconds().get(Kind.READ);
    double opened = KernelCosts.REFERENCE.nanoseconds().get(Kind.OPENED);
    assertEquals("input", layers.get(0).kind());
    assertEquals(TinyCircuits.FEATURES * opened * 1e-6, layers.get(0).coreMilliseconds(), 1e-9);
    CompileReport.Layer sums = layers.get(1);
    assertEquals("linear", sums.kind());
    assertTrue(sums.coreMilliseconds() >= TinyCircuits.FEATURES * read * n * limbs * 1e-6);
    CompileReport.Layer output = layers.get(layers.size() - 1);
    assertEquals("output", output.kind());
    double written = KernelCosts.REFERENCE.nanoseconds().get(Kind.WRITTEN);
    assertTrue(output.coreMilliseconds() >= 2 * 2 * written * n * 1e-6);
  }
}
