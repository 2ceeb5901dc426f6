"""What is measured beside the scores: comparison, mistakes, slices, the cross table, and gates on all of it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stance import evaluation, mistakes, workflow
from stance.errors import ModelError, OptionError, TableError
from stance.heldout import SCORES, held_out_labels, scores_file
from stance.judgement import Judgement
from stance.lexicon import Lexicon
from stance.predictions import Predictions
from stance.schema import LabelledComments
from tests.conftest import HEADER, ROWS, Cli, write_csv

NAMES = ("against", "favor", "none")


def judgement(rows: int = 200, articles: list[str] | None = None, right: float = 0.7, seed: int = 0) -> Judgement:
    """Judge comments that are labelled right, by chance, as often as that."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 3, rows)
    said = np.where(rng.random(rows) < right, true, rng.integers(0, 3, rows))
    proba = np.full((rows, 3), 0.1) + 0.7 * np.eye(3)[said] * rng.random((rows, 1))
    proba /= proba.sum(axis=1, keepdims=True)
    texts = [f"comment {row} on China" if row % 2 else f"short {row}" for row in range(rows)]
    comments = LabelledComments(texts, {"china": [NAMES[code] for code in true]}, articles)
    return Judgement.of(comments, Predictions({"china": NAMES}, {"china": proba}, np.zeros(rows, np.intp)), seed)


def scores(one: Judgement) -> dict[str, Any]:
    return evaluation.scored(one, {"china": {"none": 3, "favor": 1, "against": 1}}, {}, Lexicon.bundled())["china"]


def ours(one: Judgement) -> list[str | None]:
    return [NAMES[code] for code in one.heads["china"].predicted]


def test_a_model_is_no_worse_than_itself() -> None:
    one = judgement()
    found = evaluation.compared(one, {"china": ours(one), "tone": []})["china"]
    assert (found["difference"], found["difference_interval"], found["worse"], found["surely_worse"]) == (
        0,
        [0, 0],
        0,
        0,
    )
    assert found["n"] == 200
    assert mistakes.parted(one, {"china": ours(one)}) == []


def test_against_the_truth_a_model_is_surely_worse() -> None:
    one = judgement()
    found = evaluation.compared(one, {"china": one.comments.labels["china"]})["china"]
    assert found["macro_f1"] == 1
    assert 0 < found["surely_worse"] < found["worse"] == pytest.approx(-found["difference"])
    assert found["surely_worse"] == pytest.approx(-found["difference_interval"][1])


def test_comments_that_the_other_did_not_label_are_left_out() -> None:
    one = judgement()
    other: list[str | None] = [None, *ours(one)[1:]]
    assert evaluation.compared(one, {"china": other})["china"]["n"] == 199


def test_a_label_that_only_the_other_knows_is_counted_as_wrong() -> None:
    one = judgement()
    found = evaluation.compared(one, {"china": ["mixed"] * 200})["china"]
    assert found["macro_f1"] == 0
    assert found["n"] == 200


def test_the_surest_mistakes_come_first_and_each_comment_once() -> None:
    one = judgement()
    found = mistakes.shown(mistakes.mistakes(one), one.comments.texts, None, 2)
    assert len(found) == mistakes.SHOWN
    assert [each["confidence"] for each in found] == sorted((each["confidence"] for each in found), reverse=True)
    for each in found:
        assert each["true"] != each["predicted"]
        assert one.comments.labels["china"][each["row"] - 2] == each["true"]
        assert each["text"] == one.comments.texts[each["row"] - 2]
    assert len({each["row"] for each in found}) == len(found)


def test_comments_on_which_two_part_are_shown_with_both_labels() -> None:
    one = judgement()
    other: list[str | None] = list(one.comments.labels["china"])
    found = mistakes.shown(mistakes.parted(one, {"china": other}), one.comments.texts, ["x"] * 200, 2)
    assert found
    assert all(each["theirs"] == each["true"] != each["ours"] and each["id"] == "x" for each in found)


def test_slices_are_those_of_length_names_and_columns() -> None:
    one = judgement(400)
    found = evaluation.sliced(one, Lexicon.bundled(), {"site": ["a", "b"] * 200})
    assert {(each["by"], each["value"], each["n"]) for each in found} >= {
        ("names", "china", 200), ("names", "no country", 200), ("site", "a", 200), ("site", "b", 200),
    }  # fmt: skip
    assert {each["by"] for each in found} == {"length", "names", "site"}
    assert all(set(each["heads"]) == {"china"} for each in found)


def test_stance_by_tone_counts_true_and_predicted_labels() -> None:
    texts = ["a", "b", "c", "d"]
    labels = {"stance": ["pro_us", "none", "none", ""], "tone": ["negative", "negative", "positive", "neutral"]}
    said = Predictions(
        {"stance": ("none", "pro_us"), "tone": ("negative", "neutral", "positive")},
        {"stance": np.array([[0.1, 0.9]] * 4), "tone": np.array([[0.8, 0.1, 0.1]] * 4)},
        np.array([0, 0, 0, 0]),
    )
    found = evaluation.crossed(Judgement.of(LabelledComments(texts, labels, None), said, 0))
    assert found is not None
    assert (found["row_labels"], found["column_labels"]) == (["none", "pro_us"], ["negative", "neutral", "positive"])
    assert found["true"] == [[1, 0, 1], [1, 0, 0]]
    assert found["predicted"] == [[0, 0, 0], [3, 0, 0]]
    assert evaluation.crossed(judgement()) is None


@pytest.mark.parametrize("rows", [1, 2, 10, 29, 30, 61])
def test_few_comments_are_measured_all_the_same(rows: int) -> None:
    one = judgement(rows)
    assert 0 <= scores(one)["macro_f1"] <= 1
    assert evaluation.compared(one, {"china": ours(one)})["china"]["worse"] == 0
    evaluation.sliced(one, Lexicon.bundled(), {})
    mistakes.mistakes(one)


def test_one_article_is_no_reason_to_resample_by_article() -> None:
    assert judgement(50, ["a"] * 50).groups is None
    assert judgement(50, ["a", "b"] * 25).groups is not None


def test_a_model_that_gives_one_label_is_measured() -> None:
    texts, labels = ["China"] * 60, {"china": ["favor"] * 30 + ["none"] * 30}
    said = Predictions({"china": NAMES}, {"china": np.array([[0.1, 0.1, 0.8]] * 60)}, np.zeros(60, np.intp))
    found = scores(Judgement.of(LabelledComments(texts, labels, None), said, 0))
    assert found["macro_f1"] == pytest.approx(1 / 3, abs=1e-6)
    assert set(found["labels"]) == {"favor", "none"}


def test_a_label_never_seen_in_training_counts_against_the_model() -> None:
    texts, labels = ["China"] * 60, {"china": ["mixed"] * 30 + ["none"] * 30}
    said = Predictions({"china": NAMES}, {"china": np.array([[0.1, 0.1, 0.8]] * 60)}, np.zeros(60, np.intp))
    found = scores(Judgement.of(LabelledComments(texts, labels, None), said, 0))
    assert found["labels"]["mixed"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 30}


def test_many_rows_in_many_articles_take_no_minute() -> None:
    one = judgement(20_000, [f"article {row // 3}" for row in range(20_000)])
    start = time.thread_time()
    scores(one)
    evaluation.sliced(one, Lexicon.bundled(), {})
    assert time.thread_time() - start < 60


@pytest.fixture
def evaluated(labelled: Path, model_folder: Path, tmp_path: Path) -> Path:
    workflow.evaluate(str(labelled), str(tmp_path / "before"), model=str(model_folder))
    return tmp_path / "before" / "predictions.csv"


@pytest.mark.parametrize("other", ["model", "predictions"])
def test_compare_with_the_same_passes_its_gate(
    other: str, labelled: Path, model_folder: Path, evaluated: Path, tmp_path: Path, cli: Cli
) -> None:
    compared = model_folder if other == "model" else evaluated
    arguments = ["--model", model_folder, "--compare", compared, "--gate", "mood.worse<0.05"]
    code, _, errors = cli("evaluate", labelled, "--report", tmp_path / "r", *arguments)
    assert code == 0, errors
    metrics = json.loads((tmp_path / "r" / "metrics.json").read_text())
    assert metrics["compared_with"]["kind"] == other
    assert metrics["heads"]["mood"]["compared"]["difference"] == 0


def test_compare_with_better_predictions_fails_and_says_by_how_much(
    labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli
) -> None:
    wrong = [(*row[:3], {"good": "bad", "bad": "good"}[row[3]], row[4]) for row in ROWS]
    table = write_csv(tmp_path / "wrong.csv", HEADER, wrong)
    arguments = ["--model", model_folder, "--compare", table, "--gate", "mood.worse<0.05", "--gate", "mood.macro_f1>=0"]
    code, _, errors = cli("evaluate", table, "--report", tmp_path / "r", *arguments)
    assert code == 1
    assert "gate failed: mood.worse is 1.0000, not < 0.05 (off by 0.9500)" in errors
    assert errors.count("gate failed") == 1


def test_predictions_are_matched_by_id(labelled: Path, model_folder: Path, evaluated: Path, tmp_path: Path) -> None:
    header, *rows = evaluated.read_text("utf-8").splitlines()
    backwards = tmp_path / "backwards.csv"
    backwards.write_text("\n".join([header, *reversed(rows)]) + "\n", "utf-8")
    workflow.evaluate(str(labelled), str(tmp_path / "r"), model=str(model_folder), compare=str(backwards))
    metrics = json.loads((tmp_path / "r" / "metrics.json").read_text())
    assert metrics["heads"]["mood"]["compared"]["difference"] == 0


def test_ids_that_stand_twice_are_matched_by_their_order(model_folder: Path, tmp_path: Path) -> None:
    table = str(write_csv(tmp_path / "twice.csv", HEADER, [("1", *row[1:]) for row in ROWS]))
    workflow.evaluate(table, str(tmp_path / "before"), model=str(model_folder))
    before = tmp_path / "before" / "predictions.csv"
    workflow.evaluate(table, str(tmp_path / "r"), model=str(model_folder), compare=str(before))
    metrics = json.loads((tmp_path / "r" / "metrics.json").read_text())
    assert metrics["heads"]["mood"]["compared"]["difference"] == 0
    other = write_csv(tmp_path / "other.csv", HEADER, [(str(n // 2), *row[1:]) for n, row in enumerate(ROWS)])
    with pytest.raises(TableError, match="column 'id' has a name twice, and the rows are in another order"):
        workflow.evaluate(table, str(tmp_path / "r"), model=str(model_folder), compare=str(other))


def test_predictions_of_other_comments_are_refused(
    labelled: Path, model_folder: Path, evaluated: Path, tmp_path: Path
) -> None:
    less = tmp_path / "less.csv"
    less.write_text("".join(evaluated.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    with pytest.raises(TableError, match="no row with id 12; expected all 12 comments"):
        workflow.evaluate(str(labelled), str(tmp_path / "r"), model=str(model_folder), compare=str(less))
    assert not (tmp_path / "r").exists()


def test_compare_without_a_common_head_is_refused(labelled: Path, model_folder: Path, tmp_path: Path) -> None:
    other = write_csv(tmp_path / "other.csv", ("id", "text"), [row[:1] + row[2:3] for row in ROWS])
    with pytest.raises(OptionError, match="none of the heads mood, port in it"):
        workflow.evaluate(str(labelled), str(tmp_path / "r"), model=str(model_folder), compare=str(other))


def test_a_gate_on_a_comparison_needs_one(labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    arguments = ["--model", model_folder, "--report", tmp_path / "r", "--gate", "mood.worse<0.05"]
    code, _, errors = cli("evaluate", labelled, *arguments)
    assert code == 2
    assert "no score 'worse'" in errors
    assert "need --compare" in errors


def test_gates_on_the_ends_of_intervals(labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    arguments = ["--model", model_folder, "--gate", "mood.macro_f1_low>=2", "--gate", "mood.accuracy_high<=-1"]
    code, _, errors = cli("evaluate", labelled, "--report", tmp_path / "r", *arguments)
    assert code == 1
    assert "mood.macro_f1_low is" in errors
    assert "mood.accuracy_high is" in errors


def test_cross_validation_is_compared_row_by_row_with_that_of_the_folder(
    labelled: Path, model_folder: Path, tmp_path: Path
) -> None:
    found = workflow.evaluate(
        str(labelled), str(tmp_path / "r"), model=str(model_folder), compare=str(model_folder), held_out=True, jobs=1
    )
    assert {head: scores["compared"]["difference"] for head, scores in found.heads.items()} == {"mood": 0, "port": 0}


def test_cross_validation_is_not_compared_with_a_model_of_another_table(
    labelled: Path, model_folder: Path, tmp_path: Path
) -> None:
    other = write_csv(tmp_path / "other.csv", HEADER, ROWS[:-1])
    for compare in (model_folder, labelled):
        with pytest.raises(OptionError, match="no held-out labels of this table"):
            workflow.evaluate(
                str(other), str(tmp_path / "r"), model=str(model_folder), compare=str(compare), held_out=True, jobs=1
            )


def test_slice_by_an_unknown_column_is_refused(labelled: Path, model_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no column 'site'; the columns are id, article"):
        workflow.evaluate(str(labelled), str(tmp_path / "r"), model=str(model_folder), slice_by=["site"])


def test_held_out_labels_come_back(tmp_path: Path) -> None:
    said = Predictions({"m": ("a", "b")}, {"m": np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]])}, np.array([0, 0, 1]))
    (tmp_path / SCORES).write_bytes(scores_file(said, {}, "abc"))
    assert held_out_labels(tmp_path, "abc") == {"m": ["a", "b", None]}
    assert held_out_labels(tmp_path, "abd") is None
    assert held_out_labels(tmp_path / "none", "abc") is None


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"sha256": "abc", "held_out": {"m": {"labels": ["a"], "codes": "9"}}}']
)
def test_damaged_scores_are_an_error(content: str, tmp_path: Path) -> None:
    (tmp_path / SCORES).write_text(content)
    with pytest.raises(ModelError, match=r"scores\.json is damaged"):
        held_out_labels(tmp_path, "abc")
