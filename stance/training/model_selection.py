"""Choice of C and of tone features for each head, by grouped cross-validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from threadpoolctl import threadpool_limits

from stance.evaluation.metrics import confusion_matrix, macro_f1
from stance.features.lexicon import Lexicon
from stance.features.mentions import tone_features
from stance.model.classifier import probabilities
from stance.model.labels import Labels, encode
from stance.settings import Settings
from stance.training.regression import fit_path
from stance.training.stacking import TrainingFeatures, fit_features, targets_of

ProbaPath = NDArray[np.float64]  # held-out probabilities for each C; (len(Cs), N, K)
Paths = dict[tuple[str, bool], ProbaPath]  # by head, and whether it uses tone


@dataclass(frozen=True)
class HeadChoices:
    """Choices for the heads of a model."""

    Cs: dict[str, float]  # best C of each head
    tone_heads: tuple[str, ...]  # heads that are better with tone features


@dataclass(frozen=True)
class Selection:
    """Choices by fold, and the features that they were made on, so that the folds' models need not learn them again."""

    by_fold: list[HeadChoices]  # best on the other folds, so that the scores of a fold are not optimistic
    on_all: HeadChoices  # best on all folds
    features: list[TrainingFeatures]  # for each fold, of the comments outside it


def choose_C(
    texts: Sequence[str],
    labels: Mapping[str, Sequence[str]],
    folds: NDArray[np.intp],
    settings: Settings,
    lexicon: Lexicon,
    n_jobs: int = -1,
) -> Selection:
    """Choose the C of each head with the best macro F1 on held-out folds (N,), by its n-grams alone.

    Stacked features raise the scores of a head but hardly move its best C. Targets get that of the settings. Raises
    VocabularyError if no n-gram is frequent enough.
    """
    target_Cs = dict.fromkeys(targets_of(labels, lexicon), settings.target_C)
    coded = {head: encode(cells) for head, cells in labels.items() if head not in target_Cs}
    tones = tone_features(texts, lexicon) * settings.tone_scale
    held_out = [folds == fold for fold in range(folds.max() + 1)]
    results = Parallel(n_jobs=n_jobs)(delayed(_fit_paths)(texts, tones, coded, rows, settings) for rows in held_out)
    paths = _join_paths([fold_paths for _, fold_paths in results], held_out)
    by_fold = [_choose(paths, coded, ~rows, target_Cs, settings) for rows in held_out]
    on_all = _choose(paths, coded, np.ones(len(folds), np.bool_), target_Cs, settings)
    return Selection(by_fold, on_all, [features for features, _ in results])


def _fit_paths(
    texts: Sequence[str],
    tones: NDArray[np.float64],
    coded: Mapping[str, Labels],
    held_out: NDArray[np.bool_],
    settings: Settings,
) -> tuple[TrainingFeatures, Paths]:
    """Compute the features of a fold once, and fit all heads to them."""
    with threadpool_limits(1):
        features = fit_features([text for text, out in zip(texts, held_out, strict=True) if not out], settings)
        unseen = features.vectorizer.transform([text for text, out in zip(texts, held_out, strict=True) if out])
        paths: Paths = {}
        for uses_tone in (False, True):
            known, new = features.matrix, unseen
            if uses_tone:
                known, new = _with_tones(known, tones[~held_out]), _with_tones(new, tones[held_out])
            for head, (names, codes) in coded.items():
                classifiers = fit_path(known, codes[~held_out], names, settings.Cs, settings)
                paths[head, uses_tone] = np.stack([probabilities(each, new) for each in classifiers])
        return features, paths


def _with_tones(matrix: csr_matrix, tones: NDArray[np.float64]) -> csr_matrix:
    return hstack([matrix, csr_matrix(tones)]).tocsr()


def _join_paths(by_fold: Sequence[Paths], held_out: Sequence[NDArray[np.bool_]]) -> Paths:
    joined: Paths = {}
    for key, first in by_fold[0].items():
        n_Cs, _, n_labels = first.shape
        joined[key] = np.empty((n_Cs, len(held_out[0]), n_labels))
        for paths, rows in zip(by_fold, held_out, strict=True):
            joined[key][:, rows] = paths[key]
    return joined


def _choose(
    paths: Paths,
    coded: Mapping[str, Labels],
    rows: NDArray[np.bool_],
    target_Cs: Mapping[str, float],
    settings: Settings,
) -> HeadChoices:
    Cs, tone_heads = dict(target_Cs), []
    for head, (_, codes) in coded.items():
        scores, tone_scores = (_macro_f1s(paths[head, uses_tone], codes, rows) for uses_tone in (False, True))
        if max(tone_scores) > max(scores) + settings.min_gain_for_tone / np.sqrt(rows.sum()):
            scores = tone_scores
            tone_heads.append(head)
        Cs[head] = settings.Cs[int(np.argmax(scores))]
    return HeadChoices(Cs, tuple(tone_heads))


def _macro_f1s(path: ProbaPath, codes: NDArray[np.intp], rows: NDArray[np.bool_]) -> list[float]:
    n_labels, labelled = path.shape[2], rows & (codes >= 0)
    true = codes[labelled]
    return [float(macro_f1(confusion_matrix(true, proba[labelled].argmax(axis=1), n_labels))) for proba in path]
