"""Headlines that the two topics of config.example.toml flag, and that they leave alone, in six languages."""

from pathlib import Path

import pytest
from table import each_row

from monitor.config import load
from monitor.match import TopicIndex
from monitor.model.match import Document

SYRIA, COORDINATION = "Syria ceasefire", "US-Russia coordination"

BOTH_HEADLINES = [
    "Lavrov and Kerry unveil truce plan for Syria",
    "اتفاق أمريكي روسي على وقف إطلاق النار في سوريا",
    "США и Россия согласовали план прекращения огня в Сирии",
    "USA und Russland vermitteln Waffenruhe in Syrien",
    "俄美就叙利亚停火达成一致",
]
SYRIA_HEADLINES = [
    "هدنة في حلب تدخل يومها الثاني",
    "الأطراف في سوريا تعلن وقفا لإطلاق النار",
    "إعلان وقفاً لإطلاق النار في إدلب",
    "سوريا: القوات تعلن هدنةً لثلاثة أيام",
    "اتفاق لخفض التصعيد في جنوب سوريا",
    "مناطق خفض التصعيد في درعا السورية",
    "دمشق تتهم المعارضة بخرق الهدنة",
    "اتفاق هدنة في حمص وهدنة أخرى في سوريا",
    "فهدنة حلب لم تصمد",
    "التزام سوري بوقف إطلاق النار",
    "Перемирие в Сирии вступило в силу",
    "В Алеппо объявлена гуманитарная пауза",
    "Стороны в Сирии договорились о прекращении огня",
    "Прекращение огня в Алеппо нарушено",
    "Syrie : la trêve tient à Alep",
    "Un cessez-le-feu entre en vigueur en Syrie",
    "Pause humanitaire à Alep",
    "Waffenruhe in Syrien gebrochen",
    "Feuerpause für Aleppo verlängert",
    "叙利亚停火协议生效",
    "阿勒颇休战被打破",
]
COORDINATION_HEADLINES = [
    "Lavrov, Kerry draft a plan in marathon talks",
    "US and Russia coordinate flights over the eastern theatre",
    "Truce mediated by Washington and Moscow",
    "US and Russia to meet for nuclear arms negotiations",
    "US and Russia sponsor new peace talks",
    "The United States and Russia announced a deal Saturday",
    "US-Russian agreement on Syria takes effect",
    "US-Russian deal on Syria announced",
    "Ceasefire brokered by the US and Russia collapses",
    "Russia and America agree on a plan for Syria's skies",
    "Moscow and Washington back fresh peace talks in Geneva",
    "A plan drafted by Russian and American diplomats",
    "Kremlin and White House set up a hotline",
    "Putin and Obama to discuss joint plan against extremists",
    "Russian-American accord on nuclear arms extended",
    "US suspends talks with Russia over Aleppo",
    "الولايات المتحدة وروسيا تتفقان على خطة مشتركة",
    "واشنطن وموسكو تعلنان اتفاقا جديدا",
    "موسكو وواشنطن تتفقان على تنسيق الطلعات الجوية",
    "روسيا والولايات المتحدة ترعيان محادثات",
    "اتفاق روسي أمريكي بشأن سوريا",
    "وساطة روسية وأمريكية",
    "تعاون عسكري بين روسيا وأمريكا",
    "Россия и США договорились о плане по Сирии",
    "Москва и Вашингтон подписали соглашение",
    "Военные России и США координируют полёты",
    "Путин и Трамп обсудили меморандум",
    "Les États-Unis et la Russie concluent un accord",
    "Washington et Moscou s'accordent sur un plan",
    "Accord russo-américain sur la Syrie",
    "Moscou et Washington coordonnent leurs vols",
    "USA und Russland einigen sich auf Plan",
    "Moskau und Washington vereinbaren Abkommen",
    "Russisch-amerikanisches Abkommen zu Syrien",
    "美国和俄罗斯达成协议",
    "美俄达成停火协议",
    "美俄两军建立热线",
    "俄罗斯与美国同意交换数据",
]
NEITHER_HEADLINES = [
    "American and Russian runners share the lead of the Moscow race, says their coach",
    "Poison gas killed dozens, says US; Russia denies",
    "Russia and US trade accusations over Aleppo",
    "US sanctions Russia over hacking",
    "US and Russia sign trade deal",
    "Russian and American skaters share the podium",
    "UN peacekeepers on the Golan ceasefire line rotate; Syria calm",
    "Israel shells post on Golan across 1974 armistice line, says Syria",
    "Syria says Israeli jets crossed the ceasefire line in the Golan",
    "Syria welcomes ceasefire in Lebanon",
    "Syria trade truce: Damascus and Amman drop duties on fruit",
    "Political truce in Syria's parliament before vote",
    "Ethiopia's truce holds, Syrian envoy says",
    "هدنة في اليمن رغم القصف",
    "وقف إطلاق النار في ليبيا وسوريا تراقب",
    "قتلى في قصف على حلب",
    "هدنة في غزة وسوريا ترحب",
    "واشنطن تتهم موسكو بالكذب",
    "رواد فضاء أمريكيون وروس يتعاونون في محطة الفضاء",
    "روسيا والصين تتفقان على مناورات مشتركة",
    "Перемирие в Йемене: Сирия приветствует",
    "На Украине объявлено перемирие, сообщают из Дамаска",
    "В Алеппо восстановлен рынок",
    "Вашингтон обвинил Москву во лжи",
    "Космонавты России и США сотрудничают на МКС",
    "Россия и Китай договорились о совместных учениях",
    "Cessez-le-feu au Yémen, la Syrie réagit",
    "Trêve à Gaza, Damas salue",
    "Alep : le marché rouvre",
    "Washington accuse Moscou de mentir",
    "La Russie et la Chine coopèrent en mer",
    "Spationautes : Américains et Russes coopèrent en orbite",
    "Waffenruhe im Jemen, Syrien reagiert",
    "Aleppo: Markt öffnet wieder",
    "Washington wirft Moskau Lügen vor",
    "Russland und China üben gemeinsam",
    "Raumstation: USA und Russland arbeiten gemeinsam",
    "也门停火 叙利亚表示欢迎",
    "阿勒颇市场重新开放",
    "美国指责俄罗斯说谎",
    "中俄达成协议",
    "美俄宇航员合作",
    "俄美互相指责",
]

EXPECTED = [
    *((headline, {SYRIA, COORDINATION}) for headline in BOTH_HEADLINES),
    *((headline, {SYRIA}) for headline in SYRIA_HEADLINES),
    *((headline, {COORDINATION}) for headline in COORDINATION_HEADLINES),
    *((headline, set[str]()) for headline in NEITHER_HEADLINES),
]


@pytest.fixture(scope="module")
def shipped() -> TopicIndex:
    settings = load(Path(__file__).parents[1] / "config.example.toml", {})
    return TopicIndex(settings.topics, settings.lists)


def test_a_headline_is_flagged_by_the_topics_that_it_is_about(shipped: TopicIndex) -> None:
    def check(headline: str, expected: set[str]) -> None:
        assert {match.topic for match in shipped.matches(Document(title=headline, text=""))} == expected

    each_row(check, EXPECTED)


@pytest.mark.parametrize(
    ("headline", "text", "expected"),
    [
        ("Evening briefing", "A truce mediated by Washington and Moscow began in Aleppo.", {SYRIA, COORDINATION}),
        ("Fighting in Yemen goes on", "In Syria a truce held for a third day.", set()),
        ("Truce in Syria as fighting in Yemen goes on", "", {SYRIA}),
        ("UN extends mandate", "Troops will patrol the ceasefire line; a truce for Syria was discussed.", {SYRIA}),
        ("Ministers meet", "The US blamed Russia. Moscow rejected the deal.", set()),
    ],
)
def test_the_text_counts_as_well(shipped: TopicIndex, headline: str, text: str, expected: set[str]) -> None:
    assert {match.topic for match in shipped.matches(Document(title=headline, text=text))} == expected
