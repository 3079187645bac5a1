"""French. Accents are left out here, as in every table, and an apostrophe parts two words: "d accord"."""

from core.escalation.table import Table, phrases

# Building blocks of the phrases below.
_BLOCKS = {
    "a": """
        ((une?|le|la|les|l|des?|d|du|votre|vos|ton|ta|un de vos|un des|l un de vos|une de vos|quelque|
            un autre|une autre|au|aux|vrais?|vraie|veritable) ){0,3}
    """,
    "human": r"""
        (etre )?humaine?s?|personnes?(?! (ne|n|a|de handicap)\b)|agents?|conseillers?|conseillere
        operateurs?|operatrice|representants?|employee?s?|responsables?|managers?|gerante?|superieure?s?
        chef|patron(ne)?|directeur|directrice|collegues?|techniciene?s?|technicienne
        specialistes?|experte?s?|consultante?|interlocuteur|membre (de|du) (l equipe|votre equipe|personnel)
        collaborat(eur|rice)s?|superviseur
    """,
    "real": """
        humaine?|reelle?|physique|vivante?|en chair et en os|competente?|du support|du service client
        de la banque|de l hotel|de l equipe|en vrai
    """,
    "staff": """
        service (d etage|de chambre|<word>)
        equipe( <word>)?|banque|agence|direction|comptabilite|conciergerie|concierge|cuisine|cuisinier
        serveur|serveuse|femme de menage|menage|maintenance|restaurant|hotel|receptionniste|proprietaire
        departement( <word>)?|avocat|fondateurs?|commercial
    """,
    "support": """
        service (clients?|clientele|apres vente|technique|consommateurs?)|sav|support( technique)?
        assistance( technique)?|reception|accueil|hotline|standard
    """,
    "team": "SUPPORT|STAFF",
    "anyone": "HUMAN|<team>|QUELQUUN|QUELQUUN (de|du|a|dans|au) (la |le |l )?(<team>|HUMAN|<word>)",
    "talk": """
        parler|discuter|converser|echanger|chatter|tchatter|communiquer|m adresser|m entretenir|dialoguer
        avoir affaire|parle
        joindre|contacter|voir directement
        etre (mise? en (relation|contact)|connectee?|transferee?|aidee?|servie?|contactee?|rappelee?|
            redirigee?)
        entrer en contact|prendre contact|en (relation|contact|communication)
    """,
    "move": """
        (passez|passe|transferez|transfere|connectez|connecte|mettez|mets|dirigez|redirigez|redirige|
            orientez|donnez|donne|envoyez|branchez|escaladez) ?(moi|nous|le|la|ca|cela)?
        (me|nous|m) (passer|transferer|connecter|mettre|diriger|rediriger|orienter|donner|envoyer)
    """,
    "want": """
        (je |j |nous |on )?(veux|voudrais|voudrait|souhaite|souhaiterais|exige|demande|prefere|prefererais|
            desire|aimerais|cherche|voulons|reclame|attends)
        (j ai )?besoin( de?)?|il me faut|il me faudrait|appelez|appelle|allez chercher
        puis je (avoir|voir)
        je peux (avoir|voir)
    """,
}

_NAMES = {
    "BOT": phrases(
        """
            ((une?|ce|cette|cet|le|la|l|des|les|votre) ){0,2}(chat ?)?(bots?|robots?|machines?|ordinateurs?|
                ia|intelligence artificielle|automates?|repondeur|logiciel|assistant virtuel|
                programme)( vocal)?
        """,
        _BLOCKS,
    ),
    "QUELQUUN": phrases("quelqu un( d autre)?", _BLOCKS),
    "HUMAN": phrases(
        r"""
        <a><human>( <real>){0,2}(?! (handicapees?|agees?|morale|ne|n)\b)
        QUELQUUN (de |d )?(<real>|vrai)
        """,
        _BLOCKS,
    ),
    "SUPPORT": phrases("<a><support>", _BLOCKS),
    "STAFF": phrases("<a><staff>", _BLOCKS),
}

_PERSON = phrases(
    r"""
    # parler à un humain, mettez-moi en relation avec un conseiller
    <talk> (directement |tout de suite |plutot )?(a|au|avec|par) <anyone>
    (contacter|joindre|voir|appeler|parler|consulter|rencontrer) (HUMAN|QUELQUUN d\w{0,2} <word>)
    (contacter|joindre|appeler) (<team>|QUELQUUN)
    <move> (directement |en (relation|contact|communication|ligne) |vers |l appel ){0,2}(a |au |avec |
        vers )?<anyone>
    (transferer|passer|rediriger|escalader|transfert|transferez|redirigez) (<word> ){0,2}?(a|au|vers|
        avec) <anyone>
    # je veux un humain, l'aide d'une personne
    <want> (voir |avoir |a avoir |(de )?l aide (de? )?|qu |que )?HUMAN
    <want> (<word> ){0,2}?(l )?aide (d|de|par) <anyone>
    (plaindre|reclamer) (aupres d?|aupres de|a) ?<anyone>
    <want> (qu|que) <anyone> (me|m|nous) (<word>)
    (aide|assistance|reponse|contact|soutien) (humaine?|HUMAN|de HUMAN|d QUELQUUN|personnelle)
    (pourrait|peut|pourriez|pouvez) (HUMAN|<team>|QUELQUUN d\w{0,2} <word>) (s il vous plait )?(m|me|
        nous) (aider|rappeler|appeler|contacter|repondre)
    (HUMAN|<team>|QUELQUUN d\w{0,2} <word>( <word>)?) (pourrait|peut|peut il|peut elle|pourrait il) (il |
        elle )?(m|me|nous) (aider|rappeler|appeler|contacter)
    QUELQUUN (pourrait|peut|peut il|pourrait il|doit) (m|me|nous) (appeler|rappeler|contacter|telephoner)
    # y a-t-il quelqu'un à qui je peux parler
    (y a t il|il y a|est ce qu il y a|avez vous|y a t|t il) (HUMAN|QUELQUUN) (<word> ){0,2}?(a qui|avec qui|
        qui (peut|pourrait|puisse)|pour (m|me|nous)|que je)
    (y a t il|il y a|est ce qu il y a) HUMAN( ici| disponible| la)?<end>
    (a|avec) qui (puis je|je peux|pourrais je|dois je|est ce que je peux) (parler|m adresser|discuter)
    # rappelez-moi
    (rappelez|appelez|rappelle|appelle) moi
    (pouvez vous|pourriez vous|vous pouvez|peux tu) (me|m) (rappeler|appeler|telephoner)
    (etre|me faire|faire) rappelee?
    # je ne veux pas parler à un robot
    (pas|plus|jamais|marre de|assez de|arreter de|au lieu de|plutot que de?|deteste|
        refuse de) (<word> ){0,3}?(parler|discuter|parle|discute|chatter|echanger|affaire) (a|avec) BOT
    (HUMAN|QUELQUUN) ?,? (et )?(pas|plutot qu|plutot que|au lieu d|et non) (d |de |a )?BOT
    (pas|plus) (d |de )?BOT [,.] (<word> ){0,3}?HUMAN
    # en peu de mots
    <start>((bonjour|oui|non|ok|juste) ){0,2}(HUMAN|<team>) (, )?(s il (vous|te) plait|svp|stp|vite|
        maintenant|tout de suite|urgent|immediatement)<end>
    """,
    _BLOCKS,
)

_PASSING = phrases(
    r"""
    (n|ne) (ai|veux|voudrais|souhaite|avons|est) (pas|plus|aucun) (besoin |envie |necessaire )?(d |de |
        a )?((<talk>|<move>|voir) )?(a |au |avec )?<anyone>
    (pas|plus|aucun) besoin (d |de )(<talk> (a |avec )?)?<anyone>
    (ne) (me|m|nous) (passez|transferez|mettez) (pas|plus) (<word> ){0,3}?<anyone>
    (dois je|faut il|doit on|est ce que je dois|je dois|il faut) (absolument |d abord )?<talk> (a|au|
        avec)? ?<anyone>
    (sans|avant de|apres avoir|quand|lorsque|si|pendant que|des que|pour) (je |on |nous |vous |devoir |
        avoir a ){0,2}<talk> (a|au|avec)? ?<anyone>
    (mes|vos|les|nos|ses|tes|le|la|l|un|mon) (<word> )?(clients?|utilisateurs?|visiteurs?|voyageurs|membres|
        bot|systeme|widget|application|hotes) (<word> ){0,4}?(a|au|avec) <anyone>
    (rendez vous|reunion|rdv|reservation|entretien) (<word> ){0,3}?(avec|pour|chez) <anyone>
    (ai|avons|avais|a|avait) (<word> ){0,2}?(parle|discute|echange|contacte|appele|eu) (<word> ){0,2}?(a|au|
        avec)? ?<anyone>
    (argent|euros|acces|virement|compte|paiement|transferer de l argent) (<word> ){0,2}?(a|pour|de|
        avec) <anyone>
    (je suis|nous sommes|c est|suis je) HUMAN
    (pour|par|a|de) (une|deux|trois|quatre|chaque|autre|\d{1,2}) (personnes?|<human>)
    (ajout|supprim|retir|invit|assign|chang|modifi|enlev)\w{1,4} (<word> ){0,4}?HUMAN
    (qui est|quel est|comment s appelle|ou est) (<word> ){0,2}?<anyone>
    """,
    _BLOCKS,
)

TABLE = Table(
    names=_NAMES,
    person=_PERSON,
    bare=phrases(
        """
        (oui |non )?HUMAN
        ^SUPPORT
        ((il )?y a (t il )?)?QUELQUUN( (ici|la|disponible|en ligne))?
        QUELQUUN (peut( il)?|pourrait( il)?) (m aider|nous aider)
        (je )?(deteste|n aime pas|ne veux pas( de)?|ne veux plus de) (les )?(BOT|bots|robots)
        je ne veux (pas|plus) (te|vous) parler
        """,
        _BLOCKS,
    ),
    urgent=phrases(
        """
            s il (vous|te) plait|svp|stp|vite|maintenant|tout de suite|immediatement|urgent|j ai dit
            je veux|il me faut|donnez moi|de suite
        """
    ),
    passing=_PASSING,
    upset=phrases(
        """
        (c est|vous etes|tu es|t es|est|sont|<team> est|BOT est|cela est|ca devient) (<very> ){0,3}<bad>
        (quelle?|tellement|vraiment|totalement|completement|absolument) (<very> )?<bad>
        (je suis|nous sommes|suis) (<very> ){0,2}<angry>
        (le|la|les) pires? (<word> ){1,2}?(au monde|du monde|que|de|jamais|possible|ever)
        (pire|horrible|mauvais|nul|lamentable) (service|support|experience|banque|hotel|entreprise|bot|<team>)
        (demande|dit|ecrit|appele|explique|repete|essaye|contacte|demander|pose) (<word> ){0,3}?<count> fois
        <count> fois que (je|j) (<word>)
        (pour la )?(troisieme|quatrieme|cinquieme|sixieme|dixieme|enieme|derniere|centieme) fois
        combien de fois (<word> ){0,3}?(dire|demander|repeter|expliquer|ecrire|appeler)
        (j en ai|y en a|en ai) (vraiment )?(marre|assez|ras le bol)|ras le bol|plein le dos
        a bout( de patience| de nerfs)?|perds patience|perdu patience
        personne (ne )?(m |me |nous )?(aide|repond|ecoute|fait rien|s occupe)
        (merde|putain|connards?|conne|encule|bordel|salauds?|foutre|foutez|abrutis?|cretins?|idiots?|
            imbeciles?|debiles?|nique)
        BOT (stupide|idiot|debile|nul|inutile|de merde)
        (bot|robot|machine) (stupide|idiot|debile|nul|inutile|pourri)
        perte de temps|perdre (mon|notre) temps|vous (vous )?(moquez|foutez) de moi|foutez de ma gueule
        """,
        {
            **_BLOCKS,
            "very": """
                tres|si|tellement|vraiment|absolument|totalement|completement|une?|le|la|du|de la
                simplement|trop|vachement|juste|franchement|d|n importe
            """,
            "bad": """
                ridicules?|inutiles?|horrible|terrible|nul(le)?s?|inacceptable|scandaleu(x|se)|scandale
                honte|honteu(x|se)|desastre|stupides?|absurde|pathetique|une blague|frustrant|du vol
                lamentable|insupportable|n importe quoi|catastrophe|inadmissible|abuse
            """,
            "angry": """
                furieu(x|se)|en colere|enervee?s?|fachee?s?|agacee?s?|indignee?s?|frustree?s?|excedee?s?
                decue?s?|outree?s?|vexee?|remontee?
            """,
            "count": r"""
                trois|quatre|cinq|six|sept|huit|neuf|dix|vingt|cent|mille|plusieurs|beaucoup de|trop de
                \d{1,3}|maintes
            """,
        },
    ),
    unhelped=phrases(
        """
        (ca|cela|c|ce|votre reponse|ta reponse|la reponse|l article|il|elle|rien) (ne |n )?(m |me |nous |a |
            est |etait |marche |fonctionne |aide |repond |resout |sert ){1,3}(<word> )?(pas|rien|
            toujours pas|plus|jamais)( (aide|utile|repondu|fonctionne|marche|resolu|servi|bon|correct|
            la bonne|ca|ce que))?( ce que)?
        (toujours|encore) (pas|le meme|la meme|rien|bloque|en panne|un probleme|une erreur)
        (ne|n) (<word> ){1,3}?toujours pas
        (pas|jamais) (du tout )?(ce que|la question que) (j|je|nous) (<word> ){0,2}?(demande|veux|cherche|
            dit|voulais|demandais|pose|dis|cherchais)
        (j ai |je l ai |l ai )?deja (tout )?(essaye|teste|tente|fait|lu)( (ca|cela|tout|tout ca))?
        (mauvaise|fausse) (reponse|information|solution)|reponse (fausse|incorrecte|inutile|hors sujet)
        c est (faux|incorrect|pas ca|pas bon|pas vrai)|hors sujet
        (tu|vous) (ne |n )?(me |m )?(comprends|comprenez|repondez|reponds|aides|aidez|avez|
            as) (<word> )?(pas|rien)
        (meme) (erreur|probleme)|pas (utile|aide|d aide)|aucune aide|sert a rien|ca n aide pas
        """,
        _BLOCKS,
    ),
    stop=phrases(
        """
        stop|arretez?( (ca|cela|tout|de (repondre|parler|ecrire|m ecrire|me repondre|m embeter)))?|tais toi
        taisez vous|silence|chut|la ferme|ferme la|ta gueule|ca suffit|suffit|assez
        (laisse|laissez|foutez|fous)( moi| nous)? (tranquilles?|la paix)|fous moi la paix
        (ne )?(repond(s|ez)?|ecri(s|vez)|parle(z)?) (plus|pas)|va t en|degage
        """,
        _BLOCKS,
    ),
    bot=phrases(
        """
        (es tu|etes vous|tu es|vous etes|est ce|c est|es ce que tu es|est ce que (tu es|vous etes|c est)|
            suis je face a) (<just> ){0,2}<sort>( ou (<just> ){0,2}(<sort>|non|pas|quoi))?
        (est ce que )?(je parle|parle je|je discute|je suis en train de parler|on parle) (<just> )?(a|avec|
            bien a) (<just> )?<sort>( ou (a |avec |bien )?(<just> ){0,2}(<sort>|non|pas))?
        (a|avec) qui (je parle|parle je|est ce que je parle|ai je l honneur)|qui (es tu|etes vous)|t es qui
        vous etes qui
        (humain|personne|HUMAN|BOT) ou (BOT|HUMAN|robot|machine|humain)
        """,
        {
            "sort": "HUMAN|BOT|humaine?|reelle?|automatique|QUELQUUN|vraie?",
            "just": "vraiment|reellement|bien|une?|juste|seulement|en fait|la|ici",
        },
    ),
    back=phrases(
        """
        laisse(z)? tomber|oublie(z)?( ca)?|peu importe|pas grave
        ce n est (pas grave|plus (la peine|necessaire))|tant pis|plus besoin|(ce n est )?pas la peine
        inutile
        (c est|ca|tout est|le probleme est|probleme) (bon|resolu|regle|arrange|fini|ok|reparee?|est resolu|
            s est arrange)( (maintenant|merci))?
        (j ai|je l ai) (trouve|resolu|reussi|regle)( (la solution|tout seul|toute seule|le probleme|
            moi meme|ca))?
        (ca |cela |c )?(re)?(marche|fonctionne) (maintenant|desormais|a nouveau|enfin)
        maintenant ca (marche|fonctionne)
        je n ai plus besoin( (d|de) (aide|l aide|HUMAN|rien|vous|parler a (HUMAN|QUELQUUN)))?
        je n ai pas besoin (d|de) (aide|HUMAN|parler a (HUMAN|QUELQUUN))
        je (continue|reste|vais continuer|prefere continuer|prefere rester) avec (BOT|toi|vous)
        retour au bot|revenir au bot
        annule(z|r)?( (ma|la) demande)?
        """,
        _BLOCKS,
    ),
    yes=phrases(
        """
        oui( (merci|volontiers|bien sur|allez y|je veux bien|avec plaisir))?|ouais|ouai|si|bien sur|d accord
        volontiers|ok(ay)?|entendu|avec plaisir|allez y|vas y|je veux bien|certainement|absolument
        s il (vous|te) plait|svp|stp|ce serait (bien|super|parfait|genial|gentil)|pourquoi pas|parfait
        tout a fait|exactement|ca marche|faites( le| ca)?|go|carrement|evidemment|yep|👍|✅
        """
    ),
    no=phrases(
        """
        non,? merci|non|nan|nope|pas (maintenant|la peine|necessaire|besoin|du tout|encore|pour l instant)
        ce n est pas (la peine|necessaire)|surtout pas|jamais de la vie|sans facon|ca ira|ca va aller
        plus tard|une autre fois|je ne veux pas|laisse tomber|peut etre plus tard|👎|❌
        """
    ),
    greeting=phrases(
        """
            (bonjour|bonsoir|salut|coucou|hello|hey|rebonjour|bjr|slt|bonne (journee|soiree))( (a tous|
                tout le monde|l equipe|bot|madame|monsieur|ca va))?
        """
    ),
    thanks=phrases(
        """
        ((ok|parfait|super|genial|tres bien|d accord|nickel|excellent) )?(un grand )?(merci|mrc|mci|
            je vous remercie|je te remercie)( (beaucoup|bien|infiniment|mille fois|encore|a (vous|toi)|
            pour (votre|ton|l|tout|la|les)( (aide|reponse|infos?))?)){0,2}
        """
    ),
    good=phrases(
        """
        parfait|genial|super|excellent|compris|nickel|tres bien|impeccable|top|formidable
        ca (m )?(a )?(marche|fonctionne|aide)( (maintenant|bien|merci))?
        """
    ),
    filler=phrases(
        """
        s il (vous|te) plait|svp|stp|merci|ok(ay)?|bonjour|bonsoir|salut|alors|bon|ben|bah|donc|maintenant
        pardon|excusez moi|desolee?|mais|et|euh|bot|BOT|juste|dites moi|dis moi|ah|oh|frontdesk|d accord
        monsieur|madame|en fait|finalement|deja|enfin
        """
    ),
    noise=frozenset(
        """
        le la les un une des du de d l mon ma mes votre vos je j tu vous il on me m te se s ce c est suis
        sont y a au aux et s il plait svp stp bonjour merci encore fois redemande demande question dit
        repete deja puis peux pouvez veux voudrais besoin maintenant mais
        """.split()
    ),
)
