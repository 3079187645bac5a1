"""What models cost: a dated table as data, and a file of one's own that replaces or extends it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any

from core.faults import Mendable
from core.messages import Usage

OURS = Path(__file__).with_name("prices.toml")

# Money is counted in whole nano-dollars, so that sums are exact: a token at $1 for a million costs so many.
_NANO_A_TOKEN = 1_000

_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_NEEDED = ("input", "output")
_KEYS = ("input", "cached_input", "cache_write", "output")


class WrongPrices(Mendable):
    """A file of prices that can't be used; the text names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a model's tokens cost, in US dollars for a million.

    Attributes:
        prompt: A token of the prompt; where writing to the provider's cache costs more, that, since no
            server tells which tokens were written.
        cached: One that the provider's cache held.
        output: A token of the answer.
    """

    prompt: Decimal
    cached: Decimal
    output: Decimal

    def cost(self, usage: Usage) -> int:
        """Return what tokens cost, in nano-dollars, rounded up."""
        cached = min(usage.cached_tokens, usage.prompt_tokens)
        dollars = (
            (usage.prompt_tokens - cached) * self.prompt
            + cached * self.cached
            + usage.completion_tokens * self.output
        )
        return int((dollars * _NANO_A_TOKEN).to_integral_value(ROUND_CEILING))


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices of all models that are known, and when they were looked up."""

    as_of: date
    models: Mapping[str, Price]

    def of(self, model: str) -> Price | None:
        """Return the price of a model, also of a dated version of one that is known; None for others."""
        return self.models.get(model) or self.models.get(_DATED.sub("", model))

    def cost(self, model: str, usage: Usage) -> int:
        """Return what a model's tokens cost, in nano-dollars; nothing where its price is not known."""
        price = self.of(model)
        return price.cost(usage) if price else 0


def load_prices(own: Path | None = None) -> Prices:
    """Read the table, and over it a file of one's own.

    Raises:
        WrongPrices: The file can't be read, or an entry of it can't be understood.
    """
    prices = _read(OURS)
    if own is None:
        return prices
    newer = _read(own, prices.as_of)
    return Prices(newer.as_of, {**prices.models, **newer.models})


def _read(path: Path, as_of: date | None = None) -> Prices:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise WrongPrices(
            f"The prices {path} can't be read ({error.strerror}). Set PRICES to a file that is there, or "
            "leave it empty."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongPrices(f"The prices {path} are not TOML: {error}") from error
    if unknown := set(data) - {"as_of", "models"}:
        raise WrongPrices(
            f"{path}: {min(unknown)} is neither as_of nor [models]; a model's prices stand below [models]."
        )
    looked_up = data.get("as_of", as_of)
    if type(looked_up) is not date:
        raise WrongPrices(f"{path}: as_of must be a day, such as 2026-11-22")
    models = data.get("models", {})
    if not isinstance(models, dict):
        raise WrongPrices(f"{path}: models must be a table, [models]")
    return Prices(looked_up, {name: _price(path, name, entry) for name, entry in models.items()})


def _price(path: Path, name: str, entry: Any) -> Price:
    where = f'{path}: the model "{name}"'
    if not isinstance(entry, dict):
        raise WrongPrices(f"{where} must be {{ input = …, output = … }}")
    if unknown := [key for key in entry if key not in _KEYS]:
        # An unquoted gpt-4.1 is a table gpt-4 with a table 1 in it.
        raise WrongPrices(
            f"{where} has {unknown[0]}, which is none of {', '.join(_KEYS)}; names with dots need quotes"
        )
    if missing := [key for key in _NEEDED if key not in entry]:
        raise WrongPrices(f"{where} has no {missing[0]}")
    values = {key: _dollars(f"{where}, {key}", value) for key, value in entry.items()}
    fresh = max(values["input"], values.get("cache_write", values["input"]))
    return Price(fresh, values.get("cached_input", fresh), values["output"])


def _dollars(where: str, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise WrongPrices(f"{where}: must be a number of US dollars for a million tokens")
    dollars = Decimal(value)
    if not dollars.is_finite() or dollars < 0:
        raise WrongPrices(f"{where}: must be a number of US dollars for a million tokens, not {dollars}")
    return dollars
