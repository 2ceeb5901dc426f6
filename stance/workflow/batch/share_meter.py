"""Which share of the inputs of a run was read, by their bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from stance.tables.files import Digest
from stance.tables.formats.parquet import count_rows
from stance.tables.paths import STDIO


class ShareMeter:
    """Measures the share of some files that was read; `begin` is called for each in turn.

    >>> ShareMeter(["-"]).share(3) is None
    True
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self._sizes = {path: _size_of(path) for path in paths}
        self._total = sum(self._sizes[path] or 0 for path in paths)
        self._is_known = None not in self._sizes.values() and self._total > 0
        self._before = self._size = self._bytes = 0  # of the files before this one; of this one; read of it
        self._rows: int | None = None

    def begin(self, path: str) -> Digest | None:
        """Turn to the next file; return what counts its bytes, None where they are not read one after the other."""
        self._before += self._size
        self._size, self._bytes, self._rows = self._sizes[path] or 0, 0, None
        if not path.lower().endswith(".parquet"):
            return self
        self._rows = _rows_of(path)
        return None

    def update(self, data: bytes | memoryview, /) -> None:
        """Count bytes."""
        self._bytes += len(data)

    def share(self, rows_read: int) -> float | None:
        """Return the share so far, 0 to 1; None where a size is not known."""
        if not self._is_known:
            return None
        done = self._bytes if self._rows is None else self._size * rows_read / max(self._rows, 1)
        return min(1.0, (self._before + min(done, self._size)) / self._total)


def _size_of(path: str) -> int | None:
    try:
        status = os.stat(path) if path != STDIO else None
    except (OSError, ValueError):  # opening it as a table will report it
        return None
    return status.st_size if status is not None and stat.S_ISREG(status.st_mode) else None


def _rows_of(path: str) -> int:
    try:
        return count_rows(Path(path))
    except Exception:  # whatever is wrong with it, opening it as a table will report it
        return 0
