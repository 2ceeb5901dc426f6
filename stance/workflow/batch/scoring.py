"""Streams the parts of tables through a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from stance.errors import ConservationError, OptionError, TableError
from stance.model.model import Model
from stance.model.predictions import Predictions
from stance.strings import listed
from stance.tables.files import NO_ROWS
from stance.tables.formats.rejects import rejects_table
from stance.tables.options import TableOptions
from stance.tables.privacy import Privacy
from stance.tables.spreadsheet import neutralised
from stance.workflow.batch.checkpoint import Job, open_job
from stance.workflow.batch.prefetch import ahead
from stance.workflow.batch.reader import OPEN, Piece, Source
from stance.workflow.prediction_table import with_predictions

if TYPE_CHECKING:
    from stance.model.explanation.explainer import Explainer

NOT_AGAIN = "--resume: standard input and pipes cannot be read a second time; save the table to a file and name that"
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
    spreadsheet_safe : bool
        Whether to write cells so that no spreadsheet runs them.
    """

    probabilities: bool = False
    targets: Sequence[str] = ()
    min_confidence: float = 0.0
    reasons: int = 0
    spreadsheet_safe: bool = False


@dataclass
class Tally:
    """What was scored.

    Parameters
    ----------
    rows : int
    rejected : int
        Rows that could not be read.
    resumed : int
        Rows among them that were scored before the job was cut off.
    labels : dict of str to Counter
        For each head the rows of each label.
    status : Counter
        Rows of each status.
    """

    rows: int = 0
    rejected: int = 0
    resumed: int = 0
    labels: dict[str, Counter[str]] = field(default_factory=dict)
    status: Counter[str] = field(default_factory=Counter)

    def add(self, predictions: Predictions, rejected: int = 0) -> None:
        """Count a part.

        Parameters
        ----------
        predictions : Predictions
        rejected : int
            Bad rows that were met on the way to it.
        """
        self.rows += len(predictions.status)
        self.rejected += rejected
        self.status.update(predictions.status_counts())
        for head in predictions.labels:
            self.labels.setdefault(head, Counter()).update(predictions.counts(head))

    def to_dict(self) -> dict[str, Any]:
        """Give the counts as plain values for JSON.

        Returns
        -------
        dict
        """
        return {"rows": self.rows, "rejected": self.rejected, "labels": self.labels, "status": self.status}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Tally:
        """Take counts up again.

        Parameters
        ----------
        saved : mapping
            What `to_dict` gave, or nothing.

        Returns
        -------
        Tally

        Examples
        --------
        >>> Tally.from_dict(Tally(rows=3).to_dict()).resumed
        3
        """
        labels = {head: Counter(counts) for head, counts in saved.get("labels", {}).items()}
        rows = saved.get("rows", 0)
        return cls(rows, saved.get("rejected", 0), rows, labels, Counter(saved.get("status", {})))


def score_tables(
    model: Model,
    inputs: Sequence[str],
    output: str,
    options: TableOptions,
    *,
    asked: Asked,
    jobs: int,
    progress: Progress,
    rejects: str | None = None,
    resume: bool = False,
    about: Mapping[str, Any] | None = None,
    privacy: Privacy = OPEN,
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
    rejects : str, optional
        Table to write of the rows that cannot be read; without it the first one is refused.
    resume : bool
        Whether to go on with a job that was cut off.
    about : mapping, optional
        What the result depends on beside the inputs and what is asked: names to plain values.
    privacy : Privacy
        Of both tables; where it hides anything, the bytes of bad rows are not written.

    Returns
    -------
    Tally

    Raises
    ------
    TableError, OptionError
        If an input has faults, or the output cannot be written; nothing is written then.
    ConservationError
        If a row was neither scored nor rejected.
    """
    source = Source(inputs, options, keeps_bad=rejects is not None, privacy=privacy)
    facts = source.facts()
    if facts is None and resume:
        raise OptionError(NOT_AGAIN)
    if facts is not None:
        facts.update(about or {}, **{f"--{name.replace('_', '-')}": value for name, value in asdict(asked).items()})
    with open_job(output, rejects, facts, resume) as job:
        tally = Tally.from_dict(job.state)
        if not job.finished:
            _score(model, source, job, tally, asked, jobs, progress, with_raw=not privacy.hides)
    return tally


def _score(
    model: Model, source: Source, job: Job, tally: Tally, asked: Asked, jobs: int, progress: Progress, with_raw: bool
) -> None:
    pieces = source.pieces(skip=job.pieces)
    with closing(ahead(_scored(model, ahead(pieces), asked, jobs))) as scored:
        for piece, predictions in scored:
            rejects = rejects_table(piece.rejects, with_raw)
            tables = with_predictions(piece.table, predictions, asked.probabilities), rejects
            job.write(*(map(neutralised, tables) if asked.spreadsheet_safe else tables))
            tally.add(predictions, len(piece.rejects))
            job.save(tally.rows, tally.to_dict())
            progress(tally.rows)
    refuse_loss(source.met, tally.rows, tally.rejected)
    if not source.met:
        raise TableError(listed(source.inputs), [NO_ROWS])


def refuse_loss(met: int, scored: int, rejected: int) -> None:
    """Make sure that every row came out.

    Parameters
    ----------
    met, scored, rejected : int
        Number of rows that were read, that were written with labels, and that were written as bad ones.

    Raises
    ------
    ConservationError
    """
    if met != scored + rejected:
        found = f"{met:,} rows were read, {scored:,} scored and {rejected:,} rejected"
        raise ConservationError(f"{found}; this is a fault of the program, so nothing is written; please report it")


def _scored(model: Model, pieces: Generator[Piece], asked: Asked, threads: int) -> Generator[tuple[Piece, Predictions]]:
    scorer: Explainer | Model = model
    if asked.reasons:
        from stance.model.explanation import explainer

        scorer = explainer.Explainer(model, asked.reasons)
    with closing(pieces):
        for piece in pieces:
            yield piece, scorer.proba(piece.texts, threads, asked.targets).abstaining(asked.min_confidence)
