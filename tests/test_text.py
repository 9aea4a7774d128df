"""Tokens, folding, sentences, normalised titles and shingles."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import text as text_module
from monitor.text import Word, folded, glue, normalised_title, sentence_starts, shingles, tokenise


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("The U.S. Army", ["the", "us", "army"]),
        ("cease-fire", ["cease", "fire"]),
        ("Assad’s army", ["assad", "army"]),
        ("don't won’t", ["dont", "wont"]),
        ("l'ONU qu’Alep", ["l", "onu", "qu", "alep"]),
        ("snake_case #Tag", ["snake", "case", "tag"]),
        ("1,000 or 3.5", ["1", "000", "or", "3", "5"]),
        ("ʼ word", ["ʼ", "word"]),
        ("叙利亚 G7", ["叙", "利", "亚", "g7"]),
        ("ยุติ", ["ยุ", "ติ"]),
        ("सीरिया", ["सीरिया"]),
        ("⚠️ — …", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into_folded_words(text: str, keys: list[str]) -> None:
    assert [token.word.key for token in tokenise(text)] == keys


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("US", Word("us", "US", may_be_plural=False)),
        ("U.S.", Word("us", "US", may_be_plural=False)),
        ("Us", Word("us", "", may_be_plural=True)),
        ("p.m.", Word("pm", "", may_be_plural=True)),
        ("NGOs", Word("ngos", "NGO", may_be_plural=True)),
        ("G7", Word("g7", "", may_be_plural=True)),
        ("UNICEF", Word("unicef", "UNICEF", may_be_plural=True)),
        ("a", Word("a", "", may_be_plural=True)),
    ],
)
def test_a_word_knows_its_key_and_the_acronym_it_can_be(text: str, word: Word) -> None:
    assert tokenise(text)[0].word == word


@pytest.mark.parametrize(
    ("text", "acronyms"),
    [
        ("LET US PRAY FOR NATO", ["LET", "PRAY", "NATO"]),
        ("U.S. TROOPS HELP US", ["US", "TROOPS", "HELP"]),
        ("THE US FREEZES ALL PLANS", ["US", "FREEZES", "PLANS"]),
        ("US-LED RAID HELPS US", ["US", "LED", "RAID", "HELPS"]),
        ("US, EU", ["US", "EU"]),
        ("The US, the EU", ["US", "EU"]),
    ],
)
def test_a_text_that_shouts_keeps_no_common_word_as_an_acronym(text: str, acronyms: list[str]) -> None:
    assert [token.word.caps for token in tokenise(text) if len(token.word.caps) > 1] == [
        word for word in acronyms if word
    ]


def test_offsets_are_those_of_the_text_as_it_is() -> None:
    text = "İn “co\u00adoperation” oﬃce’s"
    assert [text[start:end] for _, start, end in tokenise(text)] == ["İn", "co\u00adoperation", "oﬃce"]


def test_a_memory_changes_nothing_and_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_module, "MEMORY_WORDS", 2)
    memory: dict[str, Word] = {}
    text = "one two three two one"
    assert tokenise(text, memory) == tokenise(text)
    assert len(memory) <= 2


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.text(max_size=20))
def test_folding_is_idempotent(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    for token in tokenise(text):
        assert folded(token.word.key) == token.word.key


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.text(max_size=40))
def test_tokens_are_in_order_and_never_overlap(text: str) -> None:
    ends = 0
    for token in tokenise(text):
        assert ends <= token.start < token.end <= len(text)
        ends = token.end


@pytest.mark.parametrize(
    ("text", "between"),
    [
        ("a b", " "),
        ("a-b", "-"),
        ("a–b", "-"),
        ("l'un", "'"),
        ("a  b", ""),
        ("a, b", ""),
        ("a—b", ""),
        ("a\u00a0b", " "),
    ],
)
def test_neighbours_are_glued_by_one_character(text: str, between: str) -> None:
    left, right = tokenise(text)
    assert glue(text, left, right) == between


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! “Three?” Four", ["One. ", "Two! ", "“Three?” ", "Four"]),
        ("Gen. Mattis met Mr. X. He left.", ["Gen. Mattis met Mr. X. He left."]),
        ("The U.S. Army left. It rained.", ["The U.S. Army left. ", "It rained."]),
        ("He paid ca. five euros", ["He paid ca. five euros"]),
        ("A title\n\nA text", ["A title\n\n", "A text"]),
        ("一。二！三", ["一。", "二！", "三"]),
        ("No end", ["No end"]),
        ("... And so on", ["... ", "And so on"]),
        ("", [""]),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, sentences: list[str]) -> None:
    starts = sentence_starts(text)
    assert [text[start:end] for start, end in zip(starts, (*starts[1:], len(text)), strict=True)] == sentences


@pytest.mark.parametrize(
    ("left", "right", "is_same"),
    [
        ("U.S. freezes plans", "US FREEZES “PLANS”", True),
        ("Syria’s cease-fire", "Syria's cease–fire", True),
        ("Erdoğan speaks", "Erdogan speaks!", True),
        ("12 killed", "40 killed", False),
        ("???", "???  ", True),
        ("???", "!!!", False),
    ],
)
def test_titles_are_equal_if_only_case_quotes_dashes_or_accents_differ(left: str, right: str, *, is_same: bool) -> None:
    assert (normalised_title(left) == normalised_title(right)) is is_same


def test_shingles_count_runs_of_words() -> None:
    assert len(shingles("one two three four five six seven")) == 3
    assert shingles("One, two: three!", size=2) == shingles("one TWO three", size=2)
    assert len(shingles("too short")) == 1
    assert shingles("…") == frozenset()


def test_shingles_are_the_same_in_every_process() -> None:
    program = "from monitor.text import shingles; print(sorted(shingles('one two three four five six')))"
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert there.strip() == str(sorted(shingles("one two three four five six")))


def test_a_flood_of_marks_or_one_endless_word_costs_little() -> None:
    marks = "Truce" + "!" * 100_000
    assert sentence_starts(marks) == (0,)
    for flood in (".", ",", " ", ". , "):
        assert [token.word.key for token in tokenise("Truce" + flood * 100_000 + "holds")] == ["truce", "holds"]
    memory: dict[str, Word] = {}
    words = tokenise("e" + "\u0301\u0316" * 50_000, memory)
    assert len(words) == 1
    assert words[0].end == 100_001
    assert memory == {}
