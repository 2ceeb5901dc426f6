"""Swap two targets in a text: a mention of one becomes a mention of the other, of the same kind if possible."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from stance.errors import OptionError
from stance.features.characters import encode_utf8
from stance.features.kernels.mentions import (
    BEGIN,
    END,
    SHOUTED,
    TARGET,
    allocate_token_workspace,
    named_targets,
    read_tokens,
)
from stance.features.lexicon import EXACT, Alias, Lexicon, check_targets

NAME_KIND, PEOPLE_KIND, HASHTAG_KIND = "name", "people", "hashtag"
# kinds of alias in which two targets have no equivalents: a nickname of one says something else than one of the other
UNPAIRED_KINDS = (HASHTAG_KIND, "nickname", "misspelling")
_WHITESPACE_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True)
class Mention:
    """Characters `begin` to `end` of a text, which name a target."""

    begin: int
    end: int
    alias: Alias
    in_tag: bool  # part of a hashtag or a handle


@dataclass(frozen=True)
class TextMentions:
    """A text with its mentions, in their order."""

    text: str
    mentions: Sequence[Mention]
    is_shouted: bool  # mostly in capitals


class Names:
    """The aliases by which targets replace each other.

    >>> names = Names(Lexicon.bundled())
    >>> [mention.alias.kind for mention in names.find_mentions("Beijing fears the Indian army").mentions]
    ['capital', 'army']
    >>> names.choose_alias("russia", "capital").alias, names.choose_alias("russia", "nickname").alias
    ('Duma', 'Russia')
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.targets = lexicon.targets
        self._compiled = lexicon.compiled(self.targets)
        self._aliases: dict[tuple[str, str], Alias] = {}
        for alias in lexicon.aliases:
            self._aliases.setdefault((alias.target, _alias_key(alias.alias)), alias)
        self._unambiguous = self._find_unambiguous(lexicon.aliases)
        self._lowered = dict.fromkeys(self.targets, "")  # all aliases of a target in one string
        self._short_names = {target: set[str]() for target in self.targets}
        for alias in lexicon.aliases:
            self._lowered[alias.target] += f" {alias.alias.lower()} |"
            if alias.kind in (NAME_KIND, PEOPLE_KIND):
                self._short_names[alias.target].add(alias.alias.lower())
        self._chosen: dict[tuple[str, str, bool, bool], Alias] = {}

    def find_mentions(self, text: str) -> TextMentions:
        """Find the mentions of all targets."""
        raw, offsets = encode_utf8([text])
        workspace = allocate_token_workspace(offsets)
        n = read_tokens(raw, 0, offsets[1], self._compiled, workspace)
        tokens = workspace.tokens[:n]
        spans = tokens[tokens[:, TARGET] >= 0][:, [BEGIN, END, TARGET]].tolist()
        starts = [token.start() for token in _WHITESPACE_TOKEN.finditer(text)] if spans else []
        mentions = [self._mention(text, begin - 1, end - 1, self.targets[code], starts) for begin, end, code in spans]
        return TextMentions(text, mentions, _is_shouted(text))

    def choose_alias(self, target: str, kind: str, plural: bool = False, in_tag: bool = False) -> Alias:
        """Choose the alias of a target that replaces one of this kind of another target; OptionError if there is none.

        Only aliases that name the target by themselves, in small letters and in capitals, and with `in_tag` without a
        blank too. Of those of the same kind, else of the names: first the name of the target here, then what begins
        with its name or people, then what occurs in most of its aliases, then the shortest. `plural` prefers an `s`.
        """
        wanted = (target, kind, plural, in_tag)
        if wanted not in self._chosen:
            self._chosen[wanted] = self._choose(*wanted)
        return self._chosen[wanted]

    def swap(self, text: str, one: str, other: str) -> str:
        """Swap two targets in a text."""
        return self.swap_mentions(self.find_mentions(text), one, other)

    def swap_mentions(self, found: TextMentions, one: str, other: str) -> str:
        """Swap two targets in a text whose mentions are known."""
        return self._swap(found, {one: other, other: one})

    def find_named(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Find which of the T targets of the lexicon N texts name; (N, T)."""
        named = named_targets(*encode_utf8(texts), self._compiled, np.arange(len(self.targets)))
        return np.asarray(named)

    def _mention(self, text: str, begin: int, end: int, target: str, starts: Sequence[int]) -> Mention:
        written = text[begin:end]
        alias = self._aliases.get((target, _alias_key(written)), Alias(target, NAME_KIND, written))
        start = starts[bisect_right(starts, begin) - 1]
        return Mention(begin, end, alias, start < begin and text[start] in "#@")

    def _swap(self, found: TextMentions, partners: Mapping[str, str]) -> str:
        parts, end = [], 0
        for mention in found.mentions:
            if mention.alias.target in partners:
                written = found.text[mention.begin : mention.end]
                parts += [
                    found.text[end : mention.begin],
                    self._replacement(mention, written, partners, found.is_shouted),
                ]
                end = mention.end
        return "".join([*parts, found.text[end:]])

    def _replacement(self, mention: Mention, written: str, partners: Mapping[str, str], is_shouted: bool) -> str:
        alias = mention.alias
        if alias.kind == HASHTAG_KIND:
            tag = f"#{alias.alias}"
            within = [each for each in self.find_mentions(tag).mentions if each.alias.kind != HASHTAG_KIND]
            if any(each.alias.target in partners for each in within):
                return self._swap(TextMentions(tag, within, _is_shouted(tag)), partners)[mention.in_tag :]
        chosen = self.choose_alias(partners[alias.target], alias.kind, alias.alias.endswith("s"), mention.in_tag)
        in_capitals = written.isupper() and (is_shouted or not alias.alias.isupper())
        cased = _match_case(chosen.alias, written, in_capitals)
        return _join_words(cased) if mention.in_tag else cased

    def _choose(self, target: str, kind: str, plural: bool, in_tag: bool) -> Alias:
        candidates = self._candidates(target, kind, in_tag)
        if not candidates:
            raise OptionError(
                f"no alias of {target} names it by itself in small letters and in capitals; add one with --lexicon"
            )
        best = max(candidates, key=self._rank)
        plurals = [alias for alias in candidates if plural and alias.alias == f"{best.alias}s"]
        return plurals[0] if plurals else best

    def _candidates(self, target: str, kind: str, in_tag: bool) -> list[Alias]:
        """Unambiguous aliases of a target: of this kind, else its names, else all."""
        aliases = [alias for alias in self._unambiguous[in_tag] if alias.target == target]
        same_kind = [alias for alias in aliases if alias.kind == kind and kind not in UNPAIRED_KINDS]
        return same_kind or [alias for alias in aliases if alias.kind == NAME_KIND] or aliases

    def _rank(self, alias: Alias) -> tuple[bool, bool, int, int]:
        lowered = f" {alias.alias.lower()} "
        is_longer = alias.kind not in (NAME_KIND, PEOPLE_KIND)
        begins_with_name = is_longer and lowered.split()[0] in self._short_names[alias.target]
        is_target = _alias_key(alias.alias) == _alias_key(alias.target)
        return is_target, begins_with_name, self._lowered[alias.target].count(lowered), -len(lowered.split())

    def _find_unambiguous(self, aliases: Sequence[Alias]) -> tuple[list[Alias], list[Alias]]:
        """Find aliases that name their target and no other by themselves; and, of these, in a hashtag."""
        free = [alias for alias in aliases if alias.case != EXACT]
        own = np.array([alias.target for alias in free])[:, None] == np.array(self.targets)
        written = [alias.alias for alias in free]
        kept = np.ones(len(free), np.bool_)
        for texts in (written, [each.lower() for each in written], [each.upper() for each in written]):
            kept &= (self.find_named(texts) == own).all(axis=1)
        in_tag = kept & (self.find_named([f"#{_join_words(each)}" for each in written]) == own).all(axis=1)
        return [*compress(free, kept)], [*compress(free, in_tag)]


def swap_targets(text: str, lexicon: Lexicon, one: str, other: str) -> str:
    """Swap two targets of a lexicon in a text; OptionError if it lacks one, or an alias that names one by itself.

    >>> swap_targets("China's army? #BoycottChina, trust INDIA", Lexicon.bundled(), "china", "india")
    "India's army? #BoycottIndia, trust CHINA"
    """
    check_targets([one, other], lexicon.targets)
    return Names(lexicon).swap(text, one, other)


def _alias_key(words: str) -> str:
    return "".join(char for char in words.lower() if char.isalnum())


def _join_words(words: str) -> str:
    """Write words as a hashtag has them, which holds no blank: `US congress` as `USCongress`."""
    parts = "".join(char if char.isalnum() else " " for char in words).split()
    if len(parts) < 2:
        return words
    return "_".join(parts) if words.isupper() else "".join(part[0].upper() + part[1:] for part in parts)


def _is_shouted(text: str) -> bool:
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return capitals > SHOUTED * (capitals + small)


def _match_case(alias: str, written: str, in_capitals: bool) -> str:
    if in_capitals:
        return alias.upper()
    if not written[0].islower():
        return alias
    return " ".join(word if word.isupper() else word.lower() for word in alias.split())
