"""A job that is cut off goes on where it stopped, and nobody can tell from what it wrote."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Cli, write_csv

WORDS = ("they lie", "good work", "bad deal", "thank you for the port", " ", "\u4e2d\u534e", 'an "old" joke, twice')
ENDINGS = [".csv", ".csv.gz", ".parquet", ".jsonl"]
RUN = """
import os, signal, sys, stance.job, stance.source
stance.source.PART_ROWS, stance.job.SAVED_ROWS = 10, 20
steps, last = 0, int(sys.argv.pop(1))
def watched(name):
    real = getattr(os, name)
    def step(*arguments, **named):
        global steps
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)
    return step
for name in ("fsync", "replace", "unlink", "rmdir"):
    setattr(os, name, watched(name))
from stance.cli import main
main()
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [(str(number), WORDS[number % len(WORDS)]) for number in range(105)]
    path = write_csv(tmp_path / "a.csv", ("id", "text"), rows)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:15], b"bad\n", *lines[15:60], b"1,2,3\n", *lines[60:], b"\xff,9\n"]))
    return path


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.source.PART_ROWS", 10)
    monkeypatch.setattr("stance.job.SAVED_ROWS", 20)


def killed_at(step: int, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run `stance predict` and kill it right before a step that changes what is on the disk."""
    command = [sys.executable, "-c", RUN, str(step), "predict", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_job_killed_again_and_again_writes_the_same_bytes(
    ending: str, table: Path, model_folder: Path, tmp_path: Path, small_parts: None, cli: Cli
) -> None:
    whole, out, bad = tmp_path / f"whole{ending}", tmp_path / f"out{ending}", tmp_path / "bad.csv"
    usual = ("predict", table, "--model", model_folder, "--rejects")
    assert cli(*usual, tmp_path / "whole_bad.csv", "-o", whole)[0] == 0
    for step in (6, 3, 9, 12, 5, 7):
        killed = killed_at(step, *usual[1:], bad, "-o", out, "--resume")
        assert killed.returncode == -signal.SIGKILL or out.exists()
        if not out.exists():
            assert not bad.exists() or bad.read_bytes() == (tmp_path / "whole_bad.csv").read_bytes()
    assert cli(*usual, bad, "-o", out, "--resume")[0] == 0
    assert out.read_bytes() == whole.read_bytes()
    assert bad.read_bytes() == (tmp_path / "whole_bad.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["a.csv", whole.name, out.name, "bad.csv", "whole_bad.csv"]
    )
