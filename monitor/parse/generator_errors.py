"""Errors that a generator of feeds delivers as an item: "Bridge returned error 404! (20442)", under a new id each time.

They are no articles. A feed that has nothing else has failed, and says so in those words.
"""

import re
from dataclasses import replace
from http import HTTPStatus

from monitor.model.feed import ParsedFeed, ParsedItem, ParseFailed
from monitor.model.fetch import FetchProblem

_PHRASES = "|".join(re.escape(each.phrase) for each in HTTPStatus)
_ERROR = re.compile(
    rf"""(?:[^\s!?]+\ ){{0,3}}? [^\s!?]*(?:bridge|generator|scraper)\W?\ (?:has\ )?
        (?:returned|reported|threw|encountered|failed\ with)\ (?:an?\ )?
        (?:http\ )?(?:error|exception)(?:\ code)?:?\ ?-?\d{{1,5}}(?:\W{{1,3}}(?:{_PHRASES}))?
        \W{{0,3}}(?:\([\d-]{{1,10}}\))?\W{{0,2}}""",
    re.IGNORECASE | re.VERBOSE,
)
"""The whole headline: a generator and a number. Of a bridge over water none is one."""


def without_errors(parsed: ParsedFeed) -> ParsedFeed | ParseFailed:
    """The feed without such items, which count as refused; a failure if it has no others."""
    errors = [item for item in parsed.items if _is_error(item)]
    if not errors:
        return parsed
    words = f"The generator of the feed failed: {errors[0].title}"
    if len(errors) == len(parsed.items):
        return ParseFailed(problem=FetchProblem.GENERATOR, detail=words)
    items = tuple(item for item in parsed.items if not _is_error(item))
    doubt = f"{parsed.doubt} {words}".strip()
    return replace(parsed, items=items, refused=parsed.refused + len(errors), doubt=doubt)


def _is_error(item: ParsedItem) -> bool:
    return _ERROR.fullmatch(item.title) is not None
