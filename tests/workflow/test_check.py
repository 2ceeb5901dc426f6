"""What `stance check` finds, as it prints it."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import HEADER, ROWS, Cli, write_csv
from tests.helpers.texts import LONG


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
        "row 14: duplicate id '12', already in row 13",
        "row 16: the text is blank",
        "rows 14 and 15, across articles: duplicates",
        f"row 2 and row 3 of {other}: duplicates",
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
    assert "rows 2 and 3, in one split: duplicates" in output
    assert "rows 3 and 4, across splits: duplicates" in output
