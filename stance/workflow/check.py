"""Review of labelled tables: faults, copies, counts, suspects; and agreement of their labellers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from stance.errors import TableError, VocabularyError
from stance.evaluation.label_errors import suspects
from stance.features.lexicon import Lexicon
from stance.features.mentions import named_in
from stance.heads import BUNDLED
from stance.model.labels import encode
from stance.settings import Settings
from stance.strings import is_blank
from stance.tables import columns, files, labelled
from stance.tables.duplicates import Pair, like_pairs
from stance.tables.files import AS_USUAL
from stance.tables.labelled import groups_of
from stance.tables.options import TableOptions
from stance.training.cross_validation import cross_validate

PARTS = (columns.ARTICLE, "split")  # columns that say what a copy would tie together
SHOWN = 80  # characters of a comment: enough to know it by, on one line
Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Checked:
    """What was found in a labelled table.

    Parameters
    ----------
    rows : int
    faults : list of str
        By row; a table with one is in error.
    copies, leaks : list of str
        Copies within the table (of one article or split, or across them), and in the other one; errors too.
    counts : dict
        For each head the rows of each label.
    by_article : dict
        For each head and article the rows of each label.
    mentions : dict
        For each head that is a target of the lexicon, rows by label where the text names it and where it does not.
    suspects : list of str
        Likely label errors, the most suspicious first; no errors by themselves.
    """

    rows: int
    faults: list[str]
    copies: list[str]
    leaks: list[str]
    counts: Counts
    by_article: dict[str, Counts]
    mentions: dict[str, Counts]
    suspects: list[str]

    @property
    def errors(self) -> int:
        """Number of faults, copies and leaks."""
        return len(self.faults) + len(self.copies) + len(self.leaks)


def check(
    data: str,
    *,
    heads: Sequence[str] = (),
    against: str | None = None,
    options: TableOptions = AS_USUAL,
    seed: int = 0,
    jobs: int = -1,
) -> Checked:
    """Look for all that is wrong or doubtful in a labelled table.

    Parameters
    ----------
    data : str
        Path of the table.
    heads : sequence of str
        Label columns; by default those that training would take.
    against : str, optional
        Another table, none of whose comments may stand in this one.
    options : TableOptions
    seed : int
        Of the folds of the model that looks for label errors.
    jobs : int
        Number of processes; -1 for one a core.

    Returns
    -------
    Checked

    Raises
    ------
    TableError, OptionError
        If a table cannot be read at all.
    """
    table, first_row = files.read_table(data, options)
    names = labelled.heads_of(table.column_names, heads, list(BUNDLED), options.text_column)
    texts = columns.texts_of(table, options.text_column, data)
    faults = _row_faults(table, texts, first_row)
    copies = _copies(table, texts, first_row)
    leaks = [] if against is None else _leaks(texts, first_row, against, options)
    try:
        found = labelled.labelled(table, data, names, options.text_column, BUNDLED, first_row)
    except TableError as error:
        return Checked(len(texts), faults + list(error.faults), copies, leaks, {}, {}, {}, [])
    return Checked(
        rows=len(texts),
        faults=faults,
        copies=copies,
        leaks=leaks,
        counts={head: labelled.label_counts(cells) for head, cells in found.labels.items()},
        by_article=_by_article(found),
        mentions=_mentions(found),
        suspects=_suspects(found, first_row, Settings(seed=seed), jobs),
    )


def _row_faults(table: pa.Table, texts: Sequence[str], first_row: int) -> list[str]:
    faults = [f"row {row}: the text is blank" for row, text in enumerate(texts, first_row) if is_blank(text)]
    if columns.ID in table.column_names:
        seen: dict[str, int] = {}
        for row, name in enumerate(columns.strings(table, columns.ID), first_row):
            if name in seen:
                faults.append(f"row {row}: id {name!r} stands in row {seen[name]} already")
            seen.setdefault(name, row)
    return faults


def _copies(table: pa.Table, texts: Sequence[str], first_row: int) -> list[str]:
    parted = {name: columns.strings(table, name) for name in PARTS if name in table.column_names}

    def place(pair: Pair) -> str:
        same = {name: cells[pair.first] == cells[pair.second] for name, cells in parted.items()}
        return "".join(f", in one {name}" if alike else f", across {name}s" for name, alike in same.items())

    return [
        f"rows {pair.first + first_row} and {pair.second + first_row}{place(pair)}: {_likeness(pair)}"
        for pair in like_pairs(texts)
    ]


def _leaks(texts: Sequence[str], first_row: int, against: str, options: TableOptions) -> list[str]:
    other, other_first = files.read_table(against, options)
    others = columns.texts_of(other, options.text_column, against)
    return [
        f"row {pair.first + first_row} and row {pair.second + other_first} of {against}: {_likeness(pair)}"
        for pair in like_pairs(texts, others)
    ]


def _likeness(pair: Pair) -> str:
    return "copies" if pair.similarity == 1 else f"near copies ({pair.similarity:.0%} of their word 5-grams)"


def _by_article(found: labelled.LabelledComments) -> dict[str, Counts]:
    if found.articles is None:
        return {}
    rows: dict[str, list[int]] = {}
    for row, article in enumerate(found.articles):
        rows.setdefault(article, []).append(row)
    return {
        head: {article: labelled.label_counts([cells[row] for row in rows[article]]) for article in sorted(rows)}
        for head, cells in found.labels.items()
    }


def _mentions(found: labelled.LabelledComments) -> dict[str, Counts]:
    lexicon = Lexicon.bundled()
    targets = [head for head in found.labels if head in lexicon.targets]
    named = named_in(found.texts, lexicon, targets)
    return {
        head: {
            kind: labelled.label_counts(
                [cell for cell, names in zip(found.labels[head], named[:, number], strict=True) if names == here]
            )
            for kind, here in (("named", True), ("not named", False))
        }
        for number, head in enumerate(targets)
    }


def _suspects(found: labelled.LabelledComments, first_row: int, settings: Settings, jobs: int) -> list[str]:
    trainable = {head: cells for head, cells in found.labels.items() if len({cell for cell in cells if cell}) > 1}
    groups = groups_of(found.texts, found.articles)
    if not trainable or len(set(groups)) < settings.folds:
        return []
    try:
        said = cross_validate(found.texts, trainable, groups, settings, jobs=jobs).predictions
    except VocabularyError:  # too few comments to suspect any
        return []
    ranked = [
        (suspect, head, names)
        for head, names in said.labels.items()
        for suspect in suspects(encode(trainable[head], names)[1], said.proba[head])
    ]
    ranked.sort(key=lambda entry: -entry[0].margin)
    return [
        f"row {suspect.row + first_row}: {head} is {names[suspect.given]!r}, "
        f"{names[suspect.likely]!r} is likelier by {suspect.margin:.2f}: {_shown(found.texts[suspect.row])}"
        for suspect, head, names in ranked
    ]


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…")
