"""The compiled features are scikit-learn's, on any text."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from stance import features, kernel
from stance.features import CollisionError, Features, Terms, most_ngrams
from stance.settings import Settings
from stance.stacking import fit
from stance.text import HIDDEN, LETTERS, SILENT, SPACE, WORD, is_blank, letters, marked_letters
from stance.vectorizer import Vectorizer
from stance.vocabulary import learn

TEXTS = [
    "They keep their word, they keep it",
    "मेरा भारत महान है",
    "یہ ہمارا ملک ہے",
    "İstanbul ΣΑΣ Straße ß ΟΔΟΣ",
    "中国万岁 中国",
    "👩‍👩‍👧 so what \u200b so \u2060 \ufe0f",
    "half \ud83d pair \udfff",
    "",
    "  ",
    "tab\tand\nline\r\nthey keep \x1c\x85\u2028\u3000 it",
    "x" * 10_000,
    "i i i am a b c",
    "١٢٣ ४५६ 12 ½ ²",
    "é e\u0301 Å \ufb01",
    "Це наша земля, не ваша",
    "snake_case __ _a a_ _",
    "they\0keep",
]


def union(word: tuple[int, int] = (1, 2), char: tuple[int, int] = (2, 5), min_df: int = 1) -> FeatureUnion:
    return FeatureUnion(
        [
            (kind, TfidfVectorizer(analyzer=kind, ngram_range=ngrams, sublinear_tf=True, min_df=min_df))
            for kind, ngrams in (("word", word), ("char_wb", char))
        ]
    )


def assert_equal(ours: csr_matrix, theirs: csr_matrix) -> None:
    assert ours.shape == theirs.shape
    assert abs(ours - theirs).max() < 1e-6


@pytest.mark.parametrize(
    ("word", "char", "min_df"),
    [((1, 2), (2, 5), 1), ((1, 2), (2, 5), 2), ((1, 1), (3, 3), 1), ((2, 3), (1, 2), 1), ((1, 3), (6, 9), 1)],
)
def test_features_equal_those_of_scikit_learn(word: tuple[int, int], char: tuple[int, int], min_df: int) -> None:
    ours = Vectorizer(word, char, min_df)
    theirs = union(word, char, min_df)
    assert_equal(ours.fit_transform(TEXTS), csr_matrix(theirs.fit_transform(TEXTS)))
    names = [name for _, part in theirs.transformer_list for name in part.get_feature_names_out()]
    assert ours.get_feature_names_out().tolist() == names
    unseen = ["they keep what no one saw", *reversed(TEXTS), "THEY Keep THEY KEEP " * 300]
    assert_equal(ours.transform(unseen), csr_matrix(theirs.transform(unseen)))


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=8))
def test_features_equal_those_of_scikit_learn_on_any_text(texts: list[str]) -> None:
    known = [*texts, "two words"]  # scikit-learn refuses texts without any word
    ours, theirs = Vectorizer(min_df=1).fit(known), union().fit(known)
    assert_equal(ours.transform(known), csr_matrix(theirs.transform(known)))


def test_letters_are_those_of_python() -> None:
    table = letters()
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        small = "i" if char == "\u0130" else char.lower()  # its second letter is not of the table's making
        found = table[code] if code < LETTERS else code
        shown = " " if small.isspace() else small
        assert found & kernel.CODE == ord(shown), hex(code)
        assert bool(found & WORD) == (small.isalnum() or char == "_"), hex(code)
        assert bool(found & SPACE) == char.isspace(), hex(code)
        assert bool(found & HIDDEN) == is_blank(char), hex(code)


def test_marks_of_all_scripts_are_silent() -> None:
    silent = marked_letters() & SILENT != 0
    marks = [unicodedata.category(chr(code)) in ("Mn", "Mc", "Me", "Cf") for code in range(LETTERS)]
    assert silent[marks].all()
    assert [chr(code) for code in np.flatnonzero(silent & ~np.array(marks))] == sorted("'’`-#@&*~^")


def test_the_fused_way_equals_the_two_steps() -> None:
    rng = np.random.default_rng(0)
    labels = {
        "mood": rng.choice(["a", "b"], len(TEXTS)).tolist(),
        "kind": rng.choice(["x", "y", "z"], len(TEXTS)).tolist(),
    }
    model = fit(TEXTS, labels, {"mood": 10.0, "kind": 1.0}, Settings(min_df=1))
    indptr, indices, values = model.features.matrix(TEXTS)
    matrix = csr_matrix((values, indices, indptr), shape=(len(TEXTS), len(model.features)))
    for head, classifier in model.classifiers.items():
        logits = matrix @ classifier.weights.T.astype(float) + classifier.bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        expected = odds / odds.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(model.proba(TEXTS).proba[head], expected, atol=1e-6)


def test_threads_and_chunks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = Vectorizer(min_df=1).fit(TEXTS)
    one = fitted.transform(TEXTS * 5)
    monkeypatch.setattr(features, "CHUNK", 7)
    for threads in (1, 2, 4):
        several = fitted.set_params(threads=threads).transform(TEXTS * 5)
        np.testing.assert_array_equal(one.toarray(), several.toarray())


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_reading_the_texts_once_or_twice_is_the_same(threads: int) -> None:
    texts = [*TEXTS, *TEXTS[::-2], "so what", "they  keep a word"] * 3
    once, twice = Vectorizer(min_df=2, threads=threads), Vectorizer(min_df=2)
    matrix = once.fit_transform(texts)
    np.testing.assert_array_equal(matrix.toarray(), twice.fit(texts).transform(texts).toarray())
    assert once.get_feature_names_out().tolist() == twice.get_feature_names_out().tolist()


def test_terms_are_all_that_is_learned() -> None:
    fitted = Vectorizer(min_df=1).fit(TEXTS)
    again = Features(fitted.features_.settings, fitted.features_.terms)
    for ours, theirs in zip(again.matrix(TEXTS), fitted.features_.matrix(TEXTS), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert len(again) == len(fitted.get_feature_names_out()) == fitted.transform(TEXTS).shape[1]


def test_it_is_a_scikit_learn_transformer() -> None:
    copy = clone(Vectorizer(min_df=3)).set_params(min_df=1)
    assert copy.get_params() == {"word_ngrams": (1, 2), "char_ngrams": (2, 5), "min_df": 1, "threads": 1}
    with pytest.raises(ValueError, match="not fitted"):
        copy.transform(TEXTS)


def test_no_texts() -> None:
    assert Vectorizer(min_df=1).fit(TEXTS).transform([]).shape[0] == 0


def test_nothing_frequent_enough() -> None:
    with pytest.raises(ValueError, match="too few comments"):
        Vectorizer(min_df=2).fit(["one thing", "another kind"])


def test_a_collision_while_learning_is_no_silent_change() -> None:
    with pytest.raises(CollisionError, match="share a hash"):
        learn(TEXTS, Settings(min_df=1), mask=np.uint64(0xFF))


def test_a_term_that_stands_twice_is_refused() -> None:
    terms = Terms(("lie", "lie"), np.ones(2, np.float32))
    features = Features(Settings(), {"word": terms, "char_wb": Terms(("li",), np.ones(1, np.float32))})
    with pytest.raises(CollisionError, match="or are the same"):
        features.matrix(["they lie"])


def test_no_more_ngrams_than_there_is_room_for() -> None:
    for text in ("a " * 50, "ab " * 50, "abc " * 50, "a" * 200, "a.b." * 50, "x", ""):
        vectorizer = Vectorizer((1, 3), (1, 9), min_df=1).fit([text, "one more"])
        assert vectorizer.transform([text]).nnz <= most_ngrams(np.array([len(text)]), np.array([1, 3, 1, 9]))


def test_a_full_memo_forgets_and_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = Vectorizer(min_df=1).fit(TEXTS)
    expected = fitted.transform(TEXTS * 3)
    for room in (96, 20, 1):
        monkeypatch.setattr(kernel, "new_memo", partial(kernel.new_memo, chunks=4, room=room))
        assert_equal(fitted.transform(TEXTS * 3), expected)


@given(st.binary(max_size=60))
def test_bytes_that_are_not_utf8_do_no_harm(raw: bytes) -> None:
    codes = np.full(len(raw) + 2, 7, np.uint32)
    n = kernel.decode(np.frombuffer(raw, np.uint8), 0, len(raw), letters(), codes)
    assert 0 <= n <= len(raw)
    assert codes[0] == codes[n + 1] == kernel.BLANK


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_arrow_strings_are_read_where_they_lie(kind: pa.DataType) -> None:
    texts = pa.array(["unseen", *(text for text in TEXTS if "\ud83d" not in text)], kind)[1:]
    model = fit(TEXTS, {"mood": ["a", "b"] * 8 + ["a"]}, {"mood": 1.0}, Settings(min_df=1))
    for ours, theirs in zip(
        model.proba(texts).proba.values(), model.proba(texts.to_pylist()).proba.values(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("cache", ["", "/proc/none"])
def test_compiled_code_without_a_cache_folder(cache: str, tmp_path: Path) -> None:
    code = "from stance.vocabulary import *; print(len(learn(['so so'] * 3, Settings()).terms['word'].vocabulary))"
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache or str(tmp_path / "cache")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "2\n"), done.stderr


FORKED = """
import os, sys
import stance
from stance.vectorizer import Vectorizer
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
    code = "import os; os.sched_setaffinity(0, {0}); from stance.vectorizer import Vectorizer; "
    code += "print(Vectorizer(min_df=1, threads=-1).fit_transform(['so so', 'so it goes'] * 999).shape[0])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=100)
    assert (done.returncode, done.stdout) == (0, "1998\n"), done.stderr
