"""What another model says of the same comments: a model folder, or the predictions of an earlier run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from stance.errors import OptionError, TableError
from stance.model import persistence
from stance.model.held_out import held_out_labels
from stance.strings import listed
from stance.tables import files

ID = "id"
PREDICTED = "_predicted"  # behind the name of a head whose true labels are in the same table


@dataclass(frozen=True)
class Rival:
    """What is compared with.

    Parameters
    ----------
    name : str
        In words.
    kind : str
        `model` or `predictions`.
    labels : mapping of str to sequence of str or None
        For each of its heads the label of each of the N comments.
    """

    name: str
    kind: str
    labels: Mapping[str, Sequence[str | None]]


def held_out_rival(path: str, sha256: str) -> Rival:
    """Take what a model's cross-validation said of the same table.

    Parameters
    ----------
    path : str
        Model folder.
    sha256 : str
        Of the table.

    Returns
    -------
    Rival

    Raises
    ------
    OptionError
        If the model was not trained on this table.
    """
    found = held_out_labels(path, sha256) if Path(path).is_dir() else None
    if found is None:
        advice = "leave --cross-validate out, or train it on this table"
        raise OptionError(f"--compare {path}: no held-out labels of this table in it; {advice}")
    return Rival(_name(path), "model", found)


def rival_of(path: str, table: pa.Table, texts: Sequence[str], heads: Sequence[str], jobs: int) -> Rival:
    """Let another model label the comments, or read what it said of them.

    Parameters
    ----------
    path : str
        Model folder, or table with predictions.
    table : pyarrow.Table
        The N comments with all columns.
    texts : sequence of str
    heads : sequence of str
        Those that are measured.
    jobs : int
        Number of threads.

    Returns
    -------
    Rival

    Raises
    ------
    ModelError, TableError, OptionError
        If there is neither, it has other comments, or none of the heads.
    """
    if Path(path).is_dir():
        said = persistence.load_model(path).proba(texts, jobs)
        rival = Rival(_name(path), "model", {head: said.label(head) for head in said.labels})
    else:
        rival = Rival(f"the predictions {Path(path).name}", "predictions", _predictions(path, table, heads))
    if not set(rival.labels) & set(heads):
        raise OptionError(f"--compare {path}: none of the heads {listed(list(heads))} in it")
    return rival


def _name(path: str) -> str:
    return f"the model {Path(path).resolve().name}"


def _predictions(path: str, table: pa.Table, heads: Sequence[str]) -> dict[str, list[str | None]]:
    other, _ = files.read_table(path)
    order = _order(path, table, other)
    found = {}
    for head in heads:
        column = next((name for name in (head + PREDICTED, head) if name in other.column_names), None)
        if column is not None:
            cells = other[column].to_pylist()
            found[head] = [str(cells[row]) if cells[row] else None for row in order]
    return found


def _order(path: str, table: pa.Table, other: pa.Table) -> Sequence[int]:
    if ID not in table.column_names or ID not in other.column_names:
        if table.num_rows != other.num_rows:
            rows = f"{other.num_rows:,} rows, the comments are {table.num_rows:,}"
            raise TableError(path, [f"{rows}; expected the same comments, or a column {ID!r} in both"])
        return range(table.num_rows)
    ours, theirs = (each[ID].to_pylist() for each in (table, other))
    places = {name: row for row, name in enumerate(theirs)}
    if len(places) < len(theirs) or len(set(ours)) < len(ours):
        if ours == theirs:
            return range(table.num_rows)
        raise TableError(path, [f"column {ID!r} has a name twice, and the rows are in another order; make ids unique"])
    lacking = [str(name) for name in ours if name not in places]
    if lacking:
        raise TableError(path, [f"no row with {ID} {listed(lacking[:3])}; expected all {table.num_rows:,} comments"])
    return [places[name] for name in ours]
