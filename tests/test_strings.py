"""What is invisible is blank, and is escaped where it is printed."""

from __future__ import annotations

import pytest

from stance.strings import INVISIBLE_CODES, JOINERS, is_blank, is_number, printable


@pytest.mark.parametrize("code", INVISIBLE_CODES, ids=hex)
def test_invisible_characters_are_blank_and_not_printed(code: int) -> None:
    assert is_blank(f" {chr(code)}\n")
    assert (printable(chr(code)) == chr(code)) == (chr(code) in JOINERS or chr(code).isprintable())


@pytest.mark.parametrize("text", ["7", "-3", "1,200.5", ".5", "12 %", " 1e-5 ", "३"])
def test_numbers(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize("text", ["", "-", "1 2", "e5", "7up", "1st", "%"])
def test_no_numbers(text: str) -> None:
    assert not is_number(text)
