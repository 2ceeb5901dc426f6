"""JSON Lines: one object a line."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

import pyarrow as pa

from stance.errors import TableError, listed


class JsonLinesReader:
    """Reads a JSON Lines file part by part.

    The columns are the keys of the first `SAMPLE` lines; a key that a line lacks reads as null.

    Parameters
    ----------
    stream : binary file
    source : str
        Name for messages.

    Attributes
    ----------
    columns : list of str
    first_row : int

    Raises
    ------
    TableError
        If there is no line.
    """

    first_row = 1
    SAMPLE = 10_000  # one part; later keys would change columns that are already written

    def __init__(self, stream: BinaryIO, source: str) -> None:
        self.source = source
        self._faults: list[str] = []
        records = self._records(stream)
        head = list(islice(records, self.SAMPLE))
        if not head:
            raise TableError(source, self._faults or ["empty; expected one JSON object a line"])
        self._rest = chain(head, records)
        self.columns = list(dict.fromkeys(key for record in head for key in record))
        self._types: dict[str, pa.DataType] = {}
        self._as_text: set[str] = set()

    def parts(self, rows: int) -> Iterator[pa.Table]:
        """Give the table in parts of at most `rows` rows.

        Parameters
        ----------
        rows : int

        Yields
        ------
        pyarrow.Table
            Columns of mixed types are JSON text.

        Raises
        ------
        TableError
            With every fault of the file, once all of it is read.
        """
        while part := list(islice(self._rest, rows)):
            if not self._faults:
                yield self._table(part)
        if self._faults:
            raise TableError(self.source, self._faults)

    def _records(self, stream: BinaryIO) -> Iterator[dict[str, Any]]:
        try:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield from self._parsed(number, line)
        except (EOFError, OSError, zlib.error) as error:
            raise TableError(self.source, [f"cut off or damaged ({error})"]) from None

    def _parsed(self, number: int, line: bytes) -> Iterator[dict[str, Any]]:
        try:
            record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except (ValueError, RecursionError) as error:
            self._faults.append(f"line {number} is not JSON ({error}); expected one object a line")
            return
        if isinstance(record, dict):
            yield record
        else:
            self._faults.append(f'line {number} is not an object; expected {{"text": ...}}')

    def _table(self, part: list[dict[str, Any]]) -> pa.Table:
        late = {key for record in part for key in record}.difference(self.columns)
        if late:
            message = f"keys {listed(sorted(late))} first come after line {self.SAMPLE:,}; give them in the first line"
            raise TableError(self.source, [message])
        arrays = [self._array(name, [record.get(name) for record in part]) for name in self.columns]
        return pa.Table.from_arrays(arrays, names=self.columns)

    def _array(self, name: str, values: list[Any]) -> pa.Array:
        if name in self._as_text:
            values = [None if value is None else _as_text(value) for value in values]
        try:
            array = pa.array(values, self._types.get(name))
            if array.to_pylist() != values:
                raise pa.ArrowInvalid("a value would change")
        except UnicodeEncodeError:
            raise TableError(self.source, [f"key {name!r} holds half a surrogate pair, which is not text"]) from None
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            if name in self._types:
                fault = f"key {name!r} changes its type after line {self.SAMPLE:,}; write all of its values as text"
                raise TableError(self.source, [fault]) from None
            self._as_text.add(name)
            return self._array(name, values)
        if pa.types.is_null(array.type):
            array = array.cast(pa.string())
        self._types.setdefault(name, array.type)
        return array


class JsonLinesWriter:
    """Writes parts of a table as JSON Lines in UTF-8.

    Parameters
    ----------
    stream : binary file
    schema : pyarrow.Schema
        Columns of every part.
    """

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._stream = stream

    def write(self, part: pa.Table) -> None:
        """Append a part.

        Parameters
        ----------
        part : pyarrow.Table
        """
        lines = [json.dumps(record, ensure_ascii=False, default=str) for record in part.to_pylist()]
        self._stream.write("".join(f"{line}\n" for line in lines).encode("utf-8"))

    def close(self) -> None:
        """Do nothing: every part is written at once."""


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
