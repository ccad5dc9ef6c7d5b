package dev.sotto.numpy;

import dev.sotto.tensor.Tensor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an operator derives from a tensor that is usually the same object call after call: weights.
 *
 * <p>Thread-safe: threads that race at worst derive the same thing twice.
 *
 * @param <T> the derived form
 */
final class LastSeen<T> {
  private record Entry<T>(Tensor tensor, T derived) {}

  private final Function<Tensor, T> derive;
  private volatile @Nullable Entry<T> entry;

  LastSeen(Function<Tensor, T> derive) {
    this.derive = derive;
  }

  /** The derived form; computed anew only when the tensor is not the object last seen. */
  T of(Tensor tensor) {
    Entry<T> seen = entry;
    if (seen == null || seen.tensor != tensor) {
      seen = new Entry<>(tensor, derive.apply(tensor));
      entry = seen;
    }
    return seen.derived;
  }
}
