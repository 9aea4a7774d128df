from dataclasses import replace

import pytest
from editions import SYRIA, Desk, article, edition_of, match

from monitor.digest.excerpt import SNIPPET_CHARACTERS, first_sentence, reasons, snippet
from monitor.digest.plain import direction
from monitor.model.boilerplate import Boilerplate, Side
from monitor.model.entries import Item
from monitor.model.match import Field


def lead_of(link: str = "", title: str = "A", text: str = "", outlet: str = "", language: str = "") -> Item:
    one = article(1, title, text, outlet=outlet, language=language, link=link)
    (section,) = edition_of(Desk().add(one).edition_input()).sections
    return section.stories[0].lead


# ---- excerpts

LONG = (
    "Nothing of interest is said in this opening sentence. "
    "The council spoke of roads and drains for an hour, and then for another one, while the rain came down without a "
    "pause upon the old tin roof of the hall and the members read their letters, until at last a delegate rose to say "
    "that the cease-fire in Syria was at an end and sat down again, whereupon the chair thanked him and passed on to "
    "the matter of the drains that had been left over from March, and from the March before it, when nobody had come."
)


def _snippet(title: str, text: str, hits: list[tuple[str, str]]) -> str:
    one = article(1, title, text)
    return "".join(f"[{part.text}]" if part.is_hit else part.text for part in snippet(one, match(SYRIA, one, hits)))


@pytest.mark.parametrize(
    ("text", "hits", "expected"),
    [
        ("One. The truce in Syria ended.", ["truce", "Syria"], "The [truce] in [Syria] ended."),
        ("The truce ended. It began in Syria; the truce.", ["Syria"], "It began in [Syria]; the truce."),
        ("Syria is far. A truce is near.", ["Syria", "truce"], "[Syria] is far. A [truce] is near."),
        ("Nobody said why.", [], "Nobody said why."),
        ("Gen. Smith of the U.S. army left. So did Syria.", ["Syria"], "So did [Syria]."),
        ("Headline here. The truce ended.", ["truce"], "The [truce] ended."),
        ("Headline here!", [], ""),
        ("", [], ""),
        ("حلب. انتهت الهدنة.", ["الهدنة"], "انتهت [الهدنة]."),
        ("Tabs\tand\x00bells\x07 of the truce", ["truce"], "Tabs and bells of the [truce]"),
    ],
)
def test_the_snippet_is_the_sentence_with_most_groups_and_never_the_headline(
    text: str, hits: list[str], expected: str
) -> None:
    assert _snippet("Headline here", text, [(word, word) for word in hits]) == expected


def test_the_snippet_is_the_articles_own_words_and_never_goes_on_over_a_footer() -> None:
    one = article(1, "A", "OSLO (Example Wire) - The truce holds. Follow us on Telegram!\n\nWire One: Idlib is calm.")
    at = one.first_seen_at
    wire = Boilerplate(
        side=Side.START, words="wire one", sample="", items=9, of_items=9, days=1, first_seen_at=at, last_seen_at=at
    )
    segments = snippet(one, match(SYRIA, one, [("truce", "truce")]), [wire])
    assert "".join(part.text for part in segments) == "The truce holds."
    assert first_sentence(one, [wire]) == "The truce holds."
    calm = snippet(one, match(SYRIA, one, [("Idlib", "Idlib")]), [wire])
    assert "".join(part.text for part in calm) == "Idlib is calm."


def test_a_long_sentence_is_cut_around_its_hits_between_words() -> None:
    found = _snippet("A", LONG, [("ceasefire", "cease-fire"), ("Syria", "Syria")])
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert "[cease-fire] in [Syria]" in found
    assert len(found.replace("[", "").replace("]", "")) <= SNIPPET_CHARACTERS
    assert all(word.strip("[]…") in LONG for word in found.split())


def test_a_long_sentence_without_hits_is_cut_at_its_end_and_one_without_spaces_where_it_must() -> None:
    assert _snippet("A", LONG[54:], []).endswith(" …")
    assert len(_snippet("A", "停" * 500, [])) <= SNIPPET_CHARACTERS
    assert "[止]" in _snippet("A", "停" * 300 + "止" + "停" * 300, [("止", "止")])


def test_hits_that_overlap_are_shown_once() -> None:
    assert (
        _snippet("A", "The Syrian army left.", [("Syria*", "Syrian"), ("Syrian army", "Syrian army")])
        == "The [Syrian army] left."
    )


def test_reasons_name_one_hit_per_group_and_where_it_stands() -> None:
    one = article(1, "Truce in Syria", "word " * 60 + "far down stands the cease-fire, and Russia")
    proof = match(SYRIA, one, [("Syria*", "Syria"), ("ceasefire", "cease-fire")])
    assert [(reason.term, reason.found, reason.place) for reason in reasons(one, proof)] == [
        ("Syria*", "Syria", "headline"),
        ("ceasefire", "cease-fire", "text"),
    ]
    said = replace(one, author="Ines Okafor", categories=("World", "Opinion"), link="https://a.example/opinion/x%20y")
    places: tuple[tuple[Field, str], ...] = (
        ("author", "Ines"),
        ("category", "World\n\nOpinion"),
        ("url", "https://a.example/opinion/x y"),
    )
    for field, text in places:
        hit = replace(proof.evidence[0], field=field, found=text, start=0, end=len(text))
        assert [each.place for each in reasons(said, replace(proof, evidence=(hit,)))] == [field]
    lead = article(2, "A", "The cease-fire")
    assert [reason.place for reason in reasons(lead, match(SYRIA, lead, [("ceasefire", "cease-fire")]))] == ["lead"]


# ---- strangers' text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Aid", "ltr"),
        ("حلب", "rtl"),
        ("שלום", "rtl"),
        ("2016: حلب and", "rtl"),
        ("“Aid” حلب", "ltr"),
        ("123", "ltr"),
        ("", "ltr"),
    ],
)
def test_direction_follows_the_first_strong_letter(text: str, expected: str) -> None:
    assert direction(text) == expected


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://news.example/a?b=1", "https://news.example/a?b=1"),
        ("http://news.example/", "http://news.example/"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://news.example/a b", ""),
        ("https://news.example/\n", ""),
        ("//news.example/", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_are_links(link: str, url: str) -> None:
    assert lead_of(link).url == url


def test_an_article_without_title_outlet_or_known_language_still_has_a_line() -> None:
    lead = lead_of(title="", text="Said in passing.", language='en" x="')
    assert (lead.title, lead.outlet, lead.language) == ("Said in passing.", "unnamed outlet", "")
    assert lead_of(title="").title == "(no title)"


def test_words_that_an_edit_took_away_are_neither_highlighted_nor_called_present() -> None:
    one = article(1, "Bakery opens", "Syria truce holds in Aleppo.")
    proof = match(SYRIA, one, [("Syria*", "Syria"), ("truce", "truce")])
    edited = replace(one, text="The truce holds, and a bakery opens.")
    assert not any(part.is_hit for part in snippet(edited, proof))
    assert [(reason.term, reason.place) for reason in reasons(edited, proof)] == [
        ("Syria*", "earlier wording"),
        ("truce", "earlier wording"),
    ]
