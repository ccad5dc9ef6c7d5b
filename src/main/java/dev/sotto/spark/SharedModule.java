package dev.sotto.spark;

import dev.sotto.quantization.QuantizedModule;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A quantized module as it is broadcast: its versioned bytes, parsed once per executor JVM and
 * shared by all task threads there.
 */
final class SharedModule implements Serializable {
  private static final long serialVersionUID = 1L;

  private final byte[] bytes;
  private transient volatile @Nullable QuantizedModule module;

  SharedModule(QuantizedModule module) {
    this.bytes = module.toBytes();
    this.module = module;
  }

  QuantizedModule module() {
    QuantizedModule known = module;
    if (known == null) {
      synchronized (this) {
        known = module;
        if (known == null) {
          known = QuantizedModule.parse(bytes);
          module = known;
        }
      }
    }
    return known;
  }
}
