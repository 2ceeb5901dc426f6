"""What reads a table and what writes one, in batches, whatever the format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import pyarrow as pa


class TableReader(Protocol):
    """Reads a table in batches."""

    columns: list[str]
    has_order: bool  # whether the order of the columns says anything
    has_gaps: bool  # whether a column that is missing is one of nulls
    first_row: int  # number of the first data row, for messages

    @property
    def rows_read(self) -> int:
        """Number of rows read so far, good and bad."""

    @property
    def null_columns(self) -> Sequence[str]:
        """Columns of which the batches so far hold nothing but nulls, so that they are of no type."""

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """Read batches of at most `rows` rows."""


class TableWriter(Protocol):
    """Appends batches to a table, all with the columns of the first one."""

    def write(self, batch: pa.Table) -> None:
        """Append a batch."""

    def close(self) -> None:
        """Write what ends the table, such as the footer of a Parquet file."""
