"""Numbers as people write them: digits with any separators, and words of five languages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_THOUSANDS = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+\Z")

# What is a number in one language and a usual word in another: a number only before a unit.
AMBIGUOUS = frozenset("once dos sept cent cents elf seize neuf mil mille cem".split())
# These may be articles: a number only before a unit.
ONES = frozenset("one ein eine einen einem einer eines un une uno una um uma".split())

_EN = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen \
seventeen eighteen nineteen".split()
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_DE = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn \
siebzehn achtzehn neunzehn".split()
)
_DE_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_FR = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize \
dix_sept dix_huit dix_neuf".split()
_FR_TENS = "vingt trente quarante cinquante soixante soixante quatre_vingt quatre_vingt".split()
_ES = "cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis \
diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis \
veintisiete veintiocho veintinueve".split()
_ES_TENS = "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_ES_HUNDREDS = "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos \
novecientos".split()
_PT = "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis \
dezessete dezoito dezenove".split()
_PT_TENS = "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa".split()
_PT_HUNDREDS = "cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos \
novecentos".split()
_ALSO = {
    "eins": 1,
    "zwo": 2,
    "dreissig": 30,
    "fuenf": 5,
    "zwoelf": 12,
    "hundert": 100,
    "tausend": 1000,
    "cien": 100,
    "cem": 100,
    "mil": 1000,
    "mille": 1000,
    "duas": 2,
    "quatorze": 14,
    "dezasseis": 16,
    "dezassete": 17,
    "dezanove": 19,
    "hundred": 100,
    "a hundred": 100,
    "thousand": 1000,
    "a thousand": 1000,
    "dozen": 12,
    "a dozen": 12,
    "septante": 70,
    "nonante": 90,
}
_KANJI = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_KANJI_TENS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}


def values(text: str) -> tuple[float, ...]:
    """Return what digits with separators may mean: `1,000` a thousand or one; nothing for `2.3.1`."""
    bare = text.replace(" ", "").replace("'", "").replace("’", "")
    marks = [mark for mark in bare if mark in ".,"]
    if not marks:
        return (float(bare),)
    if len(set(marks)) == 2:
        whole, _, part = bare.rpartition(marks[-1])
        if marks.count(marks[-1]) > 1:
            return ()
        return (float(f"{re.sub('[.,]', '', whole)}.{part}"),)
    in_groups = bool(_THOUSANDS.match(bare)) and not bare.startswith("0")
    whole_number = float(re.sub("[.,]", "", bare))
    if len(marks) > 1:
        return (whole_number,) if in_groups else ()
    decimal = float(bare.replace(",", "."))
    return (whole_number, decimal) if in_groups else (decimal,)


def kanji(text: str) -> float:
    """Return what Japanese number characters mean: `二十四` is 24."""
    total = section = digit = 0
    for character in text:
        if character in _KANJI:
            digit = digit * 10 + _KANJI[character]
        elif (size := _KANJI_TENS[character]) == 10_000:
            total, section, digit = (total + section + digit or 1) * size, 0, 0
        else:
            section, digit = section + (digit or 1) * size, 0
    return float(total + section + digit)


def in_words(words: Sequence[str], at: int) -> tuple[float, int] | None:
    """Return the number whose words begin there, and behind which word it ends; None if none begins."""
    if words[at] not in _FIRST:
        return None
    phrase, best = "", None
    end = at
    while end < min(len(words), at + _LONGEST):
        if words[end] != "-":
            phrase = f"{phrase} {words[end]}" if phrase else words[end]
            if phrase not in _PREFIXES:
                break
            if phrase in _WORDS:
                best = float(_WORDS[phrase]), end + 1
        elif not phrase:
            break
        end += 1
    return best


def compound(word: str, stems: re.Pattern[str]) -> tuple[float, str] | None:
    """Return number and stem of a word made of both, such as `zweijährig`."""
    found = stems.search(word)
    value = _WORDS.get(word[: found.start()]) if found and found.start() else None
    return (float(value), found[1]) if value and found else None


def _english(number: int) -> str:
    if number < 20:
        return _EN[number]
    if number < 100:
        return _EN_TENS[number // 10 - 2] + (f" {_EN[number % 10]}" if number % 10 else "")
    rest = f" {_english(number % 100)}" if number % 100 else ""
    return f"{_EN[number // 100]} hundred{rest}"


def _german(number: int) -> str:
    if number < 20:
        return _DE[number]
    if number < 100:
        unit = f"{_DE[number % 10]}und" if number % 10 else ""
        return unit + _DE_TENS[number // 10 - 2]
    return f"{_DE[number // 100]}hundert" + (_german(number % 100) if number % 100 else "")


def _french(number: int) -> str:
    if number < 20:
        return _FR[number].replace("_", " ")
    if number < 100:
        ten, unit = divmod(number, 10)
        if ten in (7, 9):
            ten, unit = ten - 1, unit + 10
        tens = _FR_TENS[ten - 2].replace("_", " ")
        if not unit:
            return f"{tens}s" if ten == 8 else tens
        joint = " et " if unit in (1, 11) and ten != 8 else " "
        return f"{tens}{joint}{_FR[unit]}".replace("_", " ")
    hundreds = "cent" if number < 200 else f"{_FR[number // 100]} cent"
    return f"{hundreds} {_french(number % 100)}" if number % 100 else hundreds + "s" * (number >= 200)


def _spanish(number: int) -> str:
    if number < 30:
        return _ES[number]
    if number < 100:
        return _ES_TENS[number // 10 - 2] + (f" y {_ES[number % 10]}" if number % 10 else "")
    hundreds = _ES_HUNDREDS[number // 100 - 1]
    return f"{hundreds} {_spanish(number % 100)}" if number % 100 else hundreds


def _portuguese(number: int) -> str:
    if number < 20:
        return _PT[number]
    if number < 100:
        return _PT_TENS[number // 10 - 2] + (f" e {_PT[number % 10]}" if number % 10 else "")
    hundreds = _PT_HUNDREDS[number // 100 - 1]
    return f"{hundreds} e {_portuguese(number % 100)}" if number % 100 else hundreds


LANGUAGES = {"en": _english, "de": _german, "fr": _french, "es": _spanish, "pt": _portuguese}


def _spelled() -> Iterator[tuple[str, int]]:
    for spell in LANGUAGES.values():
        for number in range(1, 1_000):
            phrase = spell(number)
            yield phrase, number
            if spell is _english and " hundred " in phrase:
                yield phrase.replace(" hundred ", " hundred and "), number
            if spell is _german and number > 20:
                yield phrase.replace("ß", "ss"), number
    for one in ONES:
        yield one, 1


_WORDS = {**dict(_spelled()), **_ALSO}
_FIRST = frozenset(phrase.split(" ")[0] for phrase in _WORDS)
_PREFIXES = frozenset(
    " ".join(parts[:length])
    for parts in (phrase.split(" ") for phrase in _WORDS)
    for length in range(1, len(parts) + 1)
)
# With hyphens between the words.
_LONGEST = 2 * max(phrase.count(" ") + 1 for phrase in _WORDS)
