"""News agencies: the names by which outlets credit them, in many languages and scripts, and their own sites.

Facts from the agencies' and newsrooms' own credits. An agency that is not here is not recognised, and its texts still
count as one where they are nearly equal.
"""

import re
from collections.abc import Iterator

from monitor.text import folded

NAMES = {
    "AFP": "AFP|Afp|Agence France-Presse|France-Presse|فرانس برس|وكالة فرانس برس|أ ف ب|АФП|Агентство Франс Пресс"
    "|Франс Пресс|法新社",
    "AP": "AP|Associated Press|AP News|أسوشيتد برس|أسوشييتد برس|وكالة أسوشيتد برس|أ ب|АП|Ассошиэйтед Пресс"
    "|美联社|美聯社|AP通信",
    "Reuters": "Reuters|Thomson Reuters|رويترز|وكالة رويترز|Рейтер|Рейтерс|路透社|路透|ロイター",
    "dpa": "dpa|DPA|dpa-AFX|Deutsche Presse-Agentur|د ب أ|وكالة الأنباء الألمانية|ДПА|德新社",
    "TASS": "TASS|Tass|Itar-Tass|ТАСС|ИТАР-ТАСС|تاس|وكالة تاس|塔斯社|タス通信",
    "RIA Novosti": "RIA Novosti|RIA|РИА Новости|РИА|ريا نوفوستي|نوفوستي",
    "Interfax": "Interfax|Интерфакс|إنترفاكس",
    "Xinhua": "Xinhua|Xinhua News|Xinhuanet|Chine nouvelle|新华社|新華社|شينخوا|وكالة شينخوا|Синьхуа",
    "China News Service": "China News Service|中新社|中新网",
    "EFE": "EFE|Efe|Agencia EFE|إفي|وكالة إفي|ЭФЭ|埃菲社",
    "Europa Press": "Europa Press",
    "ANSA": "ANSA|Ansa|أنسا|АНСА|安莎社",
    "Adnkronos": "Adnkronos",
    "Anadolu": "Anadolu|AA|Anadolu Ajansı|Anadolu Ajansi|الأناضول|وكالة الأناضول|Анадолу",
    "Kyodo": "Kyodo|Kyodo News|共同|共同社|共同通信|共同通信社",
    "Jiji": "Jiji|Jiji Press|時事|時事通信|時事通信社",
    "Yonhap": "Yonhap|Yonhap News|연합뉴스|韩联社",
    "Bloomberg": "Bloomberg|Bloomberg News|بلومبرغ|Блумберг|彭博社",
    "UPI": "UPI|United Press International",
    "PA": "PA|PA Media|Press Association",
    "AAP": "AAP|Australian Associated Press",
    "Canadian Press": "Canadian Press|La Presse canadienne|Presse canadienne",
    "PTI": "PTI|Press Trust of India",
    "ANI": "ANI|Asian News International",
    "IANS": "IANS|Indo-Asian News Service",
    "APA": "APA|Austria Presse Agentur",
    "Keystone-SDA": "SDA|Keystone-SDA|Keystone-ATS|ATS",
    "epd": "epd|Evangelischer Pressedienst",
    "KNA": "KNA|Katholische Nachrichten-Agentur",
    "SID": "SID|Sport-Informations-Dienst",
    "Belga": "Belga",
    "ANP": "ANP|Algemeen Nederlands Persbureau",
    "Lusa": "Lusa|Agência Lusa",
    "PAP": "PAP|Polska Agencja Prasowa",
    "CTK": "ČTK|CTK",
    "NTB": "NTB",
    "Ritzau": "Ritzau",
    "Ukrinform": "Ukrinform|Укринформ|Укрінформ",
    "BelTA": "BelTA|БелТА",
    "MENA": "MENA|Middle East News Agency|أ ش أ|وكالة أنباء الشرق الأوسط",
    "SANA": "SANA|سانا|وكالة سانا",
    "WAFA": "WAFA|وفا|وكالة وفا",
    "SPA": "SPA|Saudi Press Agency|واس",
    "WAM": "WAM|وام",
    "KUNA": "KUNA|كونا",
    "QNA": "QNA|Qatar News Agency",
    "IRNA": "IRNA|إرنا",
    "Bernama": "Bernama",
}
"""Agency → its names, apart by bars; the key is what the mail says."""

SITES = {
    "aa.com.tr": "Anadolu",
    "adnkronos.com": "Adnkronos",
    "afp.com": "AFP",
    "ansa.it": "ANSA",
    "ap.org": "AP",
    "apnews.com": "AP",
    "dpa.com": "dpa",
    "efe.com": "EFE",
    "interfax.ru": "Interfax",
    "kyodonews.net": "Kyodo",
    "news.cn": "Xinhua",
    "reuters.com": "Reuters",
    "ria.ru": "RIA Novosti",
    "tass.com": "TASS",
    "tass.ru": "TASS",
    "xinhuanet.com": "Xinhua",
    "yna.co.kr": "Yonhap",
}
"""Registrable domain → the agency whose own articles are there."""

INITIALS = 4
"""A name of so many Latin letters is written as it stands in `NAMES`, or it is another word: "spa", "Mena"."""

_APART = re.compile(r"[\s.\-‐‑‒–_'’]+")


AMBIGUOUS = frozenset({"PA", "AA"})
"""Names that are also Pennsylvania's and many a writer's initials."""


def agency_named(words: str, *, is_set_apart: bool = False) -> str:
    """The agency that these words name, and nothing beside it; "" if there is none.

    `is_set_apart`: they stand in brackets, between slashes, behind © or on a line of their own. Elsewhere a name
    that is `AMBIGUOUS` names nobody.
    """
    found = _BY_NAME.get(_APART.sub("", folded(words)))
    if found is None:
        return ""
    agency, names = found
    letters = _APART.sub("", words)
    if letters in AMBIGUOUS and not is_set_apart:
        return ""
    return "" if letters.isascii() and len(letters) <= INITIALS and letters not in names else agency


def _by_name() -> Iterator[tuple[str, tuple[str, frozenset[str]]]]:
    """Folded, and without what stands between letters: "A.F.P.", "أ ف ب" and "أ.ف.ب" are names in one form."""
    for agency, listed in NAMES.items():
        names = frozenset(listed.split("|"))
        for name in names:
            yield _APART.sub("", folded(name)), (agency, names)


_BY_NAME = dict(_by_name())
