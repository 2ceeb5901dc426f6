"""How commands begin and end: streams that are closed or full, signals, faults of the program, names nobody can use."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stance.cli import check, process
from stance.tables.paths import MAX_NAME_BYTES
from stance.workflow import explain
from tests.conftest import HEADER, ROWS, Cli, write_csv

ROOT = Path(__file__).parents[2]
SETTINGS = {**os.environ, "PYTHONPATH": str(ROOT)}
LONG = "x" * 300


@pytest.fixture
def shell(tmp_path: Path, comments: Path, labelled: Path, model_folder: Path) -> Callable[[str], tuple[int, str, str]]:
    """Run a line of the shell in a folder with `comments.csv`, `labelled.csv` and `model`; code, output, errors."""
    (tmp_path / "model").symlink_to(model_folder)

    def run(line: str) -> tuple[int, str, str]:
        done = subprocess.run(
            ["bash", "-c", line.replace("stance ", f"{sys.executable} -m stance ", 1)],
            cwd=tmp_path, env=SETTINGS, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    return run


PREDICT = "stance predict comments.csv -o out.csv --model model"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full", "2>/dev/full"])
def test_a_table_is_scored_whatever_streams_there_are(
    closed: str, shell: Callable[[str], tuple[int, str, str]], tmp_path: Path
) -> None:
    code, output, errors = shell(f"{PREDICT} {closed}")
    assert (code, output) == (0, "")
    assert "Traceback" not in errors
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 4


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("stance predict - -o out.csv --model model <&-", 2, "-: standard input is closed; give the name of a file"),
        ("stance predict comments.csv -o - --model model >&-", 2, "-: standard output is closed; give the name"),
        ("stance predict comments.csv -o - --model model >/dev/full", 2, "standard output cannot be written"),
        ("stance explain - --model model <&-", 2, "standard input is closed; give the comment itself"),
        ("stance explain 'they lie' --model model >&-", 2, "standard output is closed"),
        ("stance explain 'they lie' --model model >/dev/full", 2, r"standard output cannot be written \(No space left"),
        ("stance agree labelled.csv >&-", 2, "standard output is closed"),
        ("stance help >/dev/full", 2, r"standard output cannot be written \(No space left"),
        ("stance predict no.csv -o out.csv 2>/dev/full", 2, ""),
        ("stance nothing 2>&-", 2, ""),
        ("stance --version >&-", 0, ""),
        ("stance check labelled.csv --jobs 1 <&- >&- 2>&-", 0, ""),
    ],
)
def test_streams_that_are_closed_or_full(
    line: str, code: int, message: str, shell: Callable[[str], tuple[int, str, str]], tmp_path: Path
) -> None:
    before = set(tmp_path.iterdir())
    found, _, errors = shell(line)
    assert found == code
    assert errors.count("\n") == bool(message)
    assert re.match(f"stance: {message}" if message else "$", errors)
    assert set(tmp_path.iterdir()) == before


def hear_signals() -> None:
    """Undo what these tests may be run under, such as nohup: a signal that is ignored from the start stays so."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def stopped(
    number: signal.Signals, when: Callable[[], bool], *arguments: str | Path, stdin: int = subprocess.DEVNULL
) -> tuple[int, str]:
    """Run a command and send a signal to all of its processes, as Ctrl-C does, as soon as something holds."""
    run = subprocess.Popen(
        [sys.executable, "-m", "stance", *map(str, arguments)],
        env=SETTINGS, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=hear_signals,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not when() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(run.pid, number)
    _, errors = run.communicate(timeout=60)
    return run.returncode, "".join(line for line in errors.splitlines(keepends=True) if not line.startswith(" "))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_from_standard_input_leaves_nothing_when_it_is_stopped(
    number: signal.Signals, tmp_path: Path, model_folder: Path
) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, b"text\n" + b"they lie\n" * 5)  # and no end
    unfinished = tmp_path / "out.csv"
    code, errors = stopped(
        number, lambda: any(tmp_path.iterdir()), "predict", "-", "-o", unfinished, "--model", model_folder, stdin=ours
    )
    os.close(ours)
    os.close(theirs)
    assert (code, errors) == (128 + number, "stance: stopped\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["train", "evaluate", "check"])
@pytest.mark.parametrize("seconds", [0.7, 2.5])
def test_ctrl_c_is_one_line_also_while_workers_work(command: str, seconds: float, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "a.csv", HEADER, list(ROWS) * 200)
    more: dict[str, list[str | Path]] = {
        "train": ["--out", tmp_path / "m"],
        "evaluate": ["--report", tmp_path / "r", "--cross-validate"],
    }
    if command == "evaluate":
        tones = {"good": "positive", "bad": "negative"}
        table = write_csv(tmp_path / "a.csv", ("text", "tone"), [(row[2], tones[row[3]]) for row in ROWS] * 200)
    start = time.monotonic()
    arguments: tuple[str | Path, ...] = (command, table, *more.get(command, []), "--jobs", "2")
    code, errors = stopped(signal.SIGINT, lambda: time.monotonic() - start > seconds, *arguments)
    assert "Traceback" not in errors
    assert errors in ("", "stance: stopped\n")
    assert code in (130, -2, 0, 1)  # Python may end by the signal itself, which shells call 130; or the work was done


def test_ctrl_c_after_the_work_is_done_changes_nothing(tmp_path: Path, labelled: Path) -> None:
    model = tmp_path / "model"
    arguments = ("train", labelled, "--out", model, "--jobs", "2")
    code, errors = stopped(signal.SIGINT, (model / "MODEL_CARD.md").exists, *arguments)
    assert code in (0, 130)
    assert errors in ("", "stance: stopped\n")


def test_interrupts_and_ends_of_input_within_a_command(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(explain, "explain", stop)
    assert cli("explain", "so") == (130, "", "stance: stopped\n")


@pytest.mark.parametrize("error", [KeyError("a comment"), EOFError(), RecursionError(), AssertionError(), OSError("?")])
def test_a_fault_of_the_program_has_an_exit_code_of_its_own(
    error: Exception, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **named: object) -> None:
        raise error

    monkeypatch.setattr(explain, "explain", fail)
    code, output, errors = cli("explain", "a comment")
    assert (code, output) == (process.EXIT_FAULT, "")
    assert re.match(rf"stance: a fault of the program \({type(error).__name__} in test_ends\.py, line \d+\)", errors)
    assert "run it again with STANCE_TRACEBACK=1" in errors
    assert errors.count("\n") == 1
    assert "a comment" not in errors  # what is reported must not give away what was read
    monkeypatch.setenv("STANCE_TRACEBACK", "1")
    code, _, errors = cli("explain", "a comment")
    assert code == process.EXIT_FAULT
    assert "stance: Traceback (most recent call last):\n" in errors


def test_faults_of_disks_are_no_faults_of_the_program(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied", "a\n.csv")

    monkeypatch.setattr(check, "show_counts", fail)
    monkeypatch.setattr(explain, "explain", fail)
    assert cli("explain", "so") == (2, "", "stance: a\\n.csv: Permission denied\n")


@pytest.mark.parametrize(
    "name", [f"{LONG}.csv", "a\nb.csv", "\udcff.csv", "comments.csv/", "no/a.csv", "comments.csv/b.csv"]
)
@pytest.mark.parametrize(
    "line",
    [
        ("predict", "NAME", "-o", "out.csv"),
        ("predict", "comments.csv", "NAME", "-o", "out.csv"),
        ("predict", "comments.csv", "-o", "out.csv", "--lexicon", "NAME"),
        ("predict", "comments.csv", "-o", "out.csv", "--hash", "id", "--salt", "NAME"),
        ("predict", "comments.csv", "-o", "out.csv", "--model", "NAME"),
        ("predict", "comments.csv", "-o", "out.csv", "--text-column", "NAME"),
        ("predict", "comments.csv", "-o", "out.csv", "--targets", "NAME"),
        ("predict", "comments.csv", "-o", "out.csv", "--encoding", "NAME"),
        ("predict", "comments.csv", "-o", "out.csv", "--delimiter", "NAME"),
        ("train", "NAME", "--out", "m"),
        ("train", "labelled.csv", "--out", "m", "--lexicon", "NAME"),
        ("evaluate", "NAME", "--report", "r"),
        ("evaluate", "labelled.csv", "--report", "r", "--compare", "NAME", "--model", "MODEL"),
        ("check", "NAME"),
        ("check", "labelled.csv", "--against", "NAME"),
        ("agree", "NAME"),
        ("explain", "so", "--model", "NAME"),
        ("explain", "so", "--head", "NAME"),
    ],
)  # fmt: skip
def test_names_that_are_not_there(
    name: str,
    line: tuple[str, ...],
    tmp_path: Path,
    comments: Path,
    labelled: Path,
    model_folder: Path,
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    if "--salt" in line and name == "comments.csv/":
        return  # as good a name of the same file
    code, output, errors = cli(*({"NAME": name, "MODEL": str(model_folder)}.get(each, each) for each in line))
    assert (code, output) == (2, "")
    assert re.match(r"stance: |Usage: ", errors)
    assert errors.count("\n") == 1 or errors.startswith("Usage: ")
    assert "comments.csv: cannot be written" not in errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["comments.csv", "labelled.csv"]


@pytest.mark.parametrize("option", ["-o", "--rejects"])
@pytest.mark.parametrize(
    "name", [f"{LONG}.csv", f"{'x' * MAX_NAME_BYTES}.csv", "out.csv/", "new/", "comments.csv/b.csv"]
)
def test_tables_that_cannot_be_written(
    option: str,
    name: str,
    tmp_path: Path,
    comments: Path,
    model_folder: Path,
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    outputs = {"-o": "o.csv", option: name}
    code, _, errors = cli(
        "predict", "comments.csv", "--model", model_folder, *(each for pair in outputs.items() for each in pair)
    )
    assert (code, errors.count("\n")) == (2, 1)
    assert name in errors  # and no other file is named
    assert [path.name for path in tmp_path.iterdir()] == ["comments.csv"]


@pytest.mark.parametrize("extension", [".csv", ".csv.gz", ".parquet", ".jsonl"])
def test_the_longest_names_can_be_written(
    extension: str, tmp_path: Path, comments: Path, model_folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = [letter * (MAX_NAME_BYTES - len(extension)) + extension for letter in "or"]
    code, _, errors = cli("predict", "comments.csv", "--model", model_folder, "-o", names[0], "--rejects", names[1])
    assert code == 0, errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["comments.csv", *names]


@pytest.mark.parametrize("name", [f"{LONG}.joblib", "m.joblib/", ".", "comments.csv/m.joblib"])
def test_export_names_the_file(
    name: str, tmp_path: Path, comments: Path, model_folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, errors = cli("export", name, "--model", model_folder)
    assert (code, errors.count("\n")) == (2, 1)
    assert errors.startswith(f"stance: {name}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["comments.csv"]


def test_names_that_are_not_utf_8_are_names_like_others(
    tmp_path: Path, labelled: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    labelled.rename(tmp_path / "\udcff.csv")
    for arguments in (
        ("train", "\udcff.csv", "--out", "m\udcff", "--jobs", "1"),
        ("predict", "\udcff.csv", "-o", "o\udcff.csv", "--model", "m\udcff", "--rejects", "r\udcff.csv"),
        ("evaluate", "\udcff.csv", "--report", "r\udcff", "--model", "m\udcff", "--jobs", "1"),
        ("evaluate", "\udcff.csv", "--report", "r\udcff", "--model", "m\udcff", "--compare", "r\udcff/predictions.csv"),
        ("check", "\udcff.csv", "--jobs", "1"),
        ("export", "e\udcff.joblib", "--model", "m\udcff"),
    ):
        code, _, errors = cli(*arguments)
        assert code == 0, errors


def test_an_input_that_is_missing_is_told_before_the_others_are_scored(
    comments: Path, model_folder: Path, tmp_path: Path, cli: Cli
) -> None:
    arguments = ("predict", comments, tmp_path / "no.csv", "-o", tmp_path / "out.csv", "--model", model_folder)
    assert cli(*arguments) == (2, "", f"stance: {tmp_path / 'no.csv'}: no such file\n")
