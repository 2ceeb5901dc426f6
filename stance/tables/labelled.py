"""A labelled table: comments with the labels of each head, and the groups that must not be split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from stance.errors import TableError
from stance.strings import listed
from stance.tables.columns import ARTICLE, ID, column_strings, read_column, read_ids, read_texts
from stance.tables.files import DEFAULT_OPTIONS, WholeTable, read_table
from stance.tables.options import TableOptions

MAX_LABELS = 50  # a column with more values is not a label column
MIN_ROWS_TO_JUDGE = 10  # rows; from here on, a column in which values hardly repeat (dates, names) is not one either


@dataclass(frozen=True)
class LabelledTable:
    """A table of N comments with their labels, read whole.

    Parameters
    ----------
    path : str
        Where it was read from.
    whole : WholeTable
        All columns, the number of the first row and the checksum of the file.
    texts : list of str
        N comments; a null is an empty one.
    labels : dict of str to list of str
        For each head N labels; an empty one means not labelled.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"id": ["7", "8"], "text": ["so", "no"], "tone": ["neutral", ""]})
    >>> labelled = label_table("data/a.csv", WholeTable(table, first_row=2, sha256=""), ["tone"], {})
    >>> labelled.name, labelled.ids, labelled.label_counts
    ('a.csv', ['7', '8'], {'tone': {'neutral': 1}})
    """

    path: str
    whole: WholeTable
    texts: list[str]
    labels: dict[str, list[str]]

    @property
    def name(self) -> str:
        """Name of the file."""
        return Path(self.path).name

    @property
    def first_row(self) -> int:
        """Number of the first comment's row, for messages."""
        return self.whole.first_row

    @cached_property
    def articles(self) -> list[str] | None:
        """Article of each comment, where the table has that column."""
        return column_strings(self.whole.table, ARTICLE) if ARTICLE in self.whole.table.column_names else None

    @cached_property
    def ids(self) -> list[str] | None:
        """Id of each comment, where the table has that column."""
        return read_ids(self.whole.table)

    @cached_property
    def groups(self) -> list[str]:
        """Group of each comment; rows of one group are in one fold."""
        return group_rows(self.texts, self.articles)

    @property
    def article_groups(self) -> list[str] | None:
        """Groups that a bootstrap draws together; None where there are no articles to tell apart."""
        return self.groups if has_articles(self.articles) else None

    @property
    def label_counts(self) -> dict[str, dict[str, int]]:
        """Rows of each label of each head."""
        return {head: count_labels(cells) for head, cells in self.labels.items()}

    def column(self, name: str) -> list[str]:
        """Cells of another column; TableError if there is none of that name."""
        return read_column(self.whole.table, name, self.path)


def read_labelled(
    path: str, heads: Sequence[str], allowed: Mapping[str, Sequence[str]], options: TableOptions = DEFAULT_OPTIONS
) -> LabelledTable:
    """Read a labelled table and check its labels.

    Parameters
    ----------
    path : str
        As for `open_table`.
    heads : sequence of str
        Label columns; if empty, those that `choose_heads` finds.
    allowed : mapping of str to sequence of str
        Labels of the heads that have fixed ones.
    options : TableOptions
        Text column, and how the file is read.

    Returns
    -------
    LabelledTable

    Raises
    ------
    TableError
        With all faults of the table: missing columns, other labels than those allowed, columns that are no labels.
    """
    whole = read_table(path, options)
    return label_table(
        path, whole, choose_heads(whole.table.column_names, heads, list(allowed), options.text_column), allowed, options
    )


def label_table(
    path: str,
    whole: WholeTable,
    heads: Sequence[str],
    allowed: Mapping[str, Sequence[str]],
    options: TableOptions = DEFAULT_OPTIONS,
) -> LabelledTable:
    """Check and collect comments and labels of a table that was read; TableError with all of its faults."""
    names = whole.table.column_names
    missing = [head for head in heads if head not in names]
    faults = [f"no label column {head!r}; the columns are {listed(names)}" for head in missing]
    if not heads:
        faults.append(f"no label column beside the text; the columns are {listed(names)}")
    labels = {
        head: [cell.strip() for cell in column_strings(whole.table, head)] for head in heads if head not in missing
    }
    for head, cells in labels.items():
        faults += _label_faults(head, cells, allowed.get(head), whole.first_row)
    try:
        texts = read_texts(whole.table, options.text_column, path)
    except TableError as error:
        faults += error.faults
    if faults:
        raise TableError(path, faults)
    return LabelledTable(path, whole, texts, labels)


def count_labels(cells: Sequence[str]) -> dict[str, int]:
    """Count the rows of each label, in alphabetical order, leaving out those without one.

    >>> count_labels(["b", "", "a", "b"])
    {'a': 1, 'b': 2}
    """
    return dict(sorted(Counter(filter(None, cells)).items()))


def choose_heads(columns: Sequence[str], wanted: Sequence[str], known: Sequence[str], text_column: str) -> list[str]:
    """Choose label columns: those wanted, else the known ones of a table, else all that can be labels.

    >>> choose_heads(["id", "text", "mood", "tone"], [], ["stance", "tone"], "text")
    ['tone']
    >>> choose_heads(["id", "body", "mood", "port"], [], ["stance", "tone"], "body")
    ['mood', 'port']
    """
    if wanted:
        return list(dict.fromkeys(wanted))
    others = [name for name in columns if name not in (ID, ARTICLE, text_column)]
    return [head for head in known if head in others] or others


def group_rows(texts: Sequence[str], articles: Sequence[str] | None) -> list[str]:
    """Return N names of groups: rows of one article, or of one text (but for case and white space), are in one group.

    >>> group_rows(["Yes", "yes ", "no"], None)
    ['text yes', 'text yes', 'text no']
    >>> group_rows(["Yes", "No", "Why", "no"], ["a", "b", "", "a"])
    ['article a', 'article a', 'text why', 'article a']
    """
    by_text = [f"text {' '.join(text.lower().split())}" for text in texts]
    if not has_articles(articles):
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


def has_articles(articles: Sequence[str] | None) -> bool:
    """Return whether there are two articles or more.

    >>> has_articles(["a", "", "b"]), has_articles(["a", "a"]), has_articles(None)
    (True, False, False)
    """
    return articles is not None and len(set(articles) - {""}) > 1


def _label_faults(head: str, cells: list[str], allowed: Sequence[str] | None, first_row: int) -> list[str]:
    counts = count_labels(cells)
    rows = sum(counts.values())
    if allowed is not None:
        return [
            f"row {row}: {head} is {cell!r}; allowed: {listed(allowed)} (rename the column for labels of your own)"
            for row, cell in enumerate(cells, first_row)
            if cell and cell not in allowed
        ]
    if len(counts) > MAX_LABELS or (rows >= MIN_ROWS_TO_JUDGE and 2 * len(counts) > rows):
        fault = f"column {head!r} has {len(counts):,} different values, so it is not a label column"
        return [f"{fault}; name the label columns with --heads"]
    return []
