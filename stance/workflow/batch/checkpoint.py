"""A job whose output is saved as it grows, so that one that was cut off goes on where it stopped."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyarrow as pa

from stance.atomic import open_atomic, rename, unfinished_path
from stance.errors import OptionError, StanceError
from stance.strings import listed
from stance.tables.files import create_rejects, create_table
from stance.tables.formats.rejects import rejects_table
from stance.tables.paths import STDIO, check_replaceable
from stance.workflow.batch.appendable import AppendableTable, open_appendable

CHECKPOINT_ROWS = 50_000  # between two savings: a second of work to lose, and a saving takes some milliseconds
ABOUT, PROGRESS, LOCK = "job.json", "progress.json", "lock"
REJECTS = "--rejects"
Facts = Mapping[str, Any]


class Run(Protocol):
    """Where a job writes to.

    Attributes
    ----------
    batches : int
        Number of batches of the input that were done before.
    state : dict
        What was saved with them.
    finished : bool
        Whether there were no more.
    """

    batches: int
    state: dict[str, Any]
    finished: bool

    def write(self, part: pa.Table, rejects: pa.Table) -> None:
        """Append what came of a piece."""

    def save(self, rows: int, state: Facts) -> None:
        """Save all that was written, if it is worth it; `rows` is the number of rows so far."""


@contextmanager
def open_run(output: str, rejects: str | None, about: Facts | None, resume: bool) -> Iterator[Run]:
    """Begin a job or go on with one; its tables get their names only when they are whole.

    What is written grows in the folder `output` + `.parts`. It stays there if the job is cut off after it was saved.

    Parameters
    ----------
    output : str
        Path of the table of scored rows.
    rejects : str, optional
        Path of the table of bad rows.
    about : mapping, optional
        What the output depends on: names to plain values. Without it nothing is saved.
    resume : bool
        Whether to go on with a job that was cut off, if there is one.

    Yields
    ------
    Job

    Raises
    ------
    OptionError
        If there is such a job and `resume` is not set; if it is of another input, model or options; if another process
        is at it; if nothing can be written.
    """
    if output == STDIO or about is None:
        with create_table(output) as write, create_rejects(rejects) as reject:
            yield _Unsaved(write, reject)
        return
    for path in filter(None, (output, rejects)):
        check_replaceable(path)
    job = None
    try:
        job = _Saved(output, rejects, about, resume)
        yield job
        job.publish()
    except BaseException as error:
        _explain(error, job)
        if isinstance(error, OSError):
            raise _unwritable(output, error) from None
        raise
    finally:
        if job is not None:
            job.leave()


class _Unsaved:
    """Writes tables that cannot be saved halfway, since standard input or output cannot be taken up again."""

    batches = 0
    finished = False

    def __init__(self, write: Any, reject: Any) -> None:
        self.state: dict[str, Any] = {}
        self._write = write
        self._reject = reject

    def write(self, part: pa.Table, rejects: pa.Table) -> None:
        self._write(part)
        self._reject(rejects)

    def save(self, rows: int, state: Facts) -> None:
        pass


class _Saved:
    """Writes tables into a folder, and how far they are.

    A saving first brings the rows to the disk, then the file that tells how many they are, which takes the place of the
    one before at once. So whenever the job is cut off, that file tells of rows that are there.
    """

    def __init__(self, output: str, rejects: str | None, about: Facts, resume: bool) -> None:
        self.folder = Path(f"{output}.parts")
        self.saved = 0
        self.state: dict[str, Any] = {}
        self._keeps_folder = True  # until it is sure that nothing in it is of worth
        self._output, self._rejects = output, rejects
        self._tables: dict[str, AppendableTable] = {}
        self._lock = _locked(self.folder)
        try:
            self._take_up(json.loads(json.dumps({**about, REJECTS: rejects})), resume)
        except BaseException:
            self.leave()
            raise

    def write(self, part: pa.Table, rejects: pa.Table) -> None:
        self._tables["rows"].write(part)
        if self._rejects is not None and len(rejects):
            self._tables["rejects"].write(rejects)
        self._done += 1

    def save(self, rows: int, state: Facts) -> None:
        self.state, self._rows = dict(state), rows
        if rows - self.saved >= CHECKPOINT_ROWS:
            self._save({name: table.save() for name, table in self._tables.items()})

    def publish(self) -> None:
        """Give the tables their names. Each step can be taken again if the job is cut off behind it."""
        if not self.finished:
            for table in self._tables.values():
                table.close()
            if self._rejects is not None or self.saved:  # else to give a name is one step, and nothing to go on with
                self._save({}, finished=True)
        if self._rejects is not None and self._path("rejects").exists():
            unfinished = unfinished_path(self._rejects)
            with open(self._path("rejects"), "rb") as source, open_atomic(self._rejects, unfinished) as file:
                shutil.copyfileobj(source, file)
        with suppress(FileNotFoundError):  # it has its name already
            rename(self._path("rows"), self._output)
        self._keeps_folder = False

    def leave(self) -> None:
        """Remove the folder unless there is something to go on with."""
        for table in self._tables.values():
            table.drop()
        if not self._keeps_folder:
            with suppress(OSError):
                _clear(self.folder)
                (self.folder / LOCK).unlink()
                self.folder.rmdir()
        self._lock.close()

    def _take_up(self, about: Facts, resume: bool) -> None:
        saved, before = _read(self.folder / PROGRESS), _read(self.folder / ABOUT)
        if saved and not resume:
            raise OptionError(
                f"{self._output}: a job that was to write it was cut off; {saved['rows']:,} rows are in {self.folder}; "
                "add --resume to go on, or delete that folder"
            )
        if saved:
            _refuse_changes(before, about, self.folder)
        elif before:
            _clear(self.folder)
        else:
            _refuse_other_files(self.folder)
        self._keeps_folder = bool(saved)
        if about != before or not saved:
            _write(self.folder / ABOUT, about, sync=bool(saved))  # if the power fails now, nothing saved is lost
        self.batches: int = saved.get("batches", 0)
        self.state = saved.get("state", {})
        self.finished: bool = saved.get("finished", False)
        self.saved = self._rows = saved.get("rows", 0)
        self._done = self.batches
        if not self.finished:
            self._open(saved.get("marks", {}))

    def _open(self, marks: Mapping[str, int]) -> None:
        self._tables["rows"] = open_appendable(self._path("rows"), marks.get("rows", 0))
        if self._rejects is not None:
            self._tables["rejects"] = open_appendable(self._path("rejects"), marks.get("rejects", 0))
            if not marks.get("rejects", 0):
                self._tables["rejects"].write(rejects_table([]))

    def _path(self, name: str) -> Path:
        final = self._output if name == "rows" else self._rejects
        return self.folder / (name + "".join(Path(str(final)).suffixes[-2:]))

    def _save(self, marks: Mapping[str, int], finished: bool = False) -> None:
        saved = {"batches": self._done, "rows": self._rows, "marks": marks, "state": self.state, "finished": finished}
        _write(self.folder / PROGRESS, saved)
        self.saved, self._keeps_folder = self._rows, True


def _explain(error: BaseException, job: _Saved | None) -> None:
    if job is not None and job.saved:
        error.add_note(
            f"{job.saved:,} rows are saved in {job.folder}; the same command with --resume goes on from there"
        )


def _unwritable(output: str, error: OSError) -> StanceError:
    raised = OptionError(f"{output}: cannot be written ({error.strerror}); give --output a folder that can")
    for note in getattr(error, "__notes__", []):
        raised.add_note(note)
    return raised


def _refuse_changes(before: Facts, now: Facts, folder: Path) -> None:
    changed = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    if before.get(REJECTS) is None and REJECTS in changed:  # no row was bad so far, else the job had stopped there
        changed.remove(REJECTS)
    if changed:
        raise OptionError(
            f"--resume: {listed(changed)} changed since the job was cut off; "
            f"make that as it was, or delete {folder} and start anew"
        )


def _locked(folder: Path) -> BinaryIO:
    folder.mkdir(exist_ok=True)
    lock = open(folder / LOCK, "wb")  # noqa: SIM115  held as long as the job runs
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise OptionError(f"{folder}: another process is writing there; wait for it, or stop it") from None
    return lock


def _clear(folder: Path) -> None:
    """Remove what a job left, last of all what tells that a job left it."""
    for path in folder.iterdir():
        if path.name not in (ABOUT, LOCK):
            path.unlink()
    (folder / ABOUT).unlink(missing_ok=True)


def _refuse_other_files(folder: Path) -> None:
    others = [path.name for path in folder.iterdir() if path.name not in (LOCK, unfinished_path(ABOUT).name)]
    if others:
        raise OptionError(f"{folder}: is needed for this job, and holds other files; give --output another name")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        raise OptionError(f"{path}: damaged; delete its folder and start anew") from None
    return dict(found)


def _write(path: Path, content: Facts, sync: bool = True) -> None:
    with open_atomic(path, unfinished_path(path), sync) as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=1).encode())
