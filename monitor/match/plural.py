"""Regular English plurals of what a topic's owner wrote: `ally` finds allies, `talks` does not find talk.

Only outward, from the written word to its plural, so that nobody is surprised by what a word was cut down
to. It knows no irregular plurals (write both: man, men) and no other language (write `перемири*`).
"""

SHORTEST_SINGULAR = 3

PLURAL_IS_ANOTHER_WORD = frozenset(
    "abba aid arm custom economic good hama lago lao mar mean new physic politic".split()  # noqa: SIM905 (words read better as text)
)
"""With an s these mean something else: news, arms, aids, Mars; Hama is a city, Hamas is not two of them."""

WRITTEN_AS_PLURAL = frozenset(
    "abbas affairs aids arms athens brussels crises customs cyprus damascus economics elections goods hamas"  # noqa: SIM905 (words read better as text)
    " headquarters honduras hostilities laos lagos mars means naples news physics politics sanctions series species"
    " talks texas thanks troops wales".split()
)
"""Written with an s on purpose or by nature: no hint to write the singular."""


def plurals(word: str) -> tuple[str, ...]:
    """The regular plurals of a folded word: none if it is short, not Latin, or its plural is another word."""
    if len(word) < SHORTEST_SINGULAR or not (word.isascii() and word.isalnum()) or word in PLURAL_IS_ANOTHER_WORD:
        return ()
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return (word + "es",)
    if word.endswith("y") and word[-2] not in "aeiou":
        return (word[:-1] + "ies",)
    return (word + "s", word + "es") if word.endswith("o") else (word + "s",)


def singulars(word: str) -> list[str]:
    """The words that have this folded word as a regular plural: `allies` that of ally, and of allie."""
    candidates = (word[:-1], word[:-2], word[:-3] + "y") if word.endswith("s") else ()
    return [each for each in candidates if word in plurals(each)]


def singular(word: str) -> str:
    """The word a lower-case plural should rather be written as; "" if it is not a regular plural, or is meant so."""
    if (
        word in WRITTEN_AS_PLURAL
        or not word.endswith("s")
        or word.endswith(("ss", "us", "is", "as"))
        or len(word) <= SHORTEST_SINGULAR
    ):
        return ""
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes", "zzes")) else word[:-1]
