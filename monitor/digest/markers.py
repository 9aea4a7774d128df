"""The publisher's own words for a correction: CORRECTED, RETRACTED, "an earlier version of this article …".

A headline carries such a word as a label: before a colon or dash, in brackets, or at its end, beside nothing but words
that go with it. So "Market correction deepens" and "Troops withdrawn from the ridge" are headlines, "Correction: market
deepens" and "KILL: troops withdrawn" are marked. A text carries it as a sentence. Words in nine languages, compared as
`monitor.text` folds them.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from monitor.model.edition import CorrectionKind as Kind
from monitor.text import folded, normalised_title, sentence_starts

LABEL_WORDS = 6
"""A label is no longer: "This story has been withdrawn" has five words, and some begin with "Update 1"."""


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

_SEPARATOR: Final = re.compile(r"\s*[:|：／]\s*|\s+[-–—/]+\s+|(?<=\w)[–—/](?=\w)")
_CAPITALS_AND_DASH: Final = re.compile(r"(?:[^\W\d_]{4,}|(?:UPDATE|REFILE)\s*\d*)(?:[-–—/]|\s+(?=CORRECT))")
_BRACKETS: Final = re.compile(r"[\[(（【«{]([^\])）】»}]*)[\])）】»}]")
_WORD: Final = re.compile(r"\w+(?:['’]\w+)*")


def marked_headline(before: str, after: str) -> Kind | None:
    """What a label says that `after` has and `before` had not."""
    had = {_kind(label) for label in _labels(before)}
    found = {_kind(label) for label in (*_labels(after), *_first_word(before, after))} - had - {None}
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
    yield _SEPARATOR.split(title)[-1]


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


def _first_word(before: str, after: str) -> Iterator[str]:
    """KILL in capitals before the headline as it was, without a sign between them."""
    first, _, rest = after.partition(" ")
    if first.isupper() and normalised_title(rest) == normalised_title(before):
        yield first


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


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(folded(each) for each in alternatives))


_PIECE_EN: Final = "(?:article|story|report|post|item|piece|headline|dispatch|page|text)"
_PIECE_DE: Final = "(?:artikels?|textes|text|berichts?|beitrags?|beitrag|meldung|nachricht|überschrift)"
_PIECE_FR: Final = "(?:article|texte|dépêche|titre|papier|reportage|information)"
_PIECE_ES: Final = "(?:artículo|noticia|texto|nota|información|titular|reportaje|artigo|notícia)"
_PIECE_RU: Final = (
    "(?:статья|статьи|материал|материала|новость|новости|заметка|заметки|текст|текста|публикация|публикации)"
)
_PIECE_AR: Final = "(?:الخبر|المقال|التقرير|النص|المادة|الموضوع)"

_SAYS_WITHDRAWN: Final = _pattern(
    rf"\bthis {_PIECE_EN} (?:has been|was|is) (?:retracted|withdrawn|removed|killed|taken down|deleted)\b",
    rf"\b(?:has|have) (?:retracted|withdrawn|removed) this {_PIECE_EN}\b",
    rf"\b(?:retracts|withdraws) this {_PIECE_EN}\b",
    rf"(?:^\W*(?:der|die)|\bdiese[rs]?|\bunsere?) {_PIECE_DE} (?:wurde|wird|ist|haben wir)\b"
    r".{0,40}\b(?:zurückgezogen|zurückgenommen|widerrufen|gelöscht)\b",
    rf"\bcet(?:te)? {_PIECE_FR} (?:a été|est) (?:retirée?|annulée?|supprimée?)\b",
    rf"\best[ea] {_PIECE_ES} (?:ha sido|fue|foi|queda) (?:retirad|anulad|eliminad|removid)[oa]\b",
    rf"(?:^\W*|\bэт[аоу]т? |\bданн\w\w ){_PIECE_RU} (?:был[ао]? )?(?:отозван|аннулирован|снят|удален)[ао]?\b",
    rf"(?:تم|جرى) (?:سحب|إلغاء|حذف) (?:الخبر|المقال|هذ[اه] {_PIECE_AR})",
)
_SAYS_CORRECTED: Final = _pattern(
    rf"\b(?:earlier|previous|prior|original|first) version of (?:this|our {_PIECE_EN}|the {_PIECE_EN})\b",
    rf"\bthis {_PIECE_EN} (?:has been|was) (?:corrected|amended|clarified|updated to correct|edited to correct)\b",
    rf"\bthis {_PIECE_EN} corrects\b",
    r"\bcorrects (?:the )?(?:headline|spelling|figure|number|name|date|day|attribution)\b",
    r"^\W*(?:correction|clarification|corrected|erratum)\b[^.:]{0,30}:",
    r"\bin einer (?:früheren|vorherigen|ersten|älteren|ursprünglichen) (?:version|fassung)\b",
    rf"(?:^\W*(?:der|die)|\bdiese[rs]?|\bunsere?) {_PIECE_DE} (?:wurde|haben wir)\b"
    r".{0,40}\b(?:korrigiert|berichtigt|richtiggestellt)\b",
    r"\bwir haben (?:den fehler|die angabe|das|dies|die stelle)\b.{0,40}\b(?:korrigiert|berichtigt)\b",
    r"^\W*(?:korrektur|berichtigung|richtigstellung|korrekturhinweis)\b[^.:]{0,30}:",
    r"\bune (?:version|première version)\s?(?:antérieure|précédente|initiale)? de (?:cet|cette|ce|l)\b",
    rf"\bcet(?:te)? {_PIECE_FR} a été (?:corrigée?|rectifiée?)\b",
    r"^\W*(?:rectificatif|erratum|correctif|rectification)\b[^.:]{0,30}:",
    r"\buma? versão (?:anterior|inicial) d[eao]st|\buna versión (?:anterior|previa|inicial) de\b",
    rf"\best[ea] {_PIECE_ES} (?:ha sido|fue|foi) (?:corregid|rectificad|corrigid)[oa]\b",
    r"^\W*(?:corrección|fe de errores|fe de erratas|rectificación|correção|errata)\b[^.:]{0,30}:",
    r"\bв (?:предыдущей|более ранней|первоначальной|прежней|ранней|первой) (?:версии|редакции)\b",
    rf"(?:^\W*|\bэт[аоу]т? |\bданн\w\w ){_PIECE_RU} (?:был[ао]? )?(?:исправлен|скорректирован|уточнен)[ао]?\b",
    r"^\W*(?:исправление|поправка|уточнение|исправлено)\b[^.:]{0,30}:",
    r"(?:نسخة|صيغة) سابقة من",
    rf"(?:تم|جرى) (?:تصحيح|تصويب) (?:الخبر|المقال|هذ[اه] {_PIECE_AR})",
    r"^\W*(?:تصحيح|تصويب|استدراك)\b[^.:]{0,30}:",
)


def marked_text(before: str, after: str) -> tuple[Kind, str] | None:
    """What a sentence says that `after` has and `before` had not, and that sentence."""
    known = set(map(folded, _sentences(before)))
    new = [(each, plain) for each in _sentences(after) if (plain := folded(each)) not in known]
    for kind, pattern in ((Kind.WITHDRAWN, _SAYS_WITHDRAWN), (Kind.CORRECTED, _SAYS_CORRECTED)):
        for sentence, plain in new:
            if pattern.search(plain):
                return kind, sentence
    return None


def _sentences(text: str) -> Iterable[str]:
    starts = sorted({0, *sentence_starts(text), *(found.end() for found in re.finditer(r"\n+", text))})
    pieces = (text[start:end].strip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True))
    return [piece for piece in pieces if piece]
