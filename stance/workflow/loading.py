"""Opens what commands share: the model, the lexicon, a labelled table that can train."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stance.errors import TableError, VocabularyError
from stance.features.lexicon import Lexicon
from stance.features.tfidf import CollisionError
from stance.model.persistence import ModelFolder, open_folder
from stance.model.predictions import duplicate_columns
from stance.settings import Settings
from stance.strings import is_blank, listed, printable
from stance.tables.groups import has_articles
from stance.tables.labelled import LabelledTable

if TYPE_CHECKING:
    from stance.training.cross_validation import CrossValidation


def load_folder(model: str | None, lexicon: str | None = None) -> ModelFolder:
    """Open a model, with the aliases of a file before its own."""
    folder = open_folder(model)
    return folder if lexicon is None else folder.with_lexicon(folder.model.lexicon.with_file(lexicon))


def load_lexicon(path: str | None) -> Lexicon:
    """Read the bundled lexicon, with the aliases of a file before its own."""
    return Lexicon.bundled() if path is None else Lexicon.bundled().with_file(path)


def check_trainable(table: LabelledTable) -> None:
    """Raise TableError if a table cannot train: a head of one label, columns that clash, rows that are all alike."""
    faults = []
    for head, cells in table.labels.items():
        found = sorted({cell for cell, text in zip(cells, table.texts, strict=True) if cell and not is_blank(text)})
        if len(found) < 2:
            fault = f"head {head!r} has {len(found)} label ({listed(found)}), training needs two"
            faults.append(f"{fault}; leave it out with --heads")
    if twice := duplicate_columns(table.labels):
        faults.append(f"label columns would give two result columns {listed(twice)}; rename one")
    if len(set(table.groups)) < 2 or len({" ".join(text.lower().split()) for text in table.texts}) < 2:
        faults.append("all rows are alike; cross-validation needs two different comments")
    if faults:
        raise TableError(table.path, faults)


def cross_validate_table(
    table: LabelledTable,
    settings: Settings,
    lexicon: Lexicon,
    n_jobs: int,
    *,
    explained: int = 0,
    whole: bool = False,
    tell: Callable[[str], None] = lambda stage: None,
) -> CrossValidation:
    """Cross-validate on a table, with reasons for `explained` mistakes a head; with `whole`, fit on all rows too."""
    from stance.training.cross_validation import cross_validate

    try:
        return cross_validate(
            table.texts,
            table.labels,
            table.groups,
            settings,
            lexicon,
            n_jobs,
            explained=explained,
            whole=whole,
            tell=tell,
        )
    except CollisionError as error:
        raise TableError(table.path, [str(error)]) from None
    except VocabularyError:
        fault = (
            f"too few comments ({len(table.texts)}): without those held out, no word is in {settings.min_df} of them"
        )
        raise TableError(table.path, [f"{fault}; give more"]) from None


def article_cautions(table: LabelledTable) -> list[str]:
    """Say that intervals of comments under a single article hold for no other."""
    if table.articles is None or len(set(table.articles) - {""}) != 1:
        return []
    return ["All comments with an article have the same one: the intervals hold for comments on it, not on others."]


def data_facts(table: LabelledTable) -> dict[str, Any]:
    """Return name, size and checksum of a labelled table, for a report or a manifest."""
    return {
        "name": printable(table.name),
        "rows": len(table.texts),
        "articles": len(set(table.articles or ()) - {""}) if has_articles(table.articles) else None,
        "groups": len(set(table.article_groups or range(len(table.texts)))),
        "near_copies": table.grouping.near_copies,
        "sha256": table.whole.sha256,
    }
