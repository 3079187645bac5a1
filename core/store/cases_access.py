"""The store by cases: what they are, and what people make of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from sqlite_utils import Database

from core.handover import Change, Note
from core.messages import Case, CaseState, CaseStep, IncomingMessage, Reason, StoredMessage, original
from core.presses import Pressed
from core.store import cases, changes, people, questions
from core.store.database import first, marks
from core.store.questions import CustomerTurn
from core.store.transactions import Transactions


class CasesAccess(Transactions):
    """Cases, and what agents do with them."""

    async def open_cases(self, conversation: str) -> list[Case]:
        """Return the open cases of a conversation, the newest first."""
        return await self._run(lambda db: cases.open_cases(db, conversation))

    async def cases(self, states: Iterable[CaseState] = tuple(CaseState)) -> list[Case]:
        """Return all cases in some states, the newest first."""
        wanted = list(states)
        among = f"state IN ({marks(wanted)})"
        return await self._run(lambda db: cases.find_cases(db, among, [*wanted]))

    async def case(self, key: str) -> Case | None:
        """Return the case with a key."""
        return await self._run(lambda db: cases.case_of(db, key))

    async def case_below(self, place: str) -> Case | None:
        """Return the case in whose thread a place is."""
        return await self._run(lambda db: cases.case_below(db, place))

    async def steps(self, case: Case) -> list[CaseStep]:
        """Return a case's steps, in order."""
        return await self._run(lambda db: cases.steps_of(db, case.id))

    async def said_in(self, case: Case) -> list[StoredMessage]:
        """Return what a case's customer and its agents said to each other; nothing that stayed internal."""
        return await self._run(lambda db: questions.said_in_case(db, case.id))

    async def customer_turns(self, reasons: Sequence[Reason], since: float) -> list[CustomerTurn]:
        """Return what customers asked wherever the articles failed them; see `questions.customer_turns`."""
        return await self._run(lambda db: questions.customer_turns(db, reasons, since))

    async def newest_of(self, case: Case) -> str | None:
        """Return the id of the last message that a case's customer wrote in its conversation."""
        query = (
            "SELECT id FROM messages WHERE conversation = ? AND author = ? AND role = 'customer' "
            "ORDER BY seq DESC LIMIT 1"
        )
        row = await self._run(lambda db: first(db, query, [case.conversation, case.customer.id]))
        return original(row[0]) if row else None

    async def change(self, key: str, apply: Callable[[Case], Change | None]) -> bool:
        """Change a case by what a pure function makes of it as it is now; return whether it did."""

        def work(db: Database) -> bool:
            case = cases.case_of(db, key)
            change = apply(case) if case else None
            if change:
                people.change_case(db, change, time.time())
            return change is not None

        return await self._write(work)

    async def press(
        self, key: str, note: str, apply: Callable[[Case, Note | None, bool], Pressed]
    ) -> Pressed | None:
        """Do what a press on a button of a case says; return None if there is no such case.

        Args:
            key: The case's.
            note: The id of the agent's message that the button stands below; may be empty.
            apply: Pure; from the case, that message, and whether its customer has another open case.
        """

        def work(db: Database) -> Pressed | None:
            case = cases.case_of(db, key)
            if case is None:
                return None
            found = cases.open_cases(db, case.conversation)
            others = [c for c in found if c.customer.id == case.customer.id and c.id != case.id]
            busy = any(other.is_with_people for other in others)
            pressed = apply(case, cases.note_of(db, note, case.id), busy)
            if pressed.change:
                people.change_case(db, pressed.change, time.time(), instead_of=others)
            return pressed

        return await self._write(work)

    async def hear(
        self, key: str, message: IncomingMessage, tokens: int, apply: Callable[[Case, str], Change]
    ) -> bool:
        """Take what an agent wrote in the thread of a case; return False if it is known already.

        Args:
            key: The case's.
            message: What was written.
            tokens: How many tokens it has.
            apply: Pure; from the case as it is now and the message's last words to what becomes of them.
        """

        def work(db: Database) -> bool:
            last, case = changes.last_words(db, message.id), cases.case_of(db, key)
            text = last.text if last else message.text
            if case is None or text is None:
                return False
            change = apply(case, text)
            kept, files = (text, message.files) if change.keeps else ("", ())
            note = Note(message.id, message.author, kept, tokens, files)
            if not cases.add_note(db, note, case.id, time.time()):
                return False
            people.change_case(db, change, time.time())
            return True

        return await self._write(work)
