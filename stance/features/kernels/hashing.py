"""Hashes of code points and words, and tables that look them up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.compiling import compiled

# digits of pi: for word n-grams, character n-grams, single words, and whitespace tokens
SEEDS = np.array([0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89], dtype=np.uint64)
MULTIPLIER = np.uint64(
    0x9E3779B97F4A7C15
)  # odd and without pattern, so that each step loses nothing (Steele et al. 2014)
SLOT_MULTIPLIER = np.uint64(0xD6E8FEB86659FD93)  # another such, to spread hashes over the table
MIX = np.uint64(29)  # brings high bits down, where the next multiplication spreads them
HALF, ALL = np.uint64(32), np.uint64(64)  # bits
ABSENT = np.int32(-1)


@compiled
def step(state, code):
    """Fold one code point, or the hash of a word, into a hash; for a given code no two states collide."""
    mixed = (state ^ code) * MULTIPLIER
    return mixed ^ (mixed >> MIX)


@compiled
def fill(hashes, table, bits):
    """Write hashes into an empty table under their numbers; return False where one cannot be told from another.

    A slot holds the part of a spread hash that does not say where it belongs, then its number plus 1; 0 is a free slot.
    """
    mask = np.int64(table.size - 1)
    for number in range(hashes.size):
        spread = hashes[number] * SLOT_MULTIPLIER
        slot = np.int64(spread >> (ALL - bits))
        while table[slot]:
            slot = (slot + 1) & mask
        table[slot] = (spread << bits) | np.uint64(number + 1)
    for number in range(hashes.size):  # noqa: SIM110  numba has no all()
        if find(hashes[number], table, bits) != number:
            return False
    return True


def table_of(hashes: NDArray[np.uint64], room: int, collision: Exception) -> tuple[NDArray[np.uint64], np.uint64]:
    """Build the table in which `find` looks hashes up, with `room` slots or more for each, or raise `collision`."""
    bits = np.uint64(max(4, int(room * len(hashes)).bit_length()))
    table = np.zeros(1 << int(bits), np.uint64)
    if not fill(hashes, table, bits):
        raise collision
    return table, bits


@compiled
def find(sought, table, bits):
    """Return the number of a hash, or ABSENT."""
    mask = np.int64(table.size - 1)
    spread = sought * SLOT_MULTIPLIER
    slot = np.int64(spread >> (ALL - bits))
    rest = spread << bits
    held = table[slot]
    while held:
        if (held ^ rest) >> bits == 0:
            return np.int32(np.int64(held & np.uint64(mask)) - 1)
        slot = (slot + 1) & mask
        held = table[slot]
    return ABSENT


@compiled
def grown(array, size):
    """Copy an array into a larger one."""
    larger = np.empty((size, *array.shape[1:]), array.dtype)
    larger[: array.shape[0]] = array
    return larger
