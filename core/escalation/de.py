"""German. Umlauts are written without their dots here, as in every table."""

from core.escalation.table import Table, phrases

# Building blocks of the phrases below.
_BLOCKS = {
    "a": "((ein|eine[mnrs]?|de[rmns]|die|das|ihr|ihre[mnr]?|eure[mnr]?|irgendein(e[mnr]?)?|noch) ){0,2}",
    "kind": """
        (echt|real|richtig|lebend|lebendig|menschlich|ander|zustandig|kompetent|personlich|wirklich|
            leibhaftig|nett)e[mnrs]?
    """,
    "human": """
        mensch(en)?|person(en)?|(kunden|bank|service|support|hotel)?(mitarbeiter|berater)(in|innen|n|s)?
        angestellte[rn]?
        sachbearbeiter(in)?|ansprechpartner(in)?|agent(en|in)?|operator|vorgesetzte[rn]?|manager(in)?
        chef(in)?
        (filial|abteilungs|team)?leiter(in)?|kolleg(en?|in)|techniker(in)?|spezialist(en|in)?|experte[n]?
    """,
    "staff": r"""
        (kunden|bank|technische[rn]? )?(service|dienst|betreuung|kundenservice|kundendienst|support)|team
        personal|geschafts(fuhrung|leitung|fuhrer)|\w{0,20}(abteilung|team)|buchhaltung|vertrieb|zentrale
        filiale|kellner(in)?|koch|kuche|kochin|reinigungskraft|putzfrau|hausmeister|concierge|portier
        zimmerservice|restaurant|empfangsdame|anwalt|inhaber(in)?|grunder|entwickler
    """,
    "support": """
        (technische[rn]? )?(kunden)?(service|support|dienst|betreuung)|kundenhotline|hotline|rezeption|empfang
    """,
    "team": "SUPPORT|STAFF",
    "anyone": """
        HUMAN|<team>|SOMEONE|SOMEONE (vo[nm]|aus|bei|an|i[nm]) (<team>|<word>( <word>)?)|menschen|euch
    """,
    "talk": """
        sprechen|reden|chatten|telefonieren|schreiben|kommunizieren|unterhalten|besprechen|klaren
        verbunden( werden)?
    """,
    "pass": """
        verbinden|verbunden|weiterleiten|weitergeleitet|weiterverbinden|weiterverbunden|durchstellen
        durchgestellt|ubergeben|vermitteln|weitergeben|weiterreichen|eskalieren|wenden|ubertragen
    """,
    "want": """
        will|wollen|mo(e)?chten?|brauche?n?|beno(e)?tigen?|verlangen?|wunschen?
        ha(e)?tten? (bitte )?gern(e)?|bevorzugen?|fordern?|bitte um|bestehe auf|gern(e)?|lieber|suche
        gib mir|geben sie mir|gebt mir|holen sie( mir)?
        hol( mir)?|holt( mir)?
        rufen sie|ruf|schicken sie( mir)?|kann ich|konnte ich|durfte ich
    """,
    "so": """
        ich|wir|bitte|jetzt|endlich|nur|doch|sofort|mal|gern(e)?|hier|dringend|lieber|wirklich|einfach
        echt|noch
    """,
}

_NAMES = {
    "BOT": phrases(
        """
        (<a>|diese[mnrs]? )(chat ?)?(bots?|roboter[ns]?|maschinen?|computer|ki|automaten?|programm|
            sprachassistent(en)?)
        """,
        _BLOCKS,
    ),
    "HUMAN": phrases(
        r"""
        <a>(<kind> ){0,2}<human>(?! (konto|account|rechte|rolle|id|lizenz)\b)
        (irgend ?)?jemande?[mn]? (echte[mns]?|richtige[mns]?|menschliche[mns]?|reale[mns]?|kompetente[mns]?)
        """,
        _BLOCKS,
    ),
    "SOMEONE": phrases("(irgend ?)?jemande?[mn]?( andere[mns]?)?|irgendwe[mnr]", _BLOCKS),
    "SUPPORT": phrases("(<a>|zum |zur |vom |beim )?<support>", _BLOCKS),
    "STAFF": phrases("(<a>|zum |zur |vom |beim )?<staff>", _BLOCKS),
}

_PERSON = phrases(
    """
    # mit einem Menschen sprechen, verbinden Sie mich mit der Rezeption
    mit <anyone> (<word> ){0,3}?(<talk>|<pass>)
    (sprechen|reden|chatten|telefonieren|kontakt|gesprach|chat|telefonat|verbindung)( bitte| direkt)? (mit|
        zu) <anyone>
    (sprech(en)?|rede[n]?|chatte[n]?) (HUMAN|<team>)
    (verbinden?|leiten?|stellen?|schicken?|geben?|ubergeben?|vermitteln?|verbindet) (sie |du )?(mich|mir|
        uns|das|es|dies) (<word> ){0,3}?(mit|an|zu|zum|zur|auf)? ?<anyone>
    (an|zu|zum|zur|mit) <anyone> (<word> ){0,2}?<pass>
    (stellen|verbinden|leiten) sie (mich|uns) (bitte )?(durch|weiter)
    (stell|verbinde|leite) (mich|uns) (bitte )?(durch|weiter)
    (bitte )?(weiterleiten|weiterverbinden|durchstellen|eskalieren|verbinden)( bitte)?<end>
    # ich brauche einen Menschen, hilfe von einem Mitarbeiter
    <want> (<so> ){0,3}HUMAN
    <want> (<so> ){0,3}SOMEONE (sprechen|erreichen|vo[nm]|aus|der|mit dem)
    (hilfe|unterstutzung|antwort|beratung|ruckruf|anruf) (von|durch|vo[nm]) <anyone>
    HUMAN (sprechen|erreichen|dran|ans telefon|holen|kontaktieren|einschalten|ubernehmen)
    (SOMEONE|<team>) (<word> )?(erreichen|sprechen|ans telefon|kontaktieren|anrufen)
    (menschliche[nr]?|personliche[nr]?) (hilfe|unterstutzung|ansprechpartner|kontakt|beratung|support|<team>)
    # ist da jemand, mit dem ich reden kann
    (ist|sind|gibt es|gibts|habt ihr|haben sie) (da |hier |dort |denn |bei (ihnen|euch) |vielleicht |auch |
        irgendwo ){0,3}(HUMAN|SOMEONE) ?(da|hier|dort|vor ort|erreichbar|verfugbar|online)? ?,? ?(der|die|
        den|dem|mit|erreichbar|verfugbar|zu sprechen)
    (ist|sind|gibt es|gibts) (da |hier |dort |denn |bei (ihnen|euch) |auch ){0,3}HUMAN<end>
    # kann mich jemand anrufen
    kann (mir|mich|uns) (bitte |mal )?(HUMAN|<team>|SOMEONE (vo[nm]|aus|an|bei) (<team>|
        <word>)) (<word> ){0,3}?(helfen|weiterhelfen|anrufen|zuruckrufen|kontaktieren|beraten|unterstutzen)
    kann (mich|uns) (bitte |mal )?SOMEONE (<word> ){0,2}?(anrufen|zuruckrufen|kontaktieren|beraten)
    kann (das |hier )?(bitte )?(HUMAN|SOMEONE) (bitte )?(das )?(ubernehmen|prufen|ansehen)
    (rufen sie|ruf|ruft) (mich|uns) (bitte )?(<word> )?(zuruck|an)
    (mo(e)?chte|will|brauche|bitte|ha(e)?tte gern(e)?) (um )?(einen )?(ruckruf|anruf)
    # nicht mit einem Bot
    (nicht|kein(e)? (lust|bock)|nie|statt|keinesfalls|satt|
        nervt) (<word> ){0,3}?mit (<word> ){0,2}?BOT (<word> ){0,2}?(zu )?(<talk>)
    (statt|anstatt|nicht|kein(e[nm]?)?) BOT ?,? ?(sondern )?HUMAN
    HUMAN ?,? (statt|anstatt|und nicht|und keinen?|nicht|kein(e[nm]?)?) (mit )?BOT
    kein(e[nm]?)? BOT [,.] (<word> ){0,3}?HUMAN
    # in so wenigen Worten
    <start>((hallo|ja|nein|ok|nur|bitte) ){0,2}(HUMAN|<team>) ,? ?(bitte|jetzt|sofort|dringend)<end>
    """,
    _BLOCKS,
)

_PASSING = phrases(
    """
    kein(e[nmr]?)? (<kind> )?(HUMAN|<team>|<human>)
    (will|wollen|mo(e)?chten?|brauche?n?|muss|musst|mussen|sollen?) (<word> ){0,2}?(nicht|nie|
        niemals) (<word> ){0,3}?<anyone>( <talk>| <pass>)?
    (ohne|bevor|nachdem|wenn|falls|sobald|wahrend|
        seit) (<word> ){0,3}?<anyone> (<word> ){0,2}?(zu )?(<talk>|spreche|rede|spricht|chatte|chattet|
        verbunden)
    (muss|soll|sollte|musste|darf) (ich|man) (<word> ){0,3}?<anyone>( <talk>| kontaktieren| anrufen)?
    (hab(e)?|hatte(?! gern)|haben|hast|hat) (<word> ){0,4}?(mit|von|an|bei) <anyone>
    (meine|unsere|die|eure|seine|andere|deren|jeder|der) (<word> )?(kunden?|nutzer(in)?|gaste|besucher|
        anwender|user|mitglieder) (<word> ){0,4}?<anyone>
    (kann|konnen|wird|werden|leitet|ubergibt) (der |das |die |euer |ihr )?(BOT|widget|app|system|plugin|
        integration|es|kunden|nutzer) (<word> ){0,4}?<anyone>
    termine? (<word> ){0,3}?(mit|bei) <anyone>( (<word> ){0,2}<word>(en|t))?
    (mein|ihr|unser|der|dieser|vom|im) (<word> )?(chat|gesprach|chatverlauf) mit <anyone>
    (ich bin|wir sind|bin ich|bin) HUMAN
    mein(e[mnrs]?)? HUMAN|unser(e[mnrs]?)? HUMAN
    (weitere|zusatzliche|zweite|andere|einladen|hinzufugen)[nrsm]? (<human>)
    (geld|euro|zugriff|zugang|konto|uberweisung) (<word> ){0,3}?(an|fur|auf) <anyone>
    (an|fur|auf) (ein|eine[nmr]? )?andere[nmr]? (HUMAN|<human>)
    (wie|wo) (<word> ){0,3}(hinzu|anlegen|loschen|entferne|fuge|einladen|lade|andere|
        lege) (<word> ){0,2}(HUMAN|<team>)
    """,
    _BLOCKS,
)

TABLE = Table(
    names=_NAMES,
    person=_PERSON,
    bare=phrases(
        """
        (ja |nein )?HUMAN
        ^(menschliche[rn]? )?SUPPORT
        (ist|sind)? ?(da |hier |dort )?SOMEONE( da| hier| dort| online| erreichbar)?
        kann (mir|uns) (bitte )?SOMEONE (bitte )?(weiter)?helfen
        (ich )?(hasse|mag kein(en?)?|will kein(en?)?) BOTS?
        (ich )?(will|mo(e)?chte) nicht mit (dir|BOT) (reden|sprechen|schreiben)
        """,
        _BLOCKS,
    ),
    urgent=phrases(
        """
            bitte|jetzt|sofort|dringend|schnell|endlich|asap|please|ich (will|brauche|mochte|sagte)
            gib mir
            her damit
        """
    ),
    passing=_PASSING,
    upset=phrases(
        r"""
        (das|es|ihr|sie|du|hier|service|support|BOT|<team>) (ist|seid|sind|
            bist) (<very> ){0,3}(ein(e)? )?(<very> )?<bad>
        (so ein(e)?|was fur ein(e)?|absolut|vollig|total|einfach|echt) <bad>
        ich (bin|werde) (<very> ){0,2}<angry>
        (schlechteste[rns]?|mieseste[rns]?|katastrophale[rns]?|furchtbare[rns]?) (<word> )?(service|support|
            kundenservice|kundendienst|hotel|bank|erfahrung|hilfe|bot|<team>)
        (schon|bereits|zum) (<count>) ?mal(s|e)?( (gefragt|gesagt|geschrieben|angerufen|erklart))?
        <count> ?mal (gefragt|gesagt|geschrieben|angerufen|erklart|nachgefragt)
        zum (x|zig|zehn|dritt|viert|funft|sechst|hundert|tausend)\w{0,6} ?mal
        wie oft (<word> ){0,3}?(sagen|fragen|schreiben|erklaren|anrufen|wiederholen)
        (habe|hab) (die nase voll|genug|es satt|keine geduld mehr)|mir reichts|jetzt reicht es|mir reicht es
        es reicht
        (geht|gehst) mir (so )?auf die nerven|verarsch\w{1,5}|willst du mich|wollt ihr mich
        wollen sie mich verarschen
        (niemand|keiner) (hilft|antwortet|reagiert|kummert|hort)
        (scheiss\w{0,8}|verdammt\w{0,3}|mist(ding|bot|laden)|idiot(en|isch)?|arschloch|saftladen|
            drecks\w{1,12})
        (blode[rsn]?|dumme[rsn]?|bescheuerte[rsn]?|nutzlose[rsn]?|dammliche[rsn]?) (chat ?)?(bot|maschine|
            roboter|ding|ki|BOT)
        zeitverschwendung|verschwend\w{1,4} (meine|unsere) zeit
        """,
        {
            **_BLOCKS,
            "very": """
                so|echt|wirklich|absolut|vollig|total|sehr|einfach|ja|doch|nur|extrem|richtig|ein|eine|der
                die|das|wohl|langsam|stink|mega
            """,
            "bad": """
                lacherlich|nutzlos|schrecklich|furchtbar|unverschamt(heit)?|frechheit|katastrophe|witz
                unglaublich|inakzeptabel|das letzte|schlechteste|mull|dreck|scheisse|mist|bescheuert|blod
                dumm|peinlich|unmoglich
                zum kotzen|nervig
                frustrierend|sauerei|skandal|unfassbar|armutszeugnis|enttauschend|horror|zumutung
            """,
            "angry": "wutend|sauer|verargert|genervt|stinksauer|frustriert|enttauscht|emport|stocksauer",
            "count": r"""
                drei|vier|funf|sechs|sieben|acht|neun|zehn|hundert|tausend|mehrere|viele|etliche|zig
                \d{1,3}|dritten|vierten|funften
            """,
        },
    ),
    unhelped=phrases(
        r"""
        (hat|hilft|half|funktioniert|klappt|geht|bringt|war|ist|stimmt|lauft|passt|tut) (das |es |mir |uns |
            leider |aber |immer |alles |auch |so ){0,3}(noch )?(nicht|nichts|gar nichts|keine hilfe|
            nicht weiter)( (geholfen|funktioniert|geklappt|hilfreich|richtig|weiter|gebracht|weitergeholfen|
            was ich))?<end>
        (das|es|die antwort|der artikel|deine antwort|ihre antwort) (hat|hilft|half|beantwortet|lost|war|
            ist) (mir |uns |leider |meine |die |das |aber ){0,3}(nicht|frage nicht|problem nicht|gar nicht|
            keine hilfe|uberhaupt nicht|nicht die frage|falsch|nutzlos)
        (immer noch|noch immer|weiterhin|nach wie vor) (<word> ){0,2}?(nicht|kein\w{0,2}|derselbe|dasselbe|
            kaputt|fehler|problem|das gleiche|der gleiche)
        (nicht|nie) (das|danach|die frage) ?,? ?(was )?(ich )?(gefragt|gemeint|wissen wollte|meinte|fragte|
            wollte)
        (das )?(war|ist) nicht (meine frage|die antwort|das was ich)
        (das|danach) (habe|hab|hatte) ich (doch |gar )?nicht (gefragt|gemeint|gewollt)
        (das )?(habe|hab) ich (doch )?(schon|bereits|alles schon) (alles )?(versucht|probiert|gemacht|
            ausprobiert|getan|gelesen)
        (schon|bereits) (alles )?(versucht|probiert|ausprobiert|
            gemacht)( ,)?( hat)?( nichts)?( gebracht)?<end>
        (falsche|schlechte|unbrauchbare|nutzlose) (antwort|auskunft|information|artikel)
        (das|antwort) (ist|war|stimmt) (leider )?(falsch|verkehrt|nicht richtig|nicht)<end>
        (du|sie|ihr) (verstehst|versteht|verstehen|hilfst|helfen|helft|beantwortest|beantworten) (mich |
            mir |meine frage |das |es |uns |einfach ){0,3}nicht
        nicht (hilfreich|geholfen)|keine hilfe|gleiche[rs]? (fehler|problem)
        """,
        _BLOCKS,
    ),
    stop=phrases(
        """
        stopp?|halt (die|deine?n?) (klappe|fresse|mund|maul|schnauze)|klappe|ruhe( jetzt)?
        sei (still|ruhig|leise)|schnauze
        schweig|hor auf( (zu (antworten|schreiben|reden|nerven)|damit|mit dem (antworten|schreiben)))?
        aufhoren|genug( jetzt)?
        lass (mich|uns) in ruhe|geh weg|verschwinde|nicht (mehr )?(antworten|schreiben)
        antworte(n sie)? (bitte )?nicht( mehr)?
        """,
        _BLOCKS,
    ),
    bot=phrases(
        """
        (bist|sind|seid) (du|sie|ihr) (<just> ){0,2}<sort>( oder (<just> ){0,2}(<sort>|nicht|was))?
        ist (das|dies|hier) (<just> ){0,3}<sort>( oder (<just> ){0,2}(<sort>|nicht|was))?
        (rede|spreche|chatte|schreibe) ich (hier |gerade |jetzt |denn |eigentlich |wirklich |
            da ){0,3}mit <sort>( oder (mit )?(<just> ){0,2}(<sort>|nicht))?
        mit wem (rede|spreche|chatte|schreibe) ich( hier| gerade| eigentlich| denn){0,2}
        (antwortet|schreibt|sitzt) (hier |mir |da ){0,2}(<just> )?<sort>( oder <sort>)?
        wer bist du|wer sind sie|(mensch|bot) oder (bot|mensch|maschine)|(HUMAN|BOT) oder (HUMAN|BOT)
        """,
        {
            "sort": "HUMAN|BOT|SOMEONE|menschlich|echt|real|automatisch|bots?",
            "just": """
                wirklich|eigentlich|etwa|denn|nur|ein|eine|uberhaupt|hier|gerade|jetzt|ja|ein echter
                tatsachlich
            """,
        },
    ),
    back=phrases(
        """
        schon gut|(ist )?(schon )?erledigt|(hat|haben) sich (schon |bereits |inzwischen )?erledigt
        vergiss es|vergessen sie es|egal|macht nichts
        (das |es |das problem |alles |problem )?(hat sich|ist|geht|funktioniert|klappt|lauft) (jetzt |
            schon |nun |wieder |inzwischen |bereits ){0,3}(erledigt|gelost|geklart|behoben|wieder|jetzt|gut|
            ok|okay)?
        (ich )?(hab|habe|habs|konnte) (es |das )?(schon |jetzt |selbst |inzwischen ){0,3}(gelost|geschafft|
            gefunden|hinbekommen|herausgefunden|rausgefunden|losen)
        (ich )?(brauche|mochte|will|benotige) (keine hilfe|kein(e[nm]?)? (<human>)|niemanden|nicht mehr|
            das nicht mehr)( mehr)?( sprechen)?
        (ich )?(mache|bleibe|rede|gehe) (doch |lieber |einfach ){0,2}(mit|bei) (dem )?(BOT|dir|ihnen|
            bot) (weiter|zuruck)?
        zuruck zu[mr]? BOT
        doch nicht( notig)?|nicht mehr notig|nicht notig|(bitte )?(abbrechen|stornieren)
        (verbinden|leiten) sie mich (bitte )?nicht( weiter| durch)?
        """,
        _BLOCKS,
    ),
    yes=phrases(
        """
        ja( (gern(e)?|bitte|klar|doch|genau|unbedingt|natu?rlich))?|jo|jep|jawohl|jup|gern(e)?|klar( doch)?
        natu?rlich|na klar|sicher|okay|ok|in ordnung|einverstanden|unbedingt|auf jeden fall|sehr gern(e)?
        mach (das|mal)|machen sie (das)?|bitte( machen)?
        das (ware|wird) (gut|toll|super|nett|schon|prima|klasse)|genau|von mir aus|passt|super|tu das
        so machen wir das|alles klar
        👍|✅
        """
    ),
    no=phrases(
        """
        nein( danke)?|nee|ne|no|noe|nicht (notig|jetzt|mehr|heute)|lieber nicht|auf keinen fall|danke nein
        brauche? ich nicht|muss nicht sein|passt schon|(jetzt|noch|im moment) nicht|nein bitte nicht
        schon gut|keine?n? bedarf|nicht notwendig|spater
        vielleicht spater
        👎|❌
        """
    ),
    greeting=phrases(
        """
            (hallo|hi|hey|moin( moin)?|servus|gruss gott|gruezi|grussi|huhu|guten (morgen|tag|abend)|tag|
                mahlzeit|na|sali|hallochen)
        """
        "( (zusammen|team|bot|leute|alle|ihr|frontdesk))?"
    ),
    thanks=phrases(
        """
        (super|toll|perfekt|prima|klasse|okay|ok|alles klar|sehr gut) (danke|dank)( (dir|ihnen|euch|schon|
            sehr|vielmals))?
        (vielen |herzlichen |besten |tausend |lieben )?(danke?|dankeschon|danke schon|merci)( (dir|ihnen|
            euch|schon|sehr|vielmals|fur (die|deine|ihre|eure) (hilfe|antwort|info|unterstutzung|
            auskunft))){0,2}
        """
    ),
    good=phrases(
        """
        super|perfekt|toll|prima|klasse|spitze|alles klar|verstanden|sehr gut|wunderbar
        (das|es) (hat|funktioniert|klappt|geht|lauft) (jetzt |nun |wieder |mir ){0,2}(geholfen|funktioniert|
            geklappt|jetzt|wieder|super|gut|perfekt)
        (es |das )(funktioniert|klappt|geht)
        """
    ),
    filler=phrases(
        """
        bitte|danke|ok|okay|also|na|dann|mal|jetzt|nun|hallo|hi|hey|guten (morgen|tag|abend)|sorry
        entschuldigung|aber|doch|bot|BOT|eigentlich|einfach|vielen dank|frontdesk|sag mal|sagen sie
        ehrlich|moment|ach|oh|hm{1,4}|mehr|und|trotzdem|schon
        """
    ),
    noise=frozenset(
        """
        der die das den dem des ein eine einen einem einer mein meine meinen meiner meinem ich du sie wir
        ihr es mir mich uns ist sind bin war kann konnte will mochte bitte nochmal noch einmal nochmals
        hallo hi danke also denn gefragt frage sagen sag mal zu im am und aber jetzt
        """.split()
    ),
)
