package dev.sotto.numpy;

import dev.sotto.tensor.PackedMatrix;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A convolution as a matrix product whose left-hand side is never written down.
 *
 * <p>Row w of the patch matrix (im2col) is what window w sees: element (w, tap) is the element of
 * the padded image at {@code start of w + offset of tap}. The product is gathered from there,
 * pixels times filters, and stored filters times pixels.
 */
final class FloatConvolution {
  /** Windows at a time, so that their results stay in a cache. */
  private static final int CHUNK = 256;

  private final ConvolutionGeometry geometry;
  private final int[] extents = new int[SlidingWindow.AXES];
  private final boolean padded;
  private final int[] offsets;
  private final List<int[]> starts;

  FloatConvolution(ConvolutionGeometry geometry) {
    this.geometry = geometry;
    boolean needsPadding = false;
    for (int i = 0; i < extents.length; i++) {
      WindowAxis axis = geometry.axes()[i];
      int span = (axis.output() - 1) * axis.stride() + (axis.kernel() - 1) * axis.dilation() + 1;
      needsPadding |= axis.padBegin() != 0 || span > axis.input();
      extents[i] = Math.max(span, axis.input() + Math.max(0, axis.padBegin()));
    }
    padded = needsPadding;
    if (!padded) {
      Arrays.setAll(extents, i -> geometry.axes()[i].input());
    }
    offsets = offsets();
    starts = starts();
  }

  /** Lays out the filters of each group. */
  static PackedMatrix[] pack(Tensor filters, int groups) {
    int groupFilters = filters.shape().dim(0) / groups;
    int taps = filters.shape().size(1, filters.shape().rank());
    PackedMatrix[] packed = new PackedMatrix[groups];
    Arrays.setAll(
        packed,
        group ->
            PackedMatrix.ofTransposed(
                filters.floats(), group * groupFilters * taps, taps, groupFilters));
    return packed;
  }

  private int planeSize() {
    return extents[0] * extents[1] * extents[2];
  }

  private int at(int d, int h, int w) {
    return (d * extents[1] + h) * extents[2] + w;
  }

  private int[] offsets() {
    WindowAxis[] axes = geometry.axes();
    int[] result = new int[geometry.taps()];
    int next = 0;
    for (int c = 0; c < geometry.groupChannels(); c++) {
      for (int d = 0; d < axes[0].kernel(); d++) {
        for (int h = 0; h < axes[1].kernel(); h++) {
          for (int w = 0; w < axes[2].kernel(); w++) {
            result[next++] =
                c * planeSize()
                    + at(d * axes[0].dilation(), h * axes[1].dilation(), w * axes[2].dilation());
          }
        }
      }
    }
    return result;
  }

  private List<int[]> starts() {
    WindowAxis[] axes = geometry.axes();
    int[] all = new int[geometry.pixels()];
    int next = 0;
    for (int d = 0; d < axes[0].output(); d++) {
      for (int h = 0; h < axes[1].output(); h++) {
        for (int w = 0; w < axes[2].output(); w++) {
          all[next++] = at(d * axes[0].stride(), h * axes[1].stride(), w * axes[2].stride());
        }
      }
    }
    List<int[]> chunks = new ArrayList<>();
    for (int from = 0; from < all.length; from += CHUNK) {
      chunks.add(Arrays.copyOfRange(all, from, Math.min(all.length, from + CHUNK)));
    }
    return chunks;
  }

  /** Convolves all images. */
  float[] apply(float[] x, PackedMatrix[] filters, float[] bias) {
    int channels = geometry.groups() * geometry.groupChannels();
    int groupFilters = geometry.groupFilters();
    int pixels = geometry.pixels();
    float[] result = new float[geometry.images() * geometry.filters() * pixels];
    float[] image = padded ? new float[channels * planeSize()] : x;
    int stride = filters.length == 0 ? 0 : filters[0].paddedColumns();
    float[] product = new float[Math.min(CHUNK, pixels) * stride];
    for (int i = 0; i < geometry.images(); i++) {
      if (padded) {
        pad(x, i * channels, channels, image);
      }
      int first = padded ? 0 : i * channels * planeSize();
      for (int group = 0; group < geometry.groups(); group++) {
        int from = first + group * geometry.groupChannels() * planeSize();
        int filter = group * groupFilters;
        int to = (i * geometry.filters() + filter) * pixels;
        for (int[] chunk : starts) {
          Arrays.fill(product, 0, chunk.length * stride, 0);
          filters[group].multiplyAddGathered(image, from, chunk, offsets, product);
          for (int f = 0; f < groupFilters; f++) {
            store(product, f, stride, bias[filter + f], result, to + f * pixels, chunk.length);
          }
          to += chunk.length;
        }
      }
    }
    return result;
  }

  /** Copies the channels of one image into the middle of padded planes. */
  private void pad(float[] x, int channel, int channels, float[] image) {
    WindowAxis[] axes = geometry.axes();
    int width = axes[2].input() - Math.max(0, -axes[2].padBegin());
    int skipped = Math.max(0, -axes[2].padBegin());
    for (int c = 0; c < channels; c++) {
      for (int d = Math.max(0, -axes[0].padBegin()); d < axes[0].input(); d++) {
        for (int h = Math.max(0, -axes[1].padBegin()); h < axes[1].input(); h++) {
          int line = ((channel + c) * axes[0].input() + d) * axes[1].input() + h;
          System.arraycopy(
              x,
              line * axes[2].input() + skipped,
              image,
              c * planeSize()
                  + at(
                      d + axes[0].padBegin(),
                      h + axes[1].padBegin(),
                      Math.max(0, axes[2].padBegin())),
              width);
        }
      }
    }
  }

  /** Writes one column of the product as a row, plus the bias. */
  private static void store(
      float[] product, int from, int stride, float bias, float[] result, int to, int count) {
    for (int i = 0; i < count; i++) {
      result[to + i] = product[from + i * stride] + bias;
    }
  }
}
