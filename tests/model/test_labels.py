"""Labels."""

from __future__ import annotations

from stance.model.labels import encode


def test_encode_by_given_labels() -> None:
    assert encode(["b", "", "z"], ["b", "a"])[1].tolist() == [0, -1, -1]
