"""Rows of one or more tables with the same columns, in batches, and the rows that cannot be read."""

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
from stance.tables.files import BATCH_ROWS, JSON_LINES, open_table
from stance.tables.formats.rejects import Reject
from stance.tables.formats.sizes import MAX_BATCH_BYTES
from stance.tables.options import TableOptions
from stance.tables.paths import STDIO, input_extension_of
from stance.tables.privacy import Privacy
from stance.tables.protocols import TableReader
from stance.tables.schemas import OtherTypes, conform, with_fields
from stance.workflow.batch.share_meter import ShareMeter

REJECTS_HINT = "to skip such rows and score the others, add --rejects FILE.csv"
TYPED = (*JSON_LINES, ".parquet")  # formats whose columns have types
FINGERPRINT_BYTES = 1 << 20  # bytes at either end of a file by which it is recognized


@dataclass(frozen=True)
class Batch:
    """Some rows on their way through the model."""

    table: pa.Table  # N rows, after `Privacy.apply`
    texts: pa.StringArray  # their N comments
    rejects: list[Reject]  # bad rows before and between them
    share: float | None = None  # of the inputs that was read by then, 0 to 1; None where their size is not known


class BatchReader:
    """Reads the tables of a run; bad rows are collected with `keeps_rejects`, else the first one is an error."""

    def __init__(
        self, inputs: Sequence[str], options: TableOptions, privacy: Privacy, keeps_rejects: bool = False
    ) -> None:
        self.inputs = inputs
        self.rows_read = 0  # good and bad, of the tables that were read to their end
        self._options = options
        self._keeps_rejects = keeps_rejects
        self._privacy = privacy
        self._first_schema: pa.Schema | None = None
        self._types_of_nulls: dict[str, pa.Field] = {}  # of columns without a value in the first table
        self._rejects: list[Reject] = []

    def facts(self) -> dict[str, Any] | None:
        """Return what the rows depend on, as plain values; None where an input cannot be read twice."""
        facts: dict[str, Any] = {
            "the list of inputs": list(self.inputs),
            "the size of parts": [BATCH_ROWS, MAX_BATCH_BYTES],
        }
        for path in self.inputs:
            if path == STDIO or (Path(path).exists() and not Path(path).is_file()):
                return None
            facts.update(_facts_of(path))
        return {**facts, **{f"--{name.replace('_', '-')}": value for name, value in asdict(self._options).items()}}

    def batches(self, skip: int = 0) -> Generator[Batch]:
        """Read all tables but for the first `skip` batches; `BATCH_ROWS` rows each, fewer at the end of a table.

        TableError if a table has faults, other columns than the first one, or changed while it was read.
        """
        number, meter = 0, ShareMeter(self.inputs)
        if len(self.inputs) > 1:
            self._types_of_nulls = self._find_types_of_nulls()
        for path in self.inputs:
            before = _state_of(path)
            try:
                with open_table(path, self._options, self._reject, meter.begin(path), self._known()) as reader:
                    self._check_columns(reader, path)
                    for table in self._tables(reader, path):
                        rejects, number = self._take_rejects(), number + 1
                        if number > skip:
                            texts = columns.string_column(table, self._options.text_column).combine_chunks()
                            share = meter.share(reader.rows_read)
                            yield Batch(self._privacy.apply(table, path), texts, rejects, share)
                    self.rows_read += reader.rows_read
            except OSError as error:
                raise TableError(path, [f"cannot be read ({error.strerror or error})"]) from None
            if _state_of(path) != before:
                raise TableError(path, ["changed while it was read; score a copy that nobody writes to"])

    def _tables(self, reader: TableReader, path: str) -> Iterator[pa.Table]:
        for number, table in enumerate(reader.batches(BATCH_ROWS)):
            if not number:  # a later batch may have a few comments that are numbers, and no others
                self._check_texts(table, path)
            if self._first_schema is None:
                self._first_schema = conform(table, with_fields(table.schema, self._types_of_nulls)).schema
            try:
                table = conform(table, self._first_schema)
            except OtherTypes as error:
                fault = f"the columns have other types than those of {self.inputs[0]} ({error}); score it separately"
                raise TableError(path, [fault]) from None
            yield table
        if self._rejects:  # after the last batch, or in place of any
            schema = self._first_schema or pa.schema([(name, pa.string()) for name in reader.columns])
            yield schema.empty_table()

    def _known(self) -> dict[str, pa.Field]:
        schema = self._first_schema
        return self._types_of_nulls if schema is None else {field.name: field for field in schema}

    def _find_types_of_nulls(self) -> dict[str, pa.Field]:
        """Look for the types of columns that hold nothing but nulls in the first table, in those after it."""
        found: dict[str, pa.Field] = {}
        missing: set[str] | None = None
        for path in self.inputs:
            if missing == set() or not Path(path).is_file() or input_extension_of(path)[0] not in TYPED:
                break
            nulls, schema = self._first_types(path)
            if missing is None:
                missing = nulls
            for name in missing.intersection(schema.names) - nulls:
                found[name] = schema.field(name)
            missing = missing - set(found)
        return found

    def _first_types(self, path: str) -> tuple[set[str], pa.Schema]:
        with open_table(path, self._options, lambda bad: None) as reader:
            table = next(reader.batches(BATCH_ROWS), pa.table({}))
            return set(reader.null_columns), table.schema

    def _check_columns(self, reader: TableReader, path: str) -> None:
        names = reader.columns
        if self._first_schema is not None and not _are_same(reader, self._first_schema.names):
            fault = f"the columns are {listed(names)}, those of {self.inputs[0]} are {listed(self._first_schema.names)}"
            raise TableError(path, [f"{fault}; score it separately"])
        columns.check_text_column(names, self._options.text_column, path)
        self._privacy.check_columns(names if self._first_schema is None else self._first_schema.names, path)

    def _check_texts(self, table: pa.Table, path: str) -> None:
        column = self._options.text_column
        columns.check_not_numeric(columns.column_strings(table, column), column, table.column_names, path)

    def _reject(self, reject: Reject) -> None:
        if not self._keeps_rejects:
            raise TableError(reject.source, [f"{reject.message}; {REJECTS_HINT}"])
        self._rejects.append(reject)

    def _take_rejects(self) -> list[Reject]:
        rejects, self._rejects = self._rejects, []
        return rejects


def _are_same(reader: TableReader, names: list[str]) -> bool:
    if reader.has_order:
        return reader.columns == names
    return set(reader.columns) <= set(names) if reader.has_gaps else set(reader.columns) == set(names)


def _facts_of(path: str) -> dict[str, Any]:
    """Return size, time and a checksum of both ends of a file: reading all of a large one takes minutes."""
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            checksum = hashlib.sha256(file.read(FINGERPRINT_BYTES))
            file.seek(max(0, status.st_size - FINGERPRINT_BYTES))
            checksum.update(file.read(FINGERPRINT_BYTES))
    except OSError:  # opening it as a table will report it
        return {}
    return {
        f"the size of {path}": status.st_size,
        f"the time of {path}": status.st_mtime_ns,
        f"the content of {path}": checksum.hexdigest(),
    }


def _state_of(path: str) -> tuple[int, int] | None:
    if path == STDIO or not Path(path).is_file():
        return None
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns
