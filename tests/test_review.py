"""Agreement of labellers, copies, suspects, and the commands that show them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.agreement import agreement, majority_label
from stance.attitudes import named_in
from stance.lexicon import Lexicon
from stance.likeness import like_pairs
from stance.suspects import suspects
from tests.conftest import HEADER, ROWS, Cli, write_csv

# The example of Krippendorff (2011), Computing Krippendorff's alpha-reliability, part C: alpha is 0.743
KRIPPENDORFF = {
    "A": "1 2 3 3 2 1 4 1 2 * * *",
    "B": "1 2 3 3 2 2 4 1 2 5 * 3",
    "C": "* 3 3 3 2 3 4 2 2 5 1 *",
    "D": "1 2 3 3 2 4 4 1 2 5 1 *",
}
READINGS: dict[str, dict[str, str]] = {}
for name, row in KRIPPENDORFF.items():
    for number, value in enumerate(row.split()):
        if value != "*":
            READINGS.setdefault(str(number), {})[name] = value

LONG = "they say that the war is over but nobody at the border has heard of it yet"


def test_alpha_with_missing_readings_is_that_of_the_paper() -> None:
    found = agreement(READINGS)
    assert found.alpha == pytest.approx(0.743, abs=5e-4)
    assert (found.items, found.readings) == (11, 40)
    assert len(found.kappas) == 6
    assert found.disagreements == ["1", "5", "7"]


def test_agreement_where_nothing_can_be_said() -> None:
    same = agreement({"1": {"a": "x", "b": "x"}, "2": {"a": "x"}})
    assert (same.alpha, same.kappas, same.labels, same.items) == (None, {("a", "b"): None}, {"x": 1.0}, 1)
    assert agreement({}).alpha is None
    apart = agreement({"1": {"a": "x", "b": "x"}, "2": {"a": "y", "c": "x"}, "3": {"a": "y", "b": "y"}})
    assert apart.kappas["b", "c"] is None


def test_chance_agreement_is_about_zero() -> None:
    rng = random.Random(0)
    readings = {str(item): {name: rng.choice("xyz") for name in "ab"} for item in range(2000)}
    assert abs(agreement(readings).alpha or 1) < 0.05


@pytest.mark.parametrize(("said", "label"), [("xxy", "x"), ("xy", None), ("xyz", None), ("xxyz", None), ("x", "x")])
def test_majority(said: str, label: str | None) -> None:
    assert majority_label({str(number): vote for number, vote in enumerate(said)}) == label


def test_copies_are_found_whatever_the_case_and_marks() -> None:
    texts = [LONG, "Yes!", f"{LONG.upper()}!!!", "yes", "no", "", "   "]
    assert [(pair.first, pair.second, pair.similarity) for pair in like_pairs(texts)] == [(0, 2, 1.0), (1, 3, 1.0)]


def test_near_copies_are_found_and_others_are_not() -> None:
    near = LONG.replace("yet", "now")
    [pair] = like_pairs([LONG, near + " and so on", "they say that the war is lost, and who will pay for it all"])
    assert (pair.first, pair.second) == (0, 1)
    assert 0.5 < pair.similarity < 1


@given(st.lists(st.text(alphabet="ab c", max_size=30), max_size=12))
def test_like_pairs_are_those_of_a_plain_comparison(texts: list[str]) -> None:
    def shingles(text: str) -> set[tuple[str, ...]]:
        words = text.split()
        return {tuple(words[n : n + 5]) for n in range(max(1, len(words) - 4))} if words else set()

    different = list({frozenset(shingles(text)): text for text in texts}.values())
    expected = {
        (first, second)
        for first in range(len(different))
        for second in range(first + 1, len(different))
        if (union := shingles(different[first]) | shingles(different[second]))
        and len(shingles(different[first]) & shingles(different[second])) > len(union) / 2
    }
    assert {(pair.first, pair.second) for pair in like_pairs(different)} == expected
    copies = [pair for pair in like_pairs(texts) if pair.similarity == 1]
    assert len(copies) == sum(map(bool, map(shingles, texts))) - len([text for text in different if shingles(text)])


def test_suspects_are_the_mislabelled_rows() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 3, 300)
    proba = np.full((300, 3), 0.1)
    proba[np.arange(300), true] = 0.8
    given = true.copy()
    given[:6] = (given[:6] + 1) % 3
    given[6] = -1
    assert sorted(found.row for found in suspects(given, proba)) == list(range(6))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("tell us more", set()),
        ("the US and its friends", {"us"}),
        ("U.S. ships", {"us"}),
        ("Chinas friends, India's foes", {"china", "india"}),
        ("#Pakistan @PMOIndia", {"india", "pakistan"}),
        ("Пекин", set()),
    ],
)
def test_countries_named(text: str, named: set[str]) -> None:
    lexicon = Lexicon.bundled()
    [found] = named_in([text], lexicon, lexicon.targets)
    assert {target for target, is_named in zip(lexicon.targets, found, strict=True) if is_named} == named


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


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        (("id", "pass", "label"), [("1", "a", "x")], "no column head; the columns are id, pass, label"),
        (("id", "pass", "head", "label"), [("1", "a", "m", "x")] * 2, "row 3: 'a' labels '1' twice under 'm'"),
    ],
)
def test_agree_refuses(
    header: tuple[str, ...], rows: list[tuple[str, ...]], expected: str, tmp_path: Path, cli: Cli
) -> None:
    code, _, errors = cli("agree", write_csv(tmp_path / "a.csv", header, rows))
    assert code == 2
    assert expected in errors


def test_check_of_a_clean_table(labelled: Path, cli: Cli) -> None:
    code, output, _ = cli("check", labelled, "--jobs", "1")
    assert code == 0
    assert "mood: rows by label\n  bad  good\n    6     6\n" in output
    assert "port: rows by article and label\n   no  yes\na   1    2\n" in output
    assert output.splitlines()[-1].startswith("12 rows, 0 errors, ")


def test_check_finds_faults_copies_and_leaks(tmp_path: Path, cli: Cli) -> None:
    rows = [*ROWS, ("12", "a", LONG, "good", "no"), ("14", "b", LONG, "bad", "no"), ("15", "b", " ", "bad", "no")]
    table = write_csv(tmp_path / "a.csv", HEADER, rows)
    other = write_csv(tmp_path / "b.csv", ("text",), [("so",), (ROWS[0][2],)])
    code, output, _ = cli("check", table, "--against", other, "--jobs", "1")
    assert code == 1
    for line in (
        "row 14: id '12' stands in row 13 already",
        "row 16: the text is blank",
        "rows 14 and 15, across articles: copies",
        f"row 2 and row 3 of {other}: copies",
        "15 rows, 4 errors, ",
    ):
        assert line in output


def test_check_tells_unknown_labels_by_row(tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("text", "tone"), [("so", "bad"), ("no", "negative")])
    code, output, _ = cli("check", table)
    assert code == 1
    assert "row 2: tone is 'bad'; allowed: negative, neutral, positive" in output


def test_check_lists_suspects_and_mentions(tmp_path: Path, cli: Cli) -> None:
    moods = ["against" if row[3] == "bad" else "favor" for row in ROWS]
    moods[0] = "against"
    rows = [(row[0], row[1], f"China {row[2]}" if number else row[2], moods[number]) for number, row in enumerate(ROWS)]
    table = write_csv(tmp_path / "a.csv", ("id", "article", "text", "china"), rows)
    code, output, _ = cli("check", table, "--suspects", "1", "--jobs", "1")
    assert code == 0
    assert "china: rows by label where the country is named and where it is not" in output
    assert "not named        1      0" in output


def test_check_tells_copies_within_and_across_splits(tmp_path: Path, cli: Cli) -> None:
    rows = [(LONG, "a", "train"), (LONG, "b", "train"), (f"{LONG}!", "a", "test")]
    table = write_csv(tmp_path / "a.csv", ("text", "mood", "split"), rows)
    code, output, _ = cli("check", table, "--heads", "mood")
    assert code == 1
    assert "rows 2 and 3, in one split: copies" in output
    assert "rows 3 and 4, across splits: copies" in output
