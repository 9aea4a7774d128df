""" "Perhaps also" as it is decided and printed: what may stand there, what it never changes, and how it is read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from editions import (
    CONVOY,
    DAILY,
    GAZA,
    NOW,
    RUSSIA,
    SYRIA,
    TOPICS,
    Desk,
    article,
    edition_of,
    flood,
    one_topic_explodes,
    ordinary_day,
    perhaps_also,
    resembling,
    topic,
)
from golden_editions import ARCHIVE, TEMPLATES
from jinja2 import DictLoader

from monitor.model.edition import Edition, Perhaps
from monitor.model.edition_input import EditionInput, Resemblances
from monitor.model.entries import PerhapsLine
from monitor.model.ids import ArticleId, StoryId
from monitor.model.perhaps import Resembling
from monitor.render import MAX_HTML_BYTES, encoded_size, render, render_page
from monitor.resources import resource
from monitor.text import normalised_title

LINE = resembling(article(900, "Buses wait at Zabadani", outlet="Quay Radio"), "Zabadani", "buses", lacks=("truce",))
SEEN = (ArticleId(900),)


def desk() -> Desk:
    return Desk().add(article(1, "Truce ends in Aleppo", CONVOY), hits=[("Aleppo", "Aleppo")])


def with_found(edition_input: EditionInput, found: Mapping[str, Sequence[Resembling]], **more: object) -> EditionInput:
    as_found = {name: tuple(each) for name, each in found.items()}
    return replace(edition_input, resemblances=Resemblances(found=as_found, **more))  # type: ignore[arg-type]


def shown(edition: Edition) -> dict[str, list[int]]:
    return {each.topic: [line.item.article_id for line in each.lines] for each in edition.perhaps}


def composed(found: Mapping[str, Sequence[Resembling]], **more: object) -> Edition:
    return edition_of(with_found(desk().edition_input(), found, **more))


def many(count: int, first: int = 900, **more: object) -> list[Resembling]:
    return [
        resembling(article(first + number, f"Buses wait, part {number}", **more), "buses")  # type: ignore[arg-type]
        for number in range(count)
    ]


# ---- What may stand there


def test_the_most_alike_stand_first_and_no_more_than_the_owner_wants() -> None:
    assert shown(composed({SYRIA: many(9)})) == {SYRIA: [900, 901, 902]}
    for number in (1, 5, 20):
        edition_input = with_found(desk().edition_input(), {SYRIA: many(30)})
        edition = edition_of(edition_input, digest=replace(DAILY, perhaps=number))
        assert len(edition.perhaps[0].lines) == number


@pytest.mark.parametrize(
    ("of_digest", "of_topic", "lines"), [(0, None, 0), (0, 5, 0), (3, 0, 0), (3, None, 3), (3, 5, 5), (3, 1, 1)]
)
def test_a_topic_may_have_its_own_number_unless_the_digest_has_none(
    of_digest: int, of_topic: int | None, lines: int
) -> None:
    edition_input = with_found(desk().edition_input(), {SYRIA: many(9), GAZA: many(1, 950)})
    topics = [replace(topic(SYRIA), perhaps=of_topic), topic(GAZA)]
    edition = edition_of(edition_input, topics, digest=replace(DAILY, perhaps=of_digest))
    assert len(shown(edition).get(SYRIA, [])) == lines
    assert (GAZA in shown(edition)) == (of_digest > 0)


NEVER: dict[str, Resemblances] = {
    "shown before below the topic, or judged": Resemblances(found={SYRIA: (LINE,)}, settled={SYRIA: frozenset(SEEN)}),
    "in the words of a line that was shown": Resemblances(
        found={SYRIA: (LINE,)}, titles={SYRIA: frozenset({normalised_title("BUSES wait at Zabadani!")})}
    ),
    "in the words of a match": Resemblances(
        found={SYRIA: (resembling(article(900, "TRUCE ends in Aleppo"), "Aleppo"),)}
    ),
    "beside a muted story": Resemblances(
        found={SYRIA: (replace(LINE, beside=StoryId(7)),)}, muted=frozenset({StoryId(7)})
    ),
    "listed in this edition": Resemblances(found={SYRIA: (resembling(article(1, "Another headline"), "Aleppo"),)}),
    "below a topic that the digest does not have": Resemblances(found={"Weather": (LINE,)}),
}


@pytest.mark.parametrize("reason", NEVER)
def test_it_is_not_shown(reason: str) -> None:
    assert edition_of(replace(desk().edition_input(), resemblances=NEVER[reason])).perhaps == ()


def test_what_another_topic_has_shown_before_may_be_shown_here() -> None:
    edition = composed({SYRIA: [LINE], GAZA: [LINE]}, settled={GAZA: frozenset(SEEN)})
    assert shown(edition) == {SYRIA: [900]}


def test_the_next_one_takes_the_place_of_what_is_not_shown() -> None:
    edition = composed({SYRIA: many(9)}, settled={SYRIA: frozenset({ArticleId(901), ArticleId(900)})})
    assert shown(edition) == {SYRIA: [902, 903, 904]}


def test_no_headline_stands_there_twice() -> None:
    copies = [resembling(article(900 + n, "Buses wait at Zabadani", outlet=f"Paper {n}"), "buses") for n in range(3)]
    assert shown(composed({SYRIA: [*copies, *many(1, 950)]})) == {SYRIA: [900, 950]}


def test_a_muted_topic_has_no_lines() -> None:
    edition_input = with_found(desk().edition_input(), {SYRIA: [LINE], GAZA: [LINE]})
    topics = [replace(topic(SYRIA), mute_until=date.max), topic(GAZA)]
    assert shown(edition_of(edition_input, topics)) == {GAZA: [900]}


def test_beside_a_story_of_this_edition_it_names_its_headline() -> None:
    def beside(edition: Edition) -> str:
        return edition.perhaps[0].lines[0].beside

    assert beside(composed({GAZA: [replace(LINE, beside=StoryId(1))]})) == "Truce ends in Aleppo"
    assert beside(composed({GAZA: [replace(LINE, beside=StoryId(12))]})) == ""
    assert beside(composed({GAZA: [LINE]})) == ""


def test_beside_a_story_that_this_edition_mutes_it_is_not_shown() -> None:
    edition_input = with_found(desk().edition_input(), {GAZA: [replace(LINE, beside=StoryId(1))]})
    stories = {number: replace(story, is_muted=True) for number, story in edition_input.stories.items()}
    assert edition_of(replace(edition_input, stories=stories)).perhaps == ()


def test_words_of_a_feed_are_one_line_and_short() -> None:
    rude = resembling(article(900, "Buses\nwait"), "a\u202eb\nc", "x" * 300, lacks=("truce\n",))
    line = composed({SYRIA: [rude]}).perhaps[0].lines[0]
    assert all(len(word) <= 40 and word.isprintable() for word in (*line.shared, *line.lacks))


# ---- What it never changes


@pytest.mark.parametrize("of", [ordinary_day, one_topic_explodes, flood])
def test_nothing_else_of_an_edition_changes(of: object) -> None:
    """It is no match: no count, listing, subject, verdict or story knows of it."""
    edition = of()  # type: ignore[operator]
    lines = (Perhaps(topic=SYRIA, lines=perhaps_also().perhaps[0].lines),)
    before, after = (
        render(each, TEMPLATES, archive_page=ARCHIVE) for each in (edition, replace(edition, perhaps=lines))
    )
    assert before.subject == after.subject
    assert before.rest == after.rest


def test_an_edition_with_nothing_else_is_empty_and_its_lines_wait() -> None:
    nothing = with_found(Desk().edition_input(), {SYRIA: [LINE]})
    sent = edition_of(nothing)
    assert (sent.is_empty, sent.is_mailed, shown(sent)) == (True, True, {SYRIA: [900]})
    assert (sent.counts.articles, sent.listings, sent.sections) == (0, (), ())
    skipped = edition_of(replace(nothing, mailed_at=NOW), digest=replace(DAILY, when_empty="skip"))
    assert (skipped.is_mailed, skipped.perhaps) == (False, ())
    heartbeat = edition_of(
        replace(nothing, mailed_at=NOW - 8 * (NOW - NOW.replace(day=20))), digest=replace(DAILY, when_empty="skip")
    )
    assert (heartbeat.is_mailed, shown(heartbeat)) == (True, {SYRIA: [900]})


def test_the_composition_is_the_same_with_and_without() -> None:
    with_lines = composed({SYRIA: many(3), GAZA: many(2, 950)})
    assert replace(with_lines, perhaps=()) == edition_of(desk().edition_input())


# ---- How it is read


def test_it_stands_below_its_topic_and_says_once_what_it_is() -> None:
    mail = render(perhaps_also(), TEMPLATES, archive_page=ARCHIVE)
    for words, headings in ((mail.text, r"\n   Perhaps also\n"), (mail.html, r"<h3[^>]*>Perhaps also</h3>")):
        assert len(re.findall(headings, words)) == 1
        assert len(re.findall(r"No rule matches\s+these\s+articles", words)) == 1
        assert "no word for" in words
        assert words.index("Zabadani") > words.index("Perhaps also")
    assert mail.text.index("WHERE NOTHING MATCHED") < mail.text.index("Flour lorries")
    assert "Gaza aid: no match" in mail.text


def test_where_no_topic_matched_the_section_says_what_it_is() -> None:
    edition = edition_of(with_found(Desk().edition_input(), {GAZA: [LINE], SYRIA: many(2)}))
    mail = render(edition, TEMPLATES, archive_page=ARCHIVE)
    for words in (mail.text, re.sub(r"<[^>]+>", "", mail.html)):
        assert len(re.findall("No rule matches", words)) == 1
        assert words.index("Nothing new on any of your 3 topics") < words.index("Buses wait")
        assert words.index("Syria ceasefire: no match") < words.index("Gaza aid: no match")


def test_headings_are_in_order() -> None:
    for html in (render(perhaps_also(), TEMPLATES).html, render_page(perhaps_also(), TEMPLATES)):
        levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize(
    ("lacks", "shared", "why"),
    [
        (("truce",), ("Zabadani", "besieged"), "no word for truce; resembles by: Zabadani, besieged"),
        (("truce", "Syria"), (), "no word for truce or Syria"),
        ((), ("Zabadani",), "resembles by: Zabadani"),
    ],
)
def test_the_reason_in_words(lacks: tuple[str, ...], shared: tuple[str, ...], why: str) -> None:
    line = resembling(article(900, "Buses wait"), *shared, lacks=lacks)
    (found,) = composed({SYRIA: [line]}).perhaps[0].lines
    assert found.why == why
    mail = render(composed({SYRIA: [line]}), TEMPLATES)
    assert why in " ".join(mail.text.replace("*", "").split())
    assert why in re.sub(r"<[^>]+>", "", mail.html)


def test_a_template_without_limits_of_lines_has_all_of_them() -> None:
    """The page."""
    page = render_page(perhaps_also(), TEMPLATES)
    assert [page.count(f">{line.item.title[:12]}") for each in perhaps_also().perhaps for line in each.lines[:2]] == [
        1
    ] * 4


# ---- When the mail must shrink


def _wide(lines: int, titles: int = 60) -> Edition:
    """A topic with some stories in full, and lines of twenty topics that are as long as feeds write them."""
    base = desk()
    for number in range(2, titles):
        base.add(article(number, f"Truce ends in Aleppo, report {number}", CONVOY), hits=[("Aleppo", "Aleppo")])
    names = [f"Topic {number}" for number in range(20)]
    found = {
        name: many(lines, 10_000 + 100 * place, link=f"https://news.example/{'path/' * 30}{place}")
        for place, name in enumerate(names)
    }
    found = {
        name: [replace(each, article=replace(each.article, title=f"{name}: {each.article.title}")) for each in lines]
        for name, lines in found.items()
    }
    return edition_of(
        with_found(base.edition_input(), found),
        [*TOPICS, *map(topic, names)],
        digest=replace(DAILY, perhaps=20, full=10),
    )


@pytest.mark.parametrize(("lines", "titles"), [(3, 5), (20, 5), (20, 60), (8, 60), (3, 400), (20, 3_000)])
def test_lines_give_way_and_never_a_story(lines: int, titles: int) -> None:
    edition = _wide(lines, titles)
    mail = render(edition, TEMPLATES, archive_page=ARCHIVE)
    bare = render(replace(edition, perhaps=()), TEMPLATES, archive_page=ARCHIVE)
    assert encoded_size(mail.html) <= MAX_HTML_BYTES
    assert mail.html.count("<h3") >= bare.html.count("<h3")
    links = {each for each in re.findall(r'href="([^"]+)"', bare.html) if "news.example" in each}
    assert links <= set(re.findall(r'href="([^"]+)"', mail.html))
    all_lines = sum(len(each.lines) for each in edition.perhaps)
    there = mail.html.count("resembles by:")
    assert there == mail.text.count("resembles by:")
    left = re.search(r"Perhaps also: (\S+) lines? had no room", mail.text)
    assert (int(left[1].replace(",", "")) if left else 0) == (all_lines - there if there else 0)
    if titles == 5:
        assert (there == all_lines) == (lines == 3)
        assert there


def test_what_had_no_room_is_on_the_page_and_in_no_attached_file() -> None:
    edition = _wide(20, 5)
    told = render(edition, TEMPLATES, archive_page=ARCHIVE)
    assert "on the archive page" in " ".join(told.text.split())
    alone = render(edition, TEMPLATES, archive_page="")
    assert "had no room in this mail." in " ".join(alone.text.split())
    assert "Buses wait" not in alone.rest
    page = render_page(edition, TEMPLATES)
    assert page.count("resembles by:") == sum(len(each.lines) for each in edition.perhaps)
    assert "had no room" not in page


def test_templates_of_before_go_on_working() -> None:
    """Without the include and the macro, which an owner's copy of an earlier version does not have."""
    folder = resource("templates")
    old = {path.name: path.read_text("utf-8") for path in folder.glob("*.j2")}
    old["topic.html.j2"] = old["topic.html.j2"].split("{% set topic = section.topic %}")[0]
    old["digest.html.j2"] = old["digest.html.j2"].replace('{% include "perhaps_alone.html.j2" %}\n', "")
    made = TEMPLATES.overlay()
    made.loader = DictLoader(old)
    made.cache = None
    html = render(perhaps_also(), made, archive_page=ARCHIVE).html
    assert "resembles by" not in html
    assert "Aid convoy burns" in html


def test_a_line_is_words_and_not_the_articles_own_claims() -> None:
    line = PerhapsLine(item=composed({SYRIA: [LINE]}).perhaps[0].lines[0].item, lacks=(), shared=())
    assert line.why == ""
    assert RUSSIA not in shown(composed({SYRIA: [LINE]}))
