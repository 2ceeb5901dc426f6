"""Tables that are saved while they grow: what was written after the last save can be cut off again."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import pyarrow as pa

from stance.atomic import flush_folder, flush_to_disk
from stance.tables.files import DeferredWriter, open_gzip_member
from stance.tables.formats.sizes import total_size
from stance.tables.paths import extension_of
from stance.tables.protocols import TableWriter
from stance.workflow.batch.saved_part import ChecksummedFile, SavedPart


class AppendableTable(TableWriter, Protocol):
    """A table that can be saved, and later be opened as it was then."""

    unsaved_bytes: int  # that wait in memory to be saved

    @property
    def content(self) -> SavedPart:
        """What is in the file; all of it, once the table is closed."""

    def save(self) -> Sequence[SavedPart]:
        """Flush all batches to the disk; return what `open_appendable` continues after."""

    def rollback(self) -> None:
        """Close the file unsaved: `open_appendable` cuts off what was written after the last save."""


def open_appendable(path: Path, saved: Sequence[SavedPart] = ()) -> AppendableTable:
    r"""Open a table as it was when `save` returned `saved`; what was written after that is cut off.

    OptionError if what was saved is no longer there, or was changed.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.csv")
    ...     table = open_appendable(path)
    ...     table.write(pa.table({"text": ["so"]}))
    ...     saved = table.save()
    ...     table.write(pa.table({"text": ["lost"]}))
    ...     table.rollback()
    ...     table = open_appendable(path, saved)
    ...     table.write(pa.table({"text": ["be it"]}))
    ...     table.close()
    ...     path.read_text()
    'text\nso\nbe it\n'
    """
    extension, zipped = extension_of(str(path))
    if extension == ".parquet":
        return AppendableParquet(path, saved)
    return AppendableText(path, saved, extension, zipped)


class AppendableText:
    """A table of lines; what is saved is the beginning of one file. Each save ends a member of a zipped one."""

    unsaved_bytes = 0

    def __init__(self, path: Path, saved: Sequence[SavedPart], extension: str, zipped: bool) -> None:
        part = saved[0] if saved else None
        if part is not None:
            part.check(path)
        self._file = ChecksummedFile(path, part)
        self._path = path
        self._zipped = zipped
        self._extension = extension
        self._needs_header = part is None
        self._is_named = part is not None  # on the disk
        self._member: gzip.GzipFile | None = None
        self._writer: DeferredWriter | None = None

    def write(self, batch: pa.Table) -> None:
        """Append a batch."""
        if self._writer is None:
            self._writer = DeferredWriter(self._stream(), self._extension, self._needs_header)
            self._needs_header = False
        self._writer.write(batch)

    @property
    def content(self) -> SavedPart:
        """What is in the file."""
        return self._file.content

    def save(self) -> Sequence[SavedPart]:
        """Flush all batches to the disk; return the whole file."""
        self._end_member()
        if not self._is_named:
            flush_folder(self._path.parent)
            self._is_named = True
        return [self.content]

    def close(self) -> None:
        """Flush all batches to the disk, and close the file."""
        self._end_member()
        self._file.close()

    def rollback(self) -> None:
        """Close the file as it is."""
        with suppress(OSError, ValueError):
            if self._member is not None:
                self._member.close()
        with suppress(OSError):
            self._file.close()

    def _stream(self) -> BinaryIO:
        file = cast(BinaryIO, self._file)
        if not self._zipped:
            return file
        self._member = open_gzip_member(file)
        return cast(BinaryIO, self._member)

    def _end_member(self) -> None:
        self._writer = None
        if self._member is not None:
            self._member.close()
            self._member = None
        flush_to_disk(cast(BinaryIO, self._file))


class AppendableParquet:
    """A Parquet file, whose footer needs all rows: those saved lie beside it in Arrow files, and are written again."""

    def __init__(self, path: Path, saved: Sequence[SavedPart]) -> None:
        self._path = path
        self._saved = list(saved)
        for number, part in enumerate(saved):
            part.check(self._saved_path(number))
        self._file = ChecksummedFile(path)
        self._writer = DeferredWriter(cast(BinaryIO, self._file), ".parquet")
        self._unsaved: list[pa.Table] = []
        self.unsaved_bytes = 0
        for number in range(len(saved)):
            with pa.memory_map(str(self._saved_path(number))) as file:
                reader = pa.ipc.open_file(file)
                for at in range(reader.num_record_batches):  # as they were written, so that the bytes are the same
                    self._writer.write(pa.Table.from_batches([reader.get_batch(at)]))

    @property
    def content(self) -> SavedPart:
        """What is in the file."""
        return self._file.content

    def write(self, batch: pa.Table) -> None:
        """Append a batch."""
        self._writer.write(batch)
        self._unsaved.append(batch)
        self.unsaved_bytes += total_size(batch)

    def save(self) -> Sequence[SavedPart]:
        """Flush all batches to the disk; return the Arrow files."""
        if self._unsaved:
            self._saved.append(self._write_part(self._saved_path(len(self._saved))))
            self._unsaved, self.unsaved_bytes = [], 0
        return [*self._saved]

    def close(self) -> None:
        """Write the footer, flush the file to the disk, and close it."""
        self._writer.close()
        flush_to_disk(cast(BinaryIO, self._file))
        self._file.close()

    def rollback(self) -> None:
        """Close the file as it is."""
        with suppress(OSError, ValueError):
            self._writer.close()
        with suppress(OSError):
            self._file.close()

    def _write_part(self, path: Path) -> SavedPart:
        with ChecksummedFile(path) as file:
            with pa.ipc.new_file(file, self._unsaved[0].schema) as writer:
                for table in self._unsaved:
                    writer.write_table(table)
            flush_to_disk(cast(BinaryIO, file))
            content = file.content
        flush_folder(path.parent)
        return content

    def _saved_path(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}-{number:06}.arrow")
