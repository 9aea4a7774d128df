"""OAuth2 for SMTP: a refresh token, which a person gets once, becomes an access token for an hour (RFC 6749 §6).

The refresh token is in a file of its own, which is read when a token is asked for, and written when the provider gives
a new one instead. Neither token is in a log, an answer or an error.
"""

import json
import os
from base64 import b64decode
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from monitor.errors import DeliveryError
from monitor.files import write_whole
from monitor.plain_text import one_line

FOR_OTHERS = 0o077
TIMEOUT = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSource:
    """Where access tokens come from."""

    url: str
    """The token endpoint of the provider."""
    client_id: str
    """The id of the application that the person has registered."""
    file: Path
    """JSON with `refresh_token`, and `client_secret` and `scope` if the provider wants them; for its owner alone."""
    private_host: str = ""
    """The one host that may have an address which is not public, for a provider of one's own."""
    ca_file: Path | None = None
    """Certificates to trust beside the usual ones (PEM)."""

    def access_token(self) -> str:
        """A new access token. Raises DeliveryError of stage "login"."""
        kept = self._kept()
        said = self._asked(kept)
        token = said.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise _failed("the token endpoint answered without an access token")
        fresh = said.get("refresh_token")
        if isinstance(fresh, str) and fresh and fresh != kept["refresh_token"]:
            self._keep({**kept, "refresh_token": fresh})
        return token

    def _kept(self) -> dict[str, str]:
        try:
            if self.file.stat().st_mode & FOR_OTHERS:
                raise _failed(f"other users of this machine can read {self.file}: chmod 600 {self.file}", is_sure=True)
            said = json.loads(self.file.read_text(encoding="utf-8"))
        except OSError as error:
            raise _failed(f"cannot read {self.file}: {error.strerror}", is_sure=True) from error
        except ValueError as error:
            raise _failed(f"{self.file} is not JSON: docs/smtp-oauth2.md", is_sure=True) from error
        if not isinstance(said, dict) or not said.get("refresh_token"):
            raise _failed(f'{self.file} has no "refresh_token": docs/smtp-oauth2.md', is_sure=True)
        return {str(name): str(value) for name, value in said.items()}

    def _keep(self, kept: dict[str, str]) -> None:
        """Write the new refresh token. Where the file cannot be written the old one is tried again, which most
        providers take until it expires.
        """
        try:
            write_whole(self.file, json.dumps(kept, indent=1).encode() + b"\n")
            os.chmod(self.file, 0o600)  # noqa: PTH101 (as it was checked)
        except OSError:
            return

    def _asked(self, kept: dict[str, str]) -> dict[str, Any]:
        from monitor.fetch.calls import Call, CallFailed, answered

        form = {"grant_type": "refresh_token", "client_id": self.client_id} | {
            name: kept[name] for name in ("refresh_token", "client_secret", "scope") if kept.get(name)
        }
        call = Call(
            method="POST",
            url=self.url,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            body=urlencode(form).encode(),
            timeout=TIMEOUT,
            private_host=self.private_host,
            ca_file=self.ca_file,
        )
        try:
            got = answered(call)
        except CallFailed as error:
            raise _failed(f"no access token: {error}") from error
        said = _object(got.body)
        if got.status == HTTPStatus.OK:
            return said
        words = one_line(" ".join(str(said[name]) for name in ("error", "error_description") if said.get(name)), 200)
        for secret in (kept["refresh_token"], kept.get("client_secret", "")):
            words = words.replace(secret, "[hidden]") if secret else words
        is_sure = got.status in range(400, 500) and got.status != HTTPStatus.TOO_MANY_REQUESTS
        raise _failed(f"no access token: {got.status} {words}".strip(), is_sure=is_sure)


def bearer_xoauth2(username: str, token: str) -> str:
    """The first message of XOAUTH2."""
    return f"user={username}\x01auth=Bearer {token}\x01\x01"


def bearer_oauthbearer(username: str, token: str, host: str, port: int) -> str:
    """The first message of OAUTHBEARER (RFC 7628 §3.1)."""
    name = username.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01"


def reason(challenge: bytes) -> str:
    """What a server says of a token that it does not take: its JSON in base64, as one line."""
    try:
        said = b64decode(challenge, validate=True).decode("utf-8", "replace")
    except ValueError:
        said = challenge.decode("utf-8", "replace")
    return one_line(said, 200)


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _failed(answer: str, *, is_sure: bool = False) -> DeliveryError:
    return DeliveryError(stage="login", answer=answer, permanent=is_sure)
