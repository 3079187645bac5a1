"""What numbers are counted in: units of six languages, each as a dimension and a factor. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: values of one dimension are compared as `value * factor + offset`."""

    dimension: str
    factor: float = 1.0
    offset: float = 0.0


# Days and months are never converted into each other: a month is no fixed number of days. Nor are business
# days and days, nor inches and centimetres (they never come out even, and rounding is a claim of its own).
_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
_TIME = {
    "second seconds sec secs s sekunde sekunden sek seconde secondes segundo segundos": 1.0,
    "minute minutes min mins minuten minuto minutos minütig": _MINUTE,
    "hour hours hr hrs h std stunde stunden heure heures hora horas stündig": _HOUR,
    """day days d tag tage tagen tages jour jours día días dia dias tägig
    calendar|day calendar|days kalendertag kalendertage kalendertagen jours|calendaires
    días|naturales dias|corridos""": _DAY,
    "week weeks wk wks woche wochen semaine semaines semana semanas wöchig": 7 * _DAY,
    "fortnight fortnights": 14 * _DAY,
}
_MONTHS = {
    "month months mo mos monat monate monaten monats mois mes meses mês monatig": 1.0,
    """year years yr yrs jahr jahre jahren jahres an ans année années annees año años ano anos
    jährig""": 12.0,
}
_BUSINESS_DAYS = """
    business|day business|days working|day working|days workday workdays weekday weekdays
    werktag werktage werktagen werktags arbeitstag arbeitstage arbeitstagen geschäftstag geschäftstage
    geschäftstagen bankarbeitstag bankarbeitstage bankarbeitstagen
    jour|ouvré jours|ouvrés jour|ouvrable jours|ouvrables
    día|hábil días|hábiles día|laborable días|laborables día|laboral días|laborales
    dia|útil dias|úteis
"""
_PERCENT = (
    "% percent per|cent pct prozent pourcent pour|cent por|ciento por|cento prozentpunkte percentage|points"
)
_MONEY = {
    "usd": """$ us$ usd dollar dollars us|dollar us|dollars u.s.|dollars bucks dólar dólares dolar dolares
    dollars|américains dollar|américain dólares|estadounidenses dólares|americanos""",
    "eur": "€ eur euro euros",
    "gbp": "£ gbp pound pounds pounds|sterling pfund libra libras livre|sterling livres|sterling",
    "jpy": "¥ jpy yen yens",
    "chf": "chf franken sfr swiss|francs francs|suisses",
    "cad": "c$ ca$ cad canadian|dollars dollars|canadiens",
    "aud": "a$ au$ aud australian|dollars",
    "brl": "r$ brl real reais reales",
    "sek": "sek",
    "nok": "nok",
    "dkk": "dkk",
    "pln": "pln zł zloty",
    "inr": "₹ inr rupees rupien",
    "mxn": "mxn",
    "cent": "cents ct",
}
_MEASURES: dict[str, dict[str, float]] = {
    "length": {
        "mm millimetre millimetres millimeter millimeters millimètre millimètres milímetros milimetro": 0.001,
        """cm centimetre centimetres centimeter centimeters zentimeter zentimetern centimètre centimètres
        centímetro centímetros""": 0.01,
        "m metre metres meter meters metern mètre mètres metro metros": 1.0,
        "km kilometre kilometres kilometer kilometers kilometern kilomètres kilómetros quilômetros": 1_000.0,
    },
    "inch": {
        "inch inches in\u2033 zoll pouce pouces pulgada pulgadas polegada polegadas": 1.0,
        "ft foot feet fuß pied pieds pie pies pés": 12.0,
    },
    "mile": {"mile miles mi meile meilen millas milhas": 1.0},
    "mass": {
        "mg milligram milligrams milligramm": 0.001,
        "g gram grams gramm gramme grammes gramo gramos grama gramas": 1.0,
        "kg kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramos quilos": 1_000.0,
    },
    "ounce": {"oz ounce ounces unze unzen onces onzas": 1.0, "lb lbs": 16.0},
    "volume": {
        "ml millilitre millilitres milliliter milliliters mililitros": 0.001,
        "l litre litres liter liters litern litro litros": 1.0,
    },
    "data": {
        "kb kilobyte kilobytes ko": 1e3,
        "mb megabyte megabytes": 1e6,
        "gb gigabyte gigabytes": 1e9,
        "tb terabyte terabytes": 1e12,
    },
    "rate": {"kbit/s kbps": 1e3, "mbit/s mbps mbit": 1e6, "gbit/s gbps gbit": 1e9},
    "frequency": {"hz hertz": 1.0, "khz": 1e3, "mhz megahertz": 1e6, "ghz gigahertz": 1e9},
    "voltage": {"mv": 0.001, "v volt volts": 1.0, "kv": 1e3},
    "current": {"ma": 0.001, "amp amps ampere": 1.0},
    "charge": {"mah": 0.001, "ah": 1.0},
    "power": {"mw": 0.001, "w watt watts": 1.0, "kw kilowatt kilowatts": 1e3},
    "energy": {"wh": 1.0, "kwh": 1e3},
    "light": {"lux lx": 1.0},
    "sound": {"db decibel decibels": 1.0},
    "pixels": {"px pixel pixels": 1.0},
}
_TEMPERATURES = {
    "° c|degrees celsius|degree celsius|degrés celsius|grad celsius|grados celsius|graus celsius|celsius": (
        1.0,
        0.0,
    ),
    "° f|degrees fahrenheit|degree fahrenheit|grad fahrenheit|fahrenheit": (5 / 9, -160 / 9),
    "°|degrees|degree|grad|degrés|grados|graus": (1.0, 0.0),
}
_JAPANESE = {
    "営業日": Unit("business days"),
    "平日": Unit("business days"),
    "週間": Unit("time", 7 * _DAY),
    "時間": Unit("time", _HOUR),
    "分間": Unit("time", _MINUTE),
    "分": Unit("time", _MINUTE),
    "秒": Unit("time"),
    "日間": Unit("time", _DAY),
    "日": Unit("time", _DAY),
    "か月": Unit("months"),
    "ヶ月": Unit("months"),
    "カ月": Unit("months"),
    "ケ月": Unit("months"),
    "箇月": Unit("months"),
    "年": Unit("months", 12),
    "米ドル": Unit("money usd"),
    "ドル": Unit("money usd"),
    "ユーロ": Unit("money eur"),
    "円": Unit("money jpy"),
    "ポンド": Unit("money gbp"),
    "パーセント": Unit("percent"),
    "センチメートル": Unit("length", 0.01),
    "センチ": Unit("length", 0.01),
    "メートル": Unit("length"),
    "ギガヘルツ": Unit("frequency", 1e9),
    "度": Unit("temperature"),
}


def _units() -> dict[str, Unit]:
    table: dict[str, Unit] = {}

    def add(words: str, unit: Unit) -> None:
        table.update((word.replace("|", " "), unit) for word in words.split())

    for words, factor in _TIME.items():
        add(words, Unit("time", factor))
    for words, factor in _MONTHS.items():
        add(words, Unit("months", factor))
    for stem in ("minütig", "stündig", "tägig", "wöchig", "monatig", "jährig"):
        table.update((f"{stem}{ending}", table[stem]) for ending in ("e", "en", "er", "es", "em"))
    add(_BUSINESS_DAYS, Unit("business days"))
    add(_PERCENT, Unit("percent"))
    for currency, words in _MONEY.items():
        add(words, Unit(f"money {currency}"))
    for dimension, sizes in _MEASURES.items():
        for words, factor in sizes.items():
            add(words, Unit(dimension, factor))
    for forms, (factor, offset) in _TEMPERATURES.items():
        table.update((form, Unit("temperature", factor, offset)) for form in forms.split("|"))
    return table


UNITS = _units()
# The longest of them, in words.
MOST_WORDS = max(name.count(" ") + 1 for name in UNITS)
CURRENCIES = {name: unit for name, unit in UNITS.items() if unit.dimension.startswith("money")}
JAPANESE = re.compile("|".join(sorted(map(re.escape, _JAPANESE), key=len, reverse=True)))
# What German joins to its numbers, and what that is: `zweijährig`, `sechsstellig`.
STEMS = re.compile(r"(tägig|wöchig|monatig|jährig|stündig|minütig|stellig)\w{0,2}\Z|(?<=.)(jahres|monats)\Z")


def japanese(name: str) -> Unit:
    """Return a unit by its Japanese name."""
    return _JAPANESE[name]
