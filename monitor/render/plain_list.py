"""Headlines as entries of a plain list, for the attachment of a mail.

Written in Python, because such a file may have ten thousand of them: a template macro took four fifths of the
time of making a mail.
"""

from collections.abc import Iterable

from monitor.model.entries import Headline, Told
from monitor.render.calendar import Calendar
from monitor.render.columns import isolated
from monitor.render.counts import spoken
from monitor.render.shown import Entry

FIRST_SEEN = "first seen today"
PAID = "paid"


def listed_entries(entries: Iterable[Entry], calendar: Calendar) -> str:
    """Each with all its headlines, a line for each and one for its address; the first says who is behind them."""
    return "".join(
        listed_line(headline, calendar, "  + " if place else "- ", "" if place else _who(entry))
        for entry in entries
        for place, headline in enumerate(entry.headlines)
    )


def _who(entry: Entry) -> str:
    return f" · {spoken(entry.voices)}" if isinstance(entry, Told) and entry.voices.are_fewer else ""


def listed_headlines(headlines: Iterable[Headline], calendar: Calendar) -> str:
    """Further headlines of stories that stand elsewhere."""
    return "".join(listed_line(headline, calendar, "  + ") for headline in headlines)


def listed_line(headline: Headline, calendar: Calendar, first: str, said: str = "") -> str:
    """The headline, who carries it and when, between `first` and `said`; below it, its address if it has one."""
    item = headline.item
    outlet = isolated(item.outlet)
    more = f" · + {headline.more} more by {outlet}" if headline.more else ""
    also = ", ".join(
        isolated(carrier.item.outlet)
        + (f" ({PAID})" if carrier.item.is_paid else "")
        + (f" ({carrier.times})" if carrier.times > 1 else "")
        for carrier in headline.carriers
    )
    marks = (f" ({PAID})" if item.is_paid else "") + (f" ({FIRST_SEEN})" if item.is_new_outlet else "")
    via = (f" via {isolated(item.via)}" if item.via else "") + marks
    page = f" · on the page: {', '.join(map(isolated, item.on_page))}" if item.on_page else ""
    words = f"{first}{isolated(item.title)} – {outlet}{via}, {calendar.stamp(item.dated)}{page}{more}"
    return f"{words}{' · also ' if also else ''}{also}{said}\n" + (f"    {item.url}\n" if item.url else "")
