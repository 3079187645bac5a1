"""Which language a customer's words are in: told by the script and by function words. Pure.

Precision counts: who takes an English question for another language pays for a needless translation and
searches worse. So what is not clear is unknown, and whoever asks assumes the folder's language.

Measured on short messages (mistyped ones, bare nouns, names, order numbers), beside py3langid restricted to
the same languages, as it is and where it is at least 90 % sure. Its statistics of letters need longer texts;
where the words are not clear they told a handful more, which is not worth a dependency.

    messages                               right  not clear  wrong   py3langid: wrong   not sure
    217 of tests/fixtures/languages.txt      205         11      1                 31         53
    1,631 of tests/fixtures/escalation     1,519        108      4                 72        277
    450 English ones from public data        429         21      0                  9         50

The first two were seen while the lists of words were written, the third was not. `python -m
tests.bench.languages` prints the first two. What is wrong is mostly Japanese without kana, read as Chinese.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

# Names as a model reads them in a prompt; every language that `language_of` can tell.
NAMES = {
    "ar": "Arabic",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}
# What the speakers of each call it.
OWN_NAMES = {
    "ar": "العربية",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Русский",
    "sv": "Svenska",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "Українська",
    "zh": "中文",
}
# Of a long text so many characters tell enough.
LOOKED_AT = 1_000
# A language that uses this part of a folder's articles is one of its languages.
FOLDER_SHARE = 0.2

# What a language's customers write all the time: function words, and the nouns and verbs of support. Accents
# are left out, as customers do. A word of several languages stands in each of them.
_WORDS = {
    "en": """
        'd 'll 'm 're 's 't 've a about after again all already also am an and another any anybody
        anyone app apps are as ask asked at available back be because been before being better between
        bin broken but buy by call can cancel cannot cant change charge charged come comment comments
        connect cost could customer day days delivery did didnt do does doesnt doing done dont each
        error errors even every file find first for forgot found from get getting give go going good
        got had has hasnt have havent hello help her here hi him his how human i if im in included
        instead into invoice is isnt it its ive just keep know last leave let like live long look
        looking lost made make many may me might money more most much must my need needed never new
        next no nobody not now of off on once one only open or order other our out over own paid
        passed password pay per person plan plans please pls prefer price put question real receive
        received refund refunds required reset say says see send sent she ship shipping should show
        since so some somebody someone something speak stuff such switch take talk talking tell than
        thank thanks that the their them then there these they thing think this those through time
        times to too transfer try turn two under up us use used using very wait wanna want was wasnt
        way we weather well went were what whats when where whether which while who whose why will
        with within without won wont work working works worst would wrong year yes yesterday yet you
        your
    """,
    "de": """
        aber abo adresse als am an anmelden antwort auch auf aus bei bekomme bestellt bestellung bin bis
        bist bitte brauche bräuchte da danke dann das dass dein dem den der des die dieser dieses dir doch
        du ein eine einem einen einer erstattung es euch euer eure falsche fehler finde funktioniert für
        gebe geht geld gestern gibt guten hab habe haben hallo halt hat hatte heute ich ihr ihre im immer
        ist ja jemand jetzt kann kein keine kommt konto kostet kündige kündigen kündigung lange leer liefert
        lieferung man mehr mein meine meinem meinen meiner mensch mich mir mit muss möchte nach nich nicht
        nichts noch nun nur oder ohne paket passwort rechnung rückerstattung schon sehr sei seit sich sie
        sind sprechen tarif und uns unser vergessen vergiss versand vom von wann warum was welche wie wieder
        wieviel will wird wo wohin wurde zahlen zu zum zur zurück ändern über
    """,
    "fr": """
        abonnement ai annuler après arrive arrête au aujourd aux avec avez avoir bonjour c capteur ce ces
        cette chez combien commande comment compte connecter d dans de depuis des dois du elle en encore
        erreur es est et facture faire fait forfait hier hui ici il ils j jai je l la laisse le les leur
        livraison livrez lors ma mais mauvaise me merci mes moi mon mot n ne non nos notre nous on ou oublié
        oui où par parler pas passe payer pendant peut peux pour pourquoi prend prix problème puis qu quand
        que quel quelle quelqu quels qui quoi remboursement remboursé resilier reçu réponse s sa sans se ses
        si son sont suis sur svp sympa ta te temps tomber toujours tout très tu un une veux vos votre
        voudrais vous y ça êtes être
    """,
    "es": """
        a agotó al algo alguien algún ayuda buenas buenos cancelar cancelo cobro como comprar comunicar con
        conecta contraseña cuanta cuenta cuesta cuál cuándo cuánto cómo de debo del descuento desde
        devolución dinero días dónde el ella en envían envío envíos eres error es esa eso esta estaba este
        esto estoy estudiantes está factura favor fue funciona gracias ha hablando hablar hacen hacer hacia
        hay he hola iniciar la las le les llamar llamo llega llegado lo los me mi mis muy más necesito no
        nos o olvidé para pasar pedido pero persona pila plan podría por porque precio pregunta puede pueden
        puedo que quiere quiero qué reembolso respuesta se ser sesión si sin sobre son soy su sus
        suscripción tarda te tengo tiene tienen un una usted ustedes y ya yo ¡ ¿
    """,
    "pt": """
        a agora ainda ajuda algum alguém ao aos app as assinatura atendente até boa bom cadê cancelar
        cancelo chama chegou com como comprar conseguir consigo conta custa da das de demora depois desconto
        devolução dia dinheiro do dos duas dúvida e ela ele em emparelhar encomenda entrega entregam envio
        erro esqueci essa esse estou estudantes está eu fala falando falar fatura favor fazer fiz foi
        funciona gostaria há idioma isso já lá mais mas me meu meus minha minhas mudar muito na nas nos nota
        não o obrigada obrigado olá onde os ou para pedido pelo pergunta perguntei pessoa pode por porque
        posso pra preciso preço qual quando quanto quatro que quem quero recebi reembolso resolver resposta
        se sem senha ser seu sobre sou são tem tempo tenho tinha transfere um uma você vocês volta é
    """,
    "it": """
        abbonamento accedere aiuto al alla anche bisogno buongiorno che chi ci ciao come con cosa costa da
        dal dalla dei del della devo di dimenticato disdico disdire dopo dov dove e fare fattura funziona
        gli grazie ha ho i il in io la le lo ma mi mia mio molto nel nella no non ordine parlare per perché
        persona piano più posso potrei prezzo problema qualcuno quale quando quanto questo riesco rimborso
        se sei senza si sono spedite spedizione sto su tempo un una vi voglio vorrei vuole è
    """,
    "nl": """
        aan abonnement al als ben bestelling bij dan dat de die dit doen duurt een en er factuur gaat geen
        geld goedemorgen graag had hallo heb hebben heeft het hoe ik in inloggen is jullie kan kost kunnen
        kunt lang leveren maar me meer met mij mijn moet naar niet nog nu of om ook op over pakket te terug
        terugbetaling uit van vergeten verzending voor waar waarom wachtwoord wanneer wat weer wel welke wil
        worden ze zeg zijn zo
    """,
    "pl": """
        a ale anulować chcę co czy dla dlaczego do dostawa faktura fakturę gdzie hasła hasło i ile jak jaki
        jest jestem już kiedy konto kosztuje który ma mam mi mnie mogę moja moje mój na nie o od paczka
        pieniędzy po pomoc pomocy potrzebuję proszę przez się subskrypcję są ten to trwa u w wysyłacie z za
        zalogować zamówienia zamówienie zapomniałam zapomniałem ze zwrot
    """,
    "sv": """
        använda att av beställning den det din du eller en ett fick finns från fungerar få för glömt går har
        hej hjälp hur i ingen inte jag kan kommer kostar kunna logga lång lösenord med men min mitt mycket
        måste när och om pengar prenumeration på ska skulle som säger så tack tar tid till upp vad var
        varför vi vill är återbetalning
    """,
    "tr": """
        aboneliğimi ama bana ben bir bu da daha de değil edebilirim ederim fatura fiyat gibi giriş gün
        hesabım iade iadesi ile istiyorum için kadar kargo lütfen merhaba mi mu mü mı nasıl ne neden nedir
        nerede olarak para siparişim sürer teşekkürler unuttum var ve veya yapamıyorum yok zaman çalışmıyor
        şifre şifremi
    """,
}
# Letters that few languages have: each counts once for those that do.
_LETTERS = {
    "ß": "de", "ä": "de sv", "ö": "de sv tr", "ü": "de tr", "å": "sv", "ñ": "es",
    "ã": "pt", "õ": "pt", "ç": "fr pt tr", "ê": "fr pt", "â": "fr pt", "ô": "fr pt", "î": "fr", "û": "fr",
    "è": "fr it", "à": "fr it pt", "ù": "fr it", "ò": "it", "ì": "it", "é": "fr es pt", "œ": "fr",
    "á": "es pt", "í": "es pt", "ó": "es pt pl", "ú": "es pt", "ł": "pl", "ą": "pl", "ę": "pl", "ś": "pl",
    "ż": "pl", "ź": "pl", "ć": "pl", "ń": "pl", "ş": "tr", "ğ": "tr", "ı": "tr", "i̇": "tr",
}  # fmt: skip
# The scripts of other languages, by the beginning of their letters' names in Unicode.
_SCRIPTS = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
    "DEVANAGARI": "hi",
}
# A sign of these scripts says as much as two letters.
_DENSE = frozenset({"ja", "ko", "zh"})
# What says nothing of a language: addresses, code, what somebody quotes, mentions, whatever holds a digit.
_NOISE = re.compile(
    r"https?://\S+|\S+@\S+|<[^>\s]+>|`[^`]*`|\"[^\"\n]*\"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|[!-~]*\d[!-~]*"
)
# With the ends of English contractions ("I'd", "don't") and the marks before Spanish questions.
_WORD = re.compile(r"[^\W\d_]+|(?<=\w)'(?:d|ll|m|re|s|t|ve)\b|[¿¡]")
# How much one word of one language alone must weigh against what others have, and of all words.
ENOUGH = 1.0
AHEAD = 1.5
SHARE = 0.2
# A telling letter says less than a word: names hold it too.
LETTER = 0.45


def language_of(text: str, earlier: Sequence[str] = ()) -> str:
    """Return the language of a customer's words as an ISO 639-1 code, or an empty string if it is not clear.

    Args:
        text: What they wrote now.
        earlier: What they wrote before, oldest first: the newest of it that is clear decides where the
            words of now ("ok", an order number) are not.
    """
    for said in (text, *reversed(earlier)):
        if language := _language(said[:LOOKED_AT]):
            return language
    return ""


def languages_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the languages of texts, the most used first, without those of less than a fifth of them."""
    told = Counter(filter(None, (_language(text[:LOOKED_AT]) for text in texts)))
    return tuple(code for code, count in told.most_common() if count >= FOLDER_SHARE * told.total())


def _language(text: str) -> str:
    text = unicodedata.normalize("NFC", _NOISE.sub(" ", text)).lower().replace("’", "'")
    words = _WORD.findall(text)
    return _by_script("".join(filter(str.isalpha, words))) or _by_words(words)


def _by_script(letters: str) -> str:
    """Return the language that a script other than the Latin one tells, if most of the letters are of it."""
    scripts = Counter(_script(letter) for letter in letters if not letter.isascii())
    del scripts[""]
    if not scripts:
        return ""
    if kana := scripts.pop("ja", 0):  # Japanese writes Chinese signs too, Chinese no kana
        scripts["ja"] = kana + scripts.pop("zh", 0)
    language, count = scripts.most_common(1)[0]
    if count * (2 if language in _DENSE else 1) < len(letters) - count:
        return ""
    if language == "ru" and re.search("[іїєґ]", letters):
        return "uk"
    return language


def _script(letter: str) -> str:
    return _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], "")


def _by_words(words: Sequence[str]) -> str:
    """Return the language whose words these are, if it is well ahead of all others."""
    weights: defaultdict[str, float] = defaultdict(float)
    for word in dict.fromkeys(words):
        for language, weight in _weights(word).items():
            weights[language] += weight
    ranked = sorted(weights.items(), key=lambda item: -item[1])
    (best, most), (_, second) = [*ranked, ("", 0.0), ("", 0.0)][:2]
    clear = most >= max(ENOUGH, AHEAD * second, SHARE * len(set(words)))
    return best if clear else ""


def _weights(word: str) -> Mapping[str, float]:
    """Return what a word says for each language: less, the more languages have it."""
    if known := _KNOWN.get(_bare(word)):
        return {language: 1 / len(known) for language in known}
    told = [_LETTERS[letter].split() for letter in word if letter in _LETTERS]
    telling = min(told, key=len, default=[])
    return {language: LETTER / len(telling) for language in telling}


def _bare(word: str) -> str:
    """Return a word without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _known() -> dict[str, list[str]]:
    known: dict[str, list[str]] = {}
    for language, listed in _WORDS.items():
        for word in {_bare(word) for word in listed.split()}:
            known.setdefault(word, []).append(language)
    return known


_KNOWN = _known()
