"""Agree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Cli, write_csv
from tests.helpers.readings import READINGS


def readings_table(folder: Path, rows: Sequence[tuple[str, ...]]) -> Path:
    return write_csv(folder / "annotations.csv", ("id", "pass", "head", "label"), rows)


def test_agree_command(tmp_path: Path, cli: Cli) -> None:
    rows = [(item, name, "mood", label) for item, said in READINGS.items() for name, label in said.items()]
    rows += [("0", "A", "port", "yes"), ("0", "B", "port", ""), ("1", "A", "port", "no"), ("1", "B", "port", "yes")]
    sheet = tmp_path / "sheet.csv"
    code, output, _ = cli("agree", readings_table(tmp_path, rows), "--sheet", sheet)
    assert code == 0
    assert output.splitlines()[1].split() == ["mood", "11", "40", "72.7", "%", "0.743"]
    assert "A / B" in output
    assert "4 disagreements written" in output
    assert sheet.read_text().splitlines()[:2] == ["id,head,A,B,C,D,majority", "1,mood,2,2,3,2,2"]


def test_white_space_makes_no_other_annotator_head_item_or_label(tmp_path: Path, cli: Cli) -> None:
    rows = [("1", "a", "mood", "x"), (" 1", " b", "mood ", " x"), ("2", "a ", "mood", "y"), ("2", "b", " mood", "y\t")]
    code, output, _ = cli("agree", readings_table(tmp_path, rows))
    assert code == 0
    assert output.splitlines()[1].split() == ["mood", "2", "4", "100.0", "%", "1.000"]
    assert "a / b\n" in output
    assert "1.000 (2)" in output


def test_it_is_said_why_agreement_is_undefined(tmp_path: Path, cli: Cli) -> None:
    code, output, _ = cli("agree", readings_table(tmp_path, [("1", "a", "mood", "x"), ("2", "a", "mood", "y")]))
    assert code == 0
    assert "mood: agreement is undefined: only one annotator (a); agreement needs two" in output


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        (("id", "pass", "label"), [("1", "a", "x")], "no column head; the columns are id, pass, label"),
        (("id", "pass", "head", "label"), [("1", "a", "m", "x")] * 2, "row 3: 'a' labels '1' twice under 'm'"),
        (
            ("id", "pass", "head", "label"),
            [("1", "a", "m", "x"), ("1", " a ", "m", "y")],
            "row 3: 'a' labels '1' twice",
        ),
        (("id", "pass", "head", "label"), [("1", "a", "m", "x"), ("1", "A", "m", "x")], "the annotators 'A' (1 row)"),
        (("id", "pass", "head", "label"), [("1", "a", "m", "x"), ("1", "b", "M", "x")], "the heads 'M' (1 row)"),
        (
            ("id", "pass", "head", "label"),
            [("1", "a", "m", "pro us"), ("1", "b", "m", "Pro-US")],
            "did you mean 'Pro-US'?",
        ),
        (("id", "pass", "head", "label"), [("1", "", "m", "x"), ("1", "b", "m", "x")], "row 2: no annotator"),
    ],
)
def test_agree_refuses(
    header: tuple[str, ...], rows: list[tuple[str, ...]], expected: str, tmp_path: Path, cli: Cli
) -> None:
    code, _, errors = cli("agree", write_csv(tmp_path / "a.csv", header, rows))
    assert code == 2
    assert expected in errors
