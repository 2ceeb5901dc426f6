"""Messages of errors fit a screen, and nothing in them acts on it."""

from __future__ import annotations

from stance.errors import MAX_LINE_CHARS, MAX_SHOWN_FAULTS, OptionError, TableError


def test_faults_beyond_a_screenful_are_counted() -> None:
    error = TableError("a.csv", [f"row {number}" for number in range(MAX_SHOWN_FAULTS + 2)])
    assert str(error).splitlines()[-2:] == ["a.csv: row 19", "a.csv: and 2 more faults like these"]
    assert len(error.faults) == MAX_SHOWN_FAULTS + 2


def test_lines_are_cut_and_escaped() -> None:
    message = str(OptionError(f"\x1b[2J{'x' * MAX_LINE_CHARS}"))
    assert message.startswith(r"\x1b[2Jx")
    assert message.endswith("x… (cut)")
    assert str(OptionError("a\nb.csv: no\rfile")) == r"a\nb.csv: no\rfile"  # a name must not look like two messages
    assert str(TableError("a\nb.csv", ["one", "two"])) == "a\\nb.csv: one\na\\nb.csv: two"
