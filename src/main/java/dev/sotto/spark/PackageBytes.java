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
 * @param circuit hash of the circuit
 */
record PackageBytes(String circuit, Broadcast<byte[]> bytes) implements Serializable {
  private static final ExecutorCache<ClientPackage> CLIENTS = new ExecutorCache<>(4);
  private static final ExecutorCache<ServerPackage> SERVERS = new ExecutorCache<>(4);

  static PackageBytes of(SparkSession spark, ClientPackage client) {
    return new PackageBytes(client.circuitHash(), broadcast(spark, client.toBytes()));
  }

  static PackageBytes of(SparkSession spark, ServerPackage server) {
    return new PackageBytes(server.circuitHash(), broadcast(spark, server.toBytes()));
  }

  private static Broadcast<byte[]> broadcast(SparkSession spark, byte[] bytes) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(bytes);
  }

  ClientPackage client() {
    return CLIENTS.get(circuit, () -> ClientPackage.parse(bytes.value()));
  }

  ServerPackage server() {
    return SERVERS.get(circuit, () -> ServerPackage.parse(bytes.value()));
  }
}
