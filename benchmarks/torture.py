"""Try to make jobs lose rows: kill them, fill the disk, take their memory; write docs/reliability.md.

Each promise is a function that gives how many cases it tried and how many failed; `PROMISES` lists them.

    python benchmarks/torture.py [--rows 500000] [--kills 25] [--out docs/reliability.md] [--only kills,tables]
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs/reliability.md"
SEED = 0
PATIENCE = 600  # seconds for one job; one that takes longer hangs
BAD = ["only one cell\n", "three,cells,here\n", '7,"stray" quote\n', "8,NUL \0 here\n"]
MOMENTS = 10  # parts of the time that a whole job takes; most kills come within one of them after the start
MEGABYTE = 1 << 20
ENDINGS = (".csv", ".csv.gz", ".parquet", ".jsonl")


@dataclass(frozen=True)
class Given:
    """What the trials are made with: a folder, the rows of the large table, the number of kills."""

    folder: Path
    rows: int
    kills: int


@dataclass(frozen=True)
class Kept:
    """Whether a promise was kept: what it says, how it was tried, the number of cases, what failed."""

    promise: str
    trial: str
    cases: int
    failures: list[str]


class Trial:
    """A table, what an uninterrupted job makes of it, and jobs that are interrupted."""

    def __init__(self, given: Given, rows: int, ending: str, name: str) -> None:
        self.folder = given.folder / name
        self.folder.mkdir()
        self.source = self.folder / "in.csv"
        write_table(self.source, rows)
        self.out, self.bad = self.folder / f"out{ending}", self.folder / "bad.csv"
        start = time.perf_counter()
        done = self.run("--rejects", str(self.bad))
        self.seconds = time.perf_counter() - start
        if done.returncode:
            raise SystemExit(done.stderr.decode())
        self.whole = self.written()
        self.clear()

    def written(self) -> tuple[bytes, bytes] | None:
        """Give what was written, if all of it has its name."""
        return (self.out.read_bytes(), self.bad.read_bytes()) if self.out.exists() and self.bad.exists() else None

    def clear(self) -> None:
        """Remove what was written."""
        shutil.rmtree(f"{self.out}.parts", ignore_errors=True)
        for path in (self.out, self.bad):
            path.unlink(missing_ok=True)

    def command(self, *more: str) -> list[str]:
        """Give the command of the job."""
        return [sys.executable, "-m", "stance", "predict", str(self.source), "-o", str(self.out), *more]

    def run(self, *more: str, limit: tuple[int, int] | None = None) -> subprocess.CompletedProcess[bytes]:
        """Run the job to its end, within a limit of what the system gives it."""

        def limited() -> None:
            if limit is not None:
                resource.setrlimit(limit[0], (limit[1], limit[1]))

        command = self.command(*more)
        return subprocess.run(command, capture_output=True, check=False, preexec_fn=limited, timeout=PATIENCE)

    def stopped(self, after: float, with_signal: signal.Signals) -> int:
        """Run the job, and send it a signal after some seconds."""
        job = subprocess.Popen(
            self.command("--resume", "--rejects", str(self.bad)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        try:
            job.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            job.send_signal(with_signal)
            job.communicate(timeout=PATIENCE)
        return int(job.returncode)

    def failures(self, what: str) -> list[str]:
        """Go on with the job, and say what is not as in an uninterrupted one."""
        done = self.run("--resume", "--rejects", str(self.bad))
        same = self.written() == self.whole
        left = Path(f"{self.out}.parts").exists()
        self.clear()
        return [] if not done.returncode and same and not left else [f"{what}: {done.stderr.decode()[-300:]}"]


def write_table(path: Path, rows: int) -> None:
    """Write comments, with a bad row now and then.

    Parameters
    ----------
    path : Path
    rows : int
    """
    rng = random.Random(SEED)
    with (ROOT / "datasets/comments.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        write(("id", "text"))
        for number in range(rows):
            if number % 9973 == 5000:
                file.write(rng.choice(BAD))
            else:
                write((number, rng.choice(texts)))


def killed_at_random(given: Given) -> Kept:
    """Kill a large job again and again until it is done."""
    trial, rng, failures, killed = Trial(given, given.rows, ".csv", "kills"), random.Random(SEED), [], 0
    while killed < given.kills:
        after = rng.uniform(0, trial.seconds) if killed % 5 == 4 else rng.uniform(0, 3 + trial.seconds / MOMENTS)
        code = trial.stopped(after, signal.SIGKILL)
        killed += code == -signal.SIGKILL
        if trial.out.exists() and trial.written() != trial.whole:
            failures.append(f"other bytes after {killed} kills")
        if code == 0:
            trial.clear()
        elif code != -signal.SIGKILL:
            failures.append(f"exit code {code}")
    failures += trial.failures("after the last kill")
    return Kept(
        "A job killed at any moment goes on with `--resume`, and its output is the same to the byte.",
        f"SIGKILL at random moments of a job of {given.rows:,} rows (seed {SEED})",
        killed,
        failures,
    )


def signalled(given: Given) -> Kept:
    """Stop jobs of every format by the signals that people and systems send."""
    failures, cases = [], 0
    for ending in ENDINGS:
        trial = Trial(given, given.rows // 2, ending, f"signals{ending}")
        for with_signal in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGHUP):
            code = trial.stopped(trial.seconds * 0.7, with_signal)
            expected = {0, -with_signal, 130}
            failures += [f"{with_signal.name}: exit code {code}"] if code not in expected else []
            failures += trial.failures(f"{with_signal.name}, {ending}")
            cases += 1
    return Kept(
        "The same holds for CSV, zipped CSV, Parquet and JSON Lines, and for Ctrl-C and the signals of a shutdown.",
        f"SIGTERM, SIGINT, SIGKILL, SIGHUP at 70 % of jobs of {given.rows // 2:,} rows",
        cases,
        failures,
    )


def disk_full(given: Given) -> Kept:
    """Let the disk be full at several sizes of the output."""
    failures, cases = [], 0
    for ending in (".csv", ".parquet"):
        trial = Trial(given, given.rows // 2, ending, f"disk{ending}")
        assert trial.whole is not None
        for share in (0.0, 0.01, 0.5, 0.9, 0.999):
            most = int(len(trial.whole[0]) * share)
            done = trial.run("--rejects", str(trial.bad), limit=(resource.RLIMIT_FSIZE, most))
            failures += refused(done, b"cannot be written") + (
                [f"{trial.out.name} is there"] if trial.out.exists() else []
            )
            failures += trial.failures(f"disk full at {most:,} bytes")
            cases += 1
    return Kept(
        "A full disk is told in one line, leaves no half-written table, and `--resume` goes on when there is room.",
        "a limit on the size of files, from 0 to 99.9 % of the output",
        cases,
        failures,
    )


def out_of_memory(given: Given) -> Kept:
    """Give jobs too little memory, from hardly any to nearly enough."""
    trial, failures, cases = Trial(given, given.rows // 2, ".csv", "memory"), [], 0
    for megabytes in (200, 400, 600, 800, 1000, 1300):
        trial.run("--rejects", str(trial.bad), limit=(resource.RLIMIT_AS, megabytes * MEGABYTE))
        if trial.out.exists() and trial.written() != trial.whole:
            failures.append(f"other bytes with {megabytes} MB")
        failures += trial.failures(f"{megabytes} MB")
        cases += 1
    return Kept(
        "A job that is ended for want of memory leaves no half-written table and goes on with `--resume`.",
        "a limit on memory, from 200 to 1,300 MB",
        cases,
        failures,
    )


def tested(promise: str, trial: str, *tests: str, **budget: str) -> Kept:
    """Run tests, with more examples than they have by themselves.

    Parameters
    ----------
    promise, trial : str
    *tests : str
        Files of `tests/`.
    **budget : str
        Set in the environment.

    Returns
    -------
    Kept
    """
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-m",
        "torture or not torture",
        *(f"tests/{name}" for name in tests),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, **budget})
    return Kept(promise, trial, passed(done.stdout), [] if not done.returncode else [done.stdout[-1000:]])


def every_step(given: Given) -> Kept:
    """Kill a small job before each step that changes the disk: what `tests/test_job.py` does with some."""
    return tested(
        "No moment is special: neither between two writes nor between two renames.",
        "SIGKILL before single steps of small jobs, changed inputs, models and options, two jobs at one output",
        "test_job.py",
    )


def rows_kept(given: Given) -> Kept:
    """Read the tables of torment."""
    return tested(
        "Every row of an input is scored, or in the table of rejects with its place and the reason.",
        "tables with broken encodings, quotes, rows, lines and files; random bytes, read in two ways that must agree",
        *("test_tables.py", "test_rejects.py", "test_blocks.py"),
    )


def models_are_data(given: Given) -> Kept:
    """Open hostile model folders."""
    return tested(
        "Opening a model folder runs nothing; what is wrong with it is one clear error, within 200 MB.",
        "2,000 flipped bits; cut, oversized, doubled, contradictory and linked folders; pickles",
        *("test_hostile_models.py", "test_persistence.py"),
        STANCE_FLIPS="2000",
    )


def nothing_acts(given: Given) -> Kept:
    """Show and write what strangers wrote."""
    return tested(
        "Nothing that a stranger wrote acts on a terminal, in a spreadsheet or in a report, or names a file.",
        "terminal escapes, formulas, scripts and paths in comments, columns, labels and file names",
        *("test_terminal.py", "test_spreadsheet.py", "test_report.py", "test_browser.py"),
    )


def any_text(given: Given) -> Kept:
    """Score any text."""
    return tested(
        "Any text is scored in time that grows with its length; outputs are finite and add up to 1.",
        "10 MB of one letter, emoji, quotes, abbreviations, names and links; 500 random texts and tables for each test",
        *("test_long_texts.py", "test_any_input.py"),
        STANCE_LONGEST="10000000",
        STANCE_EXAMPLES="500",
    )


def same_bytes(given: Given) -> Kept:
    """Score and train again."""
    return tested(
        "The same input, model and options give the same bytes; nothing is sent, logged or left behind.",
        "1, 2 and 4 jobs, parts of any size, all formats; training in other processes; sockets blocked; hidden columns",
        *("test_determinism.py", "test_processes.py", "test_privacy.py"),
    )


PROMISES: list[Callable[[Given], Kept]] = [
    rows_kept, every_step, killed_at_random, signalled, disk_full, out_of_memory,
    models_are_data, nothing_acts, any_text, same_bytes,
]  # fmt: skip


def refused(done: subprocess.CompletedProcess[bytes], words: bytes) -> list[str]:
    """Say what is wrong with how a job ended that had to end with exit code 2 and some words."""
    good = done.returncode == 2 and words in done.stderr and b"Traceback" not in done.stderr
    return [] if good else [f"exit code {done.returncode}: {done.stderr.decode()[-300:]}"]


def passed(said: str) -> int:
    """Count the tests that pytest passed, by its dots."""
    lines = [line for line in said.splitlines() if line.rstrip().endswith("%]")]
    return sum(line.split("[")[0].count(".") for line in lines)


def page(kept: list[Kept], seconds: float) -> str:
    """Write what was tried as Markdown.

    Parameters
    ----------
    kept : list of Kept
    seconds : float
        That it took.

    Returns
    -------
    str
    """
    rows = [f"| {each.promise} | {each.trial} | {each.cases:,} | {len(each.failures)} |" for each in kept]
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return "\n".join(
        [
            "# Reliability",
            "",
            f"Written by `make torture` on {date.today().isoformat()}: {machine}, {seconds / 60:.0f} minutes.",
            "",
            "| promise | tried with | cases | failures |",
            "|---|---|--:|--:|",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Try all promises, or some."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--only", default="", help="names of functions, with commas between")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else [trial.__name__ for trial in PROMISES]
    start, kept = time.perf_counter(), []
    with tempfile.TemporaryDirectory() as folder:
        given = Given(Path(folder), options.rows, options.kills)
        for trial in PROMISES:
            if trial.__name__ in wanted:
                kept.append(trial(given))
                options.out.parent.mkdir(exist_ok=True)
                options.out.write_text(page(kept, time.perf_counter() - start), "utf-8")
                print(f"{time.perf_counter() - start:6.0f} s  {trial.__name__}: {kept[-1].cases} cases", flush=True)
                print("\n".join(kept[-1].failures), end="\n" if kept[-1].failures else "", flush=True)
    raise SystemExit(any(each.failures for each in kept))


if __name__ == "__main__":
    main()
