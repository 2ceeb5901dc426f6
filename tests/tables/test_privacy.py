"""Names that are to be hidden are in nothing that is written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from stance.errors import OptionError, TableError
from stance.tables.privacy import Privacy, read_key
from tests.conftest import Cli, write_csv

SALT = b"sixteen bytes or more"
ROWS = [("ann", "a@b.c", "they lie"), ("bob", "d@e.f", "good work"), ("ann", "", "so"), ("", "g@h.i", "bad deal")]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = write_csv(tmp_path / "a.csv", ("author", "mail", "text"), ROWS)
    path.write_bytes(path.read_bytes() + b"cecil,j@k.l\n")
    (tmp_path / "salt").write_bytes(SALT)
    return path


def test_names_are_in_neither_table(table: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    out, bad = tmp_path / "out.jsonl", tmp_path / "bad.csv"
    arguments = ("predict", table, "--model", model_folder, "-o", out, "--rejects", bad)
    hiding = ("--drop", "mail", "--hash", "author", "--salt", tmp_path / "salt")
    assert cli(*arguments, *hiding)[0] == 0
    written = out.read_text() + bad.read_text()
    assert not any(name in written for name in ("ann", "bob", "cecil", "@", "mail"))
    assert bad.read_text().splitlines()[1].endswith(",")


def test_the_same_name_has_the_same_checksum_and_nobody_else_has() -> None:
    key = hashlib.blake2b(SALT).digest()
    names = pa.table({"author": ["ann", "bob", None, "ann", ""]})
    hidden = Privacy([], ["author"], key).apply(names, "a.csv")["author"].to_pylist()
    assert hidden[0] == hidden[3] == hashlib.blake2b(b"ann", key=key, digest_size=16).hexdigest()
    assert hidden[1] not in (None, "", hidden[0])
    assert (hidden[2], hidden[4]) == (None, "")
    assert Privacy([], ["author"], b"other").apply(names, "a.csv")["author"][0].as_py() != hidden[0]


def test_the_comments_themselves_may_be_dropped(table: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    out = tmp_path / "out.parquet"
    arguments = ("predict", table, "--model", model_folder, "-o", out, "--rejects", tmp_path / "bad.csv")
    assert cli(*arguments, "--drop", "text", "--drop", "mail")[0] == 0
    assert pyarrow.parquet.read_table(out).column_names[:2] == ["author", "mood"]


def test_hiding_what_is_not_there(table: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    arguments = ("predict", table, "--model", model_folder, "-o", tmp_path / "out.csv", "--drop", "name")
    code, _, errors = cli(*arguments)
    assert (code, "no column name to drop or hash; the columns are author, mail, text" in errors) == (2, True)
    with pytest.raises(TableError, match=r"a column of list<.*> cannot be hashed; drop it"):
        Privacy([], ["a"], b"k").apply(pa.table({"a": [["x"]]}), "a.parquet")


def test_salt(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(b"short")
    brute_force = "without a key, hashed names can be recovered by brute force"
    with pytest.raises(OptionError, match=f"--hash needs --salt FILE: {brute_force}"):
        read_key(None)
    with pytest.raises(OptionError, match="5 bytes, expected 16 or more; make one with"):
        read_key(str(tmp_path / "short"))
    with pytest.raises(OptionError, match="cannot be read"):
        read_key(str(tmp_path / "none"))
