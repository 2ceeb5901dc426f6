"""`evaluate`: a model on a labelled table to a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from stance.atomic import check_writable, write_files
from stance.errors import TableError
from stance.evaluation.gates import Gate
from stance.evaluation.measures import Metrics
from stance.heads import BUNDLED
from stance.model.held_out import count_training_texts
from stance.model.model import Model
from stance.model.persistence import ModelFolder, open_folder
from stance.model.predictions import OK, Predictions
from stance.strings import listed, plural, printable
from stance.tables.files import create_table, read_table
from stance.tables.labelled import LabelledTable, label_table
from stance.tables.paths import check_not_same_file, check_not_stdin
from stance.tables.spreadsheet import escape_formulas
from stance.workflow.loading import article_cautions, check_trainable, cross_validate_table, data_facts
from stance.workflow.options import EvaluateOptions
from stance.workflow.prediction_table import append_predictions

if TYPE_CHECKING:
    from stance.evaluation.outcomes import Outcomes
    from stance.evaluation.report.report import Evaluation
    from stance.model.explanation.word_reasons import Reason
    from stance.workflow.comparison import OtherModel

PREDICTIONS = "predictions.csv"
DEFAULTS = EvaluateOptions()


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation gave.

    Parameters
    ----------
    folder : Path
        Folder of the report.
    verdict : str
        The scores in two sentences.
    heads : dict
        For each head its scores, as in `metrics.json`.
    failures : list of str
        Gates that failed, in words.
    seen : bool
        Whether the model was trained on this table, so that the scores are optimistic.
    passed : list of str
        Gates that hold, in words.
    resampling : str
        What the intervals resample, and how many comments are near copies.
    comparison : str
        The comparison with another model in a sentence; empty without one.
    overlap : str
        That the model was, or may have been, trained on some of these comments; empty where nothing says so.
    cautions : list of str
        Why scores are less certain than they look.
    """

    folder: Path
    verdict: str
    heads: Metrics
    failures: list[str]
    seen: bool
    passed: list[str]
    resampling: str
    comparison: str
    overlap: str
    cautions: list[str]


@dataclass(frozen=True)
class _Labelling:
    """What the model says of the table, and what is needed to judge it."""

    predictions: Predictions
    baseline: Mapping[str, list[str]]
    label_counts: Mapping[str, Mapping[str, int]]  # of the training table
    reasons: Mapping[tuple[str, int], list[Reason]] | None = None  # of cross-validated mistakes


def evaluate(
    data: str,
    report: str,
    options: EvaluateOptions = DEFAULTS,
    *,
    tell: Callable[[str], None] = lambda stage: None,
    **changes: Any,
) -> Evaluated:
    r"""Score a model on a labelled table and write the report.

    Parameters
    ----------
    data : str
        Path of a table with a text column and a column for each head to score.
    report : str
        Folder for `metrics.json`, `report.md`, `report.html` and `predictions.csv`.
    options : EvaluateOptions
    tell : callable
        Called with the name of each stage when it begins.
    **changes
        Fields of `options` to set otherwise, such as `cross_validate=True`.

    Returns
    -------
    Evaluated

    Raises
    ------
    TableError, OptionError, ModelError
        If the table, an option or the model cannot be used; nothing is written then.

    Examples
    --------
    >>> import os, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> data = os.path.join(folder, "labelled.csv")
    >>> with open(data, "w") as file:
    ...     _ = file.write("text,tone\nwhat a shame,negative\nwe met at noon,neutral\n")
    >>> evaluate(data, os.path.join(folder, "report")).heads["tone"]["n"]
    2
    """
    from stance.evaluation import measures
    from stance.evaluation.outcomes import Outcomes
    from stance.evaluation.report.verdict import (
        describe_cautions,
        describe_comparison,
        describe_resampling,
        describe_scores,
    )

    options = replace(options, **changes)
    check_not_stdin(data)
    check_not_same_file([data], str(Path(report) / PREDICTIONS))
    gates = [Gate.parse(gate) for gate in options.gates]
    check_writable(report)
    folder = open_folder(options.model)
    table = _read(data, folder.model, gates, options)
    slices = {name: table.column(name) for name in options.slice_by}
    other = _other_model(table, options)
    found = _label(table, folder, options, tell)
    tell("computing scores and intervals")
    outcomes = Outcomes.of(table.texts, table.labels, table.article_groups, found.predictions, options.seed)
    _check_scored(table, outcomes, found.predictions)
    metrics = measures.score_heads(outcomes, found.label_counts, found.baseline, folder.model.lexicon)
    if other is not None:
        _compare(metrics, outcomes, other, gates)
    failures, passed = _judge(gates, metrics)
    seen, seen_rows, overlap = _find_overlap(table, folder, options, metrics)
    cautions = [*article_cautions(table), *describe_cautions(metrics)]
    tell("looking for mistakes, and exchanging countries")
    evaluation = _evaluation(table, folder, options, found, outcomes, other, slices)
    data_about = {**data_facts(table), "seen": seen, "seen_rows": seen_rows, "optimistic": seen or bool(overlap)}
    evaluation = replace(evaluation, heads=metrics, data=data_about, cautions=[*filter(None, [overlap]), *cautions])
    tell(f"drawing figures, writing {report}")
    whole = append_predictions(table.whole.table, found.predictions, probabilities=True)
    _write_report(report, evaluation, escape_formulas(whole) if options.spreadsheet_safe else whole)
    comparison = describe_comparison(metrics, other.name) if other is not None else ""
    return Evaluated(
        folder=Path(report),
        verdict=describe_scores(metrics),
        heads=metrics,
        failures=failures,
        seen=seen,
        passed=passed,
        resampling=describe_resampling(data_about),
        comparison=comparison,
        overlap=overlap,
        cautions=cautions,
    )


def _read(data: str, model: Model, gates: Sequence[Gate], options: EvaluateOptions) -> LabelledTable:
    whole = read_table(data, options.table)
    heads = [head for head in model.labels if head in whole.table.column_names]
    if not heads:
        fault = f"no label column that the model knows; it knows {listed(list(model.labels))}"
        raise TableError(data, [f"{fault}; the columns are {listed(whole.table.column_names)}"])
    for gate in gates:
        gate.check_head(heads)
    return label_table(data, whole, heads, BUNDLED, options.table, are_named=True, known=model.labels)


def _check_scored(table: LabelledTable, outcomes: Outcomes, predictions: Predictions) -> None:
    """Raise TableError if no comment has both a true and a predicted label."""
    if any(len(one.rows) for one in outcomes.heads.values()):
        return
    heads, labelled = listed(list(outcomes.heads)), [one.unscored for one in outcomes.heads.values()]
    if not any(labelled):
        raise TableError(table.path, [f"nothing to score (n = 0): no row has a label in {heads}; label some"])
    statuses = {status: n for status, n in predictions.status_counts().items() if n and status != OK}
    reasons = ", ".join(f"{plural(n, 'comment')} {status}" for status, n in statuses.items())
    fault = f"nothing to score (n = 0): the model gives none of the labelled comments a label in {heads} ({reasons})"
    raise TableError(table.path, [f"{fault}; see the column status of `stance predict`"])


def _compare(metrics: Metrics, outcomes: Outcomes, other: OtherModel, gates: Sequence[Gate]) -> None:
    """Add the comparison with another model to the scores of each head."""
    from stance.evaluation.measures import compare_heads

    gated = {gate.head for gate in gates if gate.is_comparison}
    for head, scores in compare_heads(outcomes, other.labels, gated).items():
        metrics[head]["compared"] = scores


def _judge(gates: Sequence[Gate], metrics: Metrics) -> tuple[list[str], list[str]]:
    """Return a line for each gate that failed, and one for each that passed."""
    judged = [(gate, gate.failure(metrics)) for gate in gates]
    failed = [failure for _, failure in judged if failure is not None]
    return failed, [gate.success(metrics) for gate, failure in judged if failure is None]


def _find_overlap(
    table: LabelledTable, folder: ModelFolder, options: EvaluateOptions, metrics: Metrics
) -> tuple[bool, int | None, str]:
    """Return whether the model was trained on this table, on how many of its comments where it knows, and a warning."""
    if options.cross_validate:
        return False, None, ""
    seen = table.whole.sha256 == folder.training_sha256
    seen_rows = count_training_texts(options.model, table.texts)
    return seen, seen_rows, "" if seen else _overlap(seen_rows, len(table.texts), metrics, folder)


def _overlap(seen_rows: int | None, rows: int, metrics: Metrics, folder: ModelFolder) -> str:
    """Say that the model was trained on comments of the table, if it knows them, or if its scores betray it."""
    from stance.evaluation.report.verdict import describe_overlap

    if seen_rows is None:
        return describe_overlap(metrics, folder.manifest.get("cross_validation"))
    if not seen_rows:
        return ""
    share = f"{plural(seen_rows, 'comment')} of {rows:,} ({seen_rows / rows:.0%})"
    return f"The model was trained on {share}, so the scores are optimistic: evaluate on other comments."


def _other_model(table: LabelledTable, options: EvaluateOptions) -> OtherModel | None:
    from stance.workflow import comparison

    if options.compare is None:
        return None
    if options.cross_validate:
        return comparison.held_out_model(options.compare, table.whole.sha256)
    return comparison.other_model(options.compare, table, options.n_jobs)


def _label(
    table: LabelledTable, folder: ModelFolder, options: EvaluateOptions, tell: Callable[[str], None]
) -> _Labelling:
    from stance.evaluation.mistakes import MAX_MISTAKES
    from stance.training.tfidf_baseline import baseline_labels

    model = folder.model
    if options.cross_validate:
        check_trainable(table)
        found = cross_validate_table(
            table, model.settings, model.lexicon, options.n_jobs, explained=MAX_MISTAKES, tell=tell
        )
        return _Labelling(found.predictions, found.baseline, table.label_counts, found.reasons)
    baseline, label_counts = folder.baseline(), folder.label_counts()
    tell("labelling")
    labels = baseline_labels(table.texts, baseline, model.features.terms["word"], model.settings) if baseline else {}
    return _Labelling(model.proba(table.texts, options.n_jobs), labels, label_counts)


def _evaluation(
    table: LabelledTable,
    folder: ModelFolder,
    options: EvaluateOptions,
    found: _Labelling,
    outcomes: Outcomes,
    other: OtherModel | None,
    slices: Mapping[str, Sequence[str]],
) -> Evaluation:
    from stance.evaluation import measures, mistakes
    from stance.evaluation.counterfactuals import swap_metrics
    from stance.evaluation.heavy_words import heavy_words
    from stance.evaluation.report.report import Evaluation

    model = folder.model
    wrong = mistakes.find_mistakes(outcomes)
    reasons = mistakes.explain_mistakes(model, table.texts, wrong) if found.reasons is None else found.reasons
    comments = (table.texts, table.ids, table.first_row)
    disagreements = mistakes.find_disagreements(outcomes, other.labels) if other else []
    return Evaluation(
        heads={},
        model={
            "name": _model_name(options.model),
            "held_out": options.cross_validate,
            "arrays_sha256": folder.sha256,
            "swap": swap_metrics(model, table.texts),
        },
        data={},
        cross=measures.cross_tabulate(outcomes),
        slices=measures.score_slices(outcomes, model.lexicon, slices),
        errors=mistakes.add_comments(mistakes.add_reasons(wrong, reasons, found.predictions), *comments),
        words=heavy_words(model, table.texts, list(table.labels)),
        disagreements=mistakes.add_comments(disagreements, *comments),
        compared_with={"name": other.name, "kind": other.kind} if other else None,
    )


def _model_name(model: str | None) -> str:
    return "the bundled model" if model is None else f"the model {printable(Path(model).resolve().name)}"


def _write_report(report: str, evaluation: Evaluation, predictions: pa.Table) -> None:
    from stance.evaluation.report.report import report_files

    contents = report_files(evaluation)
    Path(report).mkdir(parents=True, exist_ok=True)
    with create_table(str(Path(report) / PREDICTIONS)) as writer:
        writer.write(predictions)
    write_files(report, contents)
