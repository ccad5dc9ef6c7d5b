"""What the training scripts share: data, files, and the accuracy of what was written."""

import argparse
import gzip
import pathlib

import numpy as np


def output(name):
    """The folder that a script writes to, from its command line."""
    parser = argparse.ArgumentParser(description=f"Trains {name} and writes it as ONNX.")
    parser.add_argument("--to", type=pathlib.Path, default=pathlib.Path("target/trained") / name)
    to = parser.parse_args().to
    to.mkdir(parents=True, exist_ok=True)
    return to


def digits():
    """1347 training and 450 test rows of 64 pixels from 0 to 1, with the digit."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    pixels, digit = load_digits(return_X_y=True)
    return train_test_split(
        (pixels / 16).astype(np.float32), digit, test_size=450, random_state=0, stratify=digit
    )


def fashion_mnist(folder="/usr/share/datasets/fashion-mnist"):
    """60,000 training and 10,000 test rows of 784 pixels from 0 to 1, with the class.

    The IDX files of Debian's dataset-fashion-mnist, gzipped or not.
    """

    def read(name, header):
        path = pathlib.Path(folder) / name
        packed = path.with_name(path.name + ".gz")
        content = gzip.open(packed).read() if packed.exists() else path.read_bytes()
        return np.frombuffer(content, dtype=np.uint8, offset=header)

    sets = []
    for part in ("train", "t10k"):
        sets.append(read(f"{part}-images-idx3-ubyte", 16).reshape(-1, 784).astype(np.float32) / 255)
        sets.append(read(f"{part}-labels-idx1-ubyte", 8).astype(np.int64))
    train, train_labels, test, test_labels = sets
    return train, test, train_labels, test_labels


def write_rows(features, labels, path):
    """A csv as sotto reads it: features, then the label, named in the first line."""
    with open(path, "w", encoding="ascii", newline="\n") as out:
        out.write(",".join([*(f"x{i}" for i in range(features.shape[1])), "label"]) + "\n")
        for row, label in zip(features, labels):
            out.write(",".join([*(f"{value:.8g}" for value in row), str(int(label))]) + "\n")


def finish(to, train, test, train_labels, test_labels, rows=500):
    """Writes calibration and test rows and says how well the file scores in ONNX Runtime."""
    import onnxruntime

    write_rows(train[:rows], train_labels[:rows], to / "calibration.csv")
    write_rows(test, test_labels, to / "test.csv")
    session = onnxruntime.InferenceSession(
        str(to / "model.onnx"), providers=["CPUExecutionProvider"]
    )
    entry = session.get_inputs()[0]
    shape = [-1 if not isinstance(d, int) else d for d in entry.shape]
    first = session.run(None, {entry.name: test.reshape(shape)})[0]
    predicted = first if first.ndim == 1 else first.argmax(axis=1)
    accuracy = float((predicted == test_labels).mean())
    print(f"{to / 'model.onnx'}: accuracy {accuracy:.4f} on {len(test)} test rows")
