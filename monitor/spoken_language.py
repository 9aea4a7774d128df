"""The language of a text by its script, its letters and its function words, as far as these are clear.

No library and no model: what is not clear is "", because a wrong language is worse than none. Decision 61 has the
figures. It is the one place that identifies a language; what an article is said to be in comes first.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from monitor.text import STOP_WORDS

LETTERS_READ = 1_000
"""A headline and a summary are enough; of longer texts the beginning is read."""

LEAST_LETTERS = 6
"""Fewer say nothing: a name, a price, an abbreviation."""

LEAST_CHARACTERS = 4
"""The same in scripts with a character for a syllable or a word."""

MAIN_SHARE = 0.7
"""So much of a text is in one script; a text in two is in no language."""

KANA_SHARE = 0.1
"""A Japanese text with any kana has more; a Chinese one may quote a name with one."""

LEAST_POINTS = 3
LEAD = 2
"""What the words and letters of a language must score, and so much more than any other. A word that one language alone
has scores 2, one that several share 1: with fewer, a quotation in a headline decides.
"""

SCRIPTS_REMEMBERED = 4_096
"""Characters whose script is remembered: the alphabets of the news and the Chinese of a day."""

SCRIPT_LANGUAGES = {
    "hangul": "ko", "hebrew": "he", "thai": "th", "greek": "el", "georgian": "ka", "armenian": "hy", "tamil": "ta",
    "telugu": "te", "kannada": "kn", "malayalam": "ml", "gujarati": "gu", "sinhala": "si", "khmer": "km", "lao": "lo",
}  # fmt: skip
"""Scripts in which the news is in one language."""

_JAPANESE = ("hiragana", "katakana")
_CHINESE_ONLY = re.compile(
    "[们这为发时国东书车长门马鸟语说会对从经电气过还进选举战争关开动样头务该给让么吗被在的了與這為將說沒們還該後對從個]"
)
_ALSO_JAPANESE = re.compile("[国会在的争書電気選]")
"""Of the characters before, those that a Japanese headline without any kana may have."""

_YIDDISH = re.compile("[װױײ\u05b7\u05b8]")

_LETTERS = {
    "ru": ("ыэё", "іїєґўјљњћђџѓќѕәғқңөұүһҳҷӯӣ"),
    "uk": ("іїєґ", "ыэёўъјљњћђџәғқңөұүһ"),
    "be": ("ў", "ъщїєґ"),
    "sr": ("јљњћђџ", "ыэёъіїєґўѓќѕйщюяь"),
    "mk": ("ѓќѕ", "ыэёъіїєґўћђйщюяь"),
    "ur": ("ٹڈڑںےھہ", "ټډړږښۍڼېڪڻڀةێۆڵڕە"),
    "fa": ("پچژگکی", "ٹڈڑںےھہټډړږښۍڼېڪڻڀةێۆڵڕەٲ"),
    "ar": ("ةىيكأإ", "ٹڈڑںےھہټډړږښۍڼېڪڻڀپچژگکیێۆڵڕە"),
}
"""By language: letters that its relatives lack, of which it has some, and letters that it has none of."""

_BY_SCRIPT = {"cyrillic": ("ru", "uk", "be", "sr", "mk"), "arabic": ("ur", "fa", "ar")}

_SCRIPT_OF = {language: script for script, languages in _BY_SCRIPT.items() for language in languages}
_SCRIPT_OF |= {language: script for script, language in SCRIPT_LANGUAGES.items()} | {
    "zh": "cjk",
    "ja": "cjk",
    "hi": "devanagari",
}

_HINDI = frozenset("के का की में है हैं ने को से पर और नहीं बाद कहा लिए गया हुई हुए था थी".split())  # noqa: SIM905 (words read better as text)
_NO_HINDI = re.compile("ळ|(?:च्या|ात|ाला|ाने|आहे)(?!\\w)|(?:छ|को|मा|ले)(?= |$)")

_WORDS = {
    "en": " ".join(sorted(STOP_WORDS))
    + " would says said new up why may get make one year people government police against",
    "de": "der die das und ist nicht mit von für auf im den dem des ein eine einen einem einer zu sich nach bei"
    " als auch aus wird werden wurde über vor noch keine kein sind hat haben seit zum zur gegen wollen"
    " ohne unter zwischen steigen",
    "nl": "de het een en van is niet met op te voor dat zijn aan bij naar uit over om er tegen door wordt"
    " worden heeft na nog ook zei dit zo'n mensen geen loopt gaat niemand meer stijgen",
    "fr": "le la les de des du un une et est en dans pour par sur au aux avec que qui ne pas ont été après deux"
    " entre sont son sa ses ce cette plus leur avant aucun nouveau depuis chez sous vers d'une l'année",
    "es": "el la los las de del un una y en por para con que se al sin tras más su sus lo es son ha han entre"
    " sobre antes desde hasta contra dijo como fue está pero",
    "pt": "o a os as de do da dos das um uma e em no na nos nas por para com que se ao à são não mais foi seu"
    " sua entre sobre depois antes pelo pela até disse há está também",
    "it": "il lo la i gli le di del della dei delle dell un una e in nel nella per con che si al alla dopo da"
    " dal dalla non è sono ha hanno più entro nessun su sulla prima anche ai tra contro come sale",
    "pl": "i w z na do się nie że o po od za jest są dla przez przed oraz który która które nad bez jak co już"
    " ze tym ale także był była nikt może sprawie roku",
    "tr": "ve bir bu için ile da de en çok daha olarak olan kadar sonra yok var ilk önce yeni ne gibi göre"
    " üzere altındaki ardından karşı ikinci dedi etti oldu değil",
    "az": "və bir bu üçün ilə olan daha çox sonra kimi edib görə haqqında deyib olub",
    "sv": "och i att det som en på är av för med till den har de inte om ett han men var sig före sin från vid efter",
    "da": "og i at det som en på er af for med til den har de ikke om et han men var sig inden sin fra ved"
    " efter bliver",
    "no": "og i at det som en på er av for med til den har de ikke om et han men var seg før sin fra ved etter skal",
    "fi": "ja on ei että se oli ovat mukaan ennen kun myös hän tai mutta joka jälkeen uuden",
    "ro": "și în de la a cu pe că nu un o pentru din care este au fost prin după va fi sunt mai intră spus",
    "cs": "a v se na je že do o s z pro k by i bylo byl byla bude před po od za jako ale podle který roku",
    "sk": "a v sa na je že do o s z pre k by i bolo bol bola bude pred po od za ako ale podľa ktorý roku",
    "hu": "a az és hogy nem is egy van meg de szerint volt már csak után még lesz miatt végéig",
    "ca": "el la els les de del un una i en per amb que es al ha dit són abans després més seu sobre dels",
    "hr": "i u je na se da za su od s o će do nije bit biti kako što koji koja iz prema javni nakon rekla kraja",
    "id": "yang dan di untuk dari pada dengan ini akan tidak telah oleh dalam bahwa sebelum setelah itu mengatakan",
    "vi": "và của là cho trong được với có không các những một người đã",
}
"""Function words by language: those that are answered, and their neighbours, which must not pass for one."""

_OWN_LETTERS = {
    "de": "ß", "pl": "łąęśźż", "tr": "ğı", "az": "ə", "es": "ñ¿", "pt": "ãõ", "ro": "țșăţ", "hu": "őű", "cs": "ěřů",
    "vi": "đảạấầậếềệộốồơưừứự", "fr": "œ",
}  # fmt: skip
"""Letters that no other language here has: a word with one scores 2, two such words at most."""

_BEYOND_Z = {
    "en": "", "de": "äöüß", "nl": "éëïóöüè", "fr": "àâæçéèêëîïôœùûüÿ", "es": "áéíñóúü", "pt": "áâãàçéêíóôõúü",
    "it": "àèéìíîòóùú", "pl": "ąćęłńóśźż", "tr": "çğıöşüâîû",
}  # fmt: skip
"""The letters beyond a to z of languages that are answered; a common word with another one is in none of them."""

_ALPHABETS = {language: frozenset(letters) for language, letters in _BEYOND_Z.items()}
_OWNERS = {letter: language for language, letters in _OWN_LETTERS.items() for letter in letters}
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz'’")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ELIDED = re.compile(r"^(?:[dlnscjm]|qu|dell|all|nell|dall)['’]")
_KNOWN = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_LANGUAGES = {
    word: tuple(language for language, known in _KNOWN.items() if word in known)
    for word in frozenset().union(*_KNOWN.values())
}


def identified_language(title: str, text: str = "") -> str:
    """The primary subtag of the language (`de`), the same for the same texts; "" if it is not clear."""
    read = unicodedata.normalize("NFC", f"{title[:LETTERS_READ]}\n{text[:LETTERS_READ]}")
    letters = {char: count for char, count in Counter(read.casefold()).items() if char.isalpha()}
    scripts: Counter[str] = Counter()
    for char, count in letters.items():
        scripts[_script(char)] += count
    han, kana = scripts["cjk"], sum(scripts.pop(each, 0) for each in _JAPANESE)
    if han or kana:
        scripts["cjk"] = han + kana
    script, most = next(iter(scripts.most_common(1)), ("", 0))
    least = LEAST_CHARACTERS if script in {"cjk", "hangul"} else LEAST_LETTERS
    if most < least or most < MAIN_SHARE * scripts.total():
        return ""
    if script == "cjk":
        return _east_asian(read, kana, most)
    if script == "hebrew" and _YIDDISH.search(read):
        return ""
    return SCRIPT_LANGUAGES.get(script) or _by_letters(script, letters) or _by_words(script, read)


def spoken_language(texts: Iterable[str]) -> str:
    """What several texts together are in: as `identified_language`, else a script that is not Latin, as `cyrillic`."""
    text = " ".join(texts)[: 4 * LETTERS_READ]
    scripts = Counter(_script(char) for char in text if char.isalpha())
    script, _ = next(iter(scripts.most_common(1)), ("", 0))
    pieces = (text[start : start + LETTERS_READ] for start in range(0, len(text), LETTERS_READ))
    found = Counter(filter(None, map(identified_language, pieces))).most_common(1)
    return found[0][0] if found else script if script != "latin" else ""


def comparable(first: str, second: str) -> tuple[str, str]:
    """Two results of `spoken_language`; where one is a language and the other just its script, both as that script."""
    scripts = tuple(_SCRIPT_OF.get(each, each) for each in (first, second))
    return (first, second) if first in _SCRIPT_OF and second in _SCRIPT_OF else (scripts[0], scripts[1])


@lru_cache(SCRIPTS_REMEMBERED)
def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0].lower()


def _east_asian(read: str, kana: int, all_: int) -> str:
    """Chinese headlines have no kana; Japanese ones may be without, then only characters that Chinese has tell."""
    if kana:
        return "ja" if kana >= KANA_SHARE * all_ else ""
    return "zh" if any(not _ALSO_JAPANESE.match(char) for char in _CHINESE_ONLY.findall(read)) else ""


def _by_letters(script: str, letters: Mapping[str, int]) -> str:
    """The one language of the script whose own letters are there and no letter that it lacks."""
    found = [
        language
        for language in _BY_SCRIPT.get(script, ())
        if not letters.keys().isdisjoint(_LETTERS[language][0]) and letters.keys().isdisjoint(_LETTERS[language][1])
    ]
    return found[0] if len(found) == 1 else ""


def _by_words(script: str, read: str) -> str:
    if script == "devanagari":
        words = read.replace("।", " ").split()
        return "hi" if sum(word in _HINDI for word in words) and not _NO_HINDI.search(read) else ""
    if script != "latin":
        return ""
    is_loud = read.isupper()
    found = _WORD.findall(read.replace("’", "'"))
    written = [each for each in found if is_loud or len(each) == 1 or not each.isupper()]  # EM, US: no words
    names = frozenset() if is_loud else frozenset(_lowered(each) for each in written if not each[0].islower())
    lowered = {_lowered(each) for each in written}
    known = lowered | {_ELIDED.sub("", word) for word in lowered if "'" in word}
    points = _points(known, names)
    (best, most), (_, second) = sorted(points.items(), key=lambda each: (-each[1], each[0]))[:2]
    return best if best in _ALPHABETS and most >= LEAST_POINTS and most >= second + LEAD else ""


def _points(words: Collection[str], names: Collection[str]) -> dict[str, int]:
    """By language: its function words and letters, less the common words that have a letter which it lacks."""
    points = dict.fromkeys(_KNOWN, 0)
    own: Counter[str] = Counter()
    for word in words:
        for language in _LANGUAGES.get(word, ()):
            points[language] += 2 if len(_LANGUAGES[word]) == 1 else 1
        if word.isascii() or word in names:
            continue
        beyond = frozenset(word) - _LATIN
        for language in {_OWNERS[letter] for letter in beyond & _OWNERS.keys()}:
            own[language] += 1
        for language, letters in _ALPHABETS.items():
            points[language] -= 2 * (not beyond <= letters)
    return {language: score + 2 * min(2, own[language]) for language, score in points.items()}


def _lowered(text: str) -> str:
    lowered = text.lower()
    return lowered if lowered.isascii() else lowered.replace("i\u0307", "i")
