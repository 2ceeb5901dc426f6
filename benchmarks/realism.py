"""How well written comments stand for real ones: what tells them apart, and how surely.

Usage: python benchmarks/realism.py --real REAL.csv [--written datasets/comments.csv] [--words 60]
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline

EMOJI = re.compile("[\U0001f1e6-\U0001faff\u2600-\u27bf\u2b50\u2b55]")
URL = re.compile(r"https?://|www\.", re.IGNORECASE)
WORDS_PER_RATE = 10_000  # distinct 3-grams fall with the number of words, so both sides are cut to this many


def main() -> None:
    """Read the options and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", required=True)
    parser.add_argument("--written", default="datasets/comments.csv")
    parser.add_argument("--words", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    real, written = (
        _shuffled(pd.read_csv(path, keep_default_na=False)["text"], rng) for path in (options.real, options.written)
    )
    n = min(len(real), len(written))
    print(f"{n:,} comments of each ({len(written):,} written, {len(real):,} real)\n")
    print(f"{'':<40}{'written':>10}{'real':>10}")
    for name, measure in MEASURES.items():
        print(f"{name:<40}{measure(written):>10.3g}{measure(real):>10.3g}")
    texts, is_written = real[:n] + written[:n], np.repeat([0, 1], n)
    print(f"\nAUC of a word 1-2-gram classifier: {auc(texts, is_written, options.seed):.3f} (0.5: nobody can tell)")
    real_side, written_side = telltale_words(texts, is_written, options.words)
    print(f"\nwords that give the written ones away: {', '.join(written_side)}")
    print(f"\nwords that give the real ones away: {', '.join(real_side)}")


def auc(texts: Sequence[str], is_written: np.ndarray, seed: int) -> float:
    """Cross-validated area under the curve of a classifier that tells written from real.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    is_written : ndarray of shape (N,)
        0 or 1.
    seed : int

    Returns
    -------
    float
        0.5 where they cannot be told apart, 1 where they always can.
    """
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    proba = cross_val_predict(_classifier(), texts, is_written, cv=folds, method="predict_proba")
    return float(roc_auc_score(is_written, proba[:, 1]))


def telltale_words(texts: Sequence[str], is_written: np.ndarray, words: int) -> tuple[list[str], list[str]]:
    """Find the words and pairs that weigh most on either side.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    is_written : ndarray of shape (N,)
    words : int
        Number of words for each side.

    Returns
    -------
    real, written : list of str
        The strongest first.
    """
    fitted = _classifier().fit(texts, is_written)
    names = fitted[0].get_feature_names_out()
    order = np.argsort(fitted[1].coef_[0])
    return names[order[:words]].tolist(), names[order[::-1][:words]].tolist()


def distinct_trigrams(texts: Sequence[str]) -> float:
    """Share of distinct ones among the word 3-grams of the first 10,000 words, in percent.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    float
    """
    grams: list[tuple[str, ...]] = []
    words = 0
    for text in texts:
        tokens = re.findall(r"\w+", text.lower())
        grams += zip(tokens, tokens[1:], tokens[2:], strict=False)
        words += len(tokens)
        if words >= WORDS_PER_RATE:
            break
    return 100 * len(set(grams)) / len(grams)


def _classifier() -> Pipeline:
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True), LogisticRegression(C=10, max_iter=1000)
    )


def _shuffled(column: pd.Series[str], rng: np.random.Generator) -> list[str]:
    return [str(text) for text in rng.permutation(column.to_numpy(dtype=object))]


def _quantile(share: float) -> Callable[[Sequence[str]], float]:
    return lambda texts: float(np.quantile([len(text.split()) for text in texts], share))


def _percent_with(pattern: re.Pattern[str]) -> Callable[[Sequence[str]], float]:
    return lambda texts: 100 * float(np.mean([pattern.search(text) is not None for text in texts]))


def _percent_capitals(texts: Sequence[str]) -> float:
    letters = [char for text in texts for char in text if char.isalpha()]
    return 100 * sum(char.isupper() for char in letters) / len(letters)


MEASURES: dict[str, Callable[[Sequence[str]], float]] = {
    "words, first quartile": _quantile(0.25),
    "words, median": _quantile(0.5),
    "words, third quartile": _quantile(0.75),
    "capitals, % of letters": _percent_capitals,
    "with an emoji, %": _percent_with(EMOJI),
    "with a link, %": _percent_with(URL),
    "with a question mark, %": _percent_with(re.compile(r"\?")),
    "starting with a small letter, %": _percent_with(re.compile(r"^\W*[a-z]")),
    "distinct word 3-grams, % of 10,000 words": distinct_trigrams,
}

if __name__ == "__main__":
    main()
