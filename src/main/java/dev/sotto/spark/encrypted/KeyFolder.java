package dev.sotto.spark.encrypted;

import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.KeyFile;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.runtime.client.FheClient;
import dev.sotto.spark.HadoopFiles;
import java.io.Serializable;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Where a data owner's keys lie. Only the name of the folder travels: each task reads the secret
 * key by itself, and wipes it when it ends.
 *
 * @param folder that {@code keygen} wrote, on a file system that every executor reaches
 */
record KeyFolder(String folder, HadoopSettings settings) implements Serializable {

  /** The keys, to be closed. */
  ClientKeys open(ClientPackage client) {
    String file = HadoopFiles.in(folder, KeyFile.SECRET.fileName());
    return ClientKeys.parse(HadoopFiles.read(file, settings.value()), client, file);
  }

  /** A client for the task that calls, closed when it ends, and the keys with it. */
  FheClient forTask(ClientPackage client) {
    ClientKeys keys = open(client);
    FheClient owner = new FheClient(client, keys);
    TaskContext.get()
        .addTaskCompletionListener(
            (TaskCompletionListener)
                context -> {
                  owner.close();
                  keys.close();
                });
    return owner;
  }
}
