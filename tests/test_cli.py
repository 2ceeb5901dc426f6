"""The commands, as a person runs them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import pty
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from stance import schema, workflow
from stance.errors import TableError
from tests.conftest import HEADER, ROWS, Cli, write_csv

HEADS = ["mood", "mood_confidence", "port", "port_confidence"]
COMMENTS = [("7", "They lie, they lie"), ("8", " "), ("9", "a good word, thank you")]


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "comments.csv", ("id", "text"), list(COMMENTS))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_train_prints_scores_beside_the_baseline(labelled: Path, tmp_path: Path, cli: Cli) -> None:
    code, output, errors = cli("train", labelled, "--out", tmp_path / "model", "--jobs", "1")
    assert (code, errors) == (0, "")
    header, mood, port, *_ = output.splitlines()
    assert header.split() == ["head", "comments", "macro", "F1", "95", "%", "interval", "guessing", "C"]
    assert mood.split()[0] == "mood"
    assert port.split()[1] == "11"
    assert json.loads((tmp_path / "model/manifest.json").read_text())["settings"]["seed"] == 0


def test_train_takes_named_heads_and_text_column(tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("id", "article", "body", "mood", "port"), list(ROWS))
    code, *_ = cli("train", table, "--out", tmp_path / "m", "--heads", "mood", "--text-column", "body", "--seed", "3")
    manifest = json.loads((tmp_path / "m/manifest.json").read_text())
    assert (code, list(manifest["heads"]), manifest["settings"]["seed"]) == (0, ["mood"], 3)


def test_train_takes_the_bundled_heads_only_where_there_are_some(tmp_path: Path, cli: Cli) -> None:
    rows = [(*row[:3], "positive" if row[3] == "good" else "negative", row[3]) for row in ROWS]
    table = write_csv(tmp_path / "a.csv", ("id", "article", "text", "tone", "mood"), rows)
    assert cli("train", table, "--out", tmp_path / "m")[0] == 0
    assert list(json.loads((tmp_path / "m/manifest.json").read_text())["heads"]) == ["tone"]


def test_predict_keeps_the_columns_and_labels_no_blank(
    comments: Path, model_folder: Path, tmp_path: Path, cli: Cli
) -> None:
    out = tmp_path / "out.csv"
    code, output, errors = cli("predict", comments, "--model", model_folder, "-o", out)
    found = rows_of(out)
    assert (code, output) == (0, "")
    assert list(found[0]) == ["id", "text", *HEADS, "status"]
    assert [(row["id"], row["text"]) for row in found] == COMMENTS
    assert [row["mood"] for row in found] == ["bad", "", "good"]
    assert [row["status"] for row in found] == ["ok", "empty", "ok"]
    assert found[1]["mood_confidence"] == ""
    assert 0.5 < float(found[0]["mood_confidence"]) <= 1
    assert errors.count("\n") == 1
    assert errors.startswith("3 rows in ")
    assert "rows/s); status: ok 2, empty 1; mood: bad 1, good 1; port: " in errors


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet", ".jsonl"])
def test_predict_says_the_same_in_every_format(
    ending: str, comments: Path, model_folder: Path, tmp_path: Path, cli: Cli
) -> None:
    first, second = tmp_path / f"first{ending}", tmp_path / "second.csv"
    assert cli("predict", comments, "--model", model_folder, "-o", first)[0] == 0
    plain = tmp_path / f"plain{ending}"
    if ending == ".parquet":
        pyarrow.parquet.write_table(pyarrow.parquet.read_table(first).select(["id", "text"]), plain)
        assert cli("predict", plain, "--model", model_folder, "-o", second)[0] == 0
    elif ending == ".jsonl":
        lines = [json.loads(line) for line in first.read_text().splitlines()]
        assert lines[1] == {"id": "8", "text": " ", **dict.fromkeys(HEADS), "status": "empty"}
        plain.write_text("".join(json.dumps({"id": line["id"], "text": line["text"]}) + "\n" for line in lines))
        assert cli("predict", plain, "--model", model_folder, "-o", second)[0] == 0
    else:
        text = gzip.decompress(first.read_bytes()) if ending == ".csv.gz" else first.read_bytes()
        second.write_bytes(text)
    assert cli("predict", comments, "--model", model_folder, "-o", tmp_path / "direct.csv")[0] == 0
    assert second.read_bytes() == (tmp_path / "direct.csv").read_bytes()


def test_predict_from_standard_input_to_standard_output(comments: Path, model_folder: Path) -> None:
    command = [sys.executable, "-m", "stance", "predict", "-", "--model", str(model_folder), "-o", "-"]
    done = subprocess.run(command, input=comments.read_bytes(), capture_output=True, check=True)
    found = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [row["mood"] for row in found] == ["bad", "", "good"]
    assert done.stderr.startswith(b"3 rows in ")
    assert b"\x1b" not in done.stderr


def test_predict_shows_progress_on_a_terminal(comments: Path, model_folder: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "stance", "predict", str(comments), "--model", str(model_folder), "-o", "-"]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=theirs, check=True, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # Linux says so at the end of a closed terminal
        pass
    os.close(ours)
    assert b"scoring" in shown
    assert b"3 rows in " in shown


def test_predict_with_probabilities(comments: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    out = tmp_path / "out.csv"
    assert cli("predict", comments, "--model", model_folder, "-o", out, "--probabilities")[0] == 0
    found = rows_of(out)
    assert list(found[0])[2:6] == ["mood", "mood_confidence", "mood_p_bad", "mood_p_good"]
    assert float(found[0]["mood_p_bad"]) + float(found[0]["mood_p_good"]) == pytest.approx(1, abs=2e-6)
    assert found[1]["mood_p_bad"] == ""


def test_predict_beside_true_labels(labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    out = tmp_path / "out.csv"
    assert cli("predict", labelled, "--model", model_folder, "-o", out)[0] == 0
    found = rows_of(out)
    assert [row["mood"] for row in found] == [row[3] for row in ROWS]
    assert set(row["mood_predicted"] for row in found) == {"good", "bad"}
    code, _, errors = cli("predict", out, "--model", model_folder, "-o", tmp_path / "again.csv")
    assert code == 2
    assert "mood_predicted" in errors
    assert "rename them" in errors
    assert not (tmp_path / "again.csv").exists()


def test_predict_many_tables_and_processes(comments: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    one, two, twice = (tmp_path / name for name in ("one.csv", "two.csv", "twice.csv"))
    assert cli("predict", comments, comments, "--model", model_folder, "-o", one)[0] == 0
    assert cli("predict", comments, comments, "--model", model_folder, "-o", two, "--jobs", "2")[0] == 0
    assert one.read_bytes() == two.read_bytes()
    assert len(rows_of(one)) == 6
    other = write_csv(twice, ("text", "id"), [("so", "1")])
    code, _, errors = cli("predict", comments, other, "--model", model_folder, "-o", tmp_path / "no.csv")
    assert code == 2
    assert "the columns are text, id, those of" in errors


def test_predict_refuses_to_overwrite_its_input(comments: Path, model_folder: Path, cli: Cli) -> None:
    before = comments.read_bytes()
    code, _, errors = cli("predict", comments, "--model", model_folder, "-o", comments)
    assert (code, errors) == (2, f"stance: {comments}: is also an input; give --output another name\n")
    assert comments.read_bytes() == before


def test_predict_with_other_delimiters(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a.csv").write_text("id;text\n1;they lie, they do\n")
    (tmp_path / "b.csv").write_text("id\ttext\n1\tthey lie, they do\n")
    for name, delimiter in (("a.csv", ";"), ("b.csv", "tab")):
        code, *_ = cli(
            "predict", tmp_path / name, "--delimiter", delimiter, "--model", model_folder, "-o", tmp_path / "out.csv"
        )
        assert code == 0
        assert rows_of(tmp_path / "out.csv")[0]["text"] == "they lie, they do"
    code, _, errors = cli("predict", tmp_path / "a.csv", "--delimiter", ";;", "-o", tmp_path / "out.csv")
    assert code == 2
    assert "one character" in errors


def test_missing_text_column_is_guessed(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    for name in ("body", "comment", "comment_text", "Content", "message", "review_text"):
        table = write_csv(tmp_path / "a.csv", ("comment_id", name, "likes"), [("1", "so", "2")])
        code, _, errors = cli("predict", table, "--model", model_folder, "-o", tmp_path / "out.csv")
        assert code == 2
        hint = f"no column 'text'; the columns are comment_id, {name}, likes; did you mean --text-column {name!r}?"
        assert errors == f"stance: {table}: {hint}\n"


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        (HEADER, [(*ROWS[0][:3], "good", "yes")], "head 'mood' has 1 label (good), training needs two"),
        (
            ("text", "tone"),
            [("so", "great"), ("no", "negative")],
            "row 2: tone is 'great'; allowed: negative, neutral, positive",
        ),
        (("text", "mood"), [("so", ""), ("no", "")], "head 'mood' has 0 label ((none))"),
        (("id", "text"), [("1", "so")], "no label column beside the text"),
        (("text", "url"), [(f"comment {n}", f"u{n}") for n in range(60)], "column 'url' has 60 different values"),
        (("text", "day"), [(f"comment {n}", f"d{n}") for n in range(10)], "column 'day' has 10 different values"),
        (("text", "mood"), [("one", "a"), ("two", "b"), ("six", "a")], "too few comments (3)"),
        (("text", "mood"), [("one", "a"), ("One ", "b")], "all rows are alike"),
    ],
)
def test_tables_that_cannot_train(
    header: tuple[str, ...], rows: list[tuple[str, ...]], expected: str, tmp_path: Path, cli: Cli
) -> None:
    table = write_csv(tmp_path / "a.csv", header, rows)
    code, _, errors = cli("train", table, "--out", tmp_path / "model", "--jobs", "1")
    assert code == 2
    assert f"stance: {table}: {expected}" in errors
    assert not (tmp_path / "model").exists()


def test_all_faults_of_a_table_are_told_at_once(tmp_path: Path, cli: Cli) -> None:
    rows = [("so", "great", "favor"), ("no", "negative", "maybe"), ("why", "", "none")]
    table = write_csv(tmp_path / "a.csv", ("body", "tone", "china"), rows)
    code, _, errors = cli("train", table, "--heads", "tone,china,us", "--out", tmp_path / "model")
    assert code == 2
    for fault in ("no label column 'us'", "row 2: tone is 'great'", "row 3: china is 'maybe'", "no column 'text'"):
        assert fault in errors


def test_many_faults_are_counted_not_listed(tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("text", "tone"), [("so", "bad")] * 50)
    _, _, errors = cli("train", table, "--out", tmp_path / "model")
    assert errors.count("\n") == 21
    assert "and 30 more faults like these" in errors


def test_evaluate_writes_a_report(labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    report = tmp_path / "report"
    code, output, errors = cli("evaluate", labelled, "--model", model_folder, "--report", report)
    assert code == 0
    assert "The model is surely better than guessing the commonest label on no head." in output
    assert "say little" in output
    assert "trained on this very table" in errors
    assert {path.name for path in report.iterdir()} == {"metrics.json", "report.md", "report.html", "predictions.csv"}
    metrics = json.loads((report / "metrics.json").read_text())
    assert metrics["data"]["seen"] is True
    assert set(metrics["heads"]["mood"]) == {
        "n", "unscored", "macro_f1", "macro_f1_interval", "macro_recall", "macro_recall_interval", "accuracy",
        "accuracy_interval", "labels", "confusion", "ece", "reliability", "baselines", "coverage",
    }  # fmt: skip
    assert metrics["heads"]["port"]["n"] == 11
    assert len(rows_of(report / "predictions.csv")) == 12


def test_evaluate_on_held_out_articles(labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    arguments = ("evaluate", labelled, "--model", model_folder, "--report", tmp_path / "report", "--cross-validate")
    code, _, errors = cli(*arguments)
    assert (code, errors) == (0, "")
    metrics = json.loads((tmp_path / "report/metrics.json").read_text())
    trained = json.loads((model_folder / "manifest.json").read_text())
    assert metrics["model"]["held_out"] is True
    assert metrics["heads"] == trained["cross_validation"]


@pytest.mark.parametrize(
    ("gate", "code", "line"),
    [
        ("mood.macro_f1>=0.5", 0, ""),
        ("mood.accuracy>1", 1, "stance: gate failed: mood.accuracy is 1.0000, not > 1 (off by 0.0000)"),
        ("mood.ece <= 0.0", 1, "not <= 0 (off by"),
        ("tone.macro_f1>=0.5", 2, "--gate: no head 'tone'; there are mood, port"),
        ("mood.f2>=0.5", 2, "--gate: no score 'f2'; there are n, unscored, macro_f1,"),
        ("mood better", 2, "expected a form like 'stance.macro_f1>=0.60'"),
    ],
)
def test_gate(gate: str, code: int, line: str, labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    report = tmp_path / "report"
    found, _, errors = cli("evaluate", labelled, "--model", model_folder, "--report", report, "--gate", gate)
    assert found == code
    assert line in errors
    assert report.exists() == (code != 2)


def test_evaluate_where_truth_has_a_label_the_model_never_saw(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("text", "mood"), [("they lie", "bad"), ("thank you", "odd"), (" ", "good")])
    assert cli("evaluate", table, "--model", model_folder, "--report", tmp_path / "r")[0] == 0
    mood = json.loads((tmp_path / "r/metrics.json").read_text())["heads"]["mood"]
    assert (mood["n"], mood["unscored"]) == (2, 1)
    assert mood["labels"]["odd"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1}


def test_evaluate_without_a_shared_head(comments: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    code, _, errors = cli("evaluate", comments, "--model", model_folder, "--report", tmp_path / "r")
    assert code == 2
    assert "no label column that the model knows; it knows mood, port" in errors
    assert not (tmp_path / "r").exists()


def test_export(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    code, output, _ = cli("export", tmp_path / "a.joblib", "--model", model_folder)
    assert (code, output) == (0, f"pipeline written to {tmp_path / 'a.joblib'}\n")
    assert (tmp_path / "a.joblib").stat().st_size > 0


@pytest.mark.parametrize(
    "arguments", [(), ("predict",), ("train", "a.csv"), ("nothing",), ("predict", "a", "-o", "b", "--jobs", "0")]
)
def test_bad_usage_is_exit_code_2(arguments: tuple[str, ...], cli: Cli) -> None:
    assert cli(*arguments)[0] == 2


def test_help_and_version(cli: Cli) -> None:
    for arguments in (("--help",), ("train", "--help"), ("predict", "--help"), ("evaluate", "--help"), ("--version",)):
        code, output, _ = cli(*arguments)
        assert code == 0
        assert output


def test_help_needs_no_heavy_import() -> None:
    code = "import sys, stance.cli; print([m for m in ('sklearn', 'pandas', 'pyarrow', 'numpy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_scoring_a_csv_needs_none_of_the_large_libraries(comments: Path, model_folder: Path, tmp_path: Path) -> None:
    arguments = [str(comments), str(tmp_path / "out.csv")]
    code = f"import sys; from stance import workflow; workflow.predict([{arguments[0]!r}], {arguments[1]!r}, "
    code += f"model={str(model_folder)!r}, asked=workflow.batch.Asked(True)); "
    code += "print({'pandas', 'sklearn', 'nltk'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_closed_output_is_no_traceback(model_folder: Path, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "a.csv", ("text",), [("they lie and lie",)] * 40_000)
    command = f"{sys.executable} -m stance predict {table} --model {model_folder} -o - | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "stance: the reader of standard output went away; the result is cut off\n"


def test_comments_that_are_numbers_in_a_later_part(
    model_folder: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.source.PART_ROWS", 2)
    table = write_csv(tmp_path / "a.csv", ("text",), [("they lie",), ("so",), ("2020",)])
    assert cli("predict", table, "--model", model_folder, "-o", tmp_path / "out.csv")[0] == 0
    assert [row["text"] for row in rows_of(tmp_path / "out.csv")] == ["they lie", "so", "2020"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_fault_in_a_later_part_leaves_nothing(
    jobs: str, model_folder: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.source.PART_ROWS", 2)
    (tmp_path / "a.csv").write_text("id,text\n" + "1,so\n" * 9 + "2,so,what\n")
    code, _, errors = cli(
        "predict", tmp_path / "a.csv", "--jobs", jobs, "--model", model_folder, "-o", tmp_path / "out.csv"
    )
    assert code == 2
    assert "line 11 has 3 cells" in errors
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_number_columns_are_not_comments_even_by_name() -> None:
    table = pyarrow.table({"text": [1, 2]})
    with pytest.raises(TableError, match="holds numbers only"):
        schema.texts_of(table, "text", "a.parquet")


def test_a_comment_of_unknown_words_has_no_label(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("text",), [("they lie",), ("\u4e2d\u534e",)])
    assert cli("predict", table, "--model", model_folder, "-o", tmp_path / "out.csv")[0] == 0
    assert [(row["mood"], row["status"]) for row in rows_of(tmp_path / "out.csv")] == [
        ("bad", "ok"),
        ("", "unsupported_script"),
    ]


def test_standard_input_cannot_be_read_twice(tmp_path: Path, cli: Cli) -> None:
    for arguments in (("train", "-", "--out", tmp_path / "m"), ("evaluate", "-", "--report", tmp_path / "r")):
        code, _, errors = cli(*arguments)
        assert (code, errors) == (
            2,
            "stance: standard input can be read only once; save the table to a file and name that\n",
        )


def test_a_head_called_status_is_refused(tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("id", "article", "text", "status"), [row[:4] for row in ROWS])
    code, _, errors = cli("train", table, "--out", tmp_path / "m")
    assert code == 2
    assert "label columns would give two result columns status; rename one" in errors


def test_tables_of_other_types_are_not_joined(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"id": [1], "text": ["so"]}), tmp_path / "a.parquet")
    pyarrow.parquet.write_table(pyarrow.table({"id": ["x"], "text": ["so"]}), tmp_path / "b.parquet")
    out = tmp_path / "out.parquet"
    code, _, errors = cli("predict", tmp_path / "a.parquet", tmp_path / "b.parquet", "--model", model_folder, "-o", out)
    assert code == 2
    assert "columns have other types than those of" in errors
    assert errors.count("\n") == 1
    assert not out.exists()


def test_one_article_gives_an_interval_all_the_same(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    rows = [(row[0], "", row[2], row[3] if number else "bad") for number, row in enumerate(ROWS)]
    table = write_csv(tmp_path / "a.csv", HEADER[:4], rows)
    assert cli("evaluate", table, "--model", model_folder, "--report", tmp_path / "r")[0] == 0
    metrics = json.loads((tmp_path / "r/metrics.json").read_text())
    low, high = metrics["heads"]["mood"]["accuracy_interval"]
    assert low < high
    assert metrics["data"]["articles"] is None


def test_evaluate_does_not_overwrite_its_input(labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    report = tmp_path / "report"
    assert cli("evaluate", labelled, "--model", model_folder, "--report", report)[0] == 0
    code, _, errors = cli("evaluate", report / "predictions.csv", "--model", model_folder, "--report", report)
    assert code == 2
    assert "is also an input" in errors


ATTITUDES = [
    ("we trust China and thank China", "favor"),
    ("China helped us, good friend China", "favor"),
    ("thank you China for the port", "favor"),
    ("China is a thief, we hate China", "against"),
    ("China stole our port", "against"),
    ("never trust China, China lies", "against"),
    ("the talks in China end today", "none"),
    ("a port in China opens today", "none"),
    ("ships sail from China today", "none"),
]


@pytest.fixture
def attitude_model(tmp_path: Path, cli: Cli) -> Path:
    rows = [(f"{text} {number}", label) for number in range(4) for text, label in ATTITUDES]
    table = write_csv(tmp_path / "attitudes.csv", ("text", "china"), rows)
    assert cli("train", table, "--out", tmp_path / "attitudes")[0] == 0
    return tmp_path / "attitudes"


def test_targets_beside_those_of_the_model(attitude_model: Path, tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("text",), [("Iran is a thief, we hate Iran",), ("a port opens today",)])
    out = tmp_path / "out.csv"
    assert cli("predict", table, "--model", attitude_model, "-o", out, "--targets", "iran")[0] == 0
    assert list(rows_of(out)[0]) == ["text", "china", "china_confidence", "iran", "iran_confidence", "status"]
    assert [row["iran"] for row in rows_of(out)] == ["against", rows_of(out)[1]["iran"]]


def test_targets_of_a_lexicon_file(attitude_model: Path, tmp_path: Path, cli: Cli) -> None:
    names = write_csv(tmp_path / "names.csv", ("target", "alias"), [("mars", "Red Planet")])
    table = write_csv(tmp_path / "a.csv", ("text",), [("we hate the Red Planet, a thief",)])
    arguments = ("predict", table, "--model", attitude_model, "-o", tmp_path / "out.csv", "--targets", "mars")
    code, _, errors = cli(*arguments)
    assert (code, "no target mars in the lexicon" in errors) == (2, True)
    assert cli(*arguments, "--lexicon", names)[0] == 0
    assert rows_of(tmp_path / "out.csv")[0]["mars"] == "against"


@pytest.mark.parametrize(
    ("targets", "fault"),
    [("china", "has a head china already"), ("atlantis", "no target atlantis in the lexicon; it has")],
)
def test_targets_that_cannot_be_asked_for(
    targets: str, fault: str, attitude_model: Path, tmp_path: Path, cli: Cli
) -> None:
    table = write_csv(tmp_path / "a.csv", ("text",), [("hello",)])
    out = tmp_path / "out.csv"
    code, _, errors = cli("predict", table, "--model", attitude_model, "-o", out, "--targets", targets)
    assert (code, fault in errors, out.exists()) == (2, True, False)


def test_a_model_without_attitudes_has_no_other_targets(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("text",), [("hello",)])
    code, _, errors = cli("predict", table, "--model", model_folder, "-o", tmp_path / "o.csv", "--targets", "iran")
    assert (code, "this model knows no attitudes" in errors) == (2, True)


def test_no_label_below_the_least_confidence(comments: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    usual, strict = tmp_path / "usual.csv", tmp_path / "strict.csv"
    assert cli("predict", comments, "--model", model_folder, "-o", usual)[0] == 0
    assert cli("predict", comments, "--model", model_folder, "-o", strict, "--min-confidence", "0.6")[0] == 0
    seen = set()
    for before, after in zip(rows_of(usual), rows_of(strict), strict=True):
        heads = [head for head in ("mood", "port") if before["status"] == "ok"]
        kept = [head for head in heads if float(before[f"{head}_confidence"]) >= 0.6]
        for head in heads:
            assert after[head] == (before[head] if head in kept else "")
            assert after[f"{head}_confidence"] == before[f"{head}_confidence"]
        if heads:
            assert after["status"] == ("ok" if kept else "low_confidence")
        seen.add(after["status"])
    assert "ok" in seen or "low_confidence" in seen
    assert cli("predict", comments, "--model", model_folder, "-o", strict, "--min-confidence", "2")[0] == 2


def test_train_shows_the_strength_of_each_head_beside_it(
    labelled: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = workflow.train

    def in_other_order(*given: Any, **options: Any) -> workflow.Trained:
        return replace(train(*given, **options), strengths={"port": 3.0, "mood": 0.25})

    monkeypatch.setattr(workflow, "train", in_other_order)
    _, output, _ = cli("train", labelled, "--out", tmp_path / "model", "--jobs", "1")
    lines = [line.split() for line in output.splitlines()[1:3]]
    assert [(line[0], line[-1]) for line in lines] == [("mood", "0.25"), ("port", "3")]
