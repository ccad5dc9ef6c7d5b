/**
 * The small common room: what both engines need and neither owns.
 *
 * <pre>
 *   system entropy ──► Seed ──derive(label, index)──► Seed ──► RandomStream ──► samplers of an engine
 *
 *   kernel ──► VectorTwin.find ──► its twin on the Vector API, where this JVM has it
 *   both ──► Twins.current ──► the scalar one in a new JVM, the vector one as soon as it is compiled
 * </pre>
 *
 * <p>Randomness starts with 32 strong bytes and nothing else: whoever needs more of it, in parallel
 * or again on another machine, derives a seed by name and number. What holds a secret is closed by
 * whoever made it, wipes its own memory then, and never prints it.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.common;
