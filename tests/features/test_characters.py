"""Characters."""

from __future__ import annotations

import sys
import unicodedata

import numpy as np
import pyarrow as pa
import pytest

from stance.features.characters import clause_letter_table, letter_table
from stance.features.kernels import tokens
from stance.features.kernels.tokens import HIDDEN, LETTERS, SILENT, SPACE, WORD
from stance.settings import Settings
from stance.strings import is_blank
from stance.training.stacking import fit
from tests.helpers.texts import TEXTS


def test_letters_are_those_of_python() -> None:
    table = letter_table()
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        small = "i" if char == "\u0130" else char.lower()  # its second letter is not of the table's making
        found = table[code] if code < LETTERS else code
        shown = " " if small.isspace() else small
        assert found & tokens.CODE == ord(shown), hex(code)
        assert bool(found & WORD) == (small.isalnum() or char == "_"), hex(code)
        assert bool(found & SPACE) == char.isspace(), hex(code)
        assert bool(found & HIDDEN) == is_blank(char), hex(code)


def test_marks_of_all_scripts_are_silent() -> None:
    silent = clause_letter_table() & SILENT != 0
    marks = [unicodedata.category(chr(code)) in ("Mn", "Mc", "Me", "Cf") for code in range(LETTERS)]
    assert silent[marks].all()
    assert [chr(code) for code in np.flatnonzero(silent & ~np.array(marks))] == sorted("'’`-#@&*~^")


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_arrow_strings_are_read_where_they_lie(kind: pa.DataType) -> None:
    texts = pa.array(["unseen", *(text for text in TEXTS if "\ud83d" not in text)], kind)[1:]
    model = fit(TEXTS, {"mood": ["a", "b"] * 8 + ["a"]}, {"mood": 1.0}, Settings(min_df=1))
    for ours, theirs in zip(
        model.proba(texts).proba.values(), model.proba(texts.to_pylist()).proba.values(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
