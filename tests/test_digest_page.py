"""Which articles of an edition are marked: those that match by the page behind them alone."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from editions import NOW, RUSSIA, SYRIA, Desk, article, edition_of, match
from golden_editions import TEMPLATES
from table import each_row

from monitor.deliver.told import told
from monitor.digest.excerpt import WORDS_OF_PAGE, on_page, reasons
from monitor.model.article import Article
from monitor.model.edition import Edition, Form
from monitor.model.edition_input import Candidate
from monitor.model.ids import StoryId
from monitor.model.match import Evidence, Field, Match, Origin, Tier
from monitor.render import render, render_page
from monitor.render.calendar import Calendar
from monitor.render.plain_list import listed_headlines

CALENDAR = Calendar(zone=ZoneInfo("Europe/London"), now=NOW)


def found(field: Field, group: int, words: str, start: int = 0) -> Evidence:
    return Evidence(group=group, term=words, found=words, field=field, start=start, end=start + len(words))


def by_page(about: str, one: Article, tier: Tier = Tier.PAGE) -> Match:
    evidence = (found("title", 0, one.title[:4]), found("page", 1, "truce", 900), found("page", 1, "lull", 950))
    return replace(match(about, one), tier=tier, evidence=evidence)


def desk() -> Desk:
    """A story of three articles, of which the feed of one explains the match, and one that needs its page."""
    lead, other, copy = (
        article(number, title)
        for number, title in ((1, "Truce holds in Aleppo"), (2, "Quiet night"), (3, "Quiet night"))
    )
    copy = replace(copy, outlet="The Echo")
    alone = article(9, "Lorries wait")
    found_ = Desk().add(lead)
    found_.stories[1] += [other, copy]
    found_.stories[9] = [alone]
    for one, story in ((other, 1), (copy, 1), (alone, 9)):
        candidate = Candidate(
            article=one, match=by_page(SYRIA, one), origin=Origin.NEW, story_id=StoryId(story), was_known=one is alone
        )
        found_.candidates.append(candidate)
    return found_


def edition() -> Edition:
    return edition_of(desk().edition_input())


def test_an_article_that_needs_its_page_is_marked_wherever_it_stands() -> None:
    (section,) = edition().sections
    (story,) = section.stories
    (line,) = section.passing
    assert (story.lead.on_page, [each.on_page for each in story.also]) == ((), [("truce", "lull")] * 2)
    assert (line.lead.on_page, line.lead.is_read_late) == (("truce", "lull"), True)
    assert not story.also[0].is_read_late
    assert [each.form for each in edition().listings] == [Form.STORY, Form.ALSO, Form.ALSO, Form.PASSING]


def test_mail_page_and_lists_say_which_words() -> None:
    mail, page = render(edition(), TEMPLATES), render_page(edition(), TEMPLATES)
    text = " ".join(mail.text.split())
    assert "on the page: “truce”, “lull” · also The Echo (on its page)" in text
    assert "on the page, read since the last edition: “truce”, “lull”" in text
    for html in (mail.html, page):
        assert "on the page: <bdi>“truce”</bdi>, <bdi>“lull”</bdi>" in html
        assert "on the page, read since the last edition: <bdi>“truce”</bdi>" in html
        assert "(on its page)" in html
    (section,) = edition().sections
    attached = listed_headlines(section.stories[0].headlines[1:], CALENDAR)
    assert "on the page: truce, lull" in attached
    values = told(edition())
    assert values is not None
    (topic,) = values["topics"]
    assert topic["others"][0]["on_page"] == ["truce", "lull"]
    assert "on_page" not in topic["stories"][0]


def test_a_pointer_is_marked_too() -> None:
    one = article(1, "Quiet night")
    both = Desk().add(one, about=(RUSSIA,))
    both.candidates.append(Candidate(article=one, match=by_page(SYRIA, one), origin=Origin.NEW, story_id=StoryId(1)))
    made = edition_of(both.edition_input())
    leads = [pointer.lead for section in made.sections for pointer in section.pointers]
    leads += [line.lead for section in made.sections for line in section.passing]
    assert [each.on_page for each in leads] == [("truce", "lull")]
    assert "on the page: <bdi>“truce”" in render(made, TEMPLATES).html


ROWS = [
    ((found("title", 0, "Syria"), found("page", 1, "truce")), ("truce",)),
    ((found("title", 0, "Syria"), found("text", 1, "truce")), ()),
    ((found("title", 0, "Syria"), found("page", 0, "Syrians")), ("Syrians",)),
    ((found("page", 0, "Syria"), found("page", 1, "tr\nuce")), ("Syria", "tr uce")),
    (tuple(found("page", 0, f"word{n}") for n in range(9)), tuple(f"word{n}" for n in range(WORDS_OF_PAGE))),
]


def test_the_words_are_those_of_which_the_feed_has_none() -> None:
    def check(evidence: tuple[Evidence, ...], words: tuple[str, ...]) -> None:
        assert on_page(replace(match(SYRIA, article(1, "Syria")), evidence=evidence)) == words

    each_row(check, ROWS)


def test_a_reason_on_the_page_says_so_and_stands_behind_what_the_feed_says() -> None:
    one = article(1, "Syria waits", "A truce.")
    proof = replace(
        match(SYRIA, one), evidence=(found("page", 0, "Syrians"), found("title", 0, "Syria"), found("page", 1, "lull"))
    )
    assert [(each.found, each.place) for each in reasons(one, proof)] == [
        ("Syria", "headline"),
        ("lull", "on the page"),
    ]
