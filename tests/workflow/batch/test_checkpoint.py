"""A run that is interrupted continues where it stopped, and its output does not show it."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from stance.workflow.batch.checkpoint import open_run
from tests.conftest import Cli
from tests.workflow.batch.conftest import run_arguments

EXTENSIONS = [".csv", ".csv.gz", ".parquet", ".jsonl"]
RUN = """
import os, signal, sys, tempfile
from stance.cli import main
from stance.workflow.batch import checkpoint, reader
reader.BATCH_ROWS, checkpoint.CHECKPOINT_ROWS = 10, 20

def run(last, arguments):
    steps = 0
    def watched(real):
        def step(*given, **named):
            nonlocal steps
            steps += 1
            if steps == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)
        return step
    for name in ("fsync", "replace", "unlink", "rmdir"):
        setattr(os, name, watched(getattr(os, name)))
    sys.argv = ["stance", *arguments]
    main()

def bytes_of(paths):
    return [open(path, "rb").read() if os.path.exists(path) else None for path in paths]

from stance.workflow import predict
with tempfile.TemporaryDirectory() as folder:  # once here, so that the children need not load and compile
    outputs = os.path.join(folder, "out.csv"), os.path.join(folder, "bad.csv")
    predict.predict([sys.argv[3]], outputs[0], model=sys.argv[5], rejects=outputs[1])

whole = None
for last in map(int, sys.argv[1].split(",")):
    if not (child := os.fork()):
        run(last, sys.argv[2:])
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(code, flush=True)
    if not code:
        outputs = [sys.argv[sys.argv.index(option) + 1] for option in ("-o", "--rejects")]
        whole = whole or bytes_of(outputs)
        assert bytes_of(outputs) == whole, last
        for path in outputs if last != sys.maxsize else []:
            os.unlink(path)
"""


def killed_at(steps: str, *arguments: str | Path) -> list[int]:
    """Run `stance predict` once for each step and kill it right before that, of all that change what is on the disk."""
    command = [sys.executable, "-c", RUN, steps, "predict", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [int(line) for line in done.stdout.split()]


@pytest.mark.parametrize("ending", EXTENSIONS)
def test_a_run_killed_again_and_again_writes_the_same_bytes(
    ending: str, table: Path, model_folder: Path, tmp_path: Path, small_batches: None, cli: Cli
) -> None:
    whole, out, bad = tmp_path / f"whole{ending}", tmp_path / f"out{ending}", tmp_path / "bad.csv"
    arguments = (table, "--model", model_folder, "--rejects")
    assert cli("predict", *arguments, tmp_path / "whole_bad.csv", "-o", whole)[0] == 0
    codes = killed_at(f"2,9,12,5,7,2,{sys.maxsize}", *arguments, bad, "-o", out, "--resume")
    assert codes[-1] == 0
    assert -signal.SIGKILL in codes[1:]
    assert out.read_bytes() == whole.read_bytes()
    assert bad.read_bytes() == (tmp_path / "whole_bad.csv").read_bytes()
    names = {"a.csv", whole.name, out.name, "bad.csv", "whole_bad.csv"}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_a_run_killed_before_a_step_continues(table: Path, model_folder: Path, tmp_path: Path) -> None:
    arguments = (table, "--model", model_folder, "-o", tmp_path / "out.csv", "--rejects", tmp_path / "bad.csv")
    steps = [1000, *(number for step in (1, 4, 8, 13, 19, 26) for number in (step, 1000))]
    codes = killed_at(",".join(map(str, steps)), *arguments, "--resume")  # which sees that the bytes are the same
    assert set(codes[::2]) == {0}
    assert codes[1::2].count(-signal.SIGKILL) == 6


def test_nothing_has_its_name_before_it_is_whole(table: Path, model_folder: Path, tmp_path: Path) -> None:
    out, bad = tmp_path / "out.csv", tmp_path / "bad.csv"
    assert killed_at("9", table, "--model", model_folder, "-o", out, "--rejects", bad) == [-signal.SIGKILL]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "out.csv.parts"]


def test_an_interrupted_run_is_not_started_over_unasked(interrupted: tuple[str | Path, ...], cli: Cli) -> None:
    code, _, errors = cli(*interrupted)
    assert code == 2
    assert "an earlier run was interrupted; 100 rows are in" in errors
    assert "add --resume to continue, or delete that folder" in errors
    assert cli(*interrupted, "--resume")[0] == 0


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (("--probabilities",), "--probabilities changed since the run was interrupted"),
        (("--min-confidence", "0.5", "--encoding", "cp1252"), "--encoding, --min-confidence changed"),
        (("--rejects", "other.csv"), "--rejects changed"),
    ],
)
def test_resume_refuses_other_options(
    more: tuple[str, ...], fault: str, interrupted: tuple[str | Path, ...], cli: Cli
) -> None:
    code, _, errors = cli(*interrupted, "--resume", *more)
    assert (code, fault in errors) == (2, True)
    assert cli(*interrupted, "--resume")[0] == 0


def test_resume_refuses_another_input(interrupted: tuple[str | Path, ...], table: Path, cli: Cli) -> None:
    table.write_bytes(table.read_bytes() + b"9,so\n")
    code, _, errors = cli(*interrupted, "--resume")
    assert code == 2
    assert f"--resume: the size of {table}, the time of {table}, the content of {table} changed" in errors


def test_resume_refuses_another_model(interrupted: tuple[str | Path, ...], cli: Cli) -> None:
    code, _, errors = cli(*interrupted[:2], *interrupted[4:], "--resume")
    assert (code, "--resume: the model changed" in errors) == (2, True)


def test_a_run_stopped_by_a_bad_row_continues_with_rejects(
    table: Path, model_folder: Path, tmp_path: Path, small_batches: None, cli: Cli
) -> None:
    table.write_bytes(table.read_bytes().replace(b"bad\n", b""))
    arguments = ("predict", table, "--model", model_folder, "-o", tmp_path / "out.csv")
    code, _, errors = cli(*arguments)
    assert code == 2
    assert "line 61 has 3 cells" in errors
    assert "40 rows are saved in" in errors
    assert cli(*arguments, "--resume", "--rejects", tmp_path / "bad.csv")[0] == 0
    out = (tmp_path / "out.csv").read_bytes()
    assert cli(*arguments, "--rejects", tmp_path / "bad.csv")[0] == 0
    assert (tmp_path / "out.csv").read_bytes() == out


def test_two_processes_at_one_output(table: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    out = tmp_path / "out.csv"
    with open_run(str(out), None, {}, False) as run:
        code, _, errors = cli("predict", table, "--model", model_folder, "-o", out)
        assert (code, "another process is writing there" in errors) == (2, True)
        run.tables["rows"].write(pa.table({"text": ["so"]}))
    assert out.read_text() == "text\nso\n"


def test_a_folder_of_another_kind_is_left_alone(table: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    folder = tmp_path / "out.csv.parts"
    folder.mkdir()
    (folder / "precious").write_text("so")
    code, _, errors = cli("predict", table, "--model", model_folder, "-o", tmp_path / "out.csv")
    assert (code, "holds other files" in errors) == (2, True)
    assert (folder / "precious").read_text() == "so"


def test_damaged_progress_of_a_run(interrupted: tuple[str | Path, ...], tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "out.csv.parts/progress.json").write_text("{")
    code, _, errors = cli(*interrupted, "--resume")
    assert (code, "progress.json: damaged; delete its folder and start over" in errors) == (2, True)


def test_resume_without_a_run_starts_one(table: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    arguments = run_arguments(table, model_folder, tmp_path)
    assert cli(*arguments, "--resume")[0] == 0
    assert (tmp_path / "out.csv").exists()


def test_standard_input_and_output_cannot_be_resumed(table: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    code, _, errors = cli("predict", "-", "--model", model_folder, "-o", tmp_path / "out.csv", "--resume")
    assert (code, "standard input and pipes cannot be read a second time" in errors) == (2, True)
    code, _, errors = cli("predict", table, "--model", model_folder, "-o", "-", "--resume")
    assert (code, "output to stdout cannot be resumed" in errors) == (2, True)


def test_a_full_disk_keeps_what_is_saved(
    table: Path, model_folder: Path, tmp_path: Path, small_batches: None, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = run_arguments(table, model_folder, tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, before[1]))
    try:
        code, _, errors = cli(*arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert code == 2
    assert "cannot be written (File too large)" in errors
    assert "rows are saved in" in errors
    assert cli(*arguments, "--resume")[0] == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 106
