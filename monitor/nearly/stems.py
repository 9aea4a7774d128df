"""What a word has in common with its other forms, and a name with its spellings in other scripts.

No dictionary and no language is asked for: feeds say little about their language, and one article has words of several.
So endings are cut by script, and names are compared by their consonants, which the ways to write a name in Latin,
Cyrillic, Arabic and Greek letters keep: Zelenskyy, Selenskyj, Зеленского and زيلينسكي are all S-L-N-S-K. What is taken
for the same by mistake costs little, because one word alone makes no article alike.
"""

import re

STEM_LETTERS = 5
"""So much of a word is compared. Stems by the rules of each language (Snowball) found less (docs/nearly.md)."""

SHORTEST = 3
"""Letters that remain when an ending is cut, and consonants of a name: those of two are too many's."""

RUSSIAN_ENDING = re.compile(
    "(?:ого|его|ому|ему|ыми|ими|ами|ями|иями|ах|ях|иях|ов|ев|ой|ей|ом|ем|ым|им|ых|их|ую|юю|ая|яя|ое|ее|ые|ие|ый|ий"
    "|ия|ию|ии|[аяоеыиуюьй])$"
)
ARABIC_BEGINNING = re.compile(r"^(?:[وفبك]?ال|لل|و(?=\w{4}))")
ARABIC_ENDING = re.compile("(?:ات|ين|ون|ان|ية|يه|ها|هم|ة|ه|ي)$")

LATIN_GROUPS = {
    **dict.fromkeys(("sch", "sh", "zh", "ts", "tz"), "s"),
    **dict.fromkeys(("ch", "kh", "ck", "qu"), "k"),
    **dict.fromkeys(("gh", "gu", "dj"), "g"),
    "ph": "f",
    "th": "t",
}
"""Letters that stand for one consonant together."""

LATIN_GROUP = re.compile(f"{'|'.join(sorted(LATIN_GROUPS, key=len, reverse=True))}|^h|c(?=[eiy])|j(?![aeiouy])")

OTHER_GROUPS = (("дж", "г"), ("μπ", "π"), ("ντ", "δ"))

CONSONANTS = {
    "B": "bp бп بپ π",
    "D": "d д دضذ δ",
    "F": "fv фв فڤ φβ",
    "G": "gj гґ غجگ γ",
    "K": "kqc кх كکقخ κχ",
    "L": "l л ل λ",
    "M": "m м م μ",
    "N": "n н ن ν",
    "R": "r р ر ρ",
    "S": "sz жзсцчшщ سشزصظچ σςζ",
    "T": "t т تطث τθ",
}
"""What transliterations take for each other is one consonant. Vowels are left out, and so are letters that are
consonants now and then: w, y, h and their like."""

CONSONANT = {ord(letter): sign for sign, letters in CONSONANTS.items() for letter in letters if letter != " "}
CONSONANT |= {ord("x"): "KS", ord("ξ"): "KS", ord("ψ"): "BS"}
SIGNS = frozenset(CONSONANTS)

NAME = "~"
"""Begins the consonants of a name, so that they are no word."""


def stem(word: str) -> str:
    """What is left of a folded word without endings, in scripts that have letters for vowels or at least spaces."""
    first = word[0]
    if is_arabic(first):
        return _cut(ARABIC_ENDING, _cut(ARABIC_BEGINNING, word))
    return (_cut(RUSSIAN_ENDING, word) if is_cyrillic(first) else word)[:STEM_LETTERS]


def consonants(name: str) -> str:
    """Those of a folded name in whichever script, after `NAME`; "" if they are fewer than three or not known."""
    first = name[0]
    if is_arabic(first):
        bare = _cut(ARABIC_BEGINNING, name)
        if bare[0] in "حه":  # as the h of Latin names: heard where it begins them, and often silent later
            bare = f"ك{bare[1:]}"
    elif is_cyrillic(first):
        bare = _cut(RUSSIAN_ENDING, name)
    else:
        bare = LATIN_GROUP.sub(_consonant_of, name)
    for group, letter in OTHER_GROUPS:
        bare = bare.replace(group, letter)
    found = [sign for sign in bare.translate(CONSONANT) if sign in SIGNS]
    kept = [sign for before, sign in zip(["", *found], found, strict=False) if sign != before]
    return NAME + "".join(kept) if len(kept) >= SHORTEST else ""


def is_arabic(letter: str) -> bool:
    return "\u0600" <= letter <= "\u06ff"


def is_cyrillic(letter: str) -> bool:
    return "\u0400" <= letter <= "\u052f"


def _consonant_of(group: re.Match[str]) -> str:
    return LATIN_GROUPS.get(group[0]) or {"h": "k", "c": "s", "j": ""}[group[0]]


def _cut(affix: re.Pattern[str], word: str) -> str:
    left = affix.sub("", word)
    return left if len(left) >= SHORTEST else word
