"""Open, read and create a table by its file extension; the only reader and writer of tables."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
from collections.abc import Iterator, Mapping
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
from stance.tables.formats.plain import PlainReader
from stance.tables.formats.rejects import OnReject, raise_reject
from stance.tables.options import TableOptions
from stance.tables.paths import (
    PLAIN_TEXT,
    STDIO,
    check_name,
    check_replaceable,
    extension_of,
    input_extension_of,
    input_fault,
)
from stance.tables.protocols import TableReader, TableWriter
from stance.tables.spreadsheet import UnescapedReader

DEFAULT_OPTIONS = TableOptions()
BATCH_ROWS = 10_000  # a few megabytes of comments; large enough that the overhead of a batch does not show
NO_ROWS = "a header but no rows; expected at least one comment"
DIGEST_BYTES = 1 << 20  # bytes taken into a checksum at a time
JSON_LINES = (".jsonl", ".ndjson")


class Digest(Protocol):
    """A checksum, as `hashlib` has them."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take in some bytes."""


class WholeTable(NamedTuple):
    """A table in memory."""

    table: pa.Table
    first_row: int  # number of the first data row, for messages
    sha256: str  # of the file


@contextmanager
def open_table(
    path: str,
    options: TableOptions = DEFAULT_OPTIONS,
    reject: OnReject = raise_reject,
    digest: Digest | None = None,
    known: Mapping[str, pa.Field] | None = None,
) -> Iterator[TableReader]:
    r"""Open a table for reading in batches.

    Parameters
    ----------
    path : str
        A file ending in one of `EXTENSIONS` or in `.txt`, which `.gz` may follow; `-` is CSV on standard input.
    options : TableOptions
        Encoding and delimiter, and whether formulas are unescaped; the column of a text file.
    reject : callable
        Called with each row that cannot be read; by default the first one raises TableError.
    digest : Digest, optional
        Takes in all bytes of the file by the time the table is closed.
    known : dict of str to Field, optional
        Types that columns have in tables before this one; values of JSON are read as such.

    Yields
    ------
    TableReader

    Raises
    ------
    TableError
        If there is no such file, or it is not a table.
    OptionError
        If the extension or the encoding is unknown.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile(suffix=".csv") as file:
    ...     _ = file.write(b"text\nso be it\n")
    ...     file.flush()
    ...     with open_table(file.name) as reader:
    ...         reader.columns, [batch.num_rows for batch in reader.batches(10)]
    (['text'], [1])
    """
    extension, zipped = input_extension_of(path)
    _check_encoding(options.encoding)
    with ExitStack() as stack:
        raw = _input_stream(path, stack)
        if digest is not None:
            raw = cast(BinaryIO, HashedStream(raw, digest))
        stream = cast(BinaryIO, stack.enter_context(gzip.open(raw))) if zipped else raw
        reader = _open_reader(stream, path, extension, options, reject, known)
        yield UnescapedReader(reader) if options.from_spreadsheet else reader
        while digest is not None and raw.read(DIGEST_BYTES):  # what no reader needs, such as bytes after a gzip member
            pass


def read_table(path: str, options: TableOptions = DEFAULT_OPTIONS) -> WholeTable:
    """Read a whole table into memory.

    Parameters
    ----------
    path : str
        As for `open_table`.
    options : TableOptions
        As for `open_table`.

    Returns
    -------
    WholeTable
        The table, the number of its first data row, and the SHA-256 checksum of the file.

    Raises
    ------
    TableError
        With all faults of the table, or if it has no row.
    OptionError
        If the extension or the encoding is unknown.
    """
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
    """Create a table that gets its name only when it is whole; an error leaves an older file as it was.

    Parameters
    ----------
    path : str
        As for `open_table`; the folder must exist. `-` is CSV on standard output.

    Yields
    ------
    TableWriter
        Closed when the block ends.

    Raises
    ------
    OptionError
        If the extension is unknown, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with create_table(f"{folder}/a.csv") as writer:
    ...         writer.write(pa.table({"text": ["so be it"]}))
    ...     read_table(f"{folder}/a.csv").table.to_pydict()
    {'text': ['so be it']}
    """
    extension, zipped = extension_of(path)
    with ExitStack() as stack:
        raw = stack.enter_context(_output_stream(path))
        stream = cast(BinaryIO, stack.enter_context(open_gzip_member(raw))) if zipped else raw
        writer = DeferredWriter(stream, extension)
        try:
            yield writer
        except BaseException:
            with suppress(Exception):  # the unfinished file is removed, whatever is in it
                writer.close()
            raise
        writer.close()


class DeferredWriter:
    """Writes a table whose columns are known with the first batch; `needs_header` is for formats that have one."""

    def __init__(self, stream: BinaryIO, extension: str, needs_header: bool = True) -> None:
        self._stream = stream
        self._extension = extension
        self._needs_header = needs_header
        self._writer: TableWriter | None = None

    def write(self, batch: pa.Table) -> None:
        """Append a batch."""
        if self._writer is None:
            self._writer = self._open(batch.schema)
        self._writer.write(batch)

    def close(self) -> None:
        """Write what ends the table; the stream stays open."""
        if self._writer is not None:
            self._writer.close()

    def _open(self, schema: pa.Schema) -> TableWriter:
        if self._extension == ".parquet":
            return ParquetWriter(self._stream, schema)
        if self._extension in JSON_LINES:
            return JsonLinesWriter(self._stream)
        return DelimitedWriter(self._stream, schema, _default_delimiter(self._extension), self._needs_header)


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
            while block := self._stream.read(DIGEST_BYTES):
                self._digest.update(block)
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._stream.tell()


class TerminalStream:
    r"""Shows UTF-8 on a terminal; characters that the terminal would obey are escaped.

    >>> import io
    >>> stream = io.BytesIO()
    >>> TerminalStream(stream).write(b"1,\x1b[31mred\n")
    >>> stream.getvalue()
    b'1,\\x1b[31mred\n'
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, raw: bytes) -> None:
        """Write whole records."""
        lines = bytes(raw).decode("utf-8", "backslashreplace").split("\n")
        self._stream.write("\n".join(map(printable, lines)).encode("utf-8", "backslashreplace"))

    def flush(self) -> None:
        """Flush."""
        self._stream.flush()


def open_gzip_member(raw: BinaryIO) -> gzip.GzipFile:
    """Start a gzip member, with no time in it, so that the same rows give the same bytes."""
    return gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=6)


def _open_reader(
    stream: BinaryIO,
    path: str,
    extension: str,
    options: TableOptions,
    reject: OnReject,
    known: Mapping[str, pa.Field] | None,
) -> TableReader:
    if extension == ".parquet":
        return ParquetReader(stream, path, reject, options.text_column)
    if extension in JSON_LINES:
        return JsonLinesReader(stream, path, reject, options.encoding, known)
    if extension == PLAIN_TEXT:
        return PlainReader(stream, path, options.text_column, options.encoding, reject)
    delimiter = options.delimiter or ("\t" if extension == ".tsv" else None)
    return DelimitedReader(stream, path, options.encoding, delimiter, reject)


def _default_delimiter(extension: str) -> str:
    return "\t" if extension == ".tsv" else ","


def _check_encoding(encoding: str) -> None:
    try:  # codecs that are not for text, such as idna, cannot mark bad bytes and raise UnicodeError
        b"a".decode(encoding, MARK_UNDECODABLE)
    except (LookupError, UnicodeError):
        raise OptionError(f"unknown encoding {encoding!r}; examples: utf-8, utf-16, cp1252, cp1251") from None


def _input_stream(path: str, stack: ExitStack) -> BinaryIO:
    if path == STDIO:
        return stack.enter_context(open(sys.stdin.fileno(), "rb", buffering=0, closefd=False))
    try:
        return stack.enter_context(open(path, "rb"))
    except (OSError, ValueError) as error:  # ValueError for a name with a NUL
        raise TableError(path, [input_fault(error)]) from None


@contextmanager
def _output_stream(path: str) -> Iterator[BinaryIO]:
    if path == STDIO:
        with _standard_output() as stream:
            yield stream
        return
    check_name(path)
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
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python reports it again at exit
        raise OptionError("broken pipe: standard output was closed, the output is incomplete") from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OptionError(f"standard output cannot be written ({error.strerror}); the output is incomplete") from None
