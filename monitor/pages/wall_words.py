"""Words by which pages speak to their visitor: consent, offers, logins, robots, errors, apps, regions.

None of them is proof: an article may be about cookies or subscriptions. `walls` asks for several of one kind in a
sentence, leaves out those that the article's own headline has, and `gate` weighs how much of the page is of this kind.
"""

import re
from typing import NamedTuple


class WallKind(NamedTuple):
    """A kind of wall. `words` are beginnings of words (a blank stands for any white space); each counts once."""

    name: str
    words: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    """What is enough by itself."""
    ends_reading: bool = False
    """Whether it stands where the rest of an article would be."""


YOU = (
    "you|your|yours|vous|votre|vos|sie|ihr|ihre|ihrem|ihren|ihrer|du|dein|deine|deinem|"
    "deinen|usted|ustedes|tu|tus|вы|вас|вам|ваш|ваша|ваше|ваши|вашей|вашем|вашего|ваших|você|"
    "seu|sua|lei|tuo|tua|je|jouw|twój|siz"
)
"""The visitor: addressed in most sentences of a wall, and in few of a report."""

KINDS = (
    WallKind(
        "a request for consent",
        (
            ("cookie|куки|файлы cookie|الكوكيز|ملفات تعريف الارتباط|traceur|rastreador|tracker|tracking"),
            "consent|einwillig|zustimm|согласи|согласны|موافق|consenso|toestemming|zgod",
            "partner|socio|партнер|партнёр|شركاء|parceir",
            "privacy|confidentialité|datenschutz|privacidad|конфиденциальн|الخصوصية",
            (
                "personal data|personal information|données personnelles|personenbezogen|"
                "datos personales|персональн|البيانات الشخصية|بياناتك"
            ),
            "advertis|ads|publicité|werbung|anzeigen|publicidad|anuncios|реклам|إعلان|الإعلانات",
            "accept|accepter|akzeptier|aceptar|acepta|принять|принима|قبول|أوافق",
            "reject|refuser|ablehn|rechaz|отклон|отказ|رفض",
            ("preference|settings|préférences|paramètr|einstellung|preferencias|configura|настройк|إعدادات|تفضيلات"),
            "device|appareil|terminal|endgerät|gerät|dispositivo|устройств|جهازك",
            "measure|mesure|messung|medición|измерен|قياس",
        ),
    ),
    WallKind(
        "an offer to subscribe",
        (
            ("subscri|abonn|abo|suscri|suscripci|подпис|اشتراك|اشترك|مشترك|للمشتركين|المشتركين|assin|abbona"),
            "trial|essai|probe|prueba|пробн|تجرب",
            "cancel|résili|sans engagement|kündbar|kündig|cancela|отмен|إلغاء",
            (
                "a month|per month|/month|per week|a week|par mois|pro monat|im monat|monatlich|mes|"
                "mensual|mese|miesięcznie|aylık|maand|в месяц|месяц|شهري|شهرا|في الشهر|weeks"
            ),
            r"[€$£₽] ?\d|\d+([.,]\d+)? ?[€$£₽]|\d+ (euro|dollar|рубл|руб|درهم|ريال|دولار|يورو)",
            (
                "unlimited|illimité|unbegrenzt|ilimitad|неограничен|غير محدود|all articles|"
                "tous les articles|alle artikel|todos los artículos|все материалы|всем материалам|"
                "جميع المقالات|كل المقالات"
            ),
            "support|souten|unterstütz|apoya|поддерж|دعم",
            "access|accès|accéder|zugang|zugriff|acceso|accede|доступ|الوصول",
            "offer|offre|angebot|oferta|предложен|عرض|unlock|débloqu|freischalt|desbloque|разблокир",
            "premium|plus-|exclusi|эксклюзив|حصري|réservé|reserviert",
            "free|gratuit|kostenlos|gratis|бесплатн|مجاني|gratuito|ücretsiz",
            "article|artikel|artículo|stor|статью|статей|المقال|الخبر|articolo|artigo|artykuł|haber",
            "member|membre|mitglied|socio|участник|عضو|leserin|join|unirse|únete|hazte",
        ),
        (
            (
                "continue reading|keep reading|to read on|read the rest|read the full|"
                "read this article in full|rest of (this|the) (article|story)"
            ),
            (
                "pour lire la suite|lire la suite de cet article|lire l'intégralité|"
                "la suite est réservée|poursuivre (la|votre) lecture|réservé aux abonnés|"
                "réservé à nos abonnés"
            ),
            (
                "weiterlesen|um weiterzulesen|den ganzen artikel|vollständigen artikel|"
                "nur für abonnenten|artikel gehört zu"
            ),
            (
                "seguir leyendo|continuar leyendo|leer (la noticia|el artículo) complet|"
                "sólo para suscriptores|solo para suscriptores|exclusivo para suscriptores"
            ),
            (
                "читать далее|читать дальше|читать полностью|продолжить чтение|дочитать|"
                "полный текст (статьи )?доступ|только (для )?подписчик"
            ),
            "متابعة القراءة|لمواصلة القراءة|لإكمال القراءة|قراءة المقال كامل|للمشتركين فقط",
            (
                "already a (subscriber|member)|déjà abonné|bereits abonnent|schon abonnent|"
                "ya eres suscriptor|уже подписаны|مشترك بالفعل"
            ),
        ),
        ends_reading=True,
    ),
    WallKind(
        "a notice that the rest is elsewhere",
        (),
        (
            (
                "print edition|digital edition|printed paper|e-paper|epaper|digital (pass|subscri|access)|"
                "(available|open|reserved|free|exclusive) (to|for) (subscribers|members|registered|holders)|"
                "for (subscribers|registered readers|holders of)|(subscribers|members)[ -]only|"
                "(full|whole|complete|rest of the|longer) (report|story|article|text|version|interview|analysis)"
                "( is| can be| appears| continues)? (in|on|available|found|behind)|behind (a|the|our) paywall|"
                "registration is (free|required)|free (registration|account)|"
                "(rest|remainder) of (this|the) \\w+ (is|are|appears)|this is a preview|"
                "(subscribers|members) (get|can read|have)"
            ),
            (
                "édition (papier|numérique|abonnés|du jour|du samedi)|version (papier|numérique)|"
                "contenu (réservé|payant|exclusif)|"
                "article (réservé|payant)|réservée?s? aux|inscription est (gratuite|obligatoire)|"
                "(article|texte|entretien|reportage) complet|la suite (dans|en kiosque|est)|en kiosque|zone abonnés|"
                "espace abonnés"
            ),
            (
                "print-?ausgabe|gedruckten? ausgabe|"
                "(für|von) (leser|abonnent|mitglied)\\w* (mit|vorbehalten|verfügbar)|digitalzugang|"
                "exklusiv für|digital-?abo|e-paper|bezahlschranke|plus-(artikel|inhalt|abo)|kostenpflichtig|"
                "(kompletten?|ganzen?|vollständigen?|ausführlichen?) (bericht|text|beitrag|interview)|"
                "mehr dazu (in|lesen)|"
                "(lesen|sehen|erhalten) (abonnenten|mitglieder)|"
                "(registrierung|anmeldung) ist (kostenlos|nötig|erforderlich)"
            ),
            (
                "edición (impresa|en papel|digital)|versión impresa|para (suscriptores|socios|abonados)|"
                "contenido (exclusivo|reservado)|"
                "exclusivo para|registro es (gratuito|gratis|obligatorio)|zona de suscriptores|"
                "(reportaje|texto|artículo|noticia|entrevista) (completo|completa|íntegro|íntegra)|en el quiosco"
            ),
            (
                "(платном|закрытом) разделе|для (подписчик|участник|зарегистрированн)|"
                "доступ (на день|стоит|открыт|платный|по подписке)|по подписке|"
                "продолжение (—|–|-|в|на)|печатн\\w+ (версии|номере|выпуске)|бумажн\\w+ (версии|номере|выпуске)|"
                "регистрация бесплатн|"
                "полностью (материал|текст|статья|интервью)|полная версия|опубликован\\w* в (газете|журнале)|"
                "открывается (по|после)"
            ),
            (
                "العدد (الورقي|المطبوع)|(النسخة|الطبعة) (الورقية|المطبوعة|الرقمية)|للمشتركين|للأعضاء|"
                "محتوى (مدفوع|حصري)|التسجيل (مجاني|مطلوب)|التتمة في|البقية في|النص الكامل"
            ),
            (
                "edizione (cartacea|digitale)|(riservat|per gli) ?\\w* (agli )?abbonati|para assinantes|"
                "edição impressa|exclusivo para assinantes"
            ),
            (
                "alleen voor (abonnees|leden)|papieren (krant|editie)|dla (subskrybentów|prenumeratorów)|"
                "wydaniu (papierowym|drukowanym)|abonelere özel|basılı gazete"
            ),
        ),
        ends_reading=True,
    ),
    WallKind(
        "a login form",
        (
            (
                "log in|login|sign in|log on|connectez|se connecter|connexion|anmeld|einlogg|inicia sesi|"
                "iniciar sesi|войти|войдите|вход|авториз|تسجيل الدخول|سجل الدخول|سجّل"
            ),
            (
                "register|create an account|créez|inscri|registrier|regístr|registr|crea una cuenta|"
                "зарегистр|регистрац|إنشاء حساب|التسجيل"
            ),
            "password|mot de passe|passwor|kennwort|contraseña|парол|كلمة المرور|كلمة السر",
            "account|compte|konto|benutzerkonto|cuenta|аккаунт|учетн|учётн|حسابك|حساب",
            "e-mail|email|courriel|adresse mail|correo|электронн|البريد الإلكتروني",
            "forgot|oublié|vergessen|olvid|забыли|نسيت",
            "remember me|keep me|rester connecté|angemeldet bleiben|recordar|запомнить|تذكرني",
        ),
        ends_reading=True,
    ),
    WallKind(
        "a check for robots",
        (
            "robot|bot|робот|روبوت|automated|automatisé|automatisiert|automatizad|автоматическ|آلي",
            "captcha|капч|كابتشا",
            "human|humain|mensch|humano|человек|إنسان|بشر",
            "verif|vérif|überprüf|comprob|compruebe|провер|تحقق|التحقق",
            "browser|navigateur|navegador|браузер|متصفح|المتصفح",
            "javascript|java script|جافا سكريبت|جافاسكريبت",
            "traffic|trafic|datenverkehr|tráfico|трафик|حركة",
            "security|sécurité|sicherheit|seguridad|безопасност|الأمان|أمان|أمني",
            "enable|activ|aktivier|habilit|включ|تفعيل|فعّل",
            ("ip address|adresse ip|ip-adresse|dirección ip|ip-адрес|عنوان ip|ray id|reference id|request id|incident"),
            "block|bloqu|blockier|gesperrt|заблокир|محظور|حظر",
            "denied|refusé|verweigert|denegad|отказан|مرفوض",
        ),
        ("just a moment|un instant…|einen moment bitte|un momento…|access denied|unusual traffic",),
    ),
    WallKind(
        "an error page",
        (
            "404|410|500|502|503",
            "not found|introuvable|nicht gefunden|no encontrad|не найден|غير موجود|لم يتم العثور",
            "page|seite|página|страниц|الصفحة|صفحة",
            (
                "no longer|n'existe|n’existe|plus disponible|existiert nicht|nicht mehr|ya no|no existe|"
                "больше не|не существует|удален|удалён|لم تعد|حذف"
            ),
            "moved|removed|déplacé|supprimé|verschoben|gelöscht|entfernt|eliminad|movid|перемещ|نقل",
            "url|link|lien|adresse|dirección|enlace|адрес|ссылк|الرابط",
            "error|erreur|fehler|ошибк|خطأ",
            "homepage|home page|accueil|startseite|portada|inicio|главн|الرئيسية",
            "search|recherche|suche|busca|buscador|поиск|البحث",
            "try again|réessay|erneut|später|inténtelo|inténtalo|попробуйте|позже|المحاولة|لاحقا",
            "server|serveur|servidor|сервер|الخادم|maintenance|wartung|mantenimiento|обслуживан|صيانة",
            "looking for|cherchez|recherchez|suchen|buscas|ищете|искали|تبحث",
            "sorry|désolé|leider|entschuldig|lo sentimos|к сожалению|извините|عذرا|نأسف",
            "expired|expiré|abgelaufen|caducad|истек|انتهت",
        ),
        (
            (
                "page not found|page introuvable|seite nicht gefunden|página no encontrada|"
                "страница не найдена|الصفحة غير موجودة|لم يتم العثور على الصفحة"
            ),
        ),
    ),
    WallKind(
        "an advertisement for an app",
        (
            "app|apps|application|aplicación|приложени|التطبيق|تطبيق",
            "download|télécharg|herunterlad|descarg|скача|загруз|حمل|حمّل|تحميل|تنزيل",
            "install|instal|установ|تثبيت|ثبّت",
            "app store|google play|play store|appstore|متجر",
            "open in|ouvrir dans|öffnen|abrir en|abre|открыть|открой|افتح",
            "smartphone|phone|téléphone|handy|teléfono|móvil|смартфон|телефон|هاتف",
            "notification|mitteilung|push|notificac|уведомлен|إشعارات",
            "free|gratuit|kostenlos|gratis|бесплатн|مجان",
            "better|meilleure|besser|mejor|лучше|удобн|أفضل",
        ),
        ends_reading=True,
    ),
    WallKind(
        "a notice that it is not shown here",
        (
            "region|région|región|регион|منطقتك|المنطقة",
            "country|pays|land|país|стран|بلدك|بلد|دولتك",
            "location|localisation|standort|ubicación|местоположен|موقعك الجغرافي",
            (
                "not available|unavailable|pas disponible|indisponible|nicht verfügbar|"
                "no está disponible|недоступ|غير متاح|غير متوفر"
            ),
            "legal|juridi|rechtlich|légales|правов|законодательств|قانوني",
            "rights|droits|lizenz|rechte|derechos|прав|حقوق",
            "gdpr|rgpd|dsgvo|european|européen|europäisch|european union|union européenne|europe",
            "vpn|proxy|впн",
            "content|contenu|inhalt|contenido|контент|материал|المحتوى|محتوى",
            "visitors|visiteurs|besucher|visitantes|посетител|الزوار",
        ),
        ("451",),
    ),
)

LETTERS = (
    "bluesky",
    "boletín",
    "facebook",
    "infolettre",
    "instagram",
    "lettre d'information",
    "mastodon",
    "newsletter",
    "podcast",
    "telegram",
    "tiktok",
    "twitter",
    "whatsapp",
    "youtube",
    "рассылк",
    "телеграм",
)
"""Appeals that stand at the end of free articles too."""


JOINED = ("ال", "وال", "بال", "لل", "و", "ب", "ل")
"""What Arabic writes as one with the word behind it."""


def compiled(words: str) -> re.Pattern[str]:
    """Beginnings of words; in scripts that join words, an article or preposition may stand before them."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(JOINED)})?(?:{words.replace(' ', chr(92) + 's+')})")
