"""People in Chromium: to log in and out with JavaScript and without, to pause, and what strangers can do to them."""

from collections.abc import Iterator

import pytest
from accessible import AXE, CHROMIUM
from attack_site import MARA, attacked, every_page
from browser import Chromium, Page, browser
from origin import Origin, reply
from pages import Site
from test_web_browser import FITS, FOCUSED
from test_web_users import WORDS, with_users

from monitor.model.people import subject_of
from monitor.signed_links import signed

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium; on Debian: apt-get install chromium"),
]
TEXT = "document.querySelector('main').textContent"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with with_users(tmp_path_factory.mktemp("people")) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with browser() as found:
        yield found


def at(site: Site, path: str) -> str:
    return f"http://127.0.0.1:{site.port}{path}"


def log_in(page: Page, site: Site, name: str, password: str = "") -> None:
    """By the keyboard alone."""
    page.open(at(site, "/status"))
    assert page.value("location.pathname + location.search") == "/login?next=%2Fstatus"
    fill(page, name, password or WORDS[name])


def fill(page: Page, name: str, password: str) -> None:
    while page.value("document.activeElement.id") != "name":
        page.press("Tab")
    page.type(name)
    page.press("Tab")
    page.type(password)
    page.press_and_wait("Enter")


def push(page: Page, button: str) -> None:
    for _ in range(60):
        if page.value(FOCUSED) == button:
            break
        page.press("Tab")
    page.press_and_wait("Enter")


@pytest.mark.parametrize("script", ["with script", "without"])
def test_one_logs_in_pauses_a_digest_and_logs_out(site: Site, chromium: Chromium, script: str) -> None:
    page = chromium.page(has_script=script == "with script")
    log_in(page, site, "ben", "a wrong password")
    assert "not right" in page.value(TEXT)
    fill(page, "ben", WORDS["ben"])
    assert page.value("location.pathname") == "/status", "where one wanted to be"
    assert page.value("document.cookie") == "", "no script reads the session"
    page.open(at(site, "/me"))
    push(page, "Pause for a week")
    assert "You get none for 7 more days" in page.value(TEXT)
    push(page, "Send them again")
    assert "You get these messages" in page.value(TEXT)
    page.open(at(site, "/feeds/add"))
    assert "Only an owner may do this" in page.value("document.body.textContent")
    page.open(at(site, "/me"))
    push(page, "Log out")
    assert page.value("location.pathname") == "/login"
    page.open(at(site, "/status"))
    assert page.value("location.pathname") == "/login"
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_people_fit_and_have_no_fault(site: Site, chromium: Chromium, scheme: str) -> None:
    people, now = site.desk.store.people, site.desk.now()
    people.make_link_key(b"k" * 32, now)
    link = f"/leave/{signed(people.link_key(), 'you@reader.example', subject_of('Daily'))}"
    page = chromium.page(width=320, scheme=scheme)
    faults = []

    def look(name: str) -> None:
        if not page.value(FITS):
            faults.append(f"{name} is wider than the window")
        faults.extend(f"{name}: {each}" for each in (page.faults() if AXE.exists() else []))

    for name, path in (("login", "/login"), ("link", link), ("wrong link", link[:-1])):
        page.open(at(site, path))
        look(name)
    page.open(at(site, link))
    push(page, "Stop them")
    look("stopped")
    push(page, "Send them again")
    log_in(page, site, "ben", "a wrong password")
    look("wrong password")
    fill(page, "ben", WORDS["ben"])
    for path in ("/me", "/deliveries", "/workbench?topic=Syria%20ceasefire"):
        page.open(at(site, path))
        look(path)
    page.open(at(site, "/me"))
    push(page, "Stop them")
    look("/me, stopped")
    page.open(at(site, "/deliveries"))
    look("/deliveries with a pause")
    page.open(at(site, "/me"))
    push(page, "Send them again")
    push(page, "Log out")
    page.close()
    assert faults == []


EVIL = """<!doctype html><title>x</title>
<form method="post" action="{there}/me"><input name="subject" value="digest Daily"><input name="do" value="stop"></form>
<iframe src="{there}/me"></iframe><script>
const form = new URLSearchParams({{subject: "digest Daily", do: "stop"}});
const change = mode => fetch("{there}/me", {{method: "POST", mode, credentials: "include", body: form}});
Promise.allSettled(["no-cors", "cors"].map(change))
  .then(all => fetch("{there}/me.json", {{credentials: "include"}}).then(a => a.text()).catch(() => "nothing"))
  .then(read => {{ document.title = "read " + read; }});
</script>"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["of the same site", "of another site"])
def test_the_page_of_a_stranger_changes_and_reads_nothing(site: Site, chromium: Chromium, host: str) -> None:
    """Cookies know no ports: to another port of this machine the browser sends them, `SameSite=Strict` or not."""
    with Origin() as origin:
        origin.serve("/evil", reply(EVIL.format(there=at(site, "")).encode(), headers=[("Content-Type", "text/html")]))
        page = chromium.page()
        log_in(page, site, "ben")
        page.open(f"http://{host}:{origin.port}/evil")
        page.until("document.title.startsWith('read')")
        assert page.value("document.title") == "read nothing"
        page.follow("document.forms[0].submit()")
        assert "comes from elsewhere" in page.value("document.body.textContent")
        page.open(f"http://{host}:{origin.port}/evil")
        page.follow(
            "document.forms[0].action = document.forms[0].action.replace('/me', '/logout'); document.forms[0].submit()"
        )
        assert "comes from elsewhere" in page.value("document.body.textContent")
        page.open(at(site, "/me"))
        assert "You get these messages" in page.value(TEXT)
        push(page, "Log out")
        page.close()


def test_nothing_that_feeds_wrote_runs_in_a_browser(
    tmp_path_factory: pytest.TempPathFactory, chromium: Chromium
) -> None:
    with attacked(tmp_path_factory.mktemp("attacked")) as found:
        page = chromium.page()
        page.do("Network.enable")
        page.do("Network.setExtraHTTPHeaders", headers=MARA)
        for address in every_page(found, most=1):
            page.open(at(found, address))
            assert page.value("document.hit === undefined"), address
            assert page.value("[...document.querySelectorAll('[onload],[onerror],img')].length") == 0, address
        assert [each for each in page.log if "404" not in each] == [], "the policy had nothing to forbid"
        page.close()
