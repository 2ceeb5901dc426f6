"""What a command is asked for, beside its inputs and its output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stance.tables.options import TableOptions
from stance.tables.privacy import Privacy


@dataclass(frozen=True)
class PredictOptions:
    """Options of `predict`.

    Parameters
    ----------
    model : str, optional
        Model folder; by default the bundled model.
    targets : sequence of str
        Targets beside those that the model has heads for.
    lexicon : str, optional
        CSV of aliases that go before those of the model.
    probabilities : bool
        Whether to write the probability of every label.
    min_confidence : float
        Confidence, 0 to 1, below which a head gives no label.
    explain : int
        Number of features to write that moved each head's decision most; 0 for no such column.
    rejects : str, optional
        Table to write of the rows that cannot be read; without it the first one is an error.
    resume : bool
        Whether to go on with a run that was cut off.
    privacy : Privacy
        Columns to drop or to hash before anything is written.
    spreadsheet_safe : bool
        Whether to escape cells that a spreadsheet would run as formulas.
    table : TableOptions
        How the inputs are read.
    n_jobs : int
        Number of cores to score on; -1 for all cores.
    """

    model: str | None = None
    targets: Sequence[str] = ()
    lexicon: str | None = None
    probabilities: bool = False
    min_confidence: float = 0.0
    explain: int = 0
    rejects: str | None = None
    resume: bool = False
    privacy: Privacy = field(default_factory=Privacy)
    spreadsheet_safe: bool = False
    table: TableOptions = field(default_factory=TableOptions)
    n_jobs: int = -1


@dataclass(frozen=True)
class TrainOptions:
    """Options of `train`.

    Parameters
    ----------
    heads : sequence of str
        Label columns; by default the bundled heads that the table has, else all columns beside id, article and text.
    lexicon : str, optional
        CSV of aliases that go before those of the bundled lexicon.
    seed : int
        Random seed of the folds.
    table : TableOptions
        How the table is read.
    n_jobs : int
        Number of processes; -1 for all cores. It changes no byte of the model.
    """

    heads: Sequence[str] = ()
    lexicon: str | None = None
    seed: int = 0
    table: TableOptions = field(default_factory=TableOptions)
    n_jobs: int = -1


@dataclass(frozen=True)
class EvaluateOptions:
    """Options of `evaluate`.

    Parameters
    ----------
    model : str, optional
        Model folder; by default the bundled model.
    gates : sequence of str
        Conditions such as `stance.macro_f1>=0.60`.
    compare : str, optional
        Another model folder, or the `predictions.csv` of an earlier run.
    slice_by : sequence of str
        Columns whose values cut the comments into slices.
    cross_validate : bool
        Whether to train again without each fold, for the table that the model was trained on.
    spreadsheet_safe : bool
        Whether to escape cells of `predictions.csv` that a spreadsheet would run as formulas.
    seed : int
        Random seed of the bootstrap.
    table : TableOptions
        How the table is read.
    n_jobs : int
        Number of processes; -1 for all cores.
    """

    model: str | None = None
    gates: Sequence[str] = ()
    compare: str | None = None
    slice_by: Sequence[str] = ()
    cross_validate: bool = False
    seed: int = 0
    table: TableOptions = field(default_factory=TableOptions)
    n_jobs: int = -1
    spreadsheet_safe: bool = False


@dataclass(frozen=True)
class CheckOptions:
    """Options of `check`.

    Parameters
    ----------
    heads : sequence of str
        Label columns; by default those that `train` would take.
    against : str, optional
        Another table, none of whose comments may stand in this one.
    seed : int
        Random seed of the folds.
    table : TableOptions
        How the tables are read.
    n_jobs : int
        Number of processes; -1 for all cores.
    """

    heads: Sequence[str] = ()
    against: str | None = None
    seed: int = 0
    table: TableOptions = field(default_factory=TableOptions)
    n_jobs: int = -1
