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
from stance.tables.groups import Groups
from stance.tables.label_names import label_faults, unknown_spellings
from stance.tables.options import TableOptions


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
    def grouping(self) -> Groups:
        """What belongs together: comments of one article, and copies of one comment."""
        return Groups.of(self.texts, self.articles)

    @property
    def groups(self) -> list[str]:
        """Group of each comment; rows of one group are in one fold."""
        return self.grouping.folds

    @property
    def article_groups(self) -> list[str] | None:
        """Groups that a bootstrap draws together; None where there are neither articles nor copies."""
        return self.grouping.drawn

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
    chosen = choose_heads(whole.table.column_names, heads, list(allowed), options.text_column)
    return label_table(path, whole, chosen, allowed, options, are_named=bool(heads))


def label_table(
    path: str,
    whole: WholeTable,
    heads: Sequence[str],
    allowed: Mapping[str, Sequence[str]],
    options: TableOptions = DEFAULT_OPTIONS,
    *,
    are_named: bool = False,
    known: Mapping[str, Sequence[str]] | None = None,
) -> LabelledTable:
    """Check and collect comments and labels of a table that was read; TableError with all of its faults.

    `are_named`: whether the user, or a model, says that the heads are label columns. `known`: labels of a model, by
    head.
    """
    names = whole.table.column_names
    missing = [head for head in heads if head not in names]
    faults = [f"no label column {head!r}; the columns are {listed(names)}" for head in missing]
    if not heads:
        faults.append(f"no label column beside the text; the columns are {listed(names)}")
    labels = {
        head: [cell.strip() for cell in column_strings(whole.table, head)] for head in heads if head not in missing
    }
    for head, cells in labels.items():
        faults += label_faults(head, cells, whole.first_row, allowed.get(head), are_named)
        faults += (
            [] if head in allowed else unknown_spellings(head, cells, whole.first_row, (known or {}).get(head, ()))
        )
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
