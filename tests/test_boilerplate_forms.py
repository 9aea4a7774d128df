"""What feeds put before or behind an article, known at first sight: neither quoted nor, but for datelines, matched."""

import pytest

from monitor.boilerplate import kept, left_out_of_matching, left_out_of_quotes

BREAD = "Bakers in Oslo agreed on a price."
APPEARED, READ_ON, SIGN_UP = "where the article appeared first", "to read on", "to sign up"
FOLLOW, RIGHTS, COPYRIGHT = "to follow", "all rights reserved", "copyright"

ENDINGS = [
    ("The post Bakers agree? Yes! appeared first on Syria Gazette.", APPEARED),
    ("This article was originally published in the Syria Gazette.", APPEARED),
    ("The Post Bakers agree Appeared First on Syria Gazette", APPEARED),
    ("Der Beitrag Bäcker sind sich einig erschien zuerst auf Syrienblatt.", APPEARED),
    ("L’article Les boulangers d’accord est apparu en premier sur Gazette de Syrie.", APPEARED),
    ("La entrada Los panaderos de acuerdo se publicó primero en Gaceta de Siria.", APPEARED),
    ("Сообщение Пекари договорились появились сначала на Вестник Сирии.", APPEARED),
    ("ظهرت المقالة اتفاق الخبازين أولاً على جريدة سوريا.", APPEARED),
    ("O post Padeiros de acordo apareceu primeiro em Gazeta da Síria.", APPEARED),
    ("Read more", READ_ON),
    ("Read more about Syria »", READ_ON),
    ("[Continue reading Syria and its bakers…]", READ_ON),
    ("Click here for the latest from Syria.", READ_ON),
    ("To read the full story, click here", READ_ON),
    ("Weiterlesen auf syrienblatt.example →", READ_ON),
    ("Lesen Sie mehr über Syrien auf unserer Seite!", READ_ON),
    ("Lire la suite sur gazette-syrie.example", READ_ON),
    ("Cliquez ici pour plus de Syrie.", READ_ON),
    ("Leer más sobre Siria", READ_ON),
    ("Haga clic aquí para Siria.", READ_ON),
    ("Читать далее о Сирии…", READ_ON),
    ("Подробнее на vestnik.example", READ_ON),
    ("اقرأ المزيد عن سوريا", READ_ON),
    ("للمزيد من أخبار سوريا", READ_ON),
    ("SIGN UP TO OUR SYRIA NEWSLETTER", SIGN_UP),
    ("Sign up here for free breaking-news alerts from Syria.", SIGN_UP),
    ("Subscribe to our Syria channel for more.", SIGN_UP),
    ("Get our Syria newsletter straight to your inbox!", SIGN_UP),
    ("Jetzt den Syrien-Newsletter abonnieren!", SIGN_UP),
    ("Inscrivez-vous à notre newsletter sur la Syrie.", SIGN_UP),
    ("Suscríbase a nuestro boletín de Siria.", SIGN_UP),
    ("Подписывайтесь на наш канал о Сирии!", SIGN_UP),
    ("اشترك في نشرتنا البريدية عن سوريا", SIGN_UP),
    ("Follow us on Telegram for news from Syria.", FOLLOW),
    ("Follow the Syria Gazette on Facebook", FOLLOW),
    ("Folgen Sie uns auf Instagram: @syrienblatt", FOLLOW),
    ("Suivez-nous sur Twitter pour la Syrie", FOLLOW),
    ("Síguenos en Facebook y Twitter.", FOLLOW),
    ("Следите за нашими новостями из Сирии", FOLLOW),
    ("تابعونا على تويتر لأخبار سوريا", FOLLOW),
    ("Syria News Network – all rights reserved", RIGHTS),
    ("All rights reserved by the Gazette of Syria.", RIGHTS),
    ("Syrienblatt – Alle Rechte vorbehalten.", RIGHTS),
    ("Gazette de Syrie | Tous droits réservés", RIGHTS),
    ("Todos los derechos reservados, Gaceta de Siria.", RIGHTS),
    ("Все права защищены", RIGHTS),
    ("جميع الحقوق محفوظة لشبكة سوريا", RIGHTS),
    ("© Syria Gazette", COPYRIGHT),
    ("Copyright 2031 Syria Gazette", COPYRIGHT),
]

QUOTES_ALONE = [
    "Síguenos en Facebook y Twitter, Siria al día.",
    "The post Bakers agree appeared on Syria Gazette.",
    "Подробнее о Сирии на нашей странице.",
    "المزيد من أخبار سوريا",
    "Copyright by Syria Gazette",
]
"""Too like a sentence to be kept from matching."""

NEWS = [
    "Like US and Russia, Turkey now has troops in Syria.",
    "Follow US and Israel into war on Iran, minister urges.",
    "Like many Syrians who fled Aleppo, she posts on Facebook about the war.",
    "Jetzt ermittelt Frontex wegen Pushbacks an der Grenze zu Griechenland.",
    "Jetzt ist der Suez-Kanal wieder offen.",
    "Registran un sismo cerca del canal de Panamá.",
    "سجلت قناة السويس إيرادات قياسية",
    "المزيد من القتلى في غارات على إدلب",
    "The post fell to rebels at dawn. Government tanks appeared on the outskirts of Idlib.",
    "Сообщение об ударе по Идлибу появилось в телеграм-канале ведомства.",
    "Статья 5 НАТО не применима к удару по Дамаску, заявил Столтенберг. Заявление опубликовано на сайте альянса.",
    "The report on torture in Assad's prisons, first published in May, names 12 officers.",
    "L'article 5 de la loi sur la Syrie est publié au Journal officiel.",
    "Copyright by AI firms is threatened by a Syria law.",
    "Copyright 2026 protests: hundreds march for Gaza in London",
    "Register of the dead in Aleppo gets an update every week, doctors say.",
    "The Post says smoke appeared first on the outskirts of Idlib.",
    "The column of tanks first appeared at Idlib's gates.",
    "Sign up now, Russia tells recruits for Ukraine by e-mail.",
    "Get all hostages out of Gaza, families tell Netanyahu by WhatsApp.",
    "Read on state television, the statement said Idlib would be bombed.",
    "(c) Syria hands over its weapons",
    "Hier wollte Russland den Kanal von Suez sperren.",
    "Bestellte Drohnen kommen über den Nord-Ostsee-Kanal.",
    "Suivez toute la guerre en Syrie, conseille un ministre.",
    "Recibe el canal 13 amenazas en Honduras.",
    "Inscriben a migrantes en el canal de Panamá.",
    "Запись удара по Алеппо опубликована в Telegram.",
    "Подробнее о Сирии говорили в Женеве.",
    "تابعنا الوضع في حلب.",
    "انضمت قناة الجزيرة إلى الحملة في غزة.",
    "للمزيد من المساعدات إلى غزة دعا الوزير.",
    "Leggi di più sulla Siria, chiede il ministro.",
    "Assine o acordo com a Síria, pede o canal da ONU.",
    "Lees meer boeken over Syrië, zegt de minister.",
    "Lesen Sie mehr Bücher über Syrien!",
    "Kurds want all rights reserved in Syria's constitution",
    "Sign up to fight for Russia by e-mail",
]


def read(text: str) -> str:
    """What is matched."""
    return "".join(text[start:end] for start, end in kept(text, left_out_of_matching(text, (), None)))


def quoted(text: str) -> str:
    return "".join(text[start:end] for start, end in kept(text, left_out_of_quotes(text, ())))


@pytest.mark.parametrize(("footer", "name"), ENDINGS)
def test_a_known_ending_is_neither_quoted_nor_matched_and_is_named(footer: str, name: str) -> None:
    for text in (f"{BREAD} {footer}", f"{BREAD}\n{footer}", f"{BREAD}\n\n{footer}"):
        (piece,) = left_out_of_matching(text, (), None)
        assert piece.reason == f"a known form: {name}"
        assert read(text).strip() == quoted(text).strip() == BREAD


def test_several_follow_each_other_and_each_text_of_an_item_has_its_own() -> None:
    text = f"{BREAD} Read more.\n\n{BREAD} Follow us on X. Sign up for our newsletter!\n© Gazette. All rights reserved."
    assert read(text) == f"{BREAD}\n\n{BREAD}"
    assert [piece.reason[len("a known form: ") :] for piece in left_out_of_matching(text, (), None)] == [
        READ_ON,
        FOLLOW,
        SIGN_UP,
        COPYRIGHT,
        RIGHTS,
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("SIGN UP TO OUR MORNING NEWSLETTER Truce ends in Aleppo.", "Truce ends in Aleppo."),
        ("Sign up to our newsletter for the best of Syria. Truce ends.", "Truce ends."),
        ("SIGN UP FOR THE BRIEFING WITH NEWS FROM SYRIA\nTruce ends.", "Truce ends."),
        ("SIGN UP FOR OUR EMAIL WITH NEWS FROM SYRIA. Truce ends.", "Truce ends."),
        ("Sign up here for our weekly newsletter – Truce ends", "Truce ends"),
        ("Sign up to our newsletter Truce ends in Aleppo", "Truce ends in Aleppo"),
        ("Follow us on Telegram @gazette: Truce ends", "Truce ends"),
        ("Click here for our Syria page. Truce ends.", "Truce ends."),
        ("Read more: Truce ends in Aleppo", "Truce ends in Aleppo"),
        (f"Follow us on {'Telegram and ' * 30}Truce ends", f"on {'Telegram and ' * 30}Truce ends"),
        ("Abonnez-vous à notre infolettre ! La trêve est finie.", "La trêve est finie."),
        ("Подпишитесь на наш канал. Перемирие окончено.", "Перемирие окончено."),
    ],
)
def test_an_appeal_at_the_start_ends_where_the_article_begins(text: str, left: str) -> None:
    assert read(text).strip() == left


@pytest.mark.parametrize(
    "text",
    [
        "Read more books, the minister said.",
        "He told them to read more about Syria in the newsletter.",
        "The rebels asked the town to follow us on the road to Aleppo.",
        "Follow the money, Syria says.",
        "The post office in Aleppo first published its stamps in 1920.",
        "Syria denies the report of a truce.",
        "The union has all rights, and the right to more.",
        "Subscribers in Syria lost their lines.",
        "Sign language is taught in Aleppo.",
        "Die Bäcker folgen uns nicht, sagt Syrien.",
        "Die Rechte bleiben vorbehalten, sagt der Richter in Aleppo.",
        "Los lectores leen más en Siria.",
        "Читать стали больше, говорят в Сирии.",
        "",
    ],
)
def test_a_sentence_with_such_words_is_the_articles_own(text: str) -> None:
    assert read(text) == quoted(text) == text


@pytest.mark.parametrize("text", NEWS)
def test_a_sentence_of_news_that_reads_like_a_form_stays_matched(text: str) -> None:
    for whole in (text, f"{BREAD} {text}", f"{BREAD}\n{text}", f"{text}\n{BREAD}", f"{text}\n\n{BREAD}"):
        assert read(whole) == whole


@pytest.mark.parametrize("text", ["Click here to enlist: ads target Syria", "Find us: families in Aleppo plead"])
def test_of_a_sentence_behind_an_appeal_and_a_colon_at_most_the_appeal_goes(text: str) -> None:
    assert read(f"{BREAD} {text}") == f"{BREAD} {text}"
    assert read(f"{text}. {BREAD}").endswith(f"{text.partition(': ')[2]}. {BREAD}")


@pytest.mark.parametrize("text", QUOTES_ALONE)
def test_what_is_too_like_a_sentence_is_left_out_of_quotes_alone(text: str) -> None:
    assert quoted(f"{BREAD} {text}") == BREAD
    assert read(f"{BREAD} {text}") == f"{BREAD} {text}"


@pytest.mark.parametrize(
    "text", ["Read more about Syria", "© Syria Gazette", "Read more.\n\nFollow us on Telegram", "–"]
)
def test_a_text_that_says_nothing_else_stays_matched(text: str) -> None:
    assert read(text) == text


def test_a_notice_of_rights_is_known_behind_what_may_be_a_list() -> None:
    assert read(f"{BREAD} (c) Syria Gazette – all rights reserved") == BREAD


def test_of_an_article_that_speaks_of_a_post_only_the_notice_goes() -> None:
    text = "Syria denies the post. The post Syria denies appeared first on Gazette."
    assert read(text) == "Syria denies the post."
    assert read(f"{'the post ' * 9}appeared first on Gazette") == f"{'the post ' * 9}appeared first on Gazette"


def test_the_bare_label_may_stand_behind_words_without_a_stop() -> None:
    assert read("Bakers met in Oslo Read more »") == "Bakers met in Oslo"
    assert read("Les boulangers se sont vus Lire la suite") == "Les boulangers se sont vus"


def test_of_other_words_before_a_notice_of_rights_nothing_goes() -> None:
    assert read("Bakers met to agree on bread – all rights reserved") == "Bakers met to agree on bread"
    assert read("Bakers met in Oslo. All rights reserved.") == "Bakers met in Oslo."
    assert read(f"{'Bakers ' * 20}all rights reserved") == f"{'Bakers ' * 20}".rstrip()


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("DAMASCUS (AFP) - A truce held.", "A truce held."),
        ("BEIRUT, Sept 12 (Example Wire) – A truce held.", "A truce held."),
        ("Damascus, Syria (AP) — A truce held.", "A truce held."),
        ("(Example Wire) - A truce held.", "A truce held."),
        ("KUALA LUMPUR: A truce held.", "A truce held."),
        ("MANILA, Philippines – A truce held.", "A truce held."),
        ("Berlin (dpa) - Die Waffenruhe hält.", "Die Waffenruhe hält."),
        ("МОСКВА, 12 мая. /ТАСС/. Перемирие.", "Перемирие."),
        ("МОСКВА, 12 мая — РИА Новости. Перемирие.", "Перемирие."),
        ("دمشق (رويترز) - هدنة.", "هدنة."),
        ("May 03, 2031 5:00 AM\nOSLO - A truce held.", "A truce held."),
        ("Publié le 3 mai 2031 à 17:00\nUne trêve.", "Une trêve."),
        ("NATO: no plans.", "NATO: no plans."),
        ("A man (34) - he said so.", "A man (34) - he said so."),
        ("Baker Olsen (Labour) said so.", "Baker Olsen (Labour) said so."),
        ("Syria – where it began – is quiet.", "Syria – where it began – is quiet."),
        ("The war of 2011 was long\nand cold.", "The war of 2011 was long\nand cold."),
        ("One Two Three Four Five Six Seven (AP) - x", "One Two Three Four Five Six Seven (AP) - x"),
    ],
)
def test_a_dateline_is_left_out_of_the_quote_and_stays_matched(text: str, own: str) -> None:
    assert quoted(text) == own
    assert read(text) == text


@pytest.mark.parametrize(
    "text",
    ["Read more. " * 9_000, "the post " * 9_000, "(" * 90_000, "-" * 90_000, "x\n\n" * 30_000, "Sign up " * 9_000],
)
def test_of_a_text_of_nothing_else_little_is_left_out(text: str) -> None:
    """Six forms at either end of twelve texts are all that is looked for."""
    assert sum(piece.end - piece.start for piece in left_out_of_quotes(text, ())) < 12 * 2 * 6 * 320
