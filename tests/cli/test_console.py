"""What strangers wrote never acts on a terminal and never names a file."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from stance.cli.console import COLORS
from stance.errors import MAX_LINE_CHARS, OptionError, TableError
from stance.strings import printable
from tests.conftest import Cli
from tests.helpers.terminal import shown_on_terminal

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\rso"
PATHS = ["../../evil", "/tmp/evil-of-stance", "..\\evil", "a/b/../../../evil", "~/.evil", "nul\0"]
MODEL_FILES = ("model.safetensors", "baseline.safetensors", "manifest.json", "scores.json", "MODEL_CARD.md")


def write_csv(path: Path, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    return path


def unsafe(text: str) -> list[str]:
    return [char for char in text if char != "\n" and not char.isprintable()]


def assert_safe(done: tuple[int, str, str], code: int, shown: str = "") -> None:
    assert done[0] == code, done
    assert unsafe(done[1] + done[2]) == []
    assert shown in done[1] + done[2]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table in which everything is hostile: its name, its columns, its labels, ids and comments."""
    rows = [
        (f"{EVIL}{n}", f"{EVIL}{n % 7}", f"they {word} and {word} {n} {EVIL}", f"{EVIL}{label}")
        for n in range(20)
        for word, label in (("lie", "bad"), ("help", "good"))
    ]
    rows.append(("20", "0", f"they lie and lie and lie {EVIL}", f"{EVIL}good"))
    return write_csv(tmp_path / f"{EVIL}.csv", ("id", "article", "text", f"{EVIL}mood"), rows)


def test_check_shows_comments_safely(table: Path, cli: Cli) -> None:
    assert_safe(cli("check", table, "--against", table, "--jobs", "1"), 1, "probable label errors")


@pytest.mark.filterwarnings("ignore:Glyph")  # no font has letters for commands
def test_train_evaluate_predict_and_export_are_safe(table: Path, tmp_path: Path, cli: Cli) -> None:
    model, out = tmp_path / f"{EVIL}model", tmp_path / f"{EVIL}out.csv"
    assert_safe(cli("train", table, "--out", model, "--jobs", "1"), 0, r"\x1b]0;owned\x07")
    assert_safe(cli("predict", table, "--model", model, "-o", out), 0, r"\x1b]0;owned\x07")
    report = tmp_path / f"{EVIL}report"
    gate = f"{EVIL}mood.macro_f1>=1.5"
    assert_safe(cli("evaluate", table, "--model", model, "--report", report, "--jobs", "1"), 0, r"\x1b]0;owned\x07")
    assert cli("evaluate", table, "--model", model, "--report", report, "--gate", gate, "--jobs", "1")[0] in (1, 2)
    assert_safe(cli("export", tmp_path / f"{EVIL}.joblib", "--model", model), 0, r"\x1b]0;owned\x07")
    assert_safe(cli("export", tmp_path / "a.joblib", "--model", model, "--head", EVIL), 2, r"\x1b]0;owned\x07")
    with out.open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["id"] == f"{EVIL}0"  # in a file, data stay as they are


def test_explain_is_safe(model_folder: Path, cli: Cli) -> None:
    assert_safe(cli("explain", f"they lie {EVIL} good", "--model", model_folder), 0, r"\x1b]0;owned\x07")
    assert_safe(cli("explain", "they lie", "--head", EVIL, "--model", model_folder), 2, r"\x1b]0;owned\x07")


def test_agree_is_safe(tmp_path: Path, cli: Cli) -> None:
    rows = [(str(n), f"{EVIL}{who}", f"{EVIL}mood", f"{EVIL}{(n + who) % 2}") for n in range(6) for who in range(2)]
    annotations = write_csv(tmp_path / "a.csv", ("id", "pass", "head", "label"), rows)
    assert_safe(cli("agree", annotations, "--sheet", tmp_path / f"{EVIL}.csv"), 0, r"\x1b]0;owned\x07")


@pytest.mark.parametrize(
    "arguments",
    [
        ("predict", f"{EVIL}.csv", "-o", "out.csv"),
        ("predict", f"{EVIL}.xyz", "-o", "out.csv"),
        ("predict", "a.csv", "-o", f"{EVIL}.xyz"),
        ("predict", "a.csv", "-o", "out.csv", "--text-column", EVIL),
        ("predict", "a.csv", "-o", "out.csv", "--model", EVIL),
        ("predict", "a.csv", "-o", "out.csv", "--targets", EVIL),
        ("predict", "a.csv", "-o", "out.csv", "--lexicon", f"{EVIL}.csv"),
        ("predict", "a.csv", "-o", "out.csv", "--encoding", EVIL),
        ("predict", "a.csv", "-o", "out.csv", "--jobs", EVIL),
        ("predict", "a.csv", "-o", "out.csv", f"--{EVIL}.csv"),
        ("predict", "b.csv", "-o", "out.csv"),
        ("predict", "c.jsonl", "-o", "out.csv"),
        ("train", "a.csv", "--out", "model"),
        ("train", "a.csv", "--out", "model", "--heads", EVIL),
        ("check", "a.csv", "--heads", EVIL),
        ("agree", "a.csv"),
        ("evaluate", "a.csv", "--report", "report", "--gate", EVIL),
        (EVIL,),
    ],
)
def test_errors_are_safe(arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "a.csv", (f"{EVIL}text", "body"), [(EVIL, f"so {EVIL}")])
    write_csv(tmp_path / "b.csv", ("text", EVIL, EVIL), [])
    (tmp_path / "c.jsonl").write_text(f"{EVIL}\n")
    assert_safe(cli(*arguments), 2)


def on_a_terminal(*arguments: str) -> str:
    settings = {**os.environ, "TERM": "xterm"}
    settings.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "stance", *arguments]
    shown = shown_on_terminal("stdout", command, stderr=subprocess.DEVNULL, env=settings)
    return shown.replace("\r\n", "\n")


def test_the_result_is_safe_on_a_terminal(table: Path, model_folder: Path) -> None:
    shown = on_a_terminal("predict", str(table), "--model", str(model_folder), "-o", "-")
    assert unsafe(shown) == []
    assert "they lie and lie 0 \\x1b]0;owned" in shown


def test_reasons_are_safe_on_a_terminal(model_folder: Path) -> None:
    shown = on_a_terminal("explain", f"they lie {EVIL} good good", "--model", str(model_folder))
    for begin, end in COLORS.values():
        shown = shown.replace(begin, "").replace(end, "")
    assert unsafe(shown) == []
    assert "\\x1b]0;owned" in shown


def test_long_and_doubled_names_are_cut(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a.csv").write_text(f"{'x' * 100_000},{'y' * 100_000}\n1,2\n")
    code, _, errors = cli("predict", tmp_path / "a.csv", "-o", tmp_path / "out.csv")
    assert (code, errors.count("\n")) == (2, 1)
    assert len(errors) < MAX_LINE_CHARS + 100


def test_words_of_other_scripts_stay_readable() -> None:
    for text in (
        "\u092a\u093e\u0915\u093f\u0938\u094d\u0924\u093e\u0928",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u2764\ufe0f \U0001f469\u200d\U0001f467",
    ):
        assert printable(text) == text
    assert str(OptionError("a\nb\x1b")) == "a\\nb\\x1b"
    assert str(TableError("a\n.csv", ["x\ny"])) == "a\\n.csv: x\\ny"


def test_data_name_no_file(tmp_path: Path, cli: Cli) -> None:
    place = tmp_path / "a/b/c"
    place.mkdir(parents=True)
    rows = [
        (PATHS[n % 5], PATHS[(n + 1) % 5], f"they {word} and {word} {n}", f"{label}")
        for n in range(10)
        for word, label in (("lie", PATHS[0]), ("help", PATHS[3]))
    ]
    table = write_csv(place / "a.csv", ("id", "article", "text", "../../../evil"), rows)
    assert cli("train", table, "--out", place / "model", "--jobs", "1")[0] == 0
    assert cli("predict", table, "--model", place / "model", "-o", place / "out.csv", "--probabilities")[0] == 0
    assert cli("evaluate", table, "--model", place / "model", "--report", place / "report", "--jobs", "1")[0] == 0
    cli("check", table, "--jobs", "1")
    assert cli("export", place / "m.joblib", "--model", place / "model")[0] == 0
    found = {str(path.relative_to(place)) for path in place.rglob("*")}
    assert found == {
        "a.csv", "out.csv", "m.joblib", "model", "report",
        *(f"model/{name}" for name in MODEL_FILES),
        *(f"report/{name}" for name in ("metrics.json", "report.md", "report.html", "predictions.csv")),
    }  # fmt: skip
    assert {path.name for path in tmp_path.iterdir()} == {"a"}
    assert not Path(PATHS[1]).exists()
