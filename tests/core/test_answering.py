"""The ladder: rules, the model, quoting where the model fails, a person where there is nothing to quote."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import words
from core.alerts import Alerts
from core.answering import Answerer
from core.knowledge import Library
from core.messages import Action, Answer, Findings, Reason, Role, Usage
from core.phrases import ENGLISH
from core.ports import FaultKind, ModelFault
from core.prompt import Prompter
from core.store import Store
from core.tokens import EstimatingCounter
from core.told_faults import told_of
from tests.builders import BEN, passage, stored, turn_of, write_knowledge
from tests.fakes import ScriptedModel

QUESTION = "How long do refunds take?"
QUOTED = "Refunds take five working days to reach your bank account."


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    library = Library(write_knowledge(tmp_path))
    yield library
    library.close()


def answerer(library: Library, model: ScriptedModel, alerts: Alerts | None = None) -> Answerer:
    return Answerer(library, model, Prompter(12_000, EstimatingCounter()), 300, alerts)


async def test_the_model_is_asked_with_all_that_it_needs(library: Library) -> None:
    model = ScriptedModel(Answer("Some days.", usage=Usage("m", 10, 0, 5, 1)))
    history = [stored("Where do you ship?", turn=1), stored("To Norway.", role=Role.ASSISTANT, turn=1)]
    answered = await answerer(library, model).answer(turn_of(QUESTION, "Tell me!", history=history, start=1))
    assert answered.answer == Answer("Some days.", usage=Usage("m", 10, 0, 5, 1))
    assert answered.contact == "Write to help@example.org."
    assert answered.window == 1
    [request] = model.requests
    assert request.question == f"{QUESTION}\nTell me!"
    assert request.max_tokens == 300
    assert request.findings == Findings()  # the whole folder is there: nothing is looked up
    assert request.passages.keys() == {"refunds.md#1", "shipping.md#1"}
    assert [message["content"] for message in request.messages][1:] == [
        *("Where do you ship?", "To Norway.", QUESTION, "Tell me!")
    ]


async def test_a_folder_that_does_not_fit_is_searched_and_earlier_questions_help(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.prompt.KNOWLEDGE_SHARE", 0.0)
    model = ScriptedModel(Answer("It depends."))
    history = [stored(QUESTION, turn=1), stored("parcels to Norway", role=Role.ASSISTANT, turn=1)]
    await answerer(library, model).answer(turn_of("xyzzy?", history=history))
    found = [one.passage.article for one in model.requests[0].findings.found]
    assert found[0] == "refunds.md"  # our own words count least


async def test_a_model_that_fails_is_replaced_by_quoting_and_its_tokens_are_booked(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    usage = Usage("m", 100, 0, 0, 2)
    model = ScriptedModel(ModelFault("HTTP 500", usage))
    answer = (await answerer(library, model).answer(turn_of(QUESTION))).answer
    assert answer.text.startswith(QUOTED)
    assert "[Refunds](https://help.example.org/refunds)" in answer.text
    assert (answer.action, answer.usage) == (Action.ANSWER, usage)
    assert ["HTTP 500" in record.getMessage() for record in caplog.records] == [True]


async def test_where_nothing_can_be_quoted_a_person_is_called(library: Library) -> None:
    usage = Usage("m", 100, 0, 0, 2)
    model = ScriptedModel(ModelFault("HTTP 500", usage))
    answer = (await answerer(library, model).answer(turn_of("Can I pay in gold?"))).answer
    assert answer == Answer("", Action.ESCALATE, Reason.MODEL_UNAVAILABLE, usage=usage)


async def test_small_talk_needs_no_person_also_when_the_model_fails(library: Library) -> None:
    model = ScriptedModel(ModelFault("HTTP 500"))
    answer = (await answerer(library, model).answer(turn_of("thanks!"))).answer
    assert (answer.text, answer.action) == (ENGLISH.welcome, Action.ANSWER)


async def test_who_asks_for_a_person_gets_one_and_no_model_is_asked(library: Library) -> None:
    model = ScriptedModel(Answer("No, me!"))
    for waiting in (["I want to talk to a human"], ["A human please", "it is about a refund"]):
        answer = (await answerer(library, model).answer(turn_of(*waiting))).answer
        assert answer == Answer("", Action.ESCALATE, Reason.ASKED_FOR_PERSON)
    assert model.requests == []


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_a_bare_mention_is_greeted_and_no_model_is_asked(text: str, library: Library) -> None:
    model = ScriptedModel(Answer("?"))
    answer = (await answerer(library, model).answer(turn_of(text))).answer
    assert (answer.text, answer.action) == (ENGLISH.greeting, Action.CLARIFY)
    assert model.requests == []


async def test_words_that_are_too_long_are_told_and_no_model_is_asked(library: Library) -> None:
    model = ScriptedModel(Answer("?"))
    answer = (await answerer(library, model).answer(turn_of("word " * 5_000))).answer
    assert (answer.text, answer.action) == (ENGLISH.too_long, Action.CLARIFY)
    assert model.requests == []


async def test_instructions_that_are_too_long_are_logged_and_the_articles_quoted(
    library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "instructions.md").write_text("rule " * 5_000)
    model = ScriptedModel(Answer("?"))
    with caplog.at_level(logging.ERROR):
        answer = (await answerer(library, model).answer(turn_of(QUESTION))).answer
    assert answer.text.startswith(QUOTED)
    assert model.requests == []
    assert "Shorten it, or raise CONTEXT_TOKENS" in caplog.text


async def test_the_sources_of_an_answer_are_named_below_it(library: Library) -> None:
    refunds = passage(url="https://x.example/r")
    plans = passage(id="plans.md#1", title="Plans *and* prices", heading="")
    model = ScriptedModel(
        Answer("Five days.", sources=(refunds,)),
        Answer("Five days.", sources=(refunds, passage(id="refunds.md#2", url="https://x.example/r"))),
        Answer("Both.", sources=(refunds, plans)),
        Answer("Hello."),
    )
    desk = answerer(library, model)
    texts = [(await desk.answer(turn_of(QUESTION))).answer.text for _ in range(4)]
    one = (
        "Five days.\n\n_This is from our article [Refunds](https://x.example/r), "
        "under “How long do refunds take?”._"
    )
    assert texts == [
        one,
        one,
        "Both.\n\n_This is from our articles [Refunds](https://x.example/r) and “Plans \\*and\\* prices”._",
        "Hello.",
    ]


@pytest.mark.parametrize("action", [Action.CLARIFY, Action.OFFER_HUMAN, Action.ESCALATE])
async def test_only_answers_name_sources(action: Action, library: Library) -> None:
    model = ScriptedModel(Answer("Hm.", action, sources=(passage(),)))
    assert (await answerer(library, model).answer(turn_of(QUESTION))).answer.text == "Hm."


async def test_the_window_moves_on_when_the_history_is_too_long(library: Library) -> None:
    model = ScriptedModel(Answer("Yes."))
    history = [replace(stored("word " * 100, author=BEN), turn=number) for number in range(1, 21)]
    answered = await answerer(library, model).answer(turn_of("?", history=history, start=1))
    assert 1 < answered.window <= 20


async def test_a_fault_of_our_own_is_not_taken_for_the_models(library: Library) -> None:
    model = ScriptedModel(RuntimeError("a bug"))
    with pytest.raises(RuntimeError, match="a bug"):
        await answerer(library, model).answer(turn_of(QUESTION))


# --- a model that can't be asked ----------------------------------------------------------------------


@pytest.mark.parametrize("question", [QUESTION, "Can I pay in gold?"])
async def test_a_customer_of_a_crowd_is_told_so_and_gets_a_quotation_or_an_offer(
    library: Library, question: str
) -> None:
    model = ScriptedModel(ModelFault("500 calls wait already", kind=FaultKind.QUEUE_FULL))
    answer = (await answerer(library, model).answer(turn_of(question))).answer
    assert answer.text.startswith(ENGLISH.busy)
    if question == QUESTION:
        assert QUOTED in answer.text
        assert answer.action is Action.ANSWER
    else:
        assert (answer.action, answer.reason) == (Action.OFFER_HUMAN, Reason.MODEL_UNAVAILABLE)


@pytest.mark.parametrize(
    "kind", [FaultKind.QUEUE_FULL, FaultKind.QUOTA_SPENT, FaultKind.BAD_KEY, FaultKind.UNKNOWN_MODEL]
)
async def test_the_agents_are_told_once_what_only_people_can_mend(
    library: Library, tmp_path: Path, kind: FaultKind
) -> None:
    store = await Store.open(tmp_path / "alerts.db")
    model = ScriptedModel(ModelFault("no", kind=kind))
    desk = answerer(library, model, Alerts(store, "stub:team"))
    for _ in range(3):
        await desk.answer(turn_of(QUESTION))
    told = [row.post for row in await store.take_posts(["stub"])]
    assert [(post.place, post.text) for post in told] == [("stub:team", words.MODEL_TROUBLE[kind])]
    await store.close()


async def test_what_passes_by_itself_is_not_told_to_the_agents(library: Library, tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "alerts.db")
    for kind in set(FaultKind) - words.MODEL_TROUBLE.keys():
        model = ScriptedModel(ModelFault("no", kind=kind))
        await answerer(library, model, Alerts(store, "stub:team")).answer(turn_of(QUESTION))
    assert await store.take_posts(["stub"]) == []
    await store.close()


def test_the_same_trouble_is_told_again_only_after_a_while() -> None:
    busy = ModelFault("no", kind=FaultKind.QUEUE_FULL)
    first, soon, later = (told_of(busy, at) for at in (7_200.0, 10_700.0, 10_900.0))
    assert first == soon
    assert first is not None
    assert later is not None
    assert first.key != later.key


async def test_a_trouble_that_lasts_is_logged_once_and_again_after_it_was_over(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    spent = ModelFault("the budget is spent", kind=FaultKind.BUDGET)
    model = ScriptedModel(spent, spent, Answer("Some days."), spent)
    desk = answerer(library, model)
    with caplog.at_level(logging.INFO):
        for _ in range(4):
            await desk.answer(turn_of(QUESTION))
    assert caplog.text.count("the budget is spent") == 2


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (FaultKind.NO_ANSWER, Reason.UNSURE),
        (FaultKind.PROMPT_TOO_LONG, Reason.UNSURE),
        (FaultKind.TRANSIENT, Reason.MODEL_UNAVAILABLE),
        (FaultKind.BUDGET, Reason.MODEL_UNAVAILABLE),
    ],
)
async def test_one_answer_that_went_wrong_is_no_outage(
    library: Library, kind: FaultKind, reason: Reason
) -> None:
    model = ScriptedModel(ModelFault("no", kind=kind))
    answer = (await answerer(library, model).answer(turn_of("Can I pay in gold?"))).answer
    assert (answer.action, answer.reason) == (Action.ESCALATE, reason)
