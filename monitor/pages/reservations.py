"""What a publisher says beside robots.txt: words for programs in headers and meta elements, reserved rights (TDMRep).

A news monitor looks for words in texts: that is text mining, so a reservation of that right (tdm-reservation: 1)
forbids it. It trains no model and asks none; `noai` and `noml` are obeyed all the same, because they have no finer word
for who does not want programs at his text. `noimageai` is about pictures. `noindex` and `noarchive` are about what the
public finds.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.model.page import PageRefusal, PageRefusalKind
from monitor.pages.patterns import PathPattern, path_of

FORBIDDING = frozenset({"noai", "noml"})

TDM_FILE = "/.well-known/tdmrep.json"
MAX_TDM_CHARACTERS = 500_000
MAX_TDM_RULES = 1_000

Metas = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TdmReservation:
    """What the protocol's file or an answer says of a page."""

    is_reserved: bool
    """Whether the right to mine its text is reserved."""
    policy: str = ""
    """Where to ask for a licence; "" if nowhere."""


def directive_refusal(headers: Mapping[str, str], metas: Metas, agent: str) -> PageRefusal | None:
    """Whether `X-Robots-Tag` or a meta element for robots says `noai` or `noml` to this agent (`news-monitor`).

    Several headers arrive as one, so a word without a name before it counts for everybody, wherever it stands.
    """
    names = {"robots", "x-robots-tag", agent.lower()}
    said = [("X-Robots-Tag", headers.get("x-robots-tag", ""))]
    said += [(f'the meta element "{name}"', content) for name, content in metas if name in names]
    for place, value in said:
        for piece in value.lower().split(","):
            whose, colon, word = piece.partition(":")
            word = word if colon else whose
            if word.strip() in FORBIDDING and (not colon or whose.strip() in names | {"*"}):
                return _refusal(f'{place} of the page forbids it: "{word.strip()}"')
    return None


def tdm_refusal(file: str, url: str, headers: Mapping[str, str], metas: Metas) -> PageRefusal | None:
    """Whether the right to mine this page is reserved; the page's meta elements come before its headers, these before
    the `file` of its host ("" if there is none).
    """
    found = _said(dict(metas)) or _said(headers) or reservation_in(file, url)
    if found is None or not found.is_reserved:
        return None
    where = f"; licences: {found.policy[:200]}" if found.policy else ""
    return _refusal(f"the publisher reserves the right to mine its text (tdm-reservation: 1{where})")


def reservation_in(file: str, url: str) -> TdmReservation | None:
    """What tdmrep.json says of this URL: its first rule for the path; None if none is, or if it is no such file."""
    try:
        rules = json.loads(file[:MAX_TDM_CHARACTERS])
    except (ValueError, RecursionError):
        return None
    path = path_of(url)
    for rule in rules[:MAX_TDM_RULES] if isinstance(rules, list) else ():
        if isinstance(rule, dict) and PathPattern.of(str(rule.get("location", ""))).matches(path):
            return _said({name: str(value) for name, value in rule.items()})
    return None


def _said(values: Mapping[str, str]) -> TdmReservation | None:
    """The protocol: any value but 0 and 1 counts as not said."""
    value = values.get("tdm-reservation", "").strip()
    return (
        TdmReservation(is_reserved=value == "1", policy=values.get("tdm-policy", "")) if value in ("0", "1") else None
    )


def _refusal(reason: str) -> PageRefusal:
    return PageRefusal(kind=PageRefusalKind.RESERVED, reason=reason)
