"""The page of all files says what the files say."""

from files_page import PAGE, ROOT, first_sentence, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: make docs"


def test_every_file_says_what_it_is_about() -> None:
    assert [str(file) for file in (ROOT / "monitor").rglob("*.py") if not first_sentence(file)] == []
