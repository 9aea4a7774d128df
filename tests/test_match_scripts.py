"""The second part of the truth table: what people type in several ways. Term, text, the words found in it.

Words that a folding would join and that are kept apart (decision 57) are rows without a hit.
"""

import pytest
from table import each_row
from test_match_truth import Row, found

from monitor.match import TopicIndex, word_reading
from monitor.match.word_reading import raw_words, tokens
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic
from monitor.text import Word

ARABIC_YA: list[Row] = [
    ("السوري", "الجيش السورى يتقدم", ["السورى"]),
    ("السورى", "الجيش السوري يتقدم", ["السوري"]),
    ("المصري", "البنك المصرى", ["المصرى"]),
    ("مصطفى", "قال مصطفي إن", ["مصطفي"]),
    ("مصطفي", "قال مصطفى إن", ["مصطفى"]),
    ("الأقصى", "باحات الاقصي", ["الاقصي"]),
    ("المستشفى", "في المستشفي", ["المستشفي"]),
    ("روسى*", "وفد روسي", ["روسي"]),
    ("القاضي", "حكم القاضى اليوم", ["القاضى"]),
    ("شيء", "كل شئ", ["شئ"]),
    ("سوري", "سورِىّ", ["سورِىّ"]),
    ("علي", "اجتمعوا على الغداء", []),
    ("علي", "قال علي", ["علي"]),
    ("على", "قال علي", []),
    ("آلي", "وصل إلى المدينة", []),
    ("والي", "والى المدينة", []),
    ("علي المرواني", "زار على المروانى الميناء", ["على المروانى"]),
    ("على المروانى", "زار علي المرواني الميناء", ["علي المرواني"]),
]

TA_MARBUTA: list[Row] = [
    ("غزة", "قطاع غزه", ["غزه"]),
    ("غزه", "قطاع غزة", ["غزة"]),
    ("هدنة", "هدنه جديدة", ["هدنه"]),
    ("القاهرة", "من القاهره", ["القاهره"]),
    ("الحكومة", "قرار الحكومه،", ["الحكومه"]),
    ("سورية*", "سوريه", ["سوريه"]),
    ("جامعه*", "جامعة", ["جامعة"]),
    ("وزارة الصحة", "بيان وزاره الصحه", ["وزاره الصحه"]),
    ("مدينة", "مدينـــه", ["مدينـــه"]),
    ("جدة", "ميناء جده", ["جده"]),
    ("المدينۃ", "المدينة", ["المدينة"]),
    ("فئة", "ما جاء فيه", []),
    ("آلية", "أشار إليه", []),
    ("ابنة", "قال ابنه", []),
    ("هدنة", "هدن", []),
    ("ابنة المرواني", "ابنه المروانى", ["ابنه المروانى"]),
]

HAMZA: list[Row] = [
    ("مسؤول", "مسئول كبير", ["مسئول"]),
    ("مسئول", "مسؤول كبير", ["مسؤول"]),
    ("شؤون", "وزير الشئون", []),
    ("الشؤون", "وزير الشئون", ["الشئون"]),
    ("أمير", "امير البلاد", ["امير"]),
    ("إيران", "ايران", ["ايران"]),
    ("آسيا", "اسيا", ["اسيا"]),
    ("مؤتمر", "موتمر صحفي", ["موتمر"]),
    ("رئيس", "رییس جمهور", ["رییس"]),
    ("ٱلقدس", "القدس", ["القدس"]),
    ("بريء", "برئ", ["برئ"]),
    ("مسئول", "مسيول", []),
    ("ماء", "ما حدث", []),
]

PERSIAN_AND_URDU: list[Row] = [
    ("ایران", "ايران", ["ايران"]),
    ("ايران", "ایران", ["ایران"]),
    ("کرد", "كرد", ["كرد"]),
    ("پاکستان", "پاكستان", ["پاكستان"]),
    ("امریکا", "امريكا", ["امريكا"]),
    ("کشمیر", "كشمير", ["كشمير"]),
    ("شہر", "شهر میں", ["شهر"]),
    ("لاہور", "لاهور", ["لاهور"]),
    ("تمہارا", "تمھارا", ["تمھارا"]),
    ("جمهوری", "جمهورى", ["جمهورى"]),
    ("کوردستان", "كوردستان", ["كوردستان"]),
    ("سوریە", "سوریه", ["سوریه"]),
    ("دهۆک", "دھۆک", ["دھۆک"]),
    ("ھەولێر", "هەولێر", ["هەولێر"]),
    ("دەوڵەت", "ده\u200cوڵه\u200cت", ["ده\u200cوڵه\u200cت"]),
    ("بہاری", "بھاری بارش", []),
    ("کہا", "کھا", []),
]

HALF_SPACE: list[Row] = [
    ("آتش بس", "آتش\u200cبس", ["آتش\u200cبس"]),
    ("آتش\u200cبس", "آتش بس، آتش\u200cبس، آتشبس", ["آتش بس", "آتش\u200cبس", "آتشبس"]),
    ("آتش-بس", "آتش\u200cبس", ["آتش\u200cبس"]),
    ("آتشبس", "آتش\u200cبس و آتش بس", ["آتش\u200cبس", "آتش بس"]),
    ("کتاب", "کتاب\u200cها", ["کتاب"]),
    ("کتاب\u200cها", "کتابها", ["کتابها"]),
    ("خانه\u200cها", "خانهها، خانه ها", ["خانهها", "خانه ها"]),
    ("خانهها", "خانه\u200cها", ["خانه\u200cها"]),
    ("نیروهای مسلح", "نیرو\u200cهای مسلح", ["نیرو\u200cهای مسلح"]),
    ("رئیس جمهور", "رییس\u200cجمهور", ["رییس\u200cجمهور"]),
    ("جبهه*", "جبهه\u200cهای جنگ", ["جبهه"]),
    ("آتش بس", "آتش، بس", ["آتش، بس"]),
    ("بس", "آتش. بس\u200c", ["بس"]),
    ("Auflage", "Auf\u200clage", ["Auf\u200clage"]),
    ("क्ष", "क्\u200cष", ["क्\u200cष"]),
]

DIGITS: list[Row] = [
    ("2016", "عام ٢٠١٦", ["٢٠١٦"]),
    ("2016", "سال ۲۰۱۶", ["۲۰۱۶"]),
    ("۲۰۱۶", "in 2016", ["2016"]),
    ("٢٠١٦", "۲۰۱۶", ["۲۰۱۶"]),
    ("2016", "सन २०१६ में", ["२०१६"]),
    ("2016", "২০১৬ সালে", ["২০১৬"]),
    ("2016", "ปี๒๐๑๖", ["๒๐๑๖"]),
    ("2016", "２０１６年", ["２０１６"]),
    ("2016", "၂၀၁၆ ခုနှစ်", ["၂၀၁၆"]),
    ("2016", "ឆ្នាំ២០១៦", ["២០១៦"]),
    ("2016", "ປີ໒໐໑໖", ["໒໐໑໖"]),
    ("G7", "قمة G٧", ["G٧"]),
    ("COP28", "COP٢٨", ["COP٢٨"]),
    ("2016", "٢٠١٧", []),
]

CASE_ENDINGS: list[Row] = [
    ("Erdoğan", "Erdoğan'ın açıklaması", ["Erdoğan'ın"]),
    ("Erdogan", "Erdoğan’a göre", ["Erdoğan’a"]),
    ("NATO", "NATO'ya üyelik", ["NATO'ya"]),
    ("ABD", "ABD’nin politikası, ABD'de, ABD'den, ABD'yle", ["ABD’nin", "ABD'de", "ABD'den", "ABD'yle"]),
    ("Ankara", "Ankara'daki toplantı", ["Ankara'daki"]),
    ("Halep", "Halep'teki ateşkes", ["Halep'teki"]),
    ("Suriye", "Suriye'nin kuzeyi", ["Suriye'nin"]),
    ("Putin", "Putin'le görüştü", ["Putin'le"]),
    ("Bakı", "Bakı'dan", ["Bakı'dan"]),
    ("Toshkent", "Toshkent'ning markazi", ["Toshkent'ning"]),
    ("Türkiye", "TÜRKİYE'DE SEÇİM", ["TÜRKİYE'DE"]),
    ("=Halep", "Halep'te", ["Halep'te"]),
    ("Erdoğan açıklaması", "Erdoğan'ın açıklaması", ["Erdoğan'ın açıklaması"]),
    ("Sana", "Sana'a", []),
    ("Don", "Don't", []),
    ("Shi", "Shi'a and Shi'ite", []),
    ("Qur", "the Qur'an", []),
    ("halep", "halep'te", []),
]

ABBREVIATIONS: list[Row] = [
    ("US", "The U. S. Army", ["U. S"]),
    ("U.S.", "The U. S. Army", ["U. S"]),
    ("U. S.", "the US, the U.S. and the U. S.", ["US", "U.S.", "U. S"]),
    ("NATO", "N. A. T. O. meets", ["N. A. T. O"]),
    ("US", "the U. S. A. and its army", []),
    ("USA", "the U. S. A. and its army", ["U. S. A"]),
    ("J.D. Vance", "J. D. Vance visits", ["J. D. Vance"]),
    ("J. D. Vance", "J.D. Vance, JD Vance", ["J.D. Vance", "JD Vance"]),
    ("JD Vance", "J. D. Vance", ["J. D. Vance"]),
    ("J. R. R. Toller", "J.R.R. Toller", ["J.R.R. Toller"]),
    ("EE.UU.", "EE. UU. y Oslo", ["EE. UU"]),
    ("EE. UU.", "EE.UU. y EE UU y EEUU", ["EE.UU", "EE UU", "EEUU"]),
    ("EEUU", "EE.UU., EE. UU. y EE UU", ["EE.UU", "EE. UU", "EE UU"]),
    ("FF.AA.", "las FF. AA. del país", ["FF. AA"]),
    ("США", "С. Ш. А.", ["С. Ш. А"]),
    ("DC", "Washington, D. C.", ["D. C"]),
    ("John F. Marlow", "John F. Marlow", ["John F. Marlow"]),
    ("DA", "Vitamin D. A study", []),
    ("PM", "at 5 p. m. today", []),
    ("US", "u. s.", []),
    ("UN", "U. N. and the u. k. of E. F. Marlow", ["U. N"]),
]

MONEY: list[Row] = [
    ("US", "Aid of US$5m", []),
    ("US", "Aid of US$ 5 million", []),
    ("US", "U-boats for US-$ 5", []),
    ("US", "$US5m and $US 5m", []),
    ("US", "U.S.$5m", []),
    ("HK", "HK$3bn", []),
    ("NZ", "NZ$40", []),
    ("AU", "AU$40", []),
    ("US", "US£ and US＄4", []),
    ("US", "The US gives US$5m", ["US"]),
    ("US", "US $5m plan", ["US"]),
    ("US$", "Aid of US$5m, $US 5m", ["US$", "$US"]),
    ("us$", "Aid of US$5m", ["US$"]),
    ("US", "aid of us$5m", []),
    ("US$", "The US", []),
    ("US", "Micro$oft US", ["US"]),
    ("GM", "$GM beats estimates", ["GM"]),
    ("GM", "$GM 5% up", ["GM"]),
    ("BP", "Oil ($BP) fell", ["BP"]),
    ("AI", "Buy $AI stock", ["AI"]),
    ("UN", "UN-$5m appeal", ["UN"]),
    ("IMF", "IMF-£2bn loan", ["IMF"]),
    ("EU", "EU£3m", ["EU"]),
    ("NT$", "It costs NT$5", ["NT$"]),
    ("5m", "US$5m", ["5m"]),
]

HASHTAGS: list[Row] = [
    ("ceasefire", "#SyriaCeasefire trends", ["Ceasefire"]),
    ("Syria", "#SyriaCeasefire trends", ["Syria"]),
    ("Gaza", "#GazaUnderAttack rally", ["Gaza"]),
    ("#SyriaCeasefire", "#SyriaCeasefire", ["SyriaCeasefire"]),
    ("SyriaCeasefire", "#SyriaCeasefire", ["SyriaCeasefire"]),
    ("ForestFiresNow", "#ForestFiresNow", ["ForestFiresNow"]),
    ("forest fire", "#ForestFiresNow", ["ForestFires"]),
    ("forest fires", "#ForestFiresNow", ["ForestFires"]),
    ("cease-fire", "#CeaseFireNow", ["CeaseFire"]),
    ("US troops", "#USTroopsOut", ["USTroops"]),
    ("COP28", "#COP28Talks", ["COP28"]),
    ("Syria", "#Syria2016", ["Syria"]),
    ("Сирия", "#СирияПеремирие", ["Сирия"]),
    ("NGO", "#NGOs", ["NGOs"]),
    ("Gaza", "＃FreeGaza", ["Gaza"]),
    ("McAllan", "#McAllan", ["McAllan"]),
    ("Rights for all now", "#RightsForAllNow", ["RightsForAllNow"]),
    ("Aleppo", "#aleppo", ["aleppo"]),
    ("ease", "#SyriaCeasefire", []),
    ("fire", "SyriaCeaseFire", []),
]

UMLAUTS: list[Row] = [
    ("Müller", "Mueller tritt zurück", ["Mueller"]),
    ("Mueller", "Müller tritt zurück", ["Müller"]),
    ("Muller", "Müller", ["Müller"]),
    ("Müller", "Muller", ["Muller"]),
    ("Köln", "Koeln, KOELN", ["Koeln", "KOELN"]),
    ("Aarhus", "Århus", ["Århus"]),
    ("Ørsted", "Oersted", ["Oersted"]),
    ("Jaervi", "Järvi", ["Järvi"]),
    ("Münch*", "Muenchner", ["Muenchner"]),
    ("Muench*", "Münchner", ["Münchner"]),
    ("Düsseldorf", "Du\u0308sseldorf, Duesseldorfs", ["Du\u0308sseldorf", "Duesseldorfs"]),
    ("Grüne Jugend", "Gruene Jugend", ["Gruene Jugend"]),
    ("Müller Köhler", "Müller Koehler", ["Müller Koehler"]),
    ("Müller", "Müller'in sözleri", ["Müller'in"]),
    ("Mueller", "Muller", []),
    ("Aar", "ett år", []),
    ("=Müller", "Mueller", []),
]

PLATES: list[Row] = [
    ("MH17", "the MH 17 trial", ["MH 17"]),
    ("MH 17", "MH17, MH-17", ["MH17", "MH-17"]),
    ("MH-17", "MH17, MH 17", ["MH17", "MH 17"]),
    ("COP28", "COP 28 opens", ["COP 28"]),
    ("S-400", "S 400, S400", ["S 400", "S400"]),
    ("S400", "S 400 and S-400", ["S 400", "S-400"]),
    ("Su35", "two Su 35", ["Su 35"]),
    ("G20", "the G 20", ["G 20"]),
    ("A320", "an A 320", ["A 320"]),
    ("T 72", "T72", ["T72"]),
    ("A40", "A 40 percent rise", []),
    ("in16", "In 16 days", []),
    ("MH17", "MH. 17", []),
    ("MH17", "MH 170", []),
]

TABLE = [
    *ARABIC_YA,
    *TA_MARBUTA,
    *HAMZA,
    *PERSIAN_AND_URDU,
    *HALF_SPACE,
    *DIGITS,
    *CASE_ENDINGS,
    *ABBREVIATIONS,
    *MONEY,
    *HASHTAGS,
    *UMLAUTS,
    *PLATES,
]


def test_a_term_finds_these_words_of_a_text() -> None:
    def check(term: str, text: str, expected: list[str]) -> None:
        document = Document(title="", text=text)
        topic = Topic(name="t", rules=(Rule(all=((term,),)),))
        assert found(term, document) == expected
        index = TopicIndex((topic,), {})
        assert bool(index.matches(document)) is bool(index.matching(document)) is bool(expected)

    each_row(check, TABLE)


@pytest.mark.parametrize("text", sorted({text for _, text, _ in TABLE}))
def test_words_have_one_place_each(text: str) -> None:
    assert raw_words(text) == [text[token.start : token.end] for token in tokens(text, {})]


def test_a_memory_changes_nothing_and_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_reading, "MEMORY_WORDS", 2)
    memory: dict[str, Word] = {}
    text = "one two three two #OneTwo"
    assert tokens(text, memory) == tokens(text, {})
    assert len(memory) <= 2


@pytest.mark.parametrize(
    "flood", ["#" + "Us" * 20_000, "U. " * 20_000, "EE " * 20_000, "ده\u200c" * 20_000, "A'ya " * 9_000]
)
def test_a_flood_of_joined_words_is_read_to_its_end(flood: str) -> None:
    assert found("Aleppo", Document(title="", text=f"{flood} Aleppo")) == ["Aleppo"]


def test_an_abbreviation_in_a_headline_goes_on_there() -> None:
    assert found("US", Document(title="Talks with the U. S. army", text="U. S. army")) == ["U. S", "U. S"]
    assert found("US", Document(title="Vitamin U.", text="S. Marlow left")) == []
