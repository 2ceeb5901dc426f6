"""A run whose tables are saved as they grow, so that one that was interrupted continues where it stopped."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from stance.atomic import open_atomic, rename, unfinished_path
from stance.errors import OptionError, StanceError
from stance.strings import listed
from stance.tables.files import create_table
from stance.tables.formats.rejects import rejects_table
from stance.tables.paths import STDIO, check_replaceable
from stance.tables.protocols import TableWriter
from stance.workflow.batch.appendable import AppendableTable, open_appendable

CHECKPOINT_ROWS = 50_000  # rows between two checkpoints: a second of work to lose; one takes some milliseconds
FACTS, PROGRESS, LOCK = "job.json", "progress.json", "lock"
ROWS, REJECTS = "rows", "rejects"  # the tables of a run
REJECTS_OPTION = "--rejects"
Facts = Mapping[str, Any]


class Run:
    """One execution of `predict`: the tables it writes, and how far an earlier one came.

    This one cannot be resumed, since standard input or output cannot be read or written a second time.
    """

    def __init__(self, tables: Mapping[str, TableWriter]) -> None:
        self.tables = tables  # `ROWS`, and `REJECTS` where they are asked for
        self.batches = 0  # of the input that are in the tables
        self.state: Facts = {}  # what was saved with them
        self.finished = False  # whether there are no more

    def save(self, rows: int, state: Facts) -> None:
        """Count one more batch as written; `rows` is the number of rows so far, `state` belongs to them."""
        self.batches += 1


@contextmanager
def open_run(output: str, rejects: str | None, facts: Facts | None, resume: bool) -> Iterator[Run]:
    """Start a run, or resume one; its tables get their names only when they are whole.

    They grow in the folder `output` + `.parts`, which stays if the run stops after a checkpoint. `facts` are what the
    output depends on, as plain values; without them there are no checkpoints. Raises OptionError if a run is there and
    `resume` is not set, if its facts are others, if another process writes it, or if nothing can be written.
    """
    if output == STDIO or facts is None:
        with _open_unsaved(output, rejects) as run:
            yield run
        return
    for path in filter(None, (output, rejects)):
        check_replaceable(path)
    resumable = None
    try:
        resumable = _ResumableRun(output, rejects, facts, resume)
        yield resumable
        resumable.publish()
    except BaseException as error:
        _add_note(error, resumable)
        if isinstance(error, OSError):
            raise _unwritable(output, error) from None
        raise
    finally:
        if resumable is not None:
            resumable.leave()


@contextmanager
def _open_unsaved(output: str, rejects: str | None) -> Iterator[Run]:
    with ExitStack() as stack:
        tables = {ROWS: stack.enter_context(create_table(output))}
        if rejects is not None:
            tables[REJECTS] = stack.enter_context(create_table(rejects))
            tables[REJECTS].write(rejects_table([]))  # the header, even if no row is bad
        yield Run(tables)


class _ResumableRun(Run):
    """A run with checkpoints.

    A checkpoint flushes the rows to the disk, then the file that counts them, which replaces the one before in one
    step. So whenever the run is killed, that file counts rows that are there.
    """

    tables: dict[str, AppendableTable]

    def __init__(self, output: str, rejects: str | None, facts: Facts, resume: bool) -> None:
        super().__init__({})
        self.folder = Path(f"{output}.parts")
        self.saved = 0  # rows
        self._rows = 0
        self._keeps_folder = True  # until we know that there is nothing to resume
        self._output, self._rejects = output, rejects
        self._lock = _lock_folder(self.folder)
        try:
            self._start(json.loads(json.dumps({**facts, REJECTS_OPTION: rejects})), resume)
        except BaseException:
            self.leave()
            raise

    def save(self, rows: int, state: Facts) -> None:
        super().save(rows, state)
        self.state, self._rows = dict(state), rows
        if rows - self.saved >= CHECKPOINT_ROWS:
            self._write_progress({name: table.save() for name, table in self.tables.items()})

    def publish(self) -> None:
        """Give the tables their names; each step can be repeated if the run is killed after it."""
        if not self.finished:
            for table in self.tables.values():
                table.close()
            if self._rejects is not None or self.saved:  # else one rename does it all, and there is nothing to resume
                self._write_progress({}, finished=True)
        if self._rejects is not None and self._path(REJECTS).exists():
            unfinished = unfinished_path(self._rejects)
            with open(self._path(REJECTS), "rb") as source, open_atomic(self._rejects, unfinished) as file:
                shutil.copyfileobj(source, file)
        with suppress(FileNotFoundError):  # it has its name already
            rename(self._path(ROWS), self._output)
        self._keeps_folder = False

    def leave(self) -> None:
        """Remove the folder unless there is something to resume."""
        for table in self.tables.values():
            table.rollback()
        if not self._keeps_folder:
            with suppress(OSError):
                _clear(self.folder)
                (self.folder / LOCK).unlink()
                self.folder.rmdir()
        self._lock.close()

    def _start(self, facts: Facts, resume: bool) -> None:
        progress, earlier = _read_json(self.folder / PROGRESS), _read_json(self.folder / FACTS)
        if progress and not resume:
            raise OptionError(
                f"{self._output}: an earlier run was interrupted; {progress['rows']:,} rows are in {self.folder}; "
                "add --resume to continue, or delete that folder"
            )
        if progress:
            _check_unchanged(earlier, facts, self.folder)
        elif earlier:
            _clear(self.folder)
        else:
            _check_no_other_files(self.folder)
        self._keeps_folder = bool(progress)
        if facts != earlier or not progress:
            _write_json(self.folder / FACTS, facts, sync=bool(progress))  # no checkpoint: nothing to lose
        self.batches = progress.get("batches", 0)
        self.state = progress.get("state", {})
        self.finished = progress.get("finished", False)
        self.saved = self._rows = progress.get("rows", 0)
        if not self.finished:
            self._open_tables(progress.get("marks", {}))

    def _open_tables(self, positions: Mapping[str, int]) -> None:
        self.tables[ROWS] = open_appendable(self._path(ROWS), positions.get(ROWS, 0))
        if self._rejects is not None:
            self.tables[REJECTS] = open_appendable(self._path(REJECTS), positions.get(REJECTS, 0))
            if not positions.get(REJECTS, 0):
                self.tables[REJECTS].write(rejects_table([]))

    def _path(self, name: str) -> Path:
        final = self._output if name == ROWS else self._rejects
        return self.folder / (name + "".join(Path(str(final)).suffixes[-2:]))

    def _write_progress(self, positions: Mapping[str, int], finished: bool = False) -> None:
        counts = {"batches": self.batches, "rows": self._rows}
        _write_json(self.folder / PROGRESS, {**counts, "marks": positions, "state": self.state, "finished": finished})
        self.saved, self._keeps_folder = self._rows, True


def _add_note(error: BaseException, run: _ResumableRun | None) -> None:
    if run is not None and run.saved:
        error.add_note(f"{run.saved:,} rows are saved in {run.folder}; add --resume to the same command to continue")


def _unwritable(output: str, error: OSError) -> StanceError:
    raised = OptionError(f"{output}: cannot be written ({error.strerror}); choose another folder")
    for note in getattr(error, "__notes__", []):
        raised.add_note(note)
    return raised


def _check_unchanged(earlier: Facts, facts: Facts, folder: Path) -> None:
    changed = [name for name in {**earlier, **facts} if earlier.get(name) != facts.get(name)]
    if earlier.get(REJECTS_OPTION) is None and REJECTS_OPTION in changed:  # no row was bad, else it had stopped
        changed.remove(REJECTS_OPTION)
    if changed:
        raise OptionError(
            f"--resume: {listed(changed)} changed since the run was interrupted; undo the change, or delete {folder} "
            "and start over"
        )


def _lock_folder(folder: Path) -> BinaryIO:
    folder.mkdir(exist_ok=True)
    lock = open(folder / LOCK, "wb")  # noqa: SIM115  held until the run ends
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise OptionError(f"{folder}: another process is writing there; wait for it, or stop it") from None
    return lock


def _clear(folder: Path) -> None:
    """Remove what a run left, last of all the file that says that a run left it."""
    for path in folder.iterdir():
        if path.name not in (FACTS, LOCK):
            path.unlink()
    (folder / FACTS).unlink(missing_ok=True)


def _check_no_other_files(folder: Path) -> None:
    others = [path.name for path in folder.iterdir() if path.name not in (LOCK, unfinished_path(FACTS).name)]
    if others:
        raise OptionError(f"{folder}: is needed for this run but holds other files; give --output another name")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError):
        raise OptionError(f"{path}: damaged; delete its folder and start over") from None


def _write_json(path: Path, content: Facts, sync: bool = True) -> None:
    with open_atomic(path, unfinished_path(path), sync) as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=1).encode())
