"""What a model must beat."""

from collections.abc import Mapping


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
