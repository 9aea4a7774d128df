"""What each page shows, by its address."""

from collections.abc import Mapping

from monitor.web.app import Change, Page
from monitor.web.pages.status import status

PAGES: Mapping[str, Page] = {
    "/": status,
    "/status": status,
}

CHANGES: Mapping[str, Change] = {}
"""What a form does, by the address that it is sent to."""
