"""stance/tables/labelled.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from stance.errors import TableError
from stance.strings import listed
from stance.tables.columns import ARTICLE, ID, strings, texts_of

MOST_LABELS = 50  # a column with more values is not a label column
ENOUGH_TO_TELL = 10  # rows; from here on, a column in which values hardly repeat (dates, names) is none either


@dataclass(frozen=True)
class LabelledComments:
    """Comments with labels.

    Parameters
    ----------
    texts : list of str
        N comments.
    labels : dict of str to list of str
        For each head N labels; an empty one means not labelled.
    articles : list of str or None
        N names, where the table has that column.
    """

    texts: list[str]
    labels: dict[str, list[str]]
    articles: list[str] | None

    @property
    def article_groups(self) -> list[str] | None:
        """Groups of rows that a bootstrap draws together; None where there are no articles to tell apart."""
        return groups_of(self.texts, self.articles) if several_articles(self.articles) else None


def label_counts(cells: Sequence[str]) -> dict[str, int]:
    """Count the rows of each label, leaving out those without one.

    Parameters
    ----------
    cells : sequence of str
        N labels, empty where there is none.

    Returns
    -------
    dict of str to int
        In alphabetical order.

    Examples
    --------
    >>> label_counts(["b", "", "a", "b"])
    {'a': 1, 'b': 2}
    """
    return dict(sorted(Counter(filter(None, cells)).items()))


def heads_of(columns: Sequence[str], wanted: Sequence[str], known: Sequence[str], text_column: str) -> list[str]:
    """Choose the label columns to train on.

    Parameters
    ----------
    columns : sequence of str
        Of the table.
    wanted : sequence of str
        Named by the user; may be empty.
    known : sequence of str
        Heads taken if none is named.
    text_column : str

    Returns
    -------
    list of str
        The named ones; else the known ones that are there; else all columns beside id, article and text.

    Examples
    --------
    >>> heads_of(["id", "text", "mood"], [], ["tone"], "text")
    ['mood']
    """
    if wanted:
        return list(dict.fromkeys(wanted))
    others = [name for name in columns if name not in (ID, ARTICLE, text_column)]
    return [head for head in known if head in others] or others


def labelled(
    table: pa.Table,
    source: str,
    heads: Sequence[str],
    text_column: str,
    allowed: Mapping[str, Sequence[str]],
    first_row: int,
) -> LabelledComments:
    """Take comments and labels out of a table, refusing it with all of its faults.

    Parameters
    ----------
    table : pyarrow.Table
        N rows.
    source : str
        Name for messages.
    heads : sequence of str
        Label columns.
    text_column : str
    allowed : mapping of str to sequence of str
        The labels of the heads for which they are fixed.
    first_row : int
        Number of the first row, for messages.

    Returns
    -------
    LabelledComments

    Raises
    ------
    TableError
        If a column is missing, a label is unknown, or a column is no label column.
    """
    missing = [head for head in heads if head not in table.column_names]
    faults = [f"no label column {head!r}; the columns are {listed(table.column_names)}" for head in missing]
    if not heads:
        faults.append(f"no label column beside the text; the columns are {listed(table.column_names)}")
    labels = {head: [cell.strip() for cell in strings(table, head)] for head in heads if head not in missing}
    for head, cells in labels.items():
        faults += _label_faults(head, cells, allowed.get(head), first_row)
    try:
        texts = texts_of(table, text_column, source)
    except TableError as error:
        faults += error.faults
    if faults:
        raise TableError(source, faults)
    articles = strings(table, ARTICLE) if ARTICLE in table.column_names else None
    return LabelledComments(texts, labels, articles)


def _label_faults(head: str, cells: list[str], allowed: Sequence[str] | None, first_row: int) -> list[str]:
    counts = label_counts(cells)
    rows = sum(counts.values())
    if allowed is not None:
        return [
            f"row {row}: {head} is {cell!r}; allowed: {listed(allowed)} (rename the column for labels of your own)"
            for row, cell in enumerate(cells, first_row)
            if cell and cell not in allowed
        ]
    if len(counts) > MOST_LABELS or (rows >= ENOUGH_TO_TELL and 2 * len(counts) > rows):
        found = f"column {head!r} has {len(counts):,} different values, so it is no label column"
        return [f"{found}; name the label columns with --heads"]
    return []


def groups_of(texts: Sequence[str], articles: Sequence[str] | None) -> list[str]:
    """Say which rows must not be parted: those of one article, those of one text, and what such rows link together.

    Parameters
    ----------
    texts : sequence of str
        N comments; case and white space do not count.
    articles : sequence of str or None
        N names, empty where there is none.

    Returns
    -------
    list of str
        N names of groups.

    Examples
    --------
    >>> groups_of(["Yes", "yes ", "no"], None)
    ['text yes', 'text yes', 'text no']
    >>> groups_of(["Yes", "No", "Why", "no"], ["a", "b", "", "a"])
    ['article a', 'article a', 'text why', 'article a']
    """
    by_text = [f"text {' '.join(text.lower().split())}" for text in texts]
    if not several_articles(articles):
        return by_text
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            name = root[name]
        return name

    for text, article in zip(by_text, articles or (), strict=True):
        if article:
            first, second = sorted((find(f"article {article}"), find(text)))
            root[second] = first
    return [find(text) for text in by_text]


def several_articles(articles: Sequence[str] | None) -> bool:
    """Tell whether there are articles to tell apart.

    Parameters
    ----------
    articles : sequence of str or None
        Names, empty where there is none.

    Returns
    -------
    bool

    Examples
    --------
    >>> several_articles(["a", "", "b"]), several_articles(["a", "a"]), several_articles(None)
    (True, False, False)
    """
    return articles is not None and len(set(articles) - {""}) > 1
