"""Which rows belong together: comments of one article, and copies of one comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from stance.tables.duplicates import SHINGLE_WORDS, cluster_copies, count_words

# of all rows, in articles that copies tie together: the folds must stay of like size, and a text under many articles
# (a slogan, spam) is no reason to take them for one
MAX_LINKED_SHARE = 0.1
MIN_LINKED_ROWS = 10  # that may be tied together in however small a table
MIN_COPIED_SHARE = 0.5  # of the larger of two articles; where as much of it is copied, they are one for an interval


@dataclass(frozen=True)
class Groups:
    """Groups of N rows.

    Parameters
    ----------
    folds : list of str
        Name of the group of each row; no group is in two folds.
    drawn : list of str, optional
        Name of the group of each row that a bootstrap draws together; None where each row stands alone.
    near_copies : int
        Rows of five words or more that repeat an earlier row, or nearly so.

    Examples
    --------
    >>> group = Groups.of(["Yes", "Yes ", "no", ""], None)
    >>> group.folds, group.drawn
    (['text yes', 'text yes', 'text no', 'row 3'], None)
    """

    folds: list[str]
    drawn: list[str] | None
    near_copies: int

    @classmethod
    def of(cls, texts: Sequence[str], articles: Sequence[str] | None) -> Groups:
        """Group N rows by article, where there are two or more, and by copies."""
        clusters = cluster_copies(texts)
        long = [row for row, text in enumerate(texts) if count_words(text) >= SHINGLE_WORDS]
        copied = [rows for rows in _members(clusters, long) if len(rows) > 1]
        near_copies = sum(len(rows) - 1 for rows in copied)
        alone = _name_clusters(texts, clusters)
        if articles is None or not has_articles(articles):
            return cls(alone, _draw_copies(copied, len(texts)), near_copies)
        own = [f"article {article}" if article else alone[row] for row, article in enumerate(articles)]
        return cls(_link_for_folds(own, copied), _link_for_intervals(own, articles, copied), near_copies)


def group_rows(texts: Sequence[str], articles: Sequence[str] | None) -> list[str]:
    """Return N names of groups that no fold may split: rows of one article, and copies of one comment.

    A blank or short text ties no articles together, nor does one that recurs under many.

    >>> group_rows(["Yes", "yes ", "no"], None)
    ['text yes', 'text yes', 'text no']
    >>> group_rows(["Yes", "No", "Why", "no"], ["a", "b", "", "a"])
    ['article a', 'article b', 'text why', 'article a']
    """
    return Groups.of(texts, articles).folds


def has_articles(articles: Sequence[str] | None) -> bool:
    """Return whether there are two articles or more.

    >>> has_articles(["a", "", "b"]), has_articles(["a", "a"]), has_articles(None)
    (True, False, False)
    """
    return articles is not None and len(set(articles) - {""}) > 1


class _Links:
    """Names that were tied together, each under the first of them in alphabetical order."""

    def __init__(self, names: Iterable[str]) -> None:
        self.rows = Counter(names)
        self._root = {name: name for name in self.rows}

    def find(self, name: str) -> str:
        while self._root[name] != name:
            self._root[name] = name = self._root[self._root[name]]
        return name

    def tie(self, names: Iterable[str], max_rows: float) -> None:
        """Tie names together unless they would have more rows than that."""
        roots = sorted({self.find(name) for name in names})
        rows = sum(self.rows[root] for root in roots)
        if rows <= max_rows:
            self._root |= dict.fromkeys(roots, roots[0])
            self.rows[roots[0]] = rows


def _members(clusters: Sequence[int], rows: Iterable[int]) -> list[list[int]]:
    members: dict[int, list[int]] = {}
    for row in rows:
        members.setdefault(clusters[row], []).append(row)
    return list(members.values())


def _name_clusters(texts: Sequence[str], clusters: Sequence[int]) -> list[str]:
    """Name each cluster by its first text, and a row without words by its number."""
    names: dict[int, str] = {}
    for row, (text, cluster) in enumerate(zip(texts, clusters, strict=True)):
        if cluster not in names:
            names[cluster] = f"text {' '.join(text.lower().split())}" if count_words(text) else f"row {row}"
    return [names[cluster] for cluster in clusters]


def _draw_copies(copied: Sequence[Sequence[int]], n: int) -> list[str] | None:
    if not copied:
        return None
    first = list(range(n))
    for rows in copied:
        for row in rows:
            first[row] = rows[0]
    return [f"row {row}" for row in first]


def _link_for_folds(own: Sequence[str], copied: Sequence[Sequence[int]]) -> list[str]:
    links = _Links(own)
    for rows in copied:
        names = {own[row] for row in rows}
        if len(names) > 1:
            links.tie(names, max_rows=max(MAX_LINKED_SHARE * len(own), MIN_LINKED_ROWS))
    return [links.find(name) for name in own]


def _link_for_intervals(own: Sequence[str], articles: Sequence[str], copied: Sequence[Sequence[int]]) -> list[str]:
    """Tie articles that are copies of each other; a row without an article stands alone."""
    names = [name if article else f"row {row}" for row, (name, article) in enumerate(zip(own, articles, strict=True))]
    links = _Links(names)
    rows_of = Counter(names)
    pairs: Counter[tuple[str, str]] = Counter()
    for rows in copied:
        pairs.update(pairwise(sorted({names[row] for row in rows})))
    for pair, shared in pairs.items():
        if shared >= MIN_COPIED_SHARE * max(rows_of[name] for name in pair):
            links.tie(pair, max_rows=len(names))
    return [links.find(name) for name in names]
