"""Train, predict, evaluate, export: the only file that knows the whole chain.

What training and reports need is imported where it is used, since scoring ten rows should not wait for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from stance import batch, comments, folder, persistence, schema
from stance.comments import AS_USUAL
from stance.errors import OptionError, TableError, VocabularyError, listed
from stance.features import CollisionError
from stance.gate import Gate
from stance.kernel import is_compiled
from stance.labels import BUNDLED
from stance.lexicon import Lexicon
from stance.model import Model, encode
from stance.predictions import Predictions, doubled_columns
from stance.privacy import Privacy
from stance.settings import Settings, TableOptions
from stance.source import OPEN
from stance.split import groups_of, several_articles

if TYPE_CHECKING:
    from stance.explanation import Explanation
    from stance.report import Evaluation
    from stance.validation import CrossValidation

PREDICTIONS = "predictions.csv"
WITHOUT_MORE = batch.Asked()

Metrics = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Trained:
    """What training gave: the folder, number of rows, for each head strength and metrics, the verdict in words."""

    folder: Path
    rows: int
    strengths: dict[str, float]
    heads: Metrics
    verdict: str


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation gave: the folder, the verdict in words, metrics by head, the gates that failed."""

    folder: Path
    verdict: str
    heads: Metrics
    failures: list[str]
    seen: bool


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
    from stance import evaluation
    from stance.baseline import fit_plain
    from stance.card import model_card
    from stance.heldout import SCORES, scores_file
    from stance.judgement import Judgement
    from stance.report import verdict

    comments.refuse_standard(data)
    words = _lexicon(lexicon)
    folder.refuse_unwritable(out)
    table, first_row = comments.read_table(data, options)
    heads = schema.heads_of(table.column_names, heads, list(BUNDLED), options.text_column)
    labelled = schema.labelled(table, data, heads, options.text_column, BUNDLED, first_row)
    _refuse_untrainable(labelled, data)
    settings = Settings(seed=seed)
    found = _cross_validated(labelled, data, settings, words, jobs, whole=True)
    assert found.model is not None
    model = found.model.heated(found.temperatures)
    judgement = Judgement.of(labelled, found.predictions, seed)
    metrics = evaluation.scored(judgement, _label_counts(labelled), found.plain, words)
    facts = {"data": _training_facts(data, labelled), "cross_validation": metrics}
    coded = {head: encode(cells) for head, cells in labelled.labels.items()}
    plain = fit_plain(labelled.texts, coded, model.features.terms["word"], settings)
    scores = scores_file(found.predictions, metrics, facts["data"]["sha256"])
    persistence.save_model(model, out, facts, model_card, plain, {SCORES: scores})
    return Trained(Path(out), len(labelled.texts), found.choice.strengths, metrics, verdict(metrics))


def predict(
    inputs: Sequence[str],
    output: str,
    *,
    model: str | None = None,
    options: TableOptions = AS_USUAL,
    asked: batch.Asked = WITHOUT_MORE,
    lexicon: str | None = None,
    jobs: int = -1,
    progress: Callable[[int], None] = lambda rows: None,
    rejects: str | None = None,
    resume: bool = False,
    privacy: Privacy = OPEN,
) -> batch.Tally:
    """Score tables into one.

    Parameters
    ----------
    inputs : sequence of str
        Paths of tables with the same columns.
    output : str
        Path of the result.
    model : str, optional
        Model folder; by default the bundled one.
    options : TableOptions
    asked : Asked
        What is to be written.
    lexicon : str, optional
        Path of a CSV with more aliases of targets.
    jobs : int
        Number of threads that score; -1 for one a core.
    progress : callable
        Told the number of rows after each part.
    rejects : str, optional
        Path of a table for the rows that cannot be read; without it the first one is refused.
    resume : bool
        Whether to go on with a job that was cut off.
    privacy : Privacy
        Columns to drop or to hash before anything is written.

    Returns
    -------
    Tally

    Raises
    ------
    TableError, OptionError, ModelError
        Nothing is written then.
    """
    comments.refuse_mixed_up(list(inputs), output, rejects)
    if asked.spreadsheet_safe:
        comments.refuse_no_spreadsheet([output, rejects])
    if resume and output == comments.STANDARD:
        raise OptionError("--resume: standard output cannot be taken up again; give --output the name of a file")
    loaded = _opened(model, lexicon)
    loaded.refuse_targets(asked.targets)
    about = {
        "the version of stance": version("stance"),
        "the model": persistence.read_manifest(model)["arrays_sha256"],
        "--drop": list(privacy.dropped),
        "--hash": list(privacy.hashed),
        "--salt": hashlib.sha256(privacy.key).hexdigest() if privacy.hashed else None,
        "--lexicon": None if lexicon is None else hashlib.sha256(Path(lexicon).read_bytes()).hexdigest(),
    }
    return batch.score_tables(
        loaded,
        inputs,
        output,
        options,
        asked=asked,
        jobs=jobs,
        progress=progress,
        rejects=rejects,
        resume=resume,
        about=about,
        privacy=privacy,
    )


def explain(
    text: str, *, model: str | None = None, heads: Sequence[str] = (), lexicon: str | None = None
) -> Explanation:
    """Explain what a model says of one comment.

    Parameters
    ----------
    text : str
    model : str, optional
        Model folder; by default the bundled one.
    heads : sequence of str
        By default all.
    lexicon : str, optional
        Path of a CSV with more aliases of targets.

    Returns
    -------
    Explanation

    Raises
    ------
    ModelError, OptionError
    """
    from stance import explanation

    return explanation.explain(_opened(model, lexicon), text, heads)


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
    from stance import evaluation, mistakes, rival
    from stance.judgement import Judgement
    from stance.report import Evaluation, verdict
    from stance.swap import swap_metrics

    comments.refuse_standard(data)
    comments.refuse_same_file([data], str(Path(report) / PREDICTIONS))
    conditions = [Gate.parse(gate) for gate in gates]
    folder.refuse_unwritable(report)
    manifest, loaded = persistence.read_manifest(model), persistence.load_model(model)
    sha256, trained_counts = persistence.trained_on(model)
    table, first_row = comments.read_table(data, options)
    heads = _shared_heads(loaded, table, data)
    for condition in conditions:
        condition.refuse_unknown_head(heads)
    columns = {name: schema.cells_of(table, name, data) for name in slice_by}
    labelled = schema.labelled(table, data, heads, options.text_column, BUNDLED, first_row)
    facts = _data_facts(data, labelled)
    other: rival.Rival | None = None
    if compare is not None and held_out:
        other = rival.held_out_rival(compare, facts["sha256"])
    elif compare is not None:
        other = rival.rival_of(compare, table, labelled.texts, heads, jobs)
    if held_out:
        _refuse_untrainable(labelled, data)
        found = _cross_validated(labelled, data, loaded.settings, loaded.lexicon, jobs, mistakes.SHOWN)
        predictions, plain, counts = found.predictions, found.plain, _label_counts(labelled)
    else:
        predictions, counts = loaded.proba(labelled.texts, jobs), trained_counts
        plain = _plain_labels(model, loaded, labelled.texts)
    judgement = Judgement.of(labelled, predictions, seed)
    metrics = evaluation.scored(judgement, counts, plain, loaded.lexicon)
    if other is not None:
        for head, scores in evaluation.compared(judgement, other.labels).items():
            metrics[head]["compared"] = scores
    failures = [failure for gate in conditions if (failure := gate.failure(metrics)) is not None]
    facts["seen"] = not held_out and facts["sha256"] == sha256
    about = {
        "name": _model_name(model),
        "held_out": held_out,
        "arrays_sha256": manifest["arrays_sha256"],
        "swap": swap_metrics(loaded, labelled.texts),
    }
    wrong = mistakes.mistakes(judgement)
    why = found.reasons if held_out else mistakes.reasons_for(loaded, labelled.texts, wrong)
    place = (labelled.texts, schema.ids_of(table), first_row)
    whole = Evaluation(
        metrics,
        about,
        facts,
        cross=evaluation.crossed(judgement),
        slices=evaluation.sliced(judgement, loaded.lexicon, columns),
        errors=mistakes.shown(mistakes.with_reasons(wrong, why), *place),
        words=mistakes.weightiest(loaded, heads),
        parted=mistakes.shown(mistakes.parted(judgement, other.labels), *place) if other else [],
        compared_with={"name": other.name, "kind": other.kind} if other else None,
    )
    _write_report(report, whole, table, predictions)
    return Evaluated(Path(report), verdict(metrics), metrics, failures, facts["seen"])


def export(out: str, *, model: str | None = None, head: str | None = None) -> None:
    """Write a model as a fitted scikit-learn pipeline.

    Parameters
    ----------
    out : str
        Path for the joblib file.
    model : str, optional
        Model folder; by default the bundled one.
    head : str, optional
        Make a plain classifier of this head alone.

    Raises
    ------
    ModelError, OptionError
    """
    from io import BytesIO

    import joblib

    from stance.pipeline import to_pipeline

    loaded = persistence.load_model(model)
    if head is not None and head not in loaded.classifiers:
        raise OptionError(f"no head {head!r}; the model has {listed(list(loaded.classifiers))}")
    content = BytesIO()
    joblib.dump(to_pipeline(loaded, head), content)
    folder.write_files(Path(out).parent, {Path(out).name: content.getvalue()})


def _refuse_untrainable(labelled: schema.LabelledComments, data: str) -> None:
    faults = []
    for head, cells in labelled.labels.items():
        found = sorted({cell for cell in cells if cell})
        if len(found) < 2:
            fault = f"head {head!r} has {len(found)} label ({listed(found)}), training needs two"
            faults.append(f"{fault}; leave it out with --heads")
    if twice := doubled_columns(labelled.labels):
        faults.append(f"label columns would give two result columns {listed(twice)}; rename one")
    if len(set(groups_of(labelled.texts, labelled.articles))) < 2:
        faults.append("all rows are alike; cross-validation needs two different comments")
    if faults:
        raise TableError(data, faults)


def _opened(model: str | None, lexicon: str | None) -> Model:
    loaded = persistence.load_model(model)
    return loaded if lexicon is None else loaded.with_lexicon(loaded.lexicon.with_file(lexicon))


def _lexicon(path: str | None) -> Lexicon:
    return Lexicon.bundled() if path is None else Lexicon.bundled().with_file(path)


def _cross_validated(
    labelled: schema.LabelledComments,
    data: str,
    settings: Settings,
    words: Lexicon,
    jobs: int,
    surest: int = 0,
    whole: bool = False,
) -> CrossValidation:
    from stance.validation import cross_validate

    groups = groups_of(labelled.texts, labelled.articles)
    try:
        return cross_validate(labelled.texts, labelled.labels, groups, settings, words, jobs, surest, whole)
    except CollisionError as error:
        raise TableError(data, [str(error)]) from None
    except VocabularyError:
        fault = f"too few comments ({len(groups)}): without those held out, no word is in {settings.min_df} of them"
        raise TableError(data, [f"{fault}; give more"]) from None


def _plain_labels(model: str | None, loaded: Model, texts: Sequence[str]) -> dict[str, list[str]]:
    from stance.baseline import plain_labels

    terms = loaded.features.terms["word"]
    plain = persistence.load_plain(model, terms)
    return {} if plain is None else plain_labels(texts, plain, terms, loaded.settings)


def _shared_heads(model: Model, table: pa.Table, data: str) -> list[str]:
    heads = [head for head in model.labels if head in table.column_names]
    if not heads:
        fault = f"no label column that the model knows; it knows {listed(list(model.labels))}"
        raise TableError(data, [f"{fault}; the columns are {listed(table.column_names)}"])
    return heads


def _label_counts(labelled: schema.LabelledComments) -> dict[str, dict[str, int]]:
    return {head: schema.label_counts(cells) for head, cells in labelled.labels.items()}


def _data_facts(data: str, labelled: schema.LabelledComments) -> dict[str, Any]:
    return {
        "name": Path(data).name,
        "rows": len(labelled.texts),
        "articles": len(set(labelled.articles or ()) - {""}) if several_articles(labelled.articles) else None,
        "sha256": hashlib.sha256(Path(data).read_bytes()).hexdigest(),
    }


def _training_facts(data: str, labelled: schema.LabelledComments) -> dict[str, Any]:
    return {**_data_facts(data, labelled), "labels": _label_counts(labelled)}


def _model_name(model: str | None) -> str:
    return "the bundled model" if model is None else f"the model {Path(model).resolve().name}"


def _write_report(report: str, evaluation: Evaluation, table: pa.Table, said: Predictions) -> None:
    from stance.report import report_files

    files, whole = report_files(evaluation), batch.with_predictions(table, said, probabilities=True)
    Path(report).mkdir(parents=True, exist_ok=True)
    with comments.create_table(str(Path(report) / PREDICTIONS)) as write:
        write(whole)
    folder.write_files(report, files)


__all__ = ["evaluate", "explain", "export", "is_compiled", "predict", "train"]
