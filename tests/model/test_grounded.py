"""What a model says beyond its sources, what the customer reads of it, and what is kept: dialogues."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from core.messages import Press
from core.model import open_model
from core.phrases import ENGLISH
from tests.builders import write_knowledge
from tests.core.house import House as Desk
from tests.given import settings_of
from tests.model.house import FAST, RecordingMeter, RecordingThrottle
from tests.simulators.model import ModelSimulator
from tests.simulators.model_answers import Fault, Scripted, structured

RETURNS = """\
# Returns

## How long can I return it?

You can return it within 30 days. Return shipping costs $4.
"""
TAKE, RETURN = "refunds.md#1", "returns.md#1"
ASKED = "How long do refunds take?"


class Shop(Desk):
    """A desk whose model is the real client in front of a scripted server."""

    def __init__(self, folder: Path, server: ModelSimulator, **settings: object) -> None:
        self.server = server
        self.meter = RecordingMeter()
        keys = {"openai_api_key": server.api_key, "openai_base_url": server.base_url, **settings}
        loaded = settings_of(**keys)
        super().__init__(folder, open_model(loaded, self.meter, RecordingThrottle(), FAST).model)
        write_knowledge(folder / "knowledge", {"returns.md": RETURNS})

    async def asks(self, text: str = ASKED) -> list[str]:
        async with self.open():
            try:
                return await self.hears(text)
            finally:
                await self.model.close()

    @property
    def withheld(self) -> list[tuple[str, str, bool]]:
        [(kept,)] = self.rows("SELECT withheld FROM turns ORDER BY id DESC LIMIT 1")
        return [(one["kind"], one["claim"], one["mended"]) for one in json.loads(kept or "[]")]

    @property
    def decided(self) -> tuple[str, str | None, list[str]]:
        [(action, reason, sources)] = self.rows(
            "SELECT action, reason, sources FROM turns ORDER BY id DESC LIMIT 1"
        )
        return action, reason, json.loads(sources)


@pytest.fixture
async def shop(tmp_path: Path, server: ModelSimulator) -> Shop:
    return Shop(tmp_path, server)


async def test_a_reply_that_stands_in_its_sources_makes_no_second_call(shop: Shop) -> None:
    shop.server.replies("It takes 5 business days, to your card.", sources=[TAKE])
    [said] = await shop.asks()
    assert said.startswith("It takes 5 business days, to your card.\n\n_This is from our article")
    assert len(shop.server.requests) == 1
    assert shop.withheld == []


async def test_an_unsupported_sentence_is_mended_with_the_passage_at_hand(shop: Shop) -> None:
    shop.server.replies("Sure! It takes 7 business days. It goes to your card.", sources=[TAKE])
    shop.server.replies("It takes five working days and goes to your card.", sources=[TAKE])
    [said] = await shop.asks()
    assert said.startswith("Sure! It takes five working days and goes to your card.\n\n_This is from")
    assert shop.withheld == [("measure", "7 business days", True)]
    assert shop.decided == ("answer", None, [TAKE])
    first, second = shop.server.requests
    assert second.messages[: len(first.messages)] == first.messages
    draft, told = second.messages[-2:]
    assert json.loads(draft["content"])["reply"] == "Sure! It takes 7 business days. It goes to your card."
    for expected in (
        "“7 business days”",
        "Refunds take five working days to reach",
        f'id="{TAKE}"',
        "\nSure!\n",
    ):
        assert expected in told["content"]


async def test_what_stands_is_left_out_the_rest_shown_and_a_person_offered(shop: Shop) -> None:
    reply = "It goes to your card. You also get a $20 voucher. Return it within 30 days."
    shop.server.replies(reply, sources=[TAKE, RETURN])
    shop.server.replies("You also get $20. Return it within 30 days.", sources=[RETURN])
    [said] = await shop.asks()
    assert said == "\n\n".join(
        ["It goes to your card. Return it within 30 days.", ENGLISH.left_out, ENGLISH.offered()]
    )
    assert shop.withheld == [("price", "$20", False)]
    assert shop.decided == ("offer_human", "unsure", [TAKE, RETURN])
    assert len(shop.server.requests) == 2


async def test_where_nothing_is_left_the_customer_is_told_so(shop: Shop) -> None:
    for _ in range(2):
        shop.server.replies("It takes 9 weeks.", sources=[TAKE])
    [said] = await shop.asks()
    assert said == f"{ENGLISH.not_found}\n\n{ENGLISH.offered()}"
    assert shop.withheld == [("measure", "9 weeks", False)]
    assert shop.decided == ("offer_human", "unsure", [])


async def test_a_value_needs_a_source_that_is_named(shop: Shop) -> None:
    shop.server.replies("You can return it within 30 days.")
    shop.server.replies("You can return it within 30 days.", sources=[RETURN])
    [said] = await shop.asks("How long can I return it?")
    assert said.startswith("You can return it within 30 days.\n\n_This is from our article")
    assert shop.withheld == [("measure", "30 days", True)]
    assert "It names no sources." in shop.server.requests[1].messages[-1]["content"]


async def test_a_source_that_was_not_given_supports_nothing(shop: Shop) -> None:
    for _ in range(2):
        shop.server.replies("See orders/secret.md#1: 30 days.", sources=["orders/secret.md#1"])
    [said] = await shop.asks()
    assert "secret" not in said
    assert {kind for kind, _, _ in shop.withheld} == {"source", "measure"}


async def test_a_model_that_takes_no_form_may_rest_on_all_that_it_was_given(shop: Shop) -> None:
    shop.server.supports = set()
    shop.server.says("You can return it within 30 days. It costs $9.")
    shop.server.says("Return shipping costs $4.")
    [said] = await shop.asks()
    assert said == "You can return it within 30 days. Return shipping costs $4."


async def test_a_promise_is_not_shown_unless_a_person_is_called(shop: Shop) -> None:
    shop.server.replies("I've escalated this to our team.", action="answer")
    shop.server.replies("I can bring in a person.", action="offer_human", reason="unsure")
    [said] = await shop.asks("My sensor is broken.")
    assert said == f"I can bring in a person.\n\n{ENGLISH.offered()}"
    assert shop.withheld == [("promise", "I've escalated", True)]


async def test_a_hand_over_may_say_that_it_is_one(shop: Shop) -> None:
    shop.server.replies("I'll pass this to our team.", action="escalate", reason="sensitive")
    said = await shop.asks("My sensor is broken.")
    assert said == ["I'll pass this to our team.", ENGLISH.told]
    assert len(shop.server.requests) == 1


async def test_a_model_that_fails_when_it_should_mend_costs_the_customer_only_that_part(shop: Shop) -> None:
    shop.server.replies("It goes to your card. It takes 9 weeks.", sources=[TAKE])
    for _ in range(3):
        shop.server.fails(500)
    [said] = await shop.asks()
    assert said == "\n\n".join(["It goes to your card.", ENGLISH.left_out, ENGLISH.offered()])
    assert shop.withheld == [("measure", "9 weeks", False)]


async def test_the_second_call_has_only_the_time_that_is_left(tmp_path: Path, server: ModelSimulator) -> None:
    shop = Shop(tmp_path, server, answer_timeout=0.5, stall_timeout=0.4)
    server.replies("It goes to your card. It takes 9 weeks.", sources=[TAKE])
    server.queue(Scripted(structured("Never."), fault=Fault.HANG))
    began = asyncio.get_running_loop().time()
    [said] = await shop.asks()
    assert asyncio.get_running_loop().time() - began < 5
    assert said.startswith("It goes to your card.\n\n_(I left out")


async def test_both_calls_are_booked_and_the_second_as_a_call_for_the_same_question(shop: Shop) -> None:
    shop.server.replies("It takes 9 weeks.", sources=[TAKE])
    shop.server.replies("It takes five working days.", sources=[TAKE])
    await shop.asks()
    await shop.meter.booked()
    assert [call.again for call in shop.meter.calls.values()] == [False, True]
    [usage] = {sum(bill.calls for bill in shop.meter.bills if bill)}
    assert usage == 2


async def test_a_list_stays_one_and_its_heading_goes_with_it(shop: Shop) -> None:
    items = "Here is how:\n\n1. Wait. It takes 9 weeks.\n2. Then pay $77. Look at your card."
    for _ in range(2):
        shop.server.replies(items, sources=[TAKE])
    [said] = await shop.asks()
    assert said.startswith("Here is how:\n\n1. Wait.\n2. Look at your card.\n\n")


async def test_a_table_with_a_wrong_price_is_not_shown_nor_what_introduces_it(shop: Shop) -> None:
    table = "It goes to your card. Prices:\n\n| What | Price |\n| --- | --- |\n| Return | $5 |"
    for _ in range(2):
        shop.server.replies(table, sources=[TAKE, RETURN])
    [said] = await shop.asks()
    assert said == "\n\n".join(["It goes to your card.", ENGLISH.left_out, ENGLISH.offered()])


async def test_a_hand_over_instead_of_a_mended_reply_counts(shop: Shop) -> None:
    shop.server.replies("It takes 9 weeks.", sources=[TAKE])
    shop.server.replies("The articles don't say.", action="offer_human", reason="not_in_articles")
    [said] = await shop.asks()
    assert said == f"The articles don't say.\n\n{ENGLISH.offered()}"
    assert shop.decided == ("offer_human", "not_in_articles", [])
    assert shop.withheld == [("measure", "9 weeks", True)]


async def test_the_instructions_support_a_reply_and_what_the_bot_said_before_does_not(shop: Shop) -> None:
    shop.server.replies("Write to help@example.org. It is 30 days.", sources=[RETURN])
    for _ in range(2):
        shop.server.replies("As I said, 30 days; write to help@example.org.", sources=[TAKE])
    async with shop.open():
        await shop.hears("How long can I return it?")
        [said] = await shop.hears("Are you sure?")
    await shop.model.close()
    assert said.startswith(ENGLISH.not_found)
    assert shop.withheld == [("measure", "30 days", False)]


async def test_a_persons_words_support_a_reply(shop: Shop) -> None:
    shop.server.replies("You have 90 days, as Dana said.")
    async with shop.open():
        await shop.hears("I want to talk to a human")
        await shop.presses(Press.CLAIM)
        await shop.agent_says("For you it is 90 days.")
        await shop.presses(Press.GIVE_BACK)
        [said] = await shop.hears("How long was that?")
    await shop.model.close()
    assert said == "You have 90 days, as Dana said."
