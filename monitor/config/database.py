"""The database of `[storage]`: an SQLite file, or a URL of PostgreSQL, whose password comes from elsewhere."""

import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from urllib.parse import quote, urlsplit

from monitor.config.positions import KeyPath
from monitor.config.secrets import credential_file, from_file, is_open_to_others
from monitor.config.table import Reading
from monitor.errors import UsageError
from monitor.model.settings import StorageSettings
from monitor.unusable import why

SCHEMES = ("postgresql://", "postgres://")
CREDENTIAL = "database-password"
INSTALL = 'a database of PostgreSQL needs the extra of that name: pip install "news-monitor[postgresql]"'
AT: KeyPath = ("storage", "database")
FILE_AT: KeyPath = ("storage", "database_password_file")


def is_server(url: str) -> bool:
    """Whether this is the URL of a database of PostgreSQL."""
    return url.startswith(SCHEMES)


def database_url(value: str) -> str:
    """The URL of an SQLite file, or of PostgreSQL. Messages do not show it, because it may contain a password."""
    if is_server(value):
        return _server_url(value)
    if not re.fullmatch(r"sqlite:///[^?#\s]+", value) or value.endswith(":memory:"):
        raise ValueError(
            'is not the URL of a database; write "sqlite:////srv/news/news.db" or "postgresql://news@localhost/news",'
            " or delete it for the default."
        )
    return value


def _server_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.path.strip("/")) and not parts.fragment and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or not url.isprintable() or " " in url:
        raise ValueError('is not a URL of a database; write "postgresql://news@localhost/news".')
    try:
        import_module("psycopg")
    except ImportError:
        raise ValueError(f"{INSTALL}.") from None
    return url


def with_password(storage: StorageSettings, reading: Reading) -> StorageSettings:
    """The settings with the password in the URL: that of systemd's `LoadCredential=database-password:…`, else of the
    file that `database_password_file` names, else the one that is written there.
    """
    url, file = storage.database, storage.database_password_file
    if not is_server(url):
        if file is not None:
            reading.findings.warn(FILE_AT, "has no effect: the database is not one of PostgreSQL.")
        return storage
    if credential := credential_file(CREDENTIAL, reading.environ):
        secret = from_file(credential, AT, reading)
    elif file is not None:
        secret = from_file(file, FILE_AT, reading)
    else:
        secret = ""
        if _has_password(url):
            _check_mode(reading)
    return replace(storage, database=_joined(url, secret)) if secret else storage


def read_target(url: str, password_file: Path | None, storage: StorageSettings) -> StorageSettings:
    """The settings with another database, which a command names. Raises UsageError."""
    try:
        checked = database_url(url)
        secret = "" if password_file is None else password_file.read_text(encoding="utf-8").strip("\r\n")
    except ValueError as error:
        raise UsageError(f"--to {error}") from None
    except OSError as error:
        raise UsageError(f"--password-file: {why(Path(error.filename), error)}") from error
    return replace(storage, database=_joined(checked, secret) if secret else checked)


def _has_password(url: str) -> bool:
    return ":" in url.partition("://")[2].partition("/")[0].rpartition("@")[0] or "password=" in url


def _joined(url: str, password: str) -> str:
    scheme, _, rest = url.partition("://")
    place, slash, name = rest.partition("/")
    user, _, host = place.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}:{quote(password, safe='')}@{host}{slash}{name}"


def _check_mode(reading: Reading) -> None:
    if is_open_to_others(reading):
        message = f"a password may be written here only if nobody else can read the file: chmod 600 {reading.file}."
        reading.findings.error(AT, f"{message} Better: database_password_file.")
