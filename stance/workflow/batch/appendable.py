"""Tables that grow in the folder of a job: what was saved of one stays, what came after it can be cut off."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import pyarrow as pa

from stance.atomic import flush_to_disk
from stance.tables.files import LateSink, open_gzip_member
from stance.tables.paths import extension_of


class AppendableTable(Protocol):
    """A table that grows."""

    def write(self, batch: pa.Table) -> None:
        """Append a part."""

    def save(self) -> int:
        """Bring all parts to the disk; give a mark that tells how many they are."""

    def close(self) -> None:
        """Write what ends the file, and bring it to the disk."""

    def drop(self) -> None:
        """Close it as it is."""


def open_appendable(path: Path, mark: int = 0) -> AppendableTable:
    r"""Open a table that grows.

    Parameters
    ----------
    path : Path
        As for `open_table`.
    mark : int
        What `save` gave when it was last saved; what was written later is dropped.

    Returns
    -------
    Growing

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.csv")
    ...     table = open_appendable(path)
    ...     table.write(pa.table({"text": ["so"]}))
    ...     mark = table.save()
    ...     table.write(pa.table({"text": ["lost"]}))
    ...     table.drop()
    ...     table = open_appendable(path, mark)
    ...     table.write(pa.table({"text": ["be it"]}))
    ...     table.close()
    ...     path.read_text()
    'text\nso\nbe it\n'
    """
    ending, zipped = extension_of(str(path))
    if ending == ".parquet":
        return AppendableParquet(path, mark)
    return AppendableText(path, mark, ending, zipped)


class AppendableText:
    """A table of lines: it is saved by its length.

    Parameters
    ----------
    path : Path
    mark : int
        Number of bytes to keep.
    ending : str
    zipped : bool
        Whether to zip it; each time that it is saved, a member of the zipped file ends.
    """

    def __init__(self, path: Path, mark: int, ending: str, zipped: bool) -> None:
        self._file = open(path, "r+b" if mark else "wb")  # noqa: SIM115  open as long as the job runs
        self._file.truncate(mark)
        self._file.seek(mark)
        self._zipped = zipped
        self._ending = ending
        self._headed = mark == 0
        self._member: gzip.GzipFile | None = None
        self._sink: LateSink | None = None

    def write(self, batch: pa.Table) -> None:
        """Append a part.

        Parameters
        ----------
        part : pyarrow.Table
        """
        if self._sink is None:
            self._sink = LateSink(self._stream(), self._ending, self._headed)
            self._headed = False
        self._sink(batch)

    def save(self) -> int:
        """Bring all parts to the disk.

        Returns
        -------
        int
            Number of bytes.
        """
        self._sink = None
        if self._member is not None:
            self._member.close()
            self._member = None
        flush_to_disk(self._file)
        return self._file.tell()

    def close(self) -> None:
        """Bring it to the disk."""
        self.save()
        self._file.close()

    def drop(self) -> None:
        """Close it as it is."""
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
    """A Parquet file, whose end can be written only when all is known: its parts are saved beside it as Arrow files.

    Parameters
    ----------
    path : Path
    mark : int
        Number of saved parts to write again.
    """

    def __init__(self, path: Path, mark: int) -> None:
        self._path = path
        self._file = open(path, "wb")  # noqa: SIM115  open as long as the job runs
        self._sink = LateSink(self._file, ".parquet")
        self._saved = mark
        self._unsaved: list[pa.Table] = []
        for number in range(mark):
            with pa.memory_map(str(self._part(number))) as batch:
                self._sink(pa.ipc.open_file(batch).read_all())

    def write(self, batch: pa.Table) -> None:
        """Append a part.

        Parameters
        ----------
        part : pyarrow.Table
        """
        self._sink(batch)
        self._unsaved.append(batch)

    def save(self) -> int:
        """Bring all parts to the disk.

        Returns
        -------
        int
            Number of saved parts.
        """
        if self._unsaved:
            table = pa.concat_tables(self._unsaved)
            with open(self._part(self._saved), "wb") as file:
                with pa.ipc.new_file(file, table.schema) as writer:
                    writer.write_table(table)
                flush_to_disk(file)
            self._saved += 1
            self._unsaved = []
        return self._saved

    def close(self) -> None:
        """Write the footer, and bring it to the disk."""
        self._sink.close()
        flush_to_disk(self._file)
        self._file.close()

    def drop(self) -> None:
        """Close it as it is."""
        with suppress(OSError, ValueError):
            self._sink.close()
        with suppress(OSError):
            self._file.close()

    def _part(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}-{number:06}.arrow")
