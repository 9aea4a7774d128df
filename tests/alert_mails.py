"""Messages of alerts for tests of what is composed of them: one story, one that has grown, bundles, hostile words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.model.alert_mail import AlertedStory, AlertMail
from monitor.model.entries import Item, Reason, Segment
from monitor.model.ids import ArticleId, StoryId

NOW = datetime(2016, 9, 21, 8, 40, tzinfo=UTC)
TOPIC = "Syria ceasefire"

LEAD = Item(
    article_id=ArticleId(41),
    title="Aid convoy burns near Aleppo as the truce ends",
    url="https://lantern.example/convoy",
    outlet="The Lantern",
    dated=NOW - timedelta(minutes=4),
    language="en",
    direction="ltr",
)
STORY = AlertedStory(
    story_id=StoryId(7),
    topics=(TOPIC,),
    lead=LEAD,
    snippet=(
        Segment(text="Trucks that had waited for the "),
        Segment(text="truce", is_hit=True),
        Segment(text=" were hit from the air on Monday evening, drivers said."),
    ),
    reasons=(Reason(term="truce", found="truce", place="headline"),),
    publishers=1,
    has_grown=False,
    noticed_at=NOW,
    held="",
)
ARABIC = replace(
    STORY,
    story_id=StoryId(8),
    topics=("هدنة سوريا", TOPIC),
    lead=replace(LEAD, title="قصف قافلة مساعدات قرب حلب", outlet="صحيفة المرفأ", language="ar", direction="rtl"),
    snippet=(Segment(text="قال سائقون إن الشاحنات قصفت مساء الاثنين بعد انتهاء "), Segment(text="الهدنة", is_hit=True)),
    reasons=(Reason(term="هدنة", found="الهدنة", place="summary"),),
    publishers=3,
)


def numbered(number: int, held: str = "") -> AlertedStory:
    """A story of a bundle."""
    lead = replace(
        LEAD,
        article_id=ArticleId(100 + number),
        title=f"Shelling reported from district {number} of the old city",
        url=f"https://lantern.example/district/{number}",
        dated=NOW - timedelta(hours=number),
    )
    at = NOW - timedelta(hours=number) if held else NOW
    return replace(STORY, story_id=StoryId(100 + number), lead=lead, held=held, noticed_at=at)


def message(*stories: AlertedStory) -> AlertMail:
    return AlertMail(stories=stories, made_at=NOW, timezone="Europe/London", language="en")


HOSTILE = replace(
    STORY,
    topics=("<b>Syria</b> & co",),
    lead=replace(
        LEAD,
        title="<script>alert('x')</script> & “quotes” " + "Donaudampfschifffahrtsgesellschaftskapitän" * 6,
        url="https://lantern.example/?a=1&b=%22" + "x" * 300,
        outlet="The <i>Lantern</i> & Sons",
    ),
    snippet=(Segment(text="</p><img src=x> "), Segment(text="</b>truce", is_hit=True)),
    held="quiet hours",
    noticed_at=NOW - timedelta(hours=9),
)

ONE = message(STORY)
GROWN = message(replace(STORY, publishers=12, has_grown=True))
BUNDLE = message(*(numbered(number, held="quiet hours") for number in range(1, 5)), ARABIC)
LARGE = message(*(numbered(number, held="cool-down of the topic") for number in range(1, 130)))

ALERTS = {"alert": ONE, "alert-grown": GROWN, "alert-bundle": BUNDLE, "alert-hostile": message(HOSTILE)}
"""By the name of their golden files."""
