"""The terminal: the customer and the agents at one keyboard, without any account."""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence, Set
from dataclasses import replace
from pathlib import Path

import click

from bots.lines import lines_of
from core.desk import Desk
from core.handover import INTERNAL
from core.markdown import unescape
from core.messages import (
    Aside,
    Author,
    Button,
    Command,
    File,
    IncomingCommand,
    IncomingMessage,
    IncomingPress,
    Post,
    Press,
    SaidBefore,
    Sign,
    attached,
)
from core.ports import Refused, TooLarge
from core.thumbs import PRESSES

CONVERSATION = "terminal:chat"
AGENTS = "terminal:agents"
CUSTOMER = Author("terminal:you", "You")
AGENT = Author("terminal:agent", "Dana from Support")

HELP = """\
Write as a customer would. Lines that start with / do something else:
  /attach FILE [WORDS]  send a file, as a customer would; quote a name with spaces
  /agent TEXT   write as a person of your team, in the thread of the case; without a case, to the customer
  /yes, /no     answer as the customer to the offer of a person
  /claim        take the case: your words then reach the customer, and the bot is silent
  /takeover     take the case from whoever has it
  /note TEXT    write something that only the team sees
  /send         send what you wrote before you claimed, and claim
  /resolve      close the case and give back to the bot
  /back         give back to the bot without an answer
  /reopen       take up a case that was closed
  /good, /bad   say as the customer how it was
  /helpful, /unhelpful   say as the customer how the last answer was
  /person       ask for a person, as the button below an answer does
  /human TEXT   ask for a person as the customer; the words behind it are optional
  /new          start a new conversation
  /forget       ask as the customer to be forgotten; then /sure, or /keep
  @frontdesk    anywhere in a line: mentions the bot, which it needs after you told it to stop
  /help         show this
  /quit         leave"""

# What a button is pressed with here.
_COMMANDS = {
    Press.YES: "yes",
    Press.NO: "no",
    Press.CLAIM: "claim",
    Press.TAKE_OVER: "takeover",
    Press.RESOLVE: "resolve",
    Press.GIVE_BACK: "back",
    Press.REOPEN: "reopen",
    Press.SEND: "send",
    Press.SEND_OVER: "sendover",
    Press.GOOD: "good",
    Press.BAD: "bad",
    Press.HELPFUL: "helpful",
    Press.UNHELPFUL: "unhelpful",
    Press.PERSON: "person",
    Press.FORGET: "sure",
    Press.KEEP: "keep",
}
_PRESSES = {command: press for press, command in _COMMANDS.items()}
_BY_CUSTOMER = {Press.YES, Press.NO, Press.GOOD, Press.BAD, Press.FORGET, Press.KEEP, *PRESSES}
_GIVEN = {"/human": Command.HUMAN, "/new": Command.NEW, "/forget": Command.FORGET}
_SIGNS = {Sign.DELIVERED: "delivered", Sign.THANKS: "the bot thanks with a heart"}


def _end(post: Post) -> str:
    return post.text.rpartition("\n\n")[2]


class TerminalBot:
    """The adapter for the terminal; `show` prints one post under a name."""

    name = "terminal"
    limit = 100_000

    def __init__(self, show: Callable[[str, str], None]) -> None:
        self._show = show
        self._buttons: dict[Press, Button] = {}
        self._last: dict[str, str] = {}  # the last paragraph that each post showed
        self._grown: dict[str, str] = {}  # what is to be read of each reply that is still being written

    async def post(self, post: Post) -> str:
        """Print a post, with what can be pressed below it."""
        text = "\n".join(filter(None, [unescape(post.text), self.pressable(post.buttons)]))
        self._show("agents" if post.place == AGENTS else "bot", text)
        self._last[f"terminal:{post.key}"] = _end(post)
        return "" if post.only else f"terminal:{post.key}"

    async def begin(self, post: Post, reader: str) -> str:
        """Print the first words of a reply."""
        self._grown[f"terminal:{post.key}"] = post.text
        return await self.post(post)

    async def show(self, ref: str, post: Post) -> None:
        """Print what is new of a reply."""
        await self.post(replace(post, text=self._added(ref, post.text)))
        self._grown[ref] = post.text

    def _added(self, ref: str, text: str) -> str:
        """Return what a reply says besides what is to be read of it; all, if it says something else now."""
        return text.removeprefix(self._grown.get(ref, "")).lstrip()

    async def edit(self, ref: str, post: Post) -> None:
        """Print what a post says now: of a card its last paragraph, which is what changed."""
        if post.live and post.text:  # the end of a reply
            added = self._added(ref, post.text)
            self._grown[ref] = post.text
            if added or post.buttons:
                await self.post(replace(post, text=added))
            return
        changed = _end(post) or "(removed)"
        if changed != self._last.get(ref) or post.buttons:
            await self.post(replace(post, text=changed))
            self._last[ref] = changed

    async def react(self, message_id: str, sign: Sign) -> None:
        """Print a sign."""
        self._show("agents" if sign is Sign.DELIVERED else "bot", f"({_SIGNS[sign]})")

    def below(self, ref: str) -> str:
        """Return the agents' place: there are no threads."""
        return AGENTS

    def mention(self, person: str) -> str:
        """Return nothing: nobody needs to be pinged."""
        return ""

    async def is_member(self, place: str, person: Author) -> bool:
        """Say whether it is the agent who writes."""
        return person.id == AGENT.id

    def pressable(self, buttons: Sequence[Button]) -> str:
        """Return how buttons that are shown now are pressed; they can be from now on."""
        self._buttons.update({button.press: button for button in buttons})
        return "  ".join(f"[{button.label}: /{_COMMANDS[button.press]}]" for button in buttons)

    def button(self, press: Press) -> Button | None:
        """Return the button of a kind that was shown last."""
        return self._buttons.get(press)

    @property
    def connected(self) -> bool:
        """Return True: nobody writes here while we are not there."""
        return True

    async def places(self, since: float) -> list[str]:
        """Return no place: nothing can have been missed."""
        return []

    async def before(self, message_id: str, place: str) -> list[SaidBefore]:
        """Return nothing: nobody else writes here."""
        return []

    async def missed(self, place: str, since: float) -> AsyncIterator[IncomingMessage]:
        """Yield nothing."""
        nothing: tuple[IncomingMessage, ...] = ()
        for message in nothing:
            yield message

    async def find(self, post: Post, since: float, known: Set[str]) -> str | None:
        """Return None: what an earlier process printed is not on this screen."""
        return None

    @contextlib.asynccontextmanager
    async def working(self, place: str, message_id: str) -> AsyncIterator[None]:
        """Show nothing: answers come at once, or the screen would flicker."""
        yield

    async def person(self, author: Author) -> str:
        """Return the author's name."""
        return author.name

    async def where(self, place: str) -> str:
        """Return words for the terminal."""
        return "the terminal"

    async def link(self, message_id: str) -> str:
        """Return nothing: there is no address."""
        return ""

    async def describe(self, file: File) -> File:
        """Return the same file: there is nothing to ask."""
        return file

    async def fetch(self, file: File, most: int) -> bytes:
        """Return the bytes of a file of this machine that was attached here."""
        try:
            data = await asyncio.to_thread(_read, Path(file.source), most + 1)
        except (OSError, ValueError) as error:
            raise Refused(f"{type(error).__name__}") from error
        if len(data) > most:
            raise TooLarge("the file has too many bytes")
        return data


def named_first(text: str) -> tuple[str, str]:
    """Return the file's name that a text begins with, perhaps in quotation marks, and what follows."""
    if text[:1] in {'"', "'"} and (end := text.find(text[0], 1)) > 0:
        return text[1:end], text[end + 1 :].strip()
    name, _, words = text.partition(" ")
    return name, words.strip()


def _file_at(path: str) -> File | None:
    """Return a file of this machine as it is attached, or None where there is none."""
    found = Path(path).expanduser()
    if not found.is_file():
        return None
    kind = mimetypes.guess_type(found.name)[0] or ""
    return File(found.name, "", kind, found.stat().st_size, str(found.resolve()))


def _read(path: Path, most: int) -> bytes:
    """Return the beginning of a regular file; anything else, as a pipe that nobody writes to, might hang."""
    if not path.is_file():
        raise FileNotFoundError
    with path.open("rb") as file:
        return file.read(most)


class Chat:
    """Reads lines and does what they say until the end of the input or /quit."""

    def __init__(self, desk: Desk, bot: TerminalBot, tell: Callable[[str], None]) -> None:
        self._desk = desk
        self._bot = bot
        self._tell = tell
        self._started = time.time_ns()
        self._count = 0

    async def take(self, line: str) -> bool:
        """Do what one line says; return False when it says to leave."""
        line = line.strip()
        command, _, rest = line.partition(" ")
        if command == "/quit":
            return False
        if command == "/help":
            self._tell(HELP)
        elif command in _GIVEN:
            self._whisper(await self._desk.command(self._command(_GIVEN[command], rest)))
        elif command in {"/agent", "/note"}:
            await self._as_agent(command, rest.strip())
        elif command == "/attach":
            await self._attach(rest.strip())
        elif command.startswith("/") and command[1:] in _PRESSES:
            await self._press(_PRESSES[command[1:]])
        elif command.startswith("/") and command[1:].isalpha():
            self._tell(f"There is no {command}. /help lists what there is.")
        elif not line:
            self._tell("Write a question, or /help.")
        else:
            await self._desk.receive(self._message(CUSTOMER, CONVERSATION, line))
        return True

    async def _attach(self, rest: str) -> None:
        """Send a file as the customer, with the words that follow its name."""
        path, said_of_it = named_first(rest)
        file = await asyncio.to_thread(_file_at, path)
        if file is None:
            self._tell(f"There is no file {path!r} here." if path else "Name a file: /attach error.log")
            return
        text = "\n".join(filter(None, [said_of_it, attached([file])]))
        said = self._message(CUSTOMER, CONVERSATION, text)
        await self._desk.receive(replace(said, files=(file,)))

    async def _as_agent(self, command: str, text: str) -> None:
        """Write in the thread of the case; where there is none yet, straight to the customer."""
        if not text:
            self._tell(f"Write the words behind it: {command} I'm having a look.")
        elif await self._desk.serves(AGENTS):
            said = f"{INTERNAL} {text}" if command == "/note" else text
            await self._desk.receive(self._message(AGENT, AGENTS, said))
            if command == "/note":
                self._tell("Noted. Only your team sees it.")
        elif command == "/note":
            self._tell("There is no case yet to make a note on.")
        elif await self._desk.serves(CONVERSATION):
            await self._desk.receive(self._message(AGENT, CONVERSATION, text))
        else:
            self._tell("No customer has written yet: there is nobody to answer.")

    async def _press(self, press: Press) -> None:
        button = self._bot.button(press)
        if button is None:
            self._tell(f"There is no button for /{_COMMANDS[press]} at the moment.")
            return
        who = CUSTOMER if press in _BY_CUSTOMER else AGENT
        now = time.time_ns()
        aside = await self._desk.press(IncomingPress(press, button.about, who, now, now / 1e9))
        self._whisper(aside, who)

    def _whisper(self, aside: Aside, who: Author = CUSTOMER) -> None:
        """Tell what one of the two alone is told, with what they can press below it."""
        if aside.text:
            pressable = self._bot.pressable(aside.buttons)
            self._tell("\n".join(filter(None, [f"(only to {who.name}) {unescape(aside.text)}", pressable])))

    def _command(self, command: Command, text: str) -> IncomingCommand:
        self._count += 1
        now = time.time_ns()
        id = f"{CONVERSATION}/{self._started}-{self._count}"
        return IncomingCommand(command, CUSTOMER, CONVERSATION, id, now, now / 1e9, text=text, shown=True)

    def _message(self, author: Author, conversation: str, text: str) -> IncomingMessage:
        self._count += 1
        now = time.time_ns()
        id = f"{conversation}/{self._started}-{self._count}"
        mentions = "@frontdesk" in text.lower()
        return IncomingMessage(id, conversation, author, text, now, now / 1e9, mentions=mentions)


def is_terminal() -> bool:
    """Say whether a person types and reads."""
    return sys.stdin.isatty() and sys.stdout.isatty()


async def converse(desk: Desk, bot: TerminalBot) -> None:
    """Take lines from the keyboard, or a pipe, until the end or /quit; each is settled before the next."""
    chat = Chat(desk, bot, click.echo)
    async for line in _typed() if is_terminal() else _piped():
        if not await chat.take(line):
            return
        await desk.settled()


async def _typed() -> AsyncIterator[str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.patch_stdout import patch_stdout

    session: PromptSession[str] = PromptSession()
    while True:
        with patch_stdout():
            try:
                yield await session.prompt_async("You: ")
            except (EOFError, KeyboardInterrupt):
                return


async def _piped() -> AsyncIterator[str]:
    async for line in lines_of(sys.stdin.fileno()):
        click.echo(f"You: {line}")
        yield line


def print_post(who: str, text: str) -> None:
    """Print a post to the customer, or to the agents."""
    if who == "agents":
        lines = "\n".join(f"  | {line}" for line in text.split("\n"))
        click.echo(f"\n  | To the agents:\n{lines}\n")
    else:
        click.echo(f"Frontdesk: {text}\n")
