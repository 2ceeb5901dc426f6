"""Rows that cannot be read: their place, the reason and their bytes, as `rejects.csv` shows them.

`rejects_table` and `escape_bytes` write that file. `unescape_bytes` is for programs that read it: it returns the bytes
of a row, to repair them and read the row again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from stance.errors import TableError
from stance.tables.formats.cells import string_array

MAX_ROW_BYTES = 1 << 24  # ten long books; a longer row is a double quote that somebody forgot to close
NO_OFFSET = -1
MAX_RAW_BYTES = 1 << 20  # of a bad row that are shown; offset and length say where the others are
_NAMED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CONTROL = {chr(code): f"\\x{code:02x}" for code in (*range(0x20), 0x7F)}
_NOT_UTF8 = {chr(0xDC00 + byte): f"\\x{byte:02x}" for byte in range(0x80, 0x100)}  # as surrogateescape decodes them
_ESCAPES = str.maketrans({**_CONTROL, **_NOT_UTF8, **_NAMED})
_NAMED_BYTES = {b"\\": b"\\", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_ESCAPED = re.compile(rb"\\([\\nrt]|x[0-9a-f]{2})")


@dataclass(frozen=True)
class Reject:
    """A row that cannot be read.

    >>> Reject("a.csv", 3, 20, 4, "has 2 cells, the header has 3", b"1,2").message
    'line 3 has 2 cells, the header has 3'
    """

    source: str  # name of the file
    line: int  # where it starts; the first line is 1
    offset: int  # bytes before it, after unzipping; `NO_OFFSET` where rows have no place in the file
    length: int  # bytes
    reason: str  # what is wrong, and what to do; continues "line 3"
    raw: bytes  # its first `MAX_RAW_BYTES`
    unit: str = "line"  # that its number counts

    @property
    def message(self) -> str:
        """Its place and what is wrong with it."""
        return f"{self.unit} {self.line} {self.reason}"


OnReject = Callable[[Reject], None]


def raise_reject(reject: Reject) -> None:
    """Raise TableError, and so stop at the first row that cannot be read."""
    raise TableError(reject.source, [reject.message])


def rejects_table(rejects: Sequence[Reject], with_raw: bool = True) -> pa.Table:
    r"""Build the table of bad rows: file, line, offset, length, reason, raw (empty unless `with_raw`).

    >>> rejects_table([Reject("a.csv", 3, 20, 4, "has 1 cell", bytes([0x68, 0xE9, 0x0A]))])["raw"].to_pylist()
    ['h\\xe9\\n']
    """
    columns = {
        "file": [each.source for each in rejects],
        "line": [str(each.line) for each in rejects],
        "offset": ["" if each.offset == NO_OFFSET else str(each.offset) for each in rejects],
        "length": [str(each.length) for each in rejects],
        "reason": [each.reason for each in rejects],
        "raw": [escape_bytes(each.raw) if with_raw else "" for each in rejects],
    }
    arrays = [string_array([_encodable(cell) for cell in cells]) for cells in columns.values()]
    return pa.Table.from_arrays(arrays, names=list(columns))


def escape_bytes(raw: bytes) -> str:
    r"""Decode UTF-8, with `\\` for a backslash, `\n`, `\r`, `\t`, and `\xe9` for any other byte that is no text.

    >>> print(escape_bytes(b"caf\xc3\xa9, h\xe9\n"))
    café, h\xe9\n
    """
    return raw.decode("utf-8", "surrogateescape").translate(_ESCAPES)


def unescape_bytes(text: str) -> bytes:
    r"""Read a cell of the column `raw` of `rejects.csv`: return the bytes that the row has in its file.

    >>> unescape_bytes("h\\xe9\\n")
    b'h\xe9\n'
    """
    return _ESCAPED.sub(_unescape, text.encode("utf-8"))


def _unescape(escape: re.Match[bytes]) -> bytes:
    return _NAMED_BYTES.get(escape[1]) or bytes.fromhex(escape[1][1:].decode())


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
