"""Which encoding a document is in: by its label, by its bytes, and by a guess that is reported."""

import pytest

from monitor.model.feed import ParsedFeed
from monitor.parse import parse_feed
from monitor.parse.encodings import decoded, suspicion

RUSSIAN = "Перемирие в силе. Стороны объявили о перемирии"
GREEK = "Η ανακωχή τηρείται στη βόρεια ακτή"
THAI = "หยุดยิงที่ชายฝั่งทางเหนือ"
JAPANESE = "停戦は北の海岸で守られている。カモメも静かだ"
HEBREW = "הפסקת האש נשמרת בחוף הצפוני"
ARABIC = "الهدنة صامدة على الساحل الشمالي"
FRENCH = "L’été « très » tôt : où la trêve tient, déjà"
CHINESE = "北岸停火协议得到遵守"
TAIWAN = "北岸停火協議得到遵守"
KOREAN = "북쪽 해안의 휴전이 지켜지고 있다"
CZECH = "Příměří na severním pobřeží platí, říká vláda"
TURKISH = "Ateşkes kuzey kıyısında sürüyor, gemiler çıktı"


def read(text: str, codec: str, declared: str = "", content_type: str = "", language: str = "") -> ParsedFeed:
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    of_channel = f"<language>{language}</language>" if language else ""
    item = f"<item><guid>1</guid><title>{text}</title></item>"
    document = f"{declaration}<rss version='2.0'><channel><title>Quay</title>{of_channel}{item}</channel></rss>"
    headers = {"content-type": content_type}
    feed = parse_feed(document.encode(codec), url="https://quay.example/feed", headers=headers, max_items=9)
    assert isinstance(feed, ParsedFeed), feed
    return feed


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (THAI, "cp874", "windows-874"),
        (THAI, "cp874", "TIS-620"),
        (THAI, "cp874", "iso-8859-11"),
        (JAPANESE, "cp932", "x-sjis"),
        (JAPANESE, "cp932", "Windows-31J"),
        (JAPANESE, "euc_jp", "x-euc-jp"),
        (JAPANESE, "iso2022_jp", "csISO2022JP"),
        (HEBREW, "iso8859-8", "iso-8859-8-i"),
        (HEBREW, "iso8859-8", "logical"),
        (HEBREW, "cp1255", "x-cp1255"),
        (RUSSIAN, "cp1251", "cp-1251"),
        (RUSSIAN, "cp1251", "win-1251"),
        (RUSSIAN, "cp1251", "x-cp1251"),
        (RUSSIAN, "koi8-r", "koi"),
        (RUSSIAN, "koi8-u", "KOI8-RU"),
        (RUSSIAN, "cp866", "csIBM866"),
        (RUSSIAN, "mac-cyrillic", "x-mac-cyrillic"),
        (GREEK, "iso8859-7", "sun_eu_greek"),
        (CHINESE, "gbk", "x-gbk"),
        (CHINESE, "gbk", "windows-936"),
        (TAIWAN, "big5", "x-x-big5"),
        (KOREAN, "cp949", "ks_c_5601-1987"),
        (KOREAN, "cp949", "windows-949"),
        (FRENCH, "cp1252", "iso-8859-1"),
        (FRENCH, "cp1252", "us-ascii"),
        (TURKISH, "cp1254", "iso-8859-9"),
        (CZECH, "iso8859-2", "latin2"),
    ],
)
def test_labels_mean_what_browsers_take_them_for(text: str, codec: str, label: str) -> None:
    for feed in (read(text, codec, label), read(text, codec, content_type=f"text/xml; charset={label}")):
        assert (feed.items[0].title, feed.doubt) == (text, "")


@pytest.mark.parametrize(
    ("text", "codec", "declared", "content_type"),
    [
        (RUSSIAN, "utf-8", "iso-8859-1", ""),
        (RUSSIAN, "utf-8", "utf-16", ""),
        (RUSSIAN, "cp1251", "windows-1251", "text/xml; charset=iso-8859-1"),
        (THAI, "cp874", "windows-874", "text/xml; charset=iso-8859-1"),
        (RUSSIAN, "koi8-r", "windows-1251", "text/xml; charset=koi8-r"),
        ("Plain words", "ascii", "utf-16", ""),
        ("Plain words", "ascii", "no-such-thing", "text/xml; charset=nor-this"),
        (KOREAN, "cp949", "euc-kr", "text/xml; charset=zlib"),
    ],
)
def test_what_the_bytes_contradict_gives_way_to_what_they_do_not(
    text: str, codec: str, declared: str, content_type: str
) -> None:
    feed = read(text, codec, declared, content_type)
    assert (feed.items[0].title, feed.doubt) == (text, "")


@pytest.mark.parametrize(
    ("text", "codec", "declared", "language"),
    [
        (RUSSIAN, "cp1251", "", ""),
        (RUSSIAN, "koi8-r", "iso-8859-1", ""),
        (RUSSIAN, "cp1251", "utf-8", "ru"),
        (FRENCH, "cp1252", "utf-8", ""),
        (FRENCH, "cp1252", "windows-1251", "fr"),
        (THAI, "cp874", "x-user-defined", "th-TH"),
        (JAPANESE, "cp932", "", "ja"),
        (JAPANESE, "euc_jp", "shift_jis", "ja"),
        (GREEK, "cp1253", "iso-8859-1", "el"),
        (ARABIC, "cp1256", "", "ar"),
        (CHINESE, "gbk", "iso-8859-1", "zh-CN"),
        (TAIWAN, "big5", "utf-8", "zh-TW"),
        (KOREAN, "cp949", "", "ko"),
        (CZECH, "cp1250", "", "cs"),
    ],
)
def test_a_guess_is_right_and_reported(text: str, codec: str, declared: str, language: str) -> None:
    feed = read(text, codec, declared, language=language)
    assert feed.items[0].title == text
    reason = f"it declares {declared}, which it is not in" if declared else "it declares none"
    assert feed.doubt.startswith("The encoding of the document was guessed (")
    assert feed.doubt.endswith(f"): {reason}.")


@pytest.mark.parametrize(
    "text", [RUSSIAN, GREEK, THAI, JAPANESE, HEBREW, ARABIC, FRENCH, CHINESE, CZECH, TURKISH, "plain"]
)
def test_a_text_is_not_suspect_in_any_language(text: str) -> None:
    assert suspicion(text) <= 0.2


def test_what_no_encoding_explains_is_read_all_the_same() -> None:
    body = b"<rss version='2.0'><channel><item><title>\x81\x98\xff\xfe</title><guid>1</guid></item></channel></rss>"
    feed = parse_feed(body, url="https://quay.example/", headers={}, max_items=9)
    assert isinstance(feed, ParsedFeed)
    assert (feed.items[0].guid, bool(feed.doubt)) == ("1", True)


@pytest.mark.parametrize("declared", ["ISO-8859-1", "windows-1251", "iso-8859-15"])
@pytest.mark.parametrize("text", [f"{FRENCH} {FRENCH}", RUSSIAN, GREEK, JAPANESE])
def test_one_cut_byte_makes_no_mojibake_of_a_feed_in_utf_8(text: str, declared: str) -> None:
    body = f"<?xml version='1.0' encoding='{declared}'?><title>{text}</title>".encode()
    reading = decoded(body.replace(text.encode(), text.encode() + b"\xd0 "), "")
    assert text in reading.text
    assert reading.text.count("\ufffd") == 1
    assert f"declares {declared}, which it is not in" in reading.doubt


@pytest.mark.parametrize("label", ["unicode-escape", "raw-unicode-escape", "utf-7", "punycode", "idna", "UTF_7"])
def test_what_is_no_encoding_of_documents_is_not_believed(label: str) -> None:
    text = r"C:\u0041 +AGE- x-"
    assert text in decoded(f"<?xml version='1.0' encoding='{label}'?><title>{text}</title>".encode(), "").text
