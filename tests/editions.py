"""Material for editions, in our own words with invented outlets: an ordinary day, an empty one, a
flood, hostile titles, three days of catch-up with one topic that changed, and a topic that explodes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from monitor.digest import compose, compose_rollup, day_bounds
from monitor.model.article import Arrival, Article
from monitor.model.edition import Edition
from monitor.model.edition_input import (
    BaselineFacts,
    BaselineMatch,
    Candidate,
    Coverage,
    Edit,
    EditionInput,
    FeedGap,
    FeedMove,
    FeedTrouble,
    LeftOut,
    Outage,
    PreviousEdition,
    Resemblances,
    Slot,
    StoryFacts,
)
from monitor.model.ids import ArticleId, FeedId, StoryId
from monitor.model.match import Evidence, Field, Match, Origin, Tier
from monitor.model.perhaps import Resembling
from monitor.model.rollup import RollUp, Tuning, WeekFacts, WeekMatch
from monitor.model.settings import DigestSettings
from monitor.model.silence import FeedSightings
from monitor.model.topic import Rule, Topic

NOW = datetime(2016, 9, 21, 6, 0, 12, tzinfo=UTC)
"""07:00 in London."""
NEVER = datetime.min.replace(tzinfo=UTC)

DAILY = DigestSettings(name="Daily", to=("reader@home.example",), at=time(7), timezone="Europe/London")
SLOT = Slot(day=date(2016, 9, 21), due_at=datetime(2016, 9, 21, 6, tzinfo=UTC))


def days_before(days: int) -> tuple[Slot, ...]:
    """The slots of so many days before, as `SLOT` covers them after downtime."""
    back = [timedelta(days=number) for number in range(days, 0, -1)]
    return tuple(replace(SLOT, day=SLOT.day - each, due_at=SLOT.due_at - each) for each in back)


SYRIA, RUSSIA, GAZA = "Syria ceasefire", "US-Russia coordination", "Gaza aid"
GOOD = Coverage(feeds=42, feeds_ok=42, articles_read=1318)
YESTERDAY = PreviousEdition(slot="2016-09-20", made_at=NOW - timedelta(days=1))


def topic(name: str, *, priority: int = 1, enabled: bool = True) -> Topic:
    return Topic(name=name, rules=(Rule(all=(("x",),)),), priority=priority, enabled=enabled)


TOPICS = (topic(SYRIA), topic(RUSSIA), topic(GAZA, priority=2))


def article(
    number: int,
    title: str,
    text: str = "",
    *,
    outlet: str = "Harbour Post",
    hours_ago: float = 5,
    seen_hours_ago: float | None = None,
    language: str = "en",
    link: str | None = None,
    is_mailable: bool = True,
    author: str = "",
) -> Article:
    """An article dated `hours_ago` before the edition, and seen then or at another time."""
    return Article(
        id=ArticleId(number),
        feed_id=FeedId(1),
        key=f"guid:{number}",
        link=f"https://{_host(outlet)}.example/{number}" if link is None else link,
        title=title,
        text=text,
        outlet=outlet,
        language=language,
        published_at=NOW - timedelta(hours=hours_ago),
        first_seen_at=NOW - timedelta(hours=hours_ago if seen_hours_ago is None else seen_hours_ago),
        arrival=Arrival.NEW,
        is_mailable=is_mailable,
        author=author,
    )


def _host(outlet: str) -> str:
    """Each outlet has a domain of its own, and so a publisher; that of most is `news.example`."""
    name = "news" if outlet == "Harbour Post" else re.sub(r"[^a-z0-9]+", "-", outlet.lower()).strip("-")
    return name or f"x{sum(map(ord, outlet))}"


def match(about: str, of: Article, hits: Sequence[tuple[str, str]] = (), tier: Tier = Tier.HEADLINE) -> Match:
    """A match proved by the first place of each (term, words found), one group per hit."""
    evidence = tuple(_evidence(of, group, term, found) for group, (term, found) in enumerate(hits))
    return Match(topic=about, rule=0, tier=tier, evidence=evidence, fingerprint="f00d")


def _evidence(of: Article, group: int, term: str, found: str) -> Evidence:
    place: Field = "title" if found in of.title else "text"
    start = getattr(of, place).index(found)
    return Evidence(group=group, term=term, found=found, field=place, start=start, end=start + len(found))


@dataclass
class Desk:
    """Collects candidates and stories into the material of an edition."""

    candidates: list[Candidate] = field(default_factory=list)
    stories: dict[int, list[Article]] = field(default_factory=dict)
    told_at: dict[int, datetime] = field(default_factory=dict)

    def add(
        self,
        *articles: Article,
        about: Iterable[str] = (SYRIA,),
        hits: Sequence[tuple[str, str]] = (),
        tier: Tier = Tier.HEADLINE,
        origin: Origin = Origin.NEW,
        unmatched: Sequence[Article] = (),
        told_at: datetime | None = None,
    ) -> "Desk":
        """One story of these articles, of which `unmatched` are no candidates."""
        story = StoryId(articles[0].id)
        self.stories[story] = [*unmatched, *articles]
        if told_at:
            self.told_at[story] = told_at
        for name in about:
            for one in articles:
                proof = match(name, one, hits if one is articles[0] else (), tier)
                self.candidates.append(Candidate(article=one, match=proof, origin=origin, story_id=StoryId(story)))
        return self

    def join(self, story: int, *articles: Article, about: Iterable[str], **match_: Any) -> "Desk":
        """More articles of a story, which match other topics."""
        others = Desk().add(*articles, about=about, **match_)
        self.stories[story] += articles
        self.candidates += [replace(candidate, story_id=StoryId(story)) for candidate in others.candidates]
        return self

    def edition_input(
        self,
        *,
        coverage: Coverage = GOOD,
        previous: PreviousEdition | None = YESTERDAY,
        told_under: dict[int, str] | None = None,
        last_match: dict[str, datetime] | None = None,
        daily: Mapping[str, Sequence[int | None]] = MappingProxyType({}),
        sightings: Sequence[FeedSightings] = (),
    ) -> EditionInput:
        facts = {
            StoryId(number): StoryFacts(
                id=StoryId(number),
                first_seen_at=min(one.first_seen_at for one in articles),
                articles=tuple(articles),
                shown_at=self.told_at.get(number),
                listed=frozenset(one.id for one in articles if one.first_seen_at <= self.told_at.get(number, NEVER)),
            )
            for number, articles in self.stories.items()
        }
        return EditionInput(
            candidates=tuple(self.candidates),
            stories=facts,
            coverage=replace(coverage, since=previous.made_at if previous else None),
            previous=previous,
            listed_under={ArticleId(number): topic for number, topic in (told_under or {}).items()},
            last_match=last_match or {},
            daily={name: tuple(days) for name, days in daily.items()},
            sightings=tuple(sightings),
        )


def edition_of(
    edition_input: EditionInput,
    topics: Sequence[Topic] = TOPICS,
    *,
    digest: DigestSettings = DAILY,
    kind: str = "scheduled",
    slot: Slot | None = SLOT,
    now: datetime = NOW,
) -> Edition:
    label, next_at = f"{slot.day}" if slot else f"{now:%Y-%m-%dT%H:%M:%SZ}", SLOT.due_at + timedelta(days=1)
    return compose(edition_input, digest, topics, kind=kind, slot=slot, label=label, now=now, next_at=next_at)


CONVOY = (
    "Trucks of a relief convoy burned through the night on the road west of Aleppo, hours after the Syrian army "
    "declared the cease-fire over. Volunteers counted eighteen wrecked lorries out of thirty-one. The supplies were "
    "meant for seventy-eight thousand people, and none of them has been reached since the spring."
)
FROZEN = (
    "The plan for a shared operations room is on ice. Officers who were to trade target lists with their Russian "
    "counterparts have been told to wait until the cease-fire in Syria is kept for seven days in a row, which it "
    "has not been for one."
)


def ordinary_day() -> Edition:
    desk = Desk()
    convoy = article(
        1, "Aid convoy burns near Aleppo and the UN halts deliveries", CONVOY, outlet="Meridian Wire", hours_ago=8.7
    )
    copies = [
        article(
            2, "Convoy hit near Aleppo, UN halts deliveries", CONVOY, outlet="Harbour Post", hours_ago=8, author="AFP"
        ),
        article(3, "Relief trucks burn; deliveries halted", CONVOY, outlet="Northern Ledger", hours_ago=7),
    ]
    others = [
        article(number, "Convoy hit", CONVOY, outlet=name, hours_ago=6.5, link=f"https://{host}.example/{number}")
        for number, name, host in (
            (4, "Continental Desk", "continental-desk"),
            (5, "Quay Radio", "northern-ledger"),
            (6, "The Lantern", "northern-ledger"),
        )
    ]
    blame = article(
        8,
        "Moscow and Washington blame each other for the burned convoy",
        "Both capitals said that the other had broken the plan which their officers keep together.",
        outlet="Island Times",
        hours_ago=5,
    )
    hits = [("Aleppo", "Aleppo"), ("ceasefire", "cease-fire")]
    desk.add(
        convoy,
        *copies,
        *others,
        unmatched=[article(9, "First trucks wait", outlet="Meridian Wire", hours_ago=31)],
        hits=hits,
    )
    desk.join(1, blame, about=(RUSSIA,), hits=[("Russia*", "Moscow"), ("US", "Washington")])
    desk.add(
        article(
            11,
            "U.S. freezes its plan for a joint operations room with Russia",
            FROZEN,
            outlet="Continental Desk",
            hours_ago=3.2,
        ),
        article(12, "Joint room with Moscow put on hold", FROZEN, outlet="Meridian Wire", hours_ago=3),
        about=(SYRIA, RUSSIA),
        hits=[("Russia*", "Russia"), ("US", "U.S."), ("ceasefire", "cease-fire")],
    )
    desk.add(
        article(
            21,
            "Envoys meet in New York as the truce frays",
            "Both foreign ministers left by separate doors. Nobody called the truce dead, and nobody said "
            "that it is alive; the Syrian file is back on the table on Thursday.",
            outlet="Quay Radio",
            hours_ago=10,
        ),
        tier=Tier.LEAD,
        hits=[("@truce", "truce"), ("Syria*", "Syrian")],
    )
    desk.add(
        article(
            31,
            "هدنة سوريا تنهار بعد أسبوع",
            "أعلن الجيش انتهاء الهدنة مساء الاثنين، وعادت الغارات على حلب خلال ساعات.",
            outlet="صوت الميناء",
            hours_ago=9,
            language="ar",
        ),
        hits=[("هدنة", "هدنة"), ("سوريا", "سوريا")],
    )
    desk.add(
        article(
            41,
            "Markets wrap: oil up, lira down",
            "Traders shrugged off the end of the Syrian truce.",
            outlet="The Ledger",
            hours_ago=12,
        ),
        tier=Tier.PASSING,
        hits=[("Syria*", "Syrian"), ("truce", "truce")],
    )
    desk.add(
        article(
            51,
            "What a week of quiet looked like in Aleppo",
            "Bakers reopened. Then the cease-fire ended.",
            outlet="The Lantern",
            hours_ago=330,
            seen_hours_ago=4,
        ),
        origin=Origin.LATE,
        hits=[("Aleppo", "Aleppo")],
    )
    desk.add(
        article(61, "Convoy hit near Aleppo, UN halts deliveries", CONVOY, outlet="Island Times", hours_ago=2),
        unmatched=[article(60, "Generals speak by telephone about crowded skies", hours_ago=40)],
        about=(RUSSIA,),
        told_at=NOW - timedelta(days=1),
    )
    gone = article(
        70, "Three hospitals shut after raids on the city's east", "Doctors moved patients to cellars.", hours_ago=33
    )
    desk.add(
        article(
            71,
            "A fourth hospital closes in eastern Aleppo",
            "Staff carried the last patients out at noon. The cease-fire had kept the wards open for six days.",
            outlet="Northern Ledger",
            hours_ago=6,
        ),
        unmatched=[gone],
        hits=[("Aleppo", "Aleppo"), ("ceasefire", "cease-fire")],
        told_at=NOW - timedelta(days=1),
    )
    trouble = (
        FeedTrouble(
            name="Valley Herald",
            url="https://valley.example/rss",
            reason="HTTP 410 (Gone)",
            since=NOW - timedelta(days=3),
        ),
        FeedTrouble(
            name="The Lantern", url="https://lantern.example/rss", reason="timed out", since=NOW - timedelta(hours=20)
        ),
    )
    coverage = Coverage(
        feeds=42,
        feeds_ok=40,
        articles_read=1318,
        failing=trouble,
        gaps=(
            FeedGap(
                name="Ticker",
                url="https://ticker.example/rss",
                times=3,
                since=NOW - timedelta(hours=11),
                until=NOW - timedelta(hours=2),
            ),
        ),
        left_out=(LeftOut(name="The Attic", url="https://attic.example/all", articles=45_000),),
        moved=(FeedMove(name="Old Mill", url="http://mill.example/rss", to="https://mill.example/feed"),),
        outages=(Outage(since=NOW - timedelta(hours=8), until=NOW - timedelta(hours=7)),),
    )
    edition_input = desk.edition_input(
        coverage=coverage,
        last_match={GAZA: NOW - timedelta(days=5)},
        told_under={61: RUSSIA},
        daily={
            SYRIA: (4, 3, 5, 2, 4, 4, 6, 3, 5, 4, 3, 6, 7, 5, 5),
            RUSSIA: (2, 1, 0, 1, 2, 1, 1, 3, 0, 1, 2, 1, 1, 2, 1),
            GAZA: (2, 1, 2, 0, 3, 2, 1, 1, 4, 1, 0, 0, 0, 0, 0),
        },
        sightings=[
            FeedSightings(
                name="Outlet G",
                url="https://outlet-g.example/rss",
                seen_at=tuple(NOW - timedelta(days=9, hours=4 * number) for number in range(12, -1, -1)),
            )
        ],
    )
    return edition_of(edition_input)


def one_topic_explodes() -> Edition:
    """Twenty-two stories on a topic that usually has three a day, and one story each on two others."""
    desk = Desk()
    for number, (title, text) in enumerate(EXPLOSION, 1):
        carriers = [
            article(100 * number + each, title, text, outlet=f"Outlet {chr(64 + each)}", hours_ago=12 - number / 3)
            for each in range(1, 1 + max(9 - number, 1))
        ]
        hits = [("Aleppo", "Aleppo")] if "Aleppo" in title else [("ceasefire", "cease-fire")]
        desk.add(*carriers, hits=hits)
    russia = article(
        3001, "Moscow and Washington keep the hotline open", "Officers still call twice a day.", hours_ago=7
    )
    desk.add(russia, about=(RUSSIA,), hits=[("Russia*", "Moscow")])
    gaza = article(3002, "Fishing zone off Gaza is widened again", "Boats may go nine miles out.", hours_ago=6)
    desk.add(gaza, about=(GAZA,), hits=[("Gaza", "Gaza")])
    usual = (3, 2, 4, 3, 3, 2, 5, 3, 2, 3, 4, 2, 3, 3)
    few = (1, 0, 2, 1, 1, 0, 1, 2, 1, 0, 1, 1, 2, 1)
    daily = {SYRIA: (*usual, len(EXPLOSION)), RUSSIA: (*few, 1), GAZA: (*few[::-1], 1)}
    return edition_of(desk.edition_input(daily=daily))


PLACES = ("the citadel", "the old bazaar", "the ring road", "the water works", "the university", "the grain silos")
EXPLOSION = (
    ("Cease-fire declared dead as shelling returns to Aleppo", "The army said that it would no longer hold its fire."),
    ("Aleppo loses power and water within one hour", "Engineers blame a strike on the main line."),
    ("Thousands leave eastern Aleppo on foot", "Families carried what they could along the river."),
    ("UN envoy calls the end of the truce a disaster", "He said that the cease-fire had saved hundreds of lives."),
    *(
        (f"Strike near {place} of Aleppo, hour {hour}", f"Rescuers reached {place} after dark. The cease-fire is over.")
        for hour, place in enumerate(PLACES * 3, 1)
    ),
)


def empty_day() -> Edition:
    daily = {SYRIA: (1, 2, 1, 1, 3, 2, 0, 1, 2, 1, 1, 0, 0, 0, 0), RUSSIA: (*(None,) * 12, 0, 0, 0), GAZA: (0,) * 15}
    last_match = {SYRIA: NOW - timedelta(days=4), GAZA: NOW - timedelta(days=19)}
    return edition_of(Desk().edition_input(last_match=last_match, daily=daily))


def first_day() -> Edition:
    """The first edition of a digest: some of what its feeds held is news, and most of it is not."""
    desk = Desk().add(
        article(1, "Guns fall silent north of Hama as a truce takes hold", outlet="Meridian Wire", hours_ago=7)
    )
    desk.add(article(2, "Mediators extend the Aleppo truce by two days", outlet="Quay Radio", hours_ago=11))
    there = [(1, SYRIA, True), (2, SYRIA, True), *((n, SYRIA, False) for n in range(3, 8)), (8, RUSSIA, False)]
    baseline = BaselineFacts(
        feeds=("Meridian Wire", "Quay Radio"),
        is_all=True,
        articles=56,
        matches=tuple(BaselineMatch(article_id=ArticleId(n), topic=name, is_fresh=is_new) for n, name, is_new in there),
    )
    edition_input = desk.edition_input(previous=None, last_match={SYRIA: NOW, RUSSIA: NOW - timedelta(days=3)})
    return edition_of(replace(edition_input, baseline=baseline))


def corrected_day() -> Edition:
    """A day with one story, after which three that were told before are otherwise; the corrections must stay small."""
    desk = Desk().add(
        article(1, "Guns fall silent north of Hama as a truce takes hold", outlet="Meridian Wire", hours_ago=7)
    )
    yesterday = NOW - timedelta(days=1)
    note = "Editor's note: An earlier version of this article gave the number of lorries as eighty."
    edits = (
        edit(
            article(91, "KILL: General steps down over the convoy", outlet="Quay Radio", hours_ago=30),
            "General steps down over the convoy",
            shown_at=yesterday,
        ),
        edit(
            article(92, "Eighteen lorries burn near Aleppo", f"They burned at night. {note}", hours_ago=28),
            "Eighteen lorries burn near Aleppo",
            "They burned at night.",
            shown_at=yesterday,
        ),
        edit(
            article(93, "إصابة عمال في انفجار بمصنع قرب حمص", outlet="صوت الميناء", language="ar", hours_ago=27),
            "إصابة عمال في انفجار بمصنع قرب حماة",
            shown_at=yesterday - timedelta(days=2),
        ),
    )
    edition_input = desk.edition_input(last_match={RUSSIA: NOW - timedelta(days=3), GAZA: NOW - timedelta(days=2)})
    return edition_of(replace(edition_input, edits=edits))


def edit(
    of: Article, title: str, text: str = "", *, shown_at: datetime = NOW, topics: Sequence[str] = (SYRIA,)
) -> Edit:
    """Of an article as it is now; `title` and `text` are the words that were shown."""
    return Edit(article=of, title=title, text=text, shown_at=shown_at, topics=tuple(topics))


def flood() -> Edition:
    """300 matches in English, Arabic and Japanese."""
    desk = Desk()
    english = (
        "Shelling resumes in district {} of the city",
        (
            "Residents of district {} counted the blasts until dawn. The cease-fire had held there for six days, "
            "longer than anywhere else on the front; people had begun to mend their windows again."
        ),
        "en",
    )
    arabic = (
        "القصف يتجدد في الحي {} من المدينة",
        (
            "أحصى سكان الحي {} الانفجارات حتى الفجر. صمدت الهدنة هناك ستة أيام، "
            "وهي مدة أطول من أي مكان آخر على الجبهة، وكان الناس قد بدأوا إصلاح نوافذهم من جديد."
        ),
        "ar",
    )
    japanese = (
        "市内第{}地区で砲撃が再開、停戦は崩壊か",
        "第{}地区の住民は夜明けまで爆発音を数えた。停戦は前線のどこよりも長く六日間続き、人々は窓の修理を始めていたところだった。",
        "ja",
    )
    for number in range(300):
        title, text, language = (english, arabic, japanese)[number % 3]
        about = (SYRIA, RUSSIA, GAZA)[number % 2 :: 2] if number % 10 == 0 else ((SYRIA, RUSSIA, GAZA)[number // 100],)
        one = article(
            1000 + number,
            title.format(number),
            text.format(number),
            outlet=f"Outlet {number % 17}",
            hours_ago=1 + number / 20,
            language=language,
        )
        tier = (Tier.HEADLINE, Tier.LEAD, Tier.PASSING)[number % 7 // 3]
        truce = {"en": "cease-fire", "ar": "الهدنة", "ja": "停戦"}[language]
        desk.add(
            one,
            about=about,
            tier=tier,
            origin=Origin.LATE if number % 25 == 0 else Origin.NEW,
            hits=[("@truce", truce)],
        )
    return edition_of(desk.edition_input())


HOSTILE_TITLES = (
    "{{7*7}} {% raw %} is not arithmetic here",
    "<script>alert('x')</script> & <b>bold</b> claims",
    '" onclick="steal()" data-x="',
    "\u202eesrever\u202c and \u2066isolated\u2069 words of a trickster",
    "Bell\x07 and null\x00 and\r\nBcc: everyone@home.example",
    "lone \ud800 surrogate",
    "عنوان من اليمين إلى اليسار with English 123 inside",
    "<!-- --> ]]> &amp;amp; &lt;i&gt; ",
    "A" * 400,
    "",
)


def hostile_titles() -> Edition:
    desk = Desk()
    for number, title in enumerate(HOSTILE_TITLES, 1):
        one = article(
            number,
            title,
            f"{title}. The ceasefire is named here; {title}",
            outlet=title[:40],
            hours_ago=number,
            language='en" onload="',
            link="javascript:alert(1)" if number % 2 else f'https://news.example/{number}?a=1&b="x',
        )
        desk.add(
            one, tier=Tier.LEAD, hits=[("ceasefire", "ceasefire")], about=(SYRIA, RUSSIA) if number == 2 else (SYRIA,)
        )
    return edition_of(desk.edition_input())


def catch_up() -> Edition:
    slot = replace(SLOT, covers=days_before(2))
    desk = Desk()
    for day, title in enumerate(
        ("Army calls the truce over", "Convoy hit on the Aleppo road", "Deliveries stay suspended across Syria")
    ):
        desk.add(
            article(
                day + 1,
                title,
                f"{title}, officials said. The cease-fire had lasted a week.",
                outlet="Meridian Wire",
                hours_ago=60 - 24 * day,
            ),
            hits=[("ceasefire", "cease-fire")],
        )
    desk.add(
        article(
            10,
            "Ministers recall an earlier plan",
            "The cease-fire of February was the model.",
            outlet="Harbour Post",
            hours_ago=100,
        ),
        about=(GAZA,),
        origin=Origin.BACKFILL,
        hits=[("ceasefire", "cease-fire")],
    )
    previous = PreviousEdition(slot="2016-09-18", made_at=NOW - timedelta(days=3))
    daily = {SYRIA: (1, 2, 1, 1, 3, 2, 0, 1, 2, 1, 1, 0, None, None, 3)}
    return edition_of(desk.edition_input(previous=previous, daily=daily), slot=slot)


def roll_up() -> RollUp:
    """A week with a busy topic, a noisy one and one that found nothing."""
    matches = []
    for number in range(24):
        story, day = number // 3, number % 7
        one = article(
            5000 + number,
            f"{WEEK_TITLES[story % len(WEEK_TITLES)]}{f', part {number % 3 + 1}' if number % 3 else ''}",
            outlet=("Meridian Wire", "Harbour Post", "Quay Radio", "صوت الميناء")[number % 4],
            hours_ago=24 * day + 5 + number / 10,
            language="ar" if number % 4 == 3 else "en",
        )
        tier = Tier.PASSING if story == 7 else Tier.HEADLINE
        matches.append(WeekMatch(topic=SYRIA if story < 6 else RUSSIA, tier=tier, story_id=StoryId(story), article=one))
    for number in range(4):
        old = article(5100 + number, "Last week's news", hours_ago=24 * 9 + number)
        matches.append(WeekMatch(topic=SYRIA, tier=Tier.LEAD, story_id=StoryId(number), article=old))
    matches += [
        WeekMatch(
            topic=RUSSIA,
            tier=Tier.PASSING,
            story_id=StoryId(90 + n),
            article=article(5200 + n, f"Markets wrap, day {n + 1}", outlet="The Ledger", hours_ago=20 * n + 3),
        )
        for n in range(9)
    ]
    old_story = article(5300, "A story that ended", hours_ago=24 * 8)
    matches.append(WeekMatch(topic=SYRIA, tier=Tier.LEAD, story_id=StoryId(99), article=old_story))
    facts = WeekFacts(
        bounds=day_bounds(NOW, ZoneInfo("Europe/London"), 14),
        matches=tuple(matches),
        daily={
            SYRIA: (1, 0, 2, 1, 1, 0, 1, 2, 3, 2, 4, 3, 2, 3),
            RUSSIA: (0,) * 10 + (1, 0, 1, 0),
            GAZA: (*(None,) * 9, 0, 0, 0, 0, 0),
        },
        tuning={
            SYRIA: Tuning(dead_terms=("hudna", "lull", "uneasy calm"), near_misses=14),
            RUSSIA: Tuning(near_misses=0),
            GAZA: Tuning(dead_terms=tuple(f"word {number}" for number in range(12))),
        },
        coverage=Coverage(feeds=42, feeds_ok=40, articles_read=9120),
        idle=(
            FeedTrouble(
                name="Valley Herald",
                url="https://valley.example/rss",
                reason="HTTP 410 (Gone)",
                since=NOW - timedelta(days=19),
            ),
        ),
    )
    week = replace(DAILY, name="Weekly", kind="roll-up")
    next_at = SLOT.due_at + timedelta(days=7)
    return compose_rollup(facts, week, TOPICS, slot=SLOT, label="2016-09-21", now=NOW, next_at=next_at)


def perhaps_also() -> Edition:
    """An ordinary topic and two that nothing matched, with articles that resemble what these topics matched before."""
    desk = Desk()
    desk.add(
        article(1, "Aid convoy burns near Aleppo and the UN halts deliveries", CONVOY, outlet="Meridian Wire"),
        hits=[("Aleppo", "Aleppo"), ("ceasefire", "cease-fire")],
    )
    arabic = article(904, "قوافل نحو الزبداني", outlet="صوت الميناء", language="ar")
    found = {
        SYRIA: (
            resembling(
                article(901, "Buses wait at Zabadani as besieged families pack", outlet="Quay Radio"),
                "Zabadani", "besieged", "evacuation", lacks=("truce",), others=2,
            ),
            resembling(
                article(902, "Drivers of the burned lorries tell of the night", outlet="Northern Ledger"),
                "lorries", "convoy", "Aleppo", lacks=("truce",), beside=1,
            ),
            resembling(arabic, "الزبداني", "قوافل", lacks=("truce", "fighting")),
        ),
        RUSSIA: (
            resembling(
                article(903, "Lavrov and Kerry <talk> for an hour & say nothing", outlet="Island Times", link=""),
                "Lavrov", "Kerry", "hour",
            ),
        ),
        GAZA: (
            resembling(
                article(905, "Flour lorries queue at the crossing for a third day", outlet="The Lantern"),
                "crossing", "flour", "lorries", lacks=("Gaza",),
            ),
        ),
    }  # fmt: skip
    edition_input = desk.edition_input(last_match={GAZA: NOW - timedelta(days=5), RUSSIA: NOW - timedelta(days=2)})
    return edition_of(replace(edition_input, resemblances=Resemblances(found=found)))


def resembling(
    of: Article,
    *shared: str,
    lacks: tuple[str, ...] = (),
    others: int = 0,
    beside: int | None = None,
    likeness: float = 0.3,
) -> Resembling:
    """An article that matches nothing, and why it may belong to a topic."""
    story = None if beside is None else StoryId(beside)
    return Resembling(article=of, likeness=likeness, shared=shared, lacks=lacks, others=others, beside=story)


WEEK_TITLES = (
    "Aid convoy burns near Aleppo and the UN halts deliveries",
    "Envoys meet in New York as the truce frays",
    "A fourth hospital closes in eastern Aleppo",
    "Army calls the truce over",
    "Thousands leave the city on foot",
    "U.S. freezes its plan for a joint operations room with Russia",
    "Hotline stays open between Moscow and Washington",
    "Generals speak of crowded skies",
)

EDITIONS = {
    "ordinary": ordinary_day,
    "empty": empty_day,
    "first-day": first_day,
    "corrected": corrected_day,
    "flood": flood,
    "hostile": hostile_titles,
    "catch-up": catch_up,
    "explosion": one_topic_explodes,
    "perhaps": perhaps_also,
}
