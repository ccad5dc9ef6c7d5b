"""Encrypted jobs on a two-worker cluster, measured, and a simulation of larger clusters; see scripts/bench/scaling."""

import argparse
import csv
import heapq
import json
import math
import os
import pathlib
import random
import shutil
import subprocess
import sys
import threading
import time

STAGES = ("encrypt", "score", "decrypt")
MASTER = "spark://127.0.0.1:7077"
WORKERS = 2


class Peaks(threading.Thread):
    """The largest resident set of drivers and executors, read from /proc while jobs run."""

    def __init__(self):
        super().__init__(daemon=True)
        self.driver = self.executor = 0
        self.done = threading.Event()

    def run(self):
        while not self.done.wait(0.2):
            for process in pathlib.Path("/proc").iterdir():
                if process.name.isdigit():
                    self.look(process)

    def look(self, process):
        try:
            command = (process / "cmdline").read_text()
            if "CoarseGrainedExecutorBackend" not in command and "dev.sotto.cli.SottoCommand" not in command:
                return
            status = (process / "status").read_text()
            peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
        except (OSError, StopIteration):
            return
        if "CoarseGrainedExecutorBackend" in command:
            self.executor = max(self.executor, peak)
        else:
            self.driver = max(self.driver, peak)


def sotto(root, master, *arguments):
    """Runs a command and gives its JSON document, with the seconds of the whole process."""
    environment = {**os.environ, "SOTTO_MASTER": master, "SOTTO_NO_BUILD": "1"}
    environment["SOTTO_JAVA_OPTS"] = "-Xmx2g -Dspark.executor.memory=4g"
    start = time.perf_counter()
    done = subprocess.run(
        [str(root / "scripts/sotto"), *map(str, arguments), "--json"],
        env=environment, stdout=subprocess.PIPE, text=True, check=True,
    )
    return {**json.loads(done.stdout), "process_seconds": time.perf_counter() - start}


def synthetic(folder, rows, target):
    """Test rows again and again, each number moved a little, in 16 files of csv; the label last."""
    with open(folder / "test.csv", encoding="utf-8") as file:
        lines = list(csv.reader(file))
    header = [] if lines[0][0].replace(".", "").replace("-", "").replace("e", "").isdigit() else [lines.pop(0)]
    numbers = [[float(cell) for cell in line] for line in lines]
    dice = random.Random(1)
    target.mkdir()
    files = 16
    for part in range(files):
        with open(target / f"part-{part:02}.csv", "w", encoding="utf-8") as file:
            file.writelines(",".join(line) + "\n" for line in header)
            for i in range(part * rows // files, (part + 1) * rows // files):
                row = numbers[i % len(numbers)]
                shift = dice.uniform(-0.02, 0.02)
                file.write(",".join(f"{x + shift:.4f}" for x in row[:-1]) + f",{row[-1]:.0f}\n")


def size(path):
    return sum(f.stat().st_size for f in pathlib.Path(path).rglob("*") if f.is_file() and not f.name.endswith(".crc"))


def job(root, master, folder, rows, work):
    """One model: compile, keys, then the three stages on the cluster."""
    prepared = Prepared(root, folder, rows, work)
    name, tables = folder.name, prepared.tables
    peaks = {}
    results = {}
    for stage, arguments in prepared.commands().items():
        peak = Peaks()
        peak.start()
        results[stage] = sotto(root, master, *arguments, "--master", master, "--output", tables[stage])
        peak.done.set()
        peaks[stage] = (peak.driver, peak.executor)
        print(name, stage, json.dumps(results[stage])[:400], file=sys.stderr, flush=True)
    print(f"| {name} | {rows:,} | " + " | ".join(
        f"{results[s]['process_seconds']:.1f} | {rows / results[s]['seconds']:,.0f} "
        f"| {100 * results[s]['engine_seconds'] / results[s]['seconds'] / WORKERS:.0f} %" for s in STAGES) + f" | {size(tables['encrypt']):,} | {size(tables['score']):,} "
        f"| {max(p[0] for p in peaks.values()) / 1e9:.1f} | {max(p[1] for p in peaks.values()) / 1e9:.1f} |", flush=True)
    remove(work, name)


class Prepared:
    """A model compiled, with keys and synthetic rows, and the three commands that use them."""

    def __init__(self, root, folder, rows, work, *options):
        name = folder.name
        synthetic(folder, rows, work / f"{name}-rows")
        self.model, self.keys, self.rows = work / f"{name}-model", work / f"{name}-keys", work / f"{name}-rows"
        sotto(root, "local[*]", "compile", folder / "model.onnx", "--calibration", folder / "calibration.csv",
              *options, "--output", self.model)
        sotto(root, "local[*]", "keygen", "--client", self.model / "client.zip", "--output", self.keys)
        self.tables = {stage: work / f"{name}-{stage}.parquet" for stage in STAGES}

    def commands(self):
        evaluation = self.keys / "evaluation.keys"
        evaluation = ["--evaluation-keys", evaluation] if evaluation.exists() else []
        owner = ["--client", self.model / "client.zip", "--keys", self.keys]
        return {
            "encrypt": ["encrypt", *owner, "--input", self.rows],
            "score": ["score", "--mode", "encrypted", "--server", self.model / "server.zip", *evaluation,
                      "--input", self.tables["encrypt"]],
            "decrypt": ["decrypt", *owner, "--input", self.tables["score"]],
        }


def remove(work, name):
    for path in pathlib.Path(work).glob(f"{name}-*"):
        shutil.rmtree(path)


def efficiency(root, folder, rows, work):
    """The same encrypted job on one worker and on two: exact tables, half a minute of one core for a block."""
    prepared = Prepared(root, folder, rows, work, "--lookups", "table",
                        "--n-bits", "model_inputs=4,op_inputs=4,op_weights=3")
    encrypted = sotto(root, "local[*]", *prepared.commands()["encrypt"], "--master", "local[*]",
                      "--output", prepared.tables["encrypt"])
    one = None
    for workers in (1, 2):
        cluster(root, "start", workers)
        target = work / f"{folder.name}-score-{workers}.parquet"
        result = sotto(root, MASTER, *prepared.commands()["score"], "--master", MASTER, "--output", target)
        cluster(root, "stop", workers)
        seconds, engine = result["seconds"], result["engine_seconds"]
        one = one or seconds
        print(f"| {workers} | {encrypted['blocks']} | {seconds:,.0f} | {engine:,.0f} "
              f"| {100 * (1 - engine / seconds / workers):.1f} % | {one / seconds:.2f} "
              f"| {100 * one / seconds / workers:.0f} % |", flush=True)
        print("efficiency", workers, json.dumps(result)[:400], file=sys.stderr, flush=True)
    remove(work, folder.name)


def cluster(root, command, workers=WORKERS):
    subprocess.run([str(root / "scripts/cluster"), command], stdout=sys.stderr, check=True,
                   env={**os.environ, "SOTTO_NO_BUILD": "1", "CLUSTER_WORKERS": str(workers)})


def simulate(cores, blocks, core_seconds, bytes_in, bytes_out, key_bytes, bandwidth, spread, seed=1):
    """Seconds of a job: every core takes the next task when it is free, its share of the storage's bandwidth with it.

    Tasks have as many blocks as keep a core busy for a second, as TableScorer cuts them. A block's time is scattered
    log-normally by 'spread'; each executor of 8 cores fetches the keys once; the driver starts at most 500 tasks per second;
    8 seconds until executors are there.
    """
    dice = random.Random(seed)
    share = bandwidth / cores
    start = 8 + key_bytes * max(1, cores // 8) / bandwidth
    free = [start] * cores
    heapq.heapify(free)
    end = start
    per_task = max(1, min(math.ceil(1 / core_seconds), blocks // cores))
    for task, first in enumerate(range(0, blocks, per_task)):
        begin = max(heapq.heappop(free), start + task / 500)
        finish = begin
        for _ in range(first, min(blocks, first + per_task)):
            finish += (bytes_in + bytes_out) / share + core_seconds * dice.lognormvariate(0, spread)
        heapq.heappush(free, finish)
        end = max(end, finish)
    return end


def tables(page):
    """The rows of the tables of docs/encrypted.md, by model and column."""
    found, columns = {}, []
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if cells and cells[0] == "model":
            columns = cells
        elif len(cells) == len(columns) and cells and not cells[0].startswith("-"):
            model = found.setdefault(cells[0], {})
            for column, cell in zip(columns, cells):
                model.setdefault(column, cell)
        elif not cells:
            columns = []
    return found


def larger(name, rows, figures):
    """One line per size of cluster, from what one block was measured to take."""
    number = lambda column: float(figures[name][column].replace(",", ""))
    per_block = int(number("rows per block"))
    blocks = -(-rows // per_block)
    core_seconds = number("core-s per block")
    bytes_in, bytes_out = number("bytes per row in") * per_block, number("out") * per_block
    key_bytes = number("key bytes")
    ideal = blocks * core_seconds
    for cores in (10, 100, 1000):
        executors = max(1, cores // 8)
        seconds = simulate(cores, blocks, core_seconds, bytes_in, bytes_out, key_bytes, 1e9 * executors, 0.15)
        print(f"| {name} | {rows:,} | {blocks:,} | {cores:,} | {seconds:,.0f} | {100 * ideal / cores / seconds:.0f} % "
              f"| {blocks * (bytes_in + bytes_out) / 1e12:.2f} | {key_bytes * executors / 1e9:.2f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--forest-rows", type=int, default=1_000_000)
    parser.add_argument("--digits-rows", type=int, default=200_000)
    parser.add_argument("--long-rows", type=int, default=20 * 32_768)
    options = parser.parse_args()
    models = options.shared / "benchmark-models"
    subprocess.run([str(options.root / "scripts/sotto"), "--version"], stdout=sys.stderr, check=True)  # builds, once
    cluster(options.root, "start")
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    print("# Encrypted jobs on Spark: measured on two workers, estimated for more\n")
    print("Made by `scripts/bench/scaling`. Synthetic rows (test rows with noise), 128-bit security, a standalone master and two "
          "workers of one core on one machine; seconds are those of the whole process, with the start of Spark and of executors; "
          "rows per second those of the job alone; engine is the share of the workers' time spent within the engine, the rest is "
          "Spark, reading, writing and waiting.\n")
    print(f"{os.cpu_count()} cores of {cpu}; load average at the start {os.getloadavg()[0]:.1f}.\n")
    print("| model | rows | encrypt s | rows/s | engine | score s | rows/s | engine | decrypt s | rows/s | engine "
          "| bytes encrypted | bytes scored | driver GB | executor GB |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    job(options.root, MASTER, models / "forest-cancer", options.forest_rows, options.work)
    job(options.root, MASTER, models / "mlp-digits", options.digits_rows, options.work)
    cluster(options.root, "stop")
    print("\n## One worker and two\n")
    print(f"`mlp-digits` with exact tables (4-bit inputs, 3-bit weights), {options.long_rows:,} rows, one core for each worker. "
          "Engine seconds are those of all tasks within the engine; overhead is the share of the workers' time that is not.\n")
    print("| workers | blocks | seconds | engine seconds | overhead | speed-up | efficiency |")
    print("|---|---|---|---|---|---|---|", flush=True)
    efficiency(options.root, models / "mlp-digits", options.long_rows, options.work)
    print("\n## Larger clusters, on paper\n")
    print("`simulate` in `scripts/bench/scaling.py`: every core takes the next task when it is free, of as many blocks as last a second; executors of 8 "
          "cores with 1 GB/s of storage and network each; a block's time scattered log-normally by 15 %; keys fetched once per executor; 500 task "
          "starts per second at most; 8 seconds until executors are there. Core-seconds, bytes and keys per block from "
          "[encrypted.md](encrypted.md).\n")
    print("| model | rows | blocks | cores | seconds | efficiency | payload TB | keys moved GB |")
    print("|---|---|---|---|---|---|---|---|")
    figures = tables(options.root / "docs/encrypted.md")
    for name, rows in (("forest-cancer", 1_000_000_000), ("mlp-digits", 1_000_000_000), ("cnn-digits", 100_000_000),
                       ("mlp-fashion-mnist", 10_000_000)):
        larger(name, rows, figures)
    print("\nThe driver holds one package (kilobytes to megabytes), the list of files, and accumulators: its memory does not grow "
          "with payloads, which never reach it, only with the number of tasks (some kilobytes each). Where a model is cheaper "
          "to score than its rows are to move (trees, small networks), storage is the bound, not cores; the efficiency says so.")


main()
