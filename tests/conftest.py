"""A tiny corpus, and a model trained on it."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from stance.cli import console, main
from stance.workflow import train

# fmt: off
ROWS = [
    ("1", "a", "Good work, they keep their word", "good", "yes"),
    ("2", "a", "They keep lying and we keep paying", "bad", "no"),
    ("3", "a", "good good good news for the port", "good", "yes"),
    ("4", "b", "bad deal, they lie and lie", "bad", "no"),
    ("5", "b", "what a good deal, thank you", "good", ""),
    ("6", "b", "lie after lie, a bad old joke", "bad", "no"),
    ("7", "c", "the port is good work", "good", "yes"),
    ("8", "c", "bad news, bad port, bad deal", "bad", "no"),
    ("9", "c", "they lie to us and call it news", "bad", "yes"),
    ("10", "d", "thank you, a good word at last", "good", "yes"),
    ("11", "d", "old joke, they keep lying", "bad", "no"),
    ("12", "d", "thank you for the good news", "good", "yes"),
]
# fmt: on
COMMENTS = [("7", "They lie, they lie"), ("8", " "), ("9", "a good word, thank you")]
HEADER = ("id", "article", "text", "mood", "port")
Cli = Callable[..., tuple[int, str, str]]


def write_csv(path: Path, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return path


def without_stages(errors: str) -> str:
    """Return what was printed on standard error beside the line of each stage."""
    return "".join(line for line in errors.splitlines(keepends=True) if not re.match(r" *\d+\.\d s  \w", line))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "comments.csv", ("id", "text"), list(COMMENTS))


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "labelled.csv", HEADER, list(ROWS))


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    table = write_csv(folder / "labelled.csv", HEADER, list(ROWS))
    train.train(str(table), str(folder / "model"), n_jobs=1)
    return folder / "model"


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run the command line in this process; give exit code, output and errors."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["stance", *map(str, arguments)])
        monkeypatch.setattr(console, "tell_of_compiling", lambda: None)  # what is compiled hangs on the tests before
        capfd.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        output, errors = capfd.readouterr()
        return int(stop.value.code or 0), output, errors

    return run
