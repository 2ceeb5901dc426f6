"""The two tasks of TweetEval (Barbieri et al. 2020) that this program is made for, through the code that trains models.

Usage: python benchmarks/tweeteval.py --data DIR [--task stance|sentiment|targets]

DIR: a checkout of the public TweetEval repository. Only train and val are read. Figures are those of the repository's
`evaluation_script.py`. Stance: the mean of the F1 of favor and against, over the tweets of all five targets pooled, by
5-fold cross-validation on train and val. Sentiment: macro recall on val, trained on train. Targets: every target in
turn is labelled by a model of attitudes trained on the other four, which knows it by the names in
`tweeteval_targets.csv` alone. All with 95 % bootstrap intervals.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.head_scores import summarize
from stance.features.lexicon import Lexicon
from stance.model.labels import encode
from stance.settings import Settings
from stance.training.model_selection import choose_C
from stance.training.stacking import fit, fit_attitudes

TARGETS = ("abortion", "atheism", "climate", "feminist", "hillary")
NAMES = Path(__file__).with_name("tweeteval_targets.csv")
PARTS = ("train", "val")
OFFICIAL = {"f_avg": "mean F1 of favor and against", "macro_recall": "macro recall"}
OPINIONS, FEELINGS = ("none", "against", "favor"), ("negative", "neutral", "positive")
# chosen by cross-validation on train and val: 500 tweets a target, so rare n-grams help
STANCE = Settings(min_df=1, word_ngrams=(1, 3), char_ngrams=(2, 6), balance=1.0, Cs=(3.0,), min_gain_for_tone=0.0)
SENTIMENT = Settings(balance=1.0, Cs=(0.1, 0.3, 1.0))  # the official figure gives each label the same weight


@dataclass(frozen=True)
class Tweets:
    """N tweets with their labels and targets."""

    texts: list[str]
    labels: list[str]
    targets: list[str]


def main() -> None:
    """Read the options, measure, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--task", choices=["stance", "sentiment", "targets"])
    options = parser.parse_args()
    folder = options.data / "datasets"
    if options.task in (None, "stance", "targets"):
        tweets = together([read(folder / "stance" / name, part, OPINIONS) for name in TARGETS for part in PARTS])
        if options.task != "targets":
            show("stance, cross-validated", tweets, held_out(tweets), "f_avg")
        if options.task != "stance":
            show("stance, each target left out", tweets, left_out(tweets), "f_avg")
    if options.task in (None, "sentiment"):
        train, val = (read(folder / "sentiment", part, FEELINGS) for part in PARTS)
        show("sentiment, on val", val, labelled(train.texts, train.labels, val.texts, SENTIMENT), "macro_recall")


def read(folder: Path, part: str, labels: Sequence[str]) -> Tweets:
    """Read one part of one task.

    Parameters
    ----------
    folder : Path
    part : str
        Such as `train`.
    labels : sequence of str
        Names of labels 0, 1, 2.

    Returns
    -------
    Tweets
    """
    texts = (folder / f"{part}_text.txt").read_text("utf-8").rstrip("\n").split("\n")
    codes = (folder / f"{part}_labels.txt").read_text("utf-8").split()
    if len(texts) != len(codes):
        raise SystemExit(f"{folder}: {len(texts)} tweets and {len(codes)} labels in {part}")
    return Tweets(texts, [labels[int(code)] for code in codes], [folder.name] * len(texts))


def together(parts: Sequence[Tweets]) -> Tweets:
    """Join tweets.

    Parameters
    ----------
    parts : sequence of Tweets

    Returns
    -------
    Tweets
    """
    return Tweets(
        [text for part in parts for text in part.texts],
        [label for part in parts for label in part.labels],
        [target for part in parts for target in part.targets],
    )


def held_out(tweets: Tweets, seed: int = 0) -> list[str]:
    """Label each tweet by a model trained without its fold, on tweets of its target alone.

    Parameters
    ----------
    tweets : Tweets
        N tweets.
    seed : int

    Returns
    -------
    list of str
        N labels.
    """
    said = np.empty(len(tweets.texts), dtype=object)
    targets = np.array(tweets.targets)
    for target in dict.fromkeys(tweets.targets):
        rows = np.flatnonzero(targets == target)
        texts, labels = [tweets.texts[row] for row in rows], [tweets.labels[row] for row in rows]
        folds = stratified(labels, seed)
        for fold in range(folds.max() + 1):
            out = np.flatnonzero(folds == fold)
            inside = np.flatnonzero(folds != fold)
            known = [texts[row] for row in inside], [labels[row] for row in inside]
            said[rows[out]] = labelled(*known, [texts[row] for row in out], STANCE, seed)
    return said.tolist()


def labelled(
    texts: Sequence[str], labels: Sequence[str], unseen: Sequence[str], settings: Settings, seed: int = 0
) -> list[str]:
    """Train on tweets, choosing by cross-validation on them, and label others.

    Parameters
    ----------
    texts, labels : sequence of str
    unseen : sequence of str
        N tweets.
    settings : Settings
    seed : int

    Returns
    -------
    list of str
        N labels.
    """
    lexicon = Lexicon.bundled()
    folds = stratified(labels, seed)
    choice = choose_C(texts, {"label": labels}, folds, settings, lexicon).on_all
    model = fit(texts, {"label": labels}, choice.Cs, settings, None, lexicon, choice.tone_heads, -1)
    found = model.proba(unseen)
    return [found.labels["label"][code] for code in found.proba["label"].argmax(axis=1)]


def left_out(tweets: Tweets, seed: int = 0) -> list[str]:
    """Label the tweets of each target by a model of attitudes toward the others.

    Parameters
    ----------
    tweets : Tweets
        N tweets.
    seed : int

    Returns
    -------
    list of str
        N labels.
    """
    lexicon, targets = Lexicon.bundled().with_file(str(NAMES)), np.array(tweets.targets)
    said = np.empty(len(targets), dtype=object)
    for target in dict.fromkeys(tweets.targets):
        inside, out = np.flatnonzero(targets != target), np.flatnonzero(targets == target)
        labels = {
            other: encode([tweets.labels[row] if targets[row] == other else "" for row in inside], sorted(OPINIONS))
            for other in dict.fromkeys(tweets.targets)
            if other != target
        }
        folds = stratified([tweets.labels[row] for row in inside], seed)
        attitudes, _ = fit_attitudes([tweets.texts[row] for row in inside], labels, folds, STANCE, lexicon)
        reading = attitudes.score([tweets.texts[row] for row in out], [target])
        said[out] = [attitudes.labels[code] for code in attitudes.proba(reading)[:, 0].argmax(axis=1)]
    return said.tolist()


def stratified(labels: Sequence[str], seed: int, folds: int = 5) -> NDArray[np.intp]:
    """Deal rows to folds, each label alike.

    Parameters
    ----------
    labels : sequence of str
        N labels.
    seed : int
    folds : int

    Returns
    -------
    ndarray of shape (N,)
    """
    rng, numbers = np.random.default_rng(seed), np.empty(len(labels), np.intp)
    for label in sorted(set(labels)):
        rows = rng.permutation([row for row, each in enumerate(labels) if each == label])
        numbers[rows] = np.arange(len(rows)) % folds
    return numbers


def show(title: str, tweets: Tweets, said: Sequence[str], figure: str) -> None:
    """Print a figure with its interval, over all tweets and for each target.

    Parameters
    ----------
    title : str
    tweets : Tweets
        N tweets.
    said : sequence of str
        N labels.
    figure : str
        Of `scores.Summary`.
    """
    names = sorted(set(tweets.labels))
    true, predicted = encode(tweets.labels, names)[1], encode(said, names)[1]
    targets = np.array(tweets.targets)
    print(f"| {title} | {OFFICIAL[figure]} | 95 % interval | tweets |\n|---|--:|---|--:|")
    for name in ("all together", *(dict.fromkeys(targets) if len(set(targets)) > 1 else ())):
        rows = slice(None) if name == "all together" else targets == name
        score = getattr(summarize(true[rows], predicted[rows], names), figure)
        value, low, high = (100 * number for number in (score.value, score.low, score.high))
        print(f"| {name} | {value:.1f} | {low:.1f} to {high:.1f} | {len(true[rows]):,} |")
    print()


if __name__ == "__main__":
    main()
