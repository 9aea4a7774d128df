"""To log in and out. A session is a cookie (`door`); who guesses is slowed (`slowing`)."""

from asyncio import get_running_loop
from math import ceil
from secrets import token_bytes
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.errors import StoreError
from monitor.log import logger
from monitor.web import look
from monitor.web.asking import Threads, asking
from monitor.web.desk import Desk
from monitor.web.door import begin_session, cookie, hash_of, token_of
from monitor.web.passwords import MOST, is_right
from monitor.web.slowing import Slowing

log = logger(__name__)

MOST_WAITING = 20
"""Log-ins that wait for the one thread that checks passwords: half a second of work."""

MOST_NAME = 200
NOT_RIGHT = "The name or the password is not right."
WAIT = "Too many tries. Wait {}, then try it again."
BUSY = "Too many people log in now. Wait some seconds, then try it again."


class Login:
    """The pages `/login` and `/logout`, and what they remember of those who guess."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._slowing = desk, Slowing(salt=token_bytes(16))
        self._alone = Threads(1, thread_name_prefix="password")  # 19 MiB a try, so one at a time
        self._waiting = 0

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/login", self._form, methods=["GET"]),
            Route("/login", self._log_in, methods=["POST"]),
            Route("/logout", self._log_out, methods=["POST"]),
        ]

    async def _form(self, request: Request) -> Response:
        target = inside(request.query_params.get("next", ""))
        if not self._desk.settings.users or asking() is not None:
            return RedirectResponse(target, 303)
        return _page(target)

    async def _log_in(self, request: Request) -> Response:
        form = _fields(await request.body())
        name, password, target = form.get("name", ""), form.get("password", ""), inside(form.get("next", ""))
        address, now = str(request.scope.get("client_address", "")), self._desk.now()
        if not self._desk.settings.users:
            return RedirectResponse(target, 303)
        if wait := self._slowing.wait(name, address, now):
            said = f"{ceil(wait)} seconds" if wait < 100 else f"{ceil(wait / 60)} minutes"
            return _page(target, WAIT.format(said), status=429, wait=ceil(wait))
        if self._waiting >= MOST_WAITING:
            return _page(target, BUSY, status=503, wait=5)
        self._slowing.failed(name, address, now)  # before the check, so that many tries at once count
        self._waiting += 1
        try:
            before = token_of(request.scope["headers"], self._desk.settings.web)
            token = await get_running_loop().run_in_executor(self._alone, self._checked, name, password, before)
        except StoreError as error:
            self._desk.close()
            return _page(target, str(error), status=503)
        finally:
            self._waiting -= 1
        if not token:
            log.warning("log-in failed", user=name[:MOST_NAME], address=address)
            return _page(target, NOT_RIGHT, status=403)
        self._slowing.succeeded(name, address)
        return RedirectResponse(target, 303, headers={"set-cookie": cookie(self._desk.settings.web, token)})

    def _checked(self, name: str, password: str, before: str) -> str:
        """The token of a new session, which takes the place of the one of that token; "" if the name or the password is
        wrong.
        """
        user = next((each for each in self._desk.settings.users if each.name == name), None)
        is_known = is_right(user.password if user else "", password)
        if not user or not is_known or len(password) > MOST:
            return ""
        self._end(before)
        return begin_session(self._desk, user)

    async def _log_out(self, request: Request) -> Response:
        web = self._desk.settings.web
        token = token_of(request.scope["headers"], web)
        try:
            await get_running_loop().run_in_executor(self._alone, self._end, token)
        except StoreError as error:  # the session may go on: the browser keeps its cookie, to try again
            self._desk.close()
            return _page("/", str(error), status=503)
        return RedirectResponse("/login", 303, headers={"set-cookie": cookie(web, "")})

    def _end(self, token: str) -> None:
        if token:
            self._desk.store.people.end_session(hash_of(token))


def inside(target: str) -> str:
    """A page of ours to go on to; the first one for any other address."""
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if is_ours and "\\" not in target and target.isascii() else "/"


def _fields(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10))
    except ValueError:
        return {}


def _page(target: str, problem: str = "", *, status: int = 200, wait: int = 0) -> Response:
    facts = {"title": "Log in", "zone": "", "path": "/login", "query": "", "next": target, "problem": problem}
    headers = {"retry-after": str(wait)} if wait else {}
    return Response(look.rendered("login.html.j2", facts), status, headers, media_type="text/html")
