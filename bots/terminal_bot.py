"""The terminal: the customer and the agents at one keyboard, without any account."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Set
from threading import Thread

import click

from core.desk import Desk
from core.markdown import unescape
from core.messages import Author, IncomingMessage, Post

CONVERSATION = "terminal:chat"
AGENTS = "terminal:agents"
CUSTOMER = Author("terminal:you", "You")
AGENT = Author("terminal:agent", "Dana from Support")

HELP = """\
Write as a customer would. Lines that start with / do something else:
  /agent TEXT   answer as a person of your team; the bot is silent until /resolve
  /resolve      close the case and give back to the bot
  /new          start a new conversation
  /help         show this
  /quit         leave"""


class TerminalBot:
    """The adapter for the terminal; `show` prints one post under a name."""

    name = "terminal"
    limit = 100_000

    def __init__(self, show: Callable[[str, str], None]) -> None:
        self._show = show

    async def post(self, post: Post) -> str:
        """Print a post."""
        self._show("agents" if post.place == AGENTS else "bot", unescape(post.text))
        return f"terminal:{post.key}"

    @property
    def connected(self) -> bool:
        """Return True: nobody writes here while we are not there."""
        return True

    async def places(self, since: float) -> list[str]:
        """Return no place: nothing can have been missed."""
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


class Chat:
    """Reads lines and does what they say until the end of the input or /quit."""

    def __init__(self, desk: Desk, tell: Callable[[str], None]) -> None:
        self._desk = desk
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
        elif command == "/new":
            await self._desk.start_afresh(CONVERSATION)
            self._tell("A new conversation begins.")
        elif command == "/agent":
            await self._as_agent(rest.strip())
        elif command == "/resolve":
            if not await self._desk.resolve(CONVERSATION, AGENT):
                self._tell("No case is open.")
        elif command.startswith("/") and command[1:].isalpha():
            self._tell(f"There is no {command}. /help lists what there is.")
        elif not line:
            self._tell("Write a question, or /help.")
        else:
            await self._desk.receive(self._message(line))
        return True

    async def _as_agent(self, text: str) -> None:
        if text:
            await self._desk.agent_says(CONVERSATION, CUSTOMER, AGENT, text)
        else:
            self._tell("Write the words behind it: /agent I'm having a look.")

    def _message(self, text: str) -> IncomingMessage:
        self._count += 1
        now = time.time_ns()
        id = f"{CONVERSATION}/{self._started}-{self._count}"
        return IncomingMessage(id, CONVERSATION, CUSTOMER, text, now, now / 1e9)


async def lines_of(descriptor: int) -> AsyncIterator[str]:
    """Yield the lines of a pipe or file as they come.

    A thread reads them: a regular file can't be polled, and a thread in `sys.stdin` would hold its lock
    when the process ends.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes] = asyncio.Queue()

    def put(chunk: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(queue.put_nowait, chunk)

    def read() -> None:
        while chunk := os.read(descriptor, 65_536):
            put(chunk)
        put(b"")

    Thread(target=read, daemon=True, name="stdin").start()
    rest = b""
    while chunk := await queue.get():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace")
    if rest:
        yield rest.decode(errors="replace")


def is_terminal() -> bool:
    """Say whether a person types and reads."""
    return sys.stdin.isatty() and sys.stdout.isatty()


async def converse(desk: Desk) -> None:
    """Take lines from the keyboard, or a pipe, until the end or /quit; each is settled before the next."""
    chat = Chat(desk, click.echo)
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


def show(who: str, text: str) -> None:
    """Print a post to the customer, or to the agents."""
    if who == "agents":
        lines = "\n".join(f"  | {line}" for line in text.split("\n"))
        click.echo(f"\n  | To the agents:\n{lines}\n")
    else:
        click.echo(f"Frontdesk: {text}\n")
