"""An answer that breaks off anywhere is told to its end, and nothing in it twice."""

from __future__ import annotations

import json

import pytest

from core.ports import ModelFault, Sentence
from tests.model.house import House, asked
from tests.simulators.model_answers import Fault, Scripted, structured
from tests.simulators.model_requests import Request

TEXT = (
    "Refunds take 3.5 days. Then:\n\n1. Open it.\n2. Send it.\n\nSee [this. Here](http://a.b/c). All right?"
)
FIELDS = '{"action":"answer","reason":null,"sources":[],"reply":'


def go_on(request: Request, repeats: bool) -> Scripted:
    """Say the rest of the text after what was said, or with what was said last."""
    [*_, said, _] = ["", "", *(m["content"] for m in request.messages)]
    told = json.loads(said)["reply"] if said.startswith("{") else ""
    rest = TEXT[len(told) :]
    last = told.rsplit("\n", 1)[-1] if repeats else ""
    return Scripted(structured(last + rest if last else rest.lstrip()))


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.RESET, Fault.ERROR_EVENT])
async def test_whatever_came_before_it_broke_off(chat: House, fault: Fault, repeats: bool) -> None:
    chat.server.always(lambda request: go_on(request, repeats))
    whole = structured(TEXT)
    for keep in range(3, len(whole), 7):
        broken = Scripted(whole, pieces=[whole[:keep], whole[keep:]], fault=fault, after=1)
        chat.server.queue(broken)
        answer = await chat.answer()
        assert " ".join(answer.text.split()) == " ".join(TEXT.split()), keep


async def test_what_was_shown_stays_when_the_rest_cannot_be_had(chat: House) -> None:
    whole = structured(TEXT)
    for _ in range(3):
        chat.server.queue(Scripted(whole, pieces=[whole[:-4], whole[-4:]], fault=Fault.RESET, after=1))
    shown: list[str] = []

    async def show() -> None:
        async for piece in chat.opened.model.answer(asked()):
            shown.extend([piece.text] if isinstance(piece, Sentence) else [])

    with pytest.raises(ModelFault, match="broke off"):
        await show()
    assert "".join(shown) == TEXT[: -len(" All right?")]
