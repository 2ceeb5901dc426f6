"""Tables that are saved while they grow: what was written after the last save can be cut off again."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import pyarrow as pa

from stance.atomic import flush_to_disk
from stance.tables.files import DeferredWriter, open_gzip_member
from stance.tables.paths import extension_of
from stance.tables.protocols import TableWriter


class AppendableTable(TableWriter, Protocol):
    """A table that can be saved, and later be opened as it was then."""

    def save(self) -> int:
        """Flush all batches to the disk; return the position at which `open_appendable` continues."""

    def rollback(self) -> None:
        """Close the file unsaved: `open_appendable` cuts off what was written after the last save."""


def open_appendable(path: Path, position: int = 0) -> AppendableTable:
    r"""Open a table at the position that `save` returned; what was written after it is cut off.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.csv")
    ...     table = open_appendable(path)
    ...     table.write(pa.table({"text": ["so"]}))
    ...     position = table.save()
    ...     table.write(pa.table({"text": ["lost"]}))
    ...     table.rollback()
    ...     table = open_appendable(path, position)
    ...     table.write(pa.table({"text": ["be it"]}))
    ...     table.close()
    ...     path.read_text()
    'text\nso\nbe it\n'
    """
    extension, zipped = extension_of(str(path))
    if extension == ".parquet":
        return AppendableParquet(path, position)
    return AppendableText(path, position, extension, zipped)


class AppendableText:
    """A table of lines; its position is its length in bytes. Each save ends a member of a zipped file."""

    def __init__(self, path: Path, position: int, extension: str, zipped: bool) -> None:
        self._file = open(path, "r+b" if position else "wb")  # noqa: SIM115  open until the run ends
        self._file.truncate(position)
        self._file.seek(position)
        self._zipped = zipped
        self._extension = extension
        self._needs_header = position == 0
        self._member: gzip.GzipFile | None = None
        self._writer: DeferredWriter | None = None

    def write(self, batch: pa.Table) -> None:
        """Append a batch."""
        if self._writer is None:
            self._writer = DeferredWriter(self._stream(), self._extension, self._needs_header)
            self._needs_header = False
        self._writer.write(batch)

    def save(self) -> int:
        """Flush all batches to the disk; return the number of bytes."""
        self._writer = None
        if self._member is not None:
            self._member.close()
            self._member = None
        flush_to_disk(self._file)
        return self._file.tell()

    def close(self) -> None:
        """Flush all batches to the disk, and close the file."""
        self.save()
        self._file.close()

    def rollback(self) -> None:
        """Close the file as it is."""
        with suppress(OSError, ValueError):
            if self._member is not None:
                self._member.close()
        with suppress(OSError):
            self._file.close()

    def _stream(self) -> BinaryIO:
        if not self._zipped:
            return self._file
        self._member = open_gzip_member(self._file)
        return cast(BinaryIO, self._member)


class AppendableParquet:
    """A Parquet file, whose footer needs all rows: what is saved lies beside it in Arrow files, and is written again.

    Its position is the number of those files.
    """

    def __init__(self, path: Path, position: int) -> None:
        self._path = path
        self._file = open(path, "wb")  # noqa: SIM115  open until the run ends
        self._writer = DeferredWriter(self._file, ".parquet")
        self._saved = position
        self._unsaved: list[pa.Table] = []
        for number in range(position):
            with pa.memory_map(str(self._saved_path(number))) as file:
                self._writer.write(pa.ipc.open_file(file).read_all())

    def write(self, batch: pa.Table) -> None:
        """Append a batch."""
        self._writer.write(batch)
        self._unsaved.append(batch)

    def save(self) -> int:
        """Flush all batches to the disk; return the number of Arrow files."""
        if self._unsaved:
            table = pa.concat_tables(self._unsaved)
            with open(self._saved_path(self._saved), "wb") as file:
                with pa.ipc.new_file(file, table.schema) as writer:
                    writer.write_table(table)
                flush_to_disk(file)
            self._saved += 1
            self._unsaved = []
        return self._saved

    def close(self) -> None:
        """Write the footer, flush the file to the disk, and close it."""
        self._writer.close()
        flush_to_disk(self._file)
        self._file.close()

    def rollback(self) -> None:
        """Close the file as it is."""
        with suppress(OSError, ValueError):
            self._writer.close()
        with suppress(OSError):
            self._file.close()

    def _saved_path(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}-{number:06}.arrow")
