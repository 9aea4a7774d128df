"""What each page shows, by its address."""

from collections.abc import Mapping

from monitor.web.app import Change, Page
from monitor.web.pages import feeds, reading, sending, start, tuning
from monitor.web.pages.people import change, me
from monitor.web.pages.review import decide, review
from monitor.web.pages.status import status

PAGES: Mapping[str, Page] = {
    "/": start.front,
    "/start": start.start,
    "/sources": start.sources,
    "/preview": reading.preview,
    "/preview/page": reading.preview_document,
    "/review": review,
    "/editions": reading.editions,
    "/editions/{id:int}": reading.edition,
    "/editions/{id:int}/page": reading.edition_document,
    "/stories": reading.stories,
    "/stories/{id:int}": reading.story,
    "/articles/{id:int}": reading.article,
    "/topics": reading.topics,
    "/topic": reading.topic,
    "/workbench": tuning.workbench,
    "/search": reading.search,
    "/feeds": feeds.feeds,
    "/feeds/{id:int}": feeds.feed,
    "/feeds/value": feeds.value,
    "/feeds/add": feeds.adding,
    "/deliveries": sending.deliveries,
    "/deliveries/{id:int}": sending.delivery,
    "/deliveries/{id:int}/mail": sending.delivery_document,
    "/me": me,
    "/status": status,
    "/doctor": sending.doctor,
}

CHANGES: Mapping[str, Change] = {
    "/me": change,
    "/workbench": tuning.changed,
    "/workbench/figures": tuning.live,
    "/feeds/try": feeds.try_,
    "/feeds/add": feeds.add,
    "/feeds/{id:int}/pause": feeds.pause,
    "/feeds/{id:int}/resume": feeds.resume,
    "/deliveries/resume": sending.resume,
    "/deliveries/{id:int}/retry": sending.retry,
    "/deliveries/{id:int}/cancel": sending.cancel,
    "/stories/{id:int}/mute": sending.mute,
    "/stories/{id:int}/unmute": sending.unmute,
    "/preview/test": sending.test,
    "/review": decide,
    "/start/topics": start.add_topics,
    "/start/mail": start.set_mail,
    "/start/mail/test": start.test_mail,
    "/start/read": start.read,
    "/sources": start.add_sources,
    "/doctor": sending.doctor_online,
}
"""What a form does, by the address that it is sent to."""
