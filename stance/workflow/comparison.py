"""Labels of another model for the same comments: from a model folder, or from the predictions of an earlier run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from stance.errors import OptionError, TableError
from stance.model.held_out import read_held_out_labels
from stance.model.persistence import load_model
from stance.strings import listed, printable
from stance.tables.columns import ID
from stance.tables.files import read_table
from stance.tables.labelled import LabelledTable

PREDICTED = "_predicted"  # behind the name of a head whose true labels are in the same table


@dataclass(frozen=True)
class OtherModel:
    """What a model is compared with.

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


def held_out_model(path: str, sha256: str) -> OtherModel:
    """Held-out labels of a model folder; OptionError unless it was trained on the table of that checksum."""
    found = read_held_out_labels(path, sha256) if Path(path).is_dir() else None
    if found is None:
        advice = "leave --cross-validate out, or train it on this table"
        raise OptionError(f"--compare {path}: no held-out labels of this table in it; {advice}")
    return OtherModel(_name(path), "model", found)


def other_model(path: str, table: LabelledTable, n_jobs: int) -> OtherModel:
    """Label the comments by the model of a folder, or read the labels of a table of predictions.

    Raises ModelError or TableError where neither can be read, and OptionError if no head is shared.
    """
    if Path(path).is_dir():
        predictions = load_model(path).proba(table.texts, n_jobs)
        other = OtherModel(_name(path), "model", {head: predictions.label(head) for head in predictions.labels})
    else:
        other = OtherModel(
            f"the predictions {printable(Path(path).name)}", "predictions", _read_predictions(path, table)
        )
    if not set(other.labels) & set(table.labels):
        raise OptionError(f"--compare {path}: none of the heads {listed(list(table.labels))} in it")
    return other


def _name(path: str) -> str:
    return f"the model {printable(Path(path).resolve().name)}"


def _read_predictions(path: str, table: LabelledTable) -> dict[str, list[str | None]]:
    other = read_table(path).table
    order = _matching_rows(path, table.whole.table, other)
    found = {}
    for head in table.labels:
        column = next((name for name in (head + PREDICTED, head) if name in other.column_names), None)
        if column is not None:
            cells = other[column].to_pylist()
            found[head] = [str(cells[row]) if cells[row] else None for row in order]
    return found


def _matching_rows(path: str, table: pa.Table, other: pa.Table) -> Sequence[int]:
    """Row of the other table for each row of the table: by id, or in order."""
    if ID not in table.column_names or ID not in other.column_names:
        if table.num_rows != other.num_rows:
            rows = f"{other.num_rows:,} rows, the comments are {table.num_rows:,}"
            raise TableError(path, [f"{rows}; expected the same comments, or a column {ID!r} in both"])
        return range(table.num_rows)
    ids, other_ids = (each[ID].to_pylist() for each in (table, other))
    places = {name: row for row, name in enumerate(other_ids)}
    if len(places) < len(other_ids) or len(set(ids)) < len(ids):
        if ids == other_ids:
            return range(table.num_rows)
        raise TableError(
            path, [f"duplicate values in column {ID!r}, and the rows are in another order; make ids unique"]
        )
    lacking = [str(name) for name in ids if name not in places]
    if lacking:
        raise TableError(path, [f"no row with {ID} {listed(lacking[:3])}; expected all {table.num_rows:,} comments"])
    return [places[name] for name in ids]
