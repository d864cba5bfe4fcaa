"""How fast event logs are read, against the floor of the machine and against other readers.

    python -m reader [--megabytes 335] [--times 5] [--measure evtx/target/release/examples/measure]

(with `bench` on the path: `make bench-reader` sets it). One core each, every program a process of its own, and
the programs of a line take turns, so that what else the machine does meets them alike. Prints seconds of
processor time (medians), and ratios. `measure` is the example of that name of the crate, built with
`cargo build --release --example measure`; without it the lines that need it are left out.

floor A     Python reads 64 KiB at a time and takes zlib.crc32
floor B     Rust does the same with crc32fast
all         this reader from Python, every kind of event in wide typed columns
part        this reader, only the events of one number (about 5 %)
threads     as `all`, by two threads: elapsed time of one against two
at once     `all` by two processes at the same time, that share nothing: what the machine lets two do
crate JSON  the crate evtx to JSON
wheel JSON  the package evtx to JSON, and loaded with orjson
python-evtx a slice of 32 chunks, to XML
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Final

from reader import logs

_PARTS: Final = {"firewall": "5158", "sysmon": "3", "powershell": "4103", "mixed": "7036,4672,22"}
_MEASURE: Final = Path(__file__).parents[2] / "evtx/target/release/examples/measure"
_SLICE: Final = 32 * logs.SIZE
_SLOW: Final = ("crate JSON", "wheel JSON", "wheel JSON loaded")
_SMALL_FILES: Final = 1000

# each prints: seconds of processor time, seconds that went by, what it counted, peak KiB
_HEAD: Final = """
import resource, sys, time
path, rest = sys.argv[1], sys.argv[2:]
"""
_TAIL: Final = """
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:  # a new process inherits the peak of the one that started it
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
except OSError:
    pass
print(cpu, wall, count, peak)
"""
_BEGIN: Final = "cpu, wall, count = time.process_time(), time.perf_counter(), 0\n"
_READ: Final = (
    "for batch in trackway_evtx.scan(path, threads={threads}{events}):\n    count += batch.num_rows\n"
)
# after a record that it cannot decode, the package goes on
_WHEEL: Final = """
records = iter(PyEvtxParser(path, 1).records_json())
while True:
    try:
        record = next(records, None)
    except RuntimeError:
        continue
    if record is None:
        break
"""
PROGRAMS: Final = {
    "floor A": f"import zlib\n{_BEGIN}with open(path, 'rb') as log:\n    while block := log.read(65536):\n"
    "        count += zlib.crc32(block)\n",
    "all": f"import trackway_evtx\n{_BEGIN}" + _READ.format(threads=1, events=""),
    "threads": f"import trackway_evtx\n{_BEGIN}" + _READ.format(threads=2, events=""),
    "part": f"import trackway_evtx\n{_BEGIN}"
    + _READ.format(threads=1, events=", events=[int(n) for n in rest[0].split(',')]"),
    "wheel JSON": f"from evtx import PyEvtxParser\n{_BEGIN}{_WHEEL}    count += 1\n",
    "wheel JSON loaded": f"import orjson\nfrom evtx import PyEvtxParser\n{_BEGIN}{_WHEEL}"
    "    orjson.loads(record['data'])\n    count += 1\n",
    "python-evtx": f"import Evtx.Evtx\n{_BEGIN}with Evtx.Evtx.Evtx(path) as log:\n    for record in log.records():\n"
    "        try:\n            record.xml()\n            count += 1\n        except Exception:\n            pass\n",
    "small": "import os, trackway_evtx\nfiles = [os.path.join(path, name) for name in sorted(os.listdir(path))]\n"
    f"{_BEGIN}for file in files:\n    for batch in trackway_evtx.scan(file):\n        count += batch.num_rows\n",
}
_AT_ONCE: Final = "at once"
_CRATE: Final = {"floor B": "floor", "crate JSON": "crate-json"}


def main() -> int:
    """Run the comparison and print its figures."""
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for kind in options.kinds:
            path = Path(folder) / f"{kind}.evtx"
            logs.write(path, kind, options.megabytes * 1_000_000)
            _compare(kind, path, options)
            path.unlink()
        _small(Path(folder) / "small", options)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=335, help="size of each log (335)")
    parser.add_argument("--times", type=int, default=5, help="turns (5)")
    parser.add_argument("--measure", type=Path, default=_MEASURE, help="the example of the crate")
    parser.add_argument("--folder", type=Path, help="where the logs are written (the temporary folder)")
    parser.add_argument("--kinds", nargs="*", choices=logs.KINDS, default=list(logs.KINDS))
    return parser.parse_args()


def _compare(kind: str, path: Path, options: argparse.Namespace) -> None:
    part = _PARTS[kind]
    slim = path.with_suffix(".slice")
    logs.write(slim, kind, _SLICE)
    found: dict[str, list[tuple[float, float, int, int]]] = {}
    for turn in range(options.times):
        for name in _names(options.measure):
            if turn and name in (*_SLOW, "python-evtx"):  # minutes each; once is enough
                continue
            target = slim if name == "python-evtx" else path
            found.setdefault(name, []).append(_run(name, target, part, options.measure))
        found.setdefault(_AT_ONCE, []).append(_at_once(path))
    slim.unlink()
    _print(kind, path.stat().st_size, found)


def _names(measure: Path) -> list[str]:
    names = [name for name in PROGRAMS if name != "small"]
    return names[:1] + (list(_CRATE) if measure.is_file() else []) + names[1:]


def _run(name: str, path: Path, part: str, measure: Path) -> tuple[float, float, int, int]:
    """Return seconds of processor time, seconds that went by, a count, and the peak of memory in KiB."""
    if name in _CRATE:
        before = os.times()
        out = subprocess.run([measure, _CRATE[name], path], check=True, capture_output=True, text=True)
        after = os.times()
        elapsed, number = out.stdout.split()
        cpu = after.children_user - before.children_user + after.children_system - before.children_system
        return cpu, float(elapsed), int(number), 0
    program = _HEAD + PROGRAMS[name] + _TAIL
    out = subprocess.run(
        [sys.executable, "-c", program, path, part], check=True, capture_output=True, text=True
    )
    printed = out.stdout.split()
    return float(printed[0]), float(printed[1]), int(printed[2]), int(printed[3])


def _at_once(path: Path) -> tuple[float, float, int, int]:
    """Return what the slower of two processes took that read a log at the same time."""
    with ThreadPoolExecutor(2) as pool:
        return max(pool.map(lambda _: _run("all", path, "", _MEASURE), range(2)), key=lambda run: run[1])


def _print(kind: str, size: int, found: dict[str, list[tuple[float, float, int, int]]]) -> None:
    cpu = {name: median(run[0] for run in runs) for name, runs in found.items()}
    wall = {name: min(run[1] for run in runs) for name, runs in found.items()}
    print(
        f"\n{kind}: {size / 1e6:.0f} MB, {found['all'][0][2]:,} records, {found['part'][0][2]:,} of them in part"
    )
    for name, seconds in cpu.items():
        scale = size / _SLICE if name == "python-evtx" else 1
        print(f"  {name:18} {seconds * scale:9.3f} s   {size / 1e9 / (seconds * scale):6.2f} GB/s")
    print(
        f"  all / floor A          {cpu['all'] / cpu['floor A']:6.2f}   (wanted: 1.5 at most for a Security log)"
    )
    if "floor B" in cpu:
        print(f"  part / floor B         {cpu['part'] / cpu['floor B']:6.2f}   (wanted: 3 at most)")
        print(f"  crate JSON / all       {cpu['crate JSON'] / cpu['all']:6.2f}   (wanted: 6 at least)")
    print(f"  wheel JSON loaded / all{cpu['wheel JSON loaded'] / cpu['all']:6.2f}   (wanted: 30 at least)")
    print(f"  one thread / two       {wall['all'] / wall['threads']:6.2f}   (wanted: 1.8 at least; elapsed)")
    print(f"  one process / two      {2 * wall['all'] / wall[_AT_ONCE]:6.2f}   (twice the work; at most 2)")
    one, two = (found[name][0][3] / 1024 for name in ("all", "threads"))
    print(f"  peak memory            {one:6.0f} MiB with the interpreter, {two:.0f} by two threads")


def _small(folder: Path, options: argparse.Namespace) -> None:
    """Read a thousand logs of one chunk each."""
    folder.mkdir()
    for number in range(_SMALL_FILES):
        logs.write_small(folder / f"{number:04}.evtx", number)
    runs = [_run("small", folder, "", options.measure) for _ in range(options.times)]
    seconds = median(run[0] for run in runs)
    print(
        f"\n{_SMALL_FILES:,} logs of one chunk: {seconds / _SMALL_FILES * 1000:.3f} ms each (wanted: 0.2 at most)"
    )


if __name__ == "__main__":
    sys.exit(main())
