"""The links of mails: a page with buttons to pause what one gets, and the one click of RFC 8058.

The signature in the address is all the proof there is: whoever opens it is not logged in. To look at it changes
nothing, because mail scanners look at every link.
"""

from asyncio import get_running_loop
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.errors import StoreError
from monitor.log import logger
from monitor.model.people import Pause
from monitor.signed_links import opened
from monitor.web import look
from monitor.web.desk import Desk
from monitor.web.pausing import Pausing, lasts

log = logger(__name__)

ONE_CLICK = b"List-Unsubscribe"
GONE = "This link is not one of ours, or it is not whole. Copy all of it from the mail."


class Leaving:
    """The page `/leave/TOKEN`."""

    def __init__(self, desk: Desk, pool: ThreadPoolExecutor) -> None:
        self._desk, self._pool = desk, pool

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/leave/{token}", self._look, methods=["GET"]),
            Route("/leave/{token}", self._change, methods=["POST"]),
        ]

    async def _look(self, request: Request) -> Response:
        return await get_running_loop().run_in_executor(self._pool, self._page, request.path_params["token"], None)

    async def _change(self, request: Request) -> Response:
        body, kind = await request.body(), request.headers.get("content-type", "")
        do = _button(body) if kind.startswith("application/x-www-form-urlencoded") else ""
        do = do or ("stop" if ONE_CLICK in body else "nothing")
        return await get_running_loop().run_in_executor(self._pool, self._page, request.path_params["token"], do)

    def _page(self, token: str, do: str | None) -> Response:
        """What is so, after what a button did: `do`; None where nobody pressed one."""
        try:
            people, now = self._desk.store.people, self._desk.now()
            found = opened(people.link_key(), token)
            if found is None:
                return _said(404, "Not found", GONE)
            pausing = Pausing(people, found[0], found[1], now)
            if do is not None and not pausing.change(do):
                return _said(400, "Not possible", "This button is not one of ours.")
            if do is not None:
                log.info("pause changed by a link", recipient=found[0], subject=found[1], what=do)
            return _shown(pausing.state(), found[1], f"/leave/{token}", now, is_done=do is not None)
        except StoreError as error:
            self._desk.close()
            return _said(503, "Not possible", str(error))


def _button(body: bytes) -> str:
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=10)).get("do", "")
    except ValueError:
        return ""


def _shown(pause: Pause | None, subject: str, action: str, now: datetime, *, is_done: bool) -> Response:
    facts = {"subject": subject, "pause": pause, "lasts": lasts(pause, now), "action": action, "is_done": is_done}
    common = {"title": "Mails to you", "zone": "UTC", "path": "/leave", "query": ""}
    return Response(look.rendered("leave.html.j2", {**common, **facts}), media_type="text/html")


def _said(status: int, title: str, sentence: str) -> Response:
    facts = {"title": title, "sentence": sentence, "zone": "", "path": "/leave", "query": ""}
    return Response(look.rendered("leave_error.html.j2", facts), status, media_type="text/html")
