"""Words that say nothing of an event: grammar in the languages whose feeds are most read, and the stock of headlines.

A big store would find them common by itself; a young one, or one with a few feeds in a language, cannot.
Told as `monitor.text` folds words: without case and accents.
"""

from monitor.text import STOP_WORDS, folded

NEWS_WORDS = frozenset(
    "say said says tell told ask asked report reported reporting reports update updated updates watch video"  # noqa: SIM905 (words read better as text)
    " videos photo photos picture pictures live latest breaking exclusive online news new old day days week weeks"
    " month months year years today tomorrow yesterday time first last next one two three four five best top big"
    " get gets got make makes made take takes took go goes going come comes came show shows look looks find finds"
    " found call calls called set sets back plan plans want wants need needs may help helps man men woman women"
    " people world home work way know see seen million billion percent review lead leads face faces monday tuesday"
    " wednesday thursday friday saturday sunday january february march april june july august september october"
    " november december".split()
)

_GERMAN = (
    "aber alle als am an auch auf aus bei bis da das dass dem den der des die doch durch ein eine einem einen"
    " einer eines er es fur gegen haben hat hatte ich ihr ihre im in ist ja kann kein keine mehr mit nach nicht"
    " noch nun nur ob oder ohne seit sein seine sich sie sind so soll sollen uber um und uns unter vom von vor war"
    " waren was wegen wenn wer werden wie wieder will wir wird worden wurde wurden zu zum zur zwei zwischen jahr"
    " jahre jahren prozent uhr montag dienstag mittwoch donnerstag freitag samstag sonntag neue neuen neuer sagte"
)
_FRENCH = (
    "ainsi apres au aux avant avec avoir car ce celui ces cette ceux chez comme contre dans de depuis des deux"
    " dit donc dont du elle en entre est et etait ete etre eux faire fait il ils je la le les leur leurs lors lui"
    " mais meme moins ne non nos notre nous on ont ou par pas pendant plus pour qu quand que quel qui sa sans se"
    " selon sera ses si son sont sous sur tous tout toute tres un une vers vont vous an ans annee jour jours lundi"
    " mardi mercredi jeudi vendredi samedi dimanche nouveau nouvelle"
)
_ROMANCE = (
    "al ante antes con como contra cual cuando del desde donde dos el ella ellos entre era es esta estan este"
    " esto fue ha hace han hasta hay las lo los mas muy ni nos o os para pero por porque que quien se ser si sin"
    " sobre son su sus tambien tiene todo tras un una uno unos y ya ano anos dia dice segun ao aos as ate com da"
    " das depois do dos e em foi mais mas na nas nao no nos num ou pela pelo quando sao sem ser seu sua tem uma"
    " voce anche che chi ci cosa cui dal dalla dei del della delle di dopo due gli hanno il la loro nel nella non"
    " per piu quando questa questo sono stato sul sulla tra tutti una uno"
)
_DUTCH = (
    "aan als bij dan dat de deze die dit door een en er geen haar heeft het hij hun ik in is jaar kan maar meer"
    " met na naar niet nog nu of om onder ook op over te tegen tot uit van veel voor waar was wat werd wie wordt"
    " zal ze zijn zo"
)
_RUSSIAN = (
    "а без более бы был была были было быть в во вот все всех где год года году для до его ее если есть еще же за"
    " из или им их к как когда который которые кто ли между мы на над не него нет но ну о об он она они от по под"
    " после при с сказал со так также там то того только три два у уже чем что чтобы эта эти это этого этот"
)
_ARABIC = (
    "في من الى على عن مع أن إن ان هذا هذه ذلك التي الذي الذين كان كانت قد لا ما لم لن بعد قبل بين حتى كما أو او"
    " ثم كل بعض غير منذ عند خلال حول ضد أكد قال قالت وقال وقالت إنه أنه انه يوم اليوم عام وفي ومن إلى"
)

BY_LANGUAGE = {
    "en": STOP_WORDS,
    "de": frozenset(folded(_GERMAN).split()),
    "fr": frozenset(folded(_FRENCH).split()),
    "es, pt or it": frozenset(folded(_ROMANCE).split()),
    "nl": frozenset(folded(_DUTCH).split()),
    "ru": frozenset(folded(_RUSSIAN).split()),
    "ar": frozenset(folded(_ARABIC).split()),
}
"""The grammar of each language."""

FUNCTION_WORDS = frozenset[str]().union(*BY_LANGUAGE.values())

SERIES_WORDS = frozenset(
    folded(
        "obituary obituaries briefing briefings morning evening opinion analysis editorial podcast quiz newsletter"
        " explainer explained column comment commentary interview profile recap roundup digest diary factbox live"
        " liveblog blog updates bulletin"
        " Nachruf Nachrufe Presseschau Kommentar Liveticker Ticker Newsticker Newsblog Analyse Leitartikel Glosse"
        " Kolumne Porträt Gastbeitrag Meinung Morgenbriefing"
        " disparition nécrologie édito éditorial récit entretien tribune chronique portrait décryptage direct"
        " obituario opinión análisis entrevista directo tribuna columna obituário opinião análise entrevista"
        " necrologio intervista commento analisi diretta editoriale opinie necrologie column"
        " некролог мнение кратко интервью анализ обзор онлайн колонка رأي تحليل مباشر مقابلة عاجل"
    ).split()
)
"""What series are called. In a kicker ("Obituary: …") they name no event."""

ROUNDUP_WORDS = frozenset(
    folded(
        "briefing briefings brief briefs newsletter roundup round-up recap digest bulletin headlines wrap"
        " Morgenbriefing Briefing Presseschau Nachrichtenüberblick Tagesüberblick Wochenrückblick Tagesrückblick"
        " infolettre matinale récap boletín boletim resumen resumo rassegna notiziario nieuwsbrief nieuwsoverzicht"
        " дайджест кратко сводка نشرة موجز"
    ).split()
)
"""What is called so in a kicker names several events ("Morning briefing: truce, oil, cricket"), if nothing else in the
kicker says of what, or if a list follows."""

ROUNDUP_TIMES = frozenset(
    folded(
        "morning midday noon afternoon evening night nightly overnight daily weekly weekend weekday"
        " Morgen Mittag Abend Wochenende täglich matin midi soir semaine quotidien mañana tarde noche semana semanal"
        " diario manhã noite mattina sera settimana rassegna stampa revue presse ochtend middag avond weekend"
        " утренний утренняя вечерний вечерняя утро вечер недели الصباح المساء الصباحية المسائية الأخبار"
    ).split()
)
"""What stands beside the name of a round-up and names no event either: when it comes out."""
