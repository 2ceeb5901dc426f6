"""Agreement of annotators: Krippendorff's alpha, Cohen's kappa, agreement on each label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from nltk.metrics.agreement import AnnotationTask

from stance.strings import listed

HeadReadings = Mapping[str, Mapping[str, str]]  # item -> annotator -> label


@dataclass(frozen=True)
class Agreement:
    """Agreement of the annotators of one head."""

    items: int  # with two readings or more; the others do not count
    readings: int  # of these items
    alpha: float | None  # Krippendorff's: 1 perfect, 0 chance; None where all readings give one label
    kappas: dict[tuple[str, str], float | None]  # Cohen's, of each two annotators on the items of both; None: undefined
    shared: dict[tuple[str, str], int]  # items that each two annotators both labelled
    labels: dict[str, float]  # probability that a second annotator gives a label that a first one gave
    disagreements: list[str]  # items on which not all agree
    undefined: str = ""  # why there is no alpha


def measure_agreement(readings: HeadReadings) -> Agreement:
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
    >>> agreement = measure_agreement(readings)
    >>> round(agreement.alpha, 3), round(agreement.kappas["a", "b"], 3), agreement.disagreements
    (0.444, 0.4, ['3'])
    """
    annotators = _annotators(readings)
    pairs = list(combinations(annotators, 2))
    shared = {item: dict(labels) for item, labels in readings.items() if len(labels) > 1}
    return Agreement(
        items=len(shared),
        readings=sum(map(len, shared.values())),
        alpha=_alpha(shared),
        kappas={pair: _kappa(shared, *pair) for pair in pairs},
        shared={pair: sum(all(name in labels for name in pair) for labels in shared.values()) for pair in pairs},
        labels=_label_agreement(shared),
        disagreements=[item for item, labels in shared.items() if len(set(labels.values())) > 1],
        undefined=_why_undefined(annotators, shared),
    )


def majority_label(labels: Mapping[str, str]) -> str | None:
    """Return the label, by annotator, that more than half gave; None if there is none.

    >>> majority_label({"ann": "x", "bob": "x", "cy": "y"}), majority_label({"ann": "x", "bob": "y"})
    ('x', None)
    """
    label, votes = Counter(labels.values()).most_common(1)[0]
    return label if 2 * votes > len(labels) else None


def _why_undefined(annotators: Sequence[str], shared: HeadReadings) -> str:
    """Say why alpha is undefined; empty where it is not.

    >>> _why_undefined(["ann"], {})
    'only one annotator (ann); agreement needs two'
    """
    if len(annotators) < 2:
        return f"only one annotator ({listed(annotators)}); agreement needs two" if annotators else "no labels"
    if not shared:
        return f"no item that two of {listed(annotators)} labelled"
    if _n_labels(shared) < 2:
        [label] = {label for labels in shared.values() for label in labels.values()}
        return f"all readings of the shared items are {label!r}, so chance agreement is total"
    return ""


def _annotators(readings: HeadReadings) -> list[str]:
    return sorted({annotator for labels in readings.values() for annotator in labels})


def _task(readings: HeadReadings) -> AnnotationTask:
    return AnnotationTask(
        [(annotator, item, label) for item, labels in readings.items() for annotator, label in labels.items()]
    )


def _n_labels(readings: HeadReadings) -> int:
    return len({label for labels in readings.values() for label in labels.values()})


def _alpha(readings: HeadReadings) -> float | None:
    return float(_task(readings).alpha()) if _n_labels(readings) > 1 else None


def _kappa(readings: HeadReadings, first: str, second: str) -> float | None:
    both = {
        item: {first: labels[first], second: labels[second]}
        for item, labels in readings.items()
        if first in labels and second in labels
    }
    return float(_task(both).kappa_pairwise(first, second)) if _n_labels(both) > 1 else None


def _label_agreement(readings: HeadReadings) -> dict[str, float]:
    given: defaultdict[str, int] = defaultdict(int)
    matched: defaultdict[str, float] = defaultdict(float)
    for labels in readings.values():
        for label, votes in Counter(labels.values()).items():
            given[label] += votes
            matched[label] += votes * (votes - 1) / (len(labels) - 1)
    return {label: matched[label] / given[label] for label in sorted(given)}
