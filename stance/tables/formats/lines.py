"""Lines of a stream: their bytes, so that a bad row can be shown, and their text, for the `csv` module."""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stance.tables.formats import rejects
from stance.tables.formats.rewindable import RewindableStream

READ_BYTES = 1 << 16  # read at a time; what is not used is put back
UNDECODABLE = "\udc80"  # stands in a line for bytes that are not of its encoding; no encoding has it
MARK_UNDECODABLE = "stance.marked"
UNIT_TYPES = {1: "u1", 2: "u2", 4: "u4"}  # by the bytes of the units of an encoding
codecs.register_error(
    MARK_UNDECODABLE, lambda error: (UNDECODABLE, error.end if isinstance(error, UnicodeDecodeError) else 0)
)


class RowTooLong(Exception):
    """A row is longer than any row can be."""


class Lines:
    r"""Cuts a stream into lines; the codec writes no byte order mark.

    >>> import io
    >>> lines = Lines(RewindableStream(io.BytesIO(b"a\r\nb\rc")), "utf-8")
    >>> lines.take(), lines.take(), lines.take(), lines.take()
    (b'a\r\n', b'b\r', b'c', b'')
    """

    def __init__(self, stream: RewindableStream, encoding: str) -> None:
        self._stream = stream
        self._ends = ("\n".encode(encoding), "\r".encode(encoding))
        self._unit = len(self._ends[0])
        order = ">" if self._ends[0][-1:] == b"\n" else "<"
        self._dtype = np.dtype(f"{order}{UNIT_TYPES[self._unit]}")
        self._feed, self._return = np.frombuffer(b"".join(self._ends), self._dtype).tolist()
        self._ready: deque[bytes] = deque()
        self._rest = b""

    def take(self) -> bytes:
        """Take a line with its end, or a part of one that is too long to keep; b"" at the end.

        Raises what the stream raises where it is damaged: OSError, EOFError or zlib.error.
        """
        while not self._ready and self._read():
            pass
        return self._ready.popleft() if self._ready else b""

    def take_to(self, sign: bytes) -> list[bytes]:
        """Take one line or more: up to one that holds a sign, or as many as are read."""
        taken = [self.take()]
        while self._ready and sign not in taken[-1]:
            taken.append(self._ready.popleft())
        return taken

    def has_end(self, line: bytes) -> bool:
        """Return whether a line ends with a line end."""
        return len(line) % self._unit == 0 and line.endswith(self._ends)

    def following(self) -> list[bytes]:
        """Return the lines that come next, as far as they are read, without taking them."""
        return list(self._ready)

    def put_back(self) -> None:
        """Put what was not taken back to the stream."""
        self._stream.put_back(b"".join(self._ready) + self._rest)
        self._ready.clear()
        self._rest = b""

    def _read(self) -> bool:
        data = bytes(self._stream.take(max(READ_BYTES, len(self._rest)), self._rest))
        is_longer = len(data) > len(self._rest)
        if not is_longer and self._stream.damage is not None:
            raise self._stream.damage
        borders = self._borders(data)
        if self._stream.ended or len(data) - borders[-1] > rejects.MAX_ROW_BYTES:
            borders.append(len(data) if self._stream.ended else len(data) - len(data) % self._unit)
        self._ready.extend(data[first:end] for first, end in pairwise(borders) if first < end)
        self._rest = data[borders[-1] :]
        return is_longer

    def _borders(self, data: bytes) -> list[int]:
        units = np.frombuffer(data, self._dtype, len(data) // self._unit)
        ends = self._line_ends(units)
        if len(ends) and ends[-1] == len(units) and units[-1] == self._return and not self._stream.ended:
            ends = ends[:-1]  # a line feed may come after it
        return [0, *(ends * self._unit).tolist()]

    def _line_ends(self, units: NDArray[np.unsignedinteger]) -> NDArray[np.intp]:
        feeds, returns = units == self._feed, units == self._return
        returns[:-1] &= ~feeds[1:]
        return np.flatnonzero(feeds | returns) + 1


class RowLines:
    """Iterates over the text of lines, and keeps their bytes until the next row begins."""

    def __init__(self, lines: Lines, encoding: str) -> None:
        self._lines = lines
        self._encoding = encoding
        self.begin()

    def begin(self) -> None:
        """Forget the lines of the row before."""
        self.raw: list[bytes] = []  # the lines of this row
        self.size = 0  # bytes in them
        self.count = 0  # line ends in them
        self.has_nul = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._lines.take()
        if not line:
            raise StopIteration
        self.raw.append(line)
        self.size += len(line)
        self.count += self._lines.has_end(line)
        if self.size > rejects.MAX_ROW_BYTES:
            raise RowTooLong
        text = line.decode(self._encoding, MARK_UNDECODABLE)
        self.has_nul |= "\0" in text
        return text

    def skip(self) -> bool:
        """Skip a row that is too long to keep, by counting its quotes; False if one of them is never closed."""
        raw, last = self.raw, self.raw[-1]
        quotes = sum(map(self._count_quotes, raw))
        self.raw = [b"".join(raw)[: rejects.MAX_RAW_BYTES]]
        while quotes % 2 or not self._lines.has_end(last):
            lines = self._lines.take_to('"'.encode(self._encoding)) if quotes % 2 else [self._lines.take()]
            last = lines[-1]
            if not last:
                return quotes % 2 == 0
            self.size += sum(map(len, lines))
            self.count += len(lines) - 1 + self._lines.has_end(last)
            quotes += self._count_quotes(last)
        return True

    def _count_quotes(self, line: bytes) -> int:
        return line.decode(self._encoding, MARK_UNDECODABLE).count('"')
