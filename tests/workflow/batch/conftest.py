"""A table of 105 good rows and three bad ones, scored in small batches, and a run of it that was interrupted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Cli, write_csv

WORDS = ("they lie", "good work", "bad deal", "thank you for the port", " ", "\u4e2d\u534e", 'an "old" joke, twice')


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [(str(number), WORDS[number % len(WORDS)]) for number in range(105)]
    path = write_csv(tmp_path / "a.csv", ("id", "text"), rows)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:15], b"bad\n", *lines[15:60], b"1,2,3\n", *lines[60:], b"\xff,9\n"]))
    return path


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.workflow.batch.reader.BATCH_ROWS", 10)
    monkeypatch.setattr("stance.workflow.batch.checkpoint.CHECKPOINT_ROWS", 20)


def run_arguments(table: Path, model_folder: Path, folder: Path) -> tuple[str | Path, ...]:
    """Return the arguments of `stance` that score a table into `out.csv` and `bad.csv` of a folder."""
    outputs = ("-o", folder / "out.csv", "--rejects", folder / "bad.csv")
    return ("predict", table, "--model", model_folder, *outputs)


def stop(*counts: int) -> None:
    raise KeyboardInterrupt


@pytest.fixture
def interrupted(
    table: Path, model_folder: Path, tmp_path: Path, small_batches: None, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> tuple[str | Path, ...]:
    """Return the arguments of a run that was stopped with Ctrl-C."""
    arguments = run_arguments(table, model_folder, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("stance.workflow.batch.scoring.check_conservation", stop)
        code, _, errors = cli(*arguments)
    saved = f"stance: 100 rows are saved in {tmp_path / 'out.csv.parts'}; add --resume to the same command to continue"
    assert (code, errors.splitlines()[-2:]) == (130, ["stance: stopped", saved])
    return arguments
