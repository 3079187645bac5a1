"""Paid models behind the ports `Model` and `Clerk`: OpenAI's, or those of any server that speaks the same."""

from __future__ import annotations

import random
from dataclasses import dataclass

from core.model import chat, responses
from core.model.answers import Answers
from core.model.bracket import Brackets
from core.model.breaker import Breaker, Patience
from core.model.calls import Calls, Pacing
from core.model.clerk import ModelClerk
from core.model.embeddings import ProviderEmbedder
from core.model.ladder import Ladder
from core.model.moderation import Moderation
from core.model.parameters import manner_of
from core.model.wire import Wire, open_client
from core.ports import Clerk, Embedder, Meter, Model, Throttle
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """What `open_model` gives.

    Attributes:
        model: Answers, with the model that is set and the one that takes over for it; closes for both.
        clerk: Writes with the cheaper of the two.
        embedder: Embeds with the server's model, where the settings ask for that.
    """

    model: Model
    clerk: Clerk
    embedder: Embedder | None = None


def open_model(
    settings: Settings,
    meter: Meter,
    throttle: Throttle,
    pacing: Pacing | None = None,
    patience: Patience | None = None,
) -> OpenedModel:
    """Return the models that the settings name, over one client. Needs no running loop.

    Args:
        settings: Which models, where, and how they are asked.
        meter: Is asked before each request and told of its cost after.
        throttle: Says when each request may be made.
        pacing: When failed calls are tried again.
        patience: When a server that fails is left alone.
    """
    key, url = settings.openai_api_key, settings.openai_base_url
    wire = Wire(open_client(key.get_secret_value() if key else None, str(url) if url else None))
    brackets = Brackets(meter, throttle)
    patience, pacing = patience or Patience(), pacing or Pacing()
    dialect = responses if settings.openai_api == "responses" else chat

    def calls(model: str) -> Calls:
        return Calls(
            wire,
            dialect,
            manner_of(model, settings),
            brackets,
            Breaker(patience, random.random),
            settings.stall_timeout,
            pacing,
        )

    def embedder() -> Embedder | None:
        if settings.embeddings != "provider":
            return None
        breaker = Breaker(patience, random.random)
        return ProviderEmbedder(wire, settings.openai_embedding_model, brackets, breaker, pacing)

    async def close() -> None:
        await brackets.close()
        await wire.close()

    names = dict.fromkeys(filter(None, (settings.openai_model, settings.openai_fallback_model)))
    rungs = [calls(name) for name in names]
    moderation = Moderation(wire) if settings.moderation else None
    ladder = Ladder([Answers(rung) for rung in rungs], settings.answer_timeout, moderation, close)
    return OpenedModel(ladder, ModelClerk(rungs[-1], settings.answer_timeout), embedder())
