"""Builds what all commands work with: the knowledge, the model, the answerer, the desk."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bots.progress import Telling
from core.alerts import Alerts
from core.answering import Answerer
from core.costs.meter import StoreMeter, meter_for
from core.desk import Desk
from core.embedding import open_embedder
from core.knowledge import Library
from core.messages import Agents
from core.ports import Clerk, Counter, Embedder, Meter, Model
from core.prompt import Keeping, Prompter
from core.quote import Quoter
from core.settings import Settings
from core.store import Store
from core.summaries import Summaries
from core.throttle import FairThrottle, Limits
from core.tokens import counter_for

log = logging.getLogger(__name__)

# A token has fewer than twice as many characters, and the folder may take half of a prompt: what is longer
# fits none.
MOST_CHARACTERS_A_TOKEN = 4
# So many passages' vectors are made before one question is answered (half a minute), or a whole batch (some
# minutes).
FEW, MANY = 300, 5_000
LEARNING = "Learning what the articles mean"


@dataclass(frozen=True)
class House:
    """Everything that a command works with."""

    settings: Settings
    library: Library
    articles: int
    counter: Counter
    model: Model
    clerk: Clerk | None
    answerer: Answerer
    prompter: Prompter

    def how(self) -> str:
        """Say how answers are made."""
        if self.settings.uses_model:
            return f"answering with {self.settings.openai_model}"
        return "quoting the articles (set OPENAI_API_KEY for a model)"


@contextlib.asynccontextmanager
async def open_house(
    settings: Settings, meter: Meter | None = None, alerts: Alerts | None = None
) -> AsyncIterator[House]:
    """Build what all commands share, and take it down again.

    Args:
        settings: Say what is built.
        meter: Keeps the budgets; None: there are none, and nothing is recorded.
        alerts: Tells the agents of what only people can mend; None: nobody is told.
    """
    async with contextlib.AsyncExitStack() as stack:
        model, clerk, provider = _models(settings, meter)
        stack.push_async_callback(model.close)
        library = await stack.enter_async_context(library_of(settings, provider))
        counter, articles = await asyncio.gather(
            asyncio.to_thread(counter_for, settings.openai_model), library.open()
        )
        prompter = Prompter(settings.prompt_tokens, counter, keeping_of(settings, clerk))
        prompter.check(await library.instructions())
        answerer = Answerer(library, model, prompter, settings.max_tokens, alerts)
        yield House(settings, library, articles, counter, model, clerk, answerer, prompter)


@contextlib.asynccontextmanager
async def library_of(settings: Settings, provider: Embedder | None) -> AsyncIterator[Library]:
    """Build the library, not open yet, with what it needs to search by meaning, and take it down again.

    Args:
        settings: Say where it is and how it is searched.
        provider: Embeds where the settings say that the provider does.

    Raises:
        EmbeddingMissing: The settings ask for what is not there.
    """
    embedder = open_embedder(settings, provider)
    library = Library(
        settings.knowledge_dir,
        settings.index_dir,
        embedder,
        threshold=settings.answerable,
        most_whole=settings.prompt_tokens * MOST_CHARACTERS_A_TOKEN,
        progress=Telling("Reading the articles"),
    )
    try:
        yield library
    finally:
        library.close()
        if embedder:
            await embedder.close()


@contextlib.asynccontextmanager
async def open_library(settings: Settings) -> AsyncIterator[Library]:
    """Build and open the library alone, with the provider's embeddings where the settings say so."""
    async with contextlib.AsyncExitStack() as stack:
        provider = None
        if settings.embeddings == "provider":
            meter = await stack.enter_async_context(open_billed(settings))
            model, _, provider = _models(settings, meter)
            stack.push_async_callback(model.close)
        library = await stack.enter_async_context(library_of(settings, provider))
        await library.open()
        yield library


async def learn_meanings(library: Library, most: int) -> None:
    """Make the vectors that are missing before a command answers, with a bar; where they are many, say so.

    Args:
        library: Whose.
        most: How many are made; for more, who asks would wait too long.
    """
    missing = await library.missing_vectors()
    if missing <= most:
        await library.make_vectors(Telling(LEARNING))
    else:
        log.warning(
            "%d passages can't be found by their meaning yet, by their words alone. `frontdesk run` and "
            "`frontdesk chat` learn what they mean in the background, some 10 a second.",
            missing,
        )


def _models(settings: Settings, meter: Meter | None) -> tuple[Model, Clerk | None, Embedder | None]:
    if not settings.uses_model:
        return Quoter(), None, None
    # Importing openai takes a second that quoting need not wait.
    from core.model import open_model
    from core.model.free import Unmetered

    opened = open_model(settings, meter or Unmetered(), throttle_for(settings))
    return opened.model, opened.clerk, opened.embedder


@contextlib.asynccontextmanager
async def open_billed(settings: Settings) -> AsyncIterator[StoreMeter]:
    """Open the database for what calls cost, for a command that serves nobody, and close it again."""
    store = await Store.open(settings.database)
    try:
        # What the agents are told waits for the process that serves them.
        async with open_meter(settings, store, Alerts(store, settings.agents)) as meter:
            yield meter
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def open_meter(settings: Settings, store: Store, alerts: Alerts) -> AsyncIterator[StoreMeter]:
    """Build the meter, and let it end its work before the store is closed."""
    meter = meter_for(settings, store, alerts)
    try:
        yield meter
    finally:
        await meter.close()


def throttle_for(settings: Settings) -> FairThrottle:
    """Return what keeps the limits on calls; one for the whole process."""
    return FairThrottle(
        Limits(
            settings.calls_at_once,
            settings.questions_per_minute,
            settings.queue_size,
            settings.requests_per_minute,
            settings.tokens_per_minute,
        )
    )


def desk_for(settings: Settings, store: Store, house: House, agents: Agents | None) -> Desk:
    """Return the desk of a house; platforms are connected to it by whoever asks for it."""
    return Desk(
        store,
        house.answerer,
        house.counter,
        agents,
        settings.turns_at_once,
        settings.read_back_hours * 3_600,
        settings.read_back_timeout,
        _summaries(settings, store, house),
    )


def _summaries(settings: Settings, store: Store, house: House) -> Summaries | None:
    if settings.history != "summary" or house.clerk is None:
        return None
    return Summaries(store, house.clerk, house.prompter, house.counter)


def keeping_of(settings: Settings, clerk: Clerk | None) -> Keeping:
    """Return how the history is kept; without a model that writes summaries the oldest turns are dropped."""
    if settings.history == "summary" and clerk is None:
        log.warning("HISTORY=summary needs a model that writes the summaries; the oldest turns are dropped.")
        return "drop"
    return settings.history


def session_seconds(settings: Settings) -> float | None:
    """Return after how long a silence a session ends; None if none does."""
    return settings.session_hours * 3_600 if settings.history == "session" else None


@contextlib.asynccontextmanager
async def open_desk(settings: Settings, agents: Agents | None) -> AsyncIterator[tuple[House, Desk]]:
    """Open the database and build a desk on it with all that it works with, and take it down again."""
    store = await Store.open(settings.database, session_seconds(settings))
    try:
        alerts = Alerts(store, agents.place if agents else None)
        async with open_meter(settings, store, alerts) as meter, open_house(settings, meter, alerts) as house:
            await meter.take_up()
            house.library.keep_making_vectors(Telling(LEARNING, bar=False))
            desk = desk_for(settings, store, house, agents)
            alerts.wake = desk.send
            yield house, desk
    finally:
        await store.close()


def agents_of(settings: Settings) -> Agents | None:
    """Return whom the settings say to call, if anybody."""
    if settings.agents is None:
        return None
    return Agents(settings.agents, settings.agents_mention or "", frozenset(settings.agent_ids))
