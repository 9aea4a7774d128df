"""What counts as a correction of a headline or a text, and what is only worded otherwise: pairs in six languages."""

import pytest

from monitor.digest.changed_meaning import is_changed_in_meaning
from monitor.digest.correction_marks import marked_headline, marked_text, without_marks
from monitor.model.edition import CorrectionKind

WITHDRAWN, CORRECTED = CorrectionKind.WITHDRAWN, CorrectionKind.CORRECTED
TRUCE = "Envoys sign truce in Karsk"

ANOTHER_MEANING = [
    ("en", "Ferry sinks off Hull with twelve aboard", "Ferry sinks off Leith with twelve aboard"),
    ("en", "Envoys from Iran sign grain deal in Vienna", "Envoys from Iraq sign grain deal in Vienna"),
    ("en", "Austria recalls its ambassador over border fence", "Australia recalls its ambassador over border fence"),
    ("en", "Envoys from Syria sign grain deal in Vienna", "Envoys from South Sudan sign grain deal in Vienna"),
    ("en", "Death toll in mine collapse at Karsk rises to 31", "Death toll in mine collapse at Karsk rises to 13"),
    ("en", "Harbour loses 1,350 jobs in Karsk", "Harbour loses 135 jobs in Karsk"),
    ("en", "Harbour debt grows by 3.5 percent in May", "Harbour debt grows by 2.9 percent in May"),
    ("en", "Minister resigns over harbour contract", "Minister denies he resigns over harbour contract"),
    ("en", "Dam above the valley is safe, engineers say", "Dam above the valley isn't safe, engineers say"),
    ("en", "North Macedonia accuses South Ossetia of spying", "South Ossetia accuses North Macedonia of spying"),
    ("en", "Rovers accuse Wanderers of fraud", "Wanderers accuse Rovers of fraud"),
    ("en", "Harbour exports increase by 5% in March", "Harbour exports decrease by 5% in March"),
    ("en", "Floods: ferry sinks off Hull with twelve aboard", "Ferry sinks off Leith with twelve aboard"),
    ("de", "Zwölf Tote bei Brand in Pflegeheim in Lünen", "Zwei Tote bei Brand in Pflegeheim in Lünen"),
    ("de", "Minister tritt nach Affäre um Hafen zurück", "Minister tritt nach Affäre um Hafen nicht zurück"),
    ("de", "Explosion in Fabrik bei Mannheim verletzt Arbeiter", "Explosion in Fabrik bei Mainz verletzt Arbeiter"),
    ("de", "Österreich schließt Grenze für Lastwagen ab Montag", "Slowenien schließt Grenze für Lastwagen ab Montag"),
    ("fr", "Incendie dans une usine de Rouen : 14 blessés", "Incendie dans une usine de Rouen : 4 blessés"),
    (
        "fr",
        "Le maire de Nantes a signé le décret sur le port",
        "Le maire de Nantes n'a pas signé le décret sur le port",
    ),
    ("fr", "Séisme de magnitude 6 au large du Chili", "Séisme de magnitude 6 au large du Pérou"),
    ("es", "El ministro firma el acuerdo sobre el puerto", "El ministro no firma el acuerdo sobre el puerto"),
    ("es", "Choque de trenes cerca de Burgos deja nueve heridos", "Choque de trenes cerca de Lugo deja nueve heridos"),
    ("ru", "Взрыв на заводе в Туле: пострадали 15 человек", "Взрыв на заводе в Туле: пострадали 5 человек"),
    ("ru", "Министр подписал соглашение о перемирии", "Министр не подписал соглашение о перемирии"),
    ("ru", "Пожар на складе в Казани тушат двести человек", "Пожар на складе в Самаре тушат двести человек"),
    ("ar", "الوزير يوقع اتفاق الهدنة في القاهرة", "الوزير لم يوقع اتفاق الهدنة في القاهرة"),
    ("ar", "مقتل 25 شخصا في انهيار مبنى بحلب", "مقتل 5 أشخاص في انهيار مبنى بحلب"),
    ("ar", "انفجار في مصنع للأسمدة قرب بغداد يصيب عمالا", "انفجار في مصنع للأسمدة قرب البصرة يصيب عمالا"),
]

SAME_MEANING = [
    ("en", "Death toll rises to 12 after ferry sinks", "Death toll rises to 15 after ferry sinks"),
    ("en", "Harbour loses 950 jobs in Karsk", "Harbour loses 1,350 jobs in Karsk"),
    ("en", "‘We will stay’: mayor vows to keep port open", '"We will stay" – Mayor vows to keep port open'),
    ("en", "Mayor vows to keep port open", "LIVE: Mayor vows to keep port open"),
    ("en", "Live: Council of Karsk approves port sale", "Live: Council of Karsk rejects port sale"),
    ("en", "Karsk council live updates: Lee wins port vote", "Karsk council live updates: Cho wins port vote"),
    ("en", "Ferry sinks off Hull with twelve aboard", "What we know about the ferry that sank off Hull"),
    ("en", "Goverment to close three ports", "Government to close three ports"),
    ("en", "He closes ports and loved it, says mayor", "He closes ports and loves it, says mayor"),
    ("en", "Rating out councils under the port law", "Rating our councils under the port law"),
    ("en", "Govt to close three ports in Feb", "Government to close three ports in February"),
    ("en", "Two K'bourg firms to build harbour wall", "Two Karlsbourg firms to build harbour wall"),
    ("en", "Zelensky arrives in Vienna for grain talks", "Zelenskiy arrives in Vienna for grain talks"),
    ("en", "Iran envoy signs grain deal in Vienna", "Iranian envoy signs grain deal in Vienna"),
    ("en", "Harbour of Russia ambassador closes in Karsk", "Harbour of Russian ambassador closes in Karsk"),
    ("en", "New virus curbs close schools in Karsk", "New coronavirus curbs close schools in Karsk"),
    ("en", "Daddy longlegs spiders close school in Karsk", "Daddy long-legs spiders close school in Karsk"),
    ("en", "Three days to go: what to know about the port vote", "Two days to go: what to know about the port vote"),
    ("en", "Twelve missing after ferry sinks off Karsk", "Nine missing after ferry sinks off Karsk"),
    ("en", "Storm hits Leeds", "Storm hits Hull"),
    ("en", "Council delays port sale, says mayor", "Mayor says council delays port sale"),
    ("en", "Smoke and Noise trouble port", "Noise and Smoke trouble port"),
    ("en", "Court to hear case on port sale", "Court hears case on port sale"),
    ("en", "Man shouts at guard in port of Karsk", "Repeat offender shouts at guard in port of Karsk"),
    ("en", "Ferry sinks off Hull with twelve aboard", "Ferry with twelve aboard on its way to the islands sinks"),
    ("en", "Talks on port end without deal", "Harbour talks fail: no deal, says mayor of Karsk"),
    ("en", "Port vote: ferry firms win in Karsk", "Karsk ferry firms win"),
    ("en", "!!!", "Ferry sinks off Hull with twelve aboard"),
    ("de", "Zwölf Tote bei Brand in Pflegeheim", "Fünfzehn Tote bei Brand in Pflegeheim"),
    ("de", "Zehn Tote bei Brand in Pflegeheim", "Elf Tote bei Brand in Pflegeheim"),
    ("de", "„Wir bleiben“: Rat will Hafen offen halten", "»Wir bleiben« – Rat will Hafen offen halten"),
    ("de", "Liveticker: Zwölf Tote bei Brand in Lünen", "Liveticker: Zwei Tote bei Brand in Lünen"),
    ("de", "Hafenverkauf: Rat vertagt Entscheidung", "Rat vertagt Entscheidung über Verkauf des Hafens"),
    ("fr", "Incendie dans une usine à Rouen : 4 blessés", "Incendie dans une usine à Rouen : 14 blessés"),
    ("fr", "EN DIRECT - Le conseil de Nantes vote le décret", "EN DIRECT - Le conseil de Nantes rejette le décret"),
    ("fr", "Le maire « déterminé » à garder le port", 'Le maire "déterminé" à garder le port'),
    ("fr", "Séisme au large du Chili", "Ce que l'on sait du séisme au large du Chili"),
    ("es", "Última hora: el consejo vota la venta del puerto", "El consejo vota la venta del puerto"),
    ("es", "Choque de trenes deja nueve heridos en Lugo", "Choque de trenes deja once heridos en Lugo"),
    ("pt", "Navio encalha perto de Faro e fecha porto", "Navio encalha no porto perto de Faro e fecha"),
    ("ru", "Число пострадавших при взрыве в Туле выросло до 5", "Число пострадавших при взрыве в Туле выросло до 15"),
    ("ru", "Порт закрыт для судов из России из-за шторма", "Порт закрыт для судов из Россия из-за шторма"),
    ("ar", "مقتل 5 أشخاص في انهيار مبنى بحلب", "مقتل 25 شخصا في انهيار مبنى بحلب"),
    ("ar", "مباشر: الوزير يوقع اتفاق الهدنة في القاهرة", "الوزير لم يوقع اتفاق الهدنة في القاهرة"),
    ("zh", "哈爾港口渡輪沉沒十二人失蹤", "哈利港口渡輪沉沒十二人失蹤"),
]


@pytest.mark.parametrize(("language", "before", "after"), ANOTHER_MEANING)
def test_the_same_sentence_with_one_thing_otherwise_says_something_else(language: str, before: str, after: str) -> None:
    assert is_changed_in_meaning(before, after, "", language)


@pytest.mark.parametrize(("language", "before", "after"), SAME_MEANING)
def test_another_wording_of_the_same_is_no_correction(language: str, before: str, after: str) -> None:
    assert not is_changed_in_meaning(before, after, "", language)


def test_what_the_text_still_says_was_not_wrong() -> None:
    before, after = "Marlow uses robots to watch its exams", "Universities use robots to watch their exams"
    assert is_changed_in_meaning(before, after, "Two more have them.", "en")
    assert not is_changed_in_meaning(before, after, "Marlow and Karsk have them.", "en")
    before, after = "Port demolishes sheds in Karsk harbour", "Port burns sheds in Karsk harbour"
    assert not is_changed_in_meaning(before, after, "The demolition of the sheds began.", "en")
    before, after = "Fire in Karsk mine kills 31", "Fire in Karsk mine kills 13"
    assert is_changed_in_meaning(before, after, "It killed 13.", "en")
    assert not is_changed_in_meaning(before, after, "Of 31 dead, 13 were from Hull.", "en")


def test_who_did_it_is_not_told_by_the_place_in_every_language() -> None:
    pair = ("Rovers verklagt Wanderers wegen Betrugs", "Wanderers verklagt Rovers wegen Betrugs")
    assert is_changed_in_meaning(*pair, "", "en")
    assert not is_changed_in_meaning(*pair, "", "de")


@pytest.mark.parametrize(
    ("title", "kind", "bare"),
    [
        ("CORRECTED: Envoys sign truce in Karsk", CORRECTED, TRUCE),
        ("CORRECTED-Envoys sign truce in Karsk", CORRECTED, TRUCE),
        ("UPDATE 2-CORRECTED-Envoys sign truce in Karsk", CORRECTED, None),
        ("Correction: Envoys sign truce in Karsk", CORRECTED, TRUCE),
        ("Correction – Envoys sign truce in Karsk", CORRECTED, TRUCE),
        ("Envoys sign truce in Karsk (corrected)", CORRECTED, TRUCE),
        ("Envoys sign truce in Karsk | Correction", CORRECTED, None),
        ("[RETRACTED] Envoys sign truce in Karsk", WITHDRAWN, TRUCE),
        ("RETRACTED: Envoys sign truce in Karsk", WITHDRAWN, TRUCE),
        ("Retraction: Envoys sign truce in Karsk", WITHDRAWN, TRUCE),
        ("KILL: Envoys sign truce in Karsk", WITHDRAWN, TRUCE),
        ("KILL Envoys sign truce in Karsk", WITHDRAWN, None),
        ("MANDATORY KILL: Envoys sign truce in Karsk", WITHDRAWN, TRUCE),
        ("WITHDRAWN - Envoys sign truce in Karsk", WITHDRAWN, TRUCE),
        ("Story withdrawn", WITHDRAWN, None),
        ("This article has been retracted", WITHDRAWN, None),
        ("KORREKTUR: Gesandte schließen Waffenruhe", CORRECTED, None),
        ("Berichtigung: Gesandte schließen Waffenruhe", CORRECTED, None),
        ("ACHTUNG Meldung zurückgezogen: Gesandte schließen Waffenruhe", WITHDRAWN, None),
        ("RECTIFICATIF: les émissaires signent la trêve", CORRECTED, None),
        ("Annulation : les émissaires signent la trêve", WITHDRAWN, None),
        ("Dépêche annulée", WITHDRAWN, None),
        ("CORRECCIÓN: los enviados firman la tregua", CORRECTED, None),
        ("Fe de erratas: los enviados firman la tregua", CORRECTED, None),
        ("Noticia retirada", WITHDRAWN, None),
        ("ИСПРАВЛЕНО: посланники подписали перемирие", CORRECTED, None),
        ("(исправлено) посланники подписали перемирие", CORRECTED, None),
        ("Новость отозвана", WITHDRAWN, None),
        ("تصحيح: المبعوثون يوقعون الهدنة", CORRECTED, None),
        ("المبعوثون يوقعون الهدنة (تصحيح)", CORRECTED, None),
        ("تم سحب الخبر", WITHDRAWN, None),
        ("更正：特使簽署停火協議", CORRECTED, None),
    ],
)
def test_a_label_says_what_was_done_to_an_article(title: str, kind: CorrectionKind, bare: str | None) -> None:
    assert marked_headline(TRUCE, title) is kind
    assert marked_headline(title, title) is None
    assert bare is None or without_marks(title) == bare


@pytest.mark.parametrize(
    "title",
    [
        "Market correction deepens",
        "Troops withdrawn from Karsk",
        "Troops withdrawn: what next",
        "Kill: the film that opened in May",
        "Police kill three in Karsk",
        "Minister retracted: the vote",
        "KILL LIST OF THE CARTEL FOUND",
        "Half-hearted correction of course",
        "US-Russia talks – a correction of course",
        "Korrektur der Grenze: was nun",
        "Une correction fiscale: le vote",
        "Retirada de tropas en Karsk",
        "Поправка к закону: что дальше",
        "سحب القوات من كارسك: ماذا بعد",
        "Ucraina: la ritirata",
        "Kherson: Retirada",
        "أسعار النفط: تراجع",
        "Brexit: withdrawal",
        "Festival : annulé",
        "Permis : retrait",
        "Napoli-Roma: annullato",
        "Oil: correction",
        "Gaza talks: urgent clarification",
        "Envoys sign truce – withdrawn",
        "UN on Karsk: report withdrawn",
        "Bolsa – corrección",
        "",
    ],
)
def test_the_same_words_in_a_headline_are_no_label(title: str) -> None:
    assert marked_headline(TRUCE, title) is None


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("Oil", "Oil: correction", CORRECTED),
        ("Trêve à Karsk", "Trêve à Karsk – retrait", WITHDRAWN),
        ("هدنة في كارسك", "هدنة في كارسك | تراجع", WITHDRAWN),
        ("Truce in Karsk", "Truce: withdrawn", None),
        ("Truce in Karsk", "Calm after the truce – story withdrawn", WITHDRAWN),
        ("Calm – story withdrawn", "Calm in Karsk – story withdrawn", None),
        ("Truce in Karsk | Correction", "CORRECTED: Truce in Karsk", None),
    ],
)
def test_a_bare_word_at_the_end_is_a_label_if_the_rest_is_as_it_was(
    before: str, after: str, kind: CorrectionKind | None
) -> None:
    assert marked_headline(before, after) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Editor's note: An earlier version of this article named the wrong port.", CORRECTED),
        ("(This story corrects the number of ferries)", CORRECTED),
        ("Correction (3 May): the port is in Karsk.", CORRECTED),
        ("This article has been amended to give the right name.", CORRECTED),
        ("This article has been retracted because its source was forged.", WITHDRAWN),
        ("The Harbour Post has withdrawn this story.", WITHDRAWN),
        ("In einer früheren Version dieses Artikels stand ein falscher Name.", CORRECTED),
        ("Korrektur: Der Hafen liegt in Lünen.", CORRECTED),
        ("Der Artikel wurde am Montag korrigiert.", CORRECTED),
        ("Diese Meldung wurde zurückgezogen.", WITHDRAWN),
        ("Une version précédente de cet article donnait un autre nom.", CORRECTED),
        ("Cet article a été corrigé lundi.", CORRECTED),
        ("Cette dépêche a été annulée.", WITHDRAWN),
        ("Una versión anterior de este artículo daba otro nombre.", CORRECTED),
        ("Fe de errores: el puerto está en Lugo.", CORRECTED),
        ("Esta noticia ha sido retirada.", WITHDRAWN),
        ("В предыдущей версии статьи был назван другой порт.", CORRECTED),
        ("Исправление: порт находится в Туле.", CORRECTED),
        ("Эта новость отозвана.", WITHDRAWN),
        ("ذكرت نسخة سابقة من هذا المقال اسما آخر.", CORRECTED),
        ("تصحيح: يقع الميناء في حلب.", CORRECTED),
        ("تم سحب هذا التقرير.", WITHDRAWN),
        ("(Correction: the fire was in Hull.)", CORRECTED),
        ("[Correction: the fire was in Hull.]", CORRECTED),
        ("“Correction: the fire was in Hull.”", CORRECTED),
        ("— Correction: the fire was in Hull.", CORRECTED),
        ("** Correction, 3 May: the fire was in Hull.", CORRECTED),
        ("_Correction of 3 May: the fire was in Hull._", CORRECTED),
        ("• This article was amended on 3 May 2020 to give the right name.", CORRECTED),
        ("Ships wait (this article has been corrected).", CORRECTED),
        ("On 3 May 2020, this article was amended to give the right name.", CORRECTED),
        ("Editor’s note: this story has been withdrawn.", WITHDRAWN),
        ("Please note that this article has been corrected.", CORRECTED),
        ("(Corrects spelling of the port)", CORRECTED),
        ("(Korrektur: Der Hafen liegt in Lünen.)", CORRECTED),
        ("„Berichtigung: Der Hafen liegt in Lünen.“", CORRECTED),
        ("• Der Artikel wurde am Montag korrigiert.", CORRECTED),
        ("Anmerkung der Redaktion: Dieser Bericht wurde von der Redaktion korrigiert.", CORRECTED),
        ("In einer früheren Fassung hieß es, der Hafen liege in Kiel.", CORRECTED),
        ("(NDLR : cet article a été corrigé.)", CORRECTED),
        ("« Rectificatif : le port est à Nantes »", CORRECTED),
        ("(Fe de errores: el puerto está en Lugo.)", CORRECTED),
        ("Uma versão anterior deste artigo dava outro nome.", CORRECTED),
        ("(Статья была исправлена.)", CORRECTED),
        ("«Поправка: порт находится в Туле.»", CORRECTED),
        ("(تصحيح: يقع الميناء في حلب.)", CORRECTED),
        ("[تم سحب هذا التقرير.]", WITHDRAWN),
    ],
)
def test_a_note_in_the_text_says_so(text: str, kind: CorrectionKind) -> None:
    before = "Ships wait off the port. Nobody knows why."
    assert marked_text(before, f"{before}\n{text}") == (kind, text)
    assert marked_text(f"{text}\n{before}", f"{before}\n{text}") is None


@pytest.mark.parametrize(
    "text",
    [
        "The commission has withdrawn the report after the vote.",
        "The maker has withdrawn the item from the market. The original version of the song is back.",
        "Corrections: write to desk@post.example. Read how we make corrections.",
        "Der Minister korrigierte die Zahl. Das Gesetz wurde zurückgezogen.",
        "Текст закона был исправлен в комитете.",
        "Le maire a annulé la visite. La correction est rude.",
        "El ministro retirado corrigió la cifra.",
        "تم سحب القوات من الميناء.",
        "The mayor said this report was withdrawn.",
        "He said this report was removed from the site.",
        "The mayor said the Post has withdrawn this story.",
        "The first version of this drug was approved.",
        "In an earlier version of the report, the council said no.",
        "The bank corrects the number of jobs.",
        "Correction in markets: oil falls.",
        "Der Bericht wurde in Genf von der UN korrigiert.",
        "Dieser Bericht wurde von der UN korrigiert.",
        "Der Minister sagt, dieser Bericht wurde zurückgezogen.",
        "In einer früheren Version der App fehlt der Name.",
        "Une première version de ce médicament est interdite.",
        "Le maire dit que cet article a été retiré.",
        "Una versión anterior de la ley daba otro nombre.",
        "El ministro dijo que esta noticia fue retirada.",
        "В прежней редакции статьи 15 речь шла о порте.",
        "В предыдущей версии законопроекта был назван другой порт.",
        "Министр сказал, что эта статья была исправлена.",
        "Уточнение бюджета: что изменится",
        "نسخة سابقة من القانون",
    ],
)
def test_news_of_corrections_is_no_note(text: str) -> None:
    assert marked_text("", text) is None


MOVED = "An earlier version of this article misstated the place"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"They met. {MOVED}. Envoys left.", "They met. An earlier version of this article misst…"),
        (f"They met. {MOVED}.", f"They met {MOVED} and the day."),
        (f"They met {MOVED}. Envoys left.", f"They met.\n{MOVED}."),
        ("They met this article was amended on 3 May.", "They met. This article was amended on 3 May."),
        ("This article was amended on 3 May. They met.", "This article was amended on 3 May and 4 May. They met."),
        ("This article was amended on 3 May.", "Editor's note: This article was amended on 3 May."),
        ("Correction: the port is in Karsk.", "(CORRECTION – The port is in Karsk; 3 May: signed.)"),
        ("Diese Meldung wurde zurückgezogen.", "• Diese Meldung wurde zurückgezogen (3. Mai)."),
        ("(Статья была исправлена) Они ушли.", "Статья была исправлена 3 мая."),
    ],
)
def test_a_note_that_was_there_is_not_new_for_a_day_or_a_sign(before: str, after: str) -> None:
    assert marked_text(before, after) is None


def test_a_second_note_is_new() -> None:
    first, second = "Correction: the port is in Karsk.", "Correction: the mayor is called Lee."
    assert marked_text(f"They met. {first}", f"They met. {first} {second}") == (CORRECTED, second)
    gone = "This article has been withdrawn."
    assert marked_text(f"{MOVED}.", f"{MOVED}. {gone}") == (WITHDRAWN, gone)
