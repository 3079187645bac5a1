"""Which words of a question say what it is about, and what a mistyped one was meant to be. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.knowledge.terms import stem

# English function words and the small talk of questions. Package lists were tried and drop words that help
# articles turn on ("bill", "date", "free", "computer").
STOP_WORDS = frozenset(
    """
    a about after again all also am an and any anybody anyone anything are as at be because been before
    being but by can cannot could d did do does doing don done during each either else ever every for
    from get gets getting give go goes going got had has have having he hello help her here hers hey hi
    him his how i if in into is it its itself just know let like ll m make many may me might mine more
    most much must my myself need no nor not now of off ok okay on only or other our out over please put
    re really s same say shall she should so some somebody someone something still such sure t tell than
    thank thanks that the their them then there these they thing things this those through to too u
    until up us ve very want was way we well were what when where whether which while who whom whose why
    will with without wonder would yes yet you your yours
    """.split()
)


# The same of other languages, without accents, as `words_of` gives them.
_OTHER_STOP_WORDS = {
    "de": frozenset(
        """
        aber alle als also am an auch auf aus bei bin bis bitte brauche da damit dann das dass dein
        deine dem den denn der des dich die dies diese dieser dieses dir doch du durch ein eine einem
        einen einer eines er es etwas euch euer eure fur gibt hab habe haben hallo hat hatte hier ich
        ihm ihn ihr ihre im in ist ja jetzt kann kein keine konnen konnt lange man mehr mein meine meinem
        meinen meiner mich mir mit mochte muss mussen nach nicht noch nur ob oder ohne sein seine sich
        sie sind so uber um und uns unser unsere vom von vor wann war warum was welche welcher welches
        wenn wer werden wie wieso will wir wird wo wurde zu zum zur
        """.split()
    ),
    "fr": frozenset(
        """
        a ai au aux avec avez avoir bonjour c ce ces cet cette chez combien comment d dans de des donc
        du elle en est et etre faire fait il ils j je l la le les leur lui m ma mais me merci mes moi
        mon n ne nos notre nous on ont ou par pas peut peux plus pour pourquoi qu quand que quel quelle
        quelles quels qui quoi s sa sans se ses si son sont suis sur t ta te tes toi ton tu un une veux
        vos votre voudrais vous y
        """.split()
    ),
    "es": frozenset(
        """
        a al algo ante como con cual cuando cuanto de del desde donde el ella ellos en entre era es esa
        ese eso esta estan este esto estoy fue gracias ha hago han hasta hay he hola la las le les lo
        los mas me mi mis mucho muy no nos nuestro o os para pero por porque pregunta puede puedo pues
        que quien quiero se ser si sin sobre son soy su sus tambien te tengo tiene tu tus un una uno
        unos usted ustedes y ya yo
        """.split()
    ),
    "pt": frozenset(
        """
        a ao aos as ate com como da das de dela dele depois do dos e ela elas ele eles em entre era essa
        esse esta estao estou eu foi ha isso isto ja la lhe mais mas me meu meus minha minhas muito na
        nao nas no nos nossa nosso o obrigada obrigado ola onde os ou para pela pelo por porque posso
        pra qual quando quanto que quem quero se sem ser seu seus so sobre sou sua suas tambem te tem
        tenho ter um uma voce voces
        """.split()
    ),
}


def stop_words_of(words: Collection[str]) -> frozenset[str]:
    """Return the function words of the language that has most of these words; in doubt of English."""
    return max((STOP_WORDS, *_OTHER_STOP_WORDS.values()), key=lambda listed: len(listed.intersection(words)))


class Lexicon(Protocol):
    """What an index knows of its words."""

    @property
    def size(self) -> int:
        """How many passages there are."""
        ...

    def frequency(self, term: str) -> int:
        """Return how many passages hold a term (a stem, as `terms_of` gives them)."""
        ...

    def like(self, word: str) -> Iterable[str]:
        """Return words of the passages that `word` may have been meant to be.

        At least all with the same first letter whose length differs by two at most.
        """
        ...


def corrected(words: Sequence[str], lexicon: Lexicon, known: Collection[str] = ()) -> list[str]:
    """Replace mistyped words by the nearest ones of the articles, in order; unknown words stay as they are.

    A word of 4 to 7 letters may differ by one edit, a longer one by two (an edit: a letter added, left
    out, changed, or two swapped). A function word with swapped letters ("hwo") is left out, as it would be.

    Args:
        words: Lower-case, without accents (`words_of`).
        lexicon: The words of the articles; one that stands there in another form is not mistyped.
        known: Further words, or stems, that are no mistakes.
    """
    meant: list[str] = []
    for word in words:
        if not word.isalpha() or word in STOP_WORDS or word in known or _is_held(word, lexicon, known):
            meant.append(word)
        elif not _is_swapped_stop_word(word):
            meant.append(_nearest(word, lexicon) or word)
    return meant or list(words)


def _is_held(word: str, lexicon: Lexicon, known: Collection[str]) -> bool:
    """Return whether the word is known, or stands in the articles, in this or another form."""
    return stem(word) in known or lexicon.frequency(stem(word)) > 0


def _is_swapped_stop_word(word: str) -> bool:
    return any(
        sorted(word) == sorted(stop) and OSA.distance(word, stop) == 1
        for stop in STOP_WORDS
        if len(stop) == len(word) > 2
    )


def _nearest(word: str, lexicon: Lexicon) -> str | None:
    if len(word) < 4:
        return None
    edits = 1 if len(word) < 8 else 2
    near = [known for known in lexicon.like(word) if abs(len(known) - len(word)) <= edits]
    best = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=edits)
    return best[0] if best else None
