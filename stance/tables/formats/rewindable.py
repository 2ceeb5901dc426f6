"""A stream that takes bytes back."""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO

READ_ERRORS = (EOFError, OSError, zlib.error)  # what a truncated or damaged file raises, zipped or not


class RewindableStream(io.RawIOBase):
    """Reads a stream; what was read too early can be put back.

    End and damage are remembered: a terminal is not asked for a second end, and a damaged file raises its error again.

    >>> stream = RewindableStream(io.BytesIO(b"id,text"))
    >>> stream.put_back(stream.take(2))
    >>> stream.take(100), stream.ended
    (bytearray(b'id,text'), True)
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._back = memoryview(b"")
        self._ended = False
        self.damage: BaseException | None = None  # raised by the stream behind the last byte
        self.position = 0  # number of bytes taken and not put back

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self._ended and not self._back

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]  # the base class takes any buffer
        """Fill a buffer, as raw streams do; 0 bytes mean the end."""
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
        """Read `size` bytes, fewer only before the end or before damage, and put them behind those given."""
        taken = bytearray(before).ljust(len(before) + size, b"\0")
        filled = len(before)
        try:
            while filled < len(taken) and (more := self.readinto(memoryview(taken)[filled:])):
                filled += more
        except READ_ERRORS as damage:
            self.damage = damage
        return taken if filled == len(taken) else taken[:filled]

    def put_back(self, taken: bytes | bytearray) -> None:
        """Put bytes back, before all others."""
        self._back = memoryview(taken + bytes(self._back))
        self.position -= len(taken)
