"""Mentions."""

from __future__ import annotations

import pytest

from stance.features.lexicon import Lexicon
from stance.features.mentions import named_targets


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("tell us more", set()),
        ("the US and its friends", {"us"}),
        ("U.S. ships", {"us"}),
        ("Chinas friends, India's foes", {"china", "india"}),
        ("#Pakistan @PMOIndia", {"india", "pakistan"}),
        ("Пекин", set()),
    ],
)
def test_countries_named(text: str, named: set[str]) -> None:
    lexicon = Lexicon.bundled()
    [found] = named_targets([text], lexicon, lexicon.targets)
    assert {target for target, is_named in zip(lexicon.targets, found, strict=True) if is_named} == named
