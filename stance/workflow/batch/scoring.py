"""Batches of rows through a model, into a table."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from stance.errors import ConservationError, OptionError, TableError
from stance.features.characters import Texts
from stance.model.model import Model
from stance.model.predictions import Predictions
from stance.strings import listed
from stance.tables.files import NO_ROWS
from stance.tables.formats.rejects import rejects_table
from stance.tables.spreadsheet import escape_formulas
from stance.workflow.batch.checkpoint import REJECTS, ROWS, Run, open_run
from stance.workflow.batch.prefetch import prefetch
from stance.workflow.batch.reader import Batch, BatchReader
from stance.workflow.options import PredictOptions
from stance.workflow.prediction_table import append_predictions

if TYPE_CHECKING:
    from stance.model.explanation.explainer import Explainer

NOT_TWICE = "--resume: standard input and pipes cannot be read a second time; save the table to a file and name that"
OnRows = Callable[[int], None]


@dataclass
class RowCounts:
    """What a run has written so far."""

    rows: int = 0  # with predictions
    rejected: int = 0  # that could not be read
    resumed: int = 0  # those of `rows` that an earlier, interrupted run had written
    labels: dict[str, Counter[str]] = field(default_factory=dict)  # for each head the rows of each label
    status: Counter[str] = field(default_factory=Counter)  # rows of each status
    seconds: float = 0.0  # for reading, scoring and writing, but not for compiling

    def add(self, predictions: Predictions, rejected: int = 0) -> None:
        """Count a batch, and the bad rows that were read with it."""
        self.rows += len(predictions.status)
        self.rejected += rejected
        self.status.update(predictions.status_counts())
        for head in predictions.labels:
            self.labels.setdefault(head, Counter()).update(predictions.counts(head))

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain values for JSON."""
        return {"rows": self.rows, "rejected": self.rejected, "labels": self.labels, "status": self.status}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> RowCounts:
        """Continue from what `to_dict` returned, or from nothing.

        >>> RowCounts.from_dict(RowCounts(rows=3).to_dict()).resumed
        3
        """
        labels = {head: Counter(counts) for head, counts in saved.get("labels", {}).items()}
        rows = saved.get("rows", 0)
        return cls(rows, saved.get("rejected", 0), rows, labels, Counter(saved.get("status", {})))


def score_tables(
    model: Model,
    inputs: Sequence[str],
    output: str,
    options: PredictOptions,
    facts: Mapping[str, Any],
    progress: OnRows = lambda rows: None,
    on_share: Callable[[float], None] = lambda share: None,
) -> RowCounts:
    """Score tables with the same columns into one; `facts` are what the output depends on beside the inputs."""
    reader = BatchReader(inputs, options.table, options.privacy, keeps_rejects=options.rejects is not None)
    input_facts = reader.facts()
    if input_facts is None and options.resume:
        raise OptionError(NOT_TWICE)
    run_facts = None if input_facts is None else {**input_facts, **facts}
    no_rejects = _as_written(rejects_table([]), options)
    with open_run(output, options.rejects, run_facts, options.resume, no_rejects) as run:
        counts = RowCounts.from_dict(run.state)
        if not run.finished:
            _score(model, reader, run, counts, options, progress, on_share)
    return counts


def _score(
    model: Model,
    reader: BatchReader,
    run: Run,
    counts: RowCounts,
    options: PredictOptions,
    progress: OnRows,
    on_share: Callable[[float], None],
) -> None:
    start, warm_up = time.perf_counter(), _WarmUp()
    scoring = _score_batches(model, prefetch(reader.batches(skip=run.batches)), options, warm_up)
    with closing(prefetch(scoring)) as scored:
        for batch, predictions in scored:
            tables = {ROWS: append_predictions(batch.table, predictions, options.probabilities)}
            if batch.rejects:
                tables[REJECTS] = rejects_table(batch.rejects, with_raw=not options.privacy.hides)
            for name, table in tables.items():
                run.tables[name].write(_as_written(table, options))
            counts.add(predictions, len(batch.rejects))
            run.save(counts.rows, counts.to_dict())
            if batch.share is not None:
                on_share(batch.share)
            progress(counts.rows)
    counts.seconds = time.perf_counter() - start - warm_up.seconds
    check_conservation(reader.rows_read, counts.rows, counts.rejected)
    if not reader.rows_read:
        raise TableError(listed(reader.inputs), [NO_ROWS])


def _as_written(table: pa.Table, options: PredictOptions) -> pa.Table:
    return escape_formulas(table) if options.spreadsheet_safe else table


def check_conservation(rows_read: int, scored: int, rejected: int) -> None:
    """Raise unless every row that was read was written, with labels or as a reject."""
    if rows_read != scored + rejected:
        counts = f"{rows_read:,} rows were read, {scored:,} scored and {rejected:,} rejected"
        raise ConservationError(f"{counts}; this is a bug in stance; no output was written; please report it")


@dataclass
class _WarmUp:
    """The first text of a run, for which all kernels are loaded, or compiled if they never were."""

    seconds: float = 0.0
    is_done: bool = False

    def run(self, score: Callable[[Texts], Any], texts: Texts) -> None:
        if self.is_done or not len(texts):
            return
        start = time.perf_counter()
        score(texts[:1])
        self.seconds, self.is_done = time.perf_counter() - start, True


def _score_batches(
    model: Model, batches: Generator[Batch], options: PredictOptions, warm_up: _WarmUp
) -> Generator[tuple[Batch, Predictions]]:
    scorer: Explainer | Model = model
    if options.explain:
        from stance.model.explanation.explainer import Explainer

        scorer = Explainer(model, options.explain)
    with closing(batches):
        for batch in batches:
            warm_up.run(lambda texts: scorer.proba(texts, 1, options.targets), batch.texts)
            predictions = scorer.proba(batch.texts, options.n_jobs, options.targets)
            yield batch, predictions.abstain_below(options.min_confidence)
