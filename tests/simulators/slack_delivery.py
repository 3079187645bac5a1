"""Bringing events to the bot: what was sent, how often, and whether it was acknowledged."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.simulators.slack_payloads import load_fixture
from tests.simulators.slack_waiting import Changes


@dataclass
class Delivery:
    """One event, interaction or command on its way to the bot, over all its attempts.

    It is given up when Slack knows that the latest attempt failed: nobody there, or a bad status.
    """

    id: str
    kind: str
    payload: dict[str, Any]
    ts: str | None = None
    attempts: int = 0
    acks: int = 0
    response: dict[str, Any] | None = None
    statuses: list[int] = field(default_factory=list)
    given_up: bool = False

    @property
    def acked(self) -> bool:
        return self.acks > 0

    def about(self, key: str) -> bool:
        """Whether the key is this delivery's id or the ts of the message it is about."""
        return key in (self.id, self.ts)


class Transport(Protocol):
    """One of the two ways Slack reaches an app."""

    default_reason: str

    async def send(self, delivery: Delivery, attempt: int, reason: str) -> None: ...


class Courier:
    """Sends deliveries over the transport in use and keeps the record of them."""

    def __init__(self, changes: Changes, transport: Transport) -> None:
        self.transport = transport
        self.deliveries: list[Delivery] = []
        self._changes = changes

    async def send_event(
        self,
        event: dict[str, Any],
        ts: str | None,
        retry: int = 0,
        event_id: str | None = None,
        elsewhere: str | None = None,
    ) -> str:
        """Wrap an event as the Events API does and send it; returns its event_id.

        Where somebody of another workspace did it (elsewhere), the body names that one, and the
        authorizations ours.
        """
        id = event_id or f"Ev{uuid.uuid4().hex[:10].upper()}"
        payload = load_fixture("event_callback", event=event, event_id=id)
        if elsewhere is not None:
            payload |= {"team_id": elsewhere, "is_ext_shared_channel": True}
        payload["event_time"] = int(float(event.get("event_ts") or ts or 0))
        return await self.send(Delivery(id, "events_api", payload, ts, attempts=retry))

    async def send(self, delivery: Delivery) -> str:
        """Send something for the first time (or as the retry its attempts say)."""
        self.deliveries.append(delivery)
        await self._attempt(delivery, None)
        return delivery.id

    async def redeliver(self, chosen: Callable[[Delivery], bool], reason: str | None) -> list[str]:
        """Send the chosen deliveries again under their old ids."""
        again = [delivery for delivery in self.deliveries if chosen(delivery)]
        for delivery in again:
            await self._attempt(delivery, reason)
        return [delivery.id for delivery in again]

    async def _attempt(self, delivery: Delivery, reason: str | None) -> None:
        attempt = delivery.attempts
        delivery.attempts += 1
        delivery.given_up = False
        reason = (reason or self.transport.default_reason) if attempt else ""
        await self.transport.send(delivery, attempt, reason)
        await self._changes.notify()

    async def acknowledge(self, delivery: Delivery, response: dict[str, Any] | None) -> None:
        """Record that the bot took a delivery, with what it answered."""
        delivery.acks += 1
        delivery.response = response
        await self._changes.notify()

    async def give_up(self, delivery: Delivery) -> None:
        """Record that an attempt failed, as far as Slack can know."""
        delivery.given_up = True
        await self._changes.notify()


def parsed_answer(text: str) -> dict[str, Any] | None:
    """The body of an acknowledgement: none, JSON, or a text to be shown."""
    if not text:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"text": text}
