"""What a model must beat: the commonest label, a keyword rule, VADER, and a plain model of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from stance.attitudes import polarities_in
from stance.classifier import Classifier
from stance.features import Terms
from stance.labels import AGAINST, FAVOR, NEGATIVE, NEUTRAL, POSITIVE
from stance.lexicon import Lexicon
from stance.regression import fit_path, probabilities
from stance.settings import Settings

NEUTRAL_BELOW = 0.05  # of VADER's compound score (Hutto and Gilbert 2014)


def majority(counts: Mapping[str, int]) -> str:
    """Name the commonest label, which a constant guess would give.

    Parameters
    ----------
    counts : mapping of str to int
        Rows of each label in the training data.

    Returns
    -------
    str
        Of equally common ones the first by name.

    Examples
    --------
    >>> majority({"b": 2, "a": 2, "c": 1})
    'a'
    """
    return min(counts, key=lambda label: (-counts[label], label))


def keywords(texts: Sequence[str], head: str, labels: Sequence[str], lexicon: Lexicon) -> list[str] | None:
    """Label by which target is named, and how the words behind its name sound.

    A head that is a target: favor or against by the tone of the target's own words. A head whose labels speak for
    targets, such as pro_india: the label whose targets are spoken of best, if well at all.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    head : str
    labels : sequence of str
    lexicon : Lexicon

    Returns
    -------
    list of str or None
        N labels; None where the rule says nothing about such a head.

    Examples
    --------
    >>> keywords(["Russia is great", "so"], "russia", ["against", "favor", "none"], Lexicon.bundled())
    ['favor', 'none']
    """
    spoken_for = {label: [t for t in label.split("_") if t in lexicon.targets] for label in labels}
    others = [label for label, targets in spoken_for.items() if not targets]
    if head in lexicon.targets and {AGAINST, FAVOR} < set(labels) and len(labels) == 3:
        [rest] = set(labels) - {AGAINST, FAVOR}
        sides = polarities_in(texts, lexicon, [head])[:, 0]
        return [FAVOR if side > 0 else AGAINST if side < 0 else rest for side in sides]
    if len(others) != 1 or len(labels) == 1:
        return None
    camps = [label for label in labels if label not in others]
    best = [polarities_in(texts, lexicon, spoken_for[camp]).max(axis=1) for camp in camps]
    chosen = np.argmax(best, axis=0)
    return [camps[k] if value > 0 else others[0] for k, value in zip(chosen, np.max(best, axis=0), strict=True)]


def vader(texts: Sequence[str], labels: Sequence[str], lexicon: Lexicon) -> list[str] | None:
    """Label the tone by VADER's rules (Hutto and Gilbert 2014), as nltk has them.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    labels : sequence of str
    lexicon : Lexicon
        Whose word list it uses.

    Returns
    -------
    list of str or None
        N labels; None where the head is not about tone.

    Examples
    --------
    >>> vader(["What a great day!", "A horrible day."], ["negative", "neutral", "positive"], Lexicon.bundled())
    ['positive', 'negative']
    """
    if set(labels) != {NEGATIVE, NEUTRAL, POSITIVE}:
        return None
    analyzer = SentimentIntensityAnalyzer.__new__(SentimentIntensityAnalyzer)  # its own way wants a download
    analyzer.lexicon, analyzer.constants = lexicon.tones, VaderConstants()
    scores = [analyzer.polarity_scores(text)["compound"] for text in texts]
    return [POSITIVE if s >= NEUTRAL_BELOW else NEGATIVE if s <= -NEUTRAL_BELOW else NEUTRAL for s in scores]


def fit_plain(
    texts: Sequence[str],
    coded: Mapping[str, tuple[tuple[str, ...], NDArray[np.intp]]],
    terms: Terms,
    settings: Settings,
) -> dict[str, Classifier]:
    """Train what most people would try first: TF-IDF of words and pairs, logistic regression, scikit-learn's defaults.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    coded : mapping of str to (labels, codes)
        For each head K labels, and N numbers of labels, -1 where there is none.
    terms : Terms
        The words and pairs.
    settings : Settings

    Returns
    -------
    dict of str to Classifier
        For each head one.
    """
    features = _words(terms, settings).transform(texts)
    defaults = Settings(balance=0.0, max_iter=settings.max_iter)
    found = {}
    for head, (labels, codes) in coded.items():
        rows = np.flatnonzero(codes >= 0)
        [found[head]] = fit_path(features[rows], codes[rows], labels, [1.0], defaults)
    return found


def plain_labels(
    texts: Sequence[str], plain: Mapping[str, Classifier], terms: Terms, settings: Settings
) -> dict[str, list[str]]:
    """Label by such a model.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    plain : mapping of str to Classifier
    terms : Terms
    settings : Settings

    Returns
    -------
    dict of str to list of str
        For each head N labels.
    """
    features = _words(terms, settings).transform(texts)
    return {
        head: [each.labels[code] for code in probabilities(each, features).argmax(axis=1)]
        for head, each in plain.items()
    }


def _words(terms: Terms, settings: Settings) -> TfidfVectorizer:
    vocabulary = {term: column for column, term in enumerate(terms.vocabulary)}
    made = TfidfVectorizer(ngram_range=settings.word_ngrams, vocabulary=vocabulary)
    made.idf_ = terms.idf.astype(np.float64)
    return made
