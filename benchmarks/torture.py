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
SHARES = (0.1, 0.6, 0.99, 1.5)  # of an output, for which a small disk has room
ROOT_MAY = os.geteuid() == 0  # mount disks, and make control groups of version 1, which kill
GROUPS = Path("/sys/fs/cgroup/memory")


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

    def run(self, *more: str, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[bytes]:
        """Run the job to its end; its process begins with something else, such as a limit for itself."""
        command = self.command(*more)
        return subprocess.run(command, capture_output=True, check=False, preexec_fn=before, timeout=PATIENCE)

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
        trial = Trial(given, given.rows // 4, ending, f"disk{ending}")
        assert trial.whole is not None
        for share in (0.0, 0.01, 0.5, 0.9, 0.999):
            most = int(len(trial.whole[0]) * share)
            done = trial.run("--rejects", str(trial.bad), before=within(resource.RLIMIT_FSIZE, most))
            failures += not_for_want_of_room(trial, done) + trial.failures(f"disk full at {most:,} bytes")
            cases += 1
        for share in SHARES if ROOT_MAY else ():
            failures += on_small_disk(trial, int(len(trial.whole[0]) * share), 4 * len(trial.whole[0]))
            cases += 1
    small = f", and a tmpfs of {SHARES[0]:.0%} to {SHARES[-1]:.0%} of it" if ROOT_MAY else ""
    return Kept(
        "A full disk is told in one line, leaves no half-written table, and `--resume` goes on when there is room.",
        f"a limit on the size of files, from 0 to 99.9 % of the output{small}",
        cases,
        failures,
    )


def on_small_disk(trial: Trial, size: int, enough: int) -> list[str]:
    """Run a job whose output is on a disk of some bytes; then make it large enough and go on."""
    usual, disk = trial.out, trial.folder / "disk"
    disk.mkdir()
    mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk))
    try:
        trial.out = disk / usual.name
        failures = not_for_want_of_room(trial, trial.run("--rejects", str(trial.bad)))
        mount("-o", f"remount,size={enough}", str(disk))
        return failures + trial.failures(f"a disk of {size:,} bytes")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
        disk.rmdir()
        trial.out = usual


def mount(*options: str) -> None:
    """Mount a file system."""
    subprocess.run(["mount", *options], check=True)


def not_for_want_of_room(trial: Trial, done: subprocess.CompletedProcess[bytes]) -> list[str]:
    """Say what is wrong with how a job ended on a full disk; it may have had just enough room."""
    if not done.returncode:
        return [] if trial.written() == trial.whole else ["other bytes on a disk that was nearly full"]
    return refused(done, b"cannot be written") + ([f"{trial.out.name} is there"] if trial.out.exists() else [])


def out_of_memory(given: Given) -> Kept:
    """Give jobs too little memory, from hardly any to nearly enough."""
    trial, failures, cases, killed = Trial(given, given.rows // 4, ".csv", "memory"), [], 0, 0
    limits = [within(resource.RLIMIT_AS, megabytes * MEGABYTE) for megabytes in (200, 400, 600, 800, 1000, 1300)]
    groups = [
        new_group(megabytes * MEGABYTE) for megabytes in (100, 150, 200, 250, 300) if ROOT_MAY and GROUPS.is_dir()
    ]
    for before in [*limits, *(group_member(group) for group in groups)]:
        done = trial.run("--rejects", str(trial.bad), before=before)
        killed += done.returncode == -signal.SIGKILL
        if trial.out.exists() and trial.written() != trial.whole:
            failures.append(f"other bytes: {done.stderr.decode()[-300:]}")
        failures += trial.failures(f"too little memory, case {cases}")
        cases += 1
    for group in groups:
        group.rmdir()
    if groups and not killed:
        failures.append("no job was killed for want of memory")
    by_system = f"; {killed} jobs killed by the system, which gave them 100 to 300 MB" if groups else ""
    return Kept(
        "A job that is ended for want of memory leaves no half-written table and goes on with `--resume`.",
        f"a limit on memory, from 200 to 1,300 MB{by_system}",
        cases,
        failures,
    )


def within(kind: int, most: int) -> Callable[[], None]:
    """Make a function that limits what the system gives its process."""
    return lambda: resource.setrlimit(kind, (most, most))


def new_group(most: int) -> Path:
    """Make a control group whose processes are killed when they take more than some bytes of memory."""
    group = GROUPS / f"stance-{os.getpid()}-{most}"
    group.mkdir()
    (group / "memory.limit_in_bytes").write_text(str(most))
    return group


def group_member(group: Path) -> Callable[[], None]:
    """Make a function that puts its process into a control group."""

    def join() -> None:
        (group / "cgroup.procs").write_text(str(os.getpid()))

    return join


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
    """Kill a small run before each step that changes the disk; `workflow/batch/test_checkpoint.py` does with some."""
    return tested(
        "No moment is special: neither between two writes nor between two renames.",
        "SIGKILL before single steps of small jobs, changed inputs, models and options, two jobs at one output",
        "workflow/batch/test_checkpoint.py",
    )


def rows_kept(given: Given) -> Kept:
    """Read the tables of torment."""
    return tested(
        "Every row of an input is scored, or in the table of rejects with its place and the reason.",
        "tables with broken encodings, quotes, rows, lines and files; random bytes, read in two ways that must agree",
        *("tables/test_formats.py", "tables/formats"),
    )


def models_are_data(given: Given) -> Kept:
    """Open hostile model folders."""
    return tested(
        "Opening a model folder runs nothing; what is wrong with it is one clear error, within 200 MB.",
        "2,000 flipped bits; cut, oversized, doubled, contradictory and linked folders; pickles",
        *("hostile/test_models.py", "model/test_persistence.py"),
        STANCE_FLIPS="2000",
    )


def nothing_acts(given: Given) -> Kept:
    """Show and write what strangers wrote."""
    return tested(
        "Nothing that a stranger wrote acts on a terminal, in a spreadsheet or in a report, or names a file.",
        "terminal escapes, formulas, scripts and paths in comments, columns, labels and file names",
        *("cli/test_console.py", "tables/test_spreadsheet.py", "evaluation/report"),
    )


def any_text(given: Given) -> Kept:
    """Score any text."""
    return tested(
        "Any text is scored in time that grows with its length; outputs are finite and add up to 1.",
        "10 MB of one letter, emoji, quotes, abbreviations, names and links; 500 random texts and tables for each test",
        *("system/test_long_texts.py", "hostile/test_any_input.py"),
        STANCE_LONGEST="10000000",
        STANCE_EXAMPLES="500",
    )


def same_bytes(given: Given) -> Kept:
    """Score and train again."""
    return tested(
        "The same input, model and options give the same bytes; nothing is sent, logged or left behind.",
        "1, 2 and 4 jobs, parts of any size, all formats; training in other processes; sockets blocked; hidden columns",
        *("system/test_determinism.py", "system/test_processes.py", "tables/test_privacy.py"),
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


def other_sections(path: Path) -> str:
    """Return what others wrote into a page: all from its second heading on."""
    text = path.read_text("utf-8") if path.exists() else ""
    starts = [place for mark in ("\n<!-- ", "\n## ") if (place := text.find(mark)) >= 0]

    return text[min(starts) :] if starts else ""


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
                text = page(kept, time.perf_counter() - start)
                options.out.write_text(text + other_sections(options.out), "utf-8")
                print(f"{time.perf_counter() - start:6.0f} s  {trial.__name__}: {kept[-1].cases} cases", flush=True)
                print("\n".join(kept[-1].failures), end="\n" if kept[-1].failures else "", flush=True)
    raise SystemExit(any(each.failures for each in kept))


if __name__ == "__main__":
    main()
