"""The rules of people: who asks for one, who claims, answers, closes, and how much time passes."""

from __future__ import annotations

import contextlib
import math
import sqlite3
import time
from collections import Counter
from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from core import cards, cases
from core.handover import INTERNAL
from core.messages import Case, CaseState, Press, Sign
from core.phrases import ENGLISH
from core.policy import DEFAULT_POLICY
from tests.crash.house import AGENTS, CONVERSATIONS, TEAM, Made, Written
from tests.crash.machine import BACK, TICKS, Machine

PERSON = "I want to talk to a human, "
ON_CARDS = [Press.CLAIM, Press.TAKE_OVER, Press.RESOLVE, Press.GIVE_BACK, Press.REOPEN]
WITH_PEOPLE = {CaseState.WAITING, CaseState.CLAIMED}


class CaseMachine(Machine):
    """The customers and mishaps of `Machine`, with agents and clocks."""

    @initialize()
    def everybody_is_known(self) -> None:
        """Somebody has asked for a person already."""
        super().everybody_is_known()
        for conversation in CONVERSATIONS[::2]:
            self._run(self.life.deliver(self._world.write(conversation, opening=PERSON)))
        self.settle()

    # --- what people do ------------------------------------------------------------------------------

    @precondition(lambda self: self._life and not self._lock and self._cards())
    @rule(who=st.sampled_from(TEAM), back=BACK, answers=st.booleans(), ticks=TICKS)
    def claim(self, who: str, back: int, answers: bool, ticks: int) -> None:
        """Let an agent claim one of the newest cases and perhaps answer at once."""
        card = self._cards()[-1 - back :][0]
        self._run(self.life.press(card.buttons[0].about, Press.CLAIM, who))
        if answers:
            written = self._world.write(f"{card.ref}/below", who, by_agent=True)
            self._run(self.life.deliver(written))
        self.time_passes(ticks)

    @precondition(lambda self: self._life and not self._lock and self._cards())
    @rule(back=BACK, which=st.integers(0, 2), who=st.sampled_from(TEAM), ticks=TICKS)
    def close_or_take(self, back: int, which: int, who: str, ticks: int) -> None:
        """Press something that the card offers now."""
        card = self._cards()[-1 - back :][0]
        button = card.buttons[min(which, len(card.buttons) - 1)]
        self._run(self.life.press(button.about, button.press, who))
        self.time_passes(ticks)

    @rule(conversation=st.sampled_from(CONVERSATIONS), deliver=st.booleans(), ticks=TICKS)
    def ask_for_a_person(self, conversation: str, deliver: bool, ticks: int) -> None:
        written = self._world.write(conversation, opening=PERSON)
        if deliver and self._life:
            self._run(self.life.deliver(written))
        self.time_passes(ticks)

    def _cards(self) -> list[Made]:
        return [made for made in self._world.posts if made.post.place == AGENTS and made.buttons]

    @precondition(lambda self: self._life and not self._lock and self._cards())
    @rule(press=st.sampled_from(ON_CARDS), who=st.sampled_from([*TEAM, "a stranger"]), back=BACK, ticks=TICKS)
    def press_anything(self, press: Press, who: str, back: int, ticks: int) -> None:
        """Press a button on one of the newest cards; it need not be there any more."""
        card = self._cards()[-1 - back :][0]
        self._run(self.life.press(card.buttons[0].about, press, who))
        self.time_passes(ticks)

    @precondition(lambda self: not self._lock and self._cards())
    @rule(
        who=st.sampled_from(TEAM),
        opening=st.sampled_from(["", "", f"{INTERNAL} "]),
        deliver=st.lists(st.booleans(), min_size=1, max_size=3),
        back=BACK,
        ticks=TICKS,
    )
    def write_below_a_card(self, who: str, opening: str, deliver: list[bool], back: int, ticks: int) -> None:
        """Let an agent write in the thread of one of the newest cards."""
        card = self._cards()[-1 - back :][0]
        for delivered in deliver:
            written = self._world.write(f"{card.ref}/below", who, opening, by_agent=True)
            if delivered and self._life:
                self._run(self.life.deliver(written))
        self.time_passes(ticks)

    @precondition(lambda self: self._life and not self._lock and self._hints())
    @rule(back=BACK, ticks=TICKS)
    def send_what_was_held_back(self, back: int, ticks: int) -> None:
        """Press the button of a hint below words that were not sent."""
        hint = self._hints()[-1 - back :][0]
        button = hint.buttons[0]
        self._run(self.life.press(button.about, button.press, hint.post.only.partition(":")[2]))
        self.time_passes(ticks)

    def _hints(self) -> list[Made]:
        return [made for made in self._world.posts if made.post.only and made.buttons]

    @precondition(lambda self: self._life and not self._lock)
    @rule(seconds=st.sampled_from([700.0, 2_000.0, 90_000.0]), ticks=TICKS)
    def hours_pass(self, seconds: float, ticks: int) -> None:
        """Let everything that cases wait for be so much nearer."""
        with contextlib.closing(sqlite3.connect(self._path, timeout=5)) as db, db:
            db.execute("UPDATE cases SET since = since - ?, spoke_at = spoke_at - ?", [seconds, seconds])
        self._world.tell(f"{seconds:g} seconds pass")
        self.life.desk._reminders.wake()
        self.time_passes(ticks)

    # --- what must be so -----------------------------------------------------------------------------

    @invariant()
    def no_note_reaches_a_customer(self) -> None:
        read = [made.text for made in self._world.posts if made.post.place in CONVERSATIONS]
        assert not [text for text in read if INTERNAL in text], self._story()

    @invariant()
    def agents_words_are_delivered_once(self) -> None:
        carried = Counter(made.post.carries for made in self._world.posts if made.post.carries)
        assert not [id for id, times in carried.items() if times > 1], self._story()

    def all_is_well(self) -> None:
        """Look at what must be so when everything has settled."""
        super().all_is_well()
        for written in self._world.written:
            if written.by_agent and not written.deleted:
                self._came_to_what_it_should(written)
        self._nobody_was_talked_over()
        known = self._run(self.life.store.cases())
        for case in known:
            self._card_is_right(case)
            due = cases.due(case, DEFAULT_POLICY)
            assert due is None or due > time.time(), f"{case}\n{self._story()}"
        self._customers_were_told(known)
        self._agents_words_are_in_order()

    def _came_to_what_it_should(self, written: Written) -> None:
        """Words of who had the case then are with the customer; all others only if they were sent later."""
        what = f"w{written.number}\n{self._story()}"
        found = self._query('SELECT at, "case", author FROM notes WHERE id = ?', written.id)
        assert found, f"never heard: {what}"
        at, case, author = found[0]
        carried = [made for made in self._world.posts if made.post.carries == written.id]
        if not carried:
            failed = self._query(
                "SELECT 1 FROM posts WHERE reply_to = ? AND text LIKE 'Not delivered%' AND state = 'posted'",
                written.id,
            )
            # What an owner wrote before the claim stays in the team, however late it is delivered.
            owned = self._owner(case, at, since=written.at) == author and INTERNAL not in written.opening
            assert failed or not owned, f"not delivered: {what}"
            return
        assert self._owner(case, at) == author or self._was_sent(written), f"sent by nobody: {what}"
        assert (written.id, Sign.DELIVERED) in self._world.signs, f"no sign: {what}"
        assert f"w{written.number}v{written.version}" in carried[0].text, f"old words: {what}"

    def _owner(self, case: int, at: float, since: float = math.inf) -> str:
        """Return who had a case at a time, if they had it before another one already."""
        query = 'SELECT state, who, at FROM case_steps WHERE "case" = ? AND at <= ? ORDER BY id DESC LIMIT 1'
        [(state, who, claimed)] = self._query(query, case, at)
        return str(who) if state == CaseState.CLAIMED and claimed <= since else ""

    def _was_sent(self, written: Written) -> bool:
        """Say whether somebody pressed the button of the hint below these words."""
        return any(hint.buttons[0].about.endswith(written.id) for hint in self._hints())

    def _nobody_was_talked_over(self) -> None:
        """The bot has decided nothing while people had the case of a conversation."""
        steps = 'SELECT conversation, case_steps.state, at FROM case_steps JOIN cases ON cases.id = "case"'
        decided = "SELECT decided_at FROM turns WHERE conversation = ? AND action IS NOT NULL"
        for (number,) in self._query("SELECT id FROM cases"):
            theirs = self._query(f'{steps} WHERE "case" = ? ORDER BY case_steps.id', number)
            ends = [*theirs, (theirs[-1][0], "", float("inf"))]
            for (conversation, state, begun), (_, _, ended) in pairwise(ends):
                for (at,) in self._query(decided, conversation) if state in WITH_PEOPLE else ():
                    assert not begun < at < ended, f"talked over in {conversation}\n{self._story()}"

    def _card_is_right(self, case: Case) -> None:
        """A case has one card, which says how it stands."""
        made = [one for one in self._world.posts if one.post.key == case.ping]
        assert len(made) == bool(case.ping), f"{case}\n{self._story()}"
        for card in made:
            assert card.buttons == cards.buttons(case), f"{case}\n{self._story()}"

    def _customers_were_told(self, known: list[Case]) -> None:
        """Nothing about a case is told more often than it happened."""
        for conversation in CONVERSATIONS:
            theirs = [case.id for case in known if case.conversation == conversation]
            told = self._world.replies(conversation)
            happened = Counter(
                state
                for case in theirs
                for (state,) in self._query('SELECT state FROM case_steps WHERE "case" = ?', case)
            )
            called = happened[CaseState.WAITING]
            for phrase, times in (
                (ENGLISH.told, called),
                (ENGLISH.passed_on, called),
                (ENGLISH.claimed_by("Ana"), happened[CaseState.CLAIMED]),
                (ENGLISH.given_back, happened[CaseState.CANCELLED]),
                (ENGLISH.closed_quiet, happened[CaseState.RESOLVED]),
                (ENGLISH.resolved, happened[CaseState.RESOLVED]),
            ):
                assert sum(phrase in text for text in told) <= times, f"{phrase}\n{self._story()}"

    def _agents_words_are_in_order(self) -> None:
        """What was heard first is read first."""
        heard = dict(self._query("SELECT id, at FROM notes"))
        for conversation in CONVERSATIONS:
            posts = [made.post for made in self._world.posts if made.post.place == conversation]
            at = [heard[post.carries] for post in posts if post.carries in heard]
            sent = {post.carries for post in posts if self._is_by_button(post.carries)}
            assert sent or at == sorted(at), self._story()

    def _is_by_button(self, id: str) -> bool:
        return any(written.id == id and self._was_sent(written) for written in self._world.written)
