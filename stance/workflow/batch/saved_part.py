"""A file of saved rows: its length and checksum, by which it is known again."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from stance.errors import OptionError
from stance.regular_files import create_own, open_own
from stance.strings import plural

BLOCK_BYTES = 1 << 20  # taken into a checksum at a time


class SavedPart(NamedTuple):
    """The first `size` bytes of a file."""

    size: int
    sha256: str

    def is_in(self, path: Path) -> bool:
        """Return whether a file is exactly this."""
        return path.is_file() and path.stat().st_size == self.size and self.fault(path) is None

    def fault(self, path: Path) -> str | None:
        """Return what is wrong with a file that should begin with this part; None if nothing is."""
        try:
            with open_own(path, write=False) as file:
                size, digest = _read(file, self.size)
        except FileNotFoundError:
            return "is gone"
        except OSError as error:
            return f"cannot be read ({error.strerror})"
        if size < self.size:
            return f"is too short ({plural(size, 'byte')}, {self.size:,} were saved)"
        return None if digest.hexdigest() == self.sha256 else "was changed (its checksum is another one)"

    def check(self, path: Path) -> None:
        """Raise OptionError unless a file begins with this part."""
        fault = self.fault(path)
        if fault is not None:
            raise OptionError(f"{path}: saved by an earlier run, but {fault}; delete {path.parent} and start over")


class ChecksummedFile(io.RawIOBase):
    """Writes a file and keeps the checksum of all that is in it; what is behind the saved part is cut off."""

    def __init__(self, path: Path, saved: SavedPart | None = None) -> None:
        self._file = open_own(path) if saved else create_own(path)
        self._size, self._digest = _read(self._file, saved.size if saved else 0)
        self._file.truncate(self._size)
        self._file.seek(self._size)

    @property
    def content(self) -> SavedPart:
        """What was written so far."""
        return SavedPart(self._size, self._digest.hexdigest())

    def writable(self) -> bool:
        """Return that it can be written."""
        return True

    def write(self, data: Any) -> int:
        """Write bytes."""
        view = memoryview(data).cast("B")
        self._file.write(view)
        self._digest.update(view)
        self._size += len(view)
        return len(view)

    def tell(self) -> int:
        """Return the number of bytes written."""
        return self._size

    def flush(self) -> None:
        """Hand all bytes to the system."""
        if not self._file.closed:
            self._file.flush()

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._file.fileno()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def _read(file: BinaryIO, size: int) -> tuple[int, Any]:
    """Take the first `size` bytes into a checksum; return how many there are."""
    digest, rest = hashlib.sha256(), size
    while rest and (block := file.read(min(rest, BLOCK_BYTES))):
        digest.update(block)
        rest -= len(block)
    return size - rest, digest
