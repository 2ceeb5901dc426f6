"""Paths: which are tables, and which may be written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stance.errors import OptionError
from stance.tables.paths import check_not_same_file, extension_of
from tests.conftest import Cli


def test_same_file_by_another_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.touch()
    (tmp_path / "b.csv").symlink_to(path)
    with pytest.raises(OptionError, match="is also an input"):
        check_not_same_file([str(path)], str(tmp_path / "b.csv"))
    check_not_same_file([str(path)], str(tmp_path / "c.csv"))
    check_not_same_file([str(tmp_path / "none.csv")], str(path))


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.parquet.gz", "csv"])
def test_unknown_ending(name: str) -> None:
    with pytest.raises(OptionError, match="unknown table format"):
        extension_of(name)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("a.csv", "is also an input; give --rejects another name"),
        ("out.csv", "is also the --output"),
        ("bad.xlsx", "unknown table format"),
        ("-", "--rejects: cannot be standard output"),
        ("pipe.csv", "not a regular file"),
    ],
)
def test_names_that_rejects_cannot_have(name: str, fault: str, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,so\n")
    os.mkfifo(tmp_path / "pipe.csv")
    rejects = name if name == "-" else tmp_path / name
    arguments = ("predict", tmp_path / "a.csv", "--model", model_folder, "-o", tmp_path / "out.csv")
    code, _, errors = cli(*arguments, "--rejects", rejects)
    assert (code, fault in errors) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "pipe.csv"]
