"""Compiled kernels are read from a folder that nobody else can write to, or from none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stance.features.kernels.cache_folder import find_cache_folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home, with no other folder to keep kernels in."""
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "work"))
    yield tmp_path / "home"
    assert list((tmp_path / "work").iterdir()) == []  # nothing is ever kept in the working folder


def found() -> str:
    folder = find_cache_folder("1")
    return "none" if folder is None else str(folder.parent)


def test_it_lies_in_the_cache_of_the_user(home: Path) -> None:
    assert found() == str(home / ".cache/stance")
    assert (home / ".cache/stance").stat().st_mode & 0o777 == 0o700


def test_another_state_of_the_kernels_has_another_one(home: Path) -> None:
    assert find_cache_folder("1") == find_cache_folder("1") != find_cache_folder("2")


def test_the_user_may_name_another_one(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert found() == str(tmp_path / "xdg/stance")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    assert found() == str(tmp_path / "numba/stance")


@pytest.mark.parametrize("name", ["NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME"])
@pytest.mark.parametrize("value", [".", "here", "./a/b", "~"])
def test_paths_that_begin_in_the_working_folder_are_not_used(
    name: str, value: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert found() == ("none" if name == "HOME" else str(home / ".cache/stance"))


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777, 0o722])
def test_a_folder_that_others_can_write_to_is_not_used(mode: int, home: Path) -> None:
    (home / ".cache/stance").mkdir(parents=True)
    (home / ".cache/stance").chmod(mode)
    assert found() == "none"


@pytest.mark.parametrize(("mode", "is_used"), [(0o777, False), (0o770, False), (0o1777, True), (0o755, True)])
def test_nor_is_one_that_others_can_put_another_in_the_place_of(mode: int, is_used: bool, home: Path) -> None:
    home.chmod(mode)
    assert (found() != "none") == is_used


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
@pytest.mark.parametrize("name", ["", ".cache", ".cache/stance"])
def test_a_folder_of_another_user_is_not_used(name: str, home: Path) -> None:
    (home / ".cache/stance").mkdir(parents=True)
    os.chown(home / name, 12345, 12345)
    assert found() == "none"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link to another user")
def test_a_link_of_another_user_is_not_followed(home: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(0o700)
    (home / ".cache").mkdir()
    (home / ".cache/stance").symlink_to(tmp_path / "mine")
    assert found() == str(home / ".cache/stance")  # our own is
    os.chown(home / ".cache/stance", 12345, 12345, follow_symlinks=False)
    assert found() == "none"


def test_without_a_home_it_lies_among_the_temporary_files(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp").chmod(0o1777)
    monkeypatch.setenv("HOME", "/dev/null")
    assert found() == "none"
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    assert found() == str(tmp_path / f"tmp/stance-{os.getuid()}")
    assert found() == str(tmp_path / f"tmp/stance-{os.getuid()}")  # the next run finds it again
