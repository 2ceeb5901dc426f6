"""Targets exchanged: the text is read as it is meant, and the audit counts what follows."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from stance.attitudes import named_in
from stance.errors import OptionError
from stance.lexicon import Alias, Lexicon
from stance.model import Model
from stance.settings import Settings
from stance.stacking import fit
from stance.swap import Names, SwapAudit, audit, bare_names, swapped

TARGETS = ["china", "russia", "us", "india", "pakistan"]
LEXICON = Lexicon.bundled()
PAIRS = [*permutations(TARGETS, 2)]
SAID = ["we love {}", "{} lies again", "the people of {} are great", "shame on {}", "{} met them at noon"]
LABELS = ["favor", "against", "favor", "against", "none"]


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(LEXICON)


@pytest.fixture(scope="module")
def model() -> Model:
    spoken = {"china": "China", "india": "India", "russia": "Russia"}
    rows = [(said.format(name), target, label) for said, label in zip(SAID, LABELS, strict=True)
            for target, name in spoken.items()]  # fmt: skip
    texts = [text for text, _, _ in rows] * 4
    labels = {each: [label if target == each else "none" for _, target, label in rows] * 4 for each in spoken}
    return fit(texts, labels, dict.fromkeys(spoken, 10.0), Settings(min_df=1))


def test_mentions_are_read_in_the_place_of_others(names: Names) -> None:
    kinds = dict.fromkeys(alias.kind for alias in LEXICON.aliases)
    for one, other in PAIRS:
        by_kind = {kind: next(a for a in LEXICON.aliases if (a.target, a.kind) == (one, kind)) for kind in kinds}
        said = [alias.alias for alias in by_kind.values()]
        texts = [f"{lead}{each}{end}" for each in said for lead in ("they say ", "@") for end in ("", "'s plan", "!")]
        texts += [text.upper() for text in texts] + [text.lower() for text in texts]
        texts = [
            text for text in texts if named_in([text], LEXICON, TARGETS)[0].tolist() == [t == one for t in TARGETS]
        ]
        assert len(texts) > 40
        changed = [names.swapped(text, one, other) for text in texts]
        named = named_in(changed, LEXICON, TARGETS)
        assert (named == [target == other for target in TARGETS]).all(), (one, other)


def test_both_change_places_at_once() -> None:
    text = "China fears India, INDIA laughs at china; Russia waits"
    assert swapped(text, LEXICON, "china", "india") == "India fears China, CHINA laughs at india; Russia waits"


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
def test_manner_is_kept(names: Names, text: str, expected: str) -> None:
    assert names.swapped(text, "china", "india") == expected


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
    assert names.swapped(text, "us", "russia") == expected


def test_unknown_target() -> None:
    with pytest.raises(OptionError, match=r"no target narnia in the lexicon"):
        swapped("Narnia", LEXICON, "narnia", "china")


def test_target_without_a_clear_name() -> None:
    lexicon = Lexicon((Alias("a", "name", "It", "exact"), Alias("b", "", "Bee")), {})
    with pytest.raises(OptionError, match=r"no alias of a names it by itself"):
        swapped("a Bee", lexicon, "b", "a")
    assert swapped("It does", lexicon, "a", "b") == "Bee does"


def test_audit_counts_what_follows(model: Model) -> None:
    texts = ["we love China", "India lies again", "nobody here"]
    found = audit(model, texts, confidence=0.4)
    assert set(found.pairs) == set(permutations(model.labels, 2))
    assert (found.labels, found.tried, found.opinions) == (2, 4, 4)
    assert sum(tried for tried, _ in found.pairs.values()) == found.tried
    assert found.share == found.share_of_opinions == sum(along for _, along in found.pairs.values()) / found.tried
    assert found.pairs["russia", "china"] == (0, 0)


def test_audit_agrees_with_what_the_model_says(model: Model) -> None:
    said = model.proba(["we love China", "we love India", "we love Russia"])
    same = [said.best[target][row] == said.best["china"][0] for row, target in ((1, "india"), (2, "russia"))]
    found = audit(model, ["we love China"], confidence=0.0)
    assert [found.pairs["china", other] for other in ("india", "russia")] == [(1, int(each)) for each in same]


def test_audit_of_a_sample_is_the_same_each_time(model: Model) -> None:
    texts = [said.format(name) for said in SAID for name in ("China", "Moscow", "India")]
    assert audit(model, texts, 0.4, most=6) == audit(model, texts, 0.4, most=6)
    assert audit(model, texts, 0.4, most=6).labels <= 6


def test_audit_of_nothing(model: Model) -> None:
    found = audit(model, ["nobody here"])
    assert isinstance(found, SwapAudit)
    assert found.tried == 0 and np.isnan([found.share, found.share_of_opinions]).all()


def test_bare_names(model: Model) -> None:
    found = bare_names(model)
    assert list(found) == list(found["china"]) == ["china", "india", "russia"]
    assert sum(found["russia"]["india"].values()) == pytest.approx(1)
    said = model.proba(["Russia"]).proba["china"][0]
    assert list(found["russia"]["china"].values()) == pytest.approx(said.tolist())


def test_a_model_without_targets() -> None:
    model = fit(["we love it", "they lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    with pytest.raises(OptionError, match=r"fewer than two heads that are targets"):
        audit(model, ["we love it"])
    with pytest.raises(OptionError, match=r"fewer than two heads that are targets"):
        bare_names(model)
