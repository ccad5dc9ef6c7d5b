package dev.sotto.numpy.ml;

import java.util.ArrayList;
import java.util.List;

/** Collects what each leaf adds to which target, grouped by leaf. */
final class LeafEntries {
  private record Entry(int target, double weight) {}

  private final List<List<Entry>> leaves = new ArrayList<>();

  LeafEntries(int count) {
    for (int i = 0; i < count; i++) {
      leaves.add(new ArrayList<>(1));
    }
  }

  void add(int leaf, int target, double weight) {
    leaves.get(leaf).add(new Entry(target, weight));
  }

  int[] starts() {
    int[] starts = new int[leaves.size() + 1];
    for (int i = 0; i < leaves.size(); i++) {
      starts[i + 1] = starts[i] + leaves.get(i).size();
    }
    return starts;
  }

  int[] targets() {
    return leaves.stream().flatMap(List::stream).mapToInt(Entry::target).toArray();
  }

  double[] weights() {
    return leaves.stream().flatMap(List::stream).mapToDouble(Entry::weight).toArray();
  }
}
