"""Train, predict, evaluate, export: the only file that knows the whole chain.

What training and reports need is imported where it is used, since scoring ten rows should not wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from stance import atomic
from stance.evaluation.gates import Gate
from stance.heads import BUNDLED
from stance.model import manifest, persistence
from stance.model.model import Model
from stance.model.predictions import Predictions
from stance.tables import columns, files, labelled, paths
from stance.tables.files import AS_USUAL
from stance.tables.options import TableOptions
from stance.workflow import prediction_table
from stance.workflow.loading import (
    Metrics,
    _cross_validated,
    _data_facts,
    _label_counts,
    _model_name,
    _refuse_untrainable,
    _shared_heads,
)

if TYPE_CHECKING:
    from stance.evaluation.report.report import Evaluation

PREDICTIONS = "predictions.csv"


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation gave: the folder, the verdict in words, metrics by head, the gates that failed."""

    folder: Path
    verdict: str
    heads: Metrics
    failures: list[str]
    seen: bool


def evaluate(
    data: str,
    report: str,
    *,
    model: str | None = None,
    gates: Sequence[str] = (),
    compare: str | None = None,
    slice_by: Sequence[str] = (),
    held_out: bool = False,
    options: TableOptions = AS_USUAL,
    seed: int = 0,
    jobs: int = -1,
) -> Evaluated:
    """Measure a model on a labelled table and write the report.

    Parameters
    ----------
    data : str
        Path of the table.
    report : str
        Folder for the report.
    model : str, optional
        Model folder; by default the bundled one.
    gates : sequence of str
        Conditions such as `stance.macro_f1>=0.60`.
    compare : str, optional
        Another model folder, or a table of predictions for the same comments.
    slice_by : sequence of str
        Columns by whose values the comments are measured in parts.
    held_out : bool
        Train anew, with the model's settings, without each fold of articles, and score that fold.
    options : TableOptions
    seed : int
        Of the bootstrap.
    jobs : int
        Number of processes; -1 for one a core.

    Returns
    -------
    Evaluated

    Raises
    ------
    TableError, OptionError, ModelError
        Nothing is written then.
    """
    from stance.evaluation import measures, mistakes
    from stance.evaluation.counterfactuals import swap_metrics
    from stance.evaluation.outcomes import Judgement
    from stance.evaluation.report.report import Evaluation
    from stance.evaluation.report.verdict import verdict
    from stance.workflow import comparison

    paths.refuse_standard(data)
    paths.refuse_same_file([data], str(Path(report) / PREDICTIONS))
    conditions = [Gate.parse(gate) for gate in gates]
    atomic.refuse_unwritable(report)
    record, loaded = manifest.read_manifest(model), persistence.load_model(model)
    sha256, trained_counts = manifest.trained_on(model)
    table, first_row = files.read_table(data, options)
    heads = _shared_heads(loaded, table, data)
    for condition in conditions:
        condition.refuse_unknown_head(heads)
    slice_columns = {name: columns.cells_of(table, name, data) for name in slice_by}
    comments = labelled.labelled(table, data, heads, options.text_column, BUNDLED, first_row)
    facts = _data_facts(data, comments)
    other: comparison.Rival | None = None
    if compare is not None and held_out:
        other = comparison.held_out_rival(compare, facts["sha256"])
    elif compare is not None:
        other = comparison.rival_of(compare, table, comments.texts, heads, jobs)
    if held_out:
        _refuse_untrainable(comments, data)
        found = _cross_validated(comments, data, loaded.settings, loaded.lexicon, jobs, mistakes.SHOWN)
        predictions, plain, counts = found.predictions, found.plain, _label_counts(comments)
    else:
        predictions, counts = loaded.proba(comments.texts, jobs), trained_counts
        plain = _plain_labels(model, loaded, comments.texts)
    judgement = Judgement.of(comments.texts, comments.labels, comments.article_groups, predictions, seed)
    metrics = measures.scored(judgement, counts, plain, loaded.lexicon)
    if other is not None:
        for head, scores in measures.compared(judgement, other.labels).items():
            metrics[head]["compared"] = scores
    failures = [failure for gate in conditions if (failure := gate.failure(metrics)) is not None]
    facts["seen"] = not held_out and facts["sha256"] == sha256
    about = {
        "name": _model_name(model),
        "held_out": held_out,
        "arrays_sha256": record["arrays_sha256"],
        "swap": swap_metrics(loaded, comments.texts),
    }
    wrong = mistakes.mistakes(judgement)
    why = found.reasons if held_out else mistakes.reasons_for(loaded, comments.texts, wrong)
    place = (comments.texts, columns.ids_of(table), first_row)
    whole = Evaluation(
        metrics,
        about,
        facts,
        cross=measures.crossed(judgement),
        slices=measures.sliced(judgement, loaded.lexicon, slice_columns),
        errors=mistakes.shown(mistakes.with_reasons(wrong, why), *place),
        words=mistakes.weightiest(loaded, heads),
        parted=mistakes.shown(mistakes.parted(judgement, other.labels), *place) if other else [],
        compared_with={"name": other.name, "kind": other.kind} if other else None,
    )
    _write_report(report, whole, table, predictions)
    return Evaluated(Path(report), verdict(metrics), metrics, failures, facts["seen"])


def _plain_labels(model: str | None, loaded: Model, texts: Sequence[str]) -> dict[str, list[str]]:
    from stance.training.tfidf_baseline import plain_labels

    terms = loaded.features.terms["word"]
    plain = persistence.load_plain(model, terms)
    return {} if plain is None else plain_labels(texts, plain, terms, loaded.settings)


def _write_report(report: str, evaluation: Evaluation, table: pa.Table, said: Predictions) -> None:
    from stance.evaluation.report.report import report_files

    contents, whole = report_files(evaluation), prediction_table.with_predictions(table, said, probabilities=True)
    Path(report).mkdir(parents=True, exist_ok=True)
    with files.create_table(str(Path(report) / PREDICTIONS)) as write:
        write(whole)
    atomic.write_files(report, contents)
