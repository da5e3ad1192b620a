"""Processes that take the inputs of a soak in turn; one that dies or hangs costs its input, and says which it was."""

from __future__ import annotations

import json
import mmap
import os
import resource
import shutil
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from soak import kinds

HANG = 60  # seconds
LIMIT, RATE = 3.0, 300e-6  # seconds of CPU for any input, and more for each byte
FIELDS = struct.Struct("qq")
NONE = -1


@dataclass
class Tally:
    """What came of the inputs: how many of each kind, with which exit status, how slow, how large the process grew."""

    counts: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    slowest: dict[str, tuple[float, int]] = field(default_factory=dict)
    bytes: int = 0
    memory: float = 0.0
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Share:
    """The inputs that one process takes: every `jobs`th number from `first` on, below `end`."""

    first: int
    end: int
    jobs: int

    def after(self, number: int) -> Share:
        return Share(number + self.jobs, self.end, self.jobs)


class Worker:
    """A process with a share of the inputs; it writes each result to a file, and its place to shared memory."""

    def __init__(self, seed: int, share: Share, results: Path, *, timed: bool) -> None:
        self._place = mmap.mmap(-1, FIELDS.size)
        self._place[:] = FIELDS.pack(NONE, 0)
        self.share = share
        self.process = os.fork()
        if not self.process:
            try:
                self._work(seed, share, results, timed=timed)
            except BaseException:
                traceback.print_exc()
                os._exit(70)
            os._exit(0)

    def _work(self, seed: int, share: Share, results: Path, *, timed: bool) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        folder = tempfile.mkdtemp(prefix="soak-")
        os.chdir(folder)
        with results.open("a", encoding="utf-8") as sink:
            for number in range(share.first, share.end, share.jobs):
                self._place[:] = FIELDS.pack(number, 0)
                signal.alarm(HANG)
                sink.write(json.dumps(measured(seed, number, timed=timed)) + "\n")
                sink.flush()
        signal.alarm(0)
        os.chdir("/")
        shutil.rmtree(folder)

    def ended(self) -> tuple[int, int] | None:
        """Return the number of the input at which the process ended, and its exit code; None while it runs."""
        process, status = os.waitpid(self.process, os.WNOHANG)
        if not process:
            return None
        number, _ = FIELDS.unpack(self._place[:])
        return number, os.waitstatus_to_exitcode(status)


def measured(seed: int, number: int, *, timed: bool) -> dict[str, object]:
    """Return what came of one input."""
    began = time.process_time()
    raw, status = b"", NONE
    try:
        attempt = kinds.numbered(seed, number)
        raw, said = attempt.raw, attempt.said()
        status, problem = said.status, kinds.wrong(said)
    except Exception:
        problem = traceback.format_exc()
    seconds = time.process_time() - began
    if timed and not problem and seconds > LIMIT + RATE * len(raw):
        problem = f"took {seconds:.1f} s of CPU for {len(raw)} bytes"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))
    return {
        "number": number,
        "status": status,
        "bytes": len(raw),
        "seconds": seconds,
        "problem": problem,
        "memory": memory,
    }


def soak(seed: int, numbers: range, jobs: int, *, timed: bool) -> Tally:
    """Put the entry points through the inputs of a range of numbers; `timed` inputs may not take too long."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        tally = Tally()
        shares = [Share(numbers.start + job, numbers.stop, jobs) for job in range(jobs)]
        files = [Path(folder, f"{job}.jsonl") for job in range(jobs)]
        workers = {job: Worker(seed, shares[job], files[job], timed=timed) for job in range(jobs)}
        while workers:
            time.sleep(0.05)
            for job, worker in list(workers.items()):
                if (end := worker.ended()) is None:
                    continue
                del workers[job]
                number, code = end
                if code:
                    what = f"hung for {HANG} s" if code == -signal.SIGALRM else f"ended the process with {code}"
                    tally.failures.append(f"input {number} ({kinds.kind_of(number).name}) {what}")
                    workers[job] = Worker(seed, worker.share.after(number), files[job], timed=timed)
        for result in _results(files):
            _count(tally, result)
    return tally


def _results(files: list[Path]) -> Iterator[dict[str, object]]:
    for file in files:
        with file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _count(tally: Tally, result: dict[str, object]) -> None:
    number, seconds, size = int(str(result["number"])), float(str(result["seconds"])), int(str(result["bytes"]))
    kind = kinds.kind_of(number).name
    tally.counts[kind] += 1
    tally.statuses[f"{kind} {result['status']}"] += 1
    tally.seconds[kind] = tally.seconds.get(kind, 0.0) + seconds
    tally.slowest[kind] = max(tally.slowest.get(kind, (0.0, 0)), (seconds, number))
    tally.bytes += size
    tally.memory = max(tally.memory, float(str(result["memory"])))
    if result["problem"]:
        tally.failures.append(f"input {number} ({kind}): {result['problem']}")
