package dev.sotto.spark;

import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.ServerPackage;
import java.io.Serializable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * A package as it travels to executors: its bytes, broadcast, prepared once per JVM and shared by
 * its task threads.
 *
 * @param hash of the bytes: packages of two clients may be of one circuit
 */
public record PackageBytes(String hash, Broadcast<byte[]> bytes) implements Serializable {
  private static final ExecutorCache<ClientPackage> CLIENTS = new ExecutorCache<>(4);
  private static final ExecutorCache<ServerPackage> SERVERS = new ExecutorCache<>(4);

  /** Broadcasts what the owner of rows needs. */
  public static PackageBytes of(SparkSession spark, ClientPackage client) {
    return of(spark, client.toBytes());
  }

  /** Broadcasts what the compute provider needs. */
  public static PackageBytes of(SparkSession spark, ServerPackage server) {
    return of(spark, server.toBytes());
  }

  private static PackageBytes of(SparkSession spark, byte[] bytes) {
    return new PackageBytes(
        ModelBytes.sha256(bytes),
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(bytes));
  }

  /** The package, where it is a client's. */
  public ClientPackage client() {
    return CLIENTS.get(hash, () -> ClientPackage.parse(bytes.value()));
  }

  /** The package, where it is a server's. */
  public ServerPackage server() {
    return SERVERS.get(hash, () -> ServerPackage.parse(bytes.value()));
  }
}
