"""The page beside a daemon: its process, and buttons that the daemon answers."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemons import CONFIG, PATIENCE_SECONDS, asked, command, daemon, done, eventually, said
from databases import lay_beside
from house import Story, rss
from origin import Origin, reply
from pages import Site, site
from smtp_server import MailServer, mail_server

MAIL = '[mail]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\nsender = "m@x.example"\n'
STORY = Story(id="truce", title="Syria truce holds")


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as found:
        found.serve("/feed", reply(rss(STORY)))
        yield found


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format(url=origin.url("/feed"), port=origin.port))
    file.chmod(0o600)
    lay_beside(file)
    return file


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


@pytest.fixture
def page(config: Path, mail: MailServer) -> Iterator[Site]:
    """Beside a running daemon, which has polled."""
    text = config.read_text() + MAIL.format(port=mail.port)
    config.write_text(text)
    with daemon(config):
        eventually(said(config, '"polled"'))
        with site(config.parent, text) as found:
            yield found


@pytest.mark.whole
def test_a_test_and_another_try_are_sent_by_the_daemon(page: Site, mail: MailServer) -> None:
    mail.refuse["you@reader.example"] = "550 <script>alert(1)</script> no such user"
    refused = page.post("/preview/test", "digest=Daily")
    assert "refused: recipient: 550 &lt;script&gt;" in refused.body
    assert not page.ask("/deliveries.json").json()["deliveries"]  # a test leaves no message behind
    asked(page.config, "digest", "send")
    (delivery, *_) = page.ask("/deliveries.json").json()["deliveries"]
    for address in ("/deliveries", f"/deliveries/{delivery['id']}", "/status"):
        assert "<script" not in page.ask(address).body
    assert "&lt;script&gt;" in page.ask(f"/deliveries/{delivery['id']}").body
    mail.refuse.clear()
    assert "sent" in page.post(f"/deliveries/{delivery['id']}/retry").body
    assert len(mail.messages) == 1
    assert "is sent" in page.post(f"/deliveries/{delivery['id']}/cancel").body  # too late, in words
    assert page.post(f"/deliveries/{delivery['id']}/retry").status == 400


@pytest.mark.whole
def test_an_edit_of_the_page_is_read_by_the_daemon_at_once(page: Site, origin: Origin) -> None:
    origin.serve("/other", reply(rss(STORY, title="Other")))
    answer = page.post("/feeds/add", f"url={origin.url('/other')}&outlet=Other")
    assert "The daemon has read the config again." in answer.body
    before = len(origin.asked("/other"))
    eventually(lambda: len(origin.asked("/other")) > before)  # without a restart
    assert "read the config again" in page.post("/feeds/1/pause").body
    assert page.ask("/feeds/1.json").json()["feed"]["state"] == "disabled"
    saved = page.post("/workbench", "do=save&topic=&toml=name+%3D+%22Holding%22%0Aany+%3D+%5B%22truce%22%5D")
    assert "The daemon has read the config again." in saved.body
    eventually(lambda: "Holding" in page.desk.store.matches.activity(page.desk.now()))


# ---- Processes


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found: int = free.getsockname()[1]
        return found


@pytest.fixture
def with_page(config: Path, port: int) -> Path:
    config.write_text(f'{config.read_text()}\n[web]\nlisten = "127.0.0.1:{port}"\n')
    return config


@pytest.mark.whole
def test_the_daemon_shows_the_page_in_a_process_that_ends_with_it(with_page: Path, port: int) -> None:
    with daemon(with_page) as process:
        eventually(lambda: is_there(port))
        process.terminate()
        process.wait(30)
        eventually(lambda: not is_there(port))
    with daemon(with_page) as process:
        eventually(lambda: is_there(port))
        process.kill()
        eventually(lambda: not is_there(port))


@pytest.mark.whole
def test_a_page_that_crashes_is_started_again_and_the_daemon_goes_on(with_page: Path, port: int) -> None:
    with daemon(with_page) as process:
        eventually(lambda: is_there(port))
        (child,) = pages_of(process.pid)
        os.kill(child, signal.SIGKILL)
        eventually(said(with_page, "page ended, it is started again"))
        eventually(lambda: is_there(port))
        assert child not in pages_of(process.pid)
        assert process.poll() is None
        assert done(with_page, "poll", "--json").returncode == 0  # the daemon answers


@pytest.mark.whole
def test_alone_it_says_where_it_is_and_ends_with_ctrl_c(config: Path, port: int) -> None:
    words = command(config, "web", "--listen", f"127.0.0.1:{port}")
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
        assert is_there(port)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.whole
def test_other_machines_and_a_taken_port_are_refused_in_words(config: Path) -> None:
    for listen in ("0.0.0.0:8222", "192.0.2.1:8222", "nonsense"):
        refused = done(config, "web", "--listen", listen)
        assert (refused.returncode, "--listen" in refused.stderr) == (2, True), refused.stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = done(config, "web", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert refused.returncode != 0
    assert "another port" in refused.stderr


def pages_of(daemon_id: int) -> list[int]:
    """The processes of the page that this daemon has started."""
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdecimal():
            try:
                parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
                words = (each / "cmdline").read_bytes()
            except OSError:
                continue  # it has ended
            if parent == daemon_id and b"--beside-daemon" in words:
                found.append(int(each.name))
    return found


def is_there(port: int, path: str = "/status") -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            return client.recv(12).endswith(b"200")
    except OSError:
        time.sleep(0.1)
        return False
