"""What the language of an article decides in matching: which articles a topic reads, and how words are read."""

import pytest

from monitor.match import TopicIndex
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic


def is_found(term: str, title: str, *, language: str = "", identified_language: str = "") -> bool:
    topic = Topic(name="t", rules=(Rule(all=((term,),)),))
    document = Document(title=title, text="", language=language, identified_language=identified_language)
    return bool(TopicIndex((topic,), {}).matches(document))


@pytest.mark.parametrize(
    ("term", "title", "in_turkish", "elsewhere"),
    [
        ("Ukrayna", "savaş ukrayna'da sürüyor", True, False),
        ("Suriye", "suriye’nin kuzeyi", True, False),
        ("=Bakü", "Bakü'den uçak", True, True),
        ("=irak", "irak'ta sel", True, False),
        ("NATO", "NATO'ya çağrı", True, True),
        ("suet", "süt fiyatı", False, True),
        ("statue", "statü tartışması", False, True),
        ("Mueller", "Müller istifa etti", True, True),  # a name may be German
        ("süt", "süt fiyatı", True, True),
        ("sut", "süt fiyatı", True, True),
        ("Kuzey Kore", "kuzey kore'de deprem", True, False),
    ],
)
def test_words_of_turkish_are_read_as_such(term: str, title: str, *, in_turkish: bool, elsewhere: bool) -> None:
    assert is_found(term, title, language="tr") is in_turkish
    assert is_found(term, title, language="az-Latn") is in_turkish
    assert is_found(term, title, identified_language="tr") is in_turkish
    for facts in ({}, {"language": "en"}, {"language": "uz"}, {"language": "de", "identified_language": "tr"}):
        assert is_found(term, title, **facts) is elsewhere


def test_one_index_reads_each_text_in_its_language_and_may_forget() -> None:
    index = TopicIndex((Topic(name="t", rules=(Rule(all=(("Ukrayna",),)),)),), {})
    texts = {each: Document(title="ukrayna'da", text="", language=each) for each in ("tr", "en", "")}
    for _ in range(2):
        assert [bool(index.matches(texts[each])) for each in ("en", "tr", "", "tr", "en")] == [False, True] * 2 + [
            False
        ]
        index.forget_words()


@pytest.mark.parametrize(
    ("language", "identified", "is_read"),
    [
        ("en", "", True),
        ("de", "", False),
        ("", "", True),
        ("", "de", True),  # a guess excludes nothing
        ("", "en", True),
        ("de", "en", False),
    ],
)
def test_only_what_somebody_says_excludes(language: str, identified: str, *, is_read: bool) -> None:
    topic = Topic(name="t", rules=(Rule(all=(("truce",),)),), languages=("en",))
    document = Document(title="Truce", text="", language=language, identified_language=identified)
    index = TopicIndex((topic,), {})
    assert bool(index.matches(document)) is is_read
    assert bool(index.explain("t", document).refusal) is not is_read
