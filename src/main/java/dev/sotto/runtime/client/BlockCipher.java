package dev.sotto.runtime.client;

import dev.sotto.common.Seed;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.slots.BgvDecryptor;
import dev.sotto.slots.BgvEncryptor;
import dev.sotto.slots.BgvParameters;
import dev.sotto.slots.BgvScheme;
import dev.sotto.slots.CiphertextFormat;
import dev.sotto.slots.CkksDecryptor;
import dev.sotto.slots.CkksEncryptor;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.CkksScheme;
import dev.sotto.slots.EvaluationKeys;
import dev.sotto.slots.SecretKey;

/** A scheme as its client needs it: numbers of a block to bytes and back. For one thread. */
interface BlockCipher extends AutoCloseable {
  /**
   * A fresh ciphertext.
   *
   * @param values one for every slot in use
   * @param bound no value is larger in size
   * @param index never for two ciphertexts of one seed
   */
  byte[] encrypt(double[] values, double bound, long index);

  /** The numbers in all slots. */
  double[] decrypt(byte[] ciphertext);

  /** Wipes what is secret. */
  @Override
  void close();

  /** Hands out ciphers of one key and one seed. */
  interface Factory {
    /** A cipher for one thread; the seed is copied. */
    BlockCipher create(SecretKey secret, Seed seed);

    /** The keys that the server needs. */
    EvaluationKeys evaluationKeys(SecretKey secret, int degree, Seed seed);
  }

  /** The ciphers of a plan. */
  static Factory of(SlotsPlan plan) {
    return plan.scheme() == SlotsPlan.Scheme.BGV
        ? new Bgv(BgvScheme.of(new BgvParameters(plan.ring(), plan.plaintextModulus())))
        : new Ckks(CkksScheme.of(new CkksParameters(plan.ring(), plan.scale())));
  }

  /** Exact integers. */
  record Bgv(BgvScheme scheme) implements Factory {
    @Override
    public EvaluationKeys evaluationKeys(SecretKey secret, int degree, Seed seed) {
      return scheme.evaluationKeys(secret, degree, seed);
    }

    @Override
    public BlockCipher create(SecretKey secret, Seed seed) {
      BgvEncryptor encryptor = scheme.encryptor(secret, seed);
      BgvDecryptor decryptor = scheme.decryptor(secret);
      int level = scheme.parameters().ring().maximumLevel();
      return new BlockCipher() {
        @Override
        public byte[] encrypt(double[] values, double bound, long index) {
          long[] whole = new long[values.length];
          for (int i = 0; i < whole.length; i++) {
            whole[i] = (long) values[i];
          }
          return CiphertextFormat.toBytes(encryptor.encrypt(whole, level, index));
        }

        @Override
        public double[] decrypt(byte[] ciphertext) {
          long[] whole = decryptor.decrypt(CiphertextFormat.parse(scheme.parameters(), ciphertext));
          double[] values = new double[whole.length];
          for (int i = 0; i < values.length; i++) {
            values[i] = whole[i];
          }
          return values;
        }

        @Override
        public void close() {
          encryptor.close();
        }
      };
    }
  }

  /** Approximate numbers. */
  record Ckks(CkksScheme scheme) implements Factory {
    @Override
    public EvaluationKeys evaluationKeys(SecretKey secret, int degree, Seed seed) {
      return scheme.evaluationKeys(secret, degree, seed);
    }

    @Override
    public BlockCipher create(SecretKey secret, Seed seed) {
      CkksEncryptor encryptor = scheme.encryptor(secret, seed);
      CkksDecryptor decryptor = scheme.decryptor(secret);
      int level = scheme.parameters().ring().maximumLevel();
      return new BlockCipher() {
        @Override
        public byte[] encrypt(double[] values, double bound, long index) {
          return CiphertextFormat.toBytes(encryptor.encrypt(values, bound, level, index));
        }

        @Override
        public double[] decrypt(byte[] ciphertext) {
          return decryptor.decrypt(CiphertextFormat.parse(scheme.parameters(), ciphertext));
        }

        @Override
        public void close() {
          encryptor.close();
        }
      };
    }
  }
}
