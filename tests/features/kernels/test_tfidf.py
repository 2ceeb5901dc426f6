"""Tfidf."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.features.characters import letter_table
from stance.features.kernels import cache, tokens
from stance.features.tfidf import max_ngrams
from stance.features.vectorizer import Vectorizer
from tests.helpers.matrices import assert_equal
from tests.helpers.texts import TEXTS


def test_no_more_ngrams_than_there_is_room_for() -> None:
    for text in ("a " * 50, "ab " * 50, "abc " * 50, "a" * 200, "a.b." * 50, "x", ""):
        vectorizer = Vectorizer((1, 3), (1, 9), min_df=1).fit([text, "one more"])
        assert vectorizer.transform([text]).nnz <= max_ngrams(np.array([len(text)]), np.array([1, 3, 1, 9]))


def test_a_full_memo_forgets_and_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = Vectorizer(min_df=1).fit(TEXTS)
    expected = fitted.transform(TEXTS * 3)
    for room in (96, 20, 1):
        monkeypatch.setattr(cache, "new_cache", partial(cache.new_cache, n_tokens=4, record_size=room))
        assert_equal(fitted.transform(TEXTS * 3), expected)


@given(st.binary(max_size=60))
def test_bytes_that_are_not_utf8_do_no_harm(raw: bytes) -> None:
    codes = np.full(len(raw) + 2, 7, np.uint32)
    n = tokens.decode(np.frombuffer(bytearray(raw), np.uint8), 0, len(raw), letter_table(), codes)
    assert 0 <= n <= len(raw)
    assert codes[0] == codes[n + 1] == tokens.BLANK


@pytest.mark.parametrize("cache", ["", "/proc/none"])
def test_compiled_code_without_a_cache_folder(cache: str, tmp_path: Path) -> None:
    code = "from stance.features.vocabulary import *; "
    code += "print(len(learn_vocabulary(['so so'] * 3, Settings()).terms['word'].vocabulary))"
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache or str(tmp_path / "cache")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "2\n"), done.stderr


FORKED = """
import os, sys
import stance
from stance.features.vectorizer import Vectorizer
texts = ["so so", "so it goes", "it goes"] * 700
fitted = Vectorizer(min_df=1, threads=2).fit(texts)
expected = fitted.transform(texts)
child = os.fork()
same = abs(fitted.transform(texts) - expected).max() == 0
if child:
    same = same and os.waitpid(child, 0)[1] == 0
os._exit(0 if same else 1)
"""


def test_a_forked_worker_computes_the_same() -> None:
    done = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr


def test_one_core() -> None:
    code = "import os; os.sched_setaffinity(0, {0}); from stance.features.vectorizer import Vectorizer; "
    code += "print(Vectorizer(min_df=1, threads=-1).fit_transform(['so so', 'so it goes'] * 999).shape[0])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=100)
    assert (done.returncode, done.stdout) == (0, "1998\n"), done.stderr
