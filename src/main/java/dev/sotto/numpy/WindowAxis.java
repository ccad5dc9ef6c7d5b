package dev.sotto.numpy;

/**
 * A sliding window along one spatial axis.
 *
 * <p>Window number {@code o} reads, for tap {@code k}, the element {@code o * stride + k * dilation
 * - padBegin} of the input, unless that lies outside. The windows for which a tap lies inside form
 * one range, so that convolution and pooling walk over whole rows without looking at borders.
 *
 * @param input number of elements along the axis
 * @param kernel number of taps
 * @param stride elements from window to window
 * @param dilation elements from tap to tap
 * @param padBegin elements of padding before the first element
 * @param padEnd elements of padding behind the last element
 * @param output number of windows
 */
record WindowAxis(
    int input, int kernel, int stride, int dilation, int padBegin, int padEnd, int output) {
  /** An axis of length one, which stands in for a missing one. */
  static final WindowAxis TRIVIAL = new WindowAxis(1, 1, 1, 1, 0, 0, 1);

  /** The input element that a window's tap reads; outside the input when it lies in padding. */
  int source(int window, int tap) {
    return window * stride + tap * dilation - padBegin;
  }

  /** The first window whose tap lies inside the input. */
  int first(int tap) {
    return Math.max(0, -Math.floorDiv(tap * dilation - padBegin, stride));
  }

  /** One past the last window whose tap lies inside the input; at least {@link #first}. */
  int end(int tap) {
    int last = Math.floorDiv(input - 1 + padBegin - tap * dilation, stride);
    return Math.max(first(tap), Math.min(output, last + 1));
  }

  /** How many taps of a window lie inside the input, or inside input and padding. */
  int taps(int window, boolean withPadding) {
    int from = withPadding ? -padBegin : 0;
    int to = withPadding ? input + padEnd : input;
    int count = 0;
    for (int tap = 0; tap < kernel; tap++) {
      int source = source(window, tap);
      count += source >= from && source < to ? 1 : 0;
    }
    return count;
  }
}
