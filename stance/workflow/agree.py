"""`agree`: readings of several annotators to measures of their agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from stance.errors import TableError
from stance.evaluation.agreement import Agreement, majority_label, measure_agreement
from stance.strings import listed
from stance.tables.columns import column_strings
from stance.tables.files import DEFAULT_OPTIONS, create_table, read_table
from stance.tables.label_names import lookalikes
from stance.tables.options import TableOptions

ANNOTATION_COLUMNS = ("id", "pass", "head", "label")
Readings = dict[str, dict[str, dict[str, str]]]  # head -> item -> annotator -> label


@dataclass(frozen=True)
class Agreed:
    """How far annotators agree.

    Parameters
    ----------
    heads : dict of str to Agreement
    sheet : pyarrow.Table
        Each item on which they disagree, with every label and that of the majority.
    """

    heads: dict[str, Agreement]
    sheet: pa.Table


def agree(annotations: str, options: TableOptions = DEFAULT_OPTIONS) -> Agreed:
    r"""Measure how far annotators agree: Krippendorff's alpha, Cohen's kappa, agreement on each label.

    Parameters
    ----------
    annotations : str
        Path of a table with the columns `id, pass, head, label`, a row for each reading; an empty label is none.
    options : TableOptions

    Returns
    -------
    Agreed

    Raises
    ------
    TableError
        If a column is missing, or an annotator labels an item twice.

    Examples
    --------
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "annotations.csv")
    >>> with open(path, "w") as file:
    ...     _ = file.write("id,pass,head,label\n1,a,tone,negative\n1,b,tone,negative\n2,a,tone,neutral\n")
    >>> agree(path).heads["tone"].items
    1
    """
    readings = _read(annotations, options)
    return Agreed({head: measure_agreement(items) for head, items in readings.items()}, _sheet(readings))


def write_sheet(agreed: Agreed, path: str) -> None:
    """Write the disagreements as a table, for a reading that decides."""
    with create_table(path) as writer:
        writer.write(agreed.sheet)


def _read(annotations: str, options: TableOptions) -> Readings:
    table, first_row, _ = read_table(annotations, options)
    missing = [name for name in ANNOTATION_COLUMNS if name not in table.column_names]
    if missing:
        raise TableError(annotations, [f"no column {listed(missing)}; the columns are {listed(table.column_names)}"])
    readings: Readings = {}
    faults = []
    cells = ([cell.strip() for cell in column_strings(table, name)] for name in ANNOTATION_COLUMNS)
    for row, (item, annotator, head, label) in enumerate(zip(*cells, strict=True), first_row):
        if label and not annotator:
            faults.append(f"row {row}: no annotator in column 'pass'")
        labels = readings.setdefault(head, {}).setdefault(item, {})
        if annotator in labels:
            faults.append(f"row {row}: {annotator!r} labels {item!r} twice under {head!r}")
        if label:
            labels[annotator] = label
    faults += _spelling_faults(readings)
    if faults:
        raise TableError(annotations, faults)
    return readings


def _spelling_faults(readings: Readings) -> list[str]:
    """Find annotators, heads and labels that are one but for their spelling."""
    annotators = (name for items in readings.values() for labels in items.values() for name in labels)
    faults = lookalikes("pass", Counter(annotators), "annotators")
    faults += lookalikes("head", Counter({head: len(items) for head, items in readings.items()}), "heads")
    for head, items in readings.items():
        faults += lookalikes(head, Counter(label for labels in items.values() for label in labels.values()))
    return faults


def _sheet(readings: Mapping[str, Mapping[str, Mapping[str, str]]]) -> pa.Table:
    annotators = sorted({name for items in readings.values() for labels in items.values() for name in labels})
    rows = [
        {
            "id": item,
            "head": head,
            **{name: labels.get(name, "") for name in annotators},
            "majority": majority_label(labels),
        }
        for head, items in readings.items()
        for item, labels in items.items()
        if len(set(labels.values())) > 1
    ]
    columns = ("id", "head", *annotators, "majority")
    if len(set(columns)) < len(columns):
        raise TableError("the annotations", ["an annotator is called id, head or majority; give another name"])
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in columns})
