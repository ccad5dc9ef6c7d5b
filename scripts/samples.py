#!/usr/bin/env python3
"""Makes samples/ anew: the rows of the benchmark models with their labels, as csv and parquet.

    python3 scripts/samples.py [--shared ../shared] [--to samples]

Needs numpy and pyarrow (scripts/train/requirements.txt pins both). Reads the plain data sets
(datasets/) and the benchmark models with their rows (benchmark-models/) of the shared material;
the rows are the benchmark's own, so that accuracies compare. The benchmark's calibration rows have
no labels: each is found again in the data set it comes from.
"""

import argparse
import pathlib
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MODELS = ("mlp-digits", "cnn-digits", "forest-cancer")


def rows(path):
    return np.loadtxt(path, delimiter=",", ndmin=2, dtype=np.float64)


def digits(shared):
    """Pixels 0 to 16 with the digit last; the models take pixel / 16."""
    table = rows(shared / "datasets" / "digits.csv")
    return table[:, :-1] / 16, table[:, -1].astype(int)


def cancer(shared):
    """Thirty measurements; the first line of the file holds counts and class names."""
    table = np.loadtxt(shared / "datasets" / "breast_cancer.csv", delimiter=",", skiprows=1)
    return table[:, :-1], table[:, -1].astype(int)


def standardised_like(features, reference):
    """The features on the scale of reference, the same rows in another order.

    Sorted columns of both stand in the same order, so that one line per column maps them.
    """
    ordered, wanted = np.sort(features, axis=0), np.sort(reference, axis=0)
    spread = ordered.std(axis=0)
    slope = wanted.std(axis=0) / spread
    return (features - ordered.mean(axis=0)) * slope + wanted.mean(axis=0)


def labels_of(wanted, features, labels):
    """The label of the one row of features that equals each wanted row but for rounding."""
    found = []
    for row in wanted:
        distance = np.abs(features - row).max(axis=1)
        nearest = np.argsort(distance)[:2]
        if distance[nearest[0]] > 1e-4 or distance[nearest[1]] <= 1e-4:
            raise SystemExit(f"no single row of the data set equals {row}")
        found.append(labels[nearest[0]])
    return np.array(found)


def write(features, labels, to):
    to.parent.mkdir(parents=True, exist_ok=True)
    with open(to.with_suffix(".csv"), "w", encoding="ascii", newline="\n") as out:
        names = [f"x{i}" for i in range(features.shape[1])]
        out.write(",".join([*names, "label"]) + "\n")
        for row, label in zip(features, labels):
            out.write(",".join([*(f"{value:.8g}" for value in row), str(label)]) + "\n")
    values = pa.array(features.astype(np.float32).ravel(), type=pa.float32())
    offsets = np.arange(0, features.size + 1, features.shape[1], dtype=np.int32)
    columns = {
        "features": pa.ListArray.from_arrays(offsets, values),
        "label": pa.array(labels, type=pa.int32()),
    }
    pq.write_table(pa.table(columns), to.with_suffix(".parquet"), compression="snappy")
    print(f"{to}: {len(features)} rows, {features.shape[1]} features")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=pathlib.Path, default=pathlib.Path("../shared"))
    parser.add_argument("--to", type=pathlib.Path, default=pathlib.Path("samples"))
    arguments = parser.parse_args()
    benchmark = arguments.shared / "benchmark-models"

    for folder, model, data in (
        ("digits", "mlp-digits", digits(arguments.shared)),
        ("cancer", "forest-cancer", cancer(arguments.shared)),
    ):
        features, labels = data
        calibration = rows(benchmark / model / "calibration.csv")
        test = rows(benchmark / model / "test.csv")
        known = features
        if folder == "cancer":
            known = standardised_like(features, np.vstack([calibration, test[:, :-1]]))
        if not (labels_of(test[:, :-1], known, labels) == test[:, -1]).all():
            raise SystemExit(f"{folder}: labels of the test rows differ from the data set")
        to = arguments.to / folder
        write(calibration, labels_of(calibration, known, labels), to / "calibration")
        write(test[:, :-1], test[:, -1].astype(int), to / "test")

    (arguments.to / "models").mkdir(parents=True, exist_ok=True)
    for model in MODELS:
        shutil.copyfile(
            benchmark / model / "model.onnx", arguments.to / "models" / f"{model}.onnx"
        )


if __name__ == "__main__":
    main()
