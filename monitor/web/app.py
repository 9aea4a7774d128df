"""The routes. Each page is there as HTML, and under the same address with `.json` as what it shows.

Pages run in few threads, each at most as long as its queries; whoever comes when all are busy waits in turn.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from monitor.errors import NewsMonitorError, StoreError, UsageError
from monitor.log import logger
from monitor.web import look
from monitor.web.asking import Threads
from monitor.web.desk import Ask, Desk
from monitor.web.door import Door
from monitor.web.guard import Guard
from monitor.web.leaving import Leaving
from monitor.web.login import Login

log = logger(__name__)

THREADS, MOST_LATER = 4, 2
"""Pages that are made at a time, and so many of them that take seconds: others are never behind all of these."""

MOST_FIELDS = 2_000
"""Of a form. The longest honest one is a draft of 300 stories; its bytes are bounded besides."""
MOST_ID = 2**63 - 1
"""The largest number of a row of SQLite."""

DIGEST_ZONE = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page shows."""

    template: str
    """The file in `templates/` that says it."""
    title: str
    """What it is about."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the template gets, and what `.json` answers."""
    status: int = 200
    """Of HTTP: another one where the page says why something was not done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An HTML document that others wrote, such as a mail: it is shown, and neither runs nor loads anything."""

    html: str
    """All of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """An answer that comes in parts, each of which is a line of JSON with HTML by its place in the page."""

    made: Generator[Mapping[str, tuple[str, Mapping[str, Any]]] | None, None, None]
    """By the place its template and what that gets; None where only time has passed, to notice who is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """An answer that takes seconds to make and changes nothing, so that other changes need not wait for it."""

    make: Callable[[], Shown]
    """Makes it."""


DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""Mails have their styles in their elements. In a sandbox nothing runs, and the document has no origin of ours."""

Page = Callable[[Desk, Ask], Shown | Document]
Change = Callable[[Desk, Ask], Shown | Later | Parts | str]
"""Does something, and shows the result, or says to which page of ours the browser goes on."""


class NotFound(UsageError):
    """There is no such thing."""


class OwnersAlone(UsageError):
    """A reader asked for what only an owner may do."""


def app(desk: Desk, pages: Mapping[str, Page], changes: Mapping[str, Change] | None = None, listen: str = "") -> Guard:
    """The whole page, behind its guard and its door. `listen`: where it listens; "" for this machine alone."""
    pool = Threads(THREADS, thread_name_prefix="page")
    routes = [Route("/static/{name}", _static), *Login(desk).routes, *Leaving(desk, pool).routes]
    for path, page in pages.items():
        name = path.rstrip("/") or "/today"
        routes.append(Route(f"{name}.json", _reading(desk, page, pool, is_json=True), methods=["GET"]))
        routes.append(Route(path, _reading(desk, page, pool, is_json=False), methods=["GET"]))
    alone = Threads(1, thread_name_prefix="change")  # one at a time, and no reader waits for it
    few = asyncio.Semaphore(MOST_LATER)
    for path, change in (changes or {}).items():
        routes.append(Route(path, _changing(desk, change, alone, pool, few), methods=["POST"]))
    handlers = {HTTPException: _no_such_page}
    door = Door(Starlette(routes=routes, exception_handlers=handlers), desk, pool, listen)
    return Guard(door, lambda: desk.settings.web.names)


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    try:
        return Response(look.static(name), headers={"content-type": look.STATIC[name], "cache-control": "max-age=600"})
    except KeyError:
        return _error(404, "There is no such file.")


async def _no_such_page(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _error(status, "There is no such page." if status == 404 else "This page cannot be asked so.")


Endpoint = Callable[[Request], Awaitable[Response]]


def _reading(desk: Desk, page: Page, pool: ThreadPoolExecutor, *, is_json: bool) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        ask = _ask(request)
        return await _in_thread(pool, desk, lambda: _answer(page(desk, ask), desk, request.url, is_json=is_json))

    return endpoint


def _changing(
    desk: Desk, change: Change, alone: ThreadPoolExecutor, pool: ThreadPoolExecutor, few: asyncio.Semaphore
) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        ask = _ask(request, await request.body())
        later: list[Later] = []

        def done() -> Response:
            came = change(desk, ask)
            if isinstance(came, Later):
                later.append(came)
                return Response()
            if isinstance(came, str):
                return RedirectResponse(came, status_code=303)
            if isinstance(came, Parts):
                return StreamingResponse(_lines(came, pool), media_type="application/x-ndjson")
            return _answer(came, desk, request.url, is_json=False)

        answer = await _in_thread(alone, desk, done)
        if not later:
            return answer
        async with few:
            return await _in_thread(pool, desk, lambda: _answer(later[0].make(), desk, request.url, is_json=False))

    return endpoint


async def _lines(parts: Parts, pool: ThreadPoolExecutor) -> AsyncIterator[str]:
    """Each part as a line, made in a thread of pages; between two of them others have their turn."""

    def line() -> str | None:
        part = next(parts.made, ENDED)
        if part is ENDED:
            return None
        return "".join(f"{json.dumps(_rendered(each))}\n" for each in [part] if each)

    work = pool.submit(line)
    try:
        while (made := await asyncio.wrap_future(work)) is not None:
            yield made
            work = pool.submit(line)
    except NewsMonitorError as error:
        yield f"{json.dumps({'problem': str(error)})}\n"
    except Exception:
        log.exception("page failed")
        yield f"{json.dumps({'problem': FAILED})}\n"
    finally:
        work.add_done_callback(lambda _: parts.made.close())  # whoever has left waits for nothing more


ENDED: Any = object()
FAILED = "This page failed; the log of the program says why."


def _rendered(part: Mapping[str, tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    return {place: look.rendered(template, dict(facts)) for place, (template, facts) in part.items()}


async def _in_thread(pool: ThreadPoolExecutor, desk: Desk, work: Callable[[], Response]) -> Response:
    """The answer of a page, or what is wrong in words that name no secret."""
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, work)
    except NotFound as error:
        return _error(404, str(error))
    except OwnersAlone as error:
        return _error(403, str(error))
    except UsageError as error:
        return _error(400, str(error))
    except StoreError as error:
        desk.close()  # the next request opens it again
        return _error(503, str(error))
    except NewsMonitorError as error:
        return _error(500, str(error))
    except Exception:
        log.exception("page failed")
        return _error(500, FAILED)


def _ask(request: Request, body: bytes = b"") -> Ask:
    """Raises HTTPException for a number that no row can have, and for more fields than any form of ours has."""
    if any(isinstance(value, int) and value > MOST_ID for value in request.path_params.values()):
        raise HTTPException(404)
    try:
        form = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400) from error
    return Ask(path=dict(request.path_params), query=dict(request.query_params), form=dict(form))


def _answer(shown: Shown | Document, desk: Desk, url: URL, *, is_json: bool) -> Response:
    if isinstance(shown, Document):
        html = shown.html.replace("<head>", '<head><base target="_blank">', 1)  # links leave the sandbox
        return Response(html, headers={"content-security-policy": DOCUMENT_POLICY}, media_type="text/html")
    if is_json:
        return Response(json.dumps(dict(shown.facts), ensure_ascii=False, default=plain), media_type="application/json")
    zone = next((digest.timezone for digest in desk.settings.digests), DIGEST_ZONE)
    facts = {
        **shown.facts,
        "title": shown.title,
        "zone": zone,
        "path": url.path,
        "query": f"?{url.query}" if url.query else "",
    }
    return Response(look.rendered(shown.template, facts), status_code=shown.status, media_type="text/html")


def _error(status: int, sentence: str) -> Response:
    facts = {
        "title": "Not found" if status == 404 else "Not possible",
        "sentence": sentence,
        "zone": "",
        "path": "",
        "query": "",
    }
    return Response(look.rendered("error.html.j2", facts), status_code=status, media_type="text/html")


def plain(value: object) -> object:
    """A value as JSON has it. Raises TypeError for what no page shows."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is shown by no page")
