"""`train`: a labelled table to a model folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stance.atomic import check_writable
from stance.evaluation.measures import Metrics
from stance.heads import BUNDLED
from stance.model.labels import encode
from stance.model.persistence import save_model
from stance.settings import Settings
from stance.tables.labelled import read_labelled
from stance.tables.paths import check_not_stdin
from stance.workflow.loading import (
    article_cautions,
    check_trainable,
    cross_validate_table,
    data_facts,
    load_lexicon,
)
from stance.workflow.options import TrainOptions

DEFAULTS = TrainOptions()


@dataclass(frozen=True)
class Trained:
    """What training gave.

    Parameters
    ----------
    folder : Path
        Model folder.
    rows : int
        Comments of the table.
    Cs : dict of str to float
        For each head the inverse regularization strength that cross-validation chose.
    heads : dict
        For each head its cross-validated scores, as in `metrics.json`.
    verdict : str
        The scores in two sentences.
    resampling : str
        What the intervals resample, and how many comments are near copies.
    cautions : list of str
        Why scores are less certain than they look.
    """

    folder: Path
    rows: int
    Cs: dict[str, float]
    heads: Metrics
    verdict: str
    resampling: str
    cautions: list[str]


def train(
    data: str,
    out: str,
    options: TrainOptions = DEFAULTS,
    *,
    tell: Callable[[str], None] = lambda stage: None,
    **changes: Any,
) -> Trained:
    r"""Train a model on a labelled table and write its folder.

    Parameters
    ----------
    data : str
        Path of a table with a text column and a column for each head; an empty label means not labelled.
    out : str
        Folder for the model; made if it is not there.
    options : TrainOptions
    tell : callable
        Called with the name of each stage when it begins.
    **changes
        Fields of `options` to set otherwise, such as `heads=["mood"]`.

    Returns
    -------
    Trained

    Raises
    ------
    TableError, OptionError
        If the table has faults, or the folder cannot be written to; nothing is written then.

    Examples
    --------
    >>> import os, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> data = os.path.join(folder, "labelled.csv")
    >>> with open(data, "w") as file:
    ...     _ = file.write("text,mood\n" + "they lie again {0},bad\nthank you all {0},good\n" * 6)
    >>> train(data, os.path.join(folder, "model"), n_jobs=1).rows
    12
    """
    from stance.evaluation import measures
    from stance.evaluation.outcomes import Outcomes
    from stance.evaluation.report.model_card import render_model_card
    from stance.evaluation.report.verdict import describe_cautions, describe_resampling, describe_scores
    from stance.model.held_out import SCORES, encode_scores
    from stance.training.tfidf_baseline import fit_baseline

    options = replace(options, **changes)
    check_not_stdin(data)
    lexicon = load_lexicon(options.lexicon)
    check_writable(out)
    table = read_labelled(data, options.heads, BUNDLED, options.table)
    check_trainable(table)
    settings = Settings(seed=options.seed)
    found = cross_validate_table(table, settings, lexicon, options.n_jobs, whole=True, tell=tell)
    tell("computing scores and intervals")
    assert found.model is not None
    model = found.model.with_temperatures(found.temperatures)
    outcomes = Outcomes.of(table.texts, table.labels, table.article_groups, found.predictions, options.seed)
    metrics = measures.score_heads(outcomes, table.label_counts, found.baseline, lexicon)
    facts: dict[str, Any] = {"data": {**data_facts(table), "labels": table.label_counts}, "cross_validation": metrics}
    labels = {head: encode(cells) for head, cells in table.labels.items()}
    tell(f"writing {out}")
    baseline = fit_baseline(table.texts, labels, model.features.terms["word"], settings)
    scores = encode_scores(found.predictions, metrics, table.whole.sha256, table.texts)
    save_model(model, out, facts, render_model_card, baseline, {SCORES: scores})
    return Trained(
        folder=Path(out),
        rows=len(table.texts),
        Cs=found.choice.Cs,
        heads=metrics,
        verdict=describe_scores(metrics),
        resampling=describe_resampling(facts["data"]),
        cautions=[*article_cautions(table), *describe_cautions(metrics)],
    )
