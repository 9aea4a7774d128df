"""The publisher's own words for a correction: CORRECTED, RETRACTED, "an earlier version of this article …".

A headline carries such a word as a label: before a colon or dash, in brackets, or at its end, beside nothing but words
that go with it. So "Market correction deepens" and "Troops withdrawn from the ridge" are headlines, "Correction: market
deepens" and "KILL: troops withdrawn" are marked. A text carries it as a sentence. Words in nine languages, compared as
`monitor.text` folds them.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from monitor.model.edition import CorrectionKind as Kind
from monitor.text import folded, normalised_title, sentence_starts

LABEL_WORDS = 6
"""The most words of a label: "This story has been withdrawn" has five words, and some begin with "Update 1"."""


def _words(text: str) -> frozenset[str]:
    return frozenset(folded(text).split())


_WITHDRAWN: Final = _words(
    "kill retraction retracted retracts withdrawn withdrawal zurückgezogen zurückgenommen widerruf widerrufen storniert"
    " annulation annulé annulée annule retrait retiré retirée rétractation anulación anulado anulada anula retirado"
    " retirada retractación retratação ritirato ritirata ritrattazione annullato annullata отозвано отозвана отозван"
    " аннулировано аннулирована аннулирован опровержение снято سحب سحبه إلغاء ملغى ملغاة تراجع 撤稿 撤回"
)
_CORRECTED: Final = _words(
    "correction corrected corrects correcting erratum clarification korrektur korrigiert korrigierte berichtigung"
    " berichtigt richtigstellung rectificatif rectification rectifié rectifiée correctif corrigé corrigée corrección"
    " corregido corregida corrige rectificación rectificado rectificada erratas errores correção corrigido corrigida"
    " errata rettifica correzione corretto corretta исправление исправлено исправлена исправлен уточнение уточнено"
    " поправка تصحيح تصويب مصحح مصححة استدراك 更正 勘误"
)
_COMPANY: Final = _words(
    "a an the this of has have been was is with mandatory advisory urgent attention story article report item news"
    " headline update refile refiled editor editors note notice full partial achtung meldung artikel bericht text"
    " beitrag eilmeldung redaktion dieser diese dieses wurde die der das cet cette article dépêche texte titre a été"
    " est note este esta artículo noticia nota ha sido fue fe de la el titular эта этот"
    " это статья новость материал была был"
    " редакции от هذا الخبر خبر المقال مقال التقرير تم من"
)
"""What may stand beside the word in a label."""

_PIECES: Final = _words(
    "story article headline artikel beitrag meldung eilmeldung article dépêche artículo noticia titular статья новость"
    " الخبر خبر المقال مقال"
)
"""Of these, what makes a label of the end of a headline: "… – story withdrawn". A report may be somebody else's."""

_SEPARATOR: Final = re.compile(r"\s*[:|：／]\s*|\s+[-–—/]+\s+|(?<=\w)[–—/](?=\w)")
_CAPITALS_AND_DASH: Final = re.compile(r"(?:[^\W\d_]{4,}|(?:UPDATE|REFILE)\s*\d*)(?:[-–—/]|\s+(?=CORRECT))")
_BRACKETS: Final = re.compile(r"[\[(（【«{]([^\])）】»}]*)[\])）】»}]")
_WORD: Final = re.compile(r"\w+(?:['’]\w+)*")


def marked_headline(before: str, after: str) -> Kind | None:
    """What a label says that `after` has and `before` had not."""
    had = {_kind(label) for label in (*_labels(before), _SEPARATOR.split(before)[-1])}
    found = {_kind(label) for label in (*_labels(after), *_beside_what_was(before, after))} - had - {None}
    return next((kind for kind in (Kind.WITHDRAWN, Kind.CORRECTED) if kind in found), None)


def without_marks(title: str) -> str:
    """`title` without the labels that say what was done to it."""
    kept = _BRACKETS.sub(lambda found: "" if _kind(found[1]) else found[0], title)
    while (start := next(_starts(kept), None)) is not None and _kind(kept[: start[0]]):
        kept = kept[start[1] :]
    return kept.strip()


def _labels(title: str) -> Iterator[str]:
    """The pieces of a headline that may be labels, and the headline itself."""
    yield title
    yield from (found[1] for found in _BRACKETS.finditer(title))
    yield from (title[:start] for start, _ in _starts(title))
    *_, last = _SEPARATOR.split(title)
    if not _PIECES.isdisjoint(folded(last).split()):
        yield last


def _starts(title: str) -> Iterator[tuple[int, int]]:
    """Where a label at the start may end, and where what follows it begins."""
    position = 0
    while found := _CAPITALS_AND_DASH.match(title, position):
        if not title[position : found.end()].isupper():
            break
        position = found.end()
        yield found.end() - 1, found.end()
    if found := _SEPARATOR.search(title):
        yield found.start(), found.end()


def _beside_what_was(before: str, after: str) -> Iterator[str]:
    """What may be a label only beside the headline as it was: KILL in capitals before it without a sign between them,
    and a word behind it. Else that is what the news is about: "Brexit: withdrawal".
    """
    first, _, rest = after.partition(" ")
    *_, last = ((0, 0), *(found.span() for found in _SEPARATOR.finditer(after)))
    was = normalised_title(before)
    if first.isupper() and normalised_title(rest) == was:
        yield first
    if normalised_title(after[: last[0]]) == was:
        yield after[last[1] :]


def _kind(label: str) -> Kind | None:
    """What a label says; None if it is something else, or a word has it in another sense."""
    written = _WORD.findall(label)
    words = [folded(word).replace("'s", "").replace("’s", "") for word in written]
    marks = [word for word in words if word in _WITHDRAWN or word in _CORRECTED]
    if not marks or len(words) > LABEL_WORDS:
        return None
    if any(word not in marks and word not in _COMPANY and not word.isdigit() for word in words):
        return None
    if marks == ["kill"] and len(words) == 1 and not label.strip().isupper():
        return None  # Kill: a film, or an order
    return Kind.WITHDRAWN if any(word in _WITHDRAWN for word in marks) else Kind.CORRECTED


@cache
def _pattern(alternatives: tuple[str, ...]) -> re.Pattern[str]:
    r"""The words folded as the text is; what stands behind a backslash is not: \W is not \w. Made when it is first
    needed, which is seldom: each start would pay for it.
    """
    pieces = re.split(r"(\\.)", "|".join(alternatives))
    return re.compile("".join(each if each.startswith("\\") else folded(each) for each in pieces))


_LEAD: Final = (
    r"[\W_]{0,12}(?:(?:(?:editor['’]?s['’]?|author['’]?s['’]?) note|note|please note|update|updated|anm(?:erkung|\.)"
    r"|anmerkung der redaktion|hinweis|note de la rédaction|ndlr|nota del editor|nota de la redacción|nota da redação"
    r"|от редакции|примечание(?: редакции)?|ملاحظة|تنويه)\b[^.:]{0,30}(?::| that |[-–—])[\W_]{0,12})?"
    r"(?:on (?:\d{1,2} \w+|\w+ \d{1,2})(?: \d{4}|, \d{4})?,? )?"
)
"""What may stand before a note: brackets, bullets, whose note it is, and a day."""
_START: Final = rf"(?:^|[\[(]){_LEAD}"
"""A sentence that says who said so ("The mayor said this report was withdrawn") is news, and no note."""
_COLON: Final = r"\b(?:\s*[^\w\s.:][^.:]{0,30}|[^.:\d]{0,20}\d[^.:]{0,20})?\s*:"
"""With a day between, if any: "Correction (3 May):", but not "Correction of the market:"."""

_PIECE_EN: Final = "(?:article|story|report|post|item|piece|headline|dispatch|page|text)"
_PIECE_DE: Final = "(?:artikels?|textes|text|berichts?|beitrags?|beitrag|meldung|nachricht|überschrift)"
_OF_PIECE_DE: Final = (
    "(?:des|dieses|dieser|der|unseres|unserer) (?:artikels|textes|berichts|beitrags|meldung|nachricht)"
)
_THE_PIECE_DE: Final = "(?:der|die|unsere?) (?:artikel|beitrag|text|meldung|überschrift)"
_PIECE_FR: Final = "(?:article|texte|dépêche|titre|papier|reportage|information)"
_PIECE_ES: Final = "(?:artículo|noticia|texto|nota|información|titular|reportaje|artigo|notícia)"
_PIECE_RU: Final = (
    "(?:статья|статьи|материал|материала|новость|новости|заметка|заметки|текст|текста|публикация|публикации)"
)
_PIECE_AR: Final = "(?:الخبر|المقال|التقرير|النص|المادة|الموضوع)"
_NOT_BY_OTHERS: Final = r"(?:(?!\b(?:von|durch)\b(?! (?:uns|der redaktion)\b)).){0,40}"

_SAYS_WITHDRAWN: Final = (
    rf"{_START}this {_PIECE_EN} (?:has been|was|is) (?:retracted|withdrawn|removed|killed|taken down|deleted)\b",
    (
        rf"{_START}(?:(?!(?:said|says|told|that|claims|claimed)\b)[\w'’]+ ){{1,6}}"
        rf"(?:(?:has|have) (?:retracted|withdrawn|removed)|retracts|withdraws) this {_PIECE_EN}\b"
    ),
    (
        rf"{_START}(?:diese[rs]? {_PIECE_DE}|{_THE_PIECE_DE}) (?:wurde|wird|ist|haben wir)\b"
        rf"{_NOT_BY_OTHERS}\b(?:zurückgezogen|zurückgenommen|widerrufen|gelöscht)\b"
    ),
    rf"{_START}cet(?:te)? {_PIECE_FR} (?:a été|est) (?:retirée?|annulée?|supprimée?)\b",
    rf"{_START}est[ea] {_PIECE_ES} (?:ha sido|fue|foi|queda) (?:retirad|anulad|eliminad|removid)[oa]\b",
    rf"{_START}(?:эт[аоу]т? |данн\w\w )?{_PIECE_RU} (?:был[ао]? )?(?:отозван|аннулирован|снят|удален)[ао]?\b",
    rf"{_START}و?(?:تم|جرى) (?:سحب|إلغاء|حذف) (?:الخبر|المقال|هذ[اه] {_PIECE_AR})",
)
_SAYS_CORRECTED: Final = (
    rf"\b(?:earlier|previous|prior|original|first) version of (?:this|our) {_PIECE_EN}\b",
    r"\b(?:earlier|previous|prior) version of the (?:article|story|post|headline|dispatch)\b",
    rf"{_START}this {_PIECE_EN} (?:has been|was) (?:corrected|amended|clarified|(?:updated|edited) to correct)\b",
    rf"{_START}this {_PIECE_EN} corrects\b",
    rf"{_START}corrects (?:the )?(?:headline|spelling|figure|number|name|date|day|attribution)\b",
    rf"{_START}(?:correction|clarification|corrected|erratum){_COLON}",
    (
        rf"\bin einer (?:früheren|vorherigen|ersten|älteren|ursprünglichen) (?:version|fassung) "
        rf"(?:{_OF_PIECE_DE}|hieß|stand|war|hatten?|wurde|haben)\b"
    ),
    (
        rf"{_START}(?:diese[rs]? {_PIECE_DE}|{_THE_PIECE_DE}) (?:wurde|haben wir)\b"
        rf"{_NOT_BY_OTHERS}\b(?:korrigiert|berichtigt|richtiggestellt)\b"
    ),
    rf"{_START}wir haben (?:den fehler|die angabe|das|dies|die stelle)\b.{{0,40}}\b(?:korrigiert|berichtigt)\b",
    rf"{_START}(?:korrektur|berichtigung|richtigstellung|korrekturhinweis){_COLON}",
    (
        r"\bune (?:version|première version)\s?(?:antérieure|précédente|initiale)? de "
        rf"(?:cet |cette |ce |l['’]){_PIECE_FR}\b"
    ),
    rf"{_START}cet(?:te)? {_PIECE_FR} a été (?:corrigée?|rectifiée?)\b",
    rf"{_START}(?:rectificatif|erratum|correctif|rectification){_COLON}",
    (
        rf"\b(?:uma? versão (?:anterior|inicial)|una versión (?:anterior|previa|inicial)) "
        rf"d(?:e |e la |el |o |a |est[ea] |e est[ea] ){_PIECE_ES}\b"
    ),
    rf"{_START}est[ea] {_PIECE_ES} (?:ha sido|fue|foi) (?:corregid|rectificad|corrigid)[oa]\b",
    rf"{_START}(?:corrección|fe de errores|fe de erratas|rectificación|correção|errata){_COLON}",
    (
        rf"\bв (?:предыдущей|более ранней|первоначальной|прежней|ранней|первой) (?:версии|редакции) "
        rf"(?:(?:этой|этого|данной|данного|нашей|нашего) )?{_PIECE_RU}\b(?! \d)"
    ),
    rf"{_START}(?:эт[аоу]т? |данн\w\w )?{_PIECE_RU} (?:был[ао]? )?(?:исправлен|скорректирован|уточнен)[ао]?\b",
    rf"{_START}(?:исправление|поправка|уточнение|исправлено){_COLON}",
    rf"(?:نسخة|صيغة) سابقة من (?:هذ[اه] )?{_PIECE_AR}",
    rf"{_START}و?(?:تم|جرى) (?:تصحيح|تصويب) (?:الخبر|المقال|هذ[اه] {_PIECE_AR})",
    rf"{_START}(?:تصحيح|تصويب|استدراك){_COLON}",
)
_BEFORE_A_NOTE: Final = (_LEAD,)

NOTE_WORDS = 5
"""So many words behind what makes it a note tell one note from another: a day is added to it, or a feed cuts it off."""


def marked_text(before: str, after: str) -> tuple[Kind, str] | None:
    """What a sentence says that `after` has and `before` had not, and that sentence."""
    known = " ".join(_WORD.findall(folded(before)))
    for kind, says in ((Kind.WITHDRAWN, _SAYS_WITHDRAWN), (Kind.CORRECTED, _SAYS_CORRECTED)):
        pattern = _pattern(says)
        had = [stretch for _, stretch in _notes(before, pattern)]
        for sentence, stretch in _notes(after, pattern):
            if stretch not in known and not stretch.startswith(tuple(had)):
                return kind, sentence
    return None


def _notes(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Sentences that are notes, and of each the words that make it one with some that follow."""
    for sentence in _sentences(text):
        plain = folded(sentence)
        if found := pattern.search(plain):
            made = _pattern(_BEFORE_A_NOTE).sub("", found[0], count=1)
            rest = re.split(r"[)\]]", plain[found.end() :])[0]
            yield sentence, " ".join([*_WORD.findall(made), *_WORD.findall(rest)[:NOTE_WORDS]])


def _sentences(text: str) -> Iterable[str]:
    starts = sorted({0, *sentence_starts(text), *(found.end() for found in re.finditer(r"\n+", text))})
    pieces = (text[start:end].strip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True))
    return [piece for piece in pieces if piece]
