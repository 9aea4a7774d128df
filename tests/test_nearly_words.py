"""What of words is compared: stems, the consonants of names in four scripts, and what an article lacks by one group."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.content_words import content_words, telling
from monitor.model.topic import Rule, Topic
from monitor.nearly import NearMisses, as_written, telling_words
from monitor.nearly.stems import NAME, consonants, stem
from monitor.text import folded


@pytest.mark.parametrize(
    "forms",
    [
        "evacuate evacuated evacuation évacuation Evakuierung",
        "Waldbrand Waldbrände Waldbrandgefahr",
        "перемирие перемирия перемирием",
        "война войной войны",
        "мир мира",
        "هدنة الهدنة والهدنة بالهدنة",
        "حريق وحريق",
        "αντιπροσωπεία αντιπρόσωπος",
    ],
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    stems = {stem(folded(each)) for each in forms.split()}
    assert len(stems) == (2 if "Evakuierung" in forms else 1), stems


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("Zelenskyy Zelensky Selenskyj Зеленский Зеленского زيلينسكي Ζελένσκι", "SLNSK"),
        ("Khartoum Khartum Chartum Хартум Хартума الخرطوم والخرطوم", "KRTM"),
        ("Okonjo Оконджо أوكونجو", "KNG"),
        ("Macron Макрона ماكرون Μακρόν", "MKRN"),
        ("Hamas Hamás ХАМАС حماس", "KMS"),
        ("Putin Путина بوتين", "BTN"),
        ("Shanghai Schanghai", "SNG"),
        ("Cyprus Кипр", None),
        ("Alexis Αλέξης", "LKS"),
        ("Φίλιππος", "FLBS"),
        ("Boeing Боинг", "BNG"),
    ],
)
def test_a_name_is_the_same_in_all_scripts(names: str, expected: str | None) -> None:
    found = {consonants(folded(each)) for each in names.split()}
    assert found == {f"{NAME}{expected}"} or expected is None


@pytest.mark.parametrize("name", ["Kim", "Ли", "عمر", "東京", "서울", "Ελλάς", "მთა", "Ա"])
def test_names_with_two_consonants_and_those_of_other_scripts_have_none(name: str) -> None:
    assert consonants(folded(name)) in {"", f"{NAME}LLS"}


def test_only_words_that_may_be_names_are_compared_by_their_consonants() -> None:
    assert [*telling_words("Kestrel lands", "the kestrel of Kestrelton")] == ["kestr", "~KSTRL", "land", "~KSTRLTN"]
    assert [*telling_words("東京湾", "")] == ["東京", "京湾"]
    assert [*telling_words("", "السودان")] == ["سود", "~SDN"]


def test_the_share_of_the_most_frequent_form_counts() -> None:
    rare, common = telling_words("internuncio", ""), telling_words("international", "")
    both = telling_words("internuncio international internuncios", "")
    assert rare["inter"] < common["inter"] == both["inter"]


def test_a_word_that_two_keys_stand_for_is_shown_once() -> None:
    assert as_written(["~KSTRL", "kestr", "land"], "Kestrel lands", "", 3) == ("Kestrel", "lands")


@given(st.text())
def test_any_text_has_words_that_are_shown_as_it_writes_them(text: str) -> None:
    assert [word for word, _, _ in telling(text)] == [*content_words(text)]
    keys = telling_words("", text)
    for shown in as_written(keys, "", text, len(keys)):
        assert shown in text


TOPIC = Topic(
    name="Truce",
    rules=(
        Rule(all=(("Kesh*",), ("truce", "lull"), ("title:envoy",))),
        Rule(all=(("Zabad",), ("truce",))),
        Rule(all=(("harbour",),)),
    ),
)


@pytest.mark.parametrize(
    ("title", "text", "is_near"),
    [
        ("Envoy in Kesh", "", True),
        ("Kesh", "an envoy, a lull", True),
        ("Zabad", "", True),
        ("Kesh", "", False),
        ("Envoy: truce in Kesh", "", True),
        ("Envoy: lull in Kesh", "", False),
        ("Harbour", "", False),
        ("Kesh", f"{'so ' * 400}a lull", False),
        ("", "", False),
    ],
)
def test_an_article_that_lacks_exactly_one_group_is_a_near_miss(title: str, text: str, is_near: object) -> None:
    found = NearMisses([TOPIC], {}).of(title, text)
    assert found == (frozenset({"Truce"}) if is_near else frozenset())


def test_topics_of_one_group_have_no_near_misses() -> None:
    assert NearMisses([Topic(name="Truce", rules=TOPIC.rules[2:])], {}).of("Kesh", "") == frozenset()
