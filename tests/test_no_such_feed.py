import pytest

from monitor.cli.no_such_feed import no_such_feed

KNOWN = (
    ("Coast Wire", "https://coast.example/rss"),
    ("", "https://harbour-news.example/feed.xml"),
    ("Closed Letter", "https://letter.example/feed?token=a1b2c3"),
)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Caost Wire", "Coast Wire"),
        ("coast.exmaple", "https://coast.example/rss"),
        ("harbour-news.example", "https://harbour-news.example/feed.xml"),
        ("https://coast.example/feed", "https://coast.example/rss"),
        ("leter.example", "Closed Letter"),
    ],
)
def test_the_feed_that_was_probably_meant_is_named_as_it_can_be_typed(asked: str, meant: str) -> None:
    said = str(no_such_feed(asked, KNOWN))
    assert said == (f'No feed has the URL or outlet "{asked}". Did you mean "{meant}"? See `news-monitor feeds list`.')


@pytest.mark.parametrize("asked", ["", "Nobody at all", "zzzz.example.org/zzzz"])
def test_a_feed_that_resembles_none_gets_no_guess(asked: str) -> None:
    assert "Did you mean" not in str(no_such_feed(asked, KNOWN))


def test_a_secret_is_not_repeated_and_an_option_is_named() -> None:
    said = str(no_such_feed("https://letter.example/feed?token=zzz", KNOWN, option="--feed"))
    assert said.startswith("--feed: no feed has the URL or outlet")
    assert "zzz" not in said
    assert "a1b2c3" not in said
