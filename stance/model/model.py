"""The model: one vectorizer, a classifier for each head, and what the heads get from each other."""

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
from stance.features.kernels.tfidf import FeatureCounts, allocate_counts
from stance.features.lexicon import Lexicon, check_targets, match_targets
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

    from stance.model.explanation.explainer import Explainer

LANES = 8  # logits that a processor adds up at once


@dataclass(frozen=True)
class ScoredBatch:
    """All that a model computed for N texts, so that they can be explained without reading them again."""

    texts: Texts
    proba: dict[str, NDArray[np.float64]]  # (N, K) for each head and target
    stacked_features: dict[str, NDArray[np.float64]]  # (N, S) for each head; S is 0 without an attitude model
    attitudes: AttitudeScores | None  # for the targets of the attitude model, then those asked for
    n_known: NDArray[np.int64]  # (N,); as `Features.logits` returns it
    counts: FeatureCounts  # of the n-grams of each text


class Model:
    """Label comments under every head that it was trained on.

    Parameters
    ----------
    features : Features
        TF-IDF of word and character n-grams.
    classifiers : mapping of str to Classifier
        One for each head.
    attitude_model : AttitudeModel, optional
        Each of its targets is a head; it gives stacked features to all heads.

    Examples
    --------
    >>> from stance.training.stacking import fit
    >>> texts = ["we love them", "we love it", "they lie", "you all lie"]
    >>> model = fit(texts, {"mood": ["good", "good", "bad", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> model.predict(["what we love", ""])[["mood", "status"]].values.tolist()
    [['good', 'ok'], [nan, 'empty']]
    """

    def __init__(
        self, features: Features, classifiers: Mapping[str, Classifier], attitude_model: AttitudeModel | None = None
    ) -> None:
        self.features = features
        self.classifiers = dict(classifiers)
        self.attitude_model = attitude_model
        self._bounds = np.cumsum([0, *(len(each.labels) - 1 for each in self.classifiers.values())])

    @property
    def settings(self) -> Settings:
        """Settings that it was trained with."""
        return self.features.settings

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """Labels of each head."""
        return {head: classifier.labels for head, classifier in self.classifiers.items()}

    @property
    def lexicon(self) -> Lexicon:
        """Names of targets, and tones of words."""
        return Lexicon.bundled() if self.attitude_model is None else self.attitude_model.lexicon

    def with_lexicon(self, lexicon: Lexicon) -> Model:
        """Return the same model with another lexicon."""
        attitude_model = None if self.attitude_model is None else self.attitude_model.with_lexicon(lexicon)
        return Model(self.features, self.classifiers, attitude_model)

    def with_temperatures(self, temperatures: Mapping[str, float]) -> Model:
        """Return the same model with another temperature for each head."""
        classifiers = {
            head: replace(classifier, temperature=temperatures[head]) for head, classifier in self.classifiers.items()
        }
        return Model(self.features, classifiers, self.attitude_model)

    @cached_property
    def rows(self) -> NDArray[np.float32]:
        """Weights times idf, (V, lanes), for the kernels: rows in their order of features, a lane for each label.

        The first label of a head is its reference class: its weights are subtracted from those of the others, and its
        lane is the last one, of zeros.
        """
        lanes = -(-int(self._bounds[-1] + 1) // LANES) * LANES
        rows = np.zeros((len(self.features), lanes), np.float32)
        relative = np.concatenate([each.weights[1:] - each.weights[:1] for each in self.classifiers.values()])
        rows[:, : self._bounds[-1]] = relative.T[self.features.order] * self.features.lookup.idf[:, None]
        return rows

    @property
    def lanes(self) -> dict[str, list[int]]:
        """Lane of `rows` of each label, by head."""
        lows = self._bounds[:-1].tolist()
        return {
            head: [self.rows.shape[1] - 1, *range(low, low + len(names) - 1)]
            for (head, names), low in zip(self.labels.items(), lows, strict=True)
        }

    def __repr__(self) -> str:
        heads = ", ".join(f"{head} ({len(names)} labels)" for head, names in self.labels.items())
        targets = 0 if self.attitude_model is None else len(self.lexicon.targets)
        return f"Model(heads: {heads}; {len(self.features):,} features; any of {targets} targets)"

    def predict(
        self,
        texts: Iterable[Any],
        probabilities: bool = False,
        *,
        targets: Sequence[str] = (),
        min_confidence: float = 0.0,
        explain: int = 0,
    ) -> pd.DataFrame:
        """Label comments.

        Parameters
        ----------
        texts : iterable of str
            N comments, such as a list or a pandas column; a missing one counts as empty.
        probabilities : bool
            Whether to add the probability of every label.
        targets : sequence of str
            Targets beside those that the model has heads for, such as `["iran"]`; each becomes a head.
        min_confidence : float
            Confidence, 0 to 1, below which a head gives no label.
        explain : int
            Number of features to add that moved each head's decision most; 0 for no such column.

        Returns
        -------
        pandas.DataFrame
            N rows, with the index of `texts` if that is a pandas column: `text`, label and confidence of every head,
            and the status, in the columns that the command line writes.

        Raises
        ------
        OptionError
            If a target cannot be scored, or a number is out of its range.
        """
        import pandas as pd

        if not 0 <= min_confidence <= 1 or explain < 0:
            raise OptionError("min_confidence is from 0 to 1, explain 0 or more")
        if isinstance(texts, str):
            raise TypeError("texts is one string, expected a list of them")
        index = texts.index if isinstance(texts, pd.Series) else None
        strings = ["" if pd.isna(text) else str(text) for text in texts]
        predictions = self._scorer(explain).proba(strings, targets=targets).abstain_below(min_confidence)
        columns = predictions.columns(["text"], probabilities)
        return pd.DataFrame({"text": strings, **columns}, index=index)

    def _scorer(self, explain: int) -> Model | Explainer:
        if not explain:
            return self
        from stance.model.explanation.explainer import Explainer

        return Explainer(self, explain)

    def proba(
        self,
        texts: Texts,
        n_threads: int = 1,
        targets: Sequence[str] = (),
        on_batch: Callable[[int, ScoredBatch], None] | None = None,
    ) -> Predictions:
        """Compute probabilities and statuses.

        Parameters
        ----------
        texts : sequence of str, or Arrow strings
            N comments.
        n_threads : int
            -1 for all cores.
        targets : sequence of str
            Targets of the lexicon beside those that the model has heads for; each becomes a head.
        on_batch : callable, optional
            Called with the number of its first text and a `ScoredBatch`, in the thread that scored it.

        Returns
        -------
        Predictions

        Raises
        ------
        OptionError
            If such a target cannot be scored; see `find_targets`.
        """
        targets = self.find_targets(targets)
        labels = self.labels | {target: self.attitude_model.labels for target in targets if self.attitude_model}
        proba = {head: np.empty((len(texts), len(names))) for head, names in labels.items()}
        n_known = np.empty(len(texts), np.int64)

        def score_rows(first: int, last: int) -> None:
            scored = self._score(texts[first:last], targets, keep_counts=on_batch is not None)
            n_known[first:last] = scored.n_known
            for head, values in scored.proba.items():
                proba[head][first:last] = values
            if on_batch is not None:
                on_batch(first, scored)

        self.compile(targets)
        run_in_threads(score_rows, len(texts), n_threads)
        return Predictions(labels, proba, encode_statuses(n_known))

    def find_targets(self, targets: Sequence[str]) -> list[str]:
        """Return targets as the lexicon writes them, whatever their case; OptionError unless each can be scored.

        The model needs an attitude model, the lexicon must know them, and no result column may come twice.
        """
        if not targets:
            return []
        if self.attitude_model is None or not self.attitude_model.targets:
            raise OptionError(
                "this model cannot score --targets: it has no attitude model; train it with columns named as countries"
            )
        targets = match_targets(targets, self.lexicon.targets)
        heads = [target for target in targets if target in self.classifiers]
        if heads:
            raise OptionError(f"the model has a head {listed(heads)} already; leave it out of --targets")
        check_targets(targets, self.lexicon.targets)
        if twice := duplicate_columns([*self.classifiers, *targets]):
            raise OptionError(
                f"the targets would give two result columns {listed(twice)}; name each target once, and none by the"
                " name of a result column"
            )
        return targets

    def compile(self, targets: Sequence[str] = ()) -> None:
        """Build once what threads share to score."""
        self.rows  # noqa: B018  a cached property
        if self.attitude_model is not None:
            self.attitude_model.compile((*self.attitude_model.targets, *targets))

    def score(self, texts: Texts, targets: Sequence[str] = ()) -> ScoredBatch:
        """Score N texts in this thread, and return all that an explanation of their labels needs."""
        return self._score(texts, targets, keep_counts=True)

    def stacked_features(self, texts: Texts) -> dict[str, NDArray[np.float64]]:
        """Compute the stacked features of each head; (N, S), where S is 0 without an attitude model."""
        return self._score(texts, (), keep_counts=False).stacked_features

    def _score(self, texts: Texts, targets: Sequence[str], keep_counts: bool) -> ScoredBatch:
        if keep_counts:
            relative, n_known, counts = self.features.logits_and_counts(texts, self.rows)
        else:
            (relative, n_known), counts = self.features.logits(texts, self.rows), allocate_counts(0, 0)
        logits, attitudes = self._ngram_logits(relative), None
        if self.attitude_model is not None:
            attitudes = self.attitude_model.score(texts, [*self.attitude_model.targets, *targets])
        stacked_features = self._add_stacked_logits(logits, attitudes)
        proba = {head: softmax(values / self.classifiers[head].temperature) for head, values in logits.items()}
        if self.attitude_model is not None and attitudes is not None and targets:
            added = self.attitude_model.proba(attitudes)[:, len(self.attitude_model.targets) :]
            proba |= {target: added[:, number] for number, target in enumerate(targets)}
        return ScoredBatch(texts, proba, stacked_features, attitudes, n_known, counts)

    def _ngram_logits(self, relative: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        logits = {}
        for (head, classifier), (low, high) in zip(self.classifiers.items(), pairwise(self._bounds), strict=True):
            logits[head] = np.zeros((len(relative), len(classifier.labels)))
            logits[head][:, 1:] = relative[:, low:high]
            logits[head] += classifier.bias - classifier.bias[0]
        return logits

    def _add_stacked_logits(
        self, logits: dict[str, NDArray[np.float64]], attitudes: AttitudeScores | None
    ) -> dict[str, NDArray[np.float64]]:
        """Return the stacked features of each head; what they weigh is added to `logits`, targets first."""
        if self.attitude_model is None or attitudes is None:
            return {head: np.empty((len(values), 0)) for head, values in logits.items()}
        targets = self.attitude_model.targets
        scores, stacked = attitudes.first_targets(len(targets)), {}
        for number, head in enumerate(targets):
            stacked[head] = stack_target_features(scores, number, self.settings)
            logits[head] += self._stacked_logits(head, stacked[head])
        proba = np.empty((len(scores.tones), 0, 1))
        if targets:
            proba = np.stack([softmax(logits[head]) for head in targets], axis=1)
        for head in [head for head in logits if head not in targets]:
            stacked[head] = stack_head_features(proba, scores, self.classifiers[head].uses_tone, self.settings)
            logits[head] += self._stacked_logits(head, stacked[head])
        return {head: stacked[head] for head in logits}

    def _stacked_logits(self, head: str, stacked_features: NDArray[np.float64]) -> NDArray[np.float64]:
        weights = self.classifiers[head].stacked_weights
        return np.zeros(1) if weights is None else np.asarray(stacked_features @ weights.T.astype(np.float64))
