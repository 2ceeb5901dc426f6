"""stance/evaluation/target_swap.py."""

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
from stance.features.kernels import mentions
from stance.features.kernels.mentions import BEGIN, END, SHOUTED, TARGET
from stance.features.lexicon import EXACT, Alias, Lexicon, check_targets

NAME, PEOPLE, TAG = "name", "people", "hashtag"
_CHUNK = re.compile(r"\S+")
UNLIKE = (TAG, "nickname", "misspelling")  # kinds of which those of two targets do not say the same


@dataclass(frozen=True)
class Mention:
    """Where a text names a target.

    Parameters
    ----------
    begin, end : int
        The first character, and the one behind the last.
    alias : Alias
        What it is called there.
    in_tag : bool
        Whether that is part of a hashtag or a handle.
    """

    begin: int
    end: int
    alias: Alias
    in_tag: bool


class Names:
    """What targets may be called in each other's place.

    Parameters
    ----------
    lexicon : Lexicon

    Examples
    --------
    >>> names = Names(Lexicon.bundled())
    >>> [mention.alias.kind for mention in names.mentions("Beijing fears the Indian army")]
    ['capital', 'army']
    >>> names.instead("russia", "capital").alias, names.instead("russia", "nickname").alias
    ('Duma', 'Russia')
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.targets = lexicon.targets
        self._words = lexicon.compiled(self.targets)
        self._aliases: dict[tuple[str, str], Alias] = {}
        for alias in lexicon.aliases:
            self._aliases.setdefault((alias.target, _key(alias.alias)), alias)
        self._clear = self._unambiguous(lexicon.aliases)
        self._spoken, self._short = dict.fromkeys(self.targets, ""), {target: set[str]() for target in self.targets}
        for alias in lexicon.aliases:
            self._spoken[alias.target] += f" {alias.alias.lower()} |"
            if alias.kind in (NAME, PEOPLE):
                self._short[alias.target].add(alias.alias.lower())
        self._chosen: dict[tuple[str, str, bool, bool], Alias] = {}

    def mentions(self, text: str) -> list[Mention]:
        """Find what a text names.

        Parameters
        ----------
        text : str

        Returns
        -------
        list of Mention
            In the order of the text.
        """
        raw, offsets = encode_utf8([text])
        workspace = mentions.allocate_token_workspace(offsets)
        n = mentions.read_tokens(raw, 0, offsets[1], self._words, workspace)
        tokens = workspace.tokens[:n]
        found = tokens[tokens[:, TARGET] >= 0][:, [BEGIN, END, TARGET]].tolist()
        chunks = [chunk.start() for chunk in _CHUNK.finditer(text)] if found else []
        return [self._mention(text, begin - 1, end - 1, self.targets[target], chunks) for begin, end, target in found]

    def instead(self, target: str, kind: str, plural: bool = False, in_tag: bool = False) -> Alias:
        """Choose what to call a target.

        Parameters
        ----------
        target : str
        kind : str
            Of the alias that it replaces.
        plural : bool
            Whether to add an `s`, where that is an alias too.
        in_tag : bool
            Whether it must be understood as part of a hashtag, where no blank can be.

        Returns
        -------
        Alias
            Of those that name the target by themselves, large or small, one of the same kind, or else a name: best what
            the target is called here, then what begins with its name or people, then what occurs in most of its
            aliases, then the shortest.

        Raises
        ------
        OptionError
            If no alias names the target by itself.
        """
        wanted = (target, kind, plural, in_tag)
        if wanted not in self._chosen:
            self._chosen[wanted] = self._choose(*wanted)
        return self._chosen[wanted]

    def swapped(self, text: str, one: str, other: str) -> str:
        """Exchange two targets, as the function `swapped` does.

        Parameters
        ----------
        text : str
        one, other : str

        Returns
        -------
        str
        """
        return self._swapped(text, self.mentions(text), {one: other, other: one})

    def named(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Tell which targets texts name.

        Parameters
        ----------
        texts : sequence of str
            N texts.

        Returns
        -------
        ndarray of shape (N, T)
            For the T targets of the lexicon.
        """
        numbers = np.arange(len(self.targets))
        named = mentions.named_targets(*encode_utf8(texts), self._words, numbers)
        return np.asarray(named)

    def _mention(self, text: str, begin: int, end: int, target: str, chunks: Sequence[int]) -> Mention:
        seen = text[begin:end]
        alias = self._aliases.get((target, _key(seen)), Alias(target, NAME, seen))
        chunk = chunks[bisect_right(chunks, begin) - 1]
        return Mention(begin, end, alias, chunk < begin and text[chunk] in "#@")

    def _swapped(self, text: str, mentions: Sequence[Mention], partners: Mapping[str, str]) -> str:
        parts, end, loud = [], 0, _is_loud(text)
        for mention in mentions:
            if mention.alias.target in partners:
                seen = text[mention.begin : mention.end]
                parts += [text[end : mention.begin], self._instead_of(mention, seen, partners, loud)]
                end = mention.end
        return "".join([*parts, text[end:]])

    def _instead_of(self, mention: Mention, seen: str, partners: Mapping[str, str], loud: bool) -> str:
        alias = mention.alias
        if alias.kind == TAG:
            within = [each for each in self.mentions(f"#{alias.alias}") if each.alias.kind != TAG]
            if any(each.alias.target in partners for each in within):
                return self._swapped(f"#{alias.alias}", within, partners)[mention.in_tag :]
        chosen = self.instead(partners[alias.target], alias.kind, alias.alias.endswith("s"), mention.in_tag)
        written = _cased(chosen.alias, seen, seen.isupper() and (loud or not alias.alias.isupper()))
        return _joined(written) if mention.in_tag else written

    def _choose(self, target: str, kind: str, plural: bool, in_tag: bool) -> Alias:
        clear = [alias for alias in self._clear[in_tag] if alias.target == target]
        same = [] if kind in UNLIKE else [alias for alias in clear if alias.kind == kind]
        found = same or [alias for alias in clear if alias.kind == NAME] or clear
        if not found:
            raise OptionError(f"no alias of {target} names it by itself, small and in capitals; add one with --lexicon")
        best = max(found, key=self._rank)
        many = [alias for alias in found if plural and alias.alias == f"{best.alias}s"]
        return many[0] if many else best

    def _rank(self, alias: Alias) -> tuple[bool, bool, int, int]:
        spoken, known = f" {alias.alias.lower()} ", self._spoken[alias.target]
        speaks_of_itself = alias.kind not in (NAME, PEOPLE) and spoken.split()[0] in self._short[alias.target]
        return _key(alias.alias) == _key(alias.target), speaks_of_itself, known.count(spoken), -len(spoken.split())

    def _unambiguous(self, aliases: Sequence[Alias]) -> tuple[list[Alias], list[Alias]]:
        free = [alias for alias in aliases if alias.case != EXACT]
        own = np.array([alias.target for alias in free])[:, None] == np.array(self.targets)
        spoken = [alias.alias for alias in free]
        clear = np.ones(len(free), np.bool_)
        for texts in (spoken, [each.lower() for each in spoken], [each.upper() for each in spoken]):
            clear &= (self.named(texts) == own).all(axis=1)
        in_tag = clear & (self.named([f"#{_joined(each)}" for each in spoken]) == own).all(axis=1)
        return [*compress(free, clear)], [*compress(free, in_tag)]


def swapped(text: str, lexicon: Lexicon, one: str, other: str) -> str:
    """Exchange two targets of a text.

    Parameters
    ----------
    text : str
    lexicon : Lexicon
    one, other : str
        Names of its targets.

    Returns
    -------
    str
        The text with each mention of one in the place of one of the other, of the same kind where there is one: a
        capital for a capital, an army for an army.

    Raises
    ------
    OptionError
        If the lexicon does not have them, or no alias names one of them by itself.

    Examples
    --------
    >>> swapped("China's army? #BoycottChina, trust INDIA", Lexicon.bundled(), "china", "india")
    "India's army? #BoycottIndia, trust CHINA"
    """
    check_targets([one, other], lexicon.targets)
    return Names(lexicon).swapped(text, one, other)


def _key(words: str) -> str:
    return "".join(char for char in words.lower() if char.isalnum())


def _joined(words: str) -> str:
    several = "".join(char if char.isalnum() else " " for char in words).split()
    if len(several) < 2:
        return words
    return "_".join(several) if words.isupper() else "".join(word[0].upper() + word[1:] for word in several)


def _is_loud(text: str) -> bool:
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return capitals > SHOUTED * (capitals + small)


def _cased(alias: str, seen: str, loud: bool) -> str:
    if loud:
        return alias.upper()
    if not seen[0].islower():
        return alias
    return " ".join(word if word.isupper() else word.lower() for word in alias.split())
