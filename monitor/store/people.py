"""People: sessions of the page, pauses that recipients asked for, and the key of the links in their mails."""

from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_replace

from monitor.model.people import Pause, Session
from monitor.store.group import Group, from_row
from monitor.store.tables import link_keys, pauses, sessions

MOST_SESSIONS = 20
"""Of one user: the oldest end when there are more."""


class PeopleStore(Group):
    """Rows that people make by the page, and by links in mails."""

    def begin_session(self, token_hash: str, session: Session) -> None:
        """Store a session. The user's oldest ones end where there are too many."""
        own = select(sessions.c.token_hash).where(sessions.c.user == session.user)
        newest = own.order_by(sessions.c.seen_at.desc(), sessions.c.token_hash).limit(MOST_SESSIONS - 1)
        values = {name: getattr(session, name) for name in ("user", "password_mark", "began_at", "seen_at")}
        with self._database.write() as connection:
            old = (sessions.c.user == session.user, sessions.c.token_hash.not_in(newest))
            connection.execute(delete(sessions).where(*old))
            connection.execute(insert(sessions).values(token_hash=token_hash, **values))

    def session(self, token_hash: str) -> Session | None:
        """The session of this token; None if there is none, or it has ended."""
        with self._database.read() as connection:
            row = connection.execute(select(sessions).where(sessions.c.token_hash == token_hash)).first()
        return None if row is None else from_row(Session, row)

    def see_session(self, token_hash: str, now: datetime) -> None:
        """The user of this session was here."""
        with self._database.write() as connection:
            connection.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=now))

    def end_session(self, token_hash: str) -> None:
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    def end_sessions(self, began_before: datetime, seen_before: datetime) -> None:
        """End those that are as old, or were not used for so long."""
        is_old = or_(sessions.c.began_at < began_before, sessions.c.seen_at < seen_before)
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(is_old))

    def pause(self, pause: Pause) -> None:
        """Store a pause; one of the same messages is replaced."""
        times = {"since": pause.since, "until": pause.until}
        added = insert_or_replace(pauses).values(recipient=pause.recipient, subject=pause.subject, **times)
        with self._database.write() as connection:
            connection.execute(added.on_conflict_do_update(index_elements=["recipient", "subject"], set_=times))

    def resume(self, recipient: str, subject: str) -> None:
        """End a pause; nothing happens if there is none."""
        own = (pauses.c.recipient == recipient, pauses.c.subject == subject)
        with self._database.write() as connection:
            connection.execute(delete(pauses).where(*own))

    def paused(self, now: datetime, subject: str = "") -> tuple[Pause, ...]:
        """The pauses that last now, of this subject or of all."""
        query = select(pauses).where(or_(pauses.c.until.is_(None), pauses.c.until > now))
        query = query.where(pauses.c.subject == subject) if subject else query
        rows = self._all(query.order_by(pauses.c.recipient, pauses.c.subject))
        return tuple(from_row(Pause, each) for each in rows)

    def make_link_key(self, secret: bytes, now: datetime) -> None:
        """Keep this key of links in mails, unless there is one: old mails have links of it."""
        with self._database.write() as connection:
            if connection.scalar(select(func.count()).select_from(link_keys)) == 0:
                connection.execute(insert(link_keys).values(secret=secret, began_at=now))

    def link_key(self) -> bytes:
        """The key of links in mails; b"" if there is none yet."""
        with self._database.read() as connection:
            found: bytes | None = connection.scalar(select(link_keys.c.secret).order_by(link_keys.c.id).limit(1))
        return found or b""
