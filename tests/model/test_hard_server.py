"""A bad day: three hundred customers at once, a server that fails a third of the calls, and little money."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from core.alerts import Alerts
from core.costs.meter import meter_for
from core.messages import Author, IncomingMessage
from core.model import open_model
from core.model.calls import Pacing
from core.phrases import ENGLISH
from core.settings import Settings, load_settings
from core.store import Store
from core.throttle import FairThrottle, Limits
from tests.builders import TEAM, incoming
from tests.core.house import House
from tests.simulators.model import ModelSimulator
from tests.simulators.model_answers import Answer, Failure, Fault, Scripted, structured
from tests.simulators.model_requests import Request

CUSTOMERS = 300
REPLY = "Refunds take **some working days**. They go to the card that you paid with."
# What the server says that an answer used, and its cost in nano-dollars at the prices of gpt-4.1-mini: a
# million tokens are 0.40 dollars in, 0.10 cached, 1.60 out.
USAGE = {
    "prompt_tokens": 1_000,
    "completion_tokens": 90,
    "total_tokens": 1_090,
    "prompt_tokens_details": {"cached_tokens": 400},
}
COST = 1_000 * (600 * Decimal("0.40") + 400 * Decimal("0.10") + 90 * Decimal("1.60"))
BUDGET = Decimal("0.11")


class HardServer:
    """Fails three calls of ten, each in another way; counts the answers that it gave to the end."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.failed = 0
        self.answered = 0

    def answer(self, request: Request) -> Answer:
        if self._random.random() < 0.3:
            self.failed += 1
            return self._random.choice(FAILURES)
        self.answered += 1
        return Scripted(structured(REPLY), usage=USAGE, pieces=40)


_LIMITED = {"error": {"message": "Too fast.", "code": "rate_limit_exceeded", "type": "requests"}}
_DOWN = {"error": {"message": "Something went wrong.", "type": "server_error"}}
FAILURES: tuple[Answer, ...] = (
    Failure(429, _LIMITED, {"retry-after-ms": "5"}),
    Failure(429, _LIMITED),
    Failure(500, _DOWN),
    Failure(503, _DOWN),
    Scripted(structured(REPLY), fault=Fault.RESET),
    Scripted(structured(REPLY), fault=Fault.RESET, after=20),
    Scripted(structured(REPLY), fault=Fault.TRUNCATED, after=25),
    Scripted(structured(REPLY), fault=Fault.MALFORMED),
    Scripted(structured(REPLY), fault=Fault.EMPTY),
    Scripted(structured(REPLY), fault=Fault.WRONG_TYPE),
    Scripted(structured(REPLY), fault=Fault.ERROR_EVENT, after=30),
)


def settings_for(server: ModelSimulator) -> Settings:
    return load_settings(
        _env_file=None,
        openai_api_key=server.api_key,
        openai_base_url=server.base_url,
        budget_day=BUDGET,
    )


def asked_by(number: int) -> IncomingMessage:
    author = Author(f"stub:c{number}", f"Customer {number}")
    # The articles hold no answer to every third question: without the model it needs a person.
    question = "How long do refunds take?" if number % 3 else "Can I pay in gold?"
    said = incoming(question, author=author, conversation=f"stub:dm{number}")
    return replace(said, sent_at=time.time())


async def test_every_customer_is_answered_or_handed_over_once_and_the_budget_holds(tmp_path: Path) -> None:
    hard = HardServer(seed=5)
    async with ModelSimulator() as server:
        server.always(hard.answer)
        server.rate_limits = {}
        store = await Store.open(tmp_path / "usage.db")
        settings = settings_for(server)
        meter = meter_for(settings, store, Alerts(store, TEAM))
        throttle = FairThrottle(Limits(calls_at_once=20))
        opened = open_model(settings, meter, throttle, Pacing(first=0.001, longest=0.01))
        house = House(tmp_path, opened.model)
        house.turns_at_once = 100
        async with house.open() as desk:
            await asyncio.gather(*(desk.receive(asked_by(number)) for number in range(CUSTOMERS)))
            await desk.settled()
            texts = [house.platform.texts(f"stub:dm{n}") for n in range(CUSTOMERS)]
        await opened.model.close()
        await meter.close()
        alerts = [row.post.text for row in await store.take_posts(["stub"])]
        await store.close()
    day, settled, assumed = books(tmp_path / "usage.db")

    by_model = sum(text == [REPLY] for text in texts)
    quoted = sum(len(text) == 1 and "How long do refunds take?" in text[0] for text in texts)
    handed_over = sum(any(ENGLISH.told in part for part in text) for text in texts)
    # On a slow machine some replies are read while they come, and end in the middle with an offer.
    broken_off = sum(any(ENGLISH.broken_off in part for part in text) for text in texts)
    assert by_model + quoted + handed_over + broken_off == CUSTOMERS
    assert all(len(text) == len(set(text)) for text in texts)
    # The money ran out in the middle: some had the model, the others the articles.
    assert by_model > 100
    assert quoted > 50
    assert handed_over > 20
    assert hard.failed > 0.2 * (hard.failed + hard.answered)
    # What the server told was booked to the last digit, and with what it did not tell the cap holds.
    assert settled == hard.answered * COST
    assert assumed > 0
    assert day == settled + assumed
    assert day <= BUDGET * 1_000_000_000
    assert sum("budget" in text for text in alerts) in {1, 2}


def books(file: Path) -> tuple[int, int, int]:
    """Return the day's total, what was settled by the server's figures, and what was booked without them."""
    with contextlib.closing(sqlite3.connect(file)) as db:
        query = "SELECT amount FROM spent WHERE who = '' AND length(period) = 10"
        (day,) = db.execute(query).fetchone()
        costs = dict(db.execute("SELECT state, sum(cost) FROM usage GROUP BY state").fetchall())
    assert costs.keys() <= {"settled", "assumed"}
    return day, costs.get("settled", 0), costs.get("assumed", 0)
