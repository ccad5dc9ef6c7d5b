package dev.sotto.compiler.slots;

import dev.sotto.slots.SlotCiphertext;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts tasks into an order in which few ciphertexts are in memory at once: a result is computed
 * when it is asked for, from the outputs back to the inputs, and forgotten after its last use.
 *
 * <p>Sums are asked for one for each thread at a time, so that what the first of them need is gone
 * before the last are looked at; what has one operand and one user follows where that is made.
 *
 * @param <C> a ciphertext
 */
final class BlockSchedule<C extends SlotCiphertext> {
  /** Inputs that nothing needs are looked at all the same, so many at a time. */
  private static final int UNUSED_AT_ONCE = 16;

  /**
   * What one thread does in one go.
   *
   * @param task what
   * @param block which portion of its operands it takes
   * @param followers tasks that follow its last portion, each on what is there by then
   */
  record Action<C extends SlotCiphertext>(Task<C> task, int block, List<Task<C>> followers) {
    boolean isLast() {
      return block == task.blocks() - 1;
    }
  }

  /**
   * What threads do beside one another.
   *
   * @param actions each is done by one thread
   * @param dead elements that are needed no more after it
   */
  record Round<C extends SlotCiphertext>(List<Action<C>> actions, List<Element<C>> dead) {}

  private final int threads;
  private final List<List<Task<C>>> users;
  private final List<List<Task<C>>> followers;
  private final BitSet outputs = new BitSet();
  private final BitSet done = new BitSet();
  private final int[] uses;
  private final List<Round<C>> rounds = new ArrayList<>();

  private BlockSchedule(
      Recording<C> recording, List<Element<C>> inputs, List<Element<C>> results, int threads) {
    this.threads = threads;
    this.users = lists(recording.elements());
    this.followers = lists(recording.tasks());
    this.uses = new int[recording.elements()];
    results.forEach(result -> outputs.set(result.id));
    Set<Task<C>> all = tasks(results);
    for (Task<C> task : all) {
      new LinkedHashSet<>(task.operands).forEach(operand -> users.get(operand.id).add(task));
    }
    inputs.stream().map(input -> input.maker).forEach(all::add);
    for (Task<C> task : all) {
      if (!follows(task)) {
        follow(task, followers.get(task.id));
        for (int block = 0; block < task.blocks(); block++) {
          new LinkedHashSet<>(task.operands(block)).forEach(operand -> uses[operand.id]++);
        }
      }
    }
  }

  /**
   * The rounds that compute results.
   *
   * @param inputs all of them, also those that no result needs
   */
  static <C extends SlotCiphertext> List<Round<C>> of(
      Recording<C> recording, List<Element<C>> inputs, List<Element<C>> results, int threads) {
    BlockSchedule<C> schedule = new BlockSchedule<>(recording, inputs, results, threads);
    schedule.demand(results);
    for (int i = 0; i < inputs.size(); i += UNUSED_AT_ONCE) {
      schedule.demand(inputs.subList(i, Math.min(inputs.size(), i + UNUSED_AT_ONCE)));
    }
    return schedule.rounds;
  }

  private static <T> List<List<T>> lists(int count) {
    List<List<T>> lists = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      lists.add(new ArrayList<>());
    }
    return lists;
  }

  /** All tasks that results need. */
  private static <C extends SlotCiphertext> Set<Task<C>> tasks(List<Element<C>> results) {
    Set<Task<C>> found = new LinkedHashSet<>();
    List<Task<C>> open = new ArrayList<>();
    results.forEach(result -> open.add(result.maker));
    while (!open.isEmpty()) {
      Task<C> task = open.remove(open.size() - 1);
      if (found.add(task)) {
        task.operands.forEach(operand -> open.add(operand.maker));
      }
    }
    return found;
  }

  private boolean follows(Task<C> task) {
    return task.isUnary() && onlyUser(task.operands.get(0)) == task;
  }

  private @Nullable Task<C> onlyUser(Element<C> element) {
    List<Task<C>> all = users.get(element.id);
    return all.size() == 1 && !outputs.get(element.id) ? all.get(0) : null;
  }

  private void follow(Task<C> task, List<Task<C>> into) {
    for (Element<C> result : task.results) {
      Task<C> user = onlyUser(result);
      if (user != null && user.isUnary()) {
        into.add(user);
        follow(user, into);
      }
    }
  }

  private Task<C> head(Task<C> task) {
    Task<C> head = task;
    while (follows(head)) {
      head = head.operands.get(0).maker;
    }
    return head;
  }

  private void demand(Collection<Element<C>> elements) {
    Map<Integer, Set<Task<C>>> byDepth = new TreeMap<>();
    for (Element<C> element : elements) {
      Task<C> head = head(element.maker);
      byDepth.computeIfAbsent(head.depth, depth -> new LinkedHashSet<>()).add(head);
    }
    for (Set<Task<C>> heads : byDepth.values()) {
      compute(heads.stream().filter(head -> head.sums == null).toList());
      List<Task<C>> sums =
          heads.stream().filter(head -> head.sums != null && !done.get(head.id)).toList();
      for (int i = 0; i < sums.size(); i += threads) {
        compute(sums.subList(i, Math.min(sums.size(), i + threads)));
      }
    }
  }

  /** Computes tasks of one depth together. */
  private void compute(List<Task<C>> tasks) {
    int blocks = tasks.stream().mapToInt(Task::blocks).max().orElse(0);
    for (int block = 0; block < blocks; block++) {
      List<Action<C>> actions = new ArrayList<>();
      Set<Element<C>> operands = new LinkedHashSet<>();
      for (Task<C> task : tasks) {
        if (block < task.blocks() && !done.get(task.id)) {
          actions.add(new Action<>(task, block, followers.get(task.id)));
          operands.addAll(task.operands(block));
        }
      }
      if (!actions.isEmpty()) {
        demand(operands);
        rounds.add(new Round<>(actions, dead(actions)));
      }
    }
    tasks.forEach(task -> done.set(task.id));
  }

  /** What actions use for the last time, and what they make for no one. */
  private List<Element<C>> dead(List<Action<C>> actions) {
    List<Element<C>> dead = new ArrayList<>();
    for (Action<C> action : actions) {
      for (Element<C> operand : new LinkedHashSet<>(action.task.operands(action.block))) {
        if (--uses[operand.id] == 0 && !outputs.get(operand.id)) {
          dead.add(operand);
        }
      }
      if (action.isLast()) {
        for (Element<C> result : action.task.results) {
          if (users.get(result.id).isEmpty() && !outputs.get(result.id)) {
            dead.add(result);
          }
        }
      }
    }
    return dead;
  }
}
