"""The two simulated platforms, spoken to in one way: a customer's side and the agents' side of a desk."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.messages import Press
from tests.discord_.conftest import Frontdesk
from tests.simulators.discord import DiscordSimulator
from tests.simulators.discord_files import Upload
from tests.simulators.slack import SlackSimulator

DISCORD_TEAM, DISCORD_NIGHT = 3100, 3101
SLACK_TEAM, SLACK_NIGHT = "C0TEAM", "C0NIGHT"

# By Slack's names.
EMOJI = {"+1": "\N{THUMBS UP SIGN}\U0001f3fd", "-1": "\N{THUMBS DOWN SIGN}", "eyes": "\N{EYES}"}


@dataclass(frozen=True)
class Card:
    """A case's card as it is now, in plain words."""

    id: str
    text: str
    buttons: tuple[str, ...]


def plain(text: str) -> str:
    """What people see of a text: without the marks for bold and italics, which differ."""
    seen = html.unescape(text).replace("\N{ZERO WIDTH SPACE}", "")
    return seen.replace("*", "").replace("_", "").replace("\\", "")


class Side(Protocol):
    """One platform. People are named as a test calls them; a message is known by the id that it gets."""

    name: str
    team: str
    night: str

    def person(self, who: str) -> str:
        """The id by which settings know somebody."""
        ...

    async def writes(self, us: Frontdesk, who: str, text: str, *, settle: bool = True) -> str:
        """Let a customer write in their direct messages; without `settle` nothing is waited for."""
        ...

    async def gives(self, us: Frontdesk, who: str, command: str, text: str = "") -> str:
        """Let a customer give a command in their direct messages; returns what they alone are told."""
        ...

    async def sends(self, us: Frontdesk, who: str, text: str, *files: Upload, settle: bool = True) -> str:
        """Let a customer write there and attach files."""
        ...

    def reads(self, who: str) -> list[str]:
        """What a customer reads of us there."""
        ...

    async def thumb(self, us: Frontdesk, who: str, press: Press) -> str:
        """Let a customer press a button below our last words there; returns what they alone are told."""
        ...

    async def below_answer(self, us: Frontdesk, who: str, press: Press) -> str:
        """Let a customer press a button below our last words there, of which they may be told nothing."""
        ...

    async def reacts(self, us: Frontdesk, who: str, emoji: str, *, remove: bool = False) -> None:
        """Let a customer react to our last words there: `+1` (with a skin tone), `-1` or `eyes`."""
        ...

    def cards(self, place: str = "") -> list[Card]:
        """The cards in the agents' place, or another one."""
        ...

    async def press(self, us: Frontdesk, card: Card, who: str, label: str) -> str:
        """Let somebody press a button of a card; returns what they alone are told."""
        ...

    async def says(self, us: Frontdesk, card: Card, who: str, text: str, *, settle: bool = True) -> str:
        """Let an agent write below a card; without `settle` nothing is waited for."""
        ...

    def below(self, card: Card) -> list[str]:
        """What everybody reads of us below a card."""
        ...

    def hint(self, card: Card, who: str) -> str:
        """The last hint that an agent was given below a card."""
        ...

    async def send_anyway(self, us: Frontdesk, card: Card, who: str, label: str) -> None:
        """Let an agent press the button below that hint."""
        ...

    async def edits(self, us: Frontdesk, message: str, text: str) -> None:
        """Let somebody edit what they wrote."""
        ...

    def marks(self, message: str) -> int:
        """How many reactions of ours are on a message."""
        ...

    def pings(self) -> list[str]:
        """Whom any of our posts there pings, or would ping if they were there."""
        ...


class DiscordSide:
    """Discord."""

    name = "discord"
    team, night = f"discord:{DISCORD_TEAM}", f"discord:{DISCORD_NIGHT}"

    def __init__(self, discord: DiscordSimulator, ids: dict[str, int]) -> None:
        self.discord = discord
        self._ids = ids

    def person(self, who: str) -> str:
        return f"discord:{self._ids[who]}"

    async def _wrote(
        self, us: Frontdesk, channel: int, who: str, text: str, settle: bool, files: Sequence[Upload] = ()
    ) -> str:
        message = await self.discord.say(channel, self._ids[who], text, files=files)
        if settle:
            await us.received(message)
            await us.settled()
        return f"{channel}/{message}"

    async def writes(self, us: Frontdesk, who: str, text: str, *, settle: bool = True) -> str:
        return await self._wrote(us, self.discord.open_dm(self._ids[who]), who, text, settle)

    async def gives(self, us: Frontdesk, who: str, command: str, text: str = "") -> str:
        options: dict[str, Any] = {"question": text} if text else {}
        given = await self.discord.command(
            self.discord.open_dm(self._ids[who]), self._ids[who], command, **options
        )
        told = await given.wait_reply()
        if not given.ephemeral:
            await us.received(given.replies[0].id)
        await us.settled()
        return plain(told) if given.ephemeral else ""

    async def sends(self, us: Frontdesk, who: str, text: str, *files: Upload, settle: bool = True) -> str:
        return await self._wrote(us, self.discord.open_dm(self._ids[who]), who, text, settle, files)

    def reads(self, who: str) -> list[str]:
        posts = self.discord.posts(self.discord.open_dm(self._ids[who]))
        return [plain(post.content) for post in posts if not (post.deleted or post.ephemeral)]

    async def thumb(self, us: Frontdesk, who: str, press: Press) -> str:
        posts = self.discord.posts(self.discord.open_dm(self._ids[who]))
        post = [post for post in posts if not post.ephemeral][-1]
        wanted = next(b.custom_id for b in post.buttons if f":{press}:" in b.custom_id)
        return await self._pressed(us, post.id, who, wanted)

    async def below_answer(self, us: Frontdesk, who: str, press: Press) -> str:
        return await self.thumb(us, who, press)

    async def reacts(self, us: Frontdesk, who: str, emoji: str, *, remove: bool = False) -> None:
        post = self.discord.posts(self.discord.open_dm(self._ids[who]))[-1]
        before = us.rows("SELECT sum(feedback != '') FROM turns")
        await self.discord.react(post.id, self._ids[who], EMOJI[emoji], remove)
        if emoji != "eyes":
            await us.until(lambda: us.rows("SELECT sum(feedback != '') FROM turns") != before)

    async def _pressed(self, us: Frontdesk, message: int, who: str, button: str) -> str:
        pressed = await self.discord.press(message, self._ids[who], button)
        assert pressed.acked
        await us.settled()
        return pressed.reply or ""

    def cards(self, place: str = "") -> list[Card]:
        posts = self.discord.posts(int((place or self.team).removeprefix("discord:")))
        return [
            Card(str(post.id), plain(post.content), tuple(button.label for button in post.buttons))
            for post in posts
        ]

    async def press(self, us: Frontdesk, card: Card, who: str, label: str) -> str:
        return await self._pressed(us, int(card.id), who, label)

    async def says(self, us: Frontdesk, card: Card, who: str, text: str, *, settle: bool = True) -> str:
        return await self._wrote(us, int(card.id), who, text, settle)

    def below(self, card: Card) -> list[str]:
        posts = self.discord.posts(int(card.id))[1:]
        return [plain(post.content) for post in posts if not (post.deleted or post.buttons)]

    def hint(self, card: Card, who: str) -> str:
        return [post for post in self.discord.posts(int(card.id)) if post.buttons][-1].content

    async def send_anyway(self, us: Frontdesk, card: Card, who: str, label: str) -> None:
        hint = [post for post in self.discord.posts(int(card.id)) if post.buttons][-1]
        await self._pressed(us, hint.id, who, label)

    async def edits(self, us: Frontdesk, message: str, text: str) -> None:
        await self.discord.edit(int(message.split("/")[1]), text)
        await us.until(lambda: bool(us.rows("SELECT 1 FROM tombstones WHERE text = ?", text)))
        await us.settled()

    def marks(self, message: str) -> int:
        return len(self.discord.reactions(*map(int, message.split("/"))))

    def pings(self) -> list[str]:
        found: list[str] = []
        for post in self.discord.world.posts:
            shown = self.discord.world.messages[post.id].payload
            found += [user["id"] for user in shown["mentions"]] + list(shown["mention_roles"])
            found += ["everyone"] if shown["mention_everyone"] else []
        return found


class SlackSide:
    """Slack."""

    name = "slack"
    team, night = f"slack:{SLACK_TEAM}", f"slack:{SLACK_NIGHT}"

    def __init__(self, slack: SlackSimulator, ids: dict[str, str]) -> None:
        self.slack = slack
        self._ids = ids

    def person(self, who: str) -> str:
        return f"slack:T1/{self._ids[who]}"

    async def _wrote(
        self,
        us: Frontdesk,
        channel: str,
        who: str,
        text: str,
        settle: bool,
        thread: str | None = None,
        files: list[dict[str, Any]] | None = None,
    ) -> str:
        ts = await self.slack.say(channel, self._ids[who], text, thread, files=files)
        if settle:
            await self.slack.wait_acked(ts)
            await us.settled()
        return f"{channel}/{ts}"

    async def writes(self, us: Frontdesk, who: str, text: str, *, settle: bool = True) -> str:
        return await self._wrote(us, self.slack.open_dm(self._ids[who]), who, text, settle)

    async def gives(self, us: Frontdesk, who: str, command: str, text: str = "") -> str:
        user, dm = self._ids[who], self.slack.open_dm(self._ids[who])
        before = len(self.slack.ephemerals(dm, user))
        words = f"{command} {text}".strip()
        await self.slack.wait_acked(await self.slack.command("/frontdesk", words, user=user, channel=dm))
        await us.settled()
        if command == "ask":
            return ""
        return plain((await self.slack.wait_ephemeral(dm, user, before + 1))[-1].text)

    async def sends(self, us: Frontdesk, who: str, text: str, *files: Upload, settle: bool = True) -> str:
        shared = [
            self.slack.files.upload(one.name, one.data, one.content_type or "text/plain") for one in files
        ]
        dm = self.slack.open_dm(self._ids[who])
        return await self._wrote(us, dm, who, text, settle, files=shared)

    def reads(self, who: str) -> list[str]:
        return [plain(post.text) for post in self.slack.posts(self.slack.open_dm(self._ids[who]))]

    async def thumb(self, us: Frontdesk, who: str, press: Press) -> str:
        dm = self.slack.open_dm(self._ids[who])
        post = self.slack.posts(dm)[-1]
        wanted = next(button.action_id for button in post.buttons if button.action_id.endswith(f":{press}"))
        pressed = await self.slack.press(dm, post.ts, self._ids[who], wanted)
        assert pressed.acked
        await us.settled()
        return (await pressed.wait_ephemeral())[-1].text

    async def below_answer(self, us: Frontdesk, who: str, press: Press) -> str:
        dm = self.slack.open_dm(self._ids[who])
        post = self.slack.posts(dm)[-1]
        wanted = next(button.action_id for button in post.buttons if button.action_id.endswith(f":{press}"))
        pressed = await self.slack.press(dm, post.ts, self._ids[who], wanted)
        assert pressed.acked
        await us.settled()
        return pressed.ephemerals[-1].text if pressed.ephemerals else ""

    async def reacts(self, us: Frontdesk, who: str, emoji: str, *, remove: bool = False) -> None:
        dm = self.slack.open_dm(self._ids[who])
        name = f"{emoji}::skin-tone-3" if emoji == "+1" else emoji
        ts = await self.slack.react(dm, self.slack.posts(dm)[-1].ts, self._ids[who], name, remove=remove)
        assert ts
        await self.slack.wait_acked(ts)

    def cards(self, place: str = "") -> list[Card]:
        posts = self.slack.posts((place or self.team).removeprefix("slack:"))
        return [
            Card(
                f"{post.channel}/{post.ts}", plain(post.text), tuple(button.label for button in post.buttons)
            )
            for post in posts
            if post.thread_ts is None
        ]

    async def press(self, us: Frontdesk, card: Card, who: str, label: str) -> str:
        channel, ts = card.id.split("/")
        pressed = await self.slack.press(channel, ts, self._ids[who], label)
        assert pressed.acked
        await us.settled()
        return pressed.ephemerals[-1].text if pressed.ephemerals else ""

    async def says(self, us: Frontdesk, card: Card, who: str, text: str, *, settle: bool = True) -> str:
        channel, thread = card.id.split("/")
        return await self._wrote(us, channel, who, text, settle, thread)

    def below(self, card: Card) -> list[str]:
        return [plain(post.text) for post in self.slack.posts(*card.id.split("/"))[1:]]

    def hint(self, card: Card, who: str) -> str:
        return self.slack.ephemerals(card.id.split("/")[0], self._ids[who])[-1].text

    async def send_anyway(self, us: Frontdesk, card: Card, who: str, label: str) -> None:
        channel = card.id.split("/")[0]
        hint = self.slack.ephemerals(channel, self._ids[who])[-1]
        pressed = await self.slack.press_ephemeral(channel, hint.ts, self._ids[who], label)
        assert pressed.acked
        await us.settled()

    async def edits(self, us: Frontdesk, message: str, text: str) -> None:
        channel, ts = message.split("/")
        event = await self.slack.edit(channel, ts, text)
        assert event
        await self.slack.wait_acked(event)
        await us.settled()

    def marks(self, message: str) -> int:
        return len(self.slack.reactions(*message.split("/")))

    def pings(self) -> list[str]:
        found: list[str] = []
        for post in [
            post for channel in self.slack._workspace.channels for post in self.slack.posts(channel)
        ]:
            # Also what a block, an argument that lets Slack look for names, or an earlier text would do.
            shown = json.dumps([post.text, post.blocks, post.edits], ensure_ascii=False)
            found += re.findall(r"<[!@][^>]*>", shown)
            found += [name for name in ("link_names", "parse") if post.arguments.get(name)]
        return found
