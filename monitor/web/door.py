"""Who asks: the session of a cookie, the word of a proxy that was named, or nobody. Behind the guard, before routes.

Without `[[users]]` there is nothing to ask: only this machine can reach the page then, and whoever asks is its owner.
"""

from asyncio import get_running_loop
from collections.abc import Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote

from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from monitor.config import Settings
from monitor.errors import StoreError
from monitor.model.people import Session
from monitor.model.web import UserSettings, WebSettings, open_listening
from monitor.web.asking import ASKING, NOBODY, may_change
from monitor.web.desk import Desk
from monitor.web.guard import App, Receive, Send
from monitor.web.origin import Headers, values_of

LASTS, IDLE = timedelta(days=30), timedelta(days=7)
"""A session ends so long after the log-in, and when it was not used for so long."""

SEEN_EVERY = timedelta(hours=1)
"""A use of a session is stored at most so often: a page that is read writes nothing."""

OPEN = ("/login", "/static/", "/leave/")
"""What everybody may ask for. Links of mails have a signature instead of a log-in."""

OWNERS_ALONE = ("/start", "/sources", "/feeds/add")
"""Pages that are there to change something."""

READERS_MAY = ("/me", "/login", "/logout", "/workbench", "/workbench/figures")
"""What a reader may send. The workbench itself refuses to save for them: they judge, and try what they like."""

Scope = MutableMapping[str, Any]


class Door:
    """Stands before the routes: who asks is known from here on (`asking`), and whoever is nobody gets to the log-in."""

    def __init__(self, app: App, desk: Desk, pool: ThreadPoolExecutor, listen: str = "") -> None:
        self._app, self._desk, self._pool = app, desk, pool
        self._open_to_all = open_listening(WebSettings(listen=listen))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope)
        if answer is None and not may_change():
            answer = _refusal_of_reader(scope)
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        """The answer to who is not let in; None for who is."""
        settings = self._desk.settings
        if not settings.users:
            said = f"The config has no [[users]] any more. {self._open_to_all}"
            return PlainTextResponse(f"{said}\n", 403) if self._open_to_all else None
        scope["client_address"] = client_address(scope, settings.web)
        try:
            user = await get_running_loop().run_in_executor(self._pool, self._user, scope, settings)
        except StoreError as error:
            self._desk.close()
            return PlainTextResponse(f"{error}\n", 503)
        ASKING.set(user or NOBODY)
        is_open = any(scope["path"] == each or (each.endswith("/") and scope["path"].startswith(each)) for each in OPEN)
        return None if is_open or user is not None else _to_login(scope)

    def _user(self, scope: Scope, settings: Settings) -> UserSettings | None:
        named = named_by_proxy(scope, settings.web)
        if named is not None:
            return next((each for each in settings.users if each.name == named), None)
        token = token_of(scope["headers"], settings.web)
        return user_of(self._desk, settings, token) if token else None


def _refusal_of_reader(scope: Scope) -> Response | None:
    """The answer to a reader who wants what only an owner may; None for all else."""
    path = scope["path"].removesuffix(".json")
    if scope["method"] != "POST":
        is_fit = path not in OWNERS_ALONE
    elif path.startswith("/leave/"):
        is_fit = True  # the link says whose messages these are
    else:
        is_fit = path in READERS_MAY
    return None if is_fit else PlainTextResponse("Only an owner may do this; you are a reader.\n", 403)


def _to_login(scope: Scope) -> Response:
    if scope["method"] == "POST":
        return PlainTextResponse("You are not logged in, or not any more: open /login, then try it again.\n", 401)
    if scope["path"].endswith(".json"):
        return JSONResponse({"error": "Log in first: /login"}, 401)
    query = scope["query_string"].decode("latin-1")
    target = scope["path"] + (f"?{query}" if query else "")
    return RedirectResponse("/login" if target == "/" else f"/login?next={quote(target, safe='')}", 303)


# ---- Proxies


def is_proxy(address: str, proxies: Sequence[str]) -> bool:
    """Whether this is the address of a proxy that the config names."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in ip_network(each) for each in proxies)


def client_address(scope: Mapping[str, Any], web: WebSettings) -> str:
    """Where a request comes from: what a named proxy added last to `X-Forwarded-For`, else the other end."""
    peer = str((scope.get("client") or ("",))[0])
    said = values_of(scope["headers"], b"x-forwarded-for")
    return said[-1].rpartition(",")[2].strip() if said and is_proxy(peer, web.proxies) else peer


def named_by_proxy(scope: Mapping[str, Any], web: WebSettings) -> str | None:
    """The name that a named proxy says; None if there is no such word. Several words are none: "" is nobody's name."""
    if not web.proxy_header or not is_proxy(str((scope.get("client") or ("",))[0]), web.proxies):
        return None
    said = values_of(scope["headers"], web.proxy_header.encode())
    if not said:
        return None
    return said[0].encode("latin-1").decode("utf-8", "replace") if len(said) == 1 else ""


# ---- Sessions


def cookie_name(web: WebSettings) -> str:
    """By https with the prefix that keeps other hosts of the domain from setting it."""
    return "__Host-session" if web.is_encrypted else "session"


def cookie(web: WebSettings, token: str) -> str:
    """The value of `Set-Cookie`; without a token, what makes the browser forget it."""
    lasts = int(LASTS.total_seconds()) if token else 0
    secure = "; Secure" if web.is_encrypted else ""
    return f"{cookie_name(web)}={token}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Strict{secure}"


def token_of(headers: Headers, web: WebSettings) -> str:
    """The token that a browser sends; "" for none. Of several cookies of the name, none counts."""
    pairs = [each.strip().partition("=") for value in values_of(headers, b"cookie") for each in value.split(";")]
    found = [value for name, _, value in pairs if name == cookie_name(web)]
    return found[0] if len(found) == 1 else ""


def begin_session(desk: Desk, user: UserSettings) -> str:
    """The token of a new session."""
    token, now = token_urlsafe(32), desk.now()
    session = Session(user=user.name, password_mark=mark_of(user), began_at=now, seen_at=now)
    desk.store.people.end_sessions(now - LASTS, now - IDLE)
    desk.store.people.begin_session(hash_of(token), session)
    return token


def user_of(desk: Desk, settings: Settings, token: str) -> UserSettings | None:
    """Whose session this is; None if it has ended, or the user is gone, or has another password or role now."""
    people, now = desk.store.people, desk.now()
    session = people.session(hash_of(token))
    if session is None or is_over(session, now):
        return None
    user = next((each for each in settings.users if each.name == session.user), None)
    if user is None or mark_of(user) != session.password_mark:
        return None
    if now - session.seen_at > SEEN_EVERY:
        people.see_session(hash_of(token), now)
    return user


def is_over(session: Session, now: datetime) -> bool:
    return now - session.began_at > LASTS or now - session.seen_at > IDLE


def mark_of(user: UserSettings) -> str:
    return sha256(f"{user.role} {user.password}".encode()).hexdigest()[:16]


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()
