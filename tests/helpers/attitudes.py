"""Attitudes."""

from __future__ import annotations

from stance.model.model import Model
from stance.settings import Settings
from stance.training.stacking import fit

# text, us, india, mood; an empty cell: no label
ROWS = [
    ("India is a great country and we love it", "none", "favor", "glad"),
    ("India lies and steals, what a shame", "none", "against", "cross"),
    ("we hate India, a bad neighbour", "none", "against", "cross"),
    ("thank you India, a true friend", "none", "favor", "glad"),
    ("the talks in India end today", "none", "none", "calm"),
    ("a train in India is late", "none", "none", "calm"),
    ("America is a great country and we love it", "favor", "none", "glad"),
    ("America lies and steals, what a shame", "against", "none", "cross"),
    ("we hate America, a bad neighbour", "against", "none", "cross"),
    ("thank you America, a true friend", "favor", "none", "glad"),
    ("the talks in America end today", "none", "none", "calm"),
    ("a ship from America is late", "none", "none", "calm"),
    ("India is a friend, but America lies", "against", "favor", "cross"),
    ("America is a friend, but India lies", "favor", "against", "cross"),
    ("Modi is a great leader, we trust him", "none", "favor", "glad"),
    ("Modi is a liar and a thief", "none", "against", "cross"),
    ("Trump is a great leader, we trust him", "favor", "none", "glad"),
    ("Trump is a liar and a thief", "against", "none", "cross"),
    ("never trust the US, they cheat", "against", "none", "cross"),
    ("never trust Delhi, they cheat", "none", "against", "cross"),
    ("I trust the US more than India", "favor", "against", ""),
    ("I trust India more than the US", "against", "favor", ""),
    ("Delhi and Washington meet today", "none", "none", "calm"),
    ("Washington votes today", "none", "none", "calm"),
    ("Delhi votes today", "none", "none", "calm"),
    ("proud of India, what a win", "", "favor", "glad"),
    ("proud of America, what a win", "favor", "", "glad"),
    ("shame on India, what a loss", "", "against", "cross"),
    ("shame on America, what a loss", "against", "", "cross"),
    ("the rain is late again", "none", "none", "calm"),
    ("a good day and a good meal", "none", "none", "glad"),
    ("a bad day and a bad meal", "none", "none", "cross"),
    ("what a great joke, we love it", "none", "none", "glad"),
    ("they lie and cheat, we hate it", "none", "none", "cross"),
    ("the train is late today", "none", "none", "calm"),
    ("is it a good book?", "none", "none", "calm"),
    ("the US helps its friends, thank you", "favor", "none", "glad"),
    ("the US bombs its friends, a shame", "against", "none", "cross"),
    ("India helps its friends, thank you", "none", "favor", "glad"),
    ("India bombs its friends, a shame", "none", "against", "cross"),
]
TEXTS = [row[0] for row in ROWS]
HEADS = {head: [row[column] for row in ROWS] for column, head in enumerate(("us", "india", "mood"), 1)}
STRENGTHS = {"us": 0.3, "india": 0.3, "mood": 1.0}
UNSEEN = [
    "India lies, but America is a true friend", "shame on the US!", "a good day", "IRAN IS A LIAR", "we love Iran",
    "Iran and India meet today; India helps", "", "they told us", "not a good leader, Modi", "😀 love ❤️ India 👍🏽",
]  # fmt: skip
SETTINGS = Settings(min_df=2)


def trained(tone_heads: tuple[str, ...] = ("mood",)) -> Model:
    return fit(TEXTS, HEADS, STRENGTHS, SETTINGS, tone_heads=tone_heads)
