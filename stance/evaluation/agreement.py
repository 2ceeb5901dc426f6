"""How far annotators agree: Krippendorff's alpha, Cohen's kappa, agreement on each label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from nltk.metrics.agreement import AnnotationTask

Readings = Mapping[str, Mapping[str, str]]  # item -> annotator -> label


@dataclass(frozen=True)
class Agreement:
    """How far the annotators of one head agree.

    Parameters
    ----------
    items : int
        Items with two readings or more; the others say nothing of agreement.
    readings : int
        Readings of these items.
    alpha : float or None
        Krippendorff's alpha, 1 for perfect agreement, 0 for chance; None where all readings give one label.
    kappas : dict of (str, str) to float or None
        Cohen's kappa of each two annotators on the items that both read; None where it is undefined.
    labels : dict of str to float
        For each label the chance that a second annotator gives it where a first one did.
    disagreements : list of str
        Items on which not all agree.
    """

    items: int
    readings: int
    alpha: float | None
    kappas: dict[tuple[str, str], float | None]
    labels: dict[str, float]
    disagreements: list[str]


def measure_agreement(readings: Readings) -> Agreement:
    """Measure the agreement on one head.

    Parameters
    ----------
    readings : mapping of str to mapping of str to str
        For each item the label of every annotator that read it; readings may be missing.

    Returns
    -------
    Agreement

    References
    ----------
    Krippendorff, K. (2011), Computing Krippendorff's alpha-reliability. Cohen, J. (1960), A coefficient of agreement
    for nominal scales.

    Examples
    --------
    >>> readings = {"1": {"a": "x", "b": "x"}, "2": {"a": "y", "b": "y"}, "3": {"a": "x", "b": "y"}}
    >>> found = measure_agreement(readings)
    >>> round(found.alpha, 3), round(found.kappas["a", "b"], 3), found.disagreements
    (0.444, 0.4, ['3'])
    """
    shared = {item: dict(said) for item, said in readings.items() if len(said) > 1}
    return Agreement(
        items=len(shared),
        readings=sum(map(len, shared.values())),
        alpha=_alpha(shared),
        kappas={pair: _kappa(shared, *pair) for pair in combinations(_annotators(shared), 2)},
        labels=_label_agreement(shared),
        disagreements=[item for item, said in shared.items() if len(set(said.values())) > 1],
    )


def majority_label(said: Mapping[str, str]) -> str | None:
    """Name the label that more than half of the annotators gave.

    Parameters
    ----------
    said : mapping of str to str
        Label by annotator.

    Returns
    -------
    str or None
        None where no label has more than half.

    Examples
    --------
    >>> majority_label({"ann": "x", "bob": "x", "cy": "y"}), majority_label({"ann": "x", "bob": "y"})
    ('x', None)
    """
    label, votes = Counter(said.values()).most_common(1)[0]
    return label if 2 * votes > len(said) else None


def _annotators(readings: Readings) -> list[str]:
    return sorted({annotator for said in readings.values() for annotator in said})


def _task(readings: Readings) -> AnnotationTask:
    return AnnotationTask(
        [(annotator, item, label) for item, said in readings.items() for annotator, label in said.items()]
    )


def _alpha(readings: Readings) -> float | None:
    if len({label for said in readings.values() for label in said.values()}) < 2:
        return None
    return float(_task(readings).alpha())


def _kappa(readings: Readings, first: str, second: str) -> float | None:
    both = {
        item: {first: said[first], second: said[second]}
        for item, said in readings.items()
        if first in said and second in said
    }
    if len({label for said in both.values() for label in said.values()}) < 2:
        return None
    return float(_task(both).kappa_pairwise(first, second))


def _label_agreement(readings: Readings) -> dict[str, float]:
    given: defaultdict[str, int] = defaultdict(int)
    matched: defaultdict[str, float] = defaultdict(float)
    for said in readings.values():
        counts = Counter(said.values())
        for label, votes in counts.items():
            given[label] += votes
            matched[label] += votes * (votes - 1) / (len(said) - 1)
    return {label: matched[label] / given[label] for label in sorted(given)}
