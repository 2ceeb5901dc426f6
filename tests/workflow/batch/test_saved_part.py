"""What a run saved is what a later one finds, byte by byte, or it is an error; what is saved is on the disk."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from stance.tables.files import read_table
from tests.conftest import Cli
from tests.helpers.disk import watch_steps
from tests.workflow.batch.conftest import stop
from tests.workflow.batch.test_checkpoint import EXTENSIONS, killed_at


def parts_of(arguments: tuple[str | Path, ...]) -> Path:
    return Path(f"{arguments[arguments.index('-o') + 1]}.parts")


CHANGES = {
    "cut": (lambda raw: raw[:-7], "is too short"),
    "cut to nothing": (lambda raw: b"", "is too short"),
    "gone": (None, "is gone"),
    "another byte": (lambda raw: bytes([raw[0] ^ 1]) + raw[1:], "was changed"),
    "zeros": (lambda raw: raw[:-7] + bytes(7), "was changed"),
}


def spoil(path: Path, change: Any) -> None:
    if change is None:
        path.unlink()
    else:
        path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ["rows", "rejects"])
@pytest.mark.parametrize("ending", EXTENSIONS)
def test_saved_rows_that_are_not_as_they_were_left_are_an_error(
    ending: str, name: str, change: str, table: Path, model_folder: Path, tmp_path: Path, small_batches: None, cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    out, bad = tmp_path / f"out{ending}", tmp_path / f"bad{ending}"
    arguments = ("predict", table, "--model", model_folder, "-o", out, "--rejects", bad)
    with monkeypatch.context() as patch:
        patch.setattr("stance.workflow.batch.scoring.check_conservation", stop)
        cli(*arguments)
    saved = f"{name}{ending}-000000.arrow" if ending == ".parquet" else f"{name}{ending}"
    path = parts_of(arguments) / saved
    os.truncate(path, json.loads((parts_of(arguments) / "progress.json").read_text())["parts"][name][0][0])
    spoil(path, CHANGES[change][0])
    code, _, errors = cli(*arguments, "--resume")
    assert (code, f"{path}: saved by an earlier run, but {CHANGES[change][1]}" in errors) == (2, True)
    assert not out.exists()
    assert not bad.exists()


@pytest.mark.parametrize("content", [b"", b"{", None])
def test_saved_rows_do_not_depend_on_the_job_file(
    content: bytes | None, interrupted: tuple[str | Path, ...], tmp_path: Path, cli: Cli
) -> None:
    job = parts_of(interrupted) / "job.json"
    job.unlink() if content is None else job.write_bytes(content)
    assert cli(*interrupted, "--resume")[0] == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 106
    assert not parts_of(interrupted).exists()


@pytest.mark.parametrize("content", ["", "[]", "null", '{"rows": 5}', "[" * 100_000])
def test_progress_of_another_shape(content: str, interrupted: tuple[str | Path, ...], tmp_path: Path, cli: Cli) -> None:
    (parts_of(interrupted) / "progress.json").write_text(content)
    code, _, errors = cli(*interrupted, "--resume")
    assert (code, "progress.json: damaged; delete its folder and start over" in errors) == (2, True)


@pytest.mark.parametrize("number", ['"rows": 100', '"batches": 10', '"rejected": '])
def test_a_changed_number_in_the_progress_is_damage(
    number: str, interrupted: tuple[str | Path, ...], tmp_path: Path, cli: Cli
) -> None:
    path = parts_of(interrupted) / "progress.json"
    assert number in path.read_text()
    path.write_text(path.read_text().replace(number, f"{number}1"))
    code, _, errors = cli(*interrupted, "--resume")
    assert (code, "progress.json: damaged" in errors) == (2, True)


def test_an_empty_job_file_without_progress_is_no_run(
    table: Path, model_folder: Path, tmp_path: Path, cli: Cli
) -> None:
    (tmp_path / "out.csv.parts").mkdir()
    (tmp_path / "out.csv.parts/job.json").touch()
    assert (
        cli("predict", table, "--model", model_folder, "-o", tmp_path / "out.csv", "--rejects", tmp_path / "b.csv")[0]
        == 0
    )
    assert not (tmp_path / "out.csv.parts").exists()


@pytest.fixture
def finished(interrupted: tuple[str | Path, ...], cli: Cli, monkeypatch: pytest.MonkeyPatch) -> tuple[str | Path, ...]:
    """Return the arguments of a run that was stopped when all was written, before anything had its name."""
    with monkeypatch.context() as patch:
        patch.setattr("stance.workflow.batch.checkpoint.shutil.copyfileobj", stop)
        code, _, errors = cli(*interrupted, "--resume")
    assert (code, "105 rows are saved" in errors) == (130, True)
    return interrupted


def test_a_finished_run_is_published(finished: tuple[str | Path, ...], tmp_path: Path, cli: Cli) -> None:
    assert cli(*finished, "--resume")[0] == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 106


@pytest.mark.parametrize(("name", "final"), [("rows", "out.csv"), ("rejects", "bad.csv")])
@pytest.mark.parametrize("old", [None, b"id,text\n"])
def test_a_finished_run_whose_rows_are_gone_is_an_error(
    name: str, final: str, old: bytes | None, finished: tuple[str | Path, ...], tmp_path: Path, cli: Cli
) -> None:
    (parts_of(finished) / f"{name}.csv").unlink()
    if old is not None:
        (tmp_path / final).write_bytes(old)  # of a run before
    code, output, errors = cli(*finished, "--resume")
    assert (code, output, f"the run was finished, but its {name} are gone" in errors) == (2, "", True)


@pytest.mark.parametrize("change", CHANGES)
def test_a_finished_run_whose_rows_were_changed_is_an_error(
    change: str, finished: tuple[str | Path, ...], tmp_path: Path, cli: Cli
) -> None:
    spoil(parts_of(finished) / "rows.csv", CHANGES[change][0])
    assert cli(*finished, "--resume")[0] == 2
    assert not (tmp_path / "out.csv").exists()


def test_a_run_killed_when_all_has_its_name_is_whole(
    finished: tuple[str | Path, ...], tmp_path: Path, cli: Cli
) -> None:
    parts = parts_of(finished)
    (parts / "rows.csv").rename(tmp_path / "out.csv")
    (parts / "rejects.csv").rename(tmp_path / "bad.csv")
    rows = (tmp_path / "out.csv").read_bytes()
    assert cli(*finished, "--resume")[0] == 0
    assert (tmp_path / "out.csv").read_bytes() == rows
    assert not parts.exists()


@pytest.mark.parametrize("ending", EXTENSIONS)
def test_fewer_rows_on_the_disk_than_were_written_are_an_error(
    ending: str, table: Path, model_folder: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.workflow.batch.checkpoint.count_rows", lambda path: 104)
    if ending != ".parquet":
        monkeypatch.setattr("stance.workflow.batch.saved_part.ChecksummedFile.flush", shorten)
    out = tmp_path / f"out{ending}"
    code, _, errors = cli("predict", table, "--model", model_folder, "-o", out, "--rejects", tmp_path / "bad.csv")
    assert (code, "were written" in errors, out.exists()) == (2, True, False)


def shorten(file: Any) -> None:
    if not file._file.closed:
        file._file.flush()
        os.truncate(file.fileno(), 10)


@pytest.mark.parametrize("name", ["rows.csv", "new.csv", "sub/new.csv", "rejects.csv"])
def test_no_table_lies_among_the_parts(name: str, table: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    out, parts = tmp_path / "out.csv", tmp_path / "out.csv.parts"
    (tmp_path / "link").symlink_to(parts)
    inputs = ("predict", table, "--model", model_folder)
    for folder in (parts, tmp_path / "x" / ".." / "out.csv.parts", tmp_path / "link"):
        code, _, errors = cli(*inputs, "-o", out, "--rejects", folder / name)
        assert (code, "where this run keeps its own files; give --rejects another name" in errors) == (2, True)
    (parts / "sub").mkdir(parents=True)
    (parts / name).write_bytes(table.read_bytes())
    (parts / "job.json").touch()
    code, _, errors = cli("predict", parts / name, "--model", model_folder, "-o", out)
    assert (code, "where this run keeps its own files" in errors) == (2, True)
    assert (parts / name).read_bytes() == table.read_bytes()


def test_files_of_others_among_the_parts_stay(table: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    parts = tmp_path / "out.csv.parts"
    parts.mkdir()
    for name in ("job.json", "precious.csv", "rows.csv"):
        (parts / name).touch()
    assert (
        cli("predict", table, "--model", model_folder, "-o", tmp_path / "out.csv", "--rejects", tmp_path / "b.csv")[0]
        == 0
    )
    assert [path.name for path in parts.iterdir() if path.name != "lock"] == ["precious.csv"]


def test_the_output_is_written_through_a_link(
    table: Path, model_folder: Path, tmp_path: Path, small_batches: None, cli: Cli
) -> None:
    names = {"out.csv": "data/scored.csv", "bad.csv": "data/not there yet.csv"}
    (tmp_path / "data").mkdir()
    (tmp_path / "data/scored.csv").write_text("old")
    (tmp_path / "data/scored.csv").chmod(0o640)
    for name, target in names.items():
        (tmp_path / name).symlink_to(target)
    arguments = (table, "--model", model_folder, "-o", tmp_path / "out.csv", "--rejects", tmp_path / "bad.csv")
    assert killed_at(f"20,{sys.maxsize}", *arguments, "--resume") == [-signal.SIGKILL, 0]
    assert all((tmp_path / name).is_symlink() for name in names)
    assert (tmp_path / "data/scored.csv").stat().st_mode & 0o777 == 0o640
    assert len((tmp_path / "data/scored.csv").read_text().splitlines()) == 106
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["not there yet.csv", "scored.csv"]
    assert (tmp_path / "data/not there yet.csv").read_text().startswith("file,line")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what is flushed and renamed, in order."""
    return watch_steps(monkeypatch)


@pytest.mark.parametrize(
    ("ending", "first", "later"),
    [
        (".csv", ["flush rows.csv", "flush out.csv.parts"], ["flush rows.csv"]),
        (".parquet", *([f"flush rows.parquet-{n:06}.arrow", "flush out.parquet.parts"] for n in range(2))),
    ],
)
def test_the_order_of_what_is_flushed_and_renamed(
    ending: str, first: list[str], later: list[str], table: Path, model_folder: Path, tmp_path: Path,
    small_batches: None, cli: Cli, steps: list[str],
) -> None:  # fmt: skip
    out = tmp_path / f"out{ending}"
    assert cli("predict", table, "--model", model_folder, "-o", out, "--rejects", tmp_path / "bad.csv")[0] == 0
    parts = f"{out.name}.parts"

    def whole(name: str, folder: str) -> list[str]:
        return [f"flush .{name}.unfinished", f"rename to {name}", f"flush {folder}"]

    progress = whole("progress.json", parts)
    assert steps[:4] == [f"flush {tmp_path.name}", *whole("job.json", parts)]
    rejects = ["flush rejects.csv", f"flush {parts}"]
    begin = steps[4 : 4 + len(first) + len(rejects) + 3]
    assert begin == [*first, *rejects, *progress]
    next_save = steps[4 + len(begin) :]
    assert next_save[: len(later) + 4] == [*later, "flush rejects.csv", *progress]
    end = [f"flush rows{ending}", "flush rejects.csv", *progress, *whole("bad.csv", tmp_path.name)]
    assert steps[-len(end) - 2 :] == [*end, f"rename to {out.name}", f"flush {tmp_path.name}"]


def test_what_waits_in_memory_is_saved_by_bytes_too(
    table: Path, model_folder: Path, tmp_path: Path, cli: Cli, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.workflow.batch.reader.BATCH_ROWS", 10)
    monkeypatch.setattr("stance.workflow.batch.checkpoint.CHECKPOINT_BYTES", 2000)
    out = tmp_path / "out.parquet"
    assert cli("predict", table, "--model", model_folder, "-o", out, "--rejects", tmp_path / "bad.csv")[0] == 0
    assert 2 <= sum(step.endswith(".arrow") for step in steps) < 11
    assert len(read_table(str(out)).table) == 105


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".csv.gz"])
def test_the_rejects_of_a_spreadsheet_safe_run_begin_with_a_mark(
    ending: str, table: Path, model_folder: Path, tmp_path: Path, cli: Cli
) -> None:
    out, bad = tmp_path / f"out{ending}", tmp_path / f"bad{ending}"
    arguments = ("predict", table, "--model", model_folder, "-o", out, "--rejects", bad, "--spreadsheet-safe")
    assert cli(*arguments)[0] == 0
    for path in (out, bad):
        raw = gzip.decompress(path.read_bytes()) if ending.endswith(".gz") else path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        assert raw.count(b"\xef\xbb\xbf") == 1
