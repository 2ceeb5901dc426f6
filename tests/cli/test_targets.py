"""Targets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Cli, rows_of, write_csv

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
    assert (code, "it has no attitude model" in errors) == (2, True)


def test_targets_in_any_case(attitude_model: Path, tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("text",), [("Iran is a thief, we hate Iran",)])
    out = tmp_path / "out.csv"
    assert cli("predict", table, "--model", attitude_model, "-o", out, "--targets", "Iran, UKRAINE")[0] == 0
    assert [name for name in rows_of(out)[0] if name in ("iran", "ukraine")] == ["iran", "ukraine"]
    code, _, errors = cli("predict", table, "--model", attitude_model, "-o", out, "--targets", "Iran,IRAN")
    assert (code, "would give two result columns" in errors) == (2, True)
    code, _, errors = cli("predict", table, "--model", attitude_model, "-o", out, "--targets", "China")
    assert (code, "has a head china already" in errors) == (2, True)


def test_targets_of_explain(attitude_model: Path, cli: Cli) -> None:
    code, output, errors = cli("explain", "we hate Iran", "--model", attitude_model, "--targets", "Iran")
    assert (code, errors) == (0, "")
    assert re.findall(r"^(\w+): ", output, re.MULTILINE) == ["china", "iran"]
