"""Comments to make features of, and a long one."""

from __future__ import annotations

TEXTS = [
    "They keep their word, they keep it",
    "मेरा भारत महान है",
    "یہ ہمارا ملک ہے",
    "İstanbul ΣΑΣ Straße ß ΟΔΟΣ",
    "中国万岁 中国",
    "👩‍👩‍👧 so what \u200b so \u2060 \ufe0f",
    "half \ud83d pair \udfff",
    "",
    "  ",
    "tab\tand\nline\r\nthey keep \x1c\x85\u2028\u3000 it",
    "x" * 10_000,
    "i i i am a b c",
    "١٢٣ ४५६ 12 ½ ²",
    "é e\u0301 Å \ufb01",
    "Це наша земля, не ваша",
    "snake_case __ _a a_ _",
    "they\0keep",
]


LONG = "they say that the war is over but nobody at the border has heard of it yet"
