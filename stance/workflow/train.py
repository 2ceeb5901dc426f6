"""stance/workflow/train.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stance import atomic
from stance.heads import BUNDLED
from stance.model import persistence
from stance.model.labels import encode
from stance.settings import Settings
from stance.tables import files, labelled, paths
from stance.tables.files import AS_USUAL
from stance.tables.options import TableOptions
from stance.workflow.loading import (
    Metrics,
    _cross_validated,
    _label_counts,
    _lexicon,
    _refuse_untrainable,
    _training_facts,
)


@dataclass(frozen=True)
class Trained:
    """What training gave: the folder, number of rows, for each head strength and metrics, the verdict in words."""

    folder: Path
    rows: int
    strengths: dict[str, float]
    heads: Metrics
    verdict: str


def train(
    data: str,
    out: str,
    *,
    heads: Sequence[str] = (),
    lexicon: str | None = None,
    options: TableOptions = AS_USUAL,
    seed: int = 0,
    jobs: int = -1,
) -> Trained:
    """Train a model on a labelled table and write its folder.

    Parameters
    ----------
    data : str
        Path of the table.
    out : str
        Folder for the model.
    heads : sequence of str
        Label columns; by default the bundled ones that the table has, else all columns beside id, article and text.
    lexicon : str, optional
        Path of a CSV with more aliases of targets.
    options : TableOptions
    seed : int
        Of the folds.
    jobs : int
        Number of processes; -1 for one a core.

    Returns
    -------
    Trained

    Raises
    ------
    TableError, OptionError
        If the table has faults, or the folder cannot be written to; nothing is written then.
    """
    from stance.evaluation import measures
    from stance.evaluation.outcomes import Judgement
    from stance.evaluation.report.model_card import model_card
    from stance.evaluation.report.verdict import verdict
    from stance.model.held_out import SCORES, scores_file
    from stance.training.tfidf_baseline import fit_plain

    paths.refuse_standard(data)
    words = _lexicon(lexicon)
    atomic.refuse_unwritable(out)
    table, first_row = files.read_table(data, options)
    heads = labelled.heads_of(table.column_names, heads, list(BUNDLED), options.text_column)
    comments = labelled.labelled(table, data, heads, options.text_column, BUNDLED, first_row)
    _refuse_untrainable(comments, data)
    settings = Settings(seed=seed)
    found = _cross_validated(comments, data, settings, words, jobs, whole=True)
    assert found.model is not None
    model = found.model.heated(found.temperatures)
    judgement = Judgement.of(comments.texts, comments.labels, comments.article_groups, found.predictions, seed)
    metrics = measures.scored(judgement, _label_counts(comments), found.plain, words)
    facts = {"data": _training_facts(data, comments), "cross_validation": metrics}
    coded = {head: encode(cells) for head, cells in comments.labels.items()}
    plain = fit_plain(comments.texts, coded, model.features.terms["word"], settings)
    scores = scores_file(found.predictions, metrics, facts["data"]["sha256"])
    persistence.save_model(model, out, facts, model_card, plain, {SCORES: scores})
    return Trained(Path(out), len(comments.texts), found.choice.strengths, metrics, verdict(metrics))
