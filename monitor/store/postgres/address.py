"""The URL of a PostgreSQL database: what goes to the server of it, and what people may see of it."""

from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from monitor.errors import StoreError

ESCAPED = str.maketrans({"\\": "\\\\", ":": "\\:"})


def engine_url(url: str) -> URL:
    """The URL for SQLAlchemy. Raises StoreError, without a word of the URL: it may have a password in it."""
    try:
        found = make_url(url)
    except ArgumentError:
        raise StoreError("The URL of the database cannot be read; write postgresql://user@host/name.") from None
    return found.set(drivername="postgresql")


def shown(url: str) -> str:
    """The URL for people: host, port and name of the database, neither password nor options."""
    found = engine_url(url)
    return URL.create(
        "postgresql", username=found.username, host=_host(found), port=found.port, database=found.database
    ).render_as_string()


def _host(url: URL) -> str | None:
    """The folder of a socket stands in the query."""
    socket: Any = url.query.get("host")
    return url.host or (socket if isinstance(socket, str) else None)


def connection_words(url: str, password_file: str = "") -> str:
    """The URL as PostgreSQL's own programs and its library read it. With a file of passwords, without the password:
    other users of the machine see the arguments of a program.
    """
    found = engine_url(url)
    if password_file:
        found = found.set(password=None).update_query_dict({"passfile": password_file})
    return found.render_as_string(hide_password=False)


def password_line(url: str) -> str:
    """The line of a file of passwords for this URL; "" if it has none."""
    password = engine_url(url).password
    return f"*:*:*:*:{str(password).translate(ESCAPED)}\n" if password else ""
