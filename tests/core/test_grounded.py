"""Whatever a model says: nothing unsupported is shown, nothing taken back, it is asked twice at most."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.grounded import Extend, grounded
from core.grounding import Evidence, of_passages, unsupported
from core.messages import Action, Answer, Findings, Usage
from core.ports import ChatMessage, FaultKind, ModelFault, Opening, Piece, Request, Sentence
from tests.builders import passage
from tests.fakes import ScriptedModel

ARTICLE = passage("Refunds take 14 days. They cost $4.")
GOOD = ["It is easy.", "It takes two weeks.", "It costs 4 dollars.", "See below:", "**Fine.**"]
BAD = ["It takes 15 days.", "It costs $5.", "I've refunded you.", "See https://evil.test."]
REPLIES = st.lists(
    st.tuples(st.sampled_from([*GOOD, *BAD]), st.sampled_from([" ", "\n\n", "\n- ", "\n1. "])), max_size=6
).map(lambda parts: "".join(f"{space}{sentence}" for sentence, space in parts).strip())


def asked() -> Request:
    return Request(({"role": "user", "content": "?"},), "?", Findings(), {ARTICLE.id: ARTICLE}, 100, 10)


def fits(request: Request, more: Sequence[ChatMessage]) -> Request | None:
    return request


def never_fits(request: Request, more: Sequence[ChatMessage]) -> Request | None:
    return None


async def shown(model: ScriptedModel, extend: Extend = fits) -> tuple[list[Piece], Answer]:
    *pieces, answer = [piece async for piece in grounded(model, asked(), Evidence(), extend)]
    assert isinstance(answer, Answer)
    return pieces, answer


def says(reply: str) -> Answer:
    return Answer(reply, sources=(ARTICLE,), usage=Usage("m", 1, 0, 1, 1))


@settings(max_examples=60, deadline=None)
@given(REPLIES.filter(bool), REPLIES.filter(bool), st.booleans())
async def test_whatever_is_said_only_what_is_supported_is_shown(first: str, second: str, room: bool) -> None:
    model = ScriptedModel(says(first), says(second))
    pieces, answer = await shown(model, fits if room else never_fits)
    opening, *sentences = pieces
    assert isinstance(opening, Opening)
    assert "".join(piece.text for piece in sentences if isinstance(piece, Sentence)) == answer.text
    assert not unsupported(answer.text, of_passages([ARTICLE]))
    is_held = any(bad in first for bad in BAD)
    assert len(model.requests) == 1 + (is_held and room)
    assert answer.usage.calls == len(model.requests)
    assert bool(answer.withheld) == is_held
    if is_held:
        is_mended = room and not any(bad in second for bad in BAD)
        assert all(one.mended for one in answer.withheld) == is_mended
    assert (answer.action is Action.ANSWER) == all(one.mended for one in answer.withheld)
    if not is_held:
        assert answer == says(first)


@pytest.mark.parametrize("usage", [Usage(), Usage("m", 7, 0, 0, 1)])
async def test_a_second_call_that_fails_is_booked_and_not_raised(usage: Usage) -> None:
    model = ScriptedModel(says("Fine. It takes 15 days."), ModelFault("HTTP 500", usage))
    _, answer = await shown(model)
    assert answer.text.startswith("Fine.")
    assert answer.usage == Usage("m", 1, 0, 1, 1) + usage


async def test_a_first_call_that_fails_is_raised() -> None:
    with pytest.raises(ModelFault, match="HTTP 500"):
        await shown(ScriptedModel(ModelFault("HTTP 500", kind=FaultKind.TRANSIENT)))


async def test_nothing_unsupported_was_shown_before_the_second_call() -> None:
    seen: list[str] = []
    model = ScriptedModel(says("Fine. It takes 15 days. Bye."), says("It takes 14 days."))
    async for piece in grounded(model, asked(), Evidence(), fits):
        if isinstance(piece, Sentence):
            seen.append(f"{piece.text} ({len(model.requests)})")
    assert seen == ["Fine. (1)", " It takes 14 days. (2)"]
