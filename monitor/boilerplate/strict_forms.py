"""Which known forms are so surely no words of an article that matching does not read them either.

Narrower than `phrases`, since what matching does not read is lost without a word: no form that is an ordinary sentence
as well ("Registran un sismo cerca del canal", "Like US and Russia, …"), no verb that tells something, no comma, little
behind it. Of what is looked for here in vain a quote may still be cut.
"""

import re
from functools import cache

from monitor.boilerplate.phrases import ENDS, STOP

_TELLS = r"""\b(?:is|are|was|were|has|have|had|will|would|says?|said|tells?|told|urges?|warns?|gets?|fled|ist|sind|wird
    |wurden?|hat|haben|sagt|sagte|est|sont|ont|dit|es|son|fue|ha|han|dice|dijo|заявил\w*|сказал\w*|сообщил\w*|говор\w+
    |был\w*|стал\w*|появил\w*|قال\w*|أعلن\w*|دعا\w*)\b"""
_REST = rf"(?:(?!{_TELLS})[^\n.!?…。؟,;:،؛]|\.(?=\S)|:(?=\s?@)){{0,60}}+"
_NOTICE = rf"(?:(?!{_TELLS})[^\n.!?…。؟:;]|\.(?=\S)){{0,60}}+"
"""Behind a notice: "Gazette, Inc."."""

_NEAR = r"[^\n.!?,،;:]{0,60}?"

_READ_ON = rf"""
    (?:please\s)?(?:read|learn|find\sout)\smore(?:{STOP}|\s(?:about|at|on|here|in|from)\b)
  | read\s(?:it\shere|(?:the\s)?(?:full|whole|rest|entire|original|complete)\s
        (?:of\s)?(?:the\s|this\s)?(?:story|article|report|post|text|interview|piece)\b)
  | (?:to\s)?continue\sreading
  | (?:to\s(?:read|learn|see)\s[^\n.,]{{0,40}}?,?\s)?click\s(?:here|on\sthe\slink|to\sread)
  | (?:also\sread|read\salso){STOP} | (?:view\s(?:the\s)?(?:original|full)\s\w+|full\s(?:story|article))(?={ENDS})
  | (?:hier\s)?(?:weiterlesen|mehr\slesen|mehr\serfahren)(?:{STOP}|\s(?:auf|bei)\b)
  | lesen\ssie\s(?:(?:mehr|weiter|auch)(?:{STOP}|\s(?:über|auf|zum|hier)\b)|hier
        |den\s(?:ganzen|vollständigen)\s(?:artikel|beitrag|text))
  | (?:zum|den|ganzen)\s(?:(?:ganzen|vollständigen|kompletten)\s)?(?:artikel|beitrag)(?:\slesen)?(?={ENDS})
  | klicken\ssie\shier
  | lire\s(?:la\ssuite|l['’]article)(?:{STOP}|\ssur\b) | (?:à\s)?lire\s(?:aussi|également){STOP}
  | en\ssavoir\splus(?:{STOP}|\ssur\b) | cliquez\sici
  | leer\smás(?:{STOP}|\s(?:sobre|en)\b) | (?:leer|lea|lee)\s(?:también|la\snota|el\sartículo){STOP}
  | (?:seguir|sigue|continuar|continúa)\sleyendo{STOP} | (?:haga|haz|hacer)\sclic\saquí
  | leia\s(?:mais|também){STOP} | continue\s(?:lendo|a\sler){STOP} | clique\saqui
  | leggi\s(?:tutto|anche|di\spiù|l['’]articolo){STOP} | continua\sa\sleggere{STOP} | clicca\squi
  | lees\s(?:meer|verder|ook)(?:{STOP}|\s(?:op|over)\b) | klik\shier
  | läs\s(?:mer|vidare)(?:{STOP}|\s(?:om|på)\b) | l[æe]s\s(?:mere?|videre){STOP} | czytaj\s(?:dalej|więcej|także){STOP}
  | читать?\s(?:далее|дальше|полностью)(?:{STOP}|\s(?:на|о|об)\b) | читайте\s(?:также|далее|подробнее){STOP}
  | подробнее(?:{STOP}|\sна\s[\w-]+\.[a-zрф]+) | (?:нажмите|кликните)\s(?:здесь|сюда)
  | (?:لقراءة|(?:اقر[أإا]|إقرأ)(?:وا)?)\s(?:المزيد|أيضا|أيضًا|ايضا|المقال|التفاصيل)
  | (?:تابع|أكمل|واصل|لمتابعة)\sالقراءة{STOP} | للمزيد(?:{STOP}|\sمن\s(?:ال)?(?:أخبار|معلومات|تفاصيل))
  | (?:اضغط|إضغط|انقر|أنقر)(?:وا)?\sهنا | 続きを読む | 阅读全文 | 閱讀全文 | 点击(?:这里|此处|阅读) | 查看全文
"""

_LETTER = (
    r"(?:news-?\s?letters?|nyhetsbrev\w*|nieuwsbrief|infobrief\w*|rundbrief\w*|infolettres?|bolet[ií]n(?:es)?|boletim)"
)
_SIGN_UP = rf"""
    (?:please\s)?(?:sign[\s-]up|signup|subscribe)\s(?:to\s(?:our|the|get|receive)|for|here|now|today)\b{_NEAR}
        \b(?:{_LETTER}|briefings?|alerts?|e-?mails?|mailing\slist|inbox|podcasts?|digests?)
  | (?:sign[\s-]up|subscribe)\sto\sour\b{_NEAR}\bchannels?
  | (?:get|receive)\sour\b{_NEAR}\b(?:{_LETTER}|briefings?|inbox)
  | (?:(?:jetzt|hier|unseren?)\s)?[^\n.!?,:]{{0,30}}?{_LETTER}\s(?:hier\s|jetzt\s)?(?:abonnieren|bestellen)
  | (?:abonnieren|bestellen)\ssie\b{_NEAR}{_LETTER} | melden\ssie\ssich\b{_NEAR}{_LETTER}
  | (?:inscrivez-vous|abonnez-vous)\sà\s(?:notre|nos|la)\b{_NEAR}
        (?:{_LETTER}|lettres?\sd['’]informations?|alertes|chaîne)
  | (?:suscr[ií](?:bete|base|banse)|inscr[ií](?:bete|base)|apúntate|reg[ií]str(?:ate|ese))\sa\b{_NEAR}
        (?:{_LETTER}|notificaciones|nuestro\scanal)
  | (?:inscreva-se|assine|iscriviti|abbonati|abonneer\sje|schrijf\sje\sin|prenumerera)\b{_NEAR}{_LETTER}
  | подпи(?:шитесь|сывайтесь|шись|сывайся)\sна\s(?:наш\w*|нас|рассылку)
  | (?:[اإ]شترك(?:وا)?|للاشتراك)\sفي\s(?:نشرتنا|قناتنا|النشرة\sالبريدية)
"""

_NETWORK = r"""(?:twitter|facebook|instagram|x|telegram|whats\s?app|youtube|linkedin|google\snews|tik\s?tok|threads
    |bluesky|mastodon|social\smedia|reddit|viber|تويتر|فيس\s?بوك|تلغرام|تيليجرام|واتساب|يوتيوب|[اإ]نستغرام)\b"""
_FOLLOW = rf"""
    (?:please\s|you\scan\s)?(?:(?:follow|find|join|like)\s(?-i:us)|(?-i:(?:FOLLOW|FIND|JOIN|LIKE)\sUS))\b
        (?:(?={ENDS}|:?\s?@)|\s(?:on|at|via)\s(?:our\s)?{_NETWORK})
  | follow\s(?:our\s\w+|[^\n.!?,:]{{1,40}}?)\son\s(?:our\s)?{_NETWORK}(?={ENDS}|\s?[:@]|\s(?:and|&|or)\s{_NETWORK})
  | follow\s@\w+
  | folge(?:n\ssie|t|n)?\suns\s(?:auf|bei)\s{_NETWORK}
  | (?:suivez|retrouvez)[\s-]nous(?:(?={ENDS}|:?\s?@)|\ssur\s{_NETWORK})
  | (?:s[ií]g(?:ue|a)nos|siga-nos|segui(?:ci|teci)|volg\sons|följ\soss)
        (?:(?={ENDS}|:?\s?@)|\s(?:en|no|em|su|op|på)\s{_NETWORK})
  | следите\sза\s(?:нами|нашими\s(?:новостями|обновлениями))
  | мы\sв\s(?:telegram|телеграме?|социальных\sсетях|соцсетях)(?={ENDS}) | присоединяйтесь\sк\sнам(?={ENDS})
  | (?:تابعونا|تابعنا)\s(?:على|عبر|في)\s{_NETWORK} | تابعونا(?={ENDS})
"""

_PUBLISHED = r"""(?:the|this)\s(?:post|article|story|column)\s
        (?:was\s(?:first|originally)\spublished|(?:first|originally)\sappeared|appeared\s(?:first|originally))\s(?:on|in|at)
  | diese[rs]\s(?:beitrag|artikel)\s(?:erschien|ist)\szuerst\s(?:erschienen\s)?(?:auf|bei|in)
"""
_FRAME = rf"""
    (?:the\spost|der\sbeitrag|l['’]article|la\sentrada|o\spost|l['’]articolo|het\sbericht|сообщение|запись|ظهرت\sالمقالة)
    \s(?P<title>[^\n]{{1,250}}?)\s
    (?:appeared\sfirst\son|first\sappeared\son|erschien\szuerst\sauf|est\sapparue?\sen\spremier\ssur
      |se\spublicó\sprimero\sen|apareceu\sprimeiro\sem|è\sapparso\sprima\ssu|proviene\sda|verscheen\seerst\sop
      |появи(?:лась|лось|лись|лся)\s(?:сначала|впервые)\sна|(?:сначала|впервые)\sпояви(?:лась|лось|лись|лся)\sна
      |[أا]ولا[\u064b]?\sعلى)
    \s(?P<site>{_NOTICE}){ENDS}
"""
"""A title may have a stop in it, so all of it must be said, to the end of the text."""

_RIGHTS = r"""(?:all\srights\sreserved|alle\srecht(?:e|en)\s(?:vorbehalten|voorbehouden)
    |tous\s(?:les\s)?droits\sréservés
    |todos\slos\sderechos\sreservados|todos\sos\sdireitos\sreservados|tutti\si\sdiritti\s(?:sono\s)?riservati
    |все\sправа\sзащищены|(?:جميع|كافة|كل)\sالحقوق\sمحفوظة)"""
_COPYRIGHT = r"(?:©|\(c\)\s(?:19|20)\d\d\b|copyright\s(?:©|\(c\)|(?:19|20)\d\d\b(?!\s?(?-i:[a-z]))))"

_LEADS = r"\A[\s\[(«»|•·→►▶*–—-]*+"


@cache
def _form(name: str) -> re.Pattern[str]:
    """Made when a text first may have it: all of them take a fifth of a second, which each start would pay for."""
    return re.compile(_FORMS[name], re.IGNORECASE | re.VERBOSE)


_FORMS = {
    "to read on": rf"{_LEADS}(?:{_READ_ON})(?!\w)(?:\s?:)?{_REST}{ENDS}",
    "to sign up": rf"{_LEADS}(?:{_SIGN_UP})(?!\w){_REST}{ENDS}",
    "to follow": rf"{_LEADS}(?:{_FOLLOW})(?!\w){_REST}{ENDS}",
    "where the article appeared first": rf"{_LEADS}(?:(?:{_PUBLISHED})(?!\w){_REST}{ENDS}|{_FRAME})",
    "all rights reserved": (
        rf"{_RIGHTS}(?={ENDS}|\s?[,.|©(–—-]|\s(?:by|لشبكة|لموقع|لصحيفة|لوكالة|لقناة)\b){_NOTICE}{ENDS}"
    ),
    "copyright": rf"{_LEADS}{_COPYRIGHT}{_NOTICE}{ENDS}",
}
_TRAILS = " \n\t:|–—-"


def is_sure(name: str, said: str) -> bool:
    """Whether what is said is surely a form of that name, from its first word to its last."""
    found = _form(name).search(said.rstrip(_TRAILS))
    return found is not None and all(_is_name(part) for part in found.groupdict().values() if part is not None)


def _is_name(words: str) -> bool:
    """A headline or the name of a site: no sentence goes on with it. "appeared on the outskirts" names no site."""
    return not words[:1].islower() or "." in words.partition(" ")[0]
