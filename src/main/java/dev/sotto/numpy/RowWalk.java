package dev.sotto.numpy;

/** What is done to each row of windows whose common tap lies inside the input. */
@FunctionalInterface
interface RowWalk {
  /**
   * One tap of several neighbouring windows.
   *
   * @param tap number of the tap in the kernel, row-major
   * @param source input element that the first window's tap reads, within its plane
   * @param stride input elements from window to window
   * @param window number of the first window, row-major
   * @param count number of windows
   */
  void row(int tap, int source, int stride, int window, int count);

  /** Visits every row for every tap of three axes; taps in padding are left out. */
  static void forEach(WindowAxis[] axes, RowWalk action) {
    WindowAxis depth = axes[0];
    WindowAxis height = axes[1];
    WindowAxis width = axes[2];
    int tap = 0;
    for (int kd = 0; kd < depth.kernel(); kd++) {
      for (int kh = 0; kh < height.kernel(); kh++) {
        for (int kw = 0; kw < width.kernel(); kw++, tap++) {
          int first = width.first(kw);
          int count = width.end(kw) - first;
          for (int d = depth.first(kd); d < depth.end(kd); d++) {
            for (int h = height.first(kh); h < height.end(kh); h++) {
              int line = depth.source(d, kd) * height.input() + height.source(h, kh);
              action.row(
                  tap,
                  line * width.input() + width.source(first, kw),
                  width.stride(),
                  (d * height.output() + h) * width.output() + first,
                  count);
            }
          }
        }
      }
    }
  }
}
