"""A stream that takes bytes back."""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO

READ_ERRORS = (EOFError, OSError, zlib.error)  # what a cut-off or broken file raises, zipped or not


class RewindableStream(io.RawIOBase):
    """Reads a stream; what was taken too early can be put back.

    Its end and its damage stay where they were met: a terminal is not asked for a second end, and a broken file tells
    its fault again.

    Parameters
    ----------
    stream : binary file

    Attributes
    ----------
    position : int
        Number of bytes taken and not put back.
    damage : exception or None
        What was met behind the last byte.

    Examples
    --------
    >>> stream = RewindableStream(io.BytesIO(b"id,text"))
    >>> stream.put_back(stream.take(2))
    >>> stream.take(100), stream.ended
    (bytearray(b'id,text'), True)
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._back = memoryview(b"")
        self._ended = False
        self.damage: BaseException | None = None
        self.position = 0

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self._ended and not self._back

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]  # the base class takes any buffer
        """Fill a buffer, as raw streams do.

        Parameters
        ----------
        into : memoryview

        Returns
        -------
        int
            Number of bytes; 0 at the end.
        """
        if self._back:
            size = min(len(into), len(self._back))
            into[:size] = self._back[:size]
            self._back = self._back[size:]
            self.position += size
            return size
        if self.damage is not None:
            raise self.damage
        if self._ended:
            return 0
        size = int(self._stream.readinto(into))  # type: ignore[attr-defined]  # files and GzipFile have it
        self._ended = not size
        self.position += size
        return size

    def take(self, size: int, before: bytes | bytearray = b"") -> bytearray:
        """Read bytes, fewer than asked for only before the end or before damage.

        Parameters
        ----------
        size : int
        before : bytes
            Put before them.

        Returns
        -------
        bytearray
        """
        taken = bytearray(before).ljust(len(before) + size, b"\0")
        filled = len(before)
        try:
            while filled < len(taken) and (more := self.readinto(memoryview(taken)[filled:])):
                filled += more
        except READ_ERRORS as damage:
            self.damage = damage
        return taken if filled == len(taken) else taken[:filled]

    def put_back(self, taken: bytes | bytearray) -> None:
        """Let bytes be read again, before all others.

        Parameters
        ----------
        taken : bytes or bytearray
        """
        self._back = memoryview(taken + bytes(self._back))
        self.position -= len(taken)
