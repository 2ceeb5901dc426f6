"""stance/workflow/loading.py."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from stance.errors import TableError, VocabularyError
from stance.features.lexicon import Lexicon
from stance.features.tfidf import CollisionError
from stance.model import persistence
from stance.model.model import Model
from stance.model.predictions import doubled_columns
from stance.settings import Settings
from stance.strings import listed
from stance.tables import labelled
from stance.tables.labelled import groups_of, several_articles

if TYPE_CHECKING:
    from stance.training.cross_validation import CrossValidation

Metrics = dict[str, dict[str, Any]]


def _refuse_untrainable(comments: labelled.LabelledComments, data: str) -> None:
    faults = []
    for head, cells in comments.labels.items():
        found = sorted({cell for cell in cells if cell})
        if len(found) < 2:
            fault = f"head {head!r} has {len(found)} label ({listed(found)}), training needs two"
            faults.append(f"{fault}; leave it out with --heads")
    if twice := doubled_columns(comments.labels):
        faults.append(f"label columns would give two result columns {listed(twice)}; rename one")
    if len(set(groups_of(comments.texts, comments.articles))) < 2:
        faults.append("all rows are alike; cross-validation needs two different comments")
    if faults:
        raise TableError(data, faults)


def _opened(model: str | None, lexicon: str | None) -> Model:
    loaded = persistence.load_model(model)
    return loaded if lexicon is None else loaded.with_lexicon(loaded.lexicon.with_file(lexicon))


def _lexicon(path: str | None) -> Lexicon:
    return Lexicon.bundled() if path is None else Lexicon.bundled().with_file(path)


def _cross_validated(
    comments: labelled.LabelledComments,
    data: str,
    settings: Settings,
    words: Lexicon,
    jobs: int,
    surest: int = 0,
    whole: bool = False,
) -> CrossValidation:
    from stance.training.cross_validation import cross_validate

    groups = groups_of(comments.texts, comments.articles)
    try:
        return cross_validate(comments.texts, comments.labels, groups, settings, words, jobs, surest, whole)
    except CollisionError as error:
        raise TableError(data, [str(error)]) from None
    except VocabularyError:
        fault = f"too few comments ({len(groups)}): without those held out, no word is in {settings.min_df} of them"
        raise TableError(data, [f"{fault}; give more"]) from None


def _shared_heads(model: Model, table: pa.Table, data: str) -> list[str]:
    heads = [head for head in model.labels if head in table.column_names]
    if not heads:
        fault = f"no label column that the model knows; it knows {listed(list(model.labels))}"
        raise TableError(data, [f"{fault}; the columns are {listed(table.column_names)}"])
    return heads


def _label_counts(comments: labelled.LabelledComments) -> dict[str, dict[str, int]]:
    return {head: labelled.label_counts(cells) for head, cells in comments.labels.items()}


def _data_facts(data: str, comments: labelled.LabelledComments) -> dict[str, Any]:
    return {
        "name": Path(data).name,
        "rows": len(comments.texts),
        "articles": len(set(comments.articles or ()) - {""}) if several_articles(comments.articles) else None,
        "sha256": hashlib.sha256(Path(data).read_bytes()).hexdigest(),
    }


def _training_facts(data: str, comments: labelled.LabelledComments) -> dict[str, Any]:
    return {**_data_facts(data, comments), "labels": _label_counts(comments)}


def _model_name(model: str | None) -> str:
    return "the bundled model" if model is None else f"the model {Path(model).resolve().name}"
