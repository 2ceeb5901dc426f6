"""Lines of a stream: their bytes, so that a bad row can be shown, and their text, for the `csv` module."""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stance.tables.formats import rejects
from stance.tables.formats.rewound import RewindableStream

READ_BYTES = 1 << 16  # bytes read at a time; what of them is not used is put back
UNDECODABLE = "\udc80"  # stands in a line for bytes that are not of its encoding; no encoding has it
MARK_UNDECODABLE = "stance.marked"
ORDERS = {1: "u1", 2: "u2", 4: "u4"}  # types of the units of an encoding by their bytes
codecs.register_error(
    MARK_UNDECODABLE, lambda fault: (UNDECODABLE, fault.end if isinstance(fault, UnicodeDecodeError) else 0)
)


class RowTooLong(Exception):
    """A row is longer than any row can be."""


class Lines:
    r"""Cuts a stream into lines.

    Parameters
    ----------
    stream : Rewound
    encoding : str
        Name of a Python codec that writes no byte order mark.

    Examples
    --------
    >>> import io
    >>> lines = Lines(RewindableStream(io.BytesIO(b"a\r\nb\rc")), "utf-8")
    >>> lines.take(), lines.take(), lines.take(), lines.take()
    (b'a\r\n', b'b\r', b'c', b'')
    """

    def __init__(self, stream: RewindableStream, encoding: str) -> None:
        self._stream = stream
        self._unit = len("\n".encode(encoding))
        order = ">" if "\n".encode(encoding)[-1:] == b"\n" else "<"
        self._kind = np.dtype(f"{order}{ORDERS[self._unit]}")
        self._ends = ("\n".encode(encoding), "\r".encode(encoding))
        self._feed, self._return = np.frombuffer("\n\r".encode(encoding), self._kind).tolist()
        self._ready: deque[bytes] = deque()
        self._rest = b""

    def take(self) -> bytes:
        """Take a line with its end.

        Returns
        -------
        bytes
            Nothing at the end; a part of a line that is too long to be kept.

        Raises
        ------
        OSError, EOFError, zlib.error
            If the stream is damaged.
        """
        while not self._ready and self._read():
            pass
        return self._ready.popleft() if self._ready else b""

    def take_to(self, sign: bytes) -> list[bytes]:
        """Take lines up to one that holds a sign, or as many as are read.

        Parameters
        ----------
        sign : bytes

        Returns
        -------
        list of bytes
            As `take` gives them; one at least.
        """
        taken = [self.take()]
        while self._ready and sign not in taken[-1]:
            taken.append(self._ready.popleft())
        return taken

    def ends(self, line: bytes) -> bool:
        """Tell whether a line has an end.

        Parameters
        ----------
        line : bytes

        Returns
        -------
        bool
        """
        return len(line) % self._unit == 0 and line.endswith(self._ends)

    def following(self) -> list[bytes]:
        """Look at lines that come next, as far as they are read.

        Returns
        -------
        list of bytes
        """
        return list(self._ready)

    def put_back(self) -> None:
        """Give what was not taken back to the stream."""
        self._stream.put_back(b"".join(self._ready) + self._rest)
        self._ready.clear()
        self._rest = b""

    def _read(self) -> bool:
        data = bytes(self._stream.take(max(READ_BYTES, len(self._rest)), self._rest))
        fresh = len(data) > len(self._rest)
        if not fresh and self._stream.damage is not None:
            raise self._stream.damage
        borders = self._borders(data)
        if self._stream.ended or len(data) - borders[-1] > rejects.MAX_ROW_BYTES:
            borders.append(len(data) if self._stream.ended else len(data) - len(data) % self._unit)
        pieces = pairwise(borders)
        self._ready.extend(data[first:end] for first, end in pieces if first < end)
        self._rest = data[borders[-1] :]
        return fresh

    def _borders(self, data: bytes) -> list[int]:
        values = np.frombuffer(data, self._kind, len(data) // self._unit)
        ends = self._line_ends(values)
        if len(ends) and ends[-1] == len(values) and values[-1] == self._return and not self._stream.ended:
            ends = ends[:-1]  # a line feed may come after it
        return [0, *(ends * self._unit).tolist()]

    def _line_ends(self, values: NDArray[np.unsignedinteger]) -> NDArray[np.intp]:
        feeds, returns = values == self._feed, values == self._return
        returns[:-1] &= ~feeds[1:]
        return np.flatnonzero(feeds | returns) + 1


class RowLines:
    """Gives the text of lines, one by one, and keeps their bytes until the next row begins.

    Parameters
    ----------
    lines : Lines
    encoding : str

    Attributes
    ----------
    raw : list of bytes
        The lines of this row.
    size : int
        Number of their bytes.
    count : int
        Number of them.
    has_nul : bool
        Whether a NUL is among their characters.
    """

    def __init__(self, lines: Lines, encoding: str) -> None:
        self._lines = lines
        self._encoding = encoding
        self.begin()

    def begin(self) -> None:
        """Forget the lines of the row before."""
        self.raw: list[bytes] = []
        self.size = 0
        self.count = 0
        self.has_nul = False

    def __iter__(self) -> Iterator[str]:
        """Be an iterator."""
        return self

    def __next__(self) -> str:
        """Give the text of the next line, with `MARK` for what is none."""
        line = self._lines.take()
        if not line:
            raise StopIteration
        self.raw.append(line)
        self.size += len(line)
        self.count += self._lines.ends(line)
        if self.size > rejects.MAX_ROW_BYTES:
            raise RowTooLong
        text = line.decode(self._encoding, MARK_UNDECODABLE)
        self.has_nul |= "\0" in text
        return text

    def skip(self) -> bool:
        """Go to the end of a row that is too long to be kept, by counting its quotes.

        Returns
        -------
        bool
            Whether it has one, rather than a quote that is never closed.
        """
        raw, last = self.raw, self.raw[-1]
        quotes = sum(map(self._quotes, raw))
        self.raw = [b"".join(raw)[: rejects.MAX_RAW_BYTES]]
        while quotes % 2 or not self._lines.ends(last):
            lines = self._lines.take_to('"'.encode(self._encoding)) if quotes % 2 else [self._lines.take()]
            last = lines[-1]
            if not last:
                return quotes % 2 == 0
            self.size += sum(map(len, lines))
            self.count += len(lines) - 1 + self._lines.ends(last)
            quotes += self._quotes(last)
        return True

    def _quotes(self, line: bytes) -> int:
        return line.decode(self._encoding, MARK_UNDECODABLE).count('"')
