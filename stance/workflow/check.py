"""`check`: what is wrong or doubtful in a labelled table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from stance.errors import TableError, VocabularyError
from stance.evaluation.label_errors import find_label_errors
from stance.features.lexicon import Lexicon
from stance.features.mentions import named_targets
from stance.heads import BUNDLED
from stance.model.labels import encode
from stance.settings import Settings
from stance.strings import is_blank
from stance.tables.columns import ARTICLE, ID, column_strings, read_texts
from stance.tables.duplicates import DuplicatePair, find_duplicates
from stance.tables.files import WholeTable, read_table
from stance.tables.labelled import LabelledTable, choose_heads, count_labels, label_table
from stance.tables.options import TableOptions
from stance.workflow.options import CheckOptions

GROUP_COLUMNS = (ARTICLE, "split")  # columns across which a duplicate would leak
MAX_SHOWN_CHARS = 80  # characters of a comment: enough to know it by, on one line
Counts = dict[str, dict[str, int]]
DEFAULTS = CheckOptions()


@dataclass(frozen=True)
class Checked:
    """What was found in a labelled table.

    Parameters
    ----------
    rows : int
    faults : list of str
        By row; a table with one is in error.
    duplicates, leaks : list of str
        Duplicates within the table (in one article or split, or across them), and in the other table; errors too.
    counts : dict
        For each head the rows of each label.
    by_article : dict
        For each head and article the rows of each label.
    mentions : dict
        For each head that is a target of the lexicon, rows by label where the text names it and where it does not.
    label_errors : list of str
        Probable label errors, the most probable first; no errors by themselves.
    """

    rows: int
    faults: list[str]
    duplicates: list[str]
    leaks: list[str]
    counts: Counts
    by_article: dict[str, Counts]
    mentions: dict[str, Counts]
    label_errors: list[str]

    @property
    def errors(self) -> int:
        """Number of faults, duplicates and leaks."""
        return len(self.faults) + len(self.duplicates) + len(self.leaks)


def check(data: str, options: CheckOptions = DEFAULTS, **changes: Any) -> Checked:
    r"""Find what is wrong or doubtful in a labelled table.

    Parameters
    ----------
    data : str
        Path of the table.
    options : CheckOptions
    **changes
        Fields of `options` to set otherwise, such as `heads=["mood"]`.

    Returns
    -------
    Checked

    Raises
    ------
    TableError
        If the table cannot be read, or has no text column.

    Examples
    --------
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "labelled.csv")
    >>> with open(path, "w") as file:
    ...     _ = file.write("text,tone\nthank you,positive\nthank you,neutral\n")
    >>> check(path).duplicates
    ['rows 2 and 3: duplicates']
    """
    options = replace(options, **changes)
    whole = read_table(data, options.table)
    heads = choose_heads(whole.table.column_names, options.heads, list(BUNDLED), options.table.text_column)
    texts = read_texts(whole.table, options.table.text_column, data)
    faults = _row_faults(whole, texts)
    duplicates = _duplicates(whole, texts)
    leaks = _leaks(whole, texts, options.against, options.table) if options.against is not None else []
    try:
        table = label_table(data, whole, heads, BUNDLED, options.table, are_named=bool(options.heads))
    except TableError as error:
        return Checked(len(texts), faults + list(error.faults), duplicates, leaks, {}, {}, {}, [])
    return Checked(
        rows=len(texts),
        faults=faults,
        duplicates=duplicates,
        leaks=leaks,
        counts=table.label_counts,
        by_article=_by_article(table),
        mentions=_by_mention(table),
        label_errors=_label_errors(table, Settings(seed=options.seed), options.n_jobs),
    )


def _row_faults(whole: WholeTable, texts: Sequence[str]) -> list[str]:
    faults = [f"row {row}: the text is blank" for row, text in enumerate(texts, whole.first_row) if is_blank(text)]
    if ID in whole.table.column_names:
        seen: dict[str, int] = {}
        for row, name in enumerate(column_strings(whole.table, ID), whole.first_row):
            if name in seen:
                faults.append(f"row {row}: duplicate id {name!r}, already in row {seen[name]}")
            seen.setdefault(name, row)
    return faults


def _duplicates(whole: WholeTable, texts: Sequence[str]) -> list[str]:
    first = whole.first_row
    groups = {name: column_strings(whole.table, name) for name in GROUP_COLUMNS if name in whole.table.column_names}

    def place(pair: DuplicatePair) -> str:
        same = {name: cells[pair.first] == cells[pair.second] for name, cells in groups.items()}
        return "".join(f", in one {name}" if is_same else f", across {name}s" for name, is_same in same.items())

    return [
        f"rows {pair.first + first} and {pair.second + first}{place(pair)}: {_similarity(pair)}"
        for pair in find_duplicates(texts)
    ]


def _leaks(whole: WholeTable, texts: Sequence[str], against: str, options: TableOptions) -> list[str]:
    other = read_table(against, options)
    others = read_texts(other.table, options.text_column, against)
    return [
        f"row {pair.first + whole.first_row} and row {pair.second + other.first_row} of {against}: {_similarity(pair)}"
        for pair in find_duplicates(texts, others)
    ]


def _similarity(pair: DuplicatePair) -> str:
    return "duplicates" if pair.similarity == 1 else f"near duplicates ({pair.similarity:.0%} of their word 5-grams)"


def _by_article(table: LabelledTable) -> dict[str, Counts]:
    if table.articles is None:
        return {}
    rows: dict[str, list[int]] = {}
    for row, article in enumerate(table.articles):
        rows.setdefault(article, []).append(row)
    return {
        head: {article: count_labels([cells[row] for row in rows[article]]) for article in sorted(rows)}
        for head, cells in table.labels.items()
    }


def _by_mention(table: LabelledTable) -> dict[str, Counts]:
    lexicon = Lexicon.bundled()
    targets = [head for head in table.labels if head in lexicon.targets]
    named = named_targets(table.texts, lexicon, targets)
    return {
        head: {
            kind: count_labels(
                [cell for cell, is_named in zip(table.labels[head], named[:, k], strict=True) if is_named == wanted]
            )
            for kind, wanted in (("named", True), ("not named", False))
        }
        for k, head in enumerate(targets)
    }


def _label_errors(table: LabelledTable, settings: Settings, n_jobs: int) -> list[str]:
    from stance.training.cross_validation import cross_validate

    labels = {head: cells for head, cells in table.labels.items() if len({cell for cell in cells if cell}) > 1}
    if not labels or len(set(table.groups)) < settings.folds:
        return []
    try:
        predictions = cross_validate(table.texts, labels, table.groups, settings, n_jobs=n_jobs).predictions
    except VocabularyError:  # too few comments to doubt any
        return []
    ranked = [
        (found, head, names)
        for head, names in predictions.labels.items()
        for found in find_label_errors(encode(labels[head], names)[1], predictions.proba[head])
    ]
    ranked.sort(key=lambda each: -each[0].margin)
    return [
        f"row {found.row + table.first_row}: {head} is {names[found.given]!r}, "
        f"{names[found.likely]!r} is likelier by {found.margin:.2f}: {_shown(table.texts[found.row])}"
        for found, head, names in ranked
    ]


def _shown(text: str) -> str:
    return repr(text if len(text) <= MAX_SHOWN_CHARS else f"{text[: MAX_SHOWN_CHARS - 1]}…")
