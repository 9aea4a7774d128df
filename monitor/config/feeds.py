"""`[[feeds]]`: what to read, and how to ask each publisher.

`auth` is a small table in each of them: a `username` with a password makes it Basic, a token Bearer.
"""

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, PlainValidator

from monitor.config import values
from monitor.config.positions import KeyPath
from monitor.config.secrets import (
    CREDENTIALS_VARIABLE,
    check_mode_of_config,
    credential_file,
    from_environment,
    from_file,
    is_open_to_others,
)
from monitor.config.table import LongDuration, Reading, folder, table
from monitor.model.settings import ALL, NEAR, PAID, FeedSettings, Login, PublisherLists
from monitor.url import is_secret_name, stored_url

FEED = table(
    FeedSettings,
    url=Annotated[str, AfterValidator(values.feed_url)],
    was=Annotated[str, AfterValidator(values.feed_url)],
    language=Annotated[str, AfterValidator(values.language)],
    access=Annotated[str, AfterValidator(values.access)],
    pages=Annotated[str, AfterValidator(values.pages)],
    keep_text=Annotated[LongDuration, AfterValidator(values.a_day_or_more)],
    interval=LongDuration,
    max_interval=LongDuration,
    timeout=LongDuration,
    user_agent=Annotated[str, AfterValidator(values.header_text)],
    headers=Annotated[dict[str, str], AfterValidator(values.request_headers)],
    publishers=Annotated[dict[str, Any], AfterValidator(lambda _: None)],  # read by `_publishers`
    auth=Annotated[dict[str, Any], AfterValidator(lambda _: None)],  # read by `_login`
    proxy=Annotated[str, AfterValidator(values.proxy_url)],
    tls=Annotated[str, AfterValidator(values.feed_tls)],
    ca_file=Annotated[Path, PlainValidator(folder), AfterValidator(values.certificates)],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLogin:
    """An `auth` table as written; the secret is in it, in a file, in the environment or in systemd's credentials."""

    username: str = ""
    password: str = ""
    password_file: Path | None = None
    password_env: str = ""
    password_credential: str = ""
    token: str = ""
    token_file: Path | None = None
    token_env: str = ""
    token_credential: str = ""


PUBLISHERS = table(PublisherLists)
LOGIN = table(WrittenLogin, username=Annotated[str, AfterValidator(values.login_name)])


def read_feed(written: Any, path: KeyPath, reading: Reading) -> FeedSettings | None:
    """The feed with its login; None if it cannot be read."""
    feed = FEED.read(written, path, reading)
    if feed is None:
        return None
    if feed.max_interval and feed.min_interval and feed.max_interval < feed.min_interval:
        reading.findings.error((*path, "max_interval"), "is shorter than min_interval.")
    if feed.aggregator and feed.publisher:
        reading.findings.warn(
            (*path, "publisher"), "has no effect in a feed with aggregator = true: each outlet has its own publisher."
        )
    if feed.proxy_dns and not feed.proxy:
        reading.findings.error((*path, "proxy_dns"), "has no effect without proxy; name the proxy, or delete it.")
    _warn_about_texts(feed, path, reading)
    if feed.tls or feed.ca_file:
        _check_secured(feed, path, reading)
    _warn_about_readers(feed, path, reading)
    if isinstance(written.get("publishers"), dict):
        feed = replace(feed, publishers=_publishers(feed, written["publishers"], (*path, "publishers"), reading))
    auth = written.get("auth")
    return replace(feed, auth=_login(auth, (*path, "auth"), reading)) if isinstance(auth, dict) else feed


def _publishers(feed: FeedSettings, written: Any, path: KeyPath, reading: Reading) -> PublisherLists | None:
    if not feed.aggregator:
        reading.findings.warn(path, "has no effect without aggregator = true: this feed has one publisher.")
    return PUBLISHERS.read(written, path, reading)


def _check_secured(feed: FeedSettings, path: KeyPath, reading: Reading) -> None:
    for key in ("tls", "ca_file"):
        if getattr(feed, key) and not feed.url.startswith("https:"):
            reading.findings.warn((*path, key), "has no effect: the feed's url does not begin with https.")


def _warn_about_texts(feed: FeedSettings, path: KeyPath, reading: Reading) -> None:
    """Keys that nothing comes of, because no text is kept, or because its page has to be paid for."""
    no_text = "has no effect beside quote = false: no text is kept at all."
    if feed.keep_text and not feed.quote:
        reading.findings.warn((*path, "keep_text"), no_text)
    if feed.pages in (NEAR, ALL) and not feed.quote:
        reading.findings.warn((*path, "pages"), no_text)
    elif feed.pages in (NEAR, ALL) and feed.access == PAID:
        reading.findings.warn((*path, "pages"), 'has no effect beside access = "paid": paid pages are not asked for.')


def _warn_about_readers(feed: FeedSettings, path: KeyPath, reading: Reading) -> None:
    """Secrets that can only be written in the config itself."""
    holds = {
        "url": stored_url(feed.url) != feed.url,
        "headers": any(is_secret_name(name) for name, _ in feed.headers),
        "proxy": "@" in feed.proxy,
    }
    for key, is_secret in holds.items():
        if is_secret and is_open_to_others(reading):
            reading.findings.warn(
                (*path, key), f"contains a secret that other users can read: chmod 600 {reading.file}."
            )


def _login(auth: dict[str, Any], path: KeyPath, reading: Reading) -> Login | None:
    written = LOGIN.read(auth, path, reading)
    if written is None:
        return None
    sources = [each.name for each in fields(written) if each.name != "username" and getattr(written, each.name)]
    kind = "password" if written.username else "token"
    if len(sources) != 1 or not sources[0].startswith(kind):
        message = "needs a username and one of password_file, password_env, password_credential; or one token_…, alone."
        reading.findings.error(path, message)
        return None
    secret = _secret(written, sources[0], kind, (*path, sources[0]), reading)
    if secret and kind == "token" and not values.is_token(secret):
        reading.findings.error(
            (*path, sources[0]), "is not a valid token: only ASCII characters without spaces are allowed."
        )
    return Login(username=written.username, secret=secret) if secret else None


def _secret(written: WrittenLogin, source: str, kind: str, path: KeyPath, reading: Reading) -> str:
    value = getattr(written, source)
    if source == kind:
        check_mode_of_config(path, reading)
        return str(value)
    if source.endswith("_file"):
        return from_file(value, path, reading, kind)
    if source.endswith("_env"):
        return from_environment(value, path, reading)
    file = credential_file(value, reading.environ)
    if file is None:
        reading.findings.warn(path, f"there is no ${CREDENTIALS_VARIABLE}/{value}; only the service has it.")
    return from_file(file, path, reading, kind) if file else ""
