"""Who says it: publishers behind outlets, credits of agencies, and texts that are one."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.model.article import Arrival, Article
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings
from monitor.model.voices import Publishers, SharedTexts, Voices
from monitor.render import spoken
from monitor.voices import publisher_count, publishers_of, voices_of
from monitor.voices.credits import credit_of
from monitor.voices.texts import MAX_POSTINGS, distinct_texts

NONE = Publishers()
AT = datetime(2016, 9, 21, tzinfo=UTC)

WIRE = (
    "Boats that had waited at the quay since the storm left for the islands on Monday, carrying flour, lamp oil and a"
    " doctor, after the two harbour councils had agreed to share the only pilot who knows the northern channel."
)
OTHER_WIRE = (
    "The northern channel was closed again within an hour, the coast guard said, because a buoy had torn loose and was"
    " drifting between the sandbanks; nobody was hurt, and a tug was sent from the mainland to look for it."
)
OWN = (
    (
        "Our reporter on the pier counted seven boats before noon. Fishermen who had argued for a week shook hands over"
        " the bow of the first, and the baker of the smallest island wept when the flour was weighed."
    ),
    (
        "What the councils have signed is a page and a half long. It leaves open who pays for the pilot in winter, and"
        " whether the ferry company may overtake the mail, as it has done for eleven years without asking anybody."
    ),
    (
        "Islanders had lived on dried fish since Thursday. The school was heated with driftwood, the clinic with"
        " nothing, and the lighthouse keeper lent his battery to the midwife, who lent it to the telephone exchange."
    ),
)


def an(number: int, outlet: str = "", text: str = "", **facts: Any) -> Article:
    """An article of an outlet of its own at a domain of its own, unless something else is said."""
    outlet = outlet or f"Outlet {number}"
    host = outlet.lower().replace(" ", "-")
    facts = {"link": f"https://www.{host}.example/{number}", "title": f"Headline number {number} of {host}", **facts}
    return Article(
        **{
            "id": number,
            "feed_id": number,
            "key": f"guid:{number}",
            "text": text or OWN[number % len(OWN)],
            "outlet": outlet,
            "language": "en",
            "published_at": AT,
            "first_seen_at": AT,
            "arrival": Arrival.NEW,
            "is_mailable": True,
            **facts,
        }
    )


def said(*articles: Article, publishers: Publishers = NONE) -> str:
    return spoken(voices_of(articles, publishers))


# Publishers


def test_independent_outlets_are_just_counted() -> None:
    assert voices_of([an(0), an(1), an(2)], NONE) == Voices(outlets=3, publishers=3)
    assert said(an(0), an(1), an(2)) == "3 outlets"


def test_no_article_and_one_outlet_have_nothing_to_share() -> None:
    assert voices_of([], NONE) == Voices(outlets=0, publishers=0)
    one = [an(1, "Quay Radio", WIRE), an(2, "quay radio", WIRE), an(3, "Quay Radio", WIRE, author="AFP")]
    assert voices_of(one, NONE) == Voices(outlets=1, publishers=1)
    assert said(*one) == "1 outlet"


def test_outlets_at_one_registrable_domain_are_one_publisher() -> None:
    links = ("https://news.tidings.co.uk/1", "https://sport.tidings.co.uk/2", "https://tidings.co.uk/3")
    articles = [an(number, link=link) for number, link in enumerate(links)]
    assert said(*articles, an(3, text=WIRE)) == "4 outlets, 2 publishers"
    assert publisher_count(articles, NONE) == 1


def test_what_the_config_says_comes_first() -> None:
    feeds = [
        (FeedId(0), FeedSettings(url="https://north.example/rss", publisher="Tidings Group")),
        (FeedId(1), FeedSettings(url="https://south.example/rss", publisher="TIDINGS GROUP")),
        (FeedId(2), FeedSettings(url="https://www.outlet-2.example/rss")),
    ]
    publishers = publishers_of(feeds)
    assert publishers.by_feed == {0: "tidings group", 1: "tidings group"}
    assert said(an(0), an(1), an(2), publishers=publishers) == "3 outlets, 2 publishers"


def test_a_publisher_may_be_named_by_its_domain() -> None:
    publishers = publishers_of(
        [(FeedId(0), FeedSettings(url="https://north.example/rss", publisher="Tidings.example"))]
    )
    assert said(an(0), an(1, link="https://tidings.example/1"), publishers=publishers) == "2 outlets, 1 publisher"


def test_an_aggregators_article_belongs_to_the_publisher_of_its_domain() -> None:
    feeds = [
        (FeedId(0), FeedSettings(url="https://feeds.north.example/rss", publisher="Tidings Group")),
        (FeedId(1), FeedSettings(url="https://south.example/rss", publisher="Tidings Group")),
        (FeedId(9), FeedSettings(url="https://collector.example/rss", aggregator=True, publisher="Collector")),
    ]
    publishers = publishers_of(feeds)
    assert publishers.hosts == {"collector.example"}
    there = an(5, feed_id=9, link="https://www.north.example/5", outlet="North, evening edition")
    assert said(an(1), there, publishers=publishers) == "2 outlets, 1 publisher"


def test_a_domain_whose_feeds_name_several_publishers_says_nothing() -> None:
    feeds = [
        (FeedId(0), FeedSettings(url="https://blogs.example/anna", publisher="Anna")),
        (FeedId(1), FeedSettings(url="https://blogs.example/otto", publisher="Otto")),
    ]
    publishers = publishers_of(feeds)
    assert publishers.by_domain == {}
    articles = [an(number, link=f"https://blogs.example/{number}") for number in range(2)]
    assert said(*articles, publishers=publishers) == "2 outlets"


@pytest.mark.parametrize("host", ["news.google.com", "feedproxy.google.com", "medium.com", "collector.example"])
def test_what_stands_on_anybodys_host_is_its_outlets(host: str) -> None:
    publishers = Publishers(hosts=frozenset({"collector.example"}))
    articles = [an(number, link=f"https://{host}/{number}") for number in range(3)]
    assert said(*articles, publishers=publishers) == "3 outlets"


def test_an_outlet_at_several_addresses_is_one_publisher() -> None:
    """Else there were more publishers than outlets."""
    spread = [an(1, "Quay Radio"), an(2, "Quay Radio", link="https://quay.example/2"), an(3, "Quay Radio", link="")]
    found = voices_of([*spread, an(4)], NONE)
    assert (found.outlets, found.publishers) == (2, 2)


def test_what_is_known_of_an_outlet_counts_for_its_articles_without_an_address() -> None:
    articles = [an(1, "Quay Radio"), an(2, "Quay Radio", link=""), an(3, link="https://quay-radio.example/3")]
    assert said(*articles, an(4, text=WIRE)) == "3 outlets, 2 publishers"


# Texts


def test_one_agency_text_in_nine_outlets_of_three_publishers() -> None:
    articles = [
        an(number, text=f"PORT ANNE (AFP) – {WIRE}", link=f"https://p{number % 3}.example/{number}")
        for number in range(9)
    ]
    assert said(*articles) == "9 outlets, 3 publishers, 1 AFP text"
    assert voices_of(articles, NONE).shared == (SharedTexts(agency="AFP", texts=1, outlets=9, is_all=True),)


def test_one_credit_is_enough_for_a_text_that_all_have() -> None:
    articles = [an(0, text=WIRE), an(1, text=f"{WIRE} — AFP"), an(2, text=WIRE)]
    assert said(*articles) == "3 outlets, 1 AFP text"


def test_who_wrote_for_themselves_is_not_counted_with_the_agency() -> None:
    articles = [an(0), an(1), *(an(number, text=f"(Reuters) - {WIRE}") for number in (2, 3, 4))]
    assert said(*articles) == "5 outlets, 1 Reuters text in 3 outlets"


def test_an_outlet_with_an_agencys_text_and_its_own_has_both() -> None:
    articles = [an(0, "A", f"(AP) — {WIRE}"), an(1, "B", f"(AP) — {WIRE}"), an(2, "B")]
    assert said(*articles) == "2 outlets, 1 AP text in 2 outlets"


def test_two_different_texts_of_one_agency_are_two() -> None:
    articles = [an(0, text=f"(dpa) - {WIRE}"), an(1, text=f"(dpa) - {OTHER_WIRE}"), an(2, text=f"(dpa) - {WIRE}")]
    assert said(*articles) == "3 outlets, 2 dpa texts"


def test_an_agencys_text_in_one_outlet_alone_is_like_any_other() -> None:
    assert said(an(0), an(1), an(2, text=f"(AFP) - {WIRE}")) == "3 outlets"


def test_an_agencys_own_article_is_the_text_that_others_carry() -> None:
    own = an(1, "Wire Desk", WIRE, link="https://www.reuters.com/world/1")
    assert said(own, an(2, text=WIRE)) == "2 outlets, 1 Reuters text"
    assert said(replace(own, link="", outlet="TASS"), an(2, text=WIRE)) == "2 outlets, 1 TASS text"


def test_several_agencies_are_named_by_how_many_carry_them() -> None:
    articles = [
        *(an(number, text=f"(AFP) - {WIRE}") for number in (1, 2)),
        *(an(number, text=f"(EFE).- {OTHER_WIRE}") for number in (3, 4, 5)),
    ]
    assert said(*articles) == "5 outlets, 1 EFE text in 3 outlets, 1 AFP text in 2 outlets"


def test_a_text_of_nobody_is_a_shared_one_if_several_publishers_have_it() -> None:
    assert said(an(0, text=WIRE), an(1, text=WIRE)) == "2 outlets, 1 shared text"
    sisters = [an(number, text=WIRE, link=f"https://p.example/{number}") for number in range(2)]
    assert said(*sisters) == "2 outlets, 1 publisher"
    both = [an(number, text=text) for number, text in enumerate((WIRE, WIRE, OTHER_WIRE, OTHER_WIRE))]
    assert said(*both) == "4 outlets, 2 shared texts"


def test_how_many_texts_there_are_is_not_said_where_nobody_knows() -> None:
    """A few words of an agency may belong to the text that others carry in full."""
    articles = [an(0, text=f"(AFP) - {WIRE}"), an(1, text="Boats leave at last.", author="AFP")]
    assert said(*articles) == "2 outlets, AFP texts"


def test_the_credit_of_most_is_that_of_the_text_whatever_their_order() -> None:
    articles = [an(0, text=WIRE, author="AFP"), an(1, text=WIRE, author="AP"), an(2, text=WIRE, author="AP")]
    assert said(*articles) == said(*reversed(articles)) == "3 outlets, 1 AP text"
    assert said(*articles[:2]) == said(*articles[1::-1]) == "2 outlets, 1 AFP text"


def test_an_article_that_is_given_twice_counts_once() -> None:
    one, other = an(0, text=WIRE), an(1, text=WIRE)
    assert voices_of([one, other, one], NONE) == voices_of([one, other], NONE)


SAME = [
    pytest.param(WIRE[:180], id="cut"),
    pytest.param(f"PORT ANNE, Sept 21 – {WIRE}", id="dateline"),
    pytest.param(WIRE.replace("on Monday", "yesterday").replace("harbour ", ""), id="edited"),
    pytest.param(WIRE.upper(), id="case"),
    pytest.param(f"{WIRE} {OTHER_WIRE}", id="goes on"),
]


@pytest.mark.parametrize("text", SAME)
def test_a_text_is_one_in_any_edit(text: str) -> None:
    assert len(distinct_texts([("Boats leave", WIRE), ("Flour at last", text)])) == 1


DIFFERENT = [
    pytest.param(OTHER_WIRE, id="another event's"),
    pytest.param(OWN[0], id="in its own words"),
    pytest.param(f"“{WIRE[:60]}”, the harbour council wrote. What it did not write: {OWN[1]}", id="quotes it"),
    pytest.param("", id="none"),
]


@pytest.mark.parametrize("text", DIFFERENT)
def test_other_words_are_another_text(text: str) -> None:
    assert len(distinct_texts([("Boats leave", WIRE), ("Flour at last", text)])) == 2


def test_a_pattern_with_other_figures_is_no_text() -> None:
    pattern = "This brings the number of boats in the northern harbour to {}."
    assert len(distinct_texts([(f"{n} boats", pattern.format(n)) for n in (12, 31)])) == 2


LONG_TITLE = "Boats leave for the islands after a week of storm"


@pytest.mark.parametrize(
    ("title", "texts", "distinct"),
    [
        (LONG_TITLE, ("", ""), 1),
        (LONG_TITLE, ("Read more.", WIRE), 1),
        (LONG_TITLE, (OWN[0], WIRE), 2),
        ("Storm: live updates", ("", ""), 2),
        ("暴风雨过后载着面粉和医生的船只驶向北方群岛", ("", ""), 1),
        ("暴风雨最新消息", ("", ""), 2),
    ],
    ids=["headlines alone", "one is short", "their texts differ", "a series", "Chinese", "a series in Chinese"],
)
def test_of_a_few_words_the_headline_decides(title: str, texts: tuple[str, str], distinct: int) -> None:
    assert len(distinct_texts([(title, text) for text in texts])) == distinct


def test_a_few_chinese_words_are_few() -> None:
    texts = ("北港今日共有十二艘船只出发前往各岛屿。", "北港今日共有三十艘船只出发前往各岛屿。")
    assert len(distinct_texts([("", text) for text in texts])) == 2
    assert {text.is_scant for text in distinct_texts([("", text) for text in texts])} == {True}


def test_a_text_that_two_contain_goes_to_the_longer_one_and_chains_do_not_grow() -> None:
    parts = [f"{OWN[0]} {WIRE}", f"{WIRE} {OTHER_WIRE}", f"{OTHER_WIRE} {OWN[1]}"]
    assert len(distinct_texts([("", part) for part in parts])) == 3


def test_two_thousand_articles_are_compared_with_few() -> None:
    """Boilerplate that all begin with proposes no pair; the copies of one text are one."""
    start = "Readers of this page know that the harbour office publishes a list of all boats every morning at seven. "
    different = [(f"Boat {n}", start + " ".join(f"w{n}x{m}" for m in range(60))) for n in range(3 * MAX_POSTINGS)]
    copies = [(f"Copy {n}", f"{WIRE} Outlet {n} has more.") for n in range(2_000)]
    assert len(distinct_texts([*different, *copies])) == len(different) + 1


# Credits


def credited(text: str = "", author: str = "") -> str:
    return credit_of(an(1, text=text or " ", author=author))


DATELINES = [
    ("SCRANTON, PA (AP) – Boats left on Monday", "AP"),
    ("LUND (PA) – Boats left on Monday", "PA"),
    ("PORT ANNE (AA) - Boats left on Monday", "Anadolu"),
    ("PORT ANNE (AFP) – Boats left on Monday", "AFP"),
    ("PORT ANNE, Sept 21 (Reuters) - Boats left", "Reuters"),
    ("SINGAPORE (REUTERS) - Boats left", "Reuters"),
    ("(Reuters) - Boats left", "Reuters"),
    ("PORT ANNE (AP) — Boats left", "AP"),
    ("PORT ANNE (AP) Boats left", "AP"),
    ("BEIJING, Sept. 21 (Xinhua) -- Boats left", "Xinhua"),
    ("TOKYO (Kyodo) -- Boats left", "Kyodo"),
    ("ISTANBUL (AA) - Boats left", "Anadolu"),
    ("AFP, PORT ANNE — Boats left", "AFP"),
    ("By AFP\nBoats left on Monday.", "AFP"),
    ("By Jane Roe, Associated Press\nBoats left on Monday.", "AP"),
    ("September 21, 2016 1:27 PM\nPORT ANNE (BLOOMBERG) - Boats left", "Bloomberg"),
    ("Port-Anne (AFP) – Les bateaux sont partis", "AFP"),
    ("PARIS, 1er avril 2016 (AFP) - Les bateaux", "AFP"),
    ("AFP - Les bateaux sont partis", "AFP"),
    ("Hamburg (dpa) - Die Boote sind ausgelaufen", "dpa"),
    ("Hamburg (dpa/lno) - Die Boote", "dpa"),
    ("Hamburg - dpa - Die Boote", "dpa"),
    ("Hamburg (dpa/AFP) - Die Boote", "AFP/dpa"),
    ("Madrid, 21 sep (EFE).- Los barcos", "EFE"),
    ("Cádiz, 21 de septiembre (EFE).- Los barcos", "EFE"),
    ("MADRID, 21 Sep. (EUROPA PRESS) - Los barcos", "Europa Press"),
    ("(ANSA) - GENOVA, 21 SET - Le barche", "ANSA"),
    ("МОСКВА, 21 сентября. /ТАСС/. Суда вышли в море", "TASS"),
    ("МОСКВА, 21 сен — РИА Новости. Суда вышли", "RIA Novosti"),
    ("МОСКВА, 21 сен - РИА Новости, Анна Попова. Суда вышли", "RIA Novosti"),
    ("МУРМАНСК (Рейтер) - Суда вышли", "Reuters"),
    ("Мурманск, 21 сентября (АФП) — Суда", "AFP"),
    ("بيروت (أ ف ب) – غادرت القوارب", "AFP"),
    ("بيروت (أ.ف.ب) - غادرت القوارب", "AFP"),
    ("بيروت - أ ف ب - غادرت القوارب", "AFP"),
    ("بيروت 21 سبتمبر (رويترز) - غادرت القوارب", "Reuters"),
    ("إسطنبول / الأناضول / غادرت القوارب", "Anadolu"),
    ("新华社青岛9月21日电 船只离港", "Xinhua"),
]

ENDINGS = [
    ("Boats left on Monday. — AFP", "AFP"),
    ("Boats left on Monday. (AFP)", "AFP"),
    ("Boats left on Monday. [AP]", "AP"),
    ("Boats left on Monday. /AFP", "AFP"),
    ("Boats left on Monday.\nAFP", "AFP"),
    ("Boats left on Monday.\nSource: AFP", "AFP"),
    ("Boats left on Monday. - Agence France-Presse.", "AFP"),
    ("Boats left on Monday. —Reuters", "Reuters"),
    ("Boats left. © 2016 AFP", "AFP"),
    ("Boats left.\nCopyright 2016 The Associated Press. All rights reserved.", "AP"),
    ("Boats left. Copyright 2016 The Associated Press. All rights reserved. This may not be broadcast.", "AP"),
    ("Die Boote sind fort. (dpa/hbk)", "dpa"),
    ("Die Boote sind fort.\nQuelle: dpa", "dpa"),
    ("Les bateaux sont partis. (La Vigie avec AFP)", "AFP"),
    ("Les bateaux sont partis.\nLa Vigie avec AFP", "AFP"),
    ("Los barcos zarparon.\nEFE", "EFE"),
    ("غادرت القوارب. (رويترز)", "Reuters"),
    ("Суда вышли в море. /ТАСС/", "TASS"),
    ("Суда вышли в море.\nИсточник: Интерфакс", "Interfax"),
]

NO_CREDITS = [
    "PITTSBURGH, PA – Boats left on Monday",
    "PITTSBURGH, PA – Boats left on Monday and came back – AA",
    "The news agency Agence France-Presse (AFP) said on Monday that its boat had left",
    "Agence France-Presse (AFP) - the oldest agency - hired a boat",
    "Advanced Placement (AP) - the exams begin on Monday",
    "The councils spoke with AFP",
    "The harbour master told Reuters.",
    "The harbour master left - he told AFP",
    "A weekend in a spa - what to wear",
    "BRUSSELS (EU) - The union",
    "The Port Police Office (PPO) yesterday",
    "Xinhua said that the boats had left",
    "Reuters and AP reporters were on the pier",
    "PORT ANNE (HARBOUR POST) – Boats left",
    "The ferry firm (owner of AFP) - a rumour",
    "Boats left on Monday (Reuters has seen the list of those on board, which names nobody whom the office knows)",
    "Police said so (pa)",
    "Shares of the ferry company fell - Bloomberg data show",
    "Boats left on Monday. — Harbour Post",
    "PORT ANNE (by the list that the harbour office has published every morning since the war, and AFP) – Boats left",
    "",
    "(",
    "- / - / - (",
]


@pytest.mark.parametrize(("text", "agency"), [*DATELINES, *ENDINGS])
def test_a_text_says_by_its_dateline_or_ending_whose_it_is(text: str, agency: str) -> None:
    assert credited(text) == agency


@pytest.mark.parametrize("text", NO_CREDITS)
def test_words_about_an_agency_are_no_credit(text: str) -> None:
    assert credited(text) == ""


@pytest.mark.parametrize(
    ("author", "agency"),
    [
        ("AFP", "AFP"),
        ("By AFP", "AFP"),
        ("Agence France-Presse", "AFP"),
        ("AFP News Agency", "AFP"),
        ("Agence France-Presse in Port Anne", "AFP"),
        ("By Associated Press", "AP"),
        ("The Associated Press", "AP"),
        ("By Jane Roe, Associated Press", "AP"),
        ("Jane Roe, Associated Press Writer", "AP"),
        ("Jane Roe and John Doe | AP", "AP"),
        ("Reuters Staff", "Reuters"),
        ("desk@wire.example (Reuters)", "Reuters"),
        ("dpa/AFP", "AFP/dpa"),
        ("Von dpa", "dpa"),
        ("dpa-AFX", "dpa"),
        ("La Vigie avec AFP", "AFP"),
        ("Agencia EFE", "EFE"),
        ("Xinhua News Agency", "Xinhua"),
        ("وكالة فرانس برس", "AFP"),
        ("رويترز", "Reuters"),
        ("ТАСС", "TASS"),
        ("РИА Новости", "RIA Novosti"),
        ("Jane Roe", ""),
        ("AA", ""),
        ("By PA", ""),
        ("By PA Media", "PA"),
        ("AP Roe", ""),
        ("Efe Roe", ""),
        ("Mena", ""),
        ("spa", ""),
        ("desk@harbour.example", ""),
        (", / , ( )", ""),
    ],
)
def test_an_author_may_be_an_agency(author: str, agency: str) -> None:
    assert credited(author=author) == agency
