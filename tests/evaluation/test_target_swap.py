"""Swapped texts name the other target, in the same manner."""

from __future__ import annotations

import pytest

from stance.errors import OptionError
from stance.evaluation.target_swap import Names, swap_targets
from stance.features.lexicon import Alias, Lexicon
from stance.features.mentions import named_targets
from tests.helpers.targets import LEXICON, PAIRS, TARGETS


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(LEXICON)


def test_swapped_mentions_name_the_other_target(names: Names) -> None:
    kinds = dict.fromkeys(alias.kind for alias in LEXICON.aliases)
    for one, other in PAIRS:
        by_kind = {kind: next(a for a in LEXICON.aliases if (a.target, a.kind) == (one, kind)) for kind in kinds}
        written = [alias.alias for alias in by_kind.values()]
        texts = [
            f"{lead}{each}{end}" for each in written for lead in ("they say ", "@") for end in ("", "'s plan", "!")
        ]
        texts += [text.upper() for text in texts] + [text.lower() for text in texts]
        texts = [
            text for text in texts if named_targets([text], LEXICON, TARGETS)[0].tolist() == [t == one for t in TARGETS]
        ]
        assert len(texts) > 40
        changed = [names.swap(text, one, other) for text in texts]
        named = named_targets(changed, LEXICON, TARGETS)
        assert (named == [target == other for target in TARGETS]).all(), (one, other)


def test_both_are_swapped_at_once() -> None:
    text = "China fears India, INDIA laughs at china; Russia waits"
    assert swap_targets(text, LEXICON, "china", "india") == "India fears China, CHINA laughs at india; Russia waits"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Chinese fear Beijing and the Chinese army", "The Indian fear Delhi and the Bharatiya Sena"),
        ("Indians and Chinese", "Chinese and Indian"),
        ("#BoycottChina #Boycott_China, @ChinaDaily", "#BoycottIndia #Boycott_India, @IndiaDaily"),
        ("#boycottchina", "#BoycottIndia"),
        ("stop #ChinaExposed now", "stop #IndiaExposed now"),
        ("#IndianArmy", "#ChineseArmy"),
        ("china's CHINA, China’s", "india's INDIA, India’s"),
        ("see https://example.org/china: nothing", "see https://example.org/china: nothing"),
        ("chinas lies, Chinazis", "india lies, India"),
        ("🐉 é China \udc80 china", "🐉 é India \udc80 india"),
        ("Russia and Japan", "Russia and Japan"),
        ("", ""),
    ],
)
def test_case_and_hashtags_are_kept(names: Names, text: str, expected: str) -> None:
    assert names.swap(text, "china", "india") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stupid USA wants us", "stupid Russia wants us"),
        ("US forces in Russia", "Russian army in America"),
        ("STUPID USA WANTS WAR", "STUPID RUSSIA WANTS WAR"),
        ("russians and kremlin", "americans and US congress"),
        ("#StandWithRussia #KREMLIN", "#StandWithAmerica #US_CONGRESS"),
    ],
)
def test_acronyms(names: Names, text: str, expected: str) -> None:
    assert names.swap(text, "us", "russia") == expected


def test_unknown_target() -> None:
    with pytest.raises(OptionError, match=r"no target narnia in the lexicon"):
        swap_targets("Narnia", LEXICON, "narnia", "china")


def test_target_without_a_clear_name() -> None:
    lexicon = Lexicon((Alias("a", "name", "It", "exact"), Alias("b", "", "Bee")), {})
    with pytest.raises(OptionError, match=r"no alias of a names it by itself"):
        swap_targets("a Bee", lexicon, "b", "a")
    assert swap_targets("It does", lexicon, "a", "b") == "Bee does"
