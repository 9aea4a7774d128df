"""The language of terms as a table: term, text, the words found in it. No words found: no match.

A text is read as an article's body, so that nothing depends on the headline; headlines have their own table.
"""

import pytest
from table import each_row

from monitor.match import TopicIndex
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic

Row = tuple[str, str, list[str]]

WHOLE_WORDS: list[Row] = [
    ("Syria", "Talks on Syria resume.", ["Syria"]),
    ("syria", "Talks on SYRIA resume.", ["SYRIA"]),
    ("Syria", "Syrian delegates resume talks.", []),
    ("aid", "The raid was denied.", []),
    ("aid", "An aid convoy waits.", ["aid"]),
    ("oil", "Turmoil and foil, but no fuel.", []),
    ("war", "Forward, towards a software award.", []),
    ("Aleppo", "(Aleppo), “Aleppo”, Aleppo!", ["Aleppo", "Aleppo", "Aleppo"]),
    ("Aleppo", "#Aleppo and @Aleppo_news", ["Aleppo", "Aleppo"]),
    ("2016", "In 2016, not 20163 or 12016.", ["2016"]),
    ("G7", "The G7 met; a g7 memo leaked.", ["G7", "g7"]),
    ("Syria", "", []),
    ("Syria", "…!? — ⚠️", []),
    ("Kerry", "Kerry—who had left—returned.", ["Kerry"]),
    ("Kerry", "kerry/lavrov", ["kerry"]),
    ("C4ISR", "New C4ISR gear", ["C4ISR"]),
]

POSSESSIVES: list[Row] = [
    ("Assad", "Assad's forces advance.", ["Assad"]),
    ("Assad", "Assad’s forces advance.", ["Assad"]),
    ("Assad", "ASSAD'S forces advance.", ["ASSAD"]),
    ("Houthi", "the Houthis' ships", ["Houthis"]),
    ("US", "the US's role and the U.S.'s role", ["US", "U.S."]),
    ("Syria war", "Syria's war goes on.", ["Syria's war"]),
    ("Sana'a", "Sanaa, Sana'a, Sana’a and Ṣanʿaʾa", ["Sanaa", "Sana'a", "Sana’a", "Ṣanʿaʾa"]),
    ("Sanaa", "From Sana’a.", ["Sana’a"]),
    ("O'Brien", "O’Brien and OBrien", ["O’Brien", "OBrien"]),
    ("Don", "Don't.", []),
    ("won", "They won't, he won.", ["won"]),
    ("Quran", "the Qur'an", ["Qur'an"]),
]

PLURALS_ONLY_OUTWARD: list[Row] = [
    ("airstrike", "airstrikes", ["airstrikes"]),
    ("airstrikes", "an airstrike", []),
    ("ally", "allies and an ally", ["allies", "ally"]),
    ("talks", "The talk of the town", []),
    ("talk", "the talks", ["talks"]),
    ("box", "two boxes", ["boxes"]),
    ("clash", "clashes", ["clashes"]),
    ("embargo", "embargoes, embargos", ["embargoes", "embargos"]),
    ("day", "days", ["days"]),
    ("new", "the news", []),
    ("arm", "arms deal", []),
    ("aid", "AIDS and aids", []),
    ("custom", "customs union", []),
    ("good", "dangerous goods", []),
    ("Mar", "a probe to Mars", []),
    ("Hama", "Hamas said", []),
    ("US", "uses, USES", []),
    ("star", "The STARS report", []),
    ("NGO", "Two NGOs left; an NGO stayed; ngos.", ["NGOs", "NGO"]),
    ("Syrian", "Syrians", ["Syrians"]),
    ("F-16", "two F-16s", ["F-16s"]),
    ("head of state", "heads of state", ["heads of state"]),
    ("joint integration center", "joint integration centers", ["joint integration centers"]),
    ("Kurd", "“Kurds”", ["Kurds"]),
]

COMPOUNDS: list[Row] = [
    ("ceasefire", "ceasefire, cease-fire, cease fire", ["ceasefire", "cease-fire", "cease fire"]),
    ("cease-fire", "ceasefire, cease-fire, cease fire", ["ceasefire", "cease-fire", "cease fire"]),
    ("cease fire", "ceasefire, cease-fire, cease fire", ["ceasefire", "cease-fire", "cease fire"]),
    ("ceasefire", "cease\u2011fire and cease–fire", ["cease\u2011fire", "cease–fire"]),
    ("ceasefire", "Will they cease? Fire broke out.", []),
    ("ceasefire", "cease, fire", []),
    ("ceasefire", "CEASE-FIRE", ["CEASE-FIRE"]),
    ("ceasefire", "cease-fires", ["cease-fires"]),
    ("air strike", "airstrikes, air-strike, air strikes", ["airstrikes", "air-strike", "air strikes"]),
    ("airstrike", "an air strike", ["air strike"]),
    ("airstrike*", "air strikes", ["air strikes"]),
    ("coordinat*", "co-ordination", ["co-ordination"]),
    ("Russia*", "Russia-backed", ["Russia"]),
    ("email", "an e-mail", ["e-mail"]),
    ("al-Nusra", "al Nusra, al-Nusra, alNusra", ["al Nusra", "al-Nusra", "alNusra"]),
    ("Nusra", "al-Nusra", ["Nusra"]),
    ("Assad", "Bashar al-Assad", ["Assad"]),
    ("mil-to-mil", "mil-to-mil, mil to mil, miltomil", ["mil-to-mil", "mil to mil", "miltomil"]),
    ("abroad", "a broad coalition", []),
    ("therapist", "the rapist was jailed", []),
    ("US aid", "the USAID office", []),
    ("COVID-19", "COVID-19, COVID 19", ["COVID-19", "COVID 19"]),
    ("ceasefire agreement", "the cease-fire agreement", ["cease-fire agreement"]),
    ("cease-fire agreement", "the ceasefire agreement", ["ceasefire agreement"]),
    ("White House", "#WhiteHouse", ["WhiteHouse"]),
    ("Côte d'Ivoire", "Cote d’Ivoire", ["Cote d’Ivoire"]),
    ("N'Djamena", "Ndjamena", ["Ndjamena"]),
]

PHRASES: list[Row] = [
    ("cessation of hostilities", "a cessation of hostilities", ["cessation of hostilities"]),
    ("cessation of hostilities", "cessation of the hostilities", []),
    ("United Nations", "the United\nNations", ["United\nNations"]),
    ("United Nations", "Manchester United. Nations meet.", []),
    ("United Nations", "United\n\nNations", []),
    ("New York", "in New York, where", ["New York"]),
    ("St Petersburg", "in St. Petersburg", ["St. Petersburg"]),
    ("Gen Mattis", "Gen. Mattis", ["Gen. Mattis"]),
    ("US troops", "US troops; us troops", ["US troops"]),
    ("US troops", "U.S. troops", ["U.S. troops"]),
    ("Islamic State", "the so-called “Islamic” State", ["Islamic” State"]),
    ("New York New York", "New York, New York", ["New York, New York"]),
    ("peace talks", "peace talk", []),
    ("peace talk*", "peace talking", ["peace talking"]),
    ('"peace talks"', "peace talks", ["peace talks"]),
    ("“peace talks”", "peace talks", ["peace talks"]),
    ("US, UK", "the US, UK and EU", ["US, UK"]),
]

PREFIXES: list[Row] = [
    ("Syria*", "Syria, Syrian, Syrians", ["Syria", "Syrian", "Syrians"]),
    ("Syria*", "Assyrian", []),
    ("coordinat*", "coordinate COORDINATION coordinator’s", ["coordinate", "COORDINATION", "coordinator"]),
    ("perem*", "перемирие", []),
    ("American*", "americanised", ["americanised"]),
    ("deconflict*", "de-conflict", ["de-conflict"]),
    ("war*", "warships, wares and a war", ["warships", "wares", "war"]),
]

CAPITALS: list[Row] = [
    ("US", "the US or the U.S., and U.S without the dot", ["US", "U.S.", "U.S"]),
    ("US", "U.S.A. and USA are other terms", []),
    ("US", "let us go", []),
    ("US", "Us and them", []),
    ("US", "u.s. officials", ["u.s."]),
    ("US", "U.S.-led forces", ["U.S."]),
    ("US", "US-Russian deal", ["US"]),
    ("U.S.", "US, us", ["US"]),
    ("IS", "This is what IS claims", ["IS"]),
    ("WHO", "who says WHO says", ["WHO"]),
    ("IT", "it fired IT staff", ["IT"]),
    ("UN", "un accord à l'UN", ["UN"]),
    ("PM", "at 5 p.m. the PM spoke", ["PM"]),
    ("AIDS", "aids, aides, AIDS", ["AIDS"]),
    ("us", "US, us", ["US", "us"]),
    ("US", "ＵＳ", ["ＵＳ"]),
    ("EU", "EU’s, EUROPE", ["EU"]),
    ("США", "США, С.Ш.А., сша", ["США", "С.Ш.А."]),
]

EXACT: list[Row] = [
    ("=Turkey", "Turkey ate turkey", ["Turkey"]),
    ("=Turkey", "TURKEY, Turkeys", []),
    ("=Turkey", "Turkey’s coast", ["Turkey"]),
    ("=us", "US and us", ["us"]),
    ("=Ceasefire", "Cease-fire", []),
    ("=New York", "New York, new York, NEW YORK", ["New York"]),
    ("=Erdogan", "Erdoğan", []),
    ("= Turkey", "Turkey", ["Turkey"]),
]

ACCENTS_AND_WIDTH: list[Row] = [
    ("Erdogan", "Erdoğan, ERDOĞAN", ["Erdoğan", "ERDOĞAN"]),
    ("Erdoğan", "Erdogan", ["Erdogan"]),
    ("Istanbul", "İstanbul, ISTANBUL, istanbul", ["İstanbul", "ISTANBUL", "istanbul"]),
    ("Lodz", "Łódź", ["Łódź"]),
    ("strasse", "Straße", ["Straße"]),
    ("Malmo", "Malmö", ["Malmö"]),
    ("Orsted", "Ørsted", ["Ørsted"]),
    ("café", "cafe\u0301", ["cafe\u0301"]),
    ("office", "oﬃce", ["oﬃce"]),
    ("cooperation", "co\u00adoperation", ["co\u00adoperation"]),
    ("cooperation", "co\u200boperation", ["co\u200boperation"]),
    ("Nguyen", "Nguyễn", ["Nguyễn"]),
    ("ONU", "l’ONU à Genève", ["ONU"]),
    ("Iran", "l'Iran, d’Iran", ["Iran", "Iran"]),
]

CYRILLIC: list[Row] = [
    ("Сирия", "СИРИЯ, Сирия", ["СИРИЯ", "Сирия"]),
    ("Сири*", "в Сирии", ["Сирии"]),
    ("перемири*", "О перемирии", ["перемирии"]),
    ("мир", "перемирие", []),
    ("войн*", "воин и войны", ["войны"]),
    ("Орел", "Орёл", ["Орёл"]),
    ("Київ", "у місті Київ", ["Київ"]),
]

ARABIC: list[Row] = [
    ("سوريا", "الحرب في سوريا", ["سوريا"]),
    ("سوريا", "سورياني", []),
    ("سوري*", "سورية", ["سورية"]),
    ("الأمم المتحدة", "الامم المتحدة", ["الامم المتحدة"]),
    ("هدنة", "هُدْنَة", ["هُدْنَة"]),
    ("سوريا", "سـوريـا، اليوم", ["سـوريـا"]),
    ("حلب", "حلب؟", ["حلب"]),
]

GREEK_AND_HEBREW: list[Row] = [
    ("Συρία", "στη ΣΥΡΙΑ", ["ΣΥΡΙΑ"]),
    ("Συρια", "στη Συρία", ["Συρία"]),
    ("στρατός", "ΣΤΡΑΤΟΣ", ["ΣΤΡΑΤΟΣ"]),
    ("סוריה", "המלחמה בסוריה", []),
    ("סוריה", "סוריה: המלחמה", ["סוריה"]),
    ("צה״ל", "צה״ל הודיע", ["צה״ל"]),
]

HINDI: list[Row] = [
    ("सीरिया", "सीरिया में युद्ध", ["सीरिया"]),
    ("युद्ध", "युद्धविराम", []),
    ("युद्ध*", "युद्धविराम", ["युद्धविराम"]),
    ("युद्धविराम", "युद्धविराम।", ["युद्धविराम"]),
    ("की", "कि", []),
    ("कि", "की", []),
]

WITHOUT_SPACES: list[Row] = [
    ("停火", "叙利亚停火协议", ["停火"]),
    ("停火", "停、火", []),
    ("叙利亚", "叙利亚停火，叙利亚政府", ["叙利亚", "叙利亚"]),
    ("シリア", "ロシアとシリアの停戦", ["シリア"]),
    ("ｼﾘｱ", "シリア", ["シリア"]),
    ("ガザ", "ｶﾞｻﾞ地区", ["ｶﾞｻﾞ"]),
    ("G7首脳", "G7首脳会議", ["G7首脳"]),
    ("停火*", "停火协议", ["停火"]),
    ("หยุดยิง", "ข้อตกลงหยุดยิงในซีเรีย", ["หยุดยิง"]),
    ("ซีเรีย", "หยุดยิงในซีเรีย", ["ซีเรีย"]),
    ("US", "美国US军队", ["US"]),
]

KOREAN: list[Row] = [
    ("시리아", "시리아 휴전", ["시리아"]),
    ("시리아", "시리아에서 휴전", []),
    ("시리아*", "시리아에서 휴전", ["시리아에서"]),
    ("이란*", "이란과 협상", ["이란과"]),
]

TABLE = [
    *WHOLE_WORDS,
    *POSSESSIVES,
    *PLURALS_ONLY_OUTWARD,
    *COMPOUNDS,
    *PHRASES,
    *PREFIXES,
    *CAPITALS,
    *EXACT,
    *ACCENTS_AND_WIDTH,
    *CYRILLIC,
    *ARABIC,
    *GREEK_AND_HEBREW,
    *HINDI,
    *WITHOUT_SPACES,
    *KOREAN,
]

HEADLINES: list[Row] = [
    ("US", "LET US PRAY", []),
    ("US", "U.S. FREEZES PLANS", ["U.S."]),
    ("US", "US FREEZES PLANS FOR SYRIA", []),
    ("US", "THE US FREEZES PLANS", ["US"]),
    ("US", "US-LED AIR STRIKES HELP US ALL", ["US"]),
    ("WHO", "THE WHO WARNS ALL WHO TRAVEL", ["WHO"]),
    ("NATO", "NATO CHIEF WARNS MOSCOW", ["NATO"]),
    ("airstrike", "AIRSTRIKES HIT ALEPPO AGAIN", ["AIRSTRIKES"]),
    ("talk", "TALKS RESUME IN GENEVA", ["TALKS"]),
    ("aid", "AIDS CASES FALL AGAIN", []),
    ("AID", "MORE AID FOR ALEPPO", []),
    ("WHO", "WHO WILL WIN TODAY?", []),
    ("US", "US, EU agree", ["US"]),
    ("US", "US", ["US"]),
    ("title:podcast", "Podcast: the week", ["Podcast"]),
    ("title: peace talks", "Peace talks end", ["Peace talks"]),
    ("title:=Turkey", "Turkey and turkey", ["Turkey"]),
]


def found(term: str, document: Document) -> list[str]:
    """Every hit of the term, sliced out of the document by the offsets given."""
    topic = Topic(name="t", rules=(Rule(all=((term,),)),))
    group = TopicIndex((topic,), {}).explain("t", document).rules[0].groups[0]
    return [getattr(document, hit.field)[hit.start : hit.end] for hit in group.hits]


def test_a_term_finds_these_words_of_a_text() -> None:
    def check(term: str, text: str, expected: list[str]) -> None:
        document = Document(title="", text=text)
        topic = Topic(name="t", rules=(Rule(all=((term,),)),))
        assert found(term, document) == expected
        index = TopicIndex((topic,), {})
        assert bool(index.matches(document)) is bool(index.matching(document)) is bool(expected)

    each_row(check, TABLE)


@pytest.mark.parametrize(("term", "title", "expected"), HEADLINES)
def test_a_term_finds_these_words_of_a_headline(term: str, title: str, expected: list[str]) -> None:
    assert found(term, Document(title=title, text="")) == expected


def test_a_title_term_is_not_found_in_the_text() -> None:
    assert found("title:podcast", Document(title="The week", text="A podcast.")) == []


def test_a_phrase_does_not_run_from_the_title_into_the_text() -> None:
    assert found("New York", Document(title="Something new", text="York is old.")) == []


def test_the_table_is_long_enough_to_be_trusted() -> None:
    assert len(TABLE) + len(HEADLINES) >= 150
