"""A command line that is still being typed, as bash has it: its words, and what can be put in place of the last one.

Names of topics have blanks, quotes and colons. What is offered has to be quoted as the person began to quote, and to
begin where readline begins to replace, which is behind the last character of COMP_WORDBREAKS that is not quoted.
"""

import re
from dataclasses import dataclass

SPECIAL = re.compile(r"[^\w@%+=:,./\-]", re.ASCII)
"""What a backslash has to stand before, outside of quotes."""

IN_DOUBLE = re.compile(r'[$`"\\]')
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is typed so far: the finished words, and the one that is not."""

    words: tuple[str, ...]
    """The words before, without their quotes."""
    partial: str
    """The beginning of the last word, without its quotes; "" after a blank."""
    quote: str
    """The quote that is still open, or ""."""
    kept: int
    """How many characters of `partial` stay where they are, because readline replaces only what is behind them."""


def read_line(typed: str, breaks: str) -> Line:
    """The line up to the cursor. `breaks`: the value of COMP_WORDBREAKS."""
    words, word, quote, kept, is_open = list[str](), "", "", 0, False
    signs = iter(typed)
    for sign in signs:
        if quote:
            if sign == quote:
                quote = ""
            elif sign == "\\" and quote == '"':
                following = next(signs, "")
                word += following if following in '$`"\\' else sign + following
            else:
                word += sign
        elif sign in "\"'":
            quote, is_open, kept = sign, True, len(word)
        elif sign == "\\":
            word, is_open = word + next(signs, ""), True
        elif sign in " \t\n":
            words += [word] if word or is_open else []
            word, is_open, kept = "", False, 0
        else:
            word, is_open = word + sign, True
            kept = len(word) if sign in breaks else kept
    return Line(words=tuple(words), partial=word, quote=quote, kept=kept)


def offered(line: Line, value: str) -> str:
    """What readline gets for a value that begins with what is typed; "" for one that no line can hold."""
    if CONTROL.search(value):
        return ""
    rest = value[line.kept :]
    if line.quote == '"':
        return IN_DOUBLE.sub(lambda sign: f"\\{sign[0]}", rest).replace("!", "\"'!'\"")  # else history takes it
    if line.quote == "'":
        return rest.replace("'", "'\\''")
    return SPECIAL.sub(lambda sign: f"\\{sign[0]}" if sign[0].isascii() else sign[0], rest)
