"""Files that others put under the names that a run uses are neither followed nor waited for, and stay."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from stance.atomic import open_atomic, unfinished_path
from stance.workflow.batch import checkpoint
from stance.workflow.batch.checkpoint import LOCK, open_run
from tests.conftest import Cli, write_csv

PRECIOUS = b"precious\n"
NAMES = (
    "lock", "job.json", "progress.json", "rows.csv", "rejects.csv", ".progress.json.unfinished", ".job.json.unfinished",
)  # fmt: skip


def link(path: Path) -> None:
    path.symlink_to("../precious")


def hard_link(path: Path) -> None:
    path.hardlink_to(path.parent.parent / "precious")


def pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("is_old", [False, True], ids=["a new folder", "a folder with a job file"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("plant", [link, hard_link, pipe])
def test_what_is_planted_among_the_parts(
    plant: Callable[[Path], None], name: str, is_old: bool, tmp_path: Path, comments: Path, model_folder: Path, cli: Cli
) -> None:
    (tmp_path / "precious").write_bytes(PRECIOUS)
    parts = tmp_path / "out.csv.parts"
    parts.mkdir(0o700)
    if is_old and name != "job.json":
        (parts / "job.json").write_text("{}")
    plant(parts / name)
    outputs = ("-o", tmp_path / "out.csv", "--rejects", tmp_path / "bad.csv")
    for more in ((), ("--resume",)):
        code, _, errors = cli("predict", comments, "--model", model_folder, *outputs, *more)
        assert code in (0, 2)
        assert code == 0 or errors.count("\n") == 1
        assert (tmp_path / "precious").read_bytes() == PRECIOUS
    if code == 0:
        assert not (tmp_path / "out.csv").is_symlink()
        assert (tmp_path / "out.csv").stat().st_nlink == 1


@pytest.mark.parametrize("plant", [link, pipe, Path.touch])
def test_the_folder_of_parts_itself(
    plant: Callable[[Path], None], tmp_path: Path, comments: Path, model_folder: Path, cli: Cli
) -> None:
    (tmp_path / "else").mkdir()
    if plant is link:
        (tmp_path / "out.csv.parts").symlink_to("else")
    else:
        plant(tmp_path / "out.csv.parts")
    code, _, errors = cli("predict", comments, "--model", model_folder, "-o", tmp_path / "out.csv")
    assert (code, errors.count("\n")) == (2, 1)
    assert "a link or a file, expected a folder" in errors
    assert list((tmp_path / "else").iterdir()) == []


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777])
def test_a_folder_that_others_can_write_to(
    mode: int, tmp_path: Path, comments: Path, model_folder: Path, cli: Cli
) -> None:
    (tmp_path / "out.csv.parts").mkdir()
    (tmp_path / "out.csv.parts").chmod(mode)
    code, _, errors = cli("predict", comments, "--model", model_folder, "-o", tmp_path / "out.csv")
    assert code == 2
    assert "a folder that others can write to" in errors


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
@pytest.mark.parametrize("name", ["", "lock"])
def test_what_belongs_to_another_user(name: str, tmp_path: Path, comments: Path, model_folder: Path, cli: Cli) -> None:
    (tmp_path / "out.csv.parts").mkdir()
    (tmp_path / "out.csv.parts/lock").touch()
    os.chown(tmp_path / "out.csv.parts" / name, 12345, 12345)
    code, _, errors = cli("predict", comments, "--model", model_folder, "-o", tmp_path / "out.csv")
    assert (code, errors.count("\n")) == (2, 1)


def test_comments_in_progress_are_for_this_user_alone(tmp_path: Path) -> None:
    with open_run(str(tmp_path / "out.csv"), None, {}, resume=False):
        assert (tmp_path / "out.csv.parts").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("output", ["out.csv", "out.parquet"])
def test_unfinished_files_beside_the_output(
    output: str, tmp_path: Path, comments: Path, model_folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "precious").write_bytes(PRECIOUS)
    for process in (None, os.getpid()):
        for name in (output, "bad.csv"):
            unfinished_path(tmp_path / name, process).symlink_to("precious")
    code, _, errors = cli(
        "predict", comments, "--model", model_folder, "-o", tmp_path / output, "--rejects", tmp_path / "bad.csv"
    )
    assert code == 0, errors
    assert (tmp_path / "precious").read_bytes() == PRECIOUS
    assert not any((tmp_path / name).is_symlink() for name in (output, "bad.csv"))


def test_a_file_that_another_process_writes_too_is_not_published(tmp_path: Path) -> None:
    unfinished = unfinished_path(tmp_path / "a")
    with pytest.raises(OSError, match="another process writes it too"), open_atomic(tmp_path / "a", unfinished) as file:
        file.write(b"ours")
        unfinished.unlink()
        unfinished.write_bytes(b"half of thei")
    assert not (tmp_path / "a").exists()


def test_a_lock_whose_name_is_gone_keeps_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run before ends between our opening of its lock and our taking of it, and a third one comes."""
    folder = tmp_path / "out.csv.parts"
    third: list[BinaryIO] = []
    real = checkpoint._take

    def take(lock: object, where: Path) -> None:
        if not third:
            (folder / LOCK).unlink()
            folder.rmdir()
            folder.mkdir(0o700)
            third.append(open(folder / LOCK, "wb"))  # noqa: SIM115
            fcntl.flock(third[0], fcntl.LOCK_EX)
        real(lock, where)  # type: ignore[arg-type]

    monkeypatch.setattr(checkpoint, "_take", take)
    with (
        pytest.raises(Exception, match="another process is writing there"),
        open_run(str(tmp_path / "out.csv"), None, {}, resume=False),
    ):
        pass
    assert (folder / LOCK).exists()  # which is the third one's to remove
    third[0].close()


def test_a_run_that_finds_the_lock_taken_leaves_it(tmp_path: Path) -> None:
    with open_run(str(tmp_path / "out.csv"), None, {}, resume=False):
        held = (tmp_path / "out.csv.parts" / LOCK).stat().st_ino
        for _ in range(2):
            with (
                pytest.raises(Exception, match="another process is writing there"),
                open_run(str(tmp_path / "out.csv"), None, {}, resume=False),
            ):
                pass
            assert (tmp_path / "out.csv.parts" / LOCK).stat().st_ino == held


@pytest.mark.parametrize("option", ["--lexicon", "--salt"])
@pytest.mark.parametrize("target", ["pipe", "link to a pipe", "/dev/zero", "folder"])
def test_small_files_that_are_no_files(
    option: str, target: str, tmp_path: Path, comments: Path, model_folder: Path, cli: Cli
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link to a pipe").symlink_to("pipe")
    (tmp_path / "folder").mkdir()
    hashed = ("--hash", "id") if option == "--salt" else ()
    arguments = ("predict", comments, "--model", model_folder, "-o", tmp_path / "out.csv", *hashed)
    code, _, errors = cli(*arguments, option, tmp_path / target)
    assert (code, errors.count("\n")) == (2, 1)
    assert re.search(r"cannot be read \((not a regular file|Is a directory)\)", errors)


@pytest.mark.parametrize("option", ["-o", "--rejects"])
@pytest.mark.parametrize("from_stdin", [False, True])
def test_targets_that_are_no_files(
    option: str, from_stdin: bool, tmp_path: Path, comments: Path, model_folder: Path, cli: Cli
) -> None:
    os.mkfifo(tmp_path / "a.csv")
    (tmp_path / "link.csv").symlink_to("a.csv")
    table = tmp_path / "in.csv" if from_stdin else comments
    if from_stdin:
        table.symlink_to("/dev/null")  # no file either, so that the run cannot be resumed
    for name in ("a.csv", "link.csv"):
        outputs = {"-o": tmp_path / "o.csv", option: tmp_path / name}
        code, _, errors = cli(
            "predict", table, "--model", model_folder, *(each for pair in outputs.items() for each in pair)
        )
        assert (code, errors.count("\n")) == (2, 1)
        assert "not a regular file" in errors
    code, _, errors = cli("export", tmp_path / "a.csv", "--model", model_folder)
    assert (code, errors.count("\n")) == (2, 1)


def test_an_error_of_reading_is_no_error_of_writing(tmp_path: Path, model_folder: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("text",), [("they lie",)] * 3)
    unreadable = tmp_path / "mem.csv"
    unreadable.symlink_to("/proc/self/mem")
    for inputs in ((unreadable,), (table, unreadable)):
        code, _, errors = cli("predict", *inputs, "--model", model_folder, "-o", tmp_path / "out.csv")
        assert (code, errors.count("\n")) == (2, 1)
        assert errors.startswith(f"stance: {unreadable}: cut off or damaged")


def test_an_error_of_reading_within_a_reader(
    tmp_path: Path, model_folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stance.tables.formats.delimited import DelimitedReader

    def fail(self: object, rows: int) -> None:
        raise OSError(5, "Input/output error")

    table = write_csv(tmp_path / "a.csv", ("text",), [("they lie",)] * 3)
    monkeypatch.setattr(DelimitedReader, "batches", fail)
    code, _, errors = cli("predict", table, "--model", model_folder, "-o", tmp_path / "out.csv")
    assert (code, errors) == (2, f"stance: {table}: cannot be read (Input/output error)\n")
