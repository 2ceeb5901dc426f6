"""The commands, as a person runs them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest

from tests.conftest import COMMENTS, ROWS, Cli, rows_of, write_csv
from tests.helpers.terminal import shown_on_terminal

HEADS = ["mood", "mood_confidence", "port", "port_confidence"]


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
    command = [sys.executable, "-m", "stance", "predict", str(comments), "--model", str(model_folder), "-o", "-"]
    settings = {**os.environ, "TERM": "xterm"}
    shown = shown_on_terminal("stderr", command, stdout=subprocess.DEVNULL, env=settings)
    assert "scoring" in shown
    assert "3 rows in " in shown


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


def test_scoring_a_csv_needs_none_of_the_large_libraries(comments: Path, model_folder: Path, tmp_path: Path) -> None:
    arguments = [str(comments), str(tmp_path / "out.csv")]
    code = "import sys; from stance.workflow import predict; "
    code += f"predict.predict([{arguments[0]!r}], {arguments[1]!r}, "
    code += f"model={str(model_folder)!r}, probabilities=True); "
    code += "print({'pandas', 'sklearn', 'nltk'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_closed_output_is_no_traceback(model_folder: Path, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "a.csv", ("text",), [("they lie and lie",)] * 40_000)
    command = f"{sys.executable} -m stance predict {table} --model {model_folder} -o - | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "stance: broken pipe: standard output was closed, the output is incomplete\n"


def test_comments_that_are_numbers_in_a_later_part(
    model_folder: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.workflow.batch.reader.BATCH_ROWS", 2)
    table = write_csv(tmp_path / "a.csv", ("text",), [("they lie",), ("so",), ("2020",)])
    assert cli("predict", table, "--model", model_folder, "-o", tmp_path / "out.csv")[0] == 0
    assert [row["text"] for row in rows_of(tmp_path / "out.csv")] == ["they lie", "so", "2020"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_fault_in_a_later_part_leaves_nothing(
    jobs: str, model_folder: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.workflow.batch.reader.BATCH_ROWS", 2)
    (tmp_path / "a.csv").write_text("id,text\n" + "1,so\n" * 9 + "2,so,what\n")
    code, _, errors = cli(
        "predict", tmp_path / "a.csv", "--jobs", jobs, "--model", model_folder, "-o", tmp_path / "out.csv"
    )
    assert code == 2
    assert "line 11 has 3 cells" in errors
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


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


def test_tables_of_other_types_are_not_joined(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"id": [1], "text": ["so"]}), tmp_path / "a.parquet")
    pyarrow.parquet.write_table(pyarrow.table({"id": ["x"], "text": ["so"]}), tmp_path / "b.parquet")
    out = tmp_path / "out.parquet"
    code, _, errors = cli("predict", tmp_path / "a.parquet", tmp_path / "b.parquet", "--model", model_folder, "-o", out)
    assert code == 2
    assert "columns have other types than those of" in errors
    assert errors.count("\n") == 1
    assert not out.exists()


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
