"""The only reader and writer of tables: a path in, parts of a table out, and back."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import BinaryIO, NamedTuple, Protocol, cast

import pyarrow as pa

from stance.atomic import open_atomic
from stance.errors import OptionError, TableError
from stance.strings import printable
from stance.tables.formats.delimited import DelimitedReader, DelimitedWriter
from stance.tables.formats.jsonlines import JsonLinesReader, JsonLinesWriter
from stance.tables.formats.lines import MARK_UNDECODABLE
from stance.tables.formats.parquet import ParquetReader, ParquetWriter
from stance.tables.formats.rejects import OnReject, raise_reject
from stance.tables.options import TableOptions
from stance.tables.paths import STDIO, check_replaceable, extension_of
from stance.tables.protocols import TableReader, TableWriter
from stance.tables.spreadsheet import UnescapedReader

DEFAULT_OPTIONS = TableOptions()
BATCH_ROWS = 10_000  # a few megabytes of comments; large enough that a part's overhead does not show
NO_ROWS = "a header but no rows; expected at least one comment"


class Digest(Protocol):
    """A checksum, as `hashlib` has them."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take in some bytes."""


class WholeTable(NamedTuple):
    """A table in memory, the number of its first data row (for messages), and the checksum of its file."""

    table: pa.Table
    first_row: int
    sha256: str


@contextmanager
def open_table(
    path: str,
    options: TableOptions = DEFAULT_OPTIONS,
    reject: OnReject = raise_reject,
    digest: Digest | None = None,
) -> Iterator[TableReader]:
    """Open a table for reading.

    Parameters
    ----------
    path : str
        A file ending in one of `ENDINGS`, also with `.gz` after it; `-` is CSV from standard input.
    options : TableOptions
    reject : callable
        Told of each row that cannot be read; by default the first one is refused.

    Yields
    ------
    Reader

    Raises
    ------
    TableError
        If there is no such file, or it is not a table.
    OptionError
        If the encoding is unknown.
    """
    ending, zipped = extension_of(path)
    _refuse_unknown_codec(options.encoding)
    with ExitStack() as stack:
        raw = _input_stream(path, stack)
        if digest is not None:
            raw = cast(BinaryIO, HashedStream(raw, digest))
        stream = cast(BinaryIO, stack.enter_context(gzip.open(raw))) if zipped else raw
        reader: TableReader
        if ending == ".parquet":
            reader = ParquetReader(stream, path)
        elif ending in {".jsonl", ".ndjson"}:
            reader = JsonLinesReader(stream, path, reject)
        else:
            reader = DelimitedReader(stream, path, options.encoding, options.delimiter or _delimiter(ending), reject)
        yield UnescapedReader(reader) if options.from_spreadsheet else reader
        while digest is not None and raw.read(1 << 20):  # what no reader needs, such as bytes behind the end of a zip
            pass


def read_table(path: str, options: TableOptions = DEFAULT_OPTIONS) -> WholeTable:
    """Read a whole table into memory; TableError with all of its faults, or if it has no row."""
    faults: list[str] = []
    digest = hashlib.sha256()
    try:
        with open_table(path, options, lambda bad: faults.append(bad.message), digest) as reader:
            batches = list(reader.batches(BATCH_ROWS))
    except TableError as error:
        raise TableError(path, [*faults, *error.faults]) from None
    if faults or not batches:
        raise TableError(path, faults or [NO_ROWS])
    return WholeTable(pa.concat_tables(batches), reader.first_row, digest.hexdigest())


@contextmanager
def create_table(path: str) -> Iterator[TableWriter]:
    """Make a table that gets its name only when it is whole.

    Parameters
    ----------
    path : str
        As for `open_table`; the folder must be there.

    Yields
    ------
    TableWriter
        Closed here.

    Raises
    ------
    OptionError
        If the ending is unknown or the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with create_table(f"{folder}/a.csv") as table:
    ...         table.write(pa.table({"text": ["so be it"]}))
    ...     read_table(f"{folder}/a.csv")[0].to_pydict()
    {'text': ['so be it']}
    """
    ending, zipped = extension_of(path)
    with ExitStack() as stack:
        raw = stack.enter_context(_output_stream(path))
        stream = cast(BinaryIO, stack.enter_context(open_gzip_member(raw))) if zipped else raw
        table = DeferredWriter(stream, ending)
        try:
            yield table
        except BaseException:
            with suppress(Exception):  # what it has written goes away with the unfinished file
                table.close()
            raise
        table.close()


class HashedStream(io.RawIOBase):
    """Takes the bytes of a file into a checksum as they are read; all at once where they are read out of order."""

    def __init__(self, stream: BinaryIO, digest: Digest) -> None:
        self._stream = stream
        self._digest = digest
        self._is_whole = False

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return whether the file can be read out of order."""
        return self._stream.seekable()

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]  # the base class takes any buffer
        """Fill a buffer, as raw streams do."""
        size = int(self._stream.readinto(into))  # type: ignore[attr-defined]  # files have it
        if not self._is_whole:
            self._digest.update(into[:size])
        return size

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; before the first move, take the whole file into the checksum."""
        if not self._is_whole:
            self._is_whole = True
            while block := self._stream.read(1 << 20):
                self._digest.update(block)
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._stream.tell()


class TerminalStream:
    r"""Shows bytes on a terminal, those that it would obey by their number.

    Parameters
    ----------
    stream : binary file

    Examples
    --------
    >>> import io
    >>> stream = io.BytesIO()
    >>> TerminalStream(stream).write(b"1,\x1b[31mred\n")
    >>> stream.getvalue()
    b'1,\\x1b[31mred\n'
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, raw: bytes) -> None:
        """Write whole records.

        Parameters
        ----------
        raw : bytes
            UTF-8.
        """
        lines = bytes(raw).decode("utf-8", "backslashreplace").split("\n")
        self._stream.write("\n".join(map(printable, lines)).encode("utf-8", "backslashreplace"))

    def flush(self) -> None:
        """Let nothing wait."""
        self._stream.flush()


class DeferredWriter:
    """Writes a table whose columns are known with the first batch.

    Parameters
    ----------
    stream : binary file
    ending : str
        One of `ENDINGS`.
    headed : bool
        Whether a header comes first, in a format that has one.
    """

    def __init__(self, stream: BinaryIO, ending: str, headed: bool = True) -> None:
        self._stream = stream
        self._ending = ending
        self._headed = headed
        self._writer: TableWriter | None = None

    def write(self, batch: pa.Table) -> None:
        """Append a batch."""
        if self._writer is None:
            self._writer = self._open(batch.schema)
        self._writer.write(batch)

    def close(self) -> None:
        """Write what ends the table."""
        if self._writer is not None:
            self._writer.close()

    def _open(self, schema: pa.Schema) -> TableWriter:
        if self._ending == ".parquet":
            return ParquetWriter(self._stream, schema)
        if self._ending in {".jsonl", ".ndjson"}:
            return JsonLinesWriter(self._stream, schema)
        return DelimitedWriter(self._stream, schema, _delimiter(self._ending), self._headed)


def open_gzip_member(raw: BinaryIO) -> gzip.GzipFile:
    """Begin a member of a zipped file, with no time in it.

    Parameters
    ----------
    raw : binary file

    Returns
    -------
    gzip.GzipFile
    """
    return gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=6)


def _delimiter(ending: str) -> str:
    return "\t" if ending == ".tsv" else ","


def _refuse_unknown_codec(encoding: str) -> None:
    try:
        b"a".decode(
            encoding, MARK_UNDECODABLE
        )  # some codecs for other ends than text know no other way with bad bytes than to stop
    except (LookupError, UnicodeError):
        raise OptionError(f"unknown encoding {encoding!r}; examples: utf-8, utf-16, cp1252, cp1251") from None


def _input_stream(path: str, stack: ExitStack) -> BinaryIO:
    if path == STDIO:
        return stack.enter_context(open(sys.stdin.fileno(), "rb", buffering=0, closefd=False))
    try:
        return stack.enter_context(open(path, "rb"))
    except FileNotFoundError:
        raise TableError(path, ["no such file"]) from None
    except IsADirectoryError:
        raise TableError(path, ["a folder; expected a file"]) from None
    except OSError as error:
        raise TableError(path, [f"cannot be read ({error.strerror})"]) from None


@contextmanager
def _output_stream(path: str) -> Iterator[BinaryIO]:
    if path == STDIO:
        with _standard_output() as stream:
            yield stream
        return
    check_replaceable(path)
    try:
        with open_atomic(path) as stream:
            yield stream
    except OSError as error:
        raise OptionError(f"{path}: cannot be written ({error.strerror}); choose another folder") from None


@contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    try:
        yield cast(BinaryIO, TerminalStream(sys.stdout.buffer)) if sys.stdout.isatty() else sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains once more at exit
        raise OptionError("the reader of standard output went away; the result is cut off") from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OptionError(f"standard output cannot be written ({error.strerror}); the result is cut off") from None
