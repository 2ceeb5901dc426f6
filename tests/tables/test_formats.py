"""Every file of `good`, `bad` and `torment` is a test: it is read, or refused, as is said beside it."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from stance.tables.columns import read_texts
from stance.tables.files import read_table
from tests.conftest import Cli
from tests.helpers.torment import GOOD, HEADER, MADE, SLOW

TABLES = Path(__file__).parent


def tables(kind: str) -> list[Path]:
    return sorted(path for path in (TABLES / kind).iterdir() if path.suffix != ".expect")


def expectation(path: Path) -> str:
    return path.with_name(f"{path.name}.expect").read_text("utf-8").rstrip("\n")


@pytest.mark.parametrize("path", tables("good"), ids=lambda path: path.name)
def test_good_table_is_read(path: Path) -> None:
    table = read_table(str(path)).table
    assert read_texts(table, "text", path.name) == json.loads(expectation(path))


@pytest.mark.parametrize("path", tables("bad"), ids=lambda path: path.name)
def test_bad_table_is_refused_with_one_line_and_nothing_written(
    path: Path, tmp_path: Path, model_folder: Path, cli: Cli
) -> None:
    code, output, errors = cli("predict", path, "--model", model_folder, "-o", tmp_path / "out.csv")
    assert code == 2
    assert not output
    assert re.search(expectation(path), errors)
    assert all(line.startswith("stance: ") and path.name in line for line in errors.splitlines())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", tables("bad"), ids=lambda path: path.name)
def test_bad_table_is_refused_in_training_too(path: Path, tmp_path: Path, cli: Cli) -> None:
    code, _, errors = cli("train", path, "--heads", "id", "--out", tmp_path / "model")
    assert code == 2
    assert re.search(expectation(path), errors)
    assert list(tmp_path.iterdir()) == []


OUTCOMES = ".outcome.json"
TORMENT = sorted(path for path in (TABLES / "torment").iterdir() if not path.name.endswith(OUTCOMES))


def outcome(path: Path, options: str, model_folder: Path, folder: Path, cli: Cli) -> tuple[int, int, int, str]:
    """Score a table: give the exit code, the rows of both tables that came of it, and the message."""
    out, bad = folder / "out.jsonl", folder / "bad.jsonl"
    arguments = ("predict", path, "--model", model_folder, "-o", out, "--rejects", bad, *options.split())
    code, output, errors = cli(*arguments)
    assert not output
    assert "Traceback" not in errors
    assert out.exists() == bad.exists() == (code == 0)
    rows = [path.read_bytes().count(b"\n") if path.exists() else 0 for path in (out, bad)]
    assert {path.name for path in folder.iterdir()} <= {"a.csv", "a.csv.gz", "a.parquet", "a.jsonl", out.name, bad.name}
    return code, rows[0], rows[1], errors


@pytest.mark.parametrize("path", TORMENT, ids=lambda path: path.name)
def test_torment_comes_out_as_written_beside_it(path: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    expected = json.loads(path.with_name(path.name + OUTCOMES).read_text("utf-8"))
    code, rows, rejects, message = outcome(path, expected["options"], model_folder, tmp_path, cli)
    assert expected["message"] in message
    assert (code, rows, rejects) == (expected["exit"], expected["rows"], expected["rejects"])


@pytest.mark.parametrize("name", [*MADE, *(pytest.param(n, marks=pytest.mark.torture) for n in SLOW)])
def test_made_torment(name: str, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    make, options, *expected, words = {**MADE, **SLOW}[name]
    *found, message = outcome(make(tmp_path), options, model_folder, tmp_path, cli)
    assert words in message
    assert found == expected


def test_a_pipe_is_read_as_it_comes(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    os.mkfifo(tmp_path / "a.csv")
    writer = threading.Thread(target=(tmp_path / "a.csv").write_bytes, args=(HEADER + GOOD + b"bad\n",))
    writer.start()
    assert outcome(tmp_path / "a.csv", "", model_folder, tmp_path, cli)[:3] == (0, 2, 1)
    writer.join()


def test_a_file_that_grows_while_it_is_read_is_refused(
    model_folder: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADER + GOOD)
    monkeypatch.setattr("stance.tables.columns.check_not_numeric", appending(path))
    code, _, _, message = outcome(path, "", model_folder, tmp_path, cli)
    assert (code, "changed while it was read; score a copy that nobody writes to" in message) == (2, True)


def appending(path: Path) -> Callable[..., None]:
    def append(*given: object) -> None:
        with path.open("ab") as file:
            file.write(b"3,so\n")

    return append
