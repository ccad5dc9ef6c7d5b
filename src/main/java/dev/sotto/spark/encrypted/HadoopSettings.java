package dev.sotto.spark.encrypted;

import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** The settings with which tasks open files, as the driver would. */
record HadoopSettings(Broadcast<SerializableConfiguration> shared) implements Serializable {
  static HadoopSettings of(SparkSession spark) {
    Configuration settings = spark.sessionState().newHadoopConf();
    return new HadoopSettings(
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new SerializableConfiguration(settings)));
  }

  Configuration value() {
    return shared.value().value();
  }
}
