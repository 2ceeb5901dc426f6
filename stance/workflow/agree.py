"""stance/workflow/agree.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from stance.errors import TableError
from stance.evaluation.agreement import Agreement, agreement, majority_label
from stance.strings import listed
from stance.tables import columns, files
from stance.tables.files import AS_USUAL
from stance.tables.options import TableOptions

ANNOTATION_COLUMNS = ("id", "pass", "head", "label")


@dataclass(frozen=True)
class Agreed:
    """How far labellers agree: for each head its agreement; and a sheet with each disagreement as a row."""

    heads: dict[str, Agreement]
    sheet: pa.Table


def agree(annotations: str, options: TableOptions = AS_USUAL) -> Agreed:
    """Measure how far labellers agree.

    Parameters
    ----------
    annotations : str
        Path of a table with columns `id, pass, head, label`: one row for each reading; an empty label is none.
    options : TableOptions

    Returns
    -------
    Agreed

    Raises
    ------
    TableError
        If a column is missing, or a labeller labels an item twice.
    """
    table, first_row = files.read_table(annotations, options)
    missing = [name for name in ANNOTATION_COLUMNS if name not in table.column_names]
    if missing:
        raise TableError(annotations, [f"no column {listed(missing)}; the columns are {listed(table.column_names)}"])
    readings: dict[str, dict[str, dict[str, str]]] = {}
    faults = []
    cells = (columns.strings(table, name) for name in ANNOTATION_COLUMNS)
    for row, (item, labeller, head, label) in enumerate(zip(*cells, strict=True), first_row):
        said = readings.setdefault(head, {}).setdefault(item, {})
        if labeller in said:
            faults.append(f"row {row}: {labeller!r} labels {item!r} twice under {head!r}")
        if label.strip():
            said[labeller] = label.strip()
    if faults:
        raise TableError(annotations, faults)
    return Agreed({head: agreement(said) for head, said in readings.items()}, _sheet(readings))


def write_sheet(agreed: Agreed, path: str) -> None:
    """Write the disagreements as a table, for a reading that decides.

    Parameters
    ----------
    agreed : Agreed
    path : str

    Raises
    ------
    OptionError
        If it cannot be written.
    """
    with files.create_table(path) as write:
        write(agreed.sheet)


def _sheet(readings: Mapping[str, Mapping[str, Mapping[str, str]]]) -> pa.Table:
    labellers = sorted({name for items in readings.values() for said in items.values() for name in said})
    rows = [
        {"id": item, "head": head, **{name: said.get(name, "") for name in labellers}, "majority": majority_label(said)}
        for head, items in readings.items()
        for item, said in items.items()
        if len(set(said.values())) > 1
    ]
    columns = ("id", "head", *labellers, "majority")
    if len(set(columns)) < len(columns):
        raise TableError("the annotations", ["a labeller is called id, head or majority; give another name"])
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in columns})
