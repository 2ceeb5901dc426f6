"""The rows of one job: tables with the same columns, read one after the other, and the rows that cannot be read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from stance.errors import TableError
from stance.strings import listed
from stance.tables import columns
from stance.tables.files import BATCH_ROWS, open_table
from stance.tables.formats.rejects import Reject
from stance.tables.options import TableOptions
from stance.tables.paths import STDIO
from stance.tables.privacy import Privacy
from stance.tables.protocols import TableReader

REJECTS_HINT = "to leave such rows out and score the others, add --rejects FILE.csv"
FINGERPRINT_BYTES = 1 << 20  # bytes at either end of a file by which it is known again


@dataclass(frozen=True)
class Batch:
    """Some rows.

    Parameters
    ----------
    table : pyarrow.Table
        N rows.
    texts : pyarrow.StringArray
        Their N comments.
    rejects : list of Reject
        Bad rows that were met on the way to them.
    """

    table: pa.Table
    texts: pa.StringArray
    rejects: list[Reject]


class BatchReader:
    """Reads the tables of a job.

    Parameters
    ----------
    inputs : sequence of str
        Paths.
    options : TableOptions
    keeps_bad : bool
        Whether to give the rows that cannot be read too, rather than to stop at the first one.
    privacy : Privacy
        Of the tables that are given.

    Attributes
    ----------
    inputs : sequence of str
    met : int
        Number of rows met in the tables that were read to their end, good and bad.
    """

    def __init__(
        self, inputs: Sequence[str], options: TableOptions, privacy: Privacy, keeps_rejects: bool = False
    ) -> None:
        self.inputs = inputs
        self.rows_read = 0
        self._options = options
        self._keeps_rejects = keeps_rejects
        self._privacy = privacy
        self._first: pa.Schema | None = None
        self._rejects: list[Reject] = []

    def facts(self) -> dict[str, Any] | None:
        """Tell what the rows depend on.

        Returns
        -------
        dict or None
            Plain values by name; None where an input cannot be read twice.
        """
        found: dict[str, Any] = {"the list of inputs": list(self.inputs), "the size of parts": BATCH_ROWS}
        for path in self.inputs:
            if path == STDIO or (Path(path).exists() and not Path(path).is_file()):
                return None
            found.update(_facts_of(path))
        return {**found, **{f"--{name.replace('_', '-')}": value for name, value in asdict(self._options).items()}}

    def batches(self, skip: int = 0) -> Generator[Batch]:
        """Read all tables.

        Parameters
        ----------
        skip : int
            Number of pieces at the start not to give.

        Yields
        ------
        Piece
            All but the last with `PART_ROWS` rows of one table.

        Raises
        ------
        TableError
            If a table has faults, other columns than the first one, or changed while it was read.
        """
        number = 0
        for path in self.inputs:
            before = _state_of(path)
            with open_table(path, self._options, self._reject) as reader:
                self._refuse_other_columns(reader.columns, path)
                for part in self._parts(reader, path):
                    rejects, number = self._taken(), number + 1
                    if number > skip:
                        texts = columns.string_column(part, self._options.text_column).combine_chunks()
                        yield Batch(self._privacy.apply(part, path), texts, rejects)
                self.rows_read += reader.rows_read
            if _state_of(path) != before:
                raise TableError(path, ["changed while it was read; score a copy that nobody writes to"])

    def _parts(self, reader: TableReader, path: str) -> Iterator[pa.Table]:
        columns.check_text_column(reader.columns, self._options.text_column, path)
        self._privacy.check_columns(reader.columns, path)
        for number, part in enumerate(reader.batches(BATCH_ROWS)):
            if not number:  # a later part may hold a few comments that are numbers, and no others
                self._check_texts(part, path)
            self._first = self._first or part.schema
            if part.schema.types != self._first.types:
                fault = f"columns have other types than those of {self.inputs[0]}; score it by itself"
                raise TableError(path, [fault])
            yield part
        if self._rejects:  # behind the last part, or in place of any
            schema = self._first or pa.schema([(name, pa.string()) for name in reader.columns])
            yield schema.empty_table()

    def _check_texts(self, part: pa.Table, path: str) -> None:
        column = self._options.text_column
        columns.check_not_numeric(columns.column_strings(part, column), column, part.column_names, path)

    def _refuse_other_columns(self, columns: list[str], path: str) -> None:
        if self._first is not None and columns != self._first.names:
            fault = f"the columns are {listed(columns)}, those of {self.inputs[0]} are {listed(self._first.names)}"
            raise TableError(path, [f"{fault}; score it by itself"])

    def _reject(self, reject: Reject) -> None:
        if not self._keeps_rejects:
            raise TableError(reject.source, [f"{reject.message}; {REJECTS_HINT}"])
        self._rejects.append(reject)

    def _taken(self) -> list[Reject]:
        taken, self._rejects = self._rejects, []
        return taken


def _facts_of(path: str) -> dict[str, Any]:
    """Tell what a file holds by its size, its time and its ends: to read all of a large one takes minutes."""
    try:
        with open(path, "rb") as file:
            found = os.fstat(file.fileno())
            checksum = hashlib.sha256(file.read(FINGERPRINT_BYTES))
            file.seek(max(0, found.st_size - FINGERPRINT_BYTES))
            checksum.update(file.read(FINGERPRINT_BYTES))
    except OSError:  # to open it as a table will say so
        return {}
    return {
        f"the size of {path}": found.st_size,
        f"the time of {path}": found.st_mtime_ns,
        f"the content of {path}": checksum.hexdigest(),
    }


def _state_of(path: str) -> tuple[int, int] | None:
    if path == STDIO or not Path(path).is_file():
        return None
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns
