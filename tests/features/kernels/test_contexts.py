"""The compiled reading of a text is that of the plain reference, on any text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.features.characters import encode_utf8
from stance.features.kernels import contexts, mentions
from stance.features.kernels.context_numbers import CONTEXT_NUMBERS, TONE_NUMBERS, tone_numbers
from stance.features.lexicon import Lexicon
from stance.features.lexicon_compiler import ADDRESSED, CLAUSE_OPENERS, NEGATORS, SPEAKERS
from stance.features.mentions import feature_name, named_targets
from tests.helpers import reference

LEXICON = Lexicon.bundled()
TARGETS = LEXICON.targets
EVERY = np.arange(len(TARGETS))
TEXTS = [
    "China lies and Russia helps, but we trust India",
    "the US told us; US forces left, they owe us, u know",
    "The U.S. and the U.S.A. are not our friends. Neither is the U.K.",
    "#BoycottChina #IndiaStrikesBack #boycottchina #ModiHaiTohMumkinHai #USA2China #Boycott_China __",
    "@PMOIndia @realDonaldTrump thank you, @IndianExpress",
    "see https://china.com/russia?a=b www.india.gov WWW.Pakistan.pk ftp://usa.gov not www,china.com",
    "CHINA IS A DISGRACE AND US IS WORSE! THE USA WINS?",
    "US!",
    "us",
    "US is ok",
    "don't trust Pakistan, do not love China. nahi, Modi is never a bad leader who lies",
    "not good good good good good India",
    "no, good India",
    "not China good good good good",
    "stop stop bad Iran",
    "Iran is good because Israel is bad while Turkey waits so then what if Japan... when? yet unless, since",
    "Sri Lanka, Sri-Lanka, Sri\nLanka, Sri. Lanka, North Korea's South Korean, Hong Kong, Saudi Arabia's",
    "the States are strong, the states of India are many",
    "K.P Oli and K.P. Oli",
    "family 👩\u200d👩\u200d👧 loves 🇮🇳 and 🇵🇰 ❤️ China 👍🏽👎 too",
    "England 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f and China",
    "भारत महान है और पाकिस्तान नहीं, India मेरा देश",
    "Россия и Китай — друзья, США нет",
    "中国万岁，美国 China 俄罗斯",
    "پاکستان زندہ باد Pakistan",
    "İran IRAN ΣΑΣ Straße ß ǅ ǅinn China",
    "e\u0301 cafe\u0301 Chi\u0301na China\u0301 n\u0303",
    "China\n\nlies\r\nRussia\tlies\x85India\u2028Iran\u3000Japan\x1cUK",
    "",
    " ",
    "\n",
    "!?",
    "😀",
    "💩 China 💩",
    "x" * 10_000,
    "x" * 10_000 + " China",
    "China " * 50 + "bad",
    "half \ud83d pair \udfff China \ude00",
    "they\0China\0",
    "(China) [Russia] \"India\" “USA” 'UK' `Iran` /Israel/ |Japan| China-made anti-China pro-Russian Indo-Pak",
    "3.5 million. China.Russia India...Iran 1.",
    "$ China $",
    "^ China ^ _ China_ x_y China T O not-good China",
    "@ # #_ @_China #1China #ChinaFirst #CHINAFirst #aB #A #ABc #AⒶb",
    "studies lies flies uses buses used being ly early China",
    "0_o China o_o, Xi said xi",
    "we love you and your country, ours is China",
    "y'all China",
    "Bush and bush, a Quad, a quad",
]


@cache
def reader() -> reference.Reader:
    return reference.Reader(LEXICON)


def compiled(text: str) -> dict[str, tuple[list[tuple[str, Hashable]], list[float]]]:
    """Give what the loops find in a text: for each target its features, by name and hash, and its numbers."""
    raw, offsets = encode_utf8([text])
    words = LEXICON.compiled(TARGETS)
    found, workspace = (
        contexts.extract_examples(raw, offsets, words, EVERY),
        mentions.allocate_token_workspace(offsets),
    )
    n = mentions.read_tokens(raw, 0, offsets[1], words, workspace)
    seen = {}
    for row, (first, last) in enumerate(zip([0, *found.ends], found.ends, strict=False)):
        target = found.targets[row]
        named = [
            (
                feature_name(workspace.codes, workspace.tokens, n, target, found.patterns[k], found.places[k]),
                found.hashes[k],
            )
            for k in range(first, last)
        ]
        seen[TARGETS[target]] = named, found.numbers[row].tolist()
    return seen


def alike(pairs: Iterable[tuple[str, Hashable]]) -> Counter[frozenset[tuple[str, int]]]:
    """Give the names that share a key, and how often each comes."""
    names: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for name, key in pairs:
        names[key][name] += 1
    return Counter(frozenset(each.items()) for each in names.values())


def assert_read_as_reference(texts: Sequence[str]) -> None:
    ours, theirs = [], []
    for text in texts:
        read, seen = reader().read(text), compiled(text)
        assert set(seen) == {token.target for token in read} - {None}, text
        for target, (features, numbers) in seen.items():
            expected = reference.features(read, target)
            assert Counter(name for name, _ in features) == Counter(each.name for each in expected), (text, target)
            told = reference.numbers(read, target)
            np.testing.assert_allclose(numbers, [told[name] for name in CONTEXT_NUMBERS], atol=1e-6, err_msg=text)
            ours += features
            theirs += [(each.name, each.stemmed) for each in expected]
    assert alike(ours) == alike(theirs)
    heard = tone_numbers(*encode_utf8(texts), LEXICON.compiled(()))
    tones = [reference.tones(reader().read(text)) for text in texts]
    np.testing.assert_allclose(heard, [[each[name] for name in TONE_NUMBERS] for each in tones], atol=1e-6)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_each_text(text: str) -> None:
    assert_read_as_reference([text])


def test_features_that_share_a_hash_share_a_stem() -> None:
    assert_read_as_reference(TEXTS)


ALIASES = [alias.alias for alias in LEXICON.aliases]
MARKED = [*NEGATORS, *CLAUSE_OPENERS, *SPEAKERS, *ADDRESSED]
SIGNS = [*".!?…\n;:,()\"“”—–[]/|'’`-#@&*~^_$😀❤\u200d\ufe0f\u0301", "://", "www."]
WORDS = st.one_of(
    st.sampled_from(ALIASES), st.sampled_from([*LEXICON.tones]), st.sampled_from(MARKED), st.sampled_from(SIGNS),
    st.sampled_from(["China", "US", "us", "#BoycottChina", "@IndiaToday", "x"]), st.text(max_size=4),
)  # fmt: skip
CASED = st.builds(lambda word, case: case(word), WORDS, st.sampled_from([str, str, str.lower, str.upper, str.title]))
JOINED = st.lists(st.tuples(CASED, st.sampled_from([" ", " ", " ", "", "\n", "-"])), max_size=30)


@settings(deadline=None, max_examples=100)
@given(JOINED.map(lambda parts: "".join(word + blank for word, blank in parts)))
def test_texts_of_words_of_the_lexicon(text: str) -> None:
    assert_read_as_reference([text])


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters()), st.sampled_from(["China", " US ", "#"]), st.text(st.characters()))
def test_any_text(before: str, named: str, behind: str) -> None:
    assert_read_as_reference([before + named + behind])


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("the US told us", {"us"}), ("they told us", set()), ("US!", set()), ("USA!", {"us"}), ("the U.S. too", {"us"}),
        ("THE US LIED TO US", set()), ("#BoycottChina", {"china"}), ("#boycott_china", {"china"}),
        ("see https://china.com", set()), ("the States agree", {"us"}), ("the states agree", set()),
        ("the U.s.a. too", {"us"}), ("the u.S.A. too", set()), ("the us Forces", set()), ("the US Forces", {"us"}),
        ("Sri Lanka", {"sri_lanka"}), ("North, Korea", set()), ("sri-lanka", {"sri_lanka"}), ("KP Oli won", {"nepal"}),
    ],
)  # fmt: skip
def test_who_is_named(text: str, targets: set[str]) -> None:
    assert {
        target for target, is_named in zip(TARGETS, named_targets([text], LEXICON, TARGETS)[0], strict=True) if is_named
    } == targets
