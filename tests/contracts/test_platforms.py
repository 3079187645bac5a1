"""What every platform must do, the tests' own stand-in included."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.discord_bot import DiscordBot
from bots.slack_bot import SlackBot
from bots.slack_files import files_of
from bots.terminal_bot import TerminalBot
from core.home import Home
from core.messages import (
    Aside,
    Author,
    Button,
    File,
    IncomingCommand,
    IncomingMessage,
    IncomingPress,
    IncomingReaction,
    Post,
    Press,
    Sign,
)
from core.phrases import ENGLISH, PHRASES, Phrases
from core.ports import Platform, Refused, TooLarge
from core.posts import new_key
from tests.fakes import RecordingPlatform
from tests.given import settings_of
from tests.simulators.discord import DiscordSimulator
from tests.simulators.discord_files import Upload
from tests.simulators.slack import SlackSimulator


@dataclass
class Case:
    """A connected platform, with places and people on it, and what people see there.

    Attributes:
        platform: The platform.
        place: Where its customer writes.
        nowhere: A place that is not there; empty where every place is.
        read: What people read in the place.
        person: The customer.
        team: The agents' place.
        member: Who belongs to it.
        bot: A bot that belongs to it.
        shown: From a reference to the labels of the buttons below that post.
        below: From a reference to what people read in the thread below that post of the agents' place.
        signs: From a message's id to how many reactions are on it.
        attach: Keeps a file of these bytes on the platform, and returns it as it is attached.
        say: Lets the customer write in the place, and gives the message's id.
        thread: Lets the customer begin a thread and write in it, and gives the messages' ids and its place.
    """

    platform: Platform
    place: str
    nowhere: str
    read: Callable[[], list[str]]
    person: Author
    team: str
    member: Author
    shown: Callable[[str], list[str]]
    below: Callable[[str], list[str]]
    signs: Callable[[str], int]
    attach: Callable[[bytes], Awaitable[File]]
    bot: Author | None = None
    say: Callable[[str], Awaitable[str]] | None = None
    thread: Callable[[list[str]], Awaitable[tuple[list[str], str]]] | None = None

    @property
    def is_screen(self) -> bool:
        """Whether what was said stays as it was said: nothing on a screen can be changed."""
        return self.platform.name == "terminal"


class DeafInbox:
    """Takes nothing in; the contract is about what goes out and what is read back."""

    async def receive(self, message: IncomingMessage) -> bool:
        return True

    async def delete(self, id: str) -> None: ...

    async def press(self, press: IncomingPress) -> Aside:
        return Aside()

    async def command(self, command: IncomingCommand) -> Aside:
        return Aside()

    async def welcome(self, place: str) -> tuple[str, ...]:
        return ()

    async def home(self, person: Author, prefix: str) -> Home:
        return Home("")

    async def says(self, who: str, conversation: str = "") -> Phrases:
        return ENGLISH

    async def phrases(self) -> Mapping[str, Phrases]:
        return PHRASES

    async def react(self, reaction: IncomingReaction) -> None: ...

    async def serves(self, conversation: str, place: str = "") -> bool:
        return False

    async def say_once(self, key: str, place: str, text: str) -> None: ...

    async def conversations(self, platform: str, since: float) -> list[str]:
        return []

    def reconnected(self, platform: str) -> None: ...


async def _slack() -> AsyncIterator[Case]:
    async with SlackSimulator() as slack:
        for id, name in {"U1": "Ana", "U2": "Dana"}.items():
            slack.add_user(id, name)
        slack.add_user("U3", "weather", is_bot=True)
        slack.add_channel("C9", "team", is_private=True, members=["U2", "U3"])
        dm = slack.open_dm("U1")
        settings = settings_of(
            slack_bot_token=slack.bot_token,
            slack_app_token=slack.app_token,
            slack_api_url=slack.api_url,
        )
        bot = SlackBot(settings, DeafInbox())
        await bot.start()

        async def say(text: str) -> str:
            return f"slack:T1/{dm}/{await slack.say(dm, 'U1', text, deliver=False)}"

        async def thread(texts: list[str]) -> tuple[list[str], str]:
            root = await slack.say("C9", "U1", texts[0], deliver=False)
            replies = [await slack.say("C9", "U1", text, root, deliver=False) for text in texts[1:]]
            return [f"slack:T1/C9/{ts}" for ts in [root, *replies]], f"slack:T1/C9/{root}"

        def read() -> list[str]:
            return [post.text for post in slack.posts(dm)]

        def shown(ref: str) -> list[str]:
            channel, ts = ref.removeprefix("slack:").split("/")
            return [button.label for post in slack.posts(channel) if post.ts == ts for button in post.buttons]

        def below(ref: str) -> list[str]:
            return [post.text for post in slack.posts("C9", ref.rpartition("/")[2])]

        async def attach(data: bytes) -> File:
            return files_of({"files": [slack.files.upload("a.txt", data, "text/plain")]})[0]

        def signs(id: str) -> int:
            return sum(map(len, slack.reactions(dm, id.rpartition("/")[2]).values()))

        yield Case(
            bot,
            f"slack:T1/{dm}",
            "slack:T1/C404",
            read,
            Author("slack:T1/U1"),
            "slack:C9",
            Author("slack:T1/U2"),
            shown,
            below,
            signs,
            attach,
            Author("slack:T1/U3"),
            say,
            thread,
        )
        await bot.close()


async def _discord() -> AsyncIterator[Case]:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with DiscordSimulator() as discord:
        for id, name in {2000: "Ana", 2001: "Dana"}.items():
            discord.add_user(id, name.lower(), global_name=name)
        discord.add_user(2900, "weather", bot=True)
        discord.add_guild(5000, "Example")
        discord.add_channel(3100, 5000, "team", private=True, members=[2001, 2900])
        dm = discord.open_dm(2000)
        settings = settings_of(
            discord_token=discord.token,
            discord_api_url=discord.api_url,
            discord_gateway_url=discord.gateway_url,
        )
        bot = DiscordBot(settings, DeafInbox())
        await bot.start()

        async def say(text: str) -> str:
            return f"discord:{dm}/{await discord.say(dm, 2000, text, deliver=False)}"

        async def thread(texts: list[str]) -> tuple[list[str], str]:
            root = await discord.say(3100, 2000, texts[0], deliver=False)
            await discord.start_thread(3100, 2000, "thread", message_id=root)
            replies = [await discord.say(root, 2000, text, deliver=False) for text in texts[1:]]
            return [
                f"discord:3100/{root}",
                *(f"discord:{root}/{id}" for id in replies),
            ], f"discord:3100/{root}"

        def read() -> list[str]:
            return _contents(dm)

        def _contents(channel: int) -> list[str]:
            return [post.content for post in discord.posts(channel) if not post.deleted]

        def shown(ref: str) -> list[str]:
            channel, message = map(int, ref.removeprefix("discord:").split("/"))
            posts = [post for post in discord.posts(channel) if post.id == message]
            return [button.label for post in posts for button in post.buttons]

        def below(ref: str) -> list[str]:
            return _contents(int(ref.rpartition("/")[2]))

        async def attach(data: bytes) -> File:
            said = await discord.say(dm, 2000, "", deliver=False, files=[Upload("a.txt", data)])
            (shown,) = discord.world.messages[said].payload["attachments"]
            return File("a.txt", shown["url"], "text/plain", len(data), f"{dm}/{said}/{shown['id']}")

        def signs(id: str) -> int:
            return sum(map(len, discord.reactions(dm, int(id.rpartition("/")[2])).values()))

        yield Case(
            bot,
            f"discord:{dm}",
            "discord:404",
            read,
            Author("discord:2000", "Ana"),
            "discord:3100",
            Author("discord:2001", "Dana"),
            shown,
            below,
            signs,
            attach,
            Author("discord:2900", "weather"),
            say,
            thread,
        )
        await bot.close()
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before[0], yarl.URL(before[1])


async def _terminal() -> AsyncIterator[Case]:
    lines: list[str] = []
    folder = tempfile.TemporaryDirectory()

    async def attach(data: bytes) -> File:
        path = Path(folder.name) / "a.txt"
        path.write_bytes(data)
        return File("a.txt", "", "text/plain", len(data), str(path))

    platform = TerminalBot(lambda _, text: lines.append(text))

    def shown(ref: str) -> list[str]:
        return re.findall(r"\[(.+?): /\w+\]", lines[-1])

    yield Case(
        platform,
        "terminal:chat",
        "",
        lambda: lines,
        Author("terminal:you", "Ana"),
        "terminal:agents",
        Author("terminal:agent", "Dana"),
        shown,
        lambda ref: lines[1:],
        lambda id: sum("(delivered)" in line for line in lines),
        attach,
    )
    folder.cleanup()


async def _recording() -> AsyncIterator[Case]:
    platform = RecordingPlatform()
    platform.people["stub:ana"] = "Ana"
    platform.members = {"stub:dana"}

    def shown(ref: str) -> list[str]:
        found = [post for post in platform.posts if ref == f"stub:{post.key}"]
        return [button.label for post in found for button in post.buttons]

    async def attach(data: bytes) -> File:
        platform.files["a.txt"] = data
        return File("a.txt", "", "text/plain", len(data), "a.txt")

    yield Case(
        platform,
        "stub:help",
        "",
        lambda: platform.texts("stub:help"),
        Author("stub:ana", ""),
        "stub:team",
        Author("stub:dana", "Dana"),
        shown,
        lambda ref: platform.texts(platform.below(ref)),
        lambda id: len([one for one, _ in platform.signs if one == id]),
        attach,
    )


MAKERS = {"slack": _slack, "discord": _discord, "terminal": _terminal, "recording": _recording}


@pytest.fixture(params=MAKERS)
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    async for made in MAKERS[request.param]():
        yield made


def a_post(place: str, text: str = "Five business days.") -> Post:
    return Post(new_key(), place, text)


async def test_a_post_is_read_and_has_a_reference_of_its_platform(case: Case) -> None:
    ref = await case.platform.post(a_post(case.place))
    assert case.read() == ["Five business days."]
    assert ref.startswith(f"{case.platform.name}:")


async def test_posts_have_references_of_their_own(case: Case) -> None:
    assert await case.platform.post(a_post(case.place)) != await case.platform.post(a_post(case.place))


async def test_a_post_of_the_longest_length_is_taken_whole(case: Case) -> None:
    text = "word " * (case.platform.limit // 5 - 1) + "end"
    await case.platform.post(a_post(case.place, text))
    assert case.read() == [text]


async def test_what_was_posted_is_found_and_what_was_not_is_not(case: Case) -> None:
    since = time.time()
    posted, other = a_post(case.place, "One."), a_post(case.place, "Two.")
    ref = await case.platform.post(posted)
    # A screen can't be read back.
    readable = case.platform.name != "terminal"
    assert await case.platform.find(posted, since, set()) == (ref if readable else None)
    assert await case.platform.find(other, since, set()) is None


async def test_a_post_is_not_taken_for_another_one_that_is_known(case: Case) -> None:
    since = time.time()
    first, second = a_post(case.place, "Hi!"), a_post(case.place, "Hi!")
    ref = await case.platform.post(first)
    assert await case.platform.find(second, since, {ref}) is None


async def test_a_place_that_is_not_there_is_refused(case: Case) -> None:
    if case.nowhere:  # on a screen and in the tests' stand-in every place is there
        with pytest.raises(Refused):
            await case.platform.post(a_post(case.nowhere))
        with pytest.raises(Refused):
            await case.platform.begin(replace(a_post(case.nowhere), live=True), case.person.id)


async def test_what_only_decorates_never_raises(case: Case) -> None:
    for place in filter(None, (case.place, case.nowhere)):
        async with case.platform.working(place, f"{place}/1.1" if "slack" in place else f"{place}/1"):
            pass
        assert await case.platform.where(place)


async def test_people_are_called_by_their_names(case: Case) -> None:
    assert await case.platform.person(case.person) == "Ana"


async def test_what_was_missed_is_read_back_in_order_and_nothing_older(case: Case) -> None:
    if case.say is None:
        assert [message async for message in _missed(case, 0.0)] == []
        return
    since = time.time() - 60
    said = [await case.say("one"), await case.say("two")]
    missed = [message async for message in _missed(case, since)]
    assert [(message.id, message.text) for message in missed] == [(said[0], "one"), (said[1], "two")]
    assert [message.position for message in missed] == sorted(message.position for message in missed)
    assert [message async for message in _missed(case, time.time() + 60)] == []


async def test_what_was_said_before_a_message_is_told_in_order(case: Case) -> None:
    if case.thread is None:
        assert await case.platform.before(f"{case.place}/1", case.place) == []
        return
    ids, place = await case.thread(["one", "two", "three", "four"])
    said = await case.platform.before(ids[2], place)
    assert [(one.id, one.text, one.ours) for one in said] == [(ids[0], "one", False), (ids[1], "two", False)]
    assert [one.author for one in said] == [Author(case.person.id, "Ana")] * 2
    assert said[0].position < said[1].position
    assert said[0].sent_at <= said[1].sent_at <= time.time() + 1


async def test_what_cannot_be_read_before_a_message_is_told(case: Case) -> None:
    if not case.nowhere:
        return
    with pytest.raises(Refused):
        await case.platform.before(f"{case.nowhere}/1", f"{case.nowhere}/1")


async def _missed(case: Case, since: float) -> AsyncIterator[IncomingMessage]:
    for place in [case.place] if case.say else await case.platform.places(since):
        async for message in case.platform.missed(place, since):
            yield message


# --- what people can press, and what changes in place -------------------------------------------------

CLAIM, RESOLVE = Button(Press.CLAIM, "Claim", "case7"), Button(Press.RESOLVE, "Resolve", "case7")


def an_edit(of: Post, text: str, *buttons: Button) -> Post:
    return Post(new_key(), of.place, text, edits=of.key, buttons=buttons)


async def test_buttons_are_shown_in_their_order(case: Case) -> None:
    ref = await case.platform.post(Post(new_key(), case.place, "A case.", buttons=(CLAIM, RESOLVE)))
    assert case.shown(ref) == ["Claim", "Resolve"]


async def test_a_post_without_buttons_has_none(case: Case) -> None:
    assert case.shown(await case.platform.post(a_post(case.place))) == []


async def test_an_edit_replaces_words_and_buttons(case: Case) -> None:
    first = Post(new_key(), case.place, "Waiting.", buttons=(CLAIM, RESOLVE))
    ref = await case.platform.post(first)
    await case.platform.edit(ref, an_edit(first, "Claimed.", RESOLVE))
    assert case.shown(ref) == ["Resolve"]
    await case.platform.edit(ref, an_edit(first, "Done."))
    assert case.shown(ref) == []
    if not case.is_screen:
        assert case.read() == ["Done."]


async def test_an_edit_done_twice_does_no_harm(case: Case) -> None:
    first = a_post(case.place, "Old.")
    ref = await case.platform.post(first)
    edit = an_edit(first, "New.", CLAIM)
    await case.platform.edit(ref, edit)
    await case.platform.edit(ref, edit)
    assert case.shown(ref) == ["Claim"]
    if not case.is_screen:
        assert case.read() == ["New."]


async def test_an_edit_without_words_removes_the_post_and_others_stay(case: Case) -> None:
    first, second = a_post(case.place, "One."), a_post(case.place, "Two.")
    ref = await case.platform.post(first)
    await case.platform.post(second)
    await case.platform.edit(ref, an_edit(first, ""))
    await case.platform.edit(ref, an_edit(first, ""))
    if not case.is_screen:
        assert case.read() == ["Two."]
        with pytest.raises(Refused):
            await case.platform.edit(ref, an_edit(first, "Back again."))


async def test_a_sign_put_twice_is_there_once(case: Case) -> None:
    id = await case.say("thanks") if case.say else f"{case.place}/1"
    await case.platform.react(id, Sign.DELIVERED)
    assert case.signs(id) == 1
    await case.platform.react(id, Sign.DELIVERED)
    assert case.signs(id) == (2 if case.is_screen else 1)


async def test_every_sign_can_be_shown(case: Case) -> None:
    id = await case.say("thanks") if case.say else f"{case.place}/1"
    for sign in Sign:
        await case.platform.react(id, sign)
    if not case.is_screen:
        assert case.signs(id) == len(Sign)


async def test_a_sign_on_a_message_that_is_gone_is_refused(case: Case) -> None:
    if case.say:
        gone = f"{case.place}/{'1.000001' if case.platform.name == 'slack' else '1'}"
        with pytest.raises(Refused):
            await case.platform.react(gone, Sign.DELIVERED)


# --- files ----------------------------------------------------------------------------------------------


async def test_a_file_is_fetched_whole_up_to_a_limit_and_refused_beyond_it(case: Case) -> None:
    data = bytes(range(256)) * 40
    file = await case.attach(data)
    assert await case.platform.describe(file) == file
    assert await case.platform.fetch(file, len(data)) == data
    with pytest.raises(TooLarge):
        await case.platform.fetch(file, len(data) - 1)


async def test_a_file_that_is_nowhere_is_refused(case: Case) -> None:
    for source in ("", "nowhere", "0/0/0"):
        with pytest.raises(Refused):
            await case.platform.fetch(File("a.txt", "", "text/plain", 5, source), 100)


# --- the agents' place --------------------------------------------------------------------------------


async def test_what_is_posted_below_a_card_is_read_in_its_thread_in_order(case: Case) -> None:
    ref = await case.platform.post(Post(new_key(), case.team, "A case.", buttons=(CLAIM,)))
    thread = case.platform.below(ref)
    assert thread.startswith(f"{case.platform.name}:")
    for text in ("One.", "Two."):
        await case.platform.post(a_post(thread, text))
    assert case.below(ref) == ["One.", "Two."]


async def test_a_post_in_a_thread_can_be_edited_and_removed(case: Case) -> None:
    ref = await case.platform.post(Post(new_key(), case.team, "A case.", buttons=(CLAIM,)))
    first, second = (a_post(case.platform.below(ref), text) for text in ("One.", "Two."))
    refs = [await case.platform.post(first), await case.platform.post(second)]
    await case.platform.edit(refs[0], an_edit(first, "Uno."))
    await case.platform.edit(refs[1], an_edit(second, ""))
    if not case.is_screen:
        assert case.below(ref) == ["Uno."]


async def test_two_cards_have_threads_of_their_own(case: Case) -> None:
    refs = [await case.platform.post(Post(new_key(), case.team, "A case.", buttons=(CLAIM,))) for _ in "ab"]
    assert len({case.platform.below(ref) for ref in refs}) == (1 if case.is_screen else 2)


async def test_what_one_person_alone_is_to_see_has_no_reference(case: Case) -> None:
    ref = await case.platform.post(Post(new_key(), case.team, "A case.", buttons=(CLAIM,)))
    thread = case.platform.below(ref)
    await case.platform.post(a_post(thread, "So far."))
    hint = Post(new_key(), thread, "Not sent.", only=case.member.id, buttons=(CLAIM,))
    assert await case.platform.post(hint) == ""
    hidden = case.platform.name == "slack"
    assert ("Not sent." in "".join(case.below(ref))) != hidden


async def test_a_mention_names_the_person_and_nobody_else(case: Case) -> None:
    theirs, others = case.platform.mention(case.member.id), case.platform.mention(case.person.id)
    if case.is_screen:
        assert theirs == others == ""
    else:
        assert theirs.startswith("<@")
        assert theirs != others


async def test_members_of_the_agents_place_are_told_from_others(case: Case) -> None:
    for _ in "ab":  # what is known does not change the answer
        assert await case.platform.is_member(case.team, case.member)
        assert not await case.platform.is_member(case.team, case.person)


async def test_a_bot_is_no_member(case: Case) -> None:
    if case.bot:
        assert not await case.platform.is_member(case.team, case.bot)


# --- replies that grow ---------------------------------------------------------------------------------


def a_reply(case: Case, text: str, to: str = "") -> Post:
    return Post(new_key(), case.place, text, reply_to=to, live=True)


def the_end(of: Post, text: str, *buttons: Button) -> Post:
    return replace(of, text=text, edits=of.key, buttons=buttons)


async def asked(case: Case) -> str:
    """Let the customer ask something where they can; return the message's id."""
    return await case.say("How?") if case.say else f"{case.platform.name}:1"


async def test_a_reply_grows_and_ends_exactly(case: Case) -> None:
    post = a_reply(case, "One.", await asked(case))
    ref = await case.platform.begin(post, case.person.id)
    assert case.read() == ["One."]
    await case.platform.show(ref, replace(post, text="One. Two."))
    assert case.read() == (["One.", "Two."] if case.is_screen else ["One. Two."])
    for _ in "ab":  # the second time as after a connection that broke
        await case.platform.edit(ref, the_end(post, "One. Two. Three."))
    assert case.read() == (["One.", "Two.", "Three."] if case.is_screen else ["One. Two. Three."])
    await case.platform.edit(ref, the_end(post, "One. Two. Three.", CLAIM))
    if not case.is_screen:
        assert case.shown(ref) == ["Claim"]


async def test_a_reply_grows_in_a_thread(case: Case) -> None:
    card = await case.platform.post(Post(new_key(), case.team, "A case.", buttons=(CLAIM,)))
    post = replace(a_reply(case, "One."), place=case.platform.below(card))
    ref = await case.platform.begin(post, case.member.id)
    await case.platform.show(ref, replace(post, text="One. Two."))
    for _ in "ab":
        await case.platform.edit(ref, the_end(post, "One. Two. Three."))
    assert case.below(card)[-1].endswith("Three.")


async def test_a_reply_may_end_in_other_words_or_not_at_all(case: Case) -> None:
    for end in "Two.", "":
        post = a_reply(case, "One.", await asked(case))
        ref = await case.platform.begin(post, case.person.id)
        await case.platform.edit(ref, the_end(post, end))
    assert case.read() == (["One.", "Two.", "One.", "(removed)"] if case.is_screen else ["Two."])


async def test_a_reply_that_was_begun_is_found_whatever_it_says_now(case: Case) -> None:
    since, post = time.time(), a_reply(case, "One.", await asked(case))
    other = await case.platform.post(a_post(case.place))
    assert await case.platform.find(post, since, {other}) is None
    ref = await case.platform.begin(post, case.person.id)
    await case.platform.show(ref, replace(post, text="One. Two."))
    found = await case.platform.find(replace(post, text="Three."), since, {other})
    assert found == (None if case.is_screen else ref)
