"""Who is an agent, and what the handling of cases depends on: asked of the platforms and the policy."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

from core.answering import Answerer
from core.handover import Around
from core.messages import Agents, Author, Case, platform_of
from core.policy import Policy
from core.ports import Counter, Platform, Trouble

log = logging.getLogger(__name__)


class Agency:
    """The agents of the settings, as the platforms know them."""

    def __init__(
        self, agents: Agents, answerer: Answerer, counter: Counter, platforms: Mapping[str, Platform]
    ) -> None:
        self.agents = agents
        self._answerer = answerer
        self._counter = counter
        self._platforms = platforms

    async def around(self, place: str) -> Around:
        """Return what the handling of a case depends on whose customer reads in a place."""
        policy = await self._policy()
        return Around(
            time.time(),
            policy,
            self.agents,
            self.limit(place),
            min(self.limit(desk) for desk in self._desks(policy)),
            self._mention,
            self._counter.count,
            await self._answerer.phrases(),
        )

    def limit(self, place: str) -> int:
        """Return how many characters fit one post in a place."""
        return self._platforms[platform_of(place)].limit

    async def is_agent(self, person: Author) -> bool:
        """Say whether somebody may handle cases: by the settings, or as a member of the agents' place.

        Raises:
            TryLater: The platform could not be asked.
            Refused: It does not tell us.
        """
        if self.agents.people:
            return person.id in self.agents.people
        for desk in self._desks(await self._policy()):
            same = platform_of(desk) == platform_of(person.id)
            if same and await self._platforms[platform_of(desk)].is_member(desk, person):
                return True
        return False

    async def tells_agent(self, person: Author, *, at_last: bool = True) -> bool:
        """Say as `is_agent` whether somebody is one; if that can't be known, no.

        Args:
            person: Who.
            at_last: Whether that is an answer; else the trouble is raised, for a later try.

        Raises:
            Trouble: It can't be known, and this is not `at_last`.
        """
        try:
            return await self.is_agent(person)
        except Trouble as error:
            log.warning("Whether somebody is an agent is not known: %s", error)
            if not at_last:
                raise
            return False

    async def any_agent(self, people: Iterable[str]) -> bool:
        """Say whether one of some people, by id, is known to be an agent."""
        return any([await self.tells_agent(Author(person)) for person in people])

    def serves(self, case: Case) -> bool:
        """Say whether both the customer of a case and its card are on platforms that are served now."""
        return {platform_of(case.place), platform_of(case.desk or case.place)} <= self._platforms.keys()

    async def _policy(self) -> Policy:
        """Return the policy, without a place out of hours that is on no platform of ours."""
        policy = await self._answerer.policy()
        served = platform_of(policy.away_place) in self._platforms
        return policy if served else replace(policy, away_place="")

    def _desks(self, policy: Policy) -> list[str]:
        """Return the places where cases may be posted: the agents', and the one out of hours."""
        return list(filter(None, [self.agents.place, policy.away_place]))

    def _mention(self, person: str) -> str:
        platform = self._platforms.get(platform_of(person))
        return platform.mention(person) if platform else ""
