"""Columns that name people: left out, or put behind a keyed checksum, before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from stance.errors import OptionError, TableError
from stance.strings import listed
from stance.tables.formats.cells import string_array

MIN_SALT_BYTES = 16  # bytes: 128 bits, which nobody can guess
DIGEST_BYTES = 16  # bytes: two names out of a thousand million have the same with a chance below 1e-20
SALT_HINT = "make one with: head -c 32 /dev/urandom > salt"


@dataclass(frozen=True)
class Privacy:
    """What is to be done with columns that name people.

    Parameters
    ----------
    dropped : sequence of str
        Columns to leave out.
    hashed : sequence of str
        Columns of whose cells only the keyed BLAKE2b checksum is written; the same name gives the same one.
    key : bytes
        What `read_salt` gave; without it nobody can tell who a checksum belongs to by trying names.

    Examples
    --------
    >>> table = pa.table({"author": ["ann", "bob", "ann"], "mail": ["a", "b", "a"]})
    >>> hidden = Privacy(["mail"], ["author"], b"k" * 64).apply(table, "a.csv")
    >>> hidden.column_names, len(set(hidden["author"].to_pylist()))
    (['author'], 2)
    """

    dropped: Sequence[str] = ()
    hashed: Sequence[str] = ()
    key: bytes = b""

    @property
    def hides(self) -> bool:
        """Whether anything is hidden."""
        return bool(self.dropped or self.hashed)

    def check_columns(self, columns: Sequence[str], source: str) -> None:
        """Refuse a table without a column that is to be hidden.

        Parameters
        ----------
        columns : sequence of str
            Of the table.
        source : str
            Name for messages.

        Raises
        ------
        TableError
        """
        missing = [name for name in (*self.dropped, *self.hashed) if name not in columns]
        if missing:
            found = f"no column {listed(missing)} to drop or hash; the columns are {listed(columns)}"
            raise TableError(source, [found])

    def apply(self, table: pa.Table, source: str) -> pa.Table:
        """Hide the columns of a table.

        Parameters
        ----------
        table : pyarrow.Table
        source : str
            Name for messages.

        Returns
        -------
        pyarrow.Table

        Raises
        ------
        TableError
            If a column holds what cannot be hashed.
        """
        for name in self.hashed:
            place = table.column_names.index(name)
            table = table.set_column(place, name, self._checksums(table[name], source))
        return table.drop_columns(list(self.dropped)) if self.dropped else table

    def _checksums(self, column: pa.ChunkedArray, source: str) -> pa.Array:
        try:
            coded = column.combine_chunks().cast(pa.string()).dictionary_encode()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise TableError(source, [f"a column of {column.type} cannot be hashed; drop it"]) from None
        names = coded.dictionary.to_pylist()
        return pc.take(string_array([self._checksum(name) for name in names]), coded.indices)

    def _checksum(self, name: str) -> str:
        return hashlib.blake2b(name.encode(), key=self.key, digest_size=DIGEST_BYTES).hexdigest() if name else ""


def read_key(path: str | None) -> bytes:
    """Make the key of checksums of a file that is kept secret.

    Parameters
    ----------
    path : str, optional

    Returns
    -------
    bytes
        64 of them.

    Raises
    ------
    OptionError
        If there is none, or it is so short that it can be guessed.
    """
    if path is None:
        raise OptionError(f"--hash needs --salt FILE, else names can be found by trying; {SALT_HINT}")
    try:
        salt = Path(path).read_bytes()
    except OSError as error:
        raise OptionError(f"--salt {path}: cannot be read ({error.strerror}); {SALT_HINT}") from None
    if len(salt) < MIN_SALT_BYTES:
        raise OptionError(f"--salt {path}: {len(salt)} bytes, expected {MIN_SALT_BYTES} or more; {SALT_HINT}")
    return hashlib.blake2b(salt).digest()
