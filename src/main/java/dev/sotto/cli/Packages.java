package dev.sotto.cli;

import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.spark.HadoopFiles;
import dev.sotto.spark.SottoSession;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/** Packages of a file, here or on any file system that Hadoop knows. */
final class Packages {
  private Packages() {}

  static ClientPackage client(String name) {
    return HadoopFiles.isRemote(name)
        ? ClientPackage.parse(HadoopFiles.read(name, configuration()))
        : ClientPackage.read(Path.of(name));
  }

  static ServerPackage server(String name) {
    return HadoopFiles.isRemote(name)
        ? ServerPackage.parse(HadoopFiles.read(name, configuration()))
        : ServerPackage.read(Path.of(name));
  }

  /** The settings with which Spark opens files. */
  static Configuration configuration() {
    return SottoSession.open("sotto").sessionState().newHadoopConf();
  }
}
