package dev.sotto.spark.encrypted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.common.Seed;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.TinyCircuits;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.runtime.client.FheClient;
import dev.sotto.slots.SecretKey;
import dev.sotto.testing.SparkTestSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.reflect.ClassTag$;

/** No serializer that Spark uses takes a secret along. */
final class SecretsStayTest {
  private static final ClientPackage CLIENT = ClientPackage.of(TinyCircuits.logistic());

  /** Numbers that are found again in other bytes. */
  private static byte[] seed() {
    byte[] seed = new byte[Seed.LENGTH];
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (byte) (7 * i + 101);
    }
    return seed;
  }

  private static boolean holds(byte[] bytes, byte[] part) {
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    return all.contains(new String(part, StandardCharsets.ISO_8859_1));
  }

  private static byte[] java(Object object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }

  private static byte[] kryo(Object object) {
    SerializerInstance serializer = new KryoSerializer(new SparkConf(false)).newInstance();
    var buffer = serializer.serialize(object, ClassTag$.MODULE$.apply(object.getClass()));
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(classes = {ClientKeys.class, FheClient.class, SecretKey.class, Seed.class})
  void types_with_secrets_are_not_serializable(Class<?> type) {
    assertFalse(Serializable.class.isAssignableFrom(type));
  }

  @Test
  void java_refuses_keys_and_clients() {
    try (ClientKeys keys = ClientKeys.of(CLIENT, Seed.of(seed()));
        FheClient owner = new FheClient(CLIENT, keys)) {
      assertThrows(NotSerializableException.class, () -> java(keys));
      assertThrows(NotSerializableException.class, () -> java(owner));
    }
  }

  @Test
  void kryo_writes_neither_seed_nor_secret_polynomial() {
    byte[] seed = seed();
    assertTrue(holds(kryo(seed), Arrays.copyOf(seed, 16)), "the search finds what is there");
    Seed own = Seed.of(seed);
    assertFalse(holds(kryo(own), Arrays.copyOf(seed, 8)));
    try (ClientKeys keys = ClientKeys.of(CLIENT, own)) {
      byte[] written = kryoOrNothing(keys);
      assertFalse(holds(written, Arrays.copyOf(seed, 8)));
      int polynomial = CLIENT.part().plan().ring().n() * Double.BYTES;
      assertTrue(written.length < polynomial, written.length + " bytes");
    }
  }

  /** What Kryo gives; nothing where it refuses. */
  private static byte[] kryoOrNothing(Object object) {
    try {
      return kryo(object);
    } catch (RuntimeException refused) {
      return new byte[0];
    }
  }

  @Test
  void tasks_of_the_owner_know_the_folder_and_nothing_more() throws IOException {
    KeyFolder folder = new KeyFolder("/keys/of/mine", HadoopSettings.of(SparkTestSession.get()));
    assertTrue(holds(java(folder), "/keys/of/mine".getBytes(StandardCharsets.UTF_8)));
    assertEquals(2, KeyFolder.class.getRecordComponents().length);
    assertEquals(String.class, KeyFolder.class.getRecordComponents()[0].getType());
  }
}
