"""What the tables of encrypted scoring share: a run of 'sotto evaluate', the machine, how numbers are written."""

import json
import os
import pathlib
import subprocess
import sys

OPTIONS = pathlib.Path(__file__).parents[2] / "conf" / "jvm-options"
LARGE_HEAP = "16g"  # for models that do not fit into the heap asked for; the table says so


def evaluate(java, heap, model, rows, options, work):
    """The JSON document of a model run clear and encrypted, with the heap it took; None where it failed."""
    command = [java, "@" + str(OPTIONS), "-Xmx" + heap, "dev.sotto.cli.SottoCommand",
               "evaluate", str(model), "--calibration", *rows,
               "--mode", "clear,encrypted", "--json", *options]
    with open(pathlib.Path(work) / "stderr", "w+") as err:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=err, text=True, check=False)
        if done.returncode:
            err.seek(0)
            text = err.read()
            if "heap space" in text + done.stdout and heap != LARGE_HEAP:
                return evaluate(java, LARGE_HEAP, model, rows, options, work)
            sys.stderr.write(str(model) + ": " + (text + done.stdout)[:2000])
            return None
    return {**json.loads(done.stdout), "heap": heap}


def number(value):
    return "0" if value == 0 else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def machine(java, heap):
    """The line that says where a table was made."""
    version = subprocess.run([java, "-XshowSettings:properties", "-version"], capture_output=True, text=True).stderr
    version = next(line.split("=")[1].strip() for line in version.splitlines() if "java.runtime.version" in line)
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    return (f"{os.cpu_count()} cores of {cpu}, JDK {version}, heap at most {heap}, or what the table says; load average at the "
            f"start {os.getloadavg()[0]:.1f}.")
