"""A customer asks to be forgotten: their words go from the tables, the file's bytes and the agents' place."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from core import words
from core.forgetting import ASKED_SECONDS
from core.messages import (
    Answer,
    Author,
    CaseState,
    File,
    IncomingPress,
    Post,
    Press,
    Reading,
    Reason,
    Summary,
)
from core.phrases import ENGLISH
from core.ports import FaultKind, ModelFault, Refused, Request
from core.posts import new_key
from core.schema import migrations
from core.store import OutboxRow
from core.store.quotes import quotes_of, unquoted
from tests.builders import BEN, DANA, TEAM, incoming, next_position, offer
from tests.core.house import ASK, House
from tests.fakes import ScriptedModel

# Every word of theirs and about them holds one of these; ids do not.
ZOE = Author("stub:zoe", "Zoë Quagga77")
SECRET = "My zebra77 is called Gnü77 🦓"
ANSWER = "Your okapi77 is fine."
BY_AGENT = "We found the tapir77, Zoë."
TRACES = ("quagga77", "zebra77", "gnü77", "okapi77", "tapir77", "kudu77", "🦓", "zoë", "$7077")
PICTURE = (File("zebra77.png", "https://example.org"),)
DM = "stub:zoes"

# What may hold words of a customer or about one; all of it is emptied.
WORDS = {
    "messages": {"author_name", "text", "files"},
    "turns": {"withheld"},
    "posts": {"text", "otherwise", "buttons"},
    "cases": {"customer_name", "question", "body", "answer"},
    "people": {"name"},
    "tombstones": {"text"},
    "notes": {"text", "files"},
    "outages": {"lines"},
    "summaries": {"text"},
    "readings": {"name", "text"},
}
# What holds ids of the platforms or our own, words of a closed list, figures, and names of agents.
NO_WORDS = {
    "conversations": {"id", "opened_by", "unread", "language"},
    "messages": {"id", "conversation", "platform", "place", "role", "author", "audience"},
    "turns": {
        "conversation",
        "platform",
        "customer",
        "state",
        "action",
        "reason",
        "sources",
        "feedback",
        "language",
    },
    "posts": {
        *{"key", "platform", "place", "mention", "reply_to", "after", "state", "ref", "error", "under"},
        *{"edits", "sign", "only_for", "carries", "names", "answers"},
    },
    "cases": {
        *{"conversation", "customer", "place", "reason", "state", "owner", "owner_name", "ping", "key"},
        *{"desk", "thread", "asked", "subject", "spoke", "rating", "language"},
    },
    "case_steps": {"state", "who", "why"},
    "usage": {"conversation", "customer", "model", "day", "place", "purpose", "state"},
    "people": {"id"},
    "tombstones": {"id"},
    "seen": {"platform"},
    "notes": {"id", "author", "author_name"},
    "outages": {"place", "key"},
    "spent": {"period", "who"},
    "alerts": {"key"},
    "summaries": {"conversation"},
    "forgotten": {"who", "state"},
    "readings": {"message"},
    "pauses": {"conversation", "customer"},
}


def traces(folder: Path, needles: Sequence[str] = TRACES) -> list[str]:
    """Return which of some words stand in the bytes of the database's files, as they are or as JSON."""
    data = b"".join(file.read_bytes() for file in folder.glob("frontdesk.db*"))
    seen = data + data.lower()
    forms = {needle: {needle, needle.upper(), json.dumps(needle)[1:-1]} for needle in needles}
    return [n for n, written in forms.items() if any(form.encode() in seen for form in written)]


async def forgets(house: House, who: Author = ZOE, press: Press = Press.FORGET) -> str:
    """Let a customer ask to be forgotten, and answer; return what they are told."""
    aside = await house.desk.forgetting.ask(who)
    return await house.presses(press, who, about=aside.buttons[0].about)


def words_in(house: House) -> dict[str, set[str]]:
    """Return where traces of theirs are, by table and column; what we say besides counts as well."""
    found: dict[str, set[str]] = {}
    db = Database(house.folder / "frontdesk.db")
    for table, names in columns().items():
        rows = list(db.table(table).rows)
        for name in names:
            texts = " ".join(str(row[name]) for row in rows).lower()
            ours = (table, name) in {("posts", "otherwise"), ("posts", "buttons")} and texts.strip()
            if ours or any(trace in texts or json.dumps(trace)[1:-1] in texts for trace in TRACES):
                found.setdefault(table, set()).add(name)
    db.close()
    return found


def seen_by_agents(house: House) -> list[str]:
    """Return which posts of the agents' place and below hold traces of theirs."""
    posts = [post.text for post in house.platform.posts if post.place != DM and not post.only]
    return [text for text in posts if any(trace in text.lower() for trace in TRACES)]


async def swept(house: House) -> None:
    """Return once nothing waits to be forgotten or cleared."""
    while house.rows("SELECT 1 FROM forgotten WHERE state != 'swept'"):
        await asyncio.sleep(0.02)


def answers(request: Request) -> Answer:
    """Tell of the okapi to whoever speaks of the zebra."""
    if "price77" in request.question:
        return Answer("It costs $7077.")
    return Answer(ANSWER if "77" in request.question else "All right.")


async def a_life(house: House) -> None:
    """Let a customer have questions, an answer, edits, and a case that is resolved; another one besides."""
    for number in range(200):
        await house.desk.receive(incoming(f"{SECRET} {number}", author=ZOE, conversation=DM))
        if number % 40 == 0:
            await house.hears(f"How are my refunds {number}?", BEN)
    await house.hears(SECRET, ZOE, DM, id=f"{DM}/edited")
    await house.desk.edit(f"{DM}/edited", f"{SECRET} kudu77 " * 40, time.time())
    await house.hears(f"{ASK} about kudu77", ZOE, DM)
    thread = house.thread_of(house.cards[-1])
    note = incoming("Not sent: kudu77 by Zoë?", author=DANA, conversation=thread)
    await house.desk.receive(replace(note, files=PICTURE))
    await house.desk.settled()
    await house.presses(Press.CLAIM)
    await house.hears(f"It has stripes. {SECRET}", ZOE, DM)
    await house.agent_says(BY_AGENT)
    await house.presses(Press.RESOLVE)
    shown = replace(incoming("The price77?", author=ZOE, conversation=DM), files=PICTURE)
    await house.desk.receive(shown)
    await house.desk.settled()
    await house.store.keep_readings(shown.id, (Reading(0, "zebra77.txt", "kudu77", 1),))
    assert isinstance(house.model, ScriptedModel)
    house.model.says[:] = [ModelFault("down", kind=FaultKind.TRANSIENT)]
    await house.hears("What of the kudu77?", ZOE, DM)
    await house.presses(Press.RESOLVE)
    material = await house.store.unsummarised(DM)
    assert material
    summary = Summary(2, "They have a kudu77", 5)
    assert await house.store.keep_summary(DM, material.revision, summary)


# --- what may hold words ---------------------------------------------------------------------------


def columns() -> dict[str, set[str]]:
    """Return the columns of text, by table."""
    db = Database(memory=True)
    migrations.apply(db)
    return {
        table.name: {column.name for column in table.columns if column.type == "TEXT"}
        for table in db.tables
        if table.name != "_sqlite_migrations"
    }


def test_every_column_of_text_is_known_to_hold_words_or_none() -> None:
    """A new one that holds words needs a line in core/store/forgetting.py, and its place in `a_life`."""
    known = {table: NO_WORDS.get(table, set()) | WORDS.get(table, set()) for table in WORDS | NO_WORDS}
    assert columns() == known
    assert not any(NO_WORDS.get(table, set()) & WORDS[table] for table in WORDS)


# --- what is removed ---------------------------------------------------------------------------------


async def test_nothing_is_left_in_the_bytes_and_others_keep_theirs(house: House) -> None:
    house.model = ScriptedModel(answers)
    async with house.open():
        await a_life(house)
        assert set(traces(house.folder)) == set(TRACES)
        assert words_in(house) == WORDS
        assert len(seen_by_agents(house)) > 4
        others = house.rows("SELECT id, text FROM messages WHERE conversation = 'stub:help'")
        figures = house.rows("SELECT id, state, action, reason, customer, sources FROM turns")

        assert await forgets(house) == ENGLISH.forgotten
        await swept(house)
        assert traces(house.folder) == []
        # Others' words, the figures and the ids are as they were.
        assert house.rows("SELECT id, text FROM messages") == others
        assert house.rows("SELECT id, state, action, reason, customer, sources FROM turns") == figures
        assert house.rows("SELECT state, forgotten, owner_name FROM cases") == [("resolved", 1, "Dana")] * 2
        assert house.rows("SELECT text FROM tombstones WHERE id = 'stub:zoes/edited'") == [(None,)]

        # In the agents' place the card tells what it was, and nothing of what was said is left.
        await house.desk.settled()
        assert seen_by_agents(house) == []
        first, second, outage = house.pings
        assert first.startswith(words.forgotten_card(words.REASONS[Reason.ASKED_FOR_PERSON]))
        assert "Resolved by Dana" in first
        assert second.startswith(words.forgotten_card(words.REASONS[Reason.MODEL_UNAVAILABLE]))
        assert outage == words.FORGOTTEN_NOTICE
        assert [house.buttons(card) for card in house.cards] == [[], [], []]
        assert ANSWER in house.platform.texts(DM)  # what they read themselves is theirs
    assert traces(house.folder) == []


async def test_after_a_kill_the_next_start_clears_the_file(house: House, tmp_path: Path) -> None:
    async with house.open():
        await house.hears(SECRET, ZOE, DM)
        await house.store.forget(ZOE.id, lambda case: (), time.time())
        killed = tmp_path / "killed"
        killed.mkdir()
        for file in house.folder.glob("frontdesk.db*"):
            shutil.copy(file, killed)
    assert "zebra77" in traces(killed)  # the log of changes holds it still
    again = House(killed)
    async with again.open():
        await swept(again)
        assert traces(killed) == []


async def test_whoever_is_not_known_is_told_the_same(house: House) -> None:
    async with house.open():
        assert await forgets(house) == ENGLISH.forgotten
        assert await forgets(house) == ENGLISH.forgotten


# --- nothing comes back ------------------------------------------------------------------------------


async def test_a_second_delivery_an_edit_and_a_read_back_bring_nothing_back(house: House) -> None:
    house.model = ScriptedModel(Answer(ANSWER))
    async with house.open() as desk:
        now = time.time()
        first = replace(incoming(SECRET, author=ZOE, conversation=DM), sent_at=now - 10)
        never_came = replace(incoming(f"{SECRET}, still", author=ZOE, conversation=DM), sent_at=now - 5)
        await desk.receive(first)
        await desk.settled()
        await forgets(house)

        assert not await desk.receive(first)
        await desk.edit(first.id, f"{SECRET}, edited", time.time() + 5)
        assert not await desk.take_back(replace(first, edited_at=time.time() + 6))
        # What was written before and is heard of only now was meant as well.
        assert not await desk.take_back(never_came)
        await desk.edit(never_came.id, f"{SECRET}, edited", time.time() + 5)
        await swept(house)
        assert traces(house.folder) == []
        assert house.rows("SELECT text FROM messages") == []

        # What they write from now on is answered, with nothing of before in the prompt.
        assert await house.hears("How do refunds work?", ZOE, DM, sent_at=time.time() + 1) == [ANSWER]
        assert "zebra77" not in str(house.model.requests[-1].messages)


async def test_after_a_restart_the_place_is_still_read_back(house: House) -> None:
    async with house.open():
        await house.hears(SECRET, ZOE, DM)
        await forgets(house)
        assert await house.store.conversations("stub", 0) == [DM]


async def test_an_answer_under_way_is_dropped(house: House) -> None:
    model = ScriptedModel(Answer(ANSWER))
    model.gate = asyncio.Event()
    house.model = model
    async with house.open() as desk:
        await desk.receive(replace(incoming(SECRET, author=ZOE, conversation=DM), sent_at=time.time()))
        await model.asked.wait()
        aside = await desk.forgetting.ask(ZOE)
        press = IncomingPress(Press.FORGET, aside.buttons[0].about, ZOE, next_position(), time.time())
        assert (await desk.press(press)).text == ENGLISH.forgotten
        model.gate.set()
        await desk.settled()
        await swept(house)
        assert house.platform.texts(DM) == []
        assert traces(house.folder) == []


async def test_a_summary_that_is_being_written_is_thrown_away(house: House) -> None:
    async with house.open():
        await house.hears(SECRET, ZOE, DM)
        material = await house.store.unsummarised(DM)
        assert material
        await forgets(house)
        assert not await house.store.keep_summary(DM, material.revision, Summary(2, SECRET, 5))


async def test_a_post_that_fails_afterwards_is_quoted_to_nobody(house: House) -> None:
    async with house.open():
        await house.hears(SECRET, ZOE, DM)
        ((number, text),) = house.rows("SELECT id, text FROM posts")
        await forgets(house)
        sent = OutboxRow(number, Post("key", DM, text), 0, 0.0)
        doubt = Post(new_key(), TEAM, f"This may not have been delivered: {SECRET}")
        await house.store.failed(sent, "gone", [doubt])
        assert house.rows("SELECT 1 FROM posts WHERE text LIKE '%zebra77%'") == []


# --- who, and when -----------------------------------------------------------------------------------


async def test_only_a_press_of_their_own_counts_and_not_for_ever(house: House) -> None:
    async with house.open() as desk:
        await house.hears(SECRET, ZOE, DM)
        about = (await desk.forgetting.ask(ZOE)).buttons[0].about
        assert await house.presses(Press.FORGET, BEN, about=about) == ENGLISH.not_yours
        late = time.time() + ASKED_SECONDS + 5
        old = IncomingPress(Press.FORGET, about, ZOE, next_position(), late)
        assert (await desk.press(old)).text == ENGLISH.out_of_date
        assert await forgets(house, press=Press.KEEP) == ENGLISH.kept
        assert "zebra77" in traces(house.folder)
    async with house.open():  # the button knows all that it needs
        assert await house.presses(Press.FORGET, ZOE, about=about) == ENGLISH.forgotten
        await swept(house)
        assert traces(house.folder) == []


async def test_while_people_deal_with_them_it_waits_until_the_case_is_closed(house: House) -> None:
    async with house.open() as desk:
        await house.hears(f"{ASK}: {SECRET}", ZOE, DM)
        assert ENGLISH.forget_open in (await desk.forgetting.ask(ZOE)).text
        assert await forgets(house) == ENGLISH.forget_later
        assert "zebra77" in traces(house.folder)
    async with house.open() as desk:
        await house.presses(Press.CLAIM)
        await house.agent_says(BY_AGENT)
        gate = house.platform.gates[DM] = asyncio.Event()
        about = house.button(Press.RESOLVE).about
        await desk.press(IncomingPress(Press.RESOLVE, about, DANA, next_position(), time.time()))
        await desk.forgetting.look()
        assert await house.store.wishes() == [ZOE.id]  # they are to hear first what came of it
        gate.set()
        await house.platform.until(lambda: ENGLISH.forgotten_now in house.platform.texts(DM))
        await swept(house)
        assert traces(house.folder) == []
        # They were told first that the request is closed.
        assert house.platform.texts(DM)[-2:] == [ENGLISH.resolved, ENGLISH.forgotten_now]
        # Nothing of it can be gone on with.
        await desk.settled()
        assert await house.presses(Press.REOPEN) == words.FORGOTTEN_CASE
        assert await house.presses(Press.BAD, ZOE) == ENGLISH.out_of_date
        await house.agent_says("One more thing, Zoë")
        assert house.platform.texts(house.thread_of(house.cards[-1])) == [words.FORGOTTEN_CASE]
        assert house.rows("SELECT text FROM notes WHERE text != ''") == []


async def test_who_changes_their_mind_meanwhile_is_kept(house: House) -> None:
    async with house.open():
        await house.hears(f"{ASK}: {SECRET}", ZOE, DM)
        await forgets(house)
        assert await forgets(house, press=Press.KEEP) == ENGLISH.kept
        await house.presses(Press.RESOLVE)
        assert house.rows("SELECT * FROM forgotten") == []
        assert (await house.case()).question == f"{ASK}: {SECRET}"


async def test_an_offer_ends_at_once(house: House) -> None:
    house.model = ScriptedModel(offer())
    async with house.open():
        await house.hears(SECRET, ZOE, DM)
        assert await house.states(DM) == [CaseState.OFFERED]
        assert await forgets(house) == ENGLISH.forgotten
        assert await house.states(DM) == []
        assert await house.presses(Press.YES, ZOE) == ENGLISH.out_of_date
        # Nor does it count: a second offer to the same person would be a call.
        await house.hears(SECRET, ZOE, DM, sent_at=time.time() + 1)
        assert await house.states(DM) == [CaseState.OFFERED]


# --- where several write -----------------------------------------------------------------------------


async def test_in_a_thread_of_several_only_theirs_goes(house: House) -> None:
    house.model = ScriptedModel(Answer(ANSWER), Answer("All right."))
    async with house.open():
        await house.hears(SECRET, ZOE)
        await house.hears("How long do my refunds take?", BEN)
        await house.hears(ASK, BEN)
        transcript = house.platform.texts(house.thread_of(house.cards[-1]))[0]
        assert "zebra77" in transcript
        assert "How long do my refunds take?" in transcript

        assert await forgets(house) == ENGLISH.forgotten
        await swept(house)
        assert traces(house.folder) == []
        said = [text for (text,) in house.rows("SELECT text FROM messages ORDER BY turn, seq")]
        assert said[:3] == ["How long do my refunds take?", "All right.", ASK]
        # The transcript of the other's case is left without them.
        transcript = house.platform.texts(house.thread_of(house.cards[-1]))[0]
        assert "**Customer:** (removed)" in transcript
        assert "How long do my refunds take?" in transcript


async def test_what_they_wrote_into_the_case_of_another_goes(house: House) -> None:
    async with house.open() as desk:
        await house.hears(ASK, BEN)
        await house.hears(SECRET, ZOE, id="stub:help/zoe")
        await desk.edit("stub:help/zoe", f"{SECRET} {'kudu77 ' * 400}", time.time())
        await desk.settled()
        assert len(house.below()) == 2
        await house.hears("Please hurry", BEN)
        await forgets(house)
        await swept(house)
        await desk.settled()
        assert traces(house.folder) == []
        assert house.below() == ["**Ben:** Please hurry"]


async def test_in_a_whole_channel_only_theirs_goes(house: House) -> None:
    house.model = ScriptedModel(Answer(ANSWER), Answer("All right."))
    async with house.open():
        await house.hears(SECRET, ZOE, shared=True)
        await house.hears("How long do my refunds take?", BEN, shared=True)
        await forgets(house)
        await swept(house)
        assert traces(house.folder) == []
        said = [text for (text,) in house.rows("SELECT text FROM messages ORDER BY turn, seq")]
        assert said == ["How long do my refunds take?", "All right."]


async def test_what_an_agent_wrote_as_an_agent_stays(house: House) -> None:
    async with house.open():
        await house.hears("How do refunds work?")
        await house.hears("I'm Dana, let me help.", DANA)
        await forgets(house, DANA)
        assert house.rows("SELECT text FROM messages WHERE role = 'agent'") == [("I'm Dana, let me help.",)]


async def test_notices_that_name_them_are_reworded(house: House) -> None:
    async with house.open():
        notice = Post(new_key(), TEAM, "**Zoë Quagga77** has used up today's budget", names=(ZOE.id,))
        other = Post(new_key(), TEAM, "**Ben** has used up today's budget", names=(BEN.id,))
        assert await house.store.tell_once("budget", (), [notice, other])
        house.desk.send()
        await house.desk.settled()
        await forgets(house)
        await swept(house)
        await house.desk.settled()
        assert house.pings == [words.FORGOTTEN_NOTICE, other.text]
        assert traces(house.folder) == []


async def test_what_was_told_of_a_post_that_failed_goes(house: House) -> None:
    house.model = ScriptedModel(answers)
    async with house.open():
        house.platform.faults[DM] = [Refused("no")]
        await house.hears(SECRET, ZOE, DM)
        assert "okapi77" in house.pings[-1]
        await forgets(house)
        await swept(house)
        await house.desk.settled()
        assert house.pings == [words.FORGOTTEN_NOTICE]
        assert traces(house.folder) == []


async def test_a_name_that_was_asked_for_meanwhile_is_not_kept(house: House) -> None:
    async with house.open():
        await house.hears(SECRET, ZOE, DM)
        await forgets(house)
        await house.store.remember_name(ZOE)
        assert await house.store.names([ZOE.id]) == {}
        await house.hears("Hello", ZOE, DM, sent_at=time.time() + 1)
        assert await house.store.names([ZOE.id]) == {ZOE.id: ZOE.name}


async def test_while_another_program_reads_the_file_it_is_cleared_later(house: House) -> None:
    async with house.open():
        await house.hears(SECRET, ZOE, DM)
        with contextlib.closing(sqlite3.connect(house.folder / "frontdesk.db")) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM messages").fetchone()
            await house.store.forget(ZOE.id, lambda case: (), time.time())
            assert not await house.store.sweep()
            assert await house.store.is_unswept()
        assert await house.store.sweep()
        assert traces(house.folder) == []


async def test_of_a_list_of_late_messages_only_theirs_are_taken(house: House) -> None:
    house.answer_within = 3_600.0
    async with house.open():
        await house.desk.receive(incoming(f"{SECRET}\n\nIs it?", author=ZOE, conversation=DM))
        await house.desk.receive(incoming("Ben's question", author=BEN))
        house.desk.reconnected("stub")
        await house.platform.until(lambda: ENGLISH.late in house.platform.texts("stub:help"))
        await house.desk.settled()
        (digest,) = house.pings
        assert "zebra77" in digest
        await forgets(house)
        await swept(house)
        await house.desk.settled()
        assert traces(house.folder) == []
        bens = "**Ben** in \\#help:\n> Ben's question"
        assert house.pings == [f"{words.digest(2)}\n\n{bens}\n\n{words.FORGOTTEN_NOTICE}"]


def test_a_part_of_a_transcript_is_taken_out() -> None:
    before = "**So far:**\n\n**Zoë:** one\ntwo\n\n**Ben:** three\n\n**Bot:** four"
    quotes = quotes_of([("customer", "one\ntwo"), ("assistant", "four"), ("customer", "thr")])
    assert unquoted(before, quotes, "Zoë") == (
        "**So far:**\n\n**Customer:** (removed)\n\n**Ben:** three\n\n**Bot:** (removed)"
    )
    assert unquoted("> hi\n\nThe bot said: four", quotes, "Zoë") == "> hi\n\nThe bot said: (removed)"


async def test_an_edit_of_what_was_not_taken_in_leaves_nothing(house: House) -> None:
    async with house.open() as desk:
        await house.hears("Be quiet", ZOE, DM)
        unheard = incoming("My pet", author=ZOE, conversation=DM)
        assert not await desk.receive(unheard)
        await desk.edit(unheard.id, SECRET, time.time())
        assert await forgets(house) == ENGLISH.forgotten
        await swept(house)
        assert traces(house.folder) == []


async def test_who_waits_does_not_wait_for_a_platform_that_is_away(house: House) -> None:
    async with house.open() as desk:
        await house.hears(f"{ASK} about my zebra77", ZOE, DM)
        assert await forgets(house) == ENGLISH.forget_later
        away = house.platform.gates[DM] = asyncio.Event()
        about = house.button(Press.RESOLVE).about
        await desk.press(IncomingPress(Press.RESOLVE, about, DANA, next_position(), time.time()))
        await desk.forgetting.look()
        assert await house.store.wishes() == [ZOE.id]
        house.rewrite("UPDATE posts SET created_at = created_at - 3601")
        await desk.forgetting.look()
        assert await house.store.wishes() == []
        away.set()


def test_a_name_before_words_to_others_goes_with_them() -> None:
    line = words.transcript_line("Zoë", "hello there", to_others=True)
    left = words.transcript_line("Customer", words.FORGOTTEN_WORDS, to_others=True)
    assert unquoted(line, quotes_of([("customer", "hello there")]), "Zoë") == left
