"""Which feeds a page names: forms that real pages have, and what a hostile one may do."""

import pytest

from monitor.parse.named_feeds import MOST_FEEDS, named_feeds, usual_places

PAGE = "https://quay.example/world/today"
RSS = 'type="application/rss+xml"'

FORMS = [
    ("in the head", f'<head><link rel="alternate" {RSS} href="/rss"></head>', ["https://quay.example/rss"]),
    ("in the body", f'<body><p>x<link rel="alternate" {RSS} href="/rss"></body>', ["https://quay.example/rss"]),
    ("without quotes", "<link rel=alternate type=application/rss+xml href=/rss>", ["https://quay.example/rss"]),
    ("upper case", '<LINK REL="ALTERNATE" TYPE="APPLICATION/ATOM+XML" HREF="/A">', ["https://quay.example/A"]),
    ("relative without base", f'<link rel=alternate {RSS} href="feed.xml">', ["https://quay.example/world/feed.xml"]),
    ("with a base", f'<base href="/deep/"><link rel=alternate {RSS} href="f">', ["https://quay.example/deep/f"]),
    ("base elsewhere", f'<base href="//cdn.example/"><link rel=alternate {RSS} href="f">', ["https://cdn.example/f"]),
    ("a bad base", f'<base href="javascript:x"><link rel=alternate {RSS} href="/f">', ["https://quay.example/f"]),
    (
        "JSON Feed",
        '<link rel="alternate" type="application/feed+json" href="/f.json">',
        ["https://quay.example/f.json"],
    ),
    ("type with charset", '<link rel=alternate type="text/xml; charset=x" href="/f">', ["https://quay.example/f"]),
    ("rel of several words", '<link rel="feed home" href="/f">', ["https://quay.example/f"]),
    ("escaped", f'<link rel=alternate {RSS} href="/f?a=1&amp;b=2">', ["https://quay.example/f?a=1&b=2"]),
    ("an <a> that declares it", f'<a rel="alternate" {RSS} href="/f">', ["https://quay.example/f"]),
    (
        "an <a> that looks like one",
        '<a href="/news/feed/">RSS</a><a href="/news">x</a>',
        ["https://quay.example/news/feed/"],
    ),
    (
        "declared before guessed",
        f'<a href="/rss.xml">x</a><link rel=alternate {RSS} href="/f">',
        ["https://quay.example/f", "https://quay.example/rss.xml"],
    ),
    (
        "each once",
        f'<link rel=alternate {RSS} href="/f"><link rel=alternate {RSS} href="/f"><a href="/f">',
        ["https://quay.example/f"],
    ),
    ("not itself", f'<link rel=alternate {RSS} href="{PAGE}">', []),
    ("not in a comment", f'<!-- <link rel=alternate {RSS} href="/f"> -->', []),
    ("not in a script", f'<script>"<link rel=alternate {RSS} href=/f>"</script>', []),
    ("not the styles", '<link rel="alternate stylesheet" type="text/css" href="/f">', []),
    ("no script", f'<link rel=alternate {RSS} href="javascript:alert(1)">', []),
    ("no file", f'<link rel=alternate {RSS} href="file:///etc/passwd">', []),
    ("no address", f"<link rel=alternate {RSS}>", []),
]


@pytest.mark.parametrize(("page", "expected"), [form[1:] for form in FORMS], ids=[form[0] for form in FORMS])
def test_a_page_names_its_feeds(page: str, expected: list[str]) -> None:
    assert [each.url for each in named_feeds(page, PAGE)] == expected


def test_comments_come_last_and_the_language_of_the_page_first() -> None:
    page = (
        f'<html lang="de-AT"><link rel=alternate {RSS} href="/comments/feed" title="Kommentare">'
        f'<link rel=alternate {RSS} hreflang=en href="/en"><link rel=alternate {RSS} hreflang=de '
        'href="/de" title="Nachrichten">'
    )
    found = named_feeds(page, PAGE)
    assert [each.url.rpartition("/")[2] for each in found] == ["de", "en", "feed"]
    assert [each.is_of_comments for each in found] == [False, False, True]
    assert found[0].title == "Nachrichten"


def test_feeds_of_the_link_header_count() -> None:
    header = f'<style.css>; rel=preload, </f,1>; rel="alternate"; {RSS}; title="a, b", <//[>; rel=alternate; {RSS}'
    assert [(each.url, each.title) for each in named_feeds("", PAGE, header)] == [("https://quay.example/f,1", "a, b")]


def test_a_directory_of_feeds_is_cut() -> None:
    page = "".join(f"<link rel=alternate {RSS} href=/{number}>" for number in range(MOST_FEEDS + 5))
    assert len(named_feeds(page, PAGE)) == MOST_FEEDS


def test_a_title_cannot_change_the_terminal() -> None:
    (found,) = named_feeds(f'<link rel=alternate {RSS} href=/f title="a\x1b[2J\u202eb">', PAGE)
    assert "\x1b" not in found.title
    assert "\u202e" not in found.title


def test_usual_places_are_beside_the_page_and_at_the_root() -> None:
    found = usual_places(f"{PAGE}#top")
    assert found[:2] == (f"{PAGE}/feed/", "https://quay.example/feed/")
    assert usual_places("https://quay.example/?p=1")[0] == "https://quay.example/feed/"
    assert len(usual_places("https://quay.example/")) == len(set(usual_places("https://quay.example/")))
