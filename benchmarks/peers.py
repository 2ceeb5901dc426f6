"""The fastText models that stance is measured beside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import fasttext

BIGRAMS, SUBWORDS = "fastText, word bigrams", "fastText, subwords 2-5"


def fasttext_models(texts: list[str], labels: list[str], folder: str) -> dict[str, Any]:
    """Train fastText on the same rows: with word bigrams, and with pieces of words.

    Parameters
    ----------
    texts, labels : list of str
    folder : str
        For its training file.

    Returns
    -------
    dict of str to fasttext model
    """
    path = Path(folder) / "fasttext.txt"
    rows = (f"__label__{label} {' '.join(text.split())}\n" for text, label in zip(texts, labels, strict=True))
    path.write_text("".join(rows), "utf-8")
    shared = {"input": str(path), "wordNgrams": 2, "epoch": 5, "verbose": 0, "thread": 2}
    return {
        BIGRAMS: fasttext.train_supervised(**shared),
        SUBWORDS: fasttext.train_supervised(**shared, minn=2, maxn=5),
    }


def predicting(peer: Any) -> Callable[[list[str]], list[tuple[str, float]]]:
    """Make a function that labels texts with a fastText model, row by row as its users do.

    Parameters
    ----------
    peer : fasttext model

    Returns
    -------
    callable
    """

    def predict(texts: list[str]) -> list[tuple[str, float]]:
        said = (
            peer.f.predict(f"{text}\n", 1, 0.0, "strict")[0] for text in texts
        )  # its NumPy wrapper fails on NumPy 2
        return [(label, chance) for chance, label in said]

    return predict
