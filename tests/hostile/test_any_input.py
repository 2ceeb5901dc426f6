"""Whatever is read, nothing breaks: any bytes are a table or a fault, any text gets proper probabilities.

What the fuzzer (`make fuzz`) once found stays here: each file of `tests/found` is a test.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.strings import is_number, printable
from tests.helpers import model_folders
from tests.hostile import fuzz

EXAMPLES = int(os.environ.get("STANCE_EXAMPLES", "40"))  # `make fuzz` tries more
FOUND = sorted(path for path in fuzz.FOUND.rglob("*") if path.is_file())
NUMBER = re.compile(r"\s*[-+]?[.,]?\d[\d.,]*(e[-+]?\d+)?\s*%?\s*", re.IGNORECASE)  # said plainly: slow on long texts
WORDS = st.one_of(
    st.sampled_from(["China", "India", "US", "us", "not", "but", "lies", "great", "#IndiaFirst", "https://a.b"]),
    st.text(max_size=5),
    st.text(st.characters(), max_size=5),
    st.text("\u0301\u200d\U0001f600\u0130\u03a3.!\"' \n\t", max_size=9),
)
TEXTS = st.lists(WORDS, max_size=20).map(" ".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
CELLS = st.lists(st.text(st.sampled_from("a1,;\"'\n\r\t\0\ufeff\xe9 {}[]:"), max_size=8), max_size=8)
quick = settings(deadline=None, max_examples=EXAMPLES)


@pytest.fixture(scope="module", autouse=True)
def model(tmp_path_factory: pytest.TempPathFactory) -> None:
    fuzz.CACHE = tmp_path_factory.mktemp("fuzz")
    fuzz.model.cache_clear()
    fuzz.model()


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_once(path: Path) -> None:
    fuzz.CHECKS[path.parent.name](path.read_bytes())


@quick
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_any_texts_are_scored_alike_alone_and_together(texts: list[str]) -> None:
    together = fuzz.model().proba(texts, targets=["iran"])
    for row, text in enumerate(texts):
        alone = fuzz.model().proba([text], targets=["iran"])
        assert alone.status[0] == together.status[row]
        for head, proba in together.proba.items():
            np.testing.assert_allclose(alone.proba[head][0], proba[row], atol=1e-12)
            assert np.isfinite(proba).all()
            np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)


@quick
@given(TEXTS)
def test_any_text_is_read_as_the_reference_does(text: str) -> None:
    fuzz.check_text(text.encode("utf-8", "surrogatepass"))


@quick
@given(st.binary(max_size=200) | CELLS.map(lambda cells: ",".join(cells).encode()))
def test_any_bytes_are_a_csv_or_a_fault(raw: bytes) -> None:
    fuzz.check_csv(raw)
    fuzz.check_csv(b"id,text\n1,so\n" + raw)


@quick
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_json_lines_or_a_fault(raw: bytes) -> None:
    fuzz.check_jsonl(raw)
    fuzz.check_jsonl(b'{"text": "so", "n": 1}\n' + raw)


@quick
@given(st.binary(max_size=100) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_model_or_a_fault(raw: bytes) -> None:
    fuzz.check_manifest(raw)
    fuzz.check_arrays(raw)
    fuzz.check_arrays(len(raw).to_bytes(8, "little") + raw)


@quick
@given(st.data())
def test_any_value_in_the_manifest_is_a_model_or_a_fault(data: st.DataObject) -> None:
    manifest = json.loads((fuzz.CACHE / "model" / model_folders.MANIFEST).read_bytes())
    within = manifest
    name = data.draw(st.sampled_from(sorted(within)))
    while isinstance(within[name], dict) and within[name] and data.draw(st.integers(0, 3)):
        within = within[name]
        name = data.draw(st.sampled_from(sorted(within)))
    within[name] = data.draw(JSON)
    fuzz.check_manifest(json.dumps(manifest).encode())


@quick
@given(st.text(st.sampled_from("1.,-+eE%x \t\u0661"), max_size=12))
def test_a_number_is_what_it_was(text: str) -> None:
    assert is_number(text) == (NUMBER.fullmatch(text) is not None)


@quick
@given(st.text(st.characters()))
def test_what_is_printed_shows_and_does_nothing(text: str) -> None:
    shown = printable(text)
    assert shown.replace("\u200c", "").replace("\u200d", "").isprintable()
    if text.isprintable():
        assert shown == text
