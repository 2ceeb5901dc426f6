"""What is told of the progress of a command, on a terminal and in a log."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from stance.cli import console
from tests.conftest import Cli, write_csv
from tests.helpers.terminal import shown_on_terminal


def test_a_log_gets_a_line_from_time_to_time(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with console.progress("scoring") as progress:
        progress.add_rows(10)
        assert capsys.readouterr().err == ""
        monkeypatch.setattr(console, "SECONDS_PER_LINE", 0.0)
        progress.add_rows(10_000)
        progress.add_share(0.25)
        progress.add_rows(20_000)
    assert capsys.readouterr().err == "10,000 rows\n20,000 rows, 25% of the input\n"


def test_a_terminal_gets_a_bar_with_an_end(tmp_path: Path, model_folder: Path) -> None:
    table = write_csv(tmp_path / "a.csv", ("text",), [(f"they lie {row}",) for row in range(60_000)])
    arguments = ["predict", str(table), "--model", str(model_folder), "-o", str(tmp_path / "out.csv")]
    settings = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    shown = shown_on_terminal("stderr", [sys.executable, "-m", "stance", *arguments], env=settings)
    assert re.search(r"scoring .*\d+%.* rows", shown)


@pytest.mark.parametrize("command", ["train", "evaluate", "evaluate --cross-validate"])
def test_each_stage_is_a_line_with_the_seconds_until_then(
    command: str, tmp_path: Path, labelled: Path, model_folder: Path, cli: Cli
) -> None:
    name, *more = command.split()
    output = ("--out", tmp_path / "m") if name == "train" else ("--report", tmp_path / "r", "--model", model_folder)
    code, _, errors = cli(name, labelled, *output, *more, "--jobs", "1")
    assert code == 0
    lines = [line for line in errors.splitlines() if not line.startswith("stance: ")]
    assert len(lines) >= 4
    assert all(re.fullmatch(r" *\d+\.\d s  \w.*", line) for line in lines)
    seconds = [float(line.split()[0]) for line in lines]
    assert seconds == sorted(seconds)
