"""Builds what all commands work with: the knowledge, the model, the answerer, the desk."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from core.answering import Answerer
from core.desk import Desk
from core.knowledge import Library
from core.messages import Agents
from core.ports import Clerk, Counter, Model
from core.prompt import Keeping, Prompter
from core.quote import Quoter
from core.settings import Settings
from core.store import Store
from core.summaries import Summaries
from core.tokens import counter_for

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class House:
    """Everything that a command works with."""

    settings: Settings
    library: Library
    articles: int
    counter: Counter
    model: Model
    answerer: Answerer
    prompter: Prompter
    clerk: Clerk | None = None

    def how(self) -> str:
        """Say how answers are made."""
        if self.settings.uses_model:
            return f"answering with {self.settings.openai_model}"
        return "quoting the articles (set OPENAI_API_KEY for a model)"


@contextlib.asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Build what all commands share, and take it down again."""
    library = Library(settings.knowledge_dir)
    model: Model | None = None
    try:
        counter, articles = await asyncio.gather(
            asyncio.to_thread(counter_for, settings.openai_model), library.open()
        )
        clerk: Clerk | None = None
        prompter = Prompter(settings.prompt_tokens, counter, keeping_of(settings, clerk))
        prompter.check(await library.instructions())
        model = _model(settings)
        answerer = Answerer(library, model, prompter, settings.max_tokens)
        yield House(settings, library, articles, counter, model, answerer, prompter, clerk)
    finally:
        if model:
            await model.close()
        library.close()


def _model(settings: Settings) -> Model:
    if not settings.uses_model:
        return Quoter()
    from core.model import OpenAIModel  # importing openai takes a second that quoting need not wait

    return OpenAIModel(settings)


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


def agents_of(settings: Settings) -> Agents | None:
    """Return whom the settings say to call, if anybody."""
    if settings.agents is None:
        return None
    return Agents(settings.agents, settings.agents_mention or "", frozenset(settings.agent_ids))
