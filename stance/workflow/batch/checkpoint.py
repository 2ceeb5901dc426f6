"""A run whose tables are saved as they grow, so that one that was interrupted continues where it stopped."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from stance.atomic import copy_mode, flush_folder, follow_link, open_atomic, rename, unfinished_path
from stance.errors import ConservationError, OptionError, StanceError
from stance.regular_files import make_own_folder, open_own
from stance.strings import listed
from stance.tables.files import create_table
from stance.tables.formats.parquet import count_rows
from stance.tables.formats.rejects import rejects_table
from stance.tables.paths import STDIO, check_replaceable
from stance.tables.protocols import TableWriter
from stance.workflow.batch.appendable import AppendableTable, open_appendable
from stance.workflow.batch.progress import Checkpoint, Facts, read_checkpoint, write_json
from stance.workflow.batch.saved_part import SavedPart

CHECKPOINT_ROWS = 50_000  # rows between two checkpoints: a second of work to lose; one takes some milliseconds
CHECKPOINT_BYTES = 1 << 26  # that wait in memory for the next one
PARTS = ".parts"  # what the name of the folder adds to that of the output
FACTS, PROGRESS, LOCK = "job.json", "progress.json", "lock"
ROWS, REJECTS = "rows", "rejects"  # the tables of a run
OWNER_WRITES = 0o600  # of a table that grows, whatever the mode of the file that it will replace
REJECTS_OPTION = "--rejects"
_OURS = re.compile(
    rf"({ROWS}|{REJECTS})(\.\w+){{0,2}}(-\d+\.arrow)?|\.?{PROGRESS}(\.unfinished)?|\.{FACTS}\.unfinished"
)


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


def check_outside_parts(output: str, paths: Mapping[str, str | None]) -> None:
    """Raise OptionError if a path, by the option that names it, lies in the folder in which the output grows."""
    folder = Path(f"{follow_link(output)}{PARTS}")
    for option, path in paths.items():
        if path not in (None, STDIO) and Path(str(path)).resolve().is_relative_to(folder.resolve()):
            raise OptionError(f"{path}: is in {folder}, where this run keeps its own files; give {option} another name")


@contextmanager
def open_run(
    output: str, rejects: str | None, facts: Facts | None, resume: bool, no_rejects: pa.Table | None = None
) -> Iterator[Run]:
    """Start a run, or resume one; its tables get their names only when they are whole.

    They grow in the folder `output` + `.parts`, which stays if the run stops after a checkpoint. `facts` are what the
    output depends on, as plain values; without them there are no checkpoints. `no_rejects` is the table of rejects
    before the first one. Raises OptionError if a run is there and `resume` is not set, if its facts are others, if its
    saved rows are not as it left them, if another process writes it, or if nothing can be written.
    """
    no_rejects = rejects_table([]) if no_rejects is None else no_rejects
    if output == STDIO or facts is None:
        with _open_unsaved(output, rejects, no_rejects) as run:
            yield run
        return
    for path in filter(None, (output, rejects)):
        check_replaceable(path)
    resumable = None
    try:
        resumable = _ResumableRun(output, rejects, facts, resume, no_rejects)
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
def _open_unsaved(output: str, rejects: str | None, no_rejects: pa.Table) -> Iterator[Run]:
    with ExitStack() as stack:
        tables = {ROWS: stack.enter_context(create_table(output))}
        if rejects is not None:
            tables[REJECTS] = stack.enter_context(create_table(rejects))
            tables[REJECTS].write(no_rejects)  # the header, even if no row is bad
        yield Run(tables)


class _ResumableRun(Run):
    """A run with checkpoints.

    A checkpoint flushes the rows to the disk, then the file that counts them, which replaces the one before in one
    step. So whenever the run is killed, that file counts rows that are there.
    """

    tables: dict[str, AppendableTable]

    def __init__(self, output: str, rejects: str | None, facts: Facts, resume: bool, no_rejects: pa.Table) -> None:
        super().__init__({})
        self._output = follow_link(output)
        self._rejects = None if rejects is None else follow_link(rejects)
        self._no_rejects = no_rejects
        self.folder = Path(f"{self._output}{PARTS}")
        self.saved = 0  # rows
        self._rows = 0
        self._keeps_folder = True  # until we know that there is nothing to resume
        self._lock = _lock_folder(self.folder)
        self._facts: Facts = json.loads(json.dumps({**facts, REJECTS_OPTION: rejects}))
        try:
            self._start(resume)
        except BaseException:
            self.leave()
            raise

    def save(self, rows: int, state: Facts) -> None:
        super().save(rows, state)
        self.state, self._rows = dict(state), rows
        unsaved = sum(table.unsaved_bytes for table in self.tables.values())
        if rows - self.saved >= CHECKPOINT_ROWS or unsaved >= CHECKPOINT_BYTES:
            self._write_progress({name: table.save() for name, table in self.tables.items()})

    def publish(self) -> None:
        """Give the tables their names; each step can be repeated if the run is killed after it."""
        if not self.finished:
            for name, table in self.tables.items():
                table.close()
                self._check_written(name, table.content)
            if self._rejects is not None or self.saved:  # else one rename does it all, and there is nothing to resume
                self._write_progress({name: [table.content] for name, table in self.tables.items()}, finished=True)
        if self._rejects is not None and self._path(REJECTS).exists():
            with open(self._path(REJECTS), "rb") as source, self._open_rejects() as file:
                shutil.copyfileobj(source, file)
        if self._path(ROWS).exists():  # else it has its name already
            copy_mode(self._output, self._path(ROWS))
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

    def _start(self, resume: bool) -> None:
        progress = read_checkpoint(self.folder / PROGRESS)
        if progress is None:
            self._start_over()
            progress = Checkpoint(self._facts)
        elif not resume:
            raise OptionError(
                f"{self._output}: an earlier run was interrupted; {progress.rows:,} rows are in {self.folder}; "
                "add --resume to continue, or delete that folder"
            )
        _check_unchanged(progress.facts, self._facts, self.folder)
        self.batches, self.state, self.finished = progress.batches, progress.state, progress.finished
        self.saved = self._rows = progress.rows
        if self.finished:
            self._check_published(progress.parts)
        else:
            self._open_tables(progress.parts)

    def _start_over(self) -> None:
        """Make the folder ours: nothing in it is worth keeping, since there is no checkpoint."""
        if (self.folder / FACTS).exists():
            _clear(self.folder)
        else:
            _check_no_other_files(self.folder)
        self._keeps_folder = False
        flush_folder(self.folder.parent)
        write_json(self.folder / FACTS, self._facts)

    def _open_tables(self, parts: Mapping[str, Sequence[SavedPart]]) -> None:
        self.tables[ROWS] = open_appendable(self._path(ROWS), parts.get(ROWS, ()))
        copy_mode(self._output, self._path(ROWS), OWNER_WRITES)
        if self._rejects is not None:
            self.tables[REJECTS] = open_appendable(self._path(REJECTS), parts.get(REJECTS, ()))
            copy_mode(self._rejects, self._path(REJECTS), OWNER_WRITES)
            if not parts.get(REJECTS):
                self.tables[REJECTS].write(self._no_rejects)

    def _open_rejects(self) -> AbstractContextManager[BinaryIO]:
        final = Path(str(self._rejects))
        return open_atomic(final, unfinished_path(final))

    def _check_written(self, name: str, content: SavedPart) -> None:
        """Raise ConservationError unless a table that was closed holds on the disk what was written to it."""
        path = self._path(name)
        size, rows = path.stat().st_size, self._rows
        if size != content.size:
            raise ConservationError(
                f"{path}: {size:,} bytes, {content.size:,} were written; run the same command again"
            )
        if name == ROWS and path.suffix.lower() == ".parquet" and size and (counted := count_rows(path)) != rows:
            raise ConservationError(f"{path}: {counted:,} rows, {rows:,} were written; run the same command again")

    def _check_published(self, parts: Mapping[str, Sequence[SavedPart]]) -> None:
        """Raise OptionError unless each table of a finished run is in the folder or has its name, byte by byte."""
        finals = {ROWS: self._output, REJECTS: self._rejects}
        for name, [part] in parts.items():
            path, final = self._path(name), finals[name]
            if path.exists():
                part.check(path)
            elif final is None or not part.is_in(final):
                fault = f"the run was finished, but its {name} are gone: they are neither here nor in {path}"
                raise OptionError(f"{final}: {fault}; delete {self.folder} and start over")

    def _path(self, name: str) -> Path:
        final = self._output if name == ROWS else self._rejects
        return self.folder / (name + "".join(Path(str(final)).suffixes[-2:]))

    def _write_progress(self, parts: Mapping[str, Sequence[SavedPart]], finished: bool = False) -> None:
        Checkpoint(self._facts, self.batches, self._rows, self.state, parts, finished).save(self.folder / PROGRESS)
        self.saved, self._keeps_folder = self._rows, True


def _add_note(error: BaseException, run: _ResumableRun | None) -> None:
    if run is not None and run.saved:
        error.add_note(f"{run.saved:,} rows are saved in {run.folder}; add --resume to the same command to continue")


def _unwritable(output: str, error: OSError) -> StanceError:
    file = "" if error.filename in (None, output) else f"{os.fsdecode(error.filename)}: "
    raised = OptionError(f"{output}: cannot be written ({file}{error.strerror}); choose another folder")
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
    """Make the folder of a run and lock it; the lock goes with the folder when the run that has it ends."""
    while True:
        make_own_folder(folder)
        try:
            lock = open_own(folder / LOCK, create=True)
        except FileNotFoundError:  # the run before has just removed its folder
            continue
        _take(lock, folder)
        if _is_there(lock, folder / LOCK):
            return lock
        lock.close()  # a lock whose name is gone, or another one's, keeps nobody out


def _take(lock: BinaryIO, folder: Path) -> None:
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise OptionError(f"{folder}: another process is writing there; wait for it, or stop it") from None


def _is_there(lock: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock.fileno()), path.lstat())
    except FileNotFoundError:
        return False


def _clear(folder: Path) -> None:
    """Remove what a run left, and nothing else; last of all the file that says that a run left it."""
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name):
            path.unlink()
    (folder / FACTS).unlink(missing_ok=True)


def _check_no_other_files(folder: Path) -> None:
    others = [path.name for path in folder.iterdir() if path.name not in (LOCK, unfinished_path(FACTS).name)]
    if others:
        raise OptionError(f"{folder}: is needed for this run but holds other files; give --output another name")
