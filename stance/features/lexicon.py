"""What people call countries, and which words sound good or bad."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from stance.errors import OptionError
from stance.features.kernels.mentions import CompiledLexicon
from stance.features.lexicon_compiler import compile_lexicon
from stance.regular_files import read_file
from stance.strings import listed

EXACT = "exact"  # capitals of the alias must be capitals in the text, such as those of US
MAX_LEXICON_FILE_BYTES = 1 << 25  # `MAX_ALIASES` of some hundred characters each
MAX_ALIAS_CHARS = 200  # characters
MAX_ALIASES = 100_000  # a hundred times those that are bundled; each takes some hundred bytes
MAX_SHOWN_ALIAS_FAULTS = 5  # of a file, in one message


class Alias(NamedTuple):
    """A name of a target."""

    target: str
    kind: str  # such as `name` or `leader`; empty where it is not known
    alias: str  # one word or several
    case: str = ""  # `EXACT` or empty


@dataclass(frozen=True)
class Lexicon:
    """Aliases of targets, and the tone of words.

    Parameters
    ----------
    aliases : tuple of Alias
        Of two that are the same words the first counts.
    tones : dict of str to float
        Words with how good or bad they sound, -4 to 4 (Hutto and Gilbert 2014).

    Examples
    --------
    >>> Lexicon.bundled().targets[:3]
    ['china', 'russia', 'us']
    """

    aliases: tuple[Alias, ...]
    tones: dict[str, float]

    @classmethod
    def bundled(cls) -> Lexicon:
        """Read the lists that travel with the package.

        Returns
        -------
        Lexicon
        """
        folder = files("stance.features") / "lexicons"
        aliases = read_aliases((folder / "countries.csv").read_text("utf-8"), "countries.csv")
        rows = csv.DictReader(StringIO((folder / "tones.csv").read_text("utf-8")))
        return cls(tuple(aliases), {row["word"]: float(row["tone"]) for row in rows})

    @property
    def targets(self) -> list[str]:
        """Names of the targets, in the order of their first alias."""
        return list(dict.fromkeys(alias.target for alias in self.aliases))

    def compiled(self, targets: Sequence[str]) -> CompiledLexicon:
        """Return the lexicon as the kernels read it, with `targets` numbered in their order and all others behind them.

        Words and aliases are compiled once; another order of targets shares them. Raises OptionError if there is no
        alias, or two words share a hash.
        """
        sought = tuple(targets)
        if sought not in self._compiled:
            own = self.targets
            numbers = {target: number for number, target in enumerate(dict.fromkeys([*sought, *own]))}
            whole = self._compiled[tuple(own)]
            renumbered = np.array([numbers[target] for target in own])[whole.targets]
            self._compiled[sought] = whole._replace(targets=renumbered)
        return self._compiled[sought]

    @cached_property
    def _compiled(self) -> dict[tuple[str, ...], CompiledLexicon]:
        numbers = {target: number for number, target in enumerate(self.targets)}
        whole = compile_lexicon(
            [alias.alias for alias in self.aliases],
            [numbers[alias.target] for alias in self.aliases],
            [alias.case == EXACT for alias in self.aliases],
            self.tones,
        )
        return {tuple(numbers): whole}

    def __getstate__(self) -> dict[str, Any]:
        return {"aliases": self.aliases, "tones": self.tones}  # a copy compiles its own

    def with_file(self, path: str) -> Lexicon:
        """Add the aliases of a CSV; they go before those that are there.

        Parameters
        ----------
        path : str
            A table with the columns `target` and `alias`, and `kind` and `case` if need be.

        Returns
        -------
        Lexicon

        Raises
        ------
        OptionError
            If the file cannot be read, or has faults.
        """
        try:
            text = bytes(read_file(Path(path), MAX_LEXICON_FILE_BYTES, follow_links=True)).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise OptionError(f"{path}: the lexicon cannot be read ({reason})") from None
        return Lexicon((*read_aliases(text, path), *self.aliases), self.tones)

    def to_csv(self) -> str:
        """Write the aliases as a CSV.

        Returns
        -------
        str
        """
        out = StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["target", "kind", "alias", "case"])
        writer.writerows([each.target, each.kind, each.alias, each.case] for each in self.aliases)
        return out.getvalue()


def read_aliases(text: str, name: str) -> list[Alias]:
    r"""Read aliases from the text of a CSV; OptionError, naming all faults and the file, if there are any.

    >>> read_aliases("target,alias\niran,Tehran\n", "more.csv")
    [Alias(target='iran', kind='', alias='Tehran', case='')]
    """
    reader = csv.reader(StringIO(text, newline=""))
    aliases: list[Alias] = []
    faults: list[str] = []
    n_faults = 0
    try:
        places = {column: place for place, column in enumerate(next(reader, []))}
        lacking = [column for column in ("target", "alias") if column not in places]
        if lacking:
            expected = "expected target, alias and, if need be, kind and case"
            raise OptionError(f"{name}: no column {listed(lacking)}; {expected}")
        wanted = [places.get(column, len(text)) for column in ("target", "kind", "alias", "case")]
        for number, row in enumerate(filter(None, reader)):
            if number == MAX_ALIASES:
                faults, n_faults = [f"more than {MAX_ALIASES:,} aliases"], 1
                break
            alias = Alias(*(row[place].strip() if place < len(row) else "" for place in wanted))
            fault = _fault(alias)
            if fault is None:
                aliases.append(alias)
            else:
                n_faults += 1
                faults += [f"line {reader.line_num}: {fault}"] if n_faults <= MAX_SHOWN_ALIAS_FAULTS else []
    except csv.Error as error:
        n_faults += 1
        faults.append(f"line {reader.line_num}: not CSV ({error})")
    if faults:
        more = f"; and {n_faults - len(faults)} more" if n_faults > len(faults) else ""
        raise OptionError(f"{name}: {'; '.join(faults)}{more}")
    return aliases


def match_targets(targets: Iterable[str], known: Sequence[str]) -> list[str]:
    """Write targets as a lexicon does that has them in another case; others stay as they are.

    >>> match_targets(["Iran", "mars"], ["iran"])
    ['iran', 'mars']
    """
    spelled = {name.casefold(): name for name in reversed(known)}
    return [target if target in known else spelled.get(target.casefold(), target) for target in targets]


def check_targets(targets: Iterable[str], known: Sequence[str]) -> None:
    """Raise OptionError for targets that a lexicon does not have."""
    unknown = [target for target in targets if target not in known]
    if unknown:
        have = listed(sorted(known))
        raise OptionError(f"no target {listed(unknown)} in the lexicon; it has {have}; add others with --lexicon FILE")


def _fault(found: Alias) -> str | None:
    if not found.target or not found.alias:
        return "target and alias must not be empty"
    if not found.target.replace("_", "").isalnum():
        return f"target {found.target!r}, expected letters, digits and _"
    if len(found.alias) > MAX_ALIAS_CHARS or not any(map(str.isalnum, found.alias)):
        return f"alias {found.alias[:20]!r}, expected a word of up to {MAX_ALIAS_CHARS} characters"
    if len(found.alias.splitlines()) > 1:
        return f"alias {found.alias[:20]!r} has a line break, expected one line"
    if found.case not in ("", EXACT):
        return f"case {found.case!r}, expected {EXACT!r} or nothing"
    return None
