"""Runs 'sotto evaluate --mode clear,encrypted' over the benchmark models and prints a table; see scripts/bench/encrypted."""

import os
import pathlib
import sys

from evaluation import evaluate, machine, number

# Model (its folder up to a comma): options of evaluate, and Concrete ML's figures on the same model (1.9.0, concrete-python 2.10, two AVX-512 cores;
# networks at rounding_threshold_bits 6; from benchmark-models/README.md beside the models): quantized score, core-seconds per
# row, bytes per row in, out, megabytes of keys, keygen core-seconds, gigabytes at the peak.
MODELS = {
    "logistic-cancer": ([], (95.8, 0.0078, 720, 10992, 0, 0, 0.7)),
    "tree-cancer": ([], (89.5, 1.97, 720, 32784, 910, 5.4, 1.4)),
    "forest-cancer": ([], (94.4, 24.2, 720, 655680, 1040, 5.2, 1.4)),
    "xgboost-cancer": ([], (94.4, 24.7, 720, 819600, 1040, 5.3, 1.5)),
    "mlp-digits": ([], (95.6, 7.48, 1536, 655440, 1232, 35.7, 3.3)),
    "mlp-digits, 5 bits": (["--bits", "5"], (95.6, 7.48, 1536, 655440, 1232, 35.7, 3.3)),
    "mlp-digits, exact tables": (["--lookups", "table", "--n-bits", "model_inputs=4,op_inputs=4,op_weights=3"],
                                 (95.6, 7.48, 1536, 655440, 1232, 35.7, 3.3)),
    "cnn-digits": ([], (97.8, 78.5, 1536, 655440, 1232, 34.0, 3.4)),
    "mlp-fashion-mnist": (["--degree", "4", "--calibrated-bounds"], (88.7, 38.5, 18816, 655440, 1232, 35.1, 3.7)),
    "mlp-fashion-mnist-squares": (["--calibrated-bounds"], None),
    "mlp-fashion-mnist-squares, 8 bits": (["--calibrated-bounds", "--bits", "8"], None),
    "cnn-fashion-mnist-squares": (["--calibrated-bounds"], None),
    "cnn-digits, conjugate-invariant ring": (["--ring", "conjugate-invariant"], (97.8, 78.5, 1536, 655440, 1232, 34.0, 3.4)),
    "mlp-fashion-mnist, conjugate-invariant ring": (["--degree", "4", "--calibrated-bounds", "--ring", "conjugate-invariant"],
                                                    (88.7, 38.5, 18816, 655440, 1232, 35.1, 3.7)),
    "mlp-fashion-mnist-squares, conjugate-invariant ring": (["--calibrated-bounds", "--ring", "conjugate-invariant"], None),
}


def run(java, heap, folder, options, work):
    test = folder / "test.csv"
    rows = [str(folder / "calibration.csv"), "--test", str(test)]
    if not test.exists():
        rows = ["fashion-mnist:train", "--calibration-limit", "10000", "--test", "fashion-mnist:test"]
    return evaluate(java, heap, folder / "model.onnx", rows, options, work)


def main(java, heap, shared, work, *names):
    print("# Encrypted scoring of the benchmark models\n")
    print("Made by `scripts/bench/encrypted`: whole test sets, encrypted at 128-bit security, scored and decrypted in one process. Costs "
          "are those of full blocks (rows repeated to fill them) in a steady state: of a server that scores block after block, by one "
          "thread, core time of all Java threads (the compiler and the collector of the JVM are none); median of the last blocks "
          "once they get no faster. Predicted: what the report says of a block, from kernels timed alone on this machine. Encryption "
          "and decryption are wall time of all threads, each repeated by itself.\n")
    print("Weights and activations have 6 bits, the default, or what the first column says.\n")
    print("How to read the factors: they hold for full blocks, as a block costs the same with one row in it; trees are compared with "
          "thresholds on the client, in the clear, where Concrete ML compares inside the encryption; a network whose ReLUs became "
          "polynomials is another function than a quantized ReLU network, which exact tables compute bit for bit; Concrete ML was measured on another machine with two cores. "
          "The conjugate-invariant ring (`--ring`) holds twice as many rows at twice the error; it is less studied, so it is not the default.\n")
    print(machine(java, heap) + "\n")
    results = []
    for name in names or MODELS:
        load = os.getloadavg()[0]
        result = run(java, heap, pathlib.Path(shared) / "benchmark-models" / name.split(",")[0], MODELS[name][0], work)
        results.append((name, result, load))
        print(name, "done" if result else "failed", file=sys.stderr, flush=True)
    print("| model | scheme | float | quantized | polynomial | encrypted | same as clear | rows per block | core-s per block "
          "| predicted | core-ms per row | Concrete ML, core-ms per row | factor | load |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for name, result, load in results:
        if not result:
            print(f"| {name} | failed |")
            continue
        cost, score, rival = result["encrypted"], result["score"], MODELS[name][1]
        ms = cost["core_seconds_per_row"] * 1e3
        shares = " | ".join(f"{100 * score[k]:.2f}" for k in ("float", "quantized", "clear", "encrypted"))
        print(f"| {name} | {cost['parameters']['scheme']} | {shares} | {100 * result['agreement']['encrypted']:.2f} % "
              f"| {cost['rows_per_block']:,} | {number(cost['core_seconds_per_block'])} "
              f"| {number(cost['predicted_core_seconds_per_block'])} | {number(ms)} "
              f"| {number(rival[1] * 1e3) if rival else ''} | {number(rival[1] * 1e3 / ms) if rival else ''} | {load:.1f} |")
    print("\n| model | rows | bytes per row in | out | key bytes | compile s | keygen s | encrypt ms per row | decrypt ms per row "
          "| peak heap MB | Concrete ML: bytes in | out | keys MB | keygen core-s | peak GB |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for name, result, _ in results:
        if not result:
            continue
        cost, rival = result["encrypted"], MODELS[name][1]
        other = " | ".join(number(v) for v in rival[2:]) if rival else " | " * 4
        print(f"| {name} | {cost['rows']:,} | {number(cost['input_bytes_per_row'])} | {number(cost['output_bytes_per_row'])} "
              f"| {number(cost['key_bytes'])} | {cost['compile_seconds']:.2f} | {cost['keygen_seconds']:.2f} "
              f"| {number(cost['encrypt_seconds_per_row'] * 1e3)} | {number(cost['decrypt_seconds_per_row'] * 1e3)} "
              f"| {cost['peak_heap_bytes'] / 1e6:,.0f}{'' if result['heap'] == heap else ' of ' + result['heap']} | {other} |")


main(*sys.argv[1:])
