"""Whether a request that changes something comes from a page of ours. No token is needed: browsers say where from."""

from collections.abc import Sequence
from urllib.parse import urlsplit

Headers = Sequence[tuple[bytes, bytes]]


def values_of(headers: Headers, name: bytes) -> list[str]:
    """All values of a header, whose name is lower-case."""
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]


def is_same_origin(headers: Headers) -> bool:
    """Whether `Sec-Fetch-Site` says same-origin, or, from a browser that does not send it, `Origin` is our `Host`.

    A request with neither is refused: it may be a form of a stranger in an old browser. A program writes an `Origin`.
    """
    sites = values_of(headers, b"sec-fetch-site")
    if sites:
        return sites == ["same-origin"]
    origins, hosts = values_of(headers, b"origin"), values_of(headers, b"host")
    if len(origins) != 1 or len(hosts) != 1:
        return False
    try:
        parts = urlsplit(origins[0])
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc.lower() == hosts[0].strip().lower()
