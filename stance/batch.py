"""Streams the parts of tables through a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stance import schema
from stance.comments import PART_ROWS, create_table, open_table
from stance.errors import TableError, listed
from stance.formats.cells import PROPORTION, strings
from stance.model import Model
from stance.predictions import Coded, Labels, Predictions, Told
from stance.prefetch import ahead
from stance.settings import TableOptions

if TYPE_CHECKING:
    from stance.explainer import Explainer

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Asked:
    """What is to be written.

    Parameters
    ----------
    probabilities : bool
        Whether to write the probability of every label.
    targets : sequence of str
        Targets beside those that the model has heads for.
    min_confidence : float
        Confidence, 0 to 1, below which a head gives no label.
    reasons : int
        Number of parts to write that moved each head's decision most; 0 for no such column.
    """

    probabilities: bool = False
    targets: Sequence[str] = ()
    min_confidence: float = 0.0
    reasons: int = 0


@dataclass
class Tally:
    """What was scored.

    Parameters
    ----------
    rows : int
    labels : dict of str to Counter
        For each head the rows of each label.
    status : Counter
        Rows of each status.
    """

    rows: int = 0
    labels: dict[str, Counter[str]] = field(default_factory=dict)
    status: Counter[str] = field(default_factory=Counter)

    def add(self, predictions: Predictions) -> None:
        """Count a part.

        Parameters
        ----------
        predictions : Predictions
        """
        self.rows += len(predictions.status)
        self.status.update(predictions.status_counts())
        for head in predictions.labels:
            self.labels.setdefault(head, Counter()).update(predictions.counts(head))


def score_tables(
    model: Model,
    inputs: Sequence[str],
    output: str,
    options: TableOptions,
    *,
    asked: Asked,
    jobs: int,
    progress: Progress,
) -> Tally:
    """Score tables into one.

    Parameters
    ----------
    model : Model
    inputs : sequence of str
        Tables with the same columns, read one after the other.
    output : str
        Gets its name only when all rows are in it.
    options : TableOptions
    asked : Asked
    jobs : int
        Number of threads that score; -1 for one a core.
    progress : callable
        Told the number of rows after each part.

    Returns
    -------
    Tally

    Raises
    ------
    TableError, OptionError
        If an input has faults, or the output cannot be written; nothing is written then.
    """
    tally = Tally()
    with (
        create_table(output) as write,
        closing(ahead(_scored(model, ahead(_parts(inputs, options)), asked, jobs))) as scored,
    ):
        for part, predictions in scored:
            write(with_predictions(part, predictions, asked.probabilities))
            tally.add(predictions)
            progress(tally.rows)
        if not tally.rows:
            raise TableError(listed(inputs), ["a header but no rows; expected at least one comment"])
    return tally


def with_predictions(part: pa.Table, predictions: Predictions, probabilities: bool) -> pa.Table:
    """Put predictions beside the columns of a table.

    Parameters
    ----------
    part : pyarrow.Table
        N rows.
    predictions : Predictions
        Of the same rows.
    probabilities : bool

    Returns
    -------
    pyarrow.Table

    Raises
    ------
    TableError
        If a name is taken twice over.
    """
    columns = predictions.coded_columns(part.column_names, probabilities)
    taken = [name for name in columns if name in part.column_names]
    if taken:
        raise TableError("the table", [f"columns {listed(taken)} are needed for the result; rename them"])
    made = [_column(values) for values in columns.values()]
    fields = [
        pa.field(name, column.type, metadata=PROPORTION if pa.types.is_floating(column.type) else None)
        for name, column in zip(columns, made, strict=True)
    ]
    both = pa.schema([*part.schema, *fields], part.schema.metadata)
    return pa.Table.from_arrays([*part.columns, *made], schema=both)


def _column(values: Coded) -> pa.Array:
    if isinstance(values, Labels):
        return strings(values.names).take(_array(pa.int64(), values.codes >= 0, values.codes))
    if isinstance(values, Told):
        valid = np.ones(len(values.borders) - 1, np.bool_) if values.given is None else values.given
        return _array(pa.string(), valid, values.borders, values.raw)
    return _array(pa.float64(), ~np.isnan(values), values)


def _array(kind: pa.DataType, valid: NDArray[np.bool_], *values: NDArray[Any]) -> pa.Array:
    bits = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(kind, len(valid), [bits, *map(pa.py_buffer, values)])


def _parts(inputs: Sequence[str], options: TableOptions) -> Generator[tuple[pa.Table, pa.StringArray]]:
    first: pa.Schema | None = None
    for path in inputs:
        with open_table(path, options) as reader:
            if first is not None and reader.columns != first.names:
                fault = f"the columns are {listed(reader.columns)}, those of {inputs[0]} are {listed(first.names)}"
                raise TableError(path, [f"{fault}; score it by itself"])
            schema.refuse_missing_text(reader.columns, options.text_column, path)
            for number, part in enumerate(reader.parts(PART_ROWS)):
                if not number:  # a later part may hold a few comments that are numbers, and no others
                    schema.refuse_numbers(part, options.text_column, path)
                first = first or part.schema
                if part.schema.types != first.types:
                    raise TableError(path, [f"columns have other types than those of {inputs[0]}; score it by itself"])
                yield part, schema.text_column(part, options.text_column).combine_chunks()


def _scored(
    model: Model, parts: Generator[tuple[pa.Table, pa.StringArray]], asked: Asked, threads: int
) -> Generator[tuple[pa.Table, Predictions]]:
    scorer: Explainer | Model = model
    if asked.reasons:
        from stance import explainer  # here, since most jobs do without it

        scorer = explainer.Explainer(model, asked.reasons)
    with closing(parts):
        for part, texts in parts:
            yield part, scorer.proba(texts, threads, asked.targets).abstaining(asked.min_confidence)
