package dev.sotto.runtime.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.problem.SottoException;
import dev.sotto.runtime.BenchmarkModel;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.Faults;
import dev.sotto.runtime.KeyFile;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.TinyCircuits;
import dev.sotto.runtime.server.FheServer;
import dev.sotto.slots.EvaluationKeys;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data owner and a server: what goes well, and what is refused. */
final class FheClientTest {
  private static final CompiledCircuit LOGISTIC = TinyCircuits.logistic();
  private static final ClientPackage CLIENT = ClientPackage.of(LOGISTIC);
  private static final ServerPackage SERVER = ServerPackage.of(LOGISTIC);

  @Test
  void blocks_of_one_row_and_of_all_slots_give_the_clear_results() {
    FheServer server = new FheServer(SERVER, null, 1);
    try (ClientKeys keys = ClientKeys.generate(CLIENT);
        FheClient owner = new FheClient(CLIENT, keys)) {
      for (int count : new int[] {1, 7, owner.rowsPerBlock()}) {
        Tensor rows = TinyCircuits.rows(count, count);
        EncryptedBlock block = owner.encrypt(42, rows);
        assertEquals(count, block.rows());
        EncryptedBlock result = server.score(block);
        assertEquals(42, result.number());
        assertArrayEquals(LOGISTIC.score(rows), owner.decrypt(result));
      }
    }
  }

  /** Kernels that are not compiled yet allocate more, so that a later block never does. */
  @Test
  void later_blocks_allocate_no_more_than_earlier_ones() {
    CompiledCircuit squares = TinyCircuits.squares();
    ClientPackage client = ClientPackage.of(squares);
    FheServer server = new FheServer(ServerPackage.of(squares), null, 1);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (ClientKeys keys = ClientKeys.generate(client);
        FheClient owner = new FheClient(client, keys)) {
      EncryptedBlock block = owner.encrypt(TinyCircuits.rows(3, 5));
      long[] allocated = new long[8];
      for (int i = 0; i < allocated.length; i++) {
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        server.score(block);
        allocated[i] = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      }
      assertTrue(allocated[7] <= 1.1 * allocated[1], Arrays.toString(allocated));
    }
  }

  @Test
  void several_threads_on_one_block_and_several_blocks_at_once_give_equal_results() {
    CompiledCircuit squares = TinyCircuits.squares();
    ClientPackage client = ClientPackage.of(squares);
    Tensor rows = TinyCircuits.rows(3, 4 * client.rowsPerBlock() - 9);
    try (ClientKeys keys = ClientKeys.generate(client);
        FheClient owner = new FheClient(client, keys, 3)) {
      List<EncryptedBlock> blocks = owner.encryptInBlocks(client.rowsPerBlock(), rows).toList();
      assertEquals(4, blocks.size());
      FheServer one = new FheServer(ServerPackage.of(squares), null, 1);
      FheServer three = new FheServer(ServerPackage.of(squares), null, 3);
      List<byte[]> expected = blocks.stream().map(b -> one.score(b).toBytes()).toList();
      List<byte[]> actual = blocks.parallelStream().map(b -> three.score(b).toBytes()).toList();
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), actual.get(i));
      }
      float[] clear = squares.score(rows)[0].toFloats();
      int at = 0;
      for (EncryptedBlock block : blocks) {
        for (float value : owner.decrypt(three.score(block))[0].toFloats()) {
          assertEquals(clear[at++], value, 0.01);
        }
      }
      assertEquals(clear.length, at);
    }
  }

  @Test
  void circuit_that_relinearises_runs_with_keys_from_a_file_and_not_without(@TempDir Path folder) {
    CompiledCircuit compiled = TinyCircuits.relinearised();
    ClientPackage client = ClientPackage.of(compiled);
    ServerPackage server = ServerPackage.of(compiled);
    Tensor rows = TinyCircuits.rows(5, 50);
    try (ClientKeys keys = ClientKeys.generate(client)) {
      keys.save(folder);
      assertEquals("SOTTO-RUNTIME-007", Faults.code(() -> new FheServer(server, null, 1)));
      EvaluationKeys read = server.readKeys(folder.resolve(KeyFile.EVALUATION.fileName()));
      try (ClientKeys loaded = ClientKeys.load(folder, client);
          FheClient owner = new FheClient(client, loaded)) {
        assertEquals(keys.id(), loaded.id());
        Tensor result = owner.decrypt(new FheServer(server, read, 1).score(owner.encrypt(rows)))[0];
        assertArrayEquals(compiled.score(rows)[0].toFloats(), result.toFloats(), 0.01f);
      }
      try (ClientKeys others = ClientKeys.generate(client);
          FheClient stranger = new FheClient(client, others)) {
        EncryptedBlock block = stranger.encrypt(rows);
        assertEquals(
            "SOTTO-RUNTIME-006", Faults.code(() -> new FheServer(server, read, 1).score(block)));
      }
    }
  }

  @Test
  void secret_key_is_readable_by_its_owner_only_and_never_overwritten(@TempDir Path folder)
      throws IOException {
    Path directory = folder.resolve("keys");
    try (ClientKeys keys = ClientKeys.generate(CLIENT)) {
      keys.save(directory);
      Path secret = directory.resolve("secret.key");
      assertEquals(
          PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(secret));
      assertFalse(Files.exists(directory.resolve("evaluation.keys")));
      byte[] before = Files.readAllBytes(secret);
      try (ClientKeys others = ClientKeys.generate(CLIENT)) {
        assertEquals("SOTTO-RUNTIME-014", Faults.code(() -> others.save(directory)));
      }
      assertArrayEquals(before, Files.readAllBytes(secret));
    }
  }

  @Test
  void keys_of_another_circuit_are_refused(@TempDir Path folder) {
    ClientPackage other = ClientPackage.of(TinyCircuits.squares());
    try (ClientKeys keys = ClientKeys.generate(other)) {
      keys.save(folder);
      assertEquals("SOTTO-RUNTIME-005", Faults.code(() -> new FheClient(CLIENT, keys)));
    }
    assertEquals("SOTTO-RUNTIME-005", Faults.code(() -> ClientKeys.load(folder, CLIENT)));
    assertEquals(
        "SOTTO-RUNTIME-003", Faults.code(() -> ClientKeys.load(folder.resolve("none"), CLIENT)));
  }

  @Test
  void closed_keys_encrypt_nothing() {
    ClientKeys keys = ClientKeys.generate(CLIENT);
    FheClient owner = new FheClient(CLIENT, keys);
    keys.close();
    assertThrows(IllegalStateException.class, () -> owner.encrypt(TinyCircuits.rows(1, 2)));
    assertFalse(keys.toString().contains("seed"));
  }

  @Test
  void blocks_of_another_key_or_circuit_or_role_are_refused() {
    CompiledCircuit squares = TinyCircuits.squares();
    ClientPackage otherClient = ClientPackage.of(squares);
    Tensor rows = TinyCircuits.rows(2, 5);
    FheServer server = new FheServer(SERVER, null, 1);
    FheServer otherServer = new FheServer(ServerPackage.of(squares), null, 1);
    try (ClientKeys keys = ClientKeys.generate(CLIENT);
        FheClient owner = new FheClient(CLIENT, keys);
        ClientKeys strangersKeys = ClientKeys.generate(CLIENT);
        FheClient stranger = new FheClient(CLIENT, strangersKeys);
        ClientKeys otherKeys = ClientKeys.generate(otherClient);
        FheClient other = new FheClient(otherClient, otherKeys)) {
      EncryptedBlock block = owner.encrypt(rows);
      EncryptedBlock result = server.score(block);
      assertEquals("SOTTO-RUNTIME-006", Faults.code(() -> stranger.decrypt(result)));
      assertEquals("SOTTO-RUNTIME-005", Faults.code(() -> other.decrypt(result)));
      assertEquals("SOTTO-RUNTIME-005", Faults.code(() -> otherServer.score(block)));
      assertEquals("SOTTO-RUNTIME-008", Faults.code(() -> server.score(result)));
      assertEquals("SOTTO-RUNTIME-008", Faults.code(() -> owner.decrypt(block)));
    }
  }

  @Test
  void rows_that_are_none_are_refused_and_rows_out_of_range_clipped_and_counted() {
    try (ClientKeys keys = ClientKeys.generate(CLIENT);
        FheClient owner = new FheClient(CLIENT, keys)) {
      SottoException refused =
          Faults.of(() -> owner.encrypt(row(0, Float.NaN, 0, 0, 0, Float.POSITIVE_INFINITY)));
      assertEquals(2, refused.problems().size());
      assertTrue(
          refused.getMessage().contains("SOTTO-RUNTIME-011 row 0, value 1 of input"),
          refused.getMessage());
      assertTrue(refused.getMessage().contains("row 1, value 2"), refused.getMessage());
      assertEquals(
          "SOTTO-RUNTIME-012",
          Faults.code(() -> owner.encrypt(Tensor.of(Shape.of(2, 4), new float[8]))));
      assertEquals("SOTTO-RUNTIME-012", Faults.code(owner::encrypt));
      assertEquals(
          "SOTTO-RUNTIME-009",
          Faults.code(() -> owner.encrypt(Tensor.of(Shape.of(0, 3), new float[0]))));
      assertEquals(
          "SOTTO-RUNTIME-010",
          Faults.code(() -> owner.encrypt(TinyCircuits.rows(1, owner.rowsPerBlock() + 1))));
      assertEquals(0, owner.clipped());
      EncryptedBlock block = owner.encrypt(row(0, 0, 0, 7, 0.5f, -7, 0, 0, 7));
      assertEquals(3, owner.clipped());
      assertArrayEquals(new long[] {1, 0, 2}, owner.clippedByElement().get(0));
      Tensor[] result = owner.decrypt(new FheServer(SERVER, null, 1).score(block));
      assertArrayEquals(LOGISTIC.score(row(0, 0, 0, 1, 0.5f, -1, 0, 0, 1)), result);
    }
  }

  private static Tensor row(float... values) {
    return Tensor.of(Shape.of(values.length / 3, 3), values);
  }

  @Test
  void trees_read_missing_values_as_the_model_does() {
    BenchmarkModel tree = BenchmarkModel.compile("tree-cancer", 6);
    ClientPackage client = ClientPackage.of(tree.compiled());
    float[] values = tree.rows().rows(0, 8).toFloats().clone();
    for (int i = 0; i < values.length; i += 3) {
      values[i] = Float.NaN;
    }
    Tensor rows = Tensor.of(tree.rows().rows(0, 8).shape(), values);
    try (ClientKeys keys = ClientKeys.generate(client);
        FheClient owner = new FheClient(client, keys)) {
      FheServer server = new FheServer(ServerPackage.of(tree.compiled()), null, 1);
      assertArrayEquals(
          tree.compiled().score(rows), owner.decrypt(server.score(owner.encrypt(rows))));
    }
  }

  @Test
  void block_goes_through_a_stream_an_array_and_a_column_unchanged() throws IOException {
    try (ClientKeys keys = ClientKeys.generate(CLIENT);
        FheClient owner = new FheClient(CLIENT, keys)) {
      EncryptedBlock block = owner.encrypt(7, TinyCircuits.rows(1, 9));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      block.write(out);
      block.write(out);
      assertEquals(2 * block.length(), out.size());
      ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
      assertArrayEquals(block.toBytes(), EncryptedBlock.read(in).toBytes());
      assertArrayEquals(block.toBytes(), EncryptedBlock.read(in).toBytes());
      assertArrayEquals(block.toBytes(), EncryptedBlock.parse(block.toBytes()).toBytes());
      assertArrayEquals(block.toBytes(), EncryptedBlock.of(block.payload()).toBytes());
      assertEquals(1 + TinyCircuits.FEATURES, block.payload().size());
    }
  }

  @Test
  void block_with_an_altered_byte_is_refused_wherever_it_is() {
    FheServer server = new FheServer(SERVER, null, 1);
    try (ClientKeys keys = ClientKeys.generate(CLIENT);
        FheClient owner = new FheClient(CLIENT, keys)) {
      byte[] input = owner.encrypt(TinyCircuits.rows(1, 9)).toBytes();
      byte[] result = server.score(EncryptedBlock.parse(input)).toBytes();
      for (int at = 0; at < input.length; at += at < 400 ? 1 : 97) {
        byte[] altered = altered(input, at);
        Faults.of(() -> server.score(EncryptedBlock.parse(altered)));
      }
      for (int at = 0; at < result.length; at += at < 400 ? 1 : 97) {
        byte[] altered = altered(result, at);
        Faults.of(() -> owner.decrypt(EncryptedBlock.parse(altered)));
      }
    }
  }

  private static byte[] altered(byte[] bytes, int at) {
    byte[] altered = bytes.clone();
    altered[at] ^= 4;
    return altered;
  }

  @Test
  void block_cut_short_or_with_pieces_exchanged_or_of_a_newer_version_is_refused() {
    FheServer server = new FheServer(SERVER, null, 1);
    try (ClientKeys keys = ClientKeys.generate(CLIENT);
        FheClient owner = new FheClient(CLIENT, keys)) {
      EncryptedBlock block = owner.encrypt(TinyCircuits.rows(1, 9));
      byte[] bytes = block.toBytes();
      for (int length = 0; length < bytes.length; length += length < 300 ? 1 : 211) {
        byte[] cut = Arrays.copyOf(bytes, length);
        Faults.of(() -> EncryptedBlock.parse(cut));
        Faults.of(() -> EncryptedBlock.read(new ByteArrayInputStream(cut)));
      }
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
      assertEquals("SOTTO-RUNTIME-004", Faults.code(() -> EncryptedBlock.parse(longer)));
      List<byte[]> pieces = new ArrayList<>(block.payload());
      pieces.add(1, pieces.remove(2));
      assertEquals("SOTTO-RUNTIME-004", Faults.code(() -> server.score(EncryptedBlock.of(pieces))));
      pieces.remove(1);
      assertEquals("SOTTO-RUNTIME-004", Faults.code(() -> EncryptedBlock.of(pieces)));
      assertEquals("SOTTO-RUNTIME-004", Faults.code(() -> EncryptedBlock.of(List.of())));
      byte[] newer = bytes.clone();
      newer[4] = 2;
      SottoException refused = Faults.of(() -> EncryptedBlock.parse(newer));
      assertTrue(refused.getMessage().contains("SOTTO-RUNTIME-002"), refused.getMessage());
      assertTrue(refused.getMessage().contains("got version 2"), refused.getMessage());
    }
  }

  @Test
  void key_file_with_an_altered_byte_is_refused_wherever_it_is(@TempDir Path folder)
      throws IOException {
    ClientPackage client = ClientPackage.of(TinyCircuits.relinearised());
    ServerPackage server = ServerPackage.of(TinyCircuits.relinearised());
    try (ClientKeys keys = ClientKeys.generate(client)) {
      keys.save(folder);
    }
    Path secret = folder.resolve("secret.key");
    byte[] bytes = Files.readAllBytes(secret);
    for (int at = 0; at < bytes.length; at++) {
      Files.write(secret, altered(bytes, at));
      Faults.of(() -> ClientKeys.load(folder, client).close());
    }
    byte[] evaluation = Files.readAllBytes(folder.resolve("evaluation.keys"));
    for (int at = 0; at < evaluation.length; at += at < 300 ? 1 : 40_009) {
      byte[] changed = altered(evaluation, at);
      Faults.of(() -> server.parseKeys(changed));
    }
    byte[] cut = Arrays.copyOf(evaluation, evaluation.length - 1);
    Faults.of(() -> server.parseKeys(cut));
    byte[] longer = Arrays.copyOf(evaluation, evaluation.length + 1);
    Faults.of(() -> server.parseKeys(longer));
  }

  @Test
  void encryptions_of_equal_rows_differ() {
    try (ClientKeys keys = ClientKeys.generate(CLIENT);
        FheClient owner = new FheClient(CLIENT, keys)) {
      Tensor rows = TinyCircuits.rows(1, 9);
      byte[] first = owner.encrypt(rows).ciphertext(0);
      byte[] second = owner.encrypt(rows).ciphertext(0);
      assertNotEquals(Arrays.hashCode(first), Arrays.hashCode(second));
    }
  }
}
