"""How everything here is measured: processes on cores of their own, their CPU time, medians with spread."""

import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
BUILD = HERE / ".build"
PYTHON = Path(sys.executable)
PEERS_PYTHON = HERE / ".peers" / "bin" / "python"

ALL_CORES = frozenset(os.sched_getaffinity(0))
SERVER_CORE = frozenset({min(ALL_CORES)})  # What is measured runs here, alone.
LOAD_CORE = frozenset({max(ALL_CORES)})  # Load clients and the fake model server.
PATIENCE_SECONDS = 180.0


class BenchmarkFailed(Exception):
    """A measured process did not do what it should. What it printed went to standard error."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to run: a contestant in a scenario. ``run`` returns its figures."""

    scenario: str
    contestant: str
    run: Callable[[], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured quantity over several runs."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Figure":
        ordered = sorted(values)
        return cls(statistics.median(ordered), ordered[0], ordered[-1])

    @property
    def spread_percent(self) -> float:
        """Half the distance between lowest and highest, relative to the median."""
        return 50 * (self.high - self.low) / self.median if self.median else 0.0


# Programs


@dataclass(slots=True)
class Program:
    """A child process that talks in lines of JSON."""

    process: subprocess.Popen[str]
    name: str  # For messages.

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def tell(self, order: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """The next line it prints; blocks. Raises BenchmarkFailed when it ends, or says nothing for minutes."""
        assert self.process.stdout
        patience = threading.Timer(PATIENCE_SECONDS, _kill_group, (self.process,))
        patience.start()
        line = self.process.stdout.readline()
        patience.cancel()
        if not line:
            raise BenchmarkFailed(f"{self.name} ended early.")
        return json.loads(line)


@contextmanager
def program(
    command: Iterable[str | Path],
    cores: frozenset[int],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = HERE,
) -> Iterator[Program]:
    """Runs a command on these cores, in a process group that is killed on the way out.

    It has a directory of its own for temporary files. It does not run in the project's root unless asked to:
    there every gunicorn would read the product's configuration.
    """
    BUILD.mkdir(exist_ok=True)
    words = [str(word) for word in command]
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="run-", ignore_cleanup_errors=True) as home:
        errors = Path(home, "stderr")
        process = _start(words, errors, {"PYTHONPATH": str(ROOT), "TMPDIR": home, **(env or {})}, cwd)
        os.sched_setaffinity(process.pid, cores)  # It has but one thread yet; the later ones inherit it.
        try:
            yield Program(process, next(word for word in reversed(words) if "benchmarks" in word))
        except BenchmarkFailed:
            print(errors.read_text()[-2000:], file=sys.stderr)
            raise
        finally:
            _kill(process)


def _start(words: list[str], errors: Path, env: Mapping[str, str], cwd: Path) -> subprocess.Popen[str]:
    with errors.open("w") as log:
        return subprocess.Popen(
            words,
            cwd=cwd,
            env={**os.environ, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )


def _kill(process: subprocess.Popen[str]) -> None:
    _kill_group(process)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()


def _kill_group(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def compiled(source: Path) -> Path:
    """The program made from a C file, compiled when it is older than its source."""
    target = BUILD / source.stem
    if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
        return target
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        raise BenchmarkFailed(
            "The benchmarks need a C compiler for their load client and their fake model server: "
            "a Python client would be slower than what it measures. Install gcc (Debian: apt install gcc libc6-dev)."
        )
    BUILD.mkdir(exist_ok=True)
    subprocess.run([compiler, "-O2", "-Wall", "-o", target, source], check=True)
    return target


@contextmanager
def load(port: int, paths: Iterable[str], **options: float | str | bool) -> Iterator[Program]:
    """Viewers from the C load client. All are connected when this returns; the next answer is the result."""
    command: list[str | Path] = [compiled(HERE / "load" / "load.c"), "--port", str(port)]
    for path in paths:
        command += ["--path", path]
    for name, value in options.items():
        if value is not False:
            command.append("--" + name.replace("_", "-"))
            command += [] if value is True else [str(value)]
    with program(command, LOAD_CORE) as client:
        client.answer()
        yield client


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition: Callable[[], Any], seconds: float = 30, what: str = "the condition") -> Any:
    """The condition's first true value. Raises BenchmarkFailed after ``seconds``."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise BenchmarkFailed(f"Waited {seconds:.0f} s for {what} in vain.")
        time.sleep(0.01)
    return value


# The machine


def busy_elsewhere_percent(seconds: float = 0.1) -> float:
    """How busy the cores are with other people's work: asked while nothing of ours runs."""
    idle, total = _core_ticks()
    time.sleep(seconds)
    idle_after, total_after = _core_ticks()
    return 100 - 100 * (idle_after - idle) / max(1, total_after - total)


def _core_ticks() -> tuple[int, int]:
    """Ticks spent idle, and all of them."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return ticks[3] + ticks[4], sum(ticks)


# Processes


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in family(int(child)))]


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its descendants, to the nanosecond, from outside."""
    # The clock id that clock_getcpuclockid(3) makes of a pid.
    return sum(time.clock_gettime(~member << 3 | 2) for member in family(pid))


def resident_mb(pid: int) -> float:
    return _status(pid, "VmRSS") / 1024


def shared_mb(pid: int) -> float:
    """Resident memory in which what n processes share counts a n-th for each."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"/proc/{pid}/smaps_rollup has no Pss")


def peak_mb(pid: int) -> float:
    return _status(pid, "VmHWM") / 1024


def threads(pid: int) -> int:
    return _status(pid, "Threads")


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise AssertionError(f"/proc/{pid}/status has no {name}")
