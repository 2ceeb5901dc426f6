"""Choice of the regularisation strength of each head by grouped cross-validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from threadpoolctl import threadpool_limits

from stance.evaluation.metrics import confusion_matrix, macro_f1
from stance.features.lexicon import Lexicon
from stance.features.mentions import tone_features
from stance.features.vectorizer import Vectorizer
from stance.model.classifier import probabilities
from stance.model.labels import Labels, encode
from stance.settings import Settings
from stance.training.regression import fit_path
from stance.training.stacking import targets_of

Proba = NDArray[np.float64]


@dataclass(frozen=True)
class HeadChoices:
    """How the heads of a model are to be trained.

    Parameters
    ----------
    strengths : dict of str to float
        The best `C` of each head.
    hearing : tuple of str
        Heads that do better when they hear the tone of the words.
    """

    Cs: dict[str, float]
    tone_heads: tuple[str, ...]


def choose_C(
    texts: Sequence[str],
    labels: Mapping[str, Sequence[str]],
    folds: NDArray[np.intp],
    settings: Settings,
    lexicon: Lexicon,
    jobs: int = -1,
) -> list[HeadChoices]:
    """Score every strength on held-out folds and choose.

    Heads are judged by their n-grams alone: what they hear of each other makes them better, but not otherwise strong.
    Heads that are targets get the strength of the settings.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    labels : mapping of str to sequence of str
        For each head N labels, empty where there is none.
    folds : ndarray of shape (N,)
        Numbers from 0.
    settings : Settings
    lexicon : Lexicon
    jobs : int
        Number of processes; -1 for one a core.

    Returns
    -------
    list of Choice
        For each fold what does best on the others, so that the choice does not flatter the score of that fold; last
        what does best on all.

    Raises
    ------
    ValueError
        If no term is frequent enough.
    """
    targets = dict.fromkeys(targets_of(labels, lexicon), settings.target_C)
    coded = {head: encode(cells) for head, cells in labels.items() if head not in targets}
    tones = tone_features(texts, lexicon) * settings.tone_scale
    tasks = list(product(coded, range(folds.max() + 1)))  # small ones, so that no core is idle at the end
    work = (delayed(_held_out)(texts, tones, coded[head], folds == fold, settings) for head, fold in tasks)
    paths = {
        (head, hears): np.empty((len(settings.Cs), len(codes), len(names)))
        for head, (names, codes) in coded.items()
        for hears in (False, True)
    }
    for (head, fold), found in zip(tasks, Parallel(n_jobs=jobs)(work), strict=True):
        for hears, proba in found.items():
            paths[head, hears][:, folds == fold] = proba
    inside = [folds != fold for fold in range(folds.max() + 1)]
    choices = [_choice(paths, coded, rows, settings) for rows in [*inside, np.ones(len(folds), np.bool_)]]
    return [HeadChoices(targets | each.Cs, each.tone_heads) for each in choices]


def _held_out(
    texts: Sequence[str], tones: NDArray[np.float64], coded: Labels, held_out: NDArray[np.bool_], settings: Settings
) -> dict[bool, Proba]:
    with threadpool_limits(1):
        vectorizer = Vectorizer.of(settings)
        features = vectorizer.fit_transform([text for text, out in zip(texts, held_out, strict=True) if not out])
        features.sort_indices()  # products with weights, which lie in order, are faster so
        unseen = vectorizer.transform([text for text, out in zip(texts, held_out, strict=True) if out])
        names, codes = coded[0], coded[1][~held_out]
        rows, found = np.flatnonzero(codes >= 0), {}
        for hears in (False, True):
            known = _beside(features, tones[~held_out]) if hears else features
            new = _beside(unseen, tones[held_out]) if hears else unseen
            path = fit_path(known[rows], codes[rows], names, settings.Cs, settings)
            found[hears] = np.stack([probabilities(classifier, new) for classifier in path])
        return found


def _beside(features: csr_matrix, tones: NDArray[np.float64]) -> csr_matrix:
    return hstack([features, csr_matrix(tones)]).tocsr()


def _choice(
    paths: Mapping[tuple[str, bool], Proba], coded: Mapping[str, Labels], rows: NDArray[np.bool_], settings: Settings
) -> HeadChoices:
    Cs, tone_heads = {}, []
    for head, (_, codes) in coded.items():
        scores = _scores(paths[head, False], codes, rows)
        heard = _scores(paths[head, True], codes, rows)
        if max(heard) > max(scores) + settings.min_gain_for_tone / np.sqrt(rows.sum()):
            scores = heard
            tone_heads.append(head)
        Cs[head] = settings.Cs[int(np.argmax(scores))]
    return HeadChoices(Cs, tuple(tone_heads))


def _scores(path: Proba, codes: NDArray[np.intp], rows: NDArray[np.bool_]) -> list[float]:
    k, known = path.shape[2], rows & (codes >= 0)
    return [float(macro_f1(confusion_matrix(codes[known], proba[known].argmax(axis=1), k))) for proba in path]
