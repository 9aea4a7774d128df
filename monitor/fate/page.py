"""What became of the page behind an article."""

from collections.abc import Iterator

from monitor.counted import counted
from monitor.fate.finding import Cause, Finding, Stage, at
from monitor.model.stored_page import PageState, StoredPage
from monitor.plain_text import one_line
from monitor.policy.pages import MOST_TRIES

REASON_CHARACTERS = 300


def of_page(page: StoredPage | None) -> Iterator[Finding]:
    """Nothing if no page was asked for, and there was no reason against it."""
    if page is not None:
        cause, words = _said(page)
        yield Finding(stage=Stage.STORED, cause=cause, sentence=f"The page behind it {words}.")


def is_unread(page: StoredPage | None) -> bool:
    """Whether there is no text of the page in which topics can look."""
    return page is None or not page.text or page.state is not PageState.READ


def _said(page: StoredPage) -> tuple[Cause, str]:
    """What happened, as the end of a sentence without its period."""
    when, reason = at(page.fetched_at or page.asked_at), one_line(page.reason, REASON_CHARACTERS).rstrip(".")
    if page.state in (PageState.FRESH, PageState.READ):
        waits = "; topics look at it within a minute" if page.state is PageState.FRESH else ""
        size = (
            counted(len(page.text.split()), "word", "words") + waits if page.text else "its text is not kept any more"
        )
        return Cause.PAGE_READ, f"was read on {when}: {size}"
    if page.state is PageState.REFUSED:
        asked = f"was read on {when}, and its text does not count" if page.tries else f"was not asked for on {when}"
        return Cause.PAGE_REFUSED, f"{asked}: {reason}"
    again = "; it is asked for once more, a day later" if page.tries < MOST_TRIES else ""
    if page.state is PageState.FAILED:
        return Cause.PAGE_FAILED, f"could not be read on {when}: {reason}{again}"
    return Cause.PAGE_FAILED, f"was asked for on {when}, and what came of that is not known{again}"
