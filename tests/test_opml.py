"""Lists of feeds from other readers, as they really are; and ours for them."""

import json
from pathlib import Path

import pytest
from daemons import asked

from monitor.config import load
from monitor.model.settings import FeedSettings
from monitor.parse.opml import MOST_FOLDERS, NAME_CHARACTERS, feed_list
from monitor.render.opml import opml

CORPUS = Path(__file__).parents[2] / "shared/corpora/opml"
CONFIG = """# kept
[[feeds]]
url = "https://quay.example/feed"
outlet = "Quay Radio"

[[topics]]
name = "Kesh"
any = ["Kesh"]

[[digests]]
name = "Daily"
to = ["desk@home.example"]
"""


def found(text: str) -> list[tuple[str, str, str]]:
    return [(each.url, each.name, each.folder) for each in feed_list(text.encode()).feeds]


def outline(url: str, **more: str) -> str:
    rest = "".join(f' {key}="{value}"' for key, value in more.items())
    return f'<outline type="rss" xmlUrl="{url}"{rest}/>'


A = "https://a.example/rss"
FORMS = [
    ("flat", outline(A, text="A"), [(A, "A", "")]),
    ("title before text", outline(A, text="x", title="A"), [(A, "A", "")]),
    ("a folder", f'<outline text="News">{outline(A)}</outline>', [(A, "", "News")]),
    (
        "nested, and behind it",
        f'<outline text="News"><outline title="Gulf">{outline(A)}</outline></outline>{outline(A + "2")}',
        [(A, "", "News / Gulf"), (A + "2", "", "")],
    ),
    (
        "a feed that is not closed in itself",
        f'<outline text="N"><outline xmlUrl="{A}"></outline>{outline(A + "2")}</outline>',
        [(A, "", "N"), (A + "2", "", "N")],
    ),
    ("a bare ampersand", outline(f"{A}?a=1&copy=2&b=3"), [(f"{A}?a=1&copy=2&b=3", "", "")]),
    ("escaped", outline(f"{A}?a=1&amp;b=&#50;&#x33;", text="Tom &amp; Jerry"), [(f"{A}?a=1&b=23", "Tom & Jerry", "")]),
    ("numbers that are no characters", outline(A, text="a&#9999999;b"), [(A, "ab", "")]),
    ("quotes in a value", f'<outline text="the world\'s "best" man\'s" xmlUrl="{A}"/>', [(A, "the world's", "")]),
    ("single quotes, capitals", f"<OUTLINE TITLE='A' XMLURL='{A}' />", [(A, "A", "")]),
    ("url instead of xmlUrl", f'<outline type="rss" url="{A}"/>', [(A, "", "")]),
    ("a link is no feed", f'<outline type="link" url="{A}"/>{outline(A)}', [(A, "", "")]),
    ("category as folder", outline(A, category="/News/Gulf,Weekly"), [(A, "", "News / Gulf")]),
    (
        "feed: schemes",
        outline("feed://a.example/rss") + outline("feed:https://b.example/"),
        [("http://a.example/rss", "", ""), ("https://b.example/", "", "")],
    ),
    ("its name is its address", outline(A, text=A), [(A, "", "")]),
    ("in a comment", f"<!-- {outline(A)} -->{outline(A + '2')}", [(A + "2", "", "")]),
    ("cut off", f'<opml><body>{outline(A)}<outline text="x" xmlUrl="https://b', [(A, "", "")]),
    ("markup in a value", f'<outline text="<b>A</b>" xmlUrl="{A}"/>', [(A, "<b>A</b>", "")]),
]


@pytest.mark.parametrize(("body", "expected"), [each[1:] for each in FORMS], ids=[each[0] for each in FORMS])
def test_forms_of_opml(body: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(f"<opml version='1.0'><body>{body}") == expected


def test_encodings() -> None:
    text = f'<?xml version="1.0" encoding="ENC"?><opml>{outline(A, text="Новости")}</opml>'
    for name in ("utf-8", "windows-1251", "utf-16"):
        assert feed_list(text.replace("ENC", name).encode(name)).feeds[0].name == "Новости"


def test_a_file_of_newsboat() -> None:
    lines = (
        "# mine",
        "",
        f'{A} "News" tech "~A Name"',
        f"{A}2 !",
        '"query:Unread:unread = yes"',
        "exec:~/x.sh",
        f"filter:a:{A}",
        "file:///x",
        "http://me:pw@b.example/ x",
    )
    text = "\n".join(lines)
    assert found(text) == [(A, "A Name", "News"), (f"{A}2", "", "")]
    refused = feed_list(text.encode()).refused
    assert [each.reason.split()[1:3] for each in refused] == [
        ["a", "search"],
        ["a", "command,"],
        ["a", "command"],
        ["a", "file"],
        ["a", "login;"],
    ]
    assert "pw" not in refused[-1].written


@pytest.mark.parametrize("url", ["javascript:1", "ftp://a.example/", "|cmd", "a.example", "http://", "exec:rm -rf /"])
def test_what_is_no_address_is_refused(url: str) -> None:
    answer = feed_list(f"<opml>{outline(url)}".encode())
    assert not answer.feeds
    assert len(answer.refused) == 1
    assert not answer.problem


@pytest.mark.parametrize(
    ("text", "words"), [("", "neither"), ("Dear all", "neither"), ("<opml><body/></opml>", "no outline has an xmlUrl")]
)
def test_what_is_no_list_is_named(text: str, words: str) -> None:
    assert words in feed_list(text.encode()).problem


def test_a_feed_counts_once_and_names_are_short() -> None:
    answer = feed_list(f"<opml>{outline(A, text='x' * 500)}{outline(A + '#top')}".encode())
    assert (len(answer.feeds), answer.repeated) == (1, 1)
    assert len(answer.feeds[0].name) <= NAME_CHARACTERS


def test_folders_without_end_are_read() -> None:
    answer = found("<outline text='d'>" * (MOST_FOLDERS + 5) + outline(A) + "<outline x='" * 1000 + "</outline>" * 5000)
    assert answer[0][0] == A


def test_what_is_written_is_read_and_written_the_same() -> None:
    feeds = (
        FeedSettings(url=f"{A}?a=1&b=2", outlet='Tom & "Jerry" <3', group="News / Gulf"),
        FeedSettings(url=f"{A}2"),
        FeedSettings(url=f"{A}3", group="A"),
    )
    first = opml(feeds)
    back = [FeedSettings(url=each.url, outlet=each.name, group=each.folder) for each in feed_list(first.encode()).feeds]
    assert set(back) == set(feeds)
    assert opml(back) == first


# ---- The commands


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


LIST = (
    f'<opml><outline text="Middle East">{outline(A, text="A & B")}{outline("https://quay.example/feed#x")}</outline>'
    f"{outline('exec:rm')}{outline(A)}</opml>"
)


def test_a_list_is_imported(config: Path, tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text(LIST, encoding="utf-8")
    tried = asked(config, "feeds", "import", str(tmp_path / "list.opml"), "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "Feeds: 1 new, 1 in the config already, 1 repeated in the lists, 1 refused." in tried.stdout
    assert "In the config already: https://quay.example/feed#x" in tried.stdout
    assert config.read_text(encoding="utf-8") == CONFIG
    answer = asked(config, "feeds", "import", str(tmp_path / "list.opml"), "--yes")
    assert answer.returncode == 0, answer.stderr
    feeds = load(config, {}, is_draft=True).feeds
    assert [(each.url, each.outlet, each.group) for each in feeds][1:] == [(A, "A & B", "Middle East")]
    assert '[groups."Middle East"]' in config.read_text(encoding="utf-8")
    again = json.loads(asked(config, "feeds", "import", str(tmp_path / "list.opml"), "--json").stdout)
    assert (again["new"], again["file"]) == ([], "")
    assert [each["url"] for each in again["known"]] == [A, "https://quay.example/feed#x"]


def test_the_config_is_exported(config: Path, tmp_path: Path) -> None:
    text = asked(config, "feeds", "export").stdout
    assert [each[:2] for each in found(text)] == [("https://quay.example/feed", "Quay Radio")]
    assert asked(config, "feeds", "export", "-o", str(tmp_path / "x.opml")).returncode == 0
    assert (tmp_path / "x.opml").read_text(encoding="utf-8") == text
    assert json.loads(asked(config, "feeds", "export", "--json").stdout)[0]["outlet"] == "Quay Radio"


def test_an_address_with_a_secret_is_said(config: Path) -> None:
    config.write_text(CONFIG.replace("example/feed", "example/feed?token=hush"), encoding="utf-8")
    assert "1 address has a secret" in asked(config, "feeds", "export").stderr


def test_mistakes_are_said(config: Path, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("Dear all", encoding="utf-8")
    missing = asked(config, "feeds", "import", str(tmp_path / "none.opml"))
    assert missing.returncode == 2
    assert "none.opml" in missing.stderr
    other = asked(config, "feeds", "import", str(tmp_path / "x.txt"))
    assert other.returncode == 2
    assert "neither OPML" in other.stdout


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs ../shared/corpora/opml")
def test_every_file_of_the_corpus_is_read_or_refused_with_a_reason(config: Path) -> None:
    urls: set[str] = set()
    for file in (each for each in CORPUS.rglob("*") if each.is_file()):
        answer = feed_list(file.read_bytes())
        assert answer.feeds or answer.problem or answer.refused, file
        if "awesome" in str(file):
            urls.update(each.url for each in answer.feeds)
    assert len(urls) == 781
    public = sorted(map(str, (CORPUS / "awesome-rss-feeds").rglob("*.opml")))
    imported = asked(config, "feeds", "import", *public, "--json")
    assert imported.returncode == 0, imported.stderr
    assert len(load(config, {}, is_draft=True).feeds) == 1 + 781
    first = asked(config, "feeds", "export").stdout
    other = config.with_name("other.toml")
    rest = CONFIG[CONFIG.index("[[topics]]") :]
    other.write_text(rest, encoding="utf-8")
    (config.parent / "all.opml").write_text(first, encoding="utf-8")
    assert asked(other, "feeds", "import", str(config.parent / "all.opml"), "--yes").returncode == 0
    assert asked(other, "feeds", "export").stdout == first
