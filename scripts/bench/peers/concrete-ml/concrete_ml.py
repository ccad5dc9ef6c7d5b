"""Runs Concrete ML on the benchmark models, row by row as it does, and prints what a row costs; see the script 'run'."""

import argparse
import gzip
import os
import pathlib
import resource
import sys
import time

import numpy
import onnx
import torch
from concrete.ml.sklearn import DecisionTreeClassifier, LogisticRegression, RandomForestClassifier, XGBClassifier
from concrete.ml.torch.compile import compile_torch_model
from onnx import numpy_helper
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# Trees and linear models of Concrete ML are trained by it: the shapes of the benchmark models, bits as measured there.
TRAINED = {
    "logistic-cancer": lambda: LogisticRegression(n_bits=8),
    "tree-cancer": lambda: DecisionTreeClassifier(n_bits=6, max_depth=5, random_state=0),
    "forest-cancer": lambda: RandomForestClassifier(n_bits=5, n_estimators=20, max_depth=4, random_state=0),
    "xgboost-cancer": lambda: XGBClassifier(n_bits=5, n_estimators=50, max_depth=4, random_state=0),
}
NETWORKS = ["mlp-digits", "cnn-digits", "mlp-fashion-mnist"]
FASHION_MNIST = pathlib.Path("/usr/share/datasets/fashion-mnist")  # of Debian's dataset-fashion-mnist
CALIBRATION_IMAGES = 1000
P_ERROR = 2.0**-40


class Network(torch.nn.Module):
    """The layers of an ONNX file of Gemm, Conv, Relu and Flatten, in their order, with its weights."""

    def __init__(self, path):
        super().__init__()
        graph = onnx.load(path).graph
        weights = {t.name: torch.tensor(numpy_helper.to_array(t)) for t in graph.initializer}
        dims = graph.input[0].type.tensor_type.shape.dim
        self.shape = [d.dim_value for d in dims][1:]
        layers = []
        for node in graph.node:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            constants = [weights[name] for name in node.input if name in weights]
            if node.op_type == "Gemm":
                weight = constants[0] if attributes.get("transB") else constants[0].T
                layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
                layer.weight.data, layer.bias.data = weight.contiguous(), constants[1]
            elif node.op_type == "Conv":
                weight = constants[0]
                layer = torch.nn.Conv2d(
                    weight.shape[1],
                    weight.shape[0],
                    tuple(weight.shape[2:]),
                    stride=tuple(attributes.get("strides", [1, 1])),
                    padding=tuple(attributes.get("pads", [0, 0, 0, 0])[:2]),
                )
                layer.weight.data, layer.bias.data = weight, constants[1]
            elif node.op_type == "Relu":
                layer = torch.nn.ReLU()
            elif node.op_type in ("Flatten", "Reshape"):
                layer = torch.nn.Flatten() if layers else torch.nn.Identity()
            else:
                sys.exit(f"{path}: no twin of {node.op_type} here")
            layers.append(layer)
        self.layers = torch.nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x)


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def encrypted(circuit, run, rows):
    """Keys, then rows one by one: keygen core-seconds, core-seconds and seconds per row."""
    before = cpu()
    circuit.keygen(force=True)
    keygen = cpu() - before
    before, start = cpu(), time.perf_counter()
    for row in rows:
        run(row[None])
    return keygen, (cpu() - before) / len(rows), (time.perf_counter() - start) / len(rows)


def trained(name, count):
    data, target = load_breast_cancer(return_X_y=True)
    seen, test, labels, truth = train_test_split(data, target, test_size=0.25, random_state=0)
    scaler = StandardScaler().fit(seen)
    seen, test = scaler.transform(seen).astype("float32"), scaler.transform(test).astype("float32")
    model = TRAINED[name]().fit(seen, labels)
    start = time.perf_counter()
    circuit = model.compile(seen, p_error=P_ERROR)
    seconds = time.perf_counter() - start
    score = (model.predict(test) == truth).mean()
    return score, seconds, circuit, encrypted(circuit, lambda row: model.predict(row, fhe="execute"), test[:count])


def images(kind):
    """Pixels from 0 to 1, one image a row, and the classes."""
    with gzip.open(FASHION_MNIST / f"{kind}-images-idx3-ubyte.gz") as file:
        pixels = numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=16)
    with gzip.open(FASHION_MNIST / f"{kind}-labels-idx1-ubyte.gz") as file:
        labels = numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=8)
    return pixels.reshape(len(labels), -1).astype("float32") / 255, labels


def rows(folder):
    """Rows to calibrate with, rows to test with, and their classes."""
    if not (folder / "calibration.csv").exists():
        test, truth = images("t10k")
        return images("train")[0][:CALIBRATION_IMAGES], test, truth
    seen = numpy.loadtxt(folder / "calibration.csv", delimiter=",", skiprows=header(folder / "calibration.csv"), dtype="float32")
    table = numpy.loadtxt(folder / "test.csv", delimiter=",", skiprows=header(folder / "test.csv"), dtype="float32")
    return seen, table[:, :-1], table[:, -1]


def network(name, folder, count):
    torch_model = Network(folder / "model.onnx")
    shape = [-1, *torch_model.shape]
    seen, test, truth = rows(folder)
    seen, test = seen.reshape(shape), test.reshape(shape)
    start = time.perf_counter()
    module = compile_torch_model(
        torch_model, seen, n_bits=6, p_error=P_ERROR, rounding_threshold_bits={"n_bits": 6, "method": "APPROXIMATE"}
    )
    seconds = time.perf_counter() - start
    score = (module.forward(test, fhe="disable").argmax(1) == truth).mean()
    circuit = module.fhe_circuit
    return score, seconds, circuit, encrypted(circuit, lambda row: module.forward(row, fhe="execute"), test[:count])


def header(path):
    with open(path, encoding="utf-8") as file:
        try:
            float(file.readline().split(",")[0])
            return 0
        except ValueError:
            return 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=pathlib.Path, required=True)
    parser.add_argument("--rows", type=int, default=3)
    parser.add_argument("models", nargs="*")
    options = parser.parse_args()
    print(f"Concrete ML 1.9.0, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {options.rows} rows each\n")
    print("| model | quantized score % | core-s per row | s per row | keygen core-s | key MB | bytes in | out | compile s | peak GB |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for name in options.models or [*TRAINED, *NETWORKS]:
        if name in TRAINED:
            score, seconds, circuit, (keygen, core, wall) = trained(name, options.rows)
        else:
            score, seconds, circuit, (keygen, core, wall) = network(
                name, options.shared / "benchmark-models" / name, options.rows
            )
        keys = (circuit.size_of_bootstrap_keys + circuit.size_of_keyswitch_keys) / 1e6
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"| {name} | {100 * score:.1f} | {core:.4f} | {wall:.4f} | {keygen:.1f} | {keys:,.0f} "
            f"| {circuit.size_of_inputs:,} | {circuit.size_of_outputs:,} | {seconds:.1f} | {peak:.1f} |",
            flush=True,
        )


main()
