"""The model: one vectorizer, and a classifier for each head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stance.errors import OptionError
from stance.features.characters import Texts
from stance.features.kernels.tfidf import FeatureCounts
from stance.features.lexicon import Lexicon, check_targets
from stance.features.parallel import run_in_threads
from stance.features.tfidf import Features
from stance.model.attitude_model import AttitudeModel, AttitudeScores
from stance.model.classifier import Classifier, softmax
from stance.model.predictions import Predictions, duplicate_columns, encode_statuses
from stance.model.stacked_features import stack_head_features, stack_target_features
from stance.settings import Settings
from stance.strings import listed

if TYPE_CHECKING:
    import pandas as pd

LANES = 8  # labels that a processor adds up at once; the rest of the last group are zeros


@dataclass(frozen=True)
class ScoredBatch:
    """What a model makes of N texts.

    Parameters
    ----------
    texts : sequence of str, or Arrow strings
    proba : dict of str to ndarray of shape (N, K)
        For each head and target.
    signals : dict of str to ndarray of shape (N, S)
        For each head; S is 0 in a model without attitudes.
    known : ndarray of shape (N,)
        As `Features.logits` gives it.
    kept : Kept, optional
        The n-grams of the texts, if anybody wants to know.
    """

    texts: Texts
    proba: dict[str, NDArray[np.float64]]
    stacked_features: dict[str, NDArray[np.float64]]
    known: NDArray[np.int64]
    kept: FeatureCounts | None


class Model:
    """Labels comments under every head that it was trained on.

    Parameters
    ----------
    features : Features
    classifiers : mapping of str to Classifier
        For each head one.
    attitudes : Attitudes, optional
        What the heads hear; those that are its targets first.

    Examples
    --------
    >>> from stance.training.stacking import fit
    >>> texts = ["we love them", "we love it", "they lie", "you all lie"]
    >>> model = fit(texts, {"mood": ["good", "good", "bad", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> model.predict(["what we love", ""])[["mood", "status"]].values.tolist()
    [['good', 'ok'], [nan, 'empty']]
    """

    def __init__(
        self, features: Features, classifiers: Mapping[str, Classifier], attitudes: AttitudeModel | None = None
    ) -> None:
        self.features = features
        self.classifiers = dict(classifiers)
        self.attitudes = attitudes
        self._bounds = np.cumsum([0, *(len(each.labels) - 1 for each in self.classifiers.values())])

    @cached_property
    def rows(self) -> NDArray[np.float32]:
        """Weights times idf, features in the order of the loops.

        Every label but the first of each head has a lane, with what it weighs more than the first; the last lane holds
        zeros.

        Returns
        -------
        ndarray of shape (V, L)
        """
        lanes = -(-int(self._bounds[-1] + 1) // LANES) * LANES
        rows = np.zeros((len(self.features), lanes), np.float32)
        relative = np.concatenate([each.weights[1:] - each.weights[:1] for each in self.classifiers.values()])
        rows[:, : self._bounds[-1]] = relative.T[self.features.order] * self.features.lookup.idf[:, None]
        return rows

    @property
    def settings(self) -> Settings:
        """What it was trained with."""
        return self.features.settings

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """The labels of each head."""
        return {head: classifier.labels for head, classifier in self.classifiers.items()}

    @property
    def lexicon(self) -> Lexicon:
        """The aliases and word lists that it reads by."""
        return Lexicon.bundled() if self.attitudes is None else self.attitudes.lexicon

    def with_lexicon(self, lexicon: Lexicon) -> Model:
        """Give the same model with other aliases.

        Parameters
        ----------
        lexicon : Lexicon

        Returns
        -------
        Model
        """
        attitudes = None if self.attitudes is None else self.attitudes.with_lexicon(lexicon)
        return Model(self.features, self.classifiers, attitudes)

    def with_temperatures(self, temperatures: Mapping[str, float]) -> Model:
        """Give the same model with other temperatures.

        Parameters
        ----------
        temperatures : mapping of str to float
            Of each head.

        Returns
        -------
        Model
        """
        classifiers = {
            head: replace(classifier, temperature=temperatures[head]) for head, classifier in self.classifiers.items()
        }
        return Model(self.features, classifiers, self.attitudes)

    @property
    def lanes(self) -> dict[str, list[int]]:
        """For each head the lanes of its labels in `rows`; the first label has the last one."""
        lows = self._bounds[:-1].tolist()
        return {
            head: [self.rows.shape[1] - 1, *range(low, low + len(names) - 1)]
            for (head, names), low in zip(self.labels.items(), lows, strict=True)
        }

    def proba(
        self,
        texts: Texts,
        threads: int = 1,
        targets: Sequence[str] = (),
        also: Callable[[int, ScoredBatch], None] | None = None,
    ) -> Predictions:
        """Compute probabilities and statuses.

        Parameters
        ----------
        texts : sequence of str, or Arrow strings
            N comments.
        threads : int
            Number of threads; -1 for one a core.
        targets : sequence of str
            Targets of the lexicon beside those that the model has heads for; each becomes a head.
        also : callable, optional
            Told of each part that is scored, in the thread that scored it: number of its first text, and what was made
            of it.

        Returns
        -------
        Predictions

        Raises
        ------
        OptionError
            If it cannot be asked for such a target.
        """
        self.check_targets(targets)
        labels = self.labels | {target: self.attitudes.labels for target in targets if self.attitudes}
        proba = {head: np.empty((len(texts), len(names))) for head, names in labels.items()}
        known = np.empty(len(texts), np.int64)

        def part(first: int, last: int) -> None:
            scored = self._part(texts[first:last], targets, also is not None)
            known[first:last] = scored.known
            for head, values in scored.proba.items():
                proba[head][first:last] = values
            if also is not None:
                also(first, scored)

        self.compile(targets)
        run_in_threads(part, len(texts), threads)
        return Predictions(labels, proba, encode_statuses(known))

    def compile(self, targets: Sequence[str] = ()) -> None:
        """Make what scoring needs of what was opened, once, so that threads share it.

        Parameters
        ----------
        targets : sequence of str
            As for `proba`.
        """
        self.rows  # noqa: B018  made at its first use, and kept
        if self.attitudes is not None:
            self.attitudes.compile((*self.attitudes.targets, *targets))

    def check_targets(self, targets: Sequence[str]) -> None:
        """Refuse targets that the model cannot be asked for.

        Parameters
        ----------
        targets : sequence of str

        Raises
        ------
        OptionError
            If the lexicon does not have one, the model has a head of that name, it knows no attitudes, or columns
            would be doubled.
        """
        if not targets:
            return
        if self.attitudes is None or not self.attitudes.targets:
            raise OptionError(
                "this model knows no attitudes, so it has no targets; train it on columns named as countries"
            )
        taken = [target for target in targets if target in self.classifiers]
        if taken:
            raise OptionError(f"the model has a head {listed(taken)} already; leave it out of --targets")
        check_targets(targets, self.lexicon.targets)
        if twice := duplicate_columns([*self.classifiers, *targets]):
            raise OptionError(f"the targets would give two result columns {listed(twice)}; name each once, and not so")

    def stacked_features(self, texts: Texts) -> dict[str, NDArray[np.float64]]:
        """Give what the heads hear of each other, and of the words as they stand to a target.

        Parameters
        ----------
        texts : sequence of str, or Arrow strings
            N comments.

        Returns
        -------
        dict of str to ndarray of shape (N, S)
            For each head; S is 0 in a model without attitudes.
        """
        logits = self._ngram_logits(self.features.logits(texts, self.rows)[0])
        return self._hear(logits, None if self.attitudes is None else self.attitudes.read(texts))

    def _part(self, texts: Texts, targets: Sequence[str], keep: bool) -> ScoredBatch:
        kept: FeatureCounts | None = None
        if keep:
            relative, known, kept = self.features.logits_and_counts(texts, self.rows)
        else:
            relative, known = self.features.logits(texts, self.rows)
        logits, reading, others = self._ngram_logits(relative), None, {}
        if self.attitudes is not None:
            own = self.attitudes.targets
            whole = self.attitudes.read(texts, [*own, *targets])
            reading = whole.first_targets(len(own))
            if targets:
                proba = self.attitudes.proba(whole)
                others = {target: proba[:, len(own) + number] for number, target in enumerate(targets)}
        stacked_features = self._hear(logits, reading)
        with_temperatures = {
            head: softmax(values / self.classifiers[head].temperature) for head, values in logits.items()
        }
        return ScoredBatch(texts, with_temperatures | others, stacked_features, known, kept)

    def _ngram_logits(self, relative: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        found = {}
        for (head, classifier), (low, high) in zip(self.classifiers.items(), pairwise(self._bounds), strict=True):
            found[head] = np.zeros((len(relative), len(classifier.labels)))
            found[head][:, 1:] = relative[:, low:high]
            found[head] += classifier.bias - classifier.bias[0]
        return found

    def _hear(
        self, logits: dict[str, NDArray[np.float64]], reading: AttitudeScores | None
    ) -> dict[str, NDArray[np.float64]]:
        if self.attitudes is None or reading is None:
            return {head: np.empty((len(values), 0)) for head, values in logits.items()}
        targets = self.attitudes.targets
        stacked_features = {
            head: stack_target_features(reading, number, self.settings) for number, head in enumerate(targets)
        }
        for head in targets:
            logits[head] += self._told(head, stacked_features[head])
        heard = [softmax(logits[head]) for head in targets]
        proba = np.stack(heard, axis=1) if heard else np.empty((len(reading.tones), 0, 1))
        for head in logits:
            if head not in targets:
                stacked_features[head] = stack_head_features(
                    proba, reading, self.classifiers[head].uses_tone, self.settings
                )
                logits[head] += self._told(head, stacked_features[head])
        return {head: stacked_features[head] for head in logits}

    def _told(self, head: str, stacked_features: NDArray[np.float64]) -> NDArray[np.float64]:
        weights = self.classifiers[head].stacked_weights
        return np.zeros(1) if weights is None else np.asarray(stacked_features @ weights.T.astype(np.float64))

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
