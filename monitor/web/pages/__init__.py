"""What each page shows, by its address."""

from collections.abc import Mapping

from monitor.web.app import Change, Page
from monitor.web.pages import reading
from monitor.web.pages.status import status

PAGES: Mapping[str, Page] = {
    "/": reading.today,
    "/preview": reading.preview,
    "/preview/page": reading.preview_document,
    "/editions": reading.editions,
    "/editions/{id:int}": reading.edition,
    "/editions/{id:int}/page": reading.edition_document,
    "/stories": reading.stories,
    "/stories/{id:int}": reading.story,
    "/articles/{id:int}": reading.article,
    "/topics": reading.topics,
    "/topic": reading.topic,
    "/search": reading.search,
    "/status": status,
}

CHANGES: Mapping[str, Change] = {}
"""What a form does, by the address that it is sent to."""
