/**
 * Numbers of the slots engine: residues modulo primes, polynomials over many primes, and the
 * kernels that everything else is made of.
 *
 * <pre>
 *   Modulus ── NttTable ── RnsRing ── RnsPolynomial        what a polynomial is
 *        RingKernels (scalar, vector)                      what is done to one limb of it
 *        BaseConversion, WeightedSums                      what is done across limbs and polynomials
 *        CanonicalEmbedding, WholeNumbers, MixedRadix      real numbers in, and out again
 *        UniformResidues, TernarySampler, GaussianSampler  where random ones come from
 *        PackedResidues                                    what they are on the wire
 * </pre>
 *
 * <p>A polynomial of degree below N is held by its residues modulo each prime of a chain (residue
 * number system, RNS): one <em>limb</em> of N numbers per prime. A residue modulo p is a whole
 * number in a {@code double}, of size at most p; primes lie below 2<sup>50</sup>, so that products
 * are exact with one fused multiply-add for each half. Knows nothing of schemes, keys and wire
 * formats.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.slots.ring;
