"""The `host` of a mail server as people write it. Pure: no name is resolved."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.plain_text import escaped
from monitor.url import ascii_host

TLS_SCHEMES = ("smtps", "ssl", "tls")


def server_name_problem(host: str) -> str:
    """What to write instead, if this is not just a host name or an address; "" if it is."""
    if _is_host(host):
        return ""
    scheme, _, rest = host.strip().rpartition("://")
    try:
        parts = urlsplit(f"//{rest}")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        name, port = "", None
    if not _is_host(name):
        return f'host = "{escaped(host)}" is not a host name or an address; write it alone: host = "smtp.example.org"'
    keys = [f'host = "{name}"']
    if port:
        keys.append(f"port = {port}")
    if scheme.lower() in TLS_SCHEMES:
        keys.append('tls = "implicit"')
    return f'host = "{escaped(host)}" is more than a name; write {", ".join(keys)}'


def _is_host(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        pass
    try:
        return ":" not in text and bool(ascii_host(text))
    except ValueError:
        return False
