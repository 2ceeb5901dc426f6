"""A file is whole or not there, and the steps that make it so come in an order that a power failure cannot break."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from stance.atomic import check_writable, open_atomic, unfinished_path, write_files
from stance.errors import OptionError
from tests.helpers.disk import watch_steps


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what is flushed and renamed, in order."""
    return watch_steps(monkeypatch)


def test_file_then_name_then_folder(tmp_path: Path, steps: list[str]) -> None:
    with open_atomic(tmp_path / "a") as file:
        file.write(b"so")
        assert [path.name for path in tmp_path.iterdir()] == [f".a.{os.getpid()}.unfinished"]
    assert steps == [f"flush .a.{os.getpid()}.unfinished", "rename to a", f"flush {tmp_path.name}"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"so"}


def test_without_sync_nothing_is_flushed(tmp_path: Path, steps: list[str]) -> None:
    with open_atomic(tmp_path / "a", unfinished_path(tmp_path / "a"), sync=False) as file:
        file.write(b"so")
        assert [path.name for path in tmp_path.iterdir()] == [".a.unfinished"]
    assert steps == ["rename to a"]


def test_all_files_are_on_the_disk_before_one_has_its_name(tmp_path: Path, steps: list[str]) -> None:
    write_files(tmp_path / "new" / "folder", {"a": b"1", "b": b"2"})
    folders = [f"flush {path.name}" for path in (tmp_path / "new", tmp_path)]
    assert steps == [*folders, "flush a", "flush b", "rename to a", "rename to b", "flush folder"]
    assert {path.name for path in (tmp_path / "new" / "folder").iterdir()} == {"a", "b"}


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(RuntimeError, match="halfway"), open_atomic(tmp_path / "a") as file:
        file.write(b"new")
        raise RuntimeError("halfway")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old"}


def test_a_folder_that_cannot_be_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    with open_atomic(tmp_path / "a"):
        monkeypatch.setattr(os, "open", refuse)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(OptionError, match=r"cannot be written \(.*\); choose another folder"):
        write_files(tmp_path / "a", {"b": b""})
    with pytest.raises(OptionError, match=r"cannot be written \(Not a directory\); choose another folder"):
        check_writable(tmp_path / "a" / "b")
    check_writable(tmp_path / "not" / "there" / "yet")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path, steps: list[str]) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "a").symlink_to("data/b")
    for content in (b"new", b"newer"):  # the target is not there, then is
        with open_atomic(tmp_path / "a") as file:
            file.write(content)
        assert (tmp_path / "a").is_symlink()
        assert (tmp_path / "data" / "b").read_bytes() == content
    assert steps[-3:] == [f"flush .b.{os.getpid()}.unfinished", "rename to b", "flush data"]
    write_files(tmp_path, {"a": b"newest"})
    assert (tmp_path / "a").is_symlink()
    assert (tmp_path / "data" / "b").read_bytes() == b"newest"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "data"]


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444])
def test_the_mode_of_the_old_file_is_kept(mode: int, tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "a").chmod(mode)
    with open_atomic(tmp_path / "a") as file:
        unfinished = next(path for path in tmp_path.iterdir() if path.name != "a")
        assert unfinished.stat().st_mode & 0o777 == mode  # from the start: nobody reads what the old file kept private
        file.write(b"new")
    assert (tmp_path / "a").stat().st_mode & 0o777 == mode
    write_files(tmp_path, {"a": b"newer"})
    assert (tmp_path / "a").stat().st_mode & 0o777 == mode
