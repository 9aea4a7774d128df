"""The last line of a mail that its recipient can pause: the same for all templates, because each recipient has another
address in it. Whoever has that address can pause the mails, so it goes to nobody else.
"""

import re
from html import escape

WORDS = "Pause or stop these mails"
STYLE = "margin:0; padding:0 12px 24px; text-align:center; font:14px/1.5 Helvetica,Arial,sans-serif"
BODY_END = "</body>"

_IN_TEXT = re.compile(rf"\n\n{WORDS}: \S+\n*\Z")
_IN_HTML = re.compile(rf'<p class="soft way-out"[^<]*<a [^<]*{WORDS}</a></p>\n')


def text_with_way_out(text: str, url: str) -> str:
    """The text with the address at its end; as it is without one."""
    return f"{text.rstrip()}\n\n{WORDS}: {url}\n" if url else text


def html_with_way_out(html: str, url: str) -> str:
    """The same of HTML. It is some 400 bytes longer, for which `render.fit` leaves room."""
    if not url or not html:
        return html
    link = f'<a class="soft" style="color:#5b6069" href="{escape(url)}">{WORDS}</a>'
    line = f'<p class="soft way-out" style="{STYLE}">{link}</p>\n'
    before, end, after = html.rpartition(BODY_END)
    return f"{before}{line}{end}{after}" if end else f"{html}\n{line}"


def text_without_way_out(text: str) -> str:
    """The text as it was made for everybody."""
    return _IN_TEXT.sub("\n", text)


def html_without_way_out(html: str) -> str:
    """The same of HTML."""
    return _IN_HTML.sub("", html)
