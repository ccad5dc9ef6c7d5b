"""Runs 'sotto evaluate --mode clear,encrypted' over models that others made and prints a table; see scripts/bench/encrypted-models."""

import pathlib
import random
import struct
import sys

from evaluation import evaluate, machine, number

# Models and their options of evaluate.
MODELS = {
    "onnx-exports/brevitas-qcdq-mlp-digits-3bit": [],
    "onnx-exports/brevitas-qonnx-mlp-digits-4bit": [],
    "onnx-exports/hummingbird-gemm-forest-cancer": [],
    "onnx-exports/hummingbird-treetrav-forest-iris": [],
    "onnx-exports/ort-qdq-mlp-digits": [],
    "onnx-exports/skl-forest-cancer": [],
    "onnx-exports/skl-forest-regressor-diabetes": [],
    "onnx-exports/skl-mlp-digits": [],
    "onnx-exports/skl-ridge-diabetes": [],
    "onnx-exports/skl-scaler-logistic-wine": [],
    "onnx-exports/skl-tree-iris": [],
    "onnx-exports/skorch-mlp-iris": [],
    "onnx-exports/torch-cnn-digits-dynamo": ["--bits", "8"],
    "onnx-exports/torch-gelu-hardswish-wine": [],
    "onnx-exports/torch-mlp-digits-dynamo": [],
    "onnx-exports/torch-mlp-digits-opset13": [],
    "onnx-exports/torch-residual-sigmoid-cancer": [],
    "onnx-exports/torch-resnet-digits": ["--bits", "8"],
    "onnx-exports/xgboost-cancer": [],
    "onnx-models/fc-2-2-3-relu": [],
    "onnx-models/iris-logistic-regression": [],
    "onnx-models/keras-1-3-1-relu": [],
    "onnx-models/keras-conv-7x7-relu": [],
    "onnx-models/lightgbm-classifier-as-tensors": [],
    "onnx-models/linear-batchnorm-linear": [],
    "onnx-models/mnist-14x14-cnn": [],
    "onnx-models/mnist-matmul-batchnorm": [],
    "onnx-models/mnist-mlp-2x5-sigmoid": [],
    "onnx-models/mnist-mlp-logsoftmax": [],
    "onnx-models/mnist-two-gemm-large": [],
    "onnx-models/pytorch-one-layer-sigmoid": [],
    "onnx-models/pytorch-two-layer": [],
    "onnx-models/qtanh-1": [],
    "onnx-models/sine-mlp-tf2onnx": ["--bits", "8"],
    "onnx-models/sum-mlp-sigmoid": [],
}

DRAWN = 300  # calibration rows where a model has test vectors only
FEW = 20  # test vectors from which on every feature has a box of its own
SIDE = 28  # of a digit


def fields(data):
    """The fields of a protobuf message: number and value, an int or bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            length = varint() if key & 7 == 2 else {1: 8, 5: 4}[key & 7]
            yield key >> 3, data[at:at + length]
            at += length


def tensor(file):
    """Whether a TensorProto holds floating-point numbers, its first dimension, and its numbers."""
    dims, kind, numbers = [], 1, []
    for field, value in fields(file.read_bytes()):
        if field == 1:
            dims.append(value) if isinstance(value, int) else dims.extend(value)
        elif field == 2:
            kind = value
        elif field in (4, 9, 10) or field == 7 and isinstance(value, bytes):
            code = {1: "f", 7: "q", 11: "d"}[kind]
            numbers.extend(struct.unpack(f"<{len(value) // struct.calcsize(code)}{code}", value))
        elif field == 7:
            numbers.append(value)
    return kind in (1, 11), dims[0], numbers


def rows_of(tensors):
    """Rows of tensors whose first dimension is that of rows, their numbers side by side."""
    count = tensors[0][1]
    return [[v for _, _, numbers in tensors for v in numbers[len(numbers) // count * r:len(numbers) // count * (r + 1)]]
            for r in range(count)]


def answers(outputs):
    """What the float model says of each row: a class where it has one or scores several, otherwise its last value."""
    count = outputs[0][1]
    widths = [len(numbers) // count for _, _, numbers in outputs]
    for (floating, _, numbers), width in zip(outputs, widths):
        if width == 1 and not floating:
            return numbers
    several = [k for k, width in enumerate(widths) if width > 1]
    if not several:
        return outputs[-1][2]
    scores = rows_of([outputs[several[-1]]])
    return [row.index(max(row)) for row in scores]


def vectors(folder):
    """Test vectors, one row each, what the float model says of each, and the width of each input."""
    rows, labels, widths = [], [], []
    for k in range(len(list(folder.glob("test_data_set_*")))):
        directory = folder / f"test_data_set_{k}"
        inputs = [tensor(directory / f"input_{i}.pb") for i in range(len(list(directory.glob("input_*.pb"))))]
        outputs = [tensor(file) for file in sorted(directory.glob("output_*.pb"))]
        widths = [len(numbers) // count for _, count, numbers in inputs]
        rows += rows_of(inputs)
        labels += answers(outputs)
    return rows, labels, widths


def drawn(rows, widths):
    """Rows from the box that rows span: of each feature, or of each input where there are few rows."""
    generator = random.Random(7)
    boxes, first = [], 0
    for width in widths:
        columns = [[row[first + c] for row in rows] for c in range(width)]
        if len(rows) < FEW:
            columns = [sum(columns, [])] * width
        boxes += [(min(column), max(column)) for column in columns]
        first += width
    return [[generator.uniform(lo, hi) for lo, hi in boxes] for _ in range(DRAWN)]


def digits(file, first):
    """The digits that are here in the scale of a first test vector, their labels, and the digits moved by up to a pixel."""
    images, labels = [], []
    for line in file.read_text().splitlines():
        label, *cells = line.split()
        image = [0.0] * (SIDE * SIDE)
        for cell in cells:
            index, pixel = cell.split(":")
            image[int(index) - 1] = float(pixel)
        images.append(image)
        labels.append(int(label))
    factor = 1 if len(first) == SIDE * SIDE else 2

    def shrunk(image):
        side = SIDE // factor
        return [sum(image[(y * factor + v) * SIDE + x * factor + u] for v in range(factor) for u in range(factor)) / factor ** 2
                for y in range(side) for x in range(side)]

    def moved(image, dx, dy):
        return [image[(y - dy) * SIDE + x - dx] if 0 <= x - dx < SIDE and 0 <= y - dy < SIDE else 0.0
                for y in range(SIDE) for x in range(SIDE)]

    small = shrunk(images[0])
    dark, bright = small.index(min(small)), small.index(max(small))
    slope = (first[bright] - first[dark]) / (small[bright] - small[dark])
    offset = first[dark] - slope * small[dark]

    def scaled(image):
        return [slope * v + offset for v in shrunk(image)]

    shifts = [(dx, dy) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    return [scaled(i) for i in images], labels, [scaled(moved(i, *shift)) for shift in shifts for i in images]


def write(file, rows):
    file.write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
    return str(file)


def rows_for(shared, name, work):
    """The options of evaluate that name calibration and test rows."""
    folder = shared / name
    if (folder / "test.csv").exists():
        return [str(folder / "calibration.csv"), "--test", str(folder / "test.csv")]
    rows, labels, widths = vectors(folder)
    if "/mnist-" in name:
        rows, labels, seen = digits(shared / "datasets" / "mnist" / "mnist_test_head.libsvm", rows[0])
    else:
        seen = drawn(rows, widths)
    work = pathlib.Path(work)
    test = write(work / "test.csv", [row + [label] for row, label in zip(rows, labels)])
    return [write(work / "calibration.csv", seen), "--test", test]


def main(java, heap, shared, work, *names):
    print("# Models of others, encrypted\n")
    print("Made by `scripts/bench/encrypted-models`: models as exporters write them (`onnx-exports`) and from public repositories "
          "(`onnx-models`), encrypted at 128-bit security on their whole test sets, scored and decrypted in one process, with the "
          "options of `sotto evaluate` in the last column. Score: accuracy in percent, or R² times 100 of models with one value. "
          "Equal rows: encrypted results are those of the clear run bit for bit (BGV must, CKKS need not); same: the same class, or "
          "R² against the clear run.\n")
    print(f"Models with test vectors only are scored against the float model's own answers and calibrated on {DRAWN} rows drawn "
          "from the box of their inputs; those on MNIST are scored on the 62 digits that are here, against the true digit, and "
          "calibrated on these digits moved by up to one pixel. Core-ms per row is that of full blocks.\n")
    print(machine(java, heap) + "\n")
    print("| model | scheme | rows | float | quantized | polynomial | encrypted | same | equal rows | core-ms per row | key bytes "
          "| compile s | keygen s | peak heap MB | options |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for name in names or MODELS:
        options = MODELS.get(name, [])
        rows = rows_for(pathlib.Path(shared), name, work)
        result = evaluate(java, heap, pathlib.Path(shared) / name / "model.onnx", rows, options, work)
        print(name, "done" if result else "failed", file=sys.stderr, flush=True)
        if not result:
            print(f"| {name} | failed |", flush=True)
            continue
        cost, score = result["encrypted"], result["score"]
        shares = " | ".join(f"{100 * score[k]:.2f}" for k in ("float", "quantized", "clear", "encrypted"))
        print(f"| {name} | {cost['parameters']['scheme']} | {cost['rows']:,} | {shares} "
              f"| {100 * result['agreement']['encrypted']:.2f} % | {cost['equal_rows']:,} "
              f"| {number(cost['core_seconds_per_row'] * 1e3)} | {cost['key_bytes']:,} | {cost['compile_seconds']:.1f} "
              f"| {cost['keygen_seconds']:.1f} | {cost['peak_heap_bytes'] / 1e6:,.0f}"
              f"{'' if result['heap'] == heap else ' of ' + result['heap']} | {' '.join(options)} |", flush=True)


main(*sys.argv[1:])
