"""The store by what calls to models cost."""

from __future__ import annotations

from collections.abc import Sequence

from core.messages import Post, Usage
from core.store import usage
from core.store.transactions import Transactions
from core.store.usage import Bill, By, Limit, Planned, Reserved, Settled, Spending


class CostsAccess(Transactions):
    """Reservations and bills of calls, and what is told once."""

    async def reserve(self, call: Planned, limits: Sequence[Limit]) -> Reserved:
        """Set aside what a call may cost, unless that would pass a limit; many at once pass none either."""
        return await self._write(lambda db: usage.reserve(db, call, limits), durable=False)

    async def settle(self, number: int, used: Usage | None, bill: Bill) -> Settled | None:
        """Book what a call cost in the place of what was set aside; see `usage.settle`.

        Nobody waits for it but the next reservation, which is written behind it: mostly it goes with a reply.
        """
        return await self._write(
            lambda db: usage.settle(db, number, used, bill), durable=False, hurried=False
        )

    async def settle_left_over(self) -> int:
        """Book what a process which is gone had set aside; return how many calls that were."""
        return await self._write(usage.settle_left_over)

    async def spent(self, periods: Sequence[str], who: str) -> list[int]:
        """Return what all (`ALL`), or a customer, spent in periods; those without anything are left out."""
        return await self._run(lambda db: usage.spent(db, periods, who))

    async def spending(self, by: By, since: str) -> list[Spending]:
        """Return what the calls from a day on (`2026-11-22`) used, by what they have in common."""
        return await self._run(lambda db: usage.spending(db, by, since))

    async def tell_once(self, key: str, covers: Sequence[str], new_posts: Sequence[Post]) -> bool:
        """Put posts into the outbox unless that was done under this key; see `usage.tell_once`."""
        return await self._write(lambda db: usage.tell_once(db, key, covers, new_posts))
