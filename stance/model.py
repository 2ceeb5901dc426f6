"""The model: one vectorizer, and a classifier for each head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stance.classifier import Classifier
from stance.features import Features, Texts
from stance.predictions import Predictions, statuses
from stance.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

LANES = 8  # labels that a processor adds up at once; the rest of the last group are zeros


class Model:
    """Labels comments under every head that it was trained on.

    Parameters
    ----------
    features : Features
    classifiers : mapping of str to Classifier
        For each head one.

    Examples
    --------
    >>> texts = ["we love them", "we love it", "they lie", "you all lie"]
    >>> model = Model.fit(texts, {"mood": ["good", "good", "bad", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> model.predict(["what we love", ""])[["mood", "status"]].values.tolist()
    [['good', 'ok'], [nan, 'empty']]
    """

    def __init__(self, features: Features, classifiers: Mapping[str, Classifier]) -> None:
        self.features = features
        self.classifiers = dict(classifiers)
        every = list(self.classifiers.values())
        self._heads = np.cumsum([0, *(len(classifier.labels) for classifier in every)])
        used = self._heads[-1] - len(every)
        lanes = max(1, -(-used // LANES)) * LANES
        self._rows = np.zeros((len(features), lanes), np.float32)
        relative = np.concatenate([classifier.weights[1:] - classifier.weights[:1] for classifier in every])
        self._rows[:, :used] = relative.T[features.order] * features.idf[:, None]
        self._bias = np.zeros(lanes)
        self._bias[:used] = np.concatenate([classifier.bias[1:] - classifier.bias[:1] for classifier in every])

    @property
    def settings(self) -> Settings:
        """What it was trained with."""
        return self.features.settings

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """The labels of each head."""
        return {head: classifier.labels for head, classifier in self.classifiers.items()}

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Mapping[str, Sequence[str]],
        strengths: Mapping[str, float],
        settings: Settings,
    ) -> Model:
        """Train on labelled comments.

        Parameters
        ----------
        texts : sequence of str
            N comments.
        labels : mapping of str to sequence of str
            For each head N labels; a row whose label is empty is left out of that head.
        strengths : mapping of str to float
            scikit-learn's `C` for each head.
        settings : Settings

        Returns
        -------
        Model

        Raises
        ------
        ValueError
            If no term occurs in `settings.min_df` texts.
        """
        from stance.regression import fit_path  # here, since scoring does without scikit-learn and its import
        from stance.vectorizer import Vectorizer

        vectorizer = Vectorizer.of(settings)
        features = vectorizer.fit_transform(texts)
        classifiers = {}
        for head, cells in labels.items():
            names, codes = encode(cells)
            rows = np.flatnonzero(codes >= 0)
            [classifiers[head]] = fit_path(features[rows], codes[rows], names, [strengths[head]], settings.max_iter)
        return cls(Features(settings, vectorizer.features_.terms), classifiers)

    def proba(self, texts: Texts, threads: int = 1) -> Predictions:
        """Compute probabilities and statuses.

        Parameters
        ----------
        texts : sequence of str, or Arrow strings
            N comments.
        threads : int
            Number of threads; -1 for one a core.

        Returns
        -------
        Predictions
        """
        side_by_side, known = self.features.proba(texts, self._rows, self._bias, self._heads, threads)
        proba = dict(zip(self.classifiers, np.split(side_by_side, self._heads[1:-1], axis=1), strict=True))
        return Predictions(self.labels, proba, statuses(known))

    def predict(self, texts: Iterable[Any], probabilities: bool = False) -> pd.DataFrame:
        """Label comments.

        Parameters
        ----------
        texts : iterable of str
            N comments, such as a list or a pandas column; a missing one counts as an empty one.
        probabilities : bool
            Whether to give the probability of every label, not only of the likeliest.

        Returns
        -------
        pandas.DataFrame
            N rows, with the index of `texts` if that is a pandas column; the columns that the command line writes for
            a table with a `text` column.
        """
        import pandas as pd

        if isinstance(texts, str):
            raise TypeError("texts is one string, expected a list of them")
        index = texts.index if isinstance(texts, pd.Series) else None
        known = ["" if pd.isna(text) else str(text) for text in texts]
        columns = self.proba(known).columns(["text"], probabilities)
        return pd.DataFrame({"text": known, **columns}, index=index)


def encode(cells: Sequence[str], labels: Sequence[str] | None = None) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Turn the labels of a head into numbers.

    Parameters
    ----------
    cells : sequence of str
        N labels, empty where there is none.
    labels : sequence of str, optional
        The labels to number by; by default those that occur, sorted.

    Returns
    -------
    labels : tuple of str
        K labels.
    codes : ndarray of shape (N,)
        Number of each row's label; -1 where it is none of them.

    Examples
    --------
    >>> names, codes = encode(["b", "", "a"])
    >>> names, codes.tolist()
    (('a', 'b'), [1, -1, 0])
    """
    names = tuple(sorted({cell for cell in cells if cell})) if labels is None else tuple(labels)
    numbers = {name: code for code, name in enumerate(names)}
    return names, np.array([numbers.get(cell, -1) for cell in cells], dtype=np.intp)
