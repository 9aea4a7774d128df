"""Where a page speaks to its visitor or of itself, outside quotations: "you", "our readers", a question at its end.

Reports hardly do; offers, requests and excuses must. It is the grammar of a wall, whatever it is about, so it needs no
list of what walls are about, only who speaks to whom in the language of the page.
"""

import re
from collections.abc import Collection, Mapping

from monitor.pages.sentences import mark, units
from monitor.pages.wall_words import LETTERS

LAST_UNITS = 3
"""At the end of a text, where a question is one to the visitor."""

_QUOTED = re.compile(r'"[^"\n]{0,600}"|“[^”\n]{0,600}”|«[^»\n]{0,600}»|„[^“”\n]{0,600}[“”]|‘[^’\n]{0,600}’(?!\w)')
_QUESTION = re.compile("[?؟？]")

_SPOKEN: Mapping[str, str] = {
    "en": r"[Ww]e|us|[Oo]urs?|[Yy]ou|[Yy]ours?",
    "fr": r"[Nn]ous|[Nn]otre|[Nn]os|[Vv]ous|[Vv]otre|[Vv]os",
    "de": r"[Ww]ir|[Uu]ns|[Uu]nser\w{0,3}|[Dd]u|[Dd]ich|[Dd]ir|[Dd]ein\w{0,2}|(?<=[\wäöüß,] )(?:Sie|Ihnen|Ihre[mnrs]?)",
    "es": r"[Nn]osotros|[Nn]uestr[oa]s?|[Uu]sted(?:es)?|[Tt]ú|[Tt]us?|[Hh]as|[Pp]uedes|[Qq]uieres|[Ee]res|[Tt]ienes"
    r"|[Hh]azte|\w{3,}(?:íbete|ístrate|únete)",
    "pt": r"[Nn]ós|[Nn]oss[oa]s?|[Vv]ocês?",
    "it": r"[Nn]oi|[Nn]ostr[oaie]|[Vv]oi|[Vv]ostr[oaie]|[Tt]u|[Tt]u[oae]|[Pp]uoi|[Ss]ei|[Hh]ai|[Ss]tai|[Vv]uoi",
    "nl": r"[Ww]ij|[Oo]nze?|[Jj]ij|[Jj]e|[Jj]ouw|[Uu]w?",
    "pl": r"[Nn]asz\w{0,3}|[Ww]asz\w{0,3}|[Cc]hcesz|[Mm]asz|[Mm]ożesz|[Tt]w[oó]j\w{0,3}|[Cc]iebie|[Tt]obie",
    "tr": r"[Ss]iz\w{0,4}|[Bb]iz(?:im\w{0,4}|e|i|den)?",
    "ru": r"[Вв]ы|[Вв]ас|[Вв]ам|[Вв]ами|[Мм]ы|[Нн]ас|[Нн]ам"
    r"|[ВвНн]аш(?:[ауеи]|ей|ем|его|ему|их|им|ими)?|\w{2,}(?:йте|ьте|ите)(?:сь)?",
    "ar": r"و?(?:أنت|أنتم|لديك|لديكم|يمكنك|يمكنكم|عليك|نحن|موقعنا|معنا|لدينا|تابعونا)",
}
_PATTERNS = {language: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for language, words in _SPOKEN.items()}


def spoken_to_visitor(text: str, language: str, said_before: Collection[int] = ()) -> str:
    """The first sentence that speaks to the visitor, or the question at the end; "" if there is none.

    Appeals for newsletters and channels stand under free articles too: they are passed over. So is what the feed says,
    such as the headline, by the marks in `said_before`.
    """
    said = units(_QUOTED.sub("", text))
    pattern = _PATTERNS.get(language)
    for number, unit in enumerate(said):
        if mark(unit) in said_before:
            continue
        is_question = number >= len(said) - LAST_UNITS and number > 0 and _QUESTION.search(unit)
        if (is_question or (pattern and pattern.search(unit))) and not any(word in unit.casefold() for word in LETTERS):
            return unit
    return ""
