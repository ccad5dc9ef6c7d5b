/** Measured figures: benchmarks that scripts under {@code scripts/bench} run. */
@org.jspecify.annotations.NullMarked
package dev.sotto.bench;
