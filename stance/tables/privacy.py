"""Columns that identify people: dropped, or replaced by keyed hashes, before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from stance.errors import OptionError, TableError
from stance.regular_files import read_file
from stance.strings import listed
from stance.tables.formats.cells import string_array

MIN_SALT_BYTES = 16  # 128 bits, which nobody can guess
MAX_SALT_BYTES = 1 << 20  # more is no key but some other file
HASH_BYTES = 16  # two of a billion names have the same hash with a probability below 1e-20
SALT_HINT = "make one with: head -c 32 /dev/urandom > salt"


@dataclass(frozen=True)
class Privacy:
    """What to do with columns that identify people.

    >>> table = pa.table({"author": ["ann", "bob", "ann"], "mail": ["a", "b", "a"]})
    >>> hidden = Privacy(["mail"], ["author"], b"k" * 64).apply(table, "a.csv")
    >>> hidden.column_names, len(set(hidden["author"].to_pylist()))
    (['author'], 2)
    """

    dropped: Sequence[str] = ()  # columns to leave out
    hashed: Sequence[str] = ()  # columns whose cells are replaced by their keyed BLAKE2b hash; equal cells stay equal
    key: bytes = b""  # from `read_key`; without it, hashed names can be recovered by brute force

    @property
    def hides(self) -> bool:
        """Whether any column is dropped or hashed."""
        return bool(self.dropped or self.hashed)

    def check_columns(self, columns: Sequence[str], source: str) -> None:
        """Raise TableError if a column to be dropped or hashed is missing."""
        missing = [name for name in (*self.dropped, *self.hashed) if name not in columns]
        if missing:
            fault = f"no column {listed(missing)} to drop or hash; the columns are {listed(columns)}"
            raise TableError(source, [fault])

    def apply(self, table: pa.Table, source: str) -> pa.Table:
        """Drop and hash the columns of a table; TableError if a column cannot be hashed."""
        for name in self.hashed:
            position = table.column_names.index(name)
            table = table.set_column(position, name, self._hash_column(table[name], source))
        return table.drop_columns(list(self.dropped)) if self.dropped else table

    def _hash_column(self, column: pa.ChunkedArray, source: str) -> pa.Array:
        try:
            coded = column.combine_chunks().cast(pa.string()).dictionary_encode()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise TableError(source, [f"a column of {column.type} cannot be hashed; drop it"]) from None
        names = coded.dictionary.to_pylist()
        return pc.take(string_array([self._hash(name) for name in names]), coded.indices)

    def _hash(self, name: str) -> str:
        return hashlib.blake2b(name.encode(), key=self.key, digest_size=HASH_BYTES).hexdigest() if name else ""


def read_key(path: str | None) -> bytes:
    """Read the salt file and derive the key of the hashes, 64 bytes; OptionError if it is missing or can be guessed."""
    if path is None:
        raise OptionError(
            f"--hash needs --salt FILE: without a key, hashed names can be recovered by brute force; {SALT_HINT}"
        )
    try:
        salt = bytes(read_file(Path(path), MAX_SALT_BYTES, follow_links=True))
    except OSError as error:
        raise OptionError(f"--salt {path}: cannot be read ({error.strerror}); {SALT_HINT}") from None
    if len(salt) < MIN_SALT_BYTES:
        raise OptionError(f"--salt {path}: {len(salt)} bytes, expected {MIN_SALT_BYTES} or more; {SALT_HINT}")
    return hashlib.blake2b(salt).digest()
