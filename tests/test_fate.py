"""The findings of `why`, from facts: what the small house of test_why.py does not live through."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from editions import article, match

from monitor.config.places import place_of_group, place_of_key
from monitor.fate import (
    Asked,
    Cause,
    Finding,
    Mailed,
    Place,
    Stage,
    absent,
    answer,
    asked,
    best_headlines,
    came,
    days_around,
    judged,
    not_found,
    of_outlet,
    place_in,
    reached,
    remedy,
    title_words,
)
from monitor.match import TopicIndex
from monitor.model.article import Arrival
from monitor.model.delivery import DeliveryRecord, DeliveryState
from monitor.model.edition_input import Outage
from monitor.model.fate import Absence, DigestProgress, Fate, FatedMatch, FatedStory, FeedThen, ShownIn
from monitor.model.history import StoredMatch
from monitor.model.ids import ArticleId, DeliveryId, EditionId, FeedId, StoryId
from monitor.model.match import Document, Origin
from monitor.model.settings import DigestSettings, FeedSettings
from monitor.model.story import WordCounts
from monitor.model.topic import Rule, Topic

NOON = datetime(2016, 9, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ONE = article(7, "Aleppo truce")
DAILY = DigestSettings(name="Daily", to=("a@home.example",))
EDITION = EditionId(3)


def fated(
    origin: Origin = Origin.NEW, *, number: int = 9, at: datetime = NOON, stale: datetime | None = None
) -> FatedMatch:
    stored = StoredMatch(match=match("Truce", ONE), origin=origin, matched_at=at)
    return FatedMatch(id=9, stored=stored, stale_since=stale)


def shown(form: str, *, topic: str = "Truce", why: str = "") -> ShownIn:
    return ShownIn(edition_id=EDITION, digest="Daily", slot="2016-09-21", made_at=NOON, topic=topic, form=form, why=why)


def record(state: DeliveryState = DeliveryState.SENT, **changes: Any) -> DeliveryRecord:
    given = {
        "id": DeliveryId(1),
        "digest": "Daily",
        "slot": "2016-09-21",
        "recipient": "a@home.example",
        "message_id": "<1@x.example>",
        "state": state,
        "attempts": 1,
        "queued_at": NOON,
        "next_attempt_at": None,
        "finished_at": NOON,
        "answer": "250 ok",
        "repairs": None,
    }
    return DeliveryRecord(**{**given, **changes})


FATE = Fate(
    article=ONE,
    feed="Post",
    feed_url="https://post.example/rss",
    is_feed_configured=True,
    earlier=(),
    matches=(),
    shown=(),
    corrected=(),
    story=None,
    deliveries={},
    digests={"Daily": DigestProgress(configured_at=NOON - 9 * DAY, knew=0)},
)


def found_of(fate: Fate, **given: Any) -> list[Finding]:
    return list(reached(fate, given.get("digests", (DAILY,)), {}, given.get("mails", {}), ("Truce",)))


def causes(findings: list[Finding]) -> list[Cause]:
    return [each.cause for each in findings]


# ---- What is asked


@pytest.mark.parametrize(
    ("text", "number", "url", "is_address"),
    [
        ("4711", 4711, "", False),
        ("#4711", 4711, "", False),
        ("truce talks", None, "", False),
        ("post.example", None, "https://post.example/", False),
        ("post.example/a", None, "https://post.example/a", True),
        ("https://post.example:8443/a", None, "https://post.example:8443/a", True),
        ("post.example:8443/a", None, "https://post.example:8443/a", True),
        ("//post.example/a_(b)", None, "https://post.example/a_(b)", True),
        ("“https://post.example/a”", None, "https://post.example/a", True),
        ("javascript:alert(1)", None, "", False),
    ],
)
def test_what_a_text_can_be(text: str, number: int | None, url: str, *, is_address: bool) -> None:
    assert asked(text) == Asked(
        text=text, number=None if number is None else ArticleId(number), url=url, is_address=is_address
    )


def test_the_days_that_are_looked_at() -> None:
    week = (NOON - 7 * DAY, NOON)
    assert days_around(None, "https://x.example/story-123456789", NOON) == week
    assert days_around(None, "https://x.example/2016/02/31/a", NOON) == week, "no such day"
    assert days_around(None, "https://x.example/2030/01/01/a", NOON) == week, "not come yet"
    there = (datetime(2016, 9, 9, tzinfo=UTC), datetime(2016, 9, 12, tzinfo=UTC))
    for path in ("2016/09/10/a", "2016-09-10-a", "20160910/a", "2016/9/10/"):
        assert days_around(None, f"https://x.example/{path}", NOON) == there
    assert days_around(date(2016, 9, 10), "https://x.example/2016/01/01/a", NOON) == there
    assert days_around(NOON.date(), "", NOON)[1] == NOON


def test_which_headlines_have_the_words() -> None:
    titles = ["Ballots and bread", "Bread, and then élection", "Election bread", "Weather", "Elections"]
    headlines = [(ArticleId(n), title) for n, title in enumerate(titles)]
    assert best_headlines(headlines, "ELECTION bread") == (2, 1)
    assert best_headlines(headlines, "election riot") == (1, 2, 4), "half of the words"
    assert best_headlines(headlines, "lection") == (), "no beginning of a word"
    assert best_headlines(headlines, "…") == ()
    assert len(best_headlines([(ArticleId(n), "Bread") for n in range(30)], "bread")) == 10
    assert not_found(asked("no such words")).cause is Cause.NOT_FOUND


# ---- How it came


def test_how_an_article_came() -> None:
    late = replace(ONE, arrival=Arrival.LATE, published_at=None)
    earlier = ((NOON, ONE.title, "https://old.example/1"), (NOON, "Truce near", ONE.link))
    findings = list(came(replace(FATE, article=late, is_feed_configured=False, earlier=earlier), [ArticleId(8)]))
    edited = Cause.EDITED
    assert causes(findings) == [Cause.SEEN_LATE, Cause.FEED_REMOVED, Cause.STORED, edited, edited, Cause.SAME_PAGE]
    assert "without a credible date" in findings[0].sentence
    assert "headline was the same, its address https://old.example/1" in findings[3].sentence
    assert "“Truce near”." in findings[4].sentence
    assert "article 8" in findings[5].sentence
    (*_, last) = came(FATE, [ArticleId(8), ArticleId(9)])
    assert "articles 8, 9" in last.sentence


# ---- What topics make of it


def verdicts(topics: tuple[Topic, ...], fate: Fate = FATE, **document: Any) -> list[Finding]:
    index = TopicIndex(topics, {})
    read = Document(title=fate.article.title, text="", **document)
    said = [index.explain(each.name, read) for each in topics]
    return list(judged(fate, said, {each.name: each for each in topics}, NOON.date()))


def topic(name: str, *groups: tuple[str, ...], **rule: Any) -> Topic:
    return Topic(name=name, rules=(Rule(all=groups, **rule),))


@pytest.mark.parametrize(
    ("rule", "cause"),
    [
        (topic("T", ("Aleppo",), ("grain",)), Cause.LACKS_A_GROUP),
        (topic("T", ("Aleppo",), none=("truce",)), Cause.EXCLUDED),
        (topic("T", ("Aleppo",), at_least=2), Cause.TOO_FEW_MENTIONS),
        (topic("T", ("Aleppo",), ("markets",), near=2), Cause.TOO_FAR_APART),
        (topic("T", ("Aleppo",), ("markets",), is_pair=True), Cause.NOT_A_PAIR),
        (replace(topic("T", ("Aleppo",)), languages=("de",)), Cause.OTHER_LANGUAGE),
        (replace(topic("T", ("Aleppo",)), sources=("!Language Log",)), Cause.OTHER_SOURCE),
    ],
)
def test_why_a_topic_does_not_match(rule: Topic, cause: Cause) -> None:
    fate = replace(FATE, article=replace(ONE, title="Aleppo truce, and what it means for the markets"))
    (finding,) = verdicts((rule,), fate, language="en", outlet="Language Log")
    assert (finding.cause, finding.topic) == (cause, "T")
    assert answer([finding]).cause is cause


def test_the_nearest_topic_comes_first() -> None:
    far = topic("Far", ("grain",))
    near = topic("Near", ("Aleppo",), ("grain",))
    nearer = topic("Nearer", ("Aleppo",), none=("truce",))
    right = topic("Right", ("Aleppo",))
    found = verdicts((far, near, nearer, right), replace(FATE, matches=(fated(),)))
    assert [each.topic for each in found] == ["Right", "Nearer", "Near", "Far", "Truce"]
    assert found[-1].cause is Cause.TAKEN_BACK, "its topic is gone"
    assert [each.cause for each in verdicts(())] == [Cause.NO_TOPIC]


# ---- Where it was shown


@pytest.mark.parametrize(
    ("form", "cause"),
    [
        ("story", Cause.LISTED),
        ("also", Cause.FOLDED),
        ("passing", Cause.FOLDED),
        ("late", Cause.FOLDED),
        ("backfill", Cause.FOLDED),
        ("baseline", Cause.FOLDED),
        ("pointer", Cause.POINTER),
        ("muted", Cause.MUTED),
        ("perhaps", Cause.PERHAPS),
    ],
)
def test_each_form_has_its_words(form: str, cause: Cause) -> None:
    fate = replace(FATE, shown=(shown(form, why="resembles by: bread"),), deliveries={EDITION: (record(),)})
    findings = found_of(fate)
    assert causes(findings) == [Cause.NOT_GROUPED, cause, Cause.SENT]
    assert answer(findings).cause is cause
    assert ("resembles by: bread" in findings[1].sentence) is (form == "perhaps")


def test_a_perhaps_line_uses_nothing_up() -> None:
    fate = replace(FATE, shown=(shown("perhaps"),), matches=(fated(),), deliveries={EDITION: ()})
    assert causes(found_of(fate)) == [Cause.NOT_GROUPED, Cause.PERHAPS, Cause.WAITING, Cause.NO_RECIPIENTS]


def test_where_in_the_mail_it_is() -> None:
    full = Mailed(text=f"x\n * {ONE.title}\n   {ONE.link}\n", has_attachment=True)
    places = {
        Place.IN_FULL: full,
        Place.HEADLINE: replace(full, text=f"x\r\n     {ONE.link}\r\n"),
        Place.IN_TEXT: replace(full, text="x Aleppo\n   \u2068truce\u2069 y"),
        Place.ATTACHMENT: replace(full, text="nothing"),
        Place.ARCHIVE: replace(full, text="nothing", has_attachment=False),
        Place.UNKNOWN: replace(full, text=" "),
    }
    for place, mailed in places.items():
        assert place_in(mailed, ["", ONE.link], ["", ONE.title]) is place
    assert place_in(replace(full, is_shipped=False), [ONE.link], []) is Place.IN_TEXT
    assert place_in(None, [ONE.link], []) is Place.UNKNOWN


def test_what_had_no_room_is_said_but_not_of_copies() -> None:
    mails = {EDITION: Mailed(text="nothing", has_attachment=False)}
    sent = {EDITION: (record(),)}
    lost = found_of(replace(FATE, shown=(shown("story"),), deliveries=sent), mails=mails)
    assert answer(lost).cause is Cause.IN_ARCHIVE
    assert "it is on the archive page" in lost[1].sentence
    copy = found_of(replace(FATE, shown=(shown("also"),), deliveries=sent), mails=mails)
    assert answer(copy).cause is Cause.FOLDED


def test_a_correction_is_said() -> None:
    findings = found_of(replace(FATE, corrected=(shown("correction", topic=""),)))
    assert causes(findings) == [Cause.CORRECTED]


def test_its_story() -> None:
    story = FatedStory(id=StoryId(5), title="First news", articles=2, outlets=1, muted_at=None)
    fate = replace(FATE, matches=(fated(),), story=story)
    assert found_of(fate)[0].sentence == "Story 5: 2 articles from 1 outlet; it begins with “First news”."
    muted = found_of(replace(fate, story=replace(story, id=StoryId(7), muted_at=NOON)))
    assert (muted[0].cause, answer(muted).cause) == (Cause.MUTED, Cause.MUTED)
    assert "it begins with this article" in muted[0].sentence


def test_what_digests_do_with_a_match_that_is_not_listed() -> None:
    old = replace(ONE, is_mailable=False)

    def of(one: FatedMatch, fate: Fate = FATE, **digest: Any) -> tuple[Cause, str]:
        (_, finding) = found_of(replace(fate, matches=(one,)), digests=(replace(DAILY, **digest),))
        return finding.cause, finding.sentence

    assert of(fated())[0] is Cause.WAITING
    known = replace(FATE, digests={"Daily": DigestProgress(configured_at=NOON - 9 * DAY, knew=9)})
    assert "found later" in of(fated(), known)[1]
    assert of(fated(), replace(FATE, digests={}))[0] is Cause.WAITING, "a digest that no daemon has seen yet"
    assert of(fated(at=NOON - 20 * DAY))[0] is Cause.BEFORE_THE_DIGEST
    assert of(fated(Origin.BASELINE))[0] is Cause.BEFORE_THE_DIGEST
    there = replace(FATE, article=old)
    assert of(fated(Origin.BASELINE), there)[0] is Cause.COUNTED_AT_FIRST_POLL
    assert of(fated(Origin.BASELINE), there, baseline="list")[0] is Cause.WAITING
    for none in ({"enabled": False}, {"kind": "roll-up"}, {"topics": ("Other",)}):
        assert of(fated(), **none)[0] is Cause.IN_NO_DIGEST
    assert causes(found_of(replace(FATE, matches=(fated(stale=NOON),)))) == [Cause.NOT_GROUPED]


def test_the_messages_of_an_edition() -> None:
    waiting = record(DeliveryState.QUEUED, next_attempt_at=NOON, finished_at=None, answer="", repairs=DeliveryId(4))
    fate = replace(FATE, shown=(shown("story"),), deliveries={EDITION: (waiting,)})
    findings = found_of(fate)
    expected = "Daily/2016-09-21 to a@home.example (a copy): queued; next attempt 2016-09-21 12:00 UTC"
    assert (findings[-1].sentence, answer(findings).cause) == (expected, Cause.NOT_SENT_YET)
    many = found_of(replace(fate, deliveries={EDITION: (record(DeliveryState.DEAD),) * 12}))
    assert many[-1].sentence == "Daily/2016-09-21: 2 more messages; `deliveries list` has them."
    assert answer(many).cause is Cause.NOT_DELIVERED
    unwanted = record(DeliveryState.CANCELLED, answer="paused: the recipient paused these messages on 2016-09-01")
    paused = found_of(replace(fate, deliveries={EDITION: (unwanted,)}))
    assert answer(paused).cause is Cause.PAUSED
    assert "paused: the recipient paused these messages on 2016-09-01" in paused[-1].sentence


# ---- What was never seen

FEED = FeedThen(
    id=FeedId(1),
    name="Post",
    url="https://post.example/rss",
    former_urls=(),
    is_configured=True,
    is_of_outlet=True,
    baseline_at=NOON - 90 * DAY,
    failing_since=None,
    reason="",
    paused_at=None,
    seen_at=(),
    polls=20,
    failures=0,
    last_failure="",
    new=3,
    gap_since=None,
    gap_until=None,
    left_out=0,
    refused=0,
)
ABSENCE = Absence(since=NOON - 7 * DAY, until=NOON, dropped=(), feeds=(FEED,), outages=())


def why_not(feed: FeedThen = FEED, now: datetime = NOON, **absence: Any) -> list[Finding]:
    return list(absent(replace(ABSENCE, feeds=(feed,), **absence), "post.example", 100, now))


QUIET = tuple(NOON - DAY * days for days in range(30, 12, -1))


@pytest.mark.parametrize(
    ("changes", "cause", "words"),
    [
        ({}, Cause.NOT_IN_FEED, "20 polls then brought 3 new articles, and not this one"),
        ({"former_urls": ("https://old.example/rss",)}, Cause.NOT_IN_FEED, "also known as https://old.example/rss"),
        ({"failures": 2, "last_failure": "timed out."}, Cause.FEED_FAILED, "2 of 20 polls failed then: timed out."),
        ({"failures": 2, "failing_since": NOON}, Cause.FEED_FAILED, "failing since 2016-09-21"),
        ({"gap_since": NOON - DAY, "gap_until": NOON}, Cause.GAP, "a gap between 2016-09-20 12:00 UTC and"),
        ({"left_out": 7}, Cause.LEFT_OUT, "7 items beyond the first 100"),
        ({"refused": 1}, Cause.REFUSED, "1 item had nothing to store"),
        ({"seen_at": QUIET}, Cause.FEED_SILENT, "nothing new since 2016-09-08"),
        ({"polls": 0}, Cause.NOT_POLLED, "not polled in that time"),
        ({"paused_at": NOON - DAY}, Cause.NOT_POLLED, "its publisher says that it is gone"),
        ({"is_configured": False}, Cause.NOT_POLLED, "not in the config any more"),
        ({"baseline_at": NOON + DAY}, Cause.FEED_IS_NEW, "first read on 2016-09-22"),
        ({"baseline_at": None, "reason": "HTTP 403"}, Cause.FEED_IS_NEW, "never read so far; HTTP 403."),
    ],
)
def test_what_a_feed_did_then(changes: dict[str, Any], cause: Cause, words: str) -> None:
    findings = why_not(replace(FEED, **changes))
    assert answer(findings).cause is cause
    assert any(words in each.sentence for each in findings)


def test_a_feed_that_its_owner_has_paused_has_not_left_the_config() -> None:
    (_, polled, finding) = absent(
        replace(ABSENCE, feeds=(replace(FEED, is_configured=False),)), "post.example", 100, NOON, [FEED.url]
    )
    assert (polled.cause, finding.cause) == (Cause.NOT_POLLED, Cause.NOT_POLLED)
    assert "paused by you (enabled = false), so it is not polled" in finding.sentence


def test_what_is_too_long_ago_is_not_known() -> None:
    (_, finding) = why_not(replace(FEED, polls=0), now=NOON + 100 * DAY)
    assert finding.cause is Cause.NOT_REMEMBERED


def test_outages_and_many_feeds() -> None:
    outages = (Outage(since=NOON - DAY, until=NOON), Outage(since=NOON, until=None))
    findings = list(absent(replace(ABSENCE, feeds=(FEED,) * 12, outages=outages), "post.example", 9, NOON))
    assert [each.sentence for each in findings[1:3]] == [
        "No server could be reached from 2016-09-20 12:00 UTC to 2016-09-21 12:00 UTC.",
        "No server could be reached from 2016-09-21 12:00 UTC on.",
    ]
    assert "2 more feeds" in findings[-1].sentence
    assert answer(findings).cause is Cause.OUTAGE


def test_a_feed_that_is_switched_off_is_named() -> None:
    (_, finding) = absent(replace(ABSENCE, feeds=()), "post.example", 9, NOON, ["https://post.example/off"])
    assert finding.cause is Cause.NOT_POLLED
    assert "https://post.example/off" in finding.sentence


def test_which_feeds_are_of_an_outlet() -> None:
    own = FeedSettings(url="https://feeds.coastwire.example/a", publisher="Quay House")
    group = FeedSettings(url="https://other.example/a", publisher="Quay House")
    named = FeedSettings(url="https://burner.example/a", outlet="Coast Wire")
    stranger = FeedSettings(url="https://stranger.example/a")
    assert of_outlet((own, group, named, stranger), "coastwire.example") == (own, group, named)
    assert of_outlet((stranger,), "coastwire.example") == ()


# ---- What would fix it


def offer(rule: Topic, title: str, counts: WordCounts = WordCounts(), **document: Any) -> Any:  # noqa: B008 (frozen)
    read = Document(title=title, text="", **document)
    return remedy(rule, {}, read, TopicIndex([rule], {}).explain(rule.name, read), counts)


def test_terms_are_words_of_the_headline_that_help() -> None:
    rule = topic("T", ("Aleppo",), ("truce",), none=("podcast",))
    counts = WordCounts(
        articles=100_000,
        words={"lorry": 5, "ngo": 5_000, "shaky": 9_000, "calm": 19_000, "drivers": 50_000, "accord": 60_000},
    )
    found = offer(rule, "Shaky Calm Accord in Aleppo: 2016 lorry drivers, 9 NGO us", counts)
    assert found.terms == ("Calm Accord", "lorry", "NGO", "Shaky", "Calm")
    assert (found.key, found.rule, found.group, found.is_enough) == ("all", 0, 1, True)
    assert offer(rule, "Aleppo truce") is None
    assert offer(rule, "Podcast: grain").is_enough is False
    assert offer(rule, "Podcast: grain").terms == ("Podcast", "grain")
    assert title_words("Grain, GRAIN") == {"grain"}
    assert offer(topic("T", ("grain",), within="headline"), "of us").terms == ()


def test_other_keys_are_offered_with_what_they_would_be() -> None:
    title = "Aleppo truce, and what it means for the markets"
    assert offer(topic("T", ("Aleppo",), ("markets",), near=2), title).number == 8
    assert offer(topic("T", ("Aleppo",), at_least=2), title).number == 1
    assert offer(topic("T", ("Aleppo",), none=("truce",)), title).terms == ("truce",)
    assert offer(topic("T", ("Aleppo",), ("markets",), is_pair=True), title).key == "pair"
    assert offer(replace(topic("T", ("Aleppo",)), languages=("de",)), title, language="en").key == "languages"
    assert offer(replace(topic("T", ("Aleppo",)), sources=("!Post",)), title, outlet="Post").key == "sources"


TOML = """# "truce" is a word
[[topics]]
name = "Bare name"

[[topics]]
name = "T"
all = ["Aleppo", ['truce', "cease \\"fire\\""], [
    "grain",  # "grain"
]]
near = 9
none = ["x"]
[[topics.rule]]
any = ["a", "b"]
at_least = 2
"""


@pytest.mark.parametrize(
    ("rule", "group", "line", "proposed"),
    [
        (0, 0, 7, """all = [["Aleppo", "n\\"w"], ['truce', "cease \\"fire\\""], ["""),
        (0, 1, 7, """all = ["Aleppo", ['truce', "cease \\"fire\\"", "n\\"w"], ["""),
        (0, 2, 8, '''"grain", "n\\"w",  # "grain"'''),
        (1, 0, 13, """any = ["a", "b", "n\\"w"]"""),
    ],
)
def test_the_line_of_a_group_is_found_and_written_with_the_term(
    tmp_path: Path, rule: int, group: int, line: int, proposed: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(TOML, "utf-8")
    found = place_of_group([file], "T", rule, group, 'n"w')
    assert found is not None
    assert (found.line, found.proposed) == (line, proposed)
    assert found.written == TOML.splitlines()[line - 1].strip()


@pytest.mark.parametrize("group", ["""["\""many\"""]""", """[\n"\\u006dany"\n]""", """["many", "x"] # "x"]"""])
def test_a_line_is_proposed_only_if_it_means_that(tmp_path: Path, group: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[[topics]]\nname = "T"\nany = {group}\n', "utf-8")
    found = place_of_group([file], "T", 0, 0, "new")
    assert found is not None
    assert found.proposed in ("", """any = ["many", "x", "new"] # "x"]""")


def test_no_term_is_made_of_what_would_mean_something_else() -> None:
    rule = topic("T", ("Aleppo",), ("truce",))
    found = offer(rule, "In Aleppo Author: Jones *Wars* (Tale title:Podcast " + "x" * 300)
    assert not any(set(term) & set(':*(@"') for term in found.terms)


def test_a_topic_of_an_included_file_has_its_line_there(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("config.toml", "not-there.toml", "topics.toml")]
    files[0].write_text('[[topics]]\nname = "Other"\n', "utf-8")
    files[2].write_text(TOML, "utf-8")
    near = place_of_key(files, "T", 0, "near")
    assert near is not None
    assert (near.file, near.line) == (files[2], 10)


def test_what_is_not_written_has_no_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(TOML, "utf-8")
    assert place_of_group([file], "Bare name", 0, 0, "new") is None
    assert place_of_group([file], "Other", 0, 0, "new") is None
    assert place_of_key([file], "Other", 0, "near") is None
    assert place_of_key([file], "T", 0, "languages") is None
    near, at_least = place_of_key([file], "T", 0, "near"), place_of_key([file], "T", 1, "at_least")
    assert near is not None
    assert at_least is not None
    assert (near.line, near.written, at_least.line) == (10, "near = 9", 14)
    none = place_of_key([file], "T", 1, "none")
    assert none is not None
    assert none.line == 11, "the topic's own, which all its rules share"


def test_a_finding_of_a_topic_is_the_answer_if_there_is_no_other() -> None:
    lone = Finding(stage=Stage.TOPIC, cause=Cause.NO_TOPIC, sentence="")
    assert answer([lone]).cause is Cause.NO_TOPIC


@pytest.mark.parametrize(
    ("drafted", "is_dropped", "said"),
    [
        (8, False, "its draft was made before this came, so the edition after it will"),
        (9, False, "its draft waits for a person (`digest review`)."),
        (9, True, "its draft waits for a person (`digest review`), from which it has been dropped."),
    ],
)
def test_what_waits_in_a_draft_says_so(drafted: int, is_dropped: bool, said: str) -> None:  # noqa: FBT001 (a column)
    waits = DigestProgress(configured_at=NOON - 9 * DAY, knew=0, drafted=drafted, is_dropped=is_dropped)
    fate = replace(FATE, matches=(fated(),), shown=(), digests={"Daily": waits})
    found = list(reached(fate, (DAILY,), {"Daily": NOON}, {}, ["Truce"]))
    assert any(said in each.sentence for each in found if each.cause is Cause.WAITING)


def test_what_was_dropped_by_hand_is_the_answer() -> None:
    fate = replace(FATE, matches=(fated(),), shown=(shown("dropped"),))
    found = list(reached(fate, (DAILY,), {"Daily": NOON}, {}, ["Truce"]))
    assert Cause.DROPPED_BY_HAND in [each.cause for each in found]
    assert answer(found).cause is Cause.DROPPED_BY_HAND
