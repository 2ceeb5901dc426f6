"""The bundled targets, and sentences that say something of one."""

from __future__ import annotations

from itertools import permutations

from stance.features.lexicon import Lexicon

TARGETS = ["china", "russia", "us", "india", "pakistan"]


LEXICON = Lexicon.bundled()


PAIRS = [*permutations(TARGETS, 2)]


SAID = ["we love {}", "{} lies again", "the people of {} are great", "shame on {}", "{} met them at noon"]
