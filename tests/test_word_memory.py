"""Words read from a bounded memory are those that are read without one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor import text as text_
from monitor.content_words import content_words, telling
from monitor.text import WordMemory, placed_keys, tokenise, word_keys

LETTERS = st.text("abTS.'’-‐ ,1#$éüßЯй中火ไकि\u0301\u200cŉİıªﬃ", max_size=40)


@given(st.one_of(LETTERS, st.text(max_size=40)))
@example("Cease-fire talks - US-led, on-line")
@example("停火协议 truce")
@example("LET US PRAY FOR U.S. AID")
def test_words_without_places_are_those_with_places(text: str) -> None:
    assert word_keys(text) == [token.word.key for token in tokenise(text)]
    assert [*placed_keys(text)] == [(token.word.key, token.start, token.end) for token in tokenise(text)]
    slowly = [*telling(f"{text} \n中")]  # a character of Chinese, which says nothing alone, has them all read with care
    assert [*telling(text)] == slowly
    assert [*content_words(text)] == [word for word, _, _ in slowly]


def test_a_memory_of_words_is_bounded_in_words_and_in_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_, "MEMORY_WORDS", 3)
    memory = WordMemory(str.lower)
    assert [memory[raw] for raw in ("A", "B", "C", "A")] == ["a", "b", "c", "a"]
    assert len(memory) == 3
    assert memory["D"] == "d"
    assert memory == {"D": "d"}
    assert memory["E" * 200] == "e" * text_.LONGEST_WORD
    assert memory == {"D": "d"}
