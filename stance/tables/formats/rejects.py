"""Rows that cannot be read: where they stand, why, and their bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from stance.errors import TableError
from stance.tables.formats.cells import string_array

MAX_ROW_BYTES = 1 << 24  # bytes: ten long books; a row of more is a double quote that somebody forgot to close
MAX_RAW_BYTES = 1 << 20  # bytes of a bad row that are shown; place and length tell where the others are
_NAMED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CONTROL = {chr(code): f"\\x{code:02x}" for code in (*range(0x20), 0x7F)}
_NOT_UTF8 = {chr(0xDC00 + byte): f"\\x{byte:02x}" for byte in range(0x80, 0x100)}
_ESCAPES = str.maketrans({**_CONTROL, **_NOT_UTF8, **_NAMED})
_BYTES = {b"\\": b"\\", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


@dataclass(frozen=True)
class Reject:
    """A row that cannot be read.

    Parameters
    ----------
    source : str
        Name of the file.
    line : int
        Where it begins; the first line is 1.
    offset : int
        Number of bytes before it, after unzipping.
    length : int
        Number of its bytes.
    reason : str
        What is wrong with it, and what to do; goes on from "line 3".
    raw : bytes
        Its first `KEPT` bytes.

    Examples
    --------
    >>> Reject("a.csv", 3, 20, 4, "has 2 cells, the header has 3", b"1,2").message
    'line 3 has 2 cells, the header has 3'
    """

    source: str
    line: int
    offset: int
    length: int
    reason: str
    raw: bytes

    @property
    def message(self) -> str:
        """What is said of it."""
        return f"line {self.line} {self.reason}"


OnReject = Callable[[Reject], None]


def raise_reject(reject: Reject) -> None:
    """Stop at the first row that cannot be read.

    Parameters
    ----------
    reject : Reject

    Raises
    ------
    TableError
    """
    raise TableError(reject.source, [reject.message])


def rejects_table(rejects: Sequence[Reject], with_raw: bool = True) -> pa.Table:
    r"""Show bad rows as a table.

    Parameters
    ----------
    rejects : sequence of Reject
    with_raw : bool
        Whether to show their bytes.

    Returns
    -------
    pyarrow.Table
        Columns file, line, offset, length, reason, raw.

    Examples
    --------
    >>> rejects_table([Reject("a.csv", 3, 20, 4, "has 1 cell", bytes([0x68, 0xE9, 0x0A]))])["raw"].to_pylist()
    ['h\\xe9\\n']
    """
    numbers = {name: [str(getattr(each, name)) for each in rejects] for name in ("line", "offset", "length")}
    columns = {
        "file": [each.source for each in rejects],
        **numbers,
        "reason": [each.reason for each in rejects],
        "raw": [escape_bytes(each.raw) if with_raw else "" for each in rejects],
    }
    shown = [string_array([_encodable(cell) for cell in cells]) for cells in columns.values()]
    return pa.Table.from_arrays(shown, names=list(columns))


def escape_bytes(raw: bytes) -> str:
    r"""Show bytes as text that tells them all.

    Parameters
    ----------
    raw : bytes

    Returns
    -------
    str
        UTF-8 as it is; `\\` for a backslash, `\n`, `\r`, `\t`, and `\xe9` for any other byte that is no text.

    Examples
    --------
    >>> print(escape_bytes(b"caf\xc3\xa9, h\xe9\n"))
    café, h\xe9\n
    """
    return raw.decode("utf-8", "surrogateescape").translate(_ESCAPES)


def unescape_bytes(text: str) -> bytes:
    r"""Give the bytes that `escaped` showed.

    Parameters
    ----------
    text : str

    Returns
    -------
    bytes

    Examples
    --------
    >>> unescape_bytes("h\\xe9\\n")
    b'h\xe9\n'
    """
    return re.sub(
        rb"\\([\\nrt]|x[0-9a-f]{2})", lambda found: _BYTES.get(found[1]) or bytes.fromhex(found[1][1:].decode()),
        text.encode("utf-8"),
    )  # fmt: skip


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
