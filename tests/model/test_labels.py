"""Labels as names and codes; strings in Arrow's layout."""

from __future__ import annotations

import numpy as np

from stance.model.labels import Labels, StringColumn, encode


def test_encode_by_given_labels() -> None:
    assert encode(["b", "", "z"], ["b", "a"])[1].tolist() == [0, -1, -1]


def test_encoded_labels_come_back() -> None:
    labels = encode(["b", "", "a"])
    assert labels.to_list() == ["b", None, "a"]
    names, codes = labels
    assert (names, codes.tolist()) == (labels.names, labels.codes.tolist()) == (("a", "b"), [1, -1, 0])
    assert encode([]).to_list() == Labels((), np.empty(0, np.intp)).to_list() == []


def test_strings_are_cut_at_their_offsets() -> None:
    raw, offsets = np.frombuffer("aéb".encode(), np.uint8), np.array([0, 1, 1, 4], np.int32)
    assert StringColumn(raw, offsets).to_list() == ["a", "", "éb"]
    assert StringColumn(raw, offsets, np.array([False, True, True])).to_list() == [None, "", "éb"]
