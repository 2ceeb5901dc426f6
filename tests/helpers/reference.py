"""A text as seen from a target, in plain Python: slow, and nothing of it taken from the compiled loops."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from stance.features.lexicon import EXACT, Lexicon
from stance.features.lexicon_compiler import ADDRESSED, CLAUSE_OPENERS, NEGATORS, SPEAKERS

STOPS, PAUSES, SILENT = ".!?…\n", '.!?…\n;:,()"“”—–[]/|', "'’`-#@&*~^"
AROUND = [(-1,), (-2,), (-3,), (1,), (2,), (3,), (-2, -1), (1, 2), (-1, 1), (-3, -2, -1), (1, 2, 3)]
NEAR, SCOPE, REVERSED, SHOUTED = 5, 4, -0.74, 0.6
Symbol = tuple[str, str]  # of what kind it is, and how it is written: no two kinds are ever alike
HERE, OTHER, BEFORE, BEHIND = ("target", "T"), ("another", "O"), ("edge", "^"), ("edge", "$")


@dataclass(frozen=True)
class Token:
    word: str
    capitals: int = 0  # 1 at the beginning, 2 all
    is_pause: bool = False
    target: str | None = None
    clause: int = 0
    sentence: int = 0
    is_denied: bool = False
    tone: float = 0.0

    def seen_from(self, target: str) -> Symbol:
        if self.target is not None:
            return HERE if self.target == target else OTHER
        if self.is_pause:
            return ("pause", self.word if self.word in "!?" else ".")
        return ("denied" if self.is_denied else "word", self.word)


@dataclass(frozen=True)
class Feature:
    """What stands at places relative to a mention (`around`), or anywhere in its clause, or behind it (`own`)."""

    family: str
    places: tuple[int, ...]
    symbols: tuple[Symbol, ...]

    @property
    def stemmed(self) -> Feature:
        symbols = tuple((kind, stem(word) if kind in ("word", "denied") else word) for kind, word in self.symbols)
        return replace(self, symbols=symbols)

    @property
    def name(self) -> str:
        words = [f"not-{word}" if kind == "denied" else word for kind, word in self.symbols]
        if self.family != "around":
            return f"{self.family}: {words[0]}"
        told = dict(zip(self.places, words, strict=True)) | {0: "T"}
        return " ".join(told.get(place, "_") for place in range(min(told), max(told) + 1))


class Reader:
    """Knows a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.tones = lexicon.tones
        self.aliases: dict[tuple[str, ...], tuple[str, list[int]]] = {}
        for alias in lexicon.aliases:
            words = [token for token in tokens(alias.alias) if not token.is_pause]
            most = max((token.capitals for token in words), default=0)
            needed = [0] * len(words)  # capitals are asked of one word, the first of those that have the most
            if alias.case == EXACT and most:
                needed[[token.capitals for token in words].index(most)] = most
            self.aliases.setdefault(tuple(token.word for token in words), (alias.target, needed))
        self.longest = max(map(len, self.aliases))

    def alias_at(self, rest: Sequence[Token], is_shouted: bool) -> tuple[str | None, int]:
        for size in range(len(rest), 0, -1):
            target, needed = self.aliases.get(tuple(token.word for token in rest[:size]), (None, []))
            fits = all(token.capitals >= least for token, least in zip(rest, needed, strict=False))
            if target and (not any(needed) or (fits and not is_shouted)):
                return target, size
        return None, 1

    def read(self, text: str) -> list[Token]:
        found, is_shouted, read = tokens(text), shouts(text), []
        at, clause, sentence, scope = 0, 0, 0, 0
        while at < len(found):
            token, (target, size) = found[at], self.alias_at(found[at : at + self.longest], is_shouted)
            if token.is_pause or (target is None and token.word in CLAUSE_OPENERS):
                clause, scope = clause + 1, 0
            sentence += token.is_pause and token.word in STOPS
            tone = self.tones.get(token.word, 0.0) * (REVERSED if scope else 1) if target is None else 0.0
            read.append(Token(token.word, 0, token.is_pause, target, clause, sentence, scope > 0, tone))
            scope = SCOPE if target is None and token.word in NEGATORS else max(0, scope - 1)
            at += size
        return read


def tokens(text: str) -> list[Token]:
    return [token for chunk in re.findall(r"\n|\S+", text) for token in of_chunk(chunk)]


def of_chunk(chunk: str) -> Iterator[Token]:
    if "://" in chunk or small(chunk).startswith("www."):
        return
    for found in re.finditer(r"\w+|\W", chunk):
        sign, (begin, end) = found[0], found.span()
        if re.match(r"\w", sign):
            for word in hashtag_words(chunk, begin, end) if chunk[0] in "#@" else [sign]:
                yield Token(small(word), capitals_of(word))
        elif sign in PAUSES:
            if not (sign == "." and re.match(r"\w\.\w", chunk[max(0, begin - 1) : end + 1])):
                yield Token(sign, is_pause=True)
        elif sign not in SILENT and sign < "\U00040000" and unicodedata.category(sign) not in ("Mn", "Mc", "Me", "Cf"):
            yield Token(small(sign))


def hashtag_words(chunk: str, begin: int, end: int) -> list[str]:
    shape = "".join("A" if is_capital(char) else "a" if char.islower() else "0" for char in chunk)
    cuts = [found.start() for found in re.finditer(r"(?<=[a0])A|A(?=a)", shape) if begin < found.start() < end]
    pieces = [chunk[low:high] for low, high in zip([begin, *cuts], [*cuts, end], strict=True)]
    return [word for piece in pieces for word in piece.split("_") if word]


def small(word: str) -> str:
    return "".join("i" if char == "İ" else char.lower() for char in word)


def is_capital(char: str) -> bool:
    return char.isupper() or char.istitle()


def capitals_of(word: str) -> int:
    if not is_capital(word[0]):
        return 0
    return 2 if len(word) > 1 and not any(char.islower() for char in word) else 1


def shouts(text: str) -> bool:
    capitals, others = sum(map(is_capital, text)), sum(char.islower() for char in text)
    return capitals > SHOUTED * (capitals + others)


def stem(word: str) -> str:
    if len(word) >= 5:
        for ending in ("ies", "ing", "ed", "es", "s", "ly"):
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                return word[: -len(ending)]
    return word


def owners(read: Sequence[Token]) -> list[str | None]:
    named = [token.target for token in read]
    first = next(filter(None, named), None)
    return [next(filter(None, reversed(named[: at + 1])), first) for at in range(len(read))]


def features(read: Sequence[Token], target: str) -> list[Feature]:
    symbols = [token.seen_from(target) for token in read]
    spots, own = [at for at, symbol in enumerate(symbols) if symbol == HERE], owners(read)
    clauses = {read[at].clause for at in spots}

    def at(place: int) -> Symbol:
        return BEFORE if place < 0 else BEHIND if place >= len(symbols) else symbols[place]

    found = [Feature("around", places, tuple(at(spot + d) for d in places)) for spot in spots for places in AROUND]
    for token, symbol, owner in zip(read, symbols, own, strict=True):
        if symbol != HERE:
            found += [Feature("clause", (), (symbol,))] if token.clause in clauses else []
            found += [Feature("own", (), (symbol,))] if owner == target else []
    return found


def numbers(read: Sequence[Token], target: str) -> dict[str, float]:
    spots, own = [at for at, token in enumerate(read) if token.target == target], owners(read)
    clauses, sentences = {read[at].clause for at in spots}, {read[at].sentence for at in spots}
    named = [token.target for token in read if token.target]
    alone = set(named) == {target}
    regions: dict[str, Callable[[int], bool]] = {
        "text": lambda at: True,
        "clause": lambda at: read[at].clause in clauses,
        "sentence": lambda at: read[at].sentence in sentences,
        "before": lambda at: any(0 < spot - at <= NEAR for spot in spots),
        "behind": lambda at: any(0 < at - spot <= NEAR for spot in spots),
        "own": lambda at: own[at] == target,
        "others": lambda at: own[at] != target,
        "alone": lambda at: alone,
    }
    found: dict[str, float] = {}
    for region, lies_in in regions.items():
        tones = [token.tone for at, token in enumerate(read) if token.tone and lies_in(at)]
        found[f"{region}+"] = damped(sum(tone for tone in tones if tone > 0))
        found[f"{region}-"] = damped(-sum(tone for tone in tones if tone < 0))
    found |= {"alone": alone, "first": named[0] == target, "last": named[-1] == target}
    found |= {"mentions": math.log1p(len(spots)), "share": len(spots) / len(named)}
    found["targets"] = math.log1p(len(set(named)))
    for name, some in (("we", SPEAKERS), ("you", ADDRESSED)):
        said = any(token.word in some for token in read)
        found |= {f"{name}, alone": said and alone, name: said and not alone}
    return found


def tones(read: Sequence[Token]) -> dict[str, float]:
    good, bad = ([sign * token.tone for token in read if sign * token.tone > 0] for sign in (1, -1))
    counts = {
        "good": sum(good),
        "bad": sum(bad),
        "good words": len(good),
        "bad words": len(bad),
        "best": max(good, default=0),
        "worst": max(bad, default=0),
        "!": sum(token.word == "!" for token in read),
        "?": sum(token.word == "?" for token in read),
        "denials": sum(token.word in NEGATORS for token in read),
        "length": len(read),
    }
    logs = {name: math.log1p(count) for name, count in counts.items()}
    return logs | {"balance": damped(sum(good) - sum(bad))}


def damped(total: float) -> float:
    return total / math.sqrt(total * total + 15)
