"""What the answer to a request for robots.txt means (RFC 9309, 2.3.1): its rules, none, or that all is closed."""

from monitor.pages.robots import CLOSED, Robots, robots_of

TOO_MANY_REQUESTS = 429


def robots_after(status: int | None, body: bytes = b"", *, copy: Robots | None = None) -> Robots:
    """What holds for a host now that its robots.txt was asked for.

    `status` is that of the last answer after redirects, None if there was none; `copy` what was read there before. A
    file that cannot be had (5xx, 429, no answer) leaves the copy in force however old it is; without a copy nothing may
    be fetched, also after the 30 days from which the RFC lets crawlers think otherwise. A file that is not there (other
    4xx) allows everything: the copy of what was there is void.
    """
    if status is None or status >= 500 or status == TOO_MANY_REQUESTS:
        return copy or CLOSED
    return robots_of(body) if 200 <= status < 300 else Robots()
