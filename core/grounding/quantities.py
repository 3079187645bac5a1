"""Numbers with what they count: prices, percentages, spans of time, measures, things. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.grounding.claims import NO_COST, Claim, Key, Kind
from core.grounding.numbers import AMBIGUOUS, ONES, compound, in_words, kanji, values
from core.grounding.units import CURRENCIES, JAPANESE, MOST_WORDS, STEMS, UNITS, Unit, japanese

_CJK = "぀-ヿ一-鿿々〜ｦ-ﾟ"
_TOKEN = re.compile(
    rf"\d{{1,3}}(?: \d{{3}})+(?:[.,]\d{{1,2}})?(?![.,]?\d)|\d+(?:[.,'’]\d+)*|[{_CJK}]+"
    rf"|\b(?:us|ca?|au?|r)\$|[^\W\d_{_CJK}]+(?:/s\b)?"
    r"|u\.s\.|[^\s\w]"
)
_SIGN = re.compile(r"([$€£¥]) ")
_KANJI_QUANTITY = re.compile(rf"([〇一二三四五六七八九十百千万]+)({JAPANESE.pattern})")
_NUMBERED = re.compile(r"^[ \t>]*\d{1,3}[.)](?=\s)", re.MULTILINE)
_ORDINAL = re.compile(r"\b\d+(?:st|nd|rd|th|er|ère|ème|e|º|ª)\b")

# Words behind a number that are not what it counts.
_NO_NOUN = frozenset(
    """
    and or on in to of for from at by with per is are was it the a an if when than then up as but more other
    und oder auf im am zu von für bei mit pro ist sind der die das den wenn als mehr weitere et ou sur dans
    à de du des pour par avec est sont le la les si plus y o en por con es son el los si más e no na do da
    dos das para com é são os as se mais each every later earlier ago total maximum minimum only""".split()
)
# Ways of speaking, not facts: "two ways", "these three", "step 2".
_MORE = frozenset("more other further additional extra weitere weiteren más mais".split())
_SPEECH = frozenset(
    """way ways option options step steps thing things possibility possibilities reason reasons question
    questions part parts choice choices case cases point points example examples tip tips
    möglichkeit möglichkeiten option optionen schritt schritte schritten weg wege wegen frage fragen punkte
    dinge gründe façons façon étapes étape possibilités choses raisons questions points moyens formas forma
    pasos paso opciones maneras cosas razones preguntas passos passo opções maneiras coisas perguntas
    つ ステップ""".split()
)
_THESE = frozenset(
    """these those both all following diese diesen dieser alle allen beide beiden ces tous toutes estos estas
    todos todas ambos estes ambas""".split()
)
_STEP = frozenset(
    "step steps schritt étape etape paso passo option point punkt part teil no nr nº ステップ".split()
)
# More numbers than this are no row with one unit.
LONGEST_ROW = 12
# So large a number without a unit or a thing that it counts may be that of an order.
LONG = 100
# A number behind one of these names something of the customer's.
LABELS = frozenset(
    """order invoice ticket case error code number request parcel bestellung rechnung fehler fehlercode
    bestellnummer vorgang commande facture erreur demande pedido factura caso fatura erro encomenda 注文 #
    注文番号""".split()
)
_JOINS = frozenset(
    ", and or to - und oder bis et ou à y o u a e até until through & / から 〜 ~ au al".split()
)
_RANGES = frozenset("to - bis à a até until through から 〜 ~ au al".split())
_BETWEEN = frozenset("between zwischen entre".split())
_A = frozenset("a an".split())
# Before these "a day" is a span of time; elsewhere it may say how often.
_SPAN = frozenset(
    "within in after for about to least most than takes take lasts last another roughly".split()
)
_HALF = frozenset(
    "half halbe halben halbes halber demi demie media medio meia meio quarter anderthalb".split()
)
_FRACTIONS = {"quarter": 0.25, "anderthalb": 1.5}
# "$4 a month"
_EACH = frozenset("a an per / each every pro im je par al por ao the le".split())
_ADVERBS = {
    **dict.fromkeys("monthly monatlich mensuel mensuels mensuelle mensual mensuales mensal".split(), "month"),
    **dict.fromkeys("yearly annually annual jährlich annuel annuels annuelle anual anuales".split(), "year"),
}
_JAPANESE_PERIODS = {"月額": "month", "年額": "year", "月": "month", "年": "year"}


@dataclass(frozen=True, slots=True)
class _Number:
    """A number in a text: from and to which token, what it may mean, and its unit with what stands there."""

    start: int
    end: int
    values: tuple[float, ...]
    unit: Unit | None = None
    digits: bool = True
    period: str = ""
    word: str = ""
    kind: str = ""

    @property
    def is_prefixed(self) -> bool:
        """Whether it is a price whose currency stands before it."""
        return self.unit is not None and self.unit.dimension.startswith("money") and self.word == ""


def quantities(text: str) -> list[Claim]:
    """Return what a text states in numbers; it is in small letters, without marks, dates, links and codes."""
    text = _ORDINAL.sub(" ", _NUMBERED.sub(" ", text))
    return [claim for line in text.split("\n") for claim in _of_line(_TOKEN.findall(line))]


def _of_line(words: list[str]) -> Iterator[Claim]:
    found = list(_numbers(words))
    for group in _groups(found, words):
        shared = [_with_unit(number, group) for number in group] if _shares(group, words) else group
        ranges = _ranges(shared, words)
        for number in shared:
            yield _claim(number, words, ranges.get(number))


def _numbers(words: list[str]) -> Iterator[_Number]:
    at = 0
    while at < len(words):
        number = _number(words, at)
        if number is None:
            at += 1
            continue
        yield number
        at = max(number.end, at + 1)


def _number(words: list[str], at: int) -> _Number | None:
    word = words[at]
    if word[0].isdigit():
        meant = values(word)
        if not meant:
            return None
        if at and words[at - 1] == "-" and (at == 1 or not _is_wordy(words[at - 2])):
            meant = tuple(-value for value in meant)
        return _measured(_Number(at, at + 1, meant), words)
    if word in _HALF:
        return _half(words, at)
    if spelled := in_words(words, at):
        value, end = spelled
        number = _measured(_Number(at, end, (value,), digits=False, word=word), words)
        if number.unit is None and (word in ONES or word in AMBIGUOUS):
            return None
        return number
    if word in _A:
        return _one(words, at)
    if "぀" <= word[0] <= "鿿" and (there := _KANJI_QUANTITY.search(word)):
        return _Number(at, at + 1, (kanji(there[1]),), japanese(there[2]), word=word)
    if word[0] == "半" and word[1:2] in {"年", "日"}:
        return _Number(at, at + 1, (0.5,), japanese(word[1]), word=word)
    if stem := compound(word, STEMS):
        value, name = stem
        name = {"jahres": "jahr", "monats": "monat"}.get(name, name)
        return _Number(at, at + 1, (value,), UNITS.get(name), word=word, kind="compound")
    return None


def _is_wordy(word: str) -> bool:
    return word[-1].isalnum() or word[-1] in "%$€£¥°"


def _one(words: list[str], at: int) -> _Number | None:
    """Return the span of time that "a day" is."""
    if at and words[at - 1] in _SPAN:
        unit, end = _unit(words, at + 1)
        if unit and unit.dimension in {"time", "months", "business days"} and end > at + 1:
            if words[at + 1] in {"second", "min", "m", "s", "h", "d"}:
                return None
            return _and_a_half(_Number(at, end, (1.0,), unit, digits=False), words)
    return None


def _half(words: list[str], at: int) -> _Number | None:
    """Return "half an hour", "halbes Jahr", "demi-heure", "a quarter of an hour"."""
    after = at + 1
    while after < min(len(words), at + 4) and (words[after] in {"-", "of"} or words[after] in _A | ONES):
        after += 1
    unit, end = _unit(words, after)
    if unit is None or unit.dimension not in {"time", "months"}:
        return None
    return _Number(at, end, (_FRACTIONS.get(words[at], 0.5),), unit, digits=False)


def _measured(number: _Number, words: list[str]) -> _Number:
    """Return a number with its unit: behind it, or, for money, before it."""
    number = _and_a_half(number, words)
    start, end = number.start, number.end
    for length in (2, 1):
        name = " ".join(words[start - length : start]) if start >= length else ""
        if name != "cents" and (before := CURRENCIES.get(name)):
            return _rated(replace(number, start=start - length, unit=before), words)
    if end < len(words) and (there := JAPANESE.match(words[end])):
        return _rated(replace(number, unit=japanese(there[0]), end=end, word=words[end]), words)
    unit, behind = _unit(words, end)
    if unit is None:
        return number
    if unit == UNITS["an"] and words[behind - 1] == "an" and number.values != (1.0,):
        return number
    named = replace(number, unit=unit, end=behind, word=words[behind - 1])
    return _rated(_and_a_half(named, words), words)


def _unit(words: list[str], at: int) -> tuple[Unit | None, int]:
    """Return the unit whose name begins there, or behind a hyphen, and where it ends."""
    if at < len(words) and (words[at] == "-" or words[at] in _MORE):
        at += 1
    for count in range(MOST_WORDS, 0, -1):
        name = " ".join(words[at : at + count])
        if len(words) >= at + count and (unit := UNITS.get(name)):
            return unit, at + count
    if words[at + 1 : at + 2] == ["-"] and (
        unit := UNITS.get(" ".join((words[at], *words[at + 2 : at + 3])))
    ):
        return unit, at + 3
    return None, at


def _and_a_half(number: _Number, words: list[str]) -> _Number:
    """Return a number with the half that follows it: "one and a half hours", "une heure et demie"."""
    behind = words[number.end : number.end + 3]
    for phrase in (("and", "a", "half"), ("et", "demie"), ("y", "media"), ("e", "meia"), ("y", "medio")):
        if tuple(behind[: len(phrase)]) == phrase:
            more = tuple(value + 0.5 for value in number.values)
            return replace(number, values=more, end=number.end + len(phrase))
    return number


def _rated(number: _Number, words: list[str]) -> _Number:
    """Return a price with the period that it is paid for."""
    if number.unit is None or not number.unit.dimension.startswith("money"):
        return number
    if number.start and (period := _JAPANESE_PERIODS.get(words[number.start - 1][-2:])):
        return replace(number, period=period)
    behind = words[number.end : number.end + 2]
    if behind and behind[0] in _ADVERBS:
        return replace(number, period=_ADVERBS[behind[0]], end=number.end + 1)
    if len(behind) == 2 and behind[0] in _EACH:
        unit = UNITS.get(behind[1])
        if unit and unit.dimension in {"months", "time"}:
            name = "year" if unit.factor == 12 else "month" if unit.dimension == "months" else behind[1]
            return replace(number, period=name, end=number.end + 2)
    return number


def _groups(found: Sequence[_Number], words: list[str]) -> Iterator[list[_Number]]:
    """Yield numbers that stand in one row: "3, 7 and 12 days"."""
    group: list[_Number] = []
    for number in found:
        if group and (len(group) == LONGEST_ROW or not _joined(words[group[-1].end : number.start])):
            yield group
            group = []
        group.append(number)
    if group:
        yield group


def _shares(group: Sequence[_Number], words: list[str]) -> bool:
    """Say whether the numbers of a row can have one unit: not where nothing but commas stand between."""
    between = (words[low.end : high.start] for low, high in itertools.pairwise(group))
    return any(joint != [","] for joint in between)


def _joined(between: Sequence[str]) -> bool:
    return 0 < len(between) <= 2 and all(word in _JOINS for word in between)


def _with_unit(number: _Number, group: Sequence[_Number]) -> _Number:
    """Return a number with the unit that the row shares: that of the next that has one, or the last."""
    if number.unit or number.kind:
        return number
    place = group.index(number)
    later = (other for other in group[place:] if other.unit)
    named = next(later, None)
    if named is None and number.digits:  # "$5 to 18"
        named = next((other for other in reversed(group[:place]) if other.is_prefixed), None)
    return replace(number, unit=named.unit, period=named.period) if named else number


def _ranges(group: Sequence[_Number], words: list[str]) -> dict[_Number, _Number]:
    """Return which numbers of a row are the two ends of a range, both ways."""
    pairs: dict[_Number, _Number] = {}
    for low, high in itertools.pairwise(group):
        between = set(words[low.end : high.start])
        opened = words[max(0, low.start - 2) : low.start]
        if low.unit and low.unit == high.unit and (between & _RANGES or _BETWEEN & set(opened)):
            pairs |= {low: high, high: low}
    return pairs


def _claim(number: _Number, words: list[str], other: _Number | None) -> Claim:
    unit = number.unit
    counted = unit is None and "".join(words[number.end : number.end + 1]).isalpha()
    text = " ".join(words[number.start : number.end + counted])
    text = _SIGN.sub(r"\1", text)
    if unit is None:
        return _count(number, words, text)
    sizes = [_size(value, unit) for value in number.values]
    kind = _kind(unit)
    needs: list[tuple[Key, ...]] = []
    states: list[Key] = [("raw", value) for value in number.values]
    for size in sizes:
        quantity: Key = (unit.dimension, size)
        states.append(quantity)
        if number.period:
            states.append(("per", *quantity, number.period))
            needs += [(("per", *quantity, number.period),), (("flat", *quantity),)]
        elif other is None:
            states += [("flat", *quantity), ("alone", *quantity)]
            needs.append((quantity,))
        else:
            ends = sorted([size, *(_size(value, unit) for value in other.values)])
            span: Key = ("range", unit.dimension, ends[0], ends[-1])
            states += [span, ("flat", *quantity)]
            # Both ends may stand apart, but the ends of two other ranges are not a range.
            needs += [(span,), tuple(("alone", unit.dimension, end) for end in (ends[0], ends[-1]))]
    if kind is Kind.PRICE and not any(sizes):
        needs.append((NO_COST,))  # "$0" where the article says that it costs nothing
    if number.word == "h" or words[number.end - 1 : number.end] == ["h"]:
        needs += [(("clock", value * 60),) for value in number.values]
        states += [("clock", value * 60) for value in number.values]
    return Claim(kind, text, tuple(needs), tuple(states))


def is_name(word: str) -> bool:
    """Say whether a word with a number behind it may be a name: "iPhone 15", "room 12"."""
    return len(word) > 2 and word.isalpha() and word not in _NO_NOUN | _SPAN | _JOINS | _BETWEEN


def _size(value: float, unit: Unit) -> float:
    return float(f"{value * unit.factor + unit.offset:.9g}") + 0.0


def _kind(unit: Unit) -> Kind:
    if unit.dimension.startswith("money"):
        return Kind.PRICE
    return Kind.PERCENTAGE if unit.dimension == "percent" else Kind.MEASURE


def _count(number: _Number, words: list[str], text: str) -> Claim:
    """Return a number without a unit as a claim, or only as what may support one."""
    before = words[number.start - 1] if number.start > 0 else ""
    behind = words[number.end : number.end + 4]
    while behind and behind[0] == "-":
        behind = behind[1:]
    noun = bool(behind) and behind[0][0].isalpha() and behind[0] not in _NO_NOUN and before not in UNITS
    small = max(number.values) <= 10
    counts = number.kind == "compound" or (noun and not _SPEECH & set(behind[:3]))
    is_speech = small and (bool(_SPEECH & set(behind[:3])) or before in _THESE)
    weighs = (
        (counts or number.digits)
        and number.values != (1.0,)
        and not is_speech
        and not (before in _STEP and number.digits)
    )
    states: list[Key] = []
    needs: list[tuple[Key, ...]] = []
    for value in number.values:
        states += [("raw", value), ("count", value)]
        # A bare number may be a cell of a table, whose unit stands elsewhere.
        needs.append((("count", value),) if counts else (("raw", value),))
        if number.digits and is_name(before):
            states.append(("code", f"{before}{value:g}"))
            needs += [] if counts else [(("code", f"{before}{value:g}"),)]
        if number.digits and value >= LONG and not counts:
            states.append(("code", f"{value:.0f}"))
            needs.append((("code", f"{value:.0f}"),))
    return Claim(Kind.NUMBER, text, tuple(needs), tuple(states), weighs)
