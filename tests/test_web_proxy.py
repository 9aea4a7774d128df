"""The page behind nginx with TLS, by the lines of docs/operate.md: who gets in, from where, and what is believed."""

import re
import shutil
import socket
import ssl
import subprocess
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from daemons import eventually
from pages import OURS, Answer, Site, answered
from test_web_users import USERS, WORDS, with_users

from monitor.model.people import subject_of
from monitor.signed_links import signed
from monitor.web.slowing import OF_ADDRESS

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OPERATE = Path(__file__).parents[1] / "docs" / "operate.md"
NAME = "news.example.org"
WEB = f'public_url = "https://{NAME}"\nproxies = ["127.0.0.1"]\n'
WHOLE = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    {places}
    access_log {folder}/access.log;
    {servers}
}}
"""
SERVERS = re.compile(r"^    server \{$.*?^    \}$", re.MULTILINE | re.DOTALL)
PLACES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(NGINX is None, reason="there is no nginx; on Debian: apt-get install nginx-light"),
]


def documented(folder: Path, page: int, tls: int, plain: int, *changes: tuple[str, str]) -> str:
    """The servers of the documentation with our ports and certificate."""
    servers = "\n".join(SERVERS.findall(OPERATE.read_text()))
    live = f"/etc/letsencrypt/live/{NAME}"
    ours = (
        ("listen 443 ssl", f"listen 127.0.0.1:{tls} ssl"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("127.0.0.1:8222", f"127.0.0.1:{page}"),
        (f"{live}/fullchain.pem", f"{folder}/chain.pem"),
        (f"{live}/privkey.pem", f"{folder}/key.pem"),
        *changes,
    )
    for before, after in ours:
        assert servers.count(before) == 1, before
        servers = servers.replace(before, after)
    return servers


@dataclass(frozen=True)
class Proxied:
    page: Site
    tls: int
    plain: int
    trusted: ssl.SSLContext

    def ask(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] = {}, form: str | None = None
    ) -> Answer:
        sent = {"Host": NAME, **headers}
        if form is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(form))}
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        with (
            socket.create_connection(("127.0.0.1", self.tls), timeout=30) as plain,
            self.trusted.wrap_socket(plain, server_hostname=NAME) as client,
        ):
            client.sendall(f"{method} {path} HTTP/1.1\r\nConnection: close\r\n{head}\r\n{form or ''}".encode())
            return answered(b"".join(iter(lambda: client.recv(65536), b"")))

    def log_in(self, password: str, headers: Mapping[str, str] = {}) -> Answer:
        form = f"name=mara&password={password.replace(' ', '+')}"
        return self.ask("/login", method="POST", headers={**OURS, **headers}, form=form)


@contextmanager
def proxied(folder: Path, web: str, *changes: tuple[str, str], users: str = USERS) -> Iterator[Proxied]:
    authority = trustme.CA()
    certificate = authority.issue_cert(NAME)
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(folder / "chain.pem")
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    with with_users(folder, web, users) as page:
        tls, plain = free_port(), free_port()
        places = "".join(f"{each}_temp_path {folder}/{each};\n" for each in PLACES)
        servers = documented(folder, page.port, tls, plain, *changes)
        file = folder / "nginx.conf"
        file.write_text(WHOLE.format(folder=folder, places=places, servers=servers))
        with subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(file)], stderr=subprocess.PIPE) as process:
            try:
                eventually(lambda: is_open(tls))
                yield Proxied(page, tls, plain, trusted)
            finally:
                process.terminate()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found: int = free.getsockname()[1]
        return found


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_behind_nginx_one_logs_in_by_https_alone_and_the_proxy_says_from_where(tmp_path: Path) -> None:
    with proxied(tmp_path, WEB) as by:
        asked = by.ask("/status")
        assert (asked.status, asked.headers["location"]) == (303, "/login?next=%2Fstatus")
        assert "strict-transport-security" in asked.headers
        came = by.log_in(WORDS["mara"])
        cookie = came.headers["set-cookie"]
        assert (came.status, cookie.startswith("__Host-session="), "Secure" in cookie) == (303, True, True)
        inside = {"Cookie": cookie.partition(";")[0]}
        assert by.ask("/status", headers=inside).status == 200
        assert by.ask("/status", headers={**inside, "Host": "evil.example"}).status == 421
        elsewhere = {**inside, "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        assert by.ask("/doctor", method="POST", headers=elsewhere, form="").status == 403
        older = {**inside, "Origin": f"https://{NAME}"}  # a browser that does not say Sec-Fetch-Site
        assert by.ask("/logout", method="POST", headers=older, form="").status == 303
        assert by.ask("/status", headers=inside).status == 303
        said = [{"X-Forwarded-For": f"192.0.2.{number}"} for number in range(OF_ADDRESS + 1)]
        tries = [by.log_in("wrong", each).status for each in said]
        assert tries == [403] * OF_ADDRESS + [429], "what a browser says of its address counts for nothing"
        assert by.ask("/status", headers={"Remote-User": "mara"}).status == 303
        with socket.create_connection(("127.0.0.1", by.plain), timeout=30) as plain:
            plain.sendall(f"GET /status HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
            assert b"Location: https://news.example.org/status\r\n" in plain.recv(4096)


def test_a_click_of_a_mail_program_gets_through(tmp_path: Path) -> None:
    with proxied(tmp_path, WEB) as by:
        people, now = by.page.desk.store.people, by.page.desk.now()
        people.make_link_key(b"k" * 32, now)
        path = f"/leave/{signed(people.link_key(), 'you@reader.example', subject_of('Daily'))}"
        assert by.ask(path).status == 200
        assert not people.paused(now)
        assert by.ask(path, method="POST", form="List-Unsubscribe=One-Click").status == 200
        assert len(people.paused(now)) == 1
        assert path.rpartition(".")[2] not in "".join(each.read_text() for each in tmp_path.glob("*.log"))


def test_a_user_of_the_proxy_needs_no_password_and_nobody_else_can_say_who_they_are(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("mara:{PLAIN}secret\n")
    signs_in = f'location / {{\n auth_basic "News";\n auth_basic_user_file {tmp_path}/passwords;'
    changes = (("location / {", signs_in), ('Remote-User ""', "Remote-User $remote_user"))
    users = '\n[[users]]\nname = "mara"\nrole = "owner"\n\n[[users]]\nname = "eve"\nrole = "owner"\n'
    with proxied(tmp_path, f'{WEB}proxy_header = "Remote-User"\n', *changes, users=users) as by:
        basic = {"Authorization": f"Basic {b64encode(b'mara:secret').decode()}"}
        assert by.ask("/status", headers=basic).status == 200
        assert by.ask("/status").status == 401  # of nginx
        me = by.ask("/me.json", headers={**basic, "Remote-User": "eve"})
        assert me.json()["name"] == "mara", "the header of a browser is replaced"
