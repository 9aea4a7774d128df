"""How appeals and notices are worded, by language: patterns, and what must be in a text for a look to be worth it.

Verbose patterns, matched without regard to case. A form says only how it *begins*; `forms` says where it may stand and
how far it goes. Languages: English, German, French, Spanish, Arabic and Russian whole; of Portuguese, Italian, Dutch,
Swedish, Norwegian, Danish, Polish, Chinese and Japanese some.
"""

from collections.abc import Mapping

REST = r"(?:[^\n.!?…。؟]|[.!?](?=\S)){0,160}+"
"""What follows within the sentence; a dot within a name, as in a domain, ends none."""

ENDS = r"[\s.!?…。؟»→►▶>)\]*\"”]*\Z"

STOP = r"(?=\s*(?:\Z|[:|»→►▶>\])…(\[–—.!-]))"
"""After "read more": nothing, or a link. "Read more books, says the minister" is not a form."""

NEWSY = r"""(?:
    news-?\s?letters? | brie\w*ings?\b | e-?mails?\b | alerts?\b | updates?\b | mailing\slist | inbox | channels?\b
  | podcasts?\b | digests?\b | (?:nyhets)?brev\w* | nieuwsbrief | infobrief\w* | rundbrief\w* | kanal\w*
  | infolettres? | lettres?\sd['’]informations? | bulletins? | alertes?\b | chaînes?\b | canal(?:es)?\b
  | bolet[ií]n(?:es)? | notificaciones | рассылк\w+ | канал\w* | уведомлени\w+ | новост\w+
  | نشرت\w* | النشر\w* | قنا[ةت]\w* | القناة | بريد\w* | الإشعارات | إشعارات
)"""
"""What one signs up to."""

_TO_NEWSY = rf"(?=[^\n.!?]{{0,100}}?\b{NEWSY})"

READ_ON = rf"""
    (?:please\s)?(?:read|learn|see|find\sout|discover)\smore
        (?:{STOP}|\s(?:about|at|on|here|in|from|of|by|via)\b)
  | read\s(?:on|it\shere|(?:the\s)?(?:full|whole|rest|entire|original|complete)\b)
  | (?:to\s)?(?:continue|keep)\sreading\b
  | (?:to\s(?:read|learn|see)\s[^\n.]{{0,40}}?,?\s)?click\s(?:here|on\sthe\slink|through|to\sread|the\slink)\b
  | (?:also\sread|read\salso|view\s(?:the\s)?(?:original|full)\s\w+|full\s(?:story|article)){STOP}
  | (?:hier\s)?(?:weiterlesen|mehr\slesen|mehr\serfahren)(?:{STOP}|\s(?:auf|bei|im|in|zu)\b)
  | lesen\ssie\s(?:mehr|weiter|hier|auch|den\s(?:ganzen|vollständigen))\b
  | (?:zum|den|ganzen)\s(?:(?:ganzen|vollständigen|kompletten)\s)?(?:artikel|beitrag)(?:\slesen)?{STOP}
  | (?:klicken\ssie|klicke?)\s(?:hier|bitte)\b
  | lire\s(?:la\ssuite|plus|l['’]article|aussi|également|davantage)\b | à\slire\saussi\b | en\ssavoir\splus\b
  | cliquez\s(?:ici|sur)\b
  | (?:leer|lea|lee)\s(?:más|también|la\s(?:nota|noticia)|el\sartículo)\b
  | (?:seguir|sigue|continuar|continúa)\sleyendo\b | (?:haga|haz|hacer)\sclic\b
  | leia\s(?:mais|também)\b | continue\s(?:lendo|a\sler)\b | clique\saqui\b
  | leggi\s(?:tutto|anche|di\spiù|l['’]articolo)\b | continua\sa\sleggere\b | clicca\squi\b
  | lees\s(?:meer|verder|ook|het\s(?:hele|volledige))\b | klik\shier\b
  | läs\s(?:mer|vidare)\b | l[æe]s\s(?:mere?|videre)\b | czytaj\s(?:dalej|więcej|także)\b
  | читать?\s(?:далее|дальше|полностью|ещ[её])\b | читайте\s(?:также|далее|больше|нас|подробнее)\b
  | подробнее(?:{STOP}|\s(?:на|в|о|об|здесь|тут)\b) | (?:нажмите|кликните)\s(?:здесь|сюда|на)\b
  | (?:ل?قراءة|(?:اقر[أإا]|إقرأ)(?:وا)?)\s(?:ال)?(?:مزيد|أيضا|أيضًا|ايضا|المقال|التفاصيل)
  | (?:تابع|أكمل|واصل|لمتابعة)\sال?قراءة | للمزيد | لقراءة\sالمزيد | المزيد\sمن
  | (?:اضغط|إضغط|انقر|أنقر)(?:وا)?\sهنا | 続きを読む | 阅读全文 | 閱讀全文 | 点击(?:这里|此处|阅读) | 查看(?:全文|更多)
"""
READ_ON_LABELS = r"""
    read\smore | continue\sreading | read\sthe\sfull\s\w+ | weiterlesen | lire\sla\ssuite | leer\smás | seguir\sleyendo
  | leggi\stutto | leia\smais | читать\s(?:далее|дальше) | اقرأ\sالمزيد
"""
"""They may stand behind a text that ends without a stop."""

SIGN_UP = rf"""
    (?:please\s|to\s|not\sa\s\w+\?\s|want\s[^\n.?]{{0,60}}\?\s)?
        (?:(?:sign[\s-]up|signup|subscribe|register)\b(?:{_TO_NEWSY}|(?=\s(?:to\sour|now|here|today)\b)))
  | (?:get|receive|join)\s(?:our|the|all|more|free|daily)\b
        (?=[^\n.!?]{{0,100}}?\b(?:news-?letters?|inbox|by\se-?mail|telegram|whatsapp))
  | (?:abonnier\w*|bestell\w*|melden\ssie\ssich|registrier\w*|jetzt|hier)\b
        (?=[^\n.!?]{{0,100}}?\b(?:newsletter\w*|infobrief\w*|rundbrief\w*|kanal\w*|push\w*))
  | (?:unseren?\s)?newsletter\s(?:hier\s|jetzt\s)?(?:abonnieren|bestellen)
  | (?:inscrivez-vous|abonnez-vous|recevez|s['’]inscrire|s['’]abonner)\b{_TO_NEWSY}
  | (?:suscr[ií]b\w+|inscr[ií]b\w+|reg[ií]str\w+|recib[ea]\w*|apúnt\w+)\b{_TO_NEWSY}
  | (?:inscreva-se|assine|iscriviti|abbonati|abonneer\w*|schrijf\sje\sin|prenumerera)\b{_TO_NEWSY}
  | (?:подпи(?:шитесь|сывайтесь|саться|шись|сывайся))\b
        (?=[^\n.!?]{{0,100}}?\b(?:{NEWSY}|нас|telegram|телеграм\w*|страниц\w+))
  | (?:[اإ]شترك(?:وا)?|سجّ?ل(?:وا)?|للاشتراك|انضم(?:وا)?|للانضمام)(?=[^\n.!?]{{0,100}}?{NEWSY})
"""

_NETWORKS = r"""(?:twitter|facebook|instagram|x\b|telegram|whats\s?app|youtube|linkedin|google\snews|tik\s?tok|threads
    |bluesky|mastodon|social\smedia|reddit|viber)"""

FOLLOW = rf"""
    (?:please\s|you\scan\s|also\s)*(?:follow|find|join|like)\s(?:us|our\s\w+)
        (?={ENDS}|\s?[:@,]|\s(?:on|at|for|here|via|and|in|to|all)\b)
  | (?:follow|like)\s[^\n.!?]{{1,60}}\son\s(?:our\s)?{_NETWORKS} | follow\s@\w+
  | folge(?:n\ssie|t|n)?\suns\b | suivez[\s-](?:nous|l['’]actualité|toute)\b | retrouvez[\s-]nous\b
  | s[ií]g(?:ue|a)nos\b | siga-nos\b | segui(?:ci|teci)\b | volg\sons\b | följ\soss\b
  | следите\sза\s(?:нами|нашими|новостями)\b | мы\sв\s(?:telegram|телеграм\w*|социальных\sсетях|соцсетях|вк)\b
  | присоединяйтесь\sк\sнам\b | تابعونا | تابعنا | تابعوا\s(?:صفحت|قنا|حساب|آخر) | شاركونا
"""

APPEARED = r"""
    (?:the\spost\b[^\n]{0,250}?|(?:the|this)\s(?:post|article|story|column|report)\b[^\n.!?]{0,250}?)\s(?:was\s)?
        (?:(?:first|originally)\s(?:appeared|published)|(?:appeared|published)\s(?:first|originally))\s(?:on|in|at|by)\b
  | the\spost\s[^\n]{1,200}?\sappeared\s(?:in|on)\b
  | (?:der|dieser)\s(?:beitrag|artikel)\b[^\n]{0,250}?\s(?:(?:erschien|ist)\s)?
        (?:zuerst|zunächst)\s(?:erschienen\s)?(?:auf|bei|in)\b
  | (?:l['’]|cet\s|le\s|ce\s)(?:article|billet|post)\b[^\n]{0,250}?\sest\s(?:d['’]abord\s)?(?:apparu|paru|publié)e?\b
        (?:\s(?:en\spremier|d['’]abord))?
  | (?:la\sentrada|el\sartículo|esta\sentrada|este\sartículo|la\snoticia)\b[^\n]{0,250}?\s
        (?:se\spublicó|aparec(?:e|ió)|fue\spublicad[oa])\sprimero\b
  | o\s(?:post|artigo)\b[^\n]{0,250}?\sapareceu\sprimeiro\b
  | l['’]articolo\b[^\n]{0,250}?\s(?:proviene\sda|è\sapparso\sprima|sembra\sessere\sil\sprimo)\b
  | het\s(?:bericht|artikel)\b[^\n]{0,250}?\sverscheen\seerst\b
  | (?:сообщение|запись|статья|материал)\b[^\n]{0,250}?\s(?:(?:впервые|сначала|первым)\s)?
        (?:появи(?:лась|лось|лись|лся)|опубликован\w*)(?:\s(?:впервые|сначала))?\s(?:на|в)\b
  | (?:ظهرت?|نشرت?)\s(?:ال)?(?:مقالة?|منشور|تدوينة)\b[^\n]{0,250}?\s[أا]ولا[\u064b]?\s(?:على|في)
  | المقال[ةه]?\s[^\n]{1,250}?\sظهرت?\s[أا]ولا[\u064b]?\sعلى
"""

RIGHTS = r"""(?:
    all\srights\sreserved | alle\srecht(?:e|en)\s(?:vorbehalten|voorbehouden) | tous\s(?:les\s)?droits\sréservés
  | (?:todos\slos\s)?derechos\sreservados | todos\sos\sdireitos\sreservados | tutti\si\sdiritti\s(?:sono\s)?riservati
  | все\sправа\sзащищены | (?:جميع|كافة|كل)\sالحقوق\sمحفوظة
)"""

COPYRIGHT = r"(?:©|\(c\)\s|copyright\s(?:©|\(c\)|(?:19|20)\d\d|by\b))"


def _any_of(hints: str) -> tuple[str, ...]:
    return tuple(hint.replace("_", " ") for hint in hints.split())


HINTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "where the article appeared first": (
        _any_of(
            "appeared published erschien zunächst zuerst apparu paru publié primero primeiro proviene apparso il_primo"
            " verscheen появи опубликован أولا اولا"
        ),
    ),
    "to read on": (
        _any_of(
            "read_ learn_more see_more find_out discover_more reading click view_ full_story full_article lesen"
            " erfahren artikel beitrag klick lire savoir_plus cliquez leer lea_ lee_ leyendo clic leia lendo clique"
            " leggi leggere clicca lees klik läs læs les_ czytaj чита"
            " подробнее нажмите кликните قراءة اقر إقر مزيد هنا 読む"
            " 阅读全文 閱讀全文 点击 查看"
        ),
    ),
    "to sign up": (
        _any_of(
            "sign subscri regist get_ receive_ join_ abon bestell melden jetzt hier inscri recevez suscr reg apúnt"
            " recib assine iscri abbona schrijf prenum подпи شترك سج انضم للانضمام newsletter"
        ),
        _any_of(
            "letter lettre brief mail alert update inbox channel podcast digest brev kanal push bulletin chaîne canal"
            " bolet notificac our now here today рассылк канал уведомлен новост нас telegram whatsapp телеграм страниц"
            " نشر قنا بريد شعارات"
        ),
    ),
    "to follow": (
        _any_of(
            "follow find_us find_our join_ like_ folge suivez retrouvez síg sig volg följ segui следите мы_в"
            " присоединяйтесь تابع شاركونا"
        ),
    ),
    "copyright": (_any_of("© (c) copyright"),),
    "all rights reserved": (
        _any_of("reserved vorbehalten voorbehouden réservés reservados riservati защищены محفوظة"),
    ),
    "label": (_any_of("read continue weiterlesen lire leer leyendo leggi leia чита اقرأ"),),
}
"""Of each form what is in every text that has it: a look that saves nearly all texts the search (0.3 ms each)."""
