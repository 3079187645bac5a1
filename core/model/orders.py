"""What is ordered from a model, whichever API carries it: a prompt, as it is, shortened or gone on with."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from core.messages import Picture, Usage
from core.model.formats import Form
from core.model.reading import Told
from core.ports import Asker, ChatMessage, Request, Task

GO_ON = (
    "Your reply broke off after the words above. Write the rest of it in the same form as before: go on "
    "exactly where it stopped, and repeat nothing of it."
)
# More tokens than any prompt or answer has.
MOST_TOKENS = 100_000_000
UNSEEN = (
    "(You can't see the attached pictures; the customer is told so for you, so don't guess what they show.)"
)
# What stands for a picture's tokens where messages are compared by their characters.
CHARACTERS_A_TOKEN = 4
# What is cut from a history beyond what a server's figures ask for: its count and ours differ.
MARGIN = 1.1


class Finish(Enum):
    """How a call's answer ended."""

    STOP = auto()
    LENGTH = auto()
    FILTER = auto()


@dataclass(slots=True)
class Heard:
    """What one event of an answer tells; all may be nothing."""

    text: str = ""
    refused: bool = False
    finish: Finish | None = None
    usage: Usage | None = None


def counted(tokens: object) -> int:
    """Return a count of tokens as a server gives it; what can't be one counts as none."""
    return int(tokens) if isinstance(tokens, int | float) and 0 <= tokens <= MOST_TOKENS else 0


class ErrorEvent(Exception):
    """An error stands where a piece of an answer should; the server's words in it are only classified."""

    def __init__(self, error: object) -> None:
        super().__init__("an error event")
        self.error = error if isinstance(error, dict) else {"message": str(error)[:2_000]}


def merged(events: Iterable[Heard | None]) -> Iterator[Heard]:
    """Yield what events tell that came together, words that follow each other as one.

    An answer comes in a hundred pieces and more: read one by one, they cost more than all else of a turn.

    Raises:
        CallFault: As reading the events does, after the words before it.
        ErrorEvent: Likewise.
    """
    words = Heard()
    try:
        for heard in events:
            if heard and heard.text and not (heard.refused or heard.finish or heard.usage):
                words.text += heard.text
            elif heard:
                if words.text:
                    yield words
                    words = Heard()
                yield heard
    except Exception:
        if words.text:
            yield words
        raise
    if words.text:
        yield words


@dataclass(frozen=True, slots=True)
class Order:
    """What a call asks for.

    Attributes:
        messages: The prompt.
        max_tokens: The longest answer.
        tokens: What the prompt is estimated to cost.
        structured: Whether the answer has a form.
        purpose: `answer`, or what a task names.
        asker: For whom.
        history: From which to before which of the messages the history goes.
    """

    messages: Sequence[ChatMessage]
    max_tokens: int
    tokens: int
    structured: bool = True
    purpose: str = "answer"
    asker: Asker = field(default_factory=Asker)
    history: tuple[int, int] = (0, 0)


def order_of(request: Request) -> Order:
    """Return the order for an answer."""
    return Order(
        request.messages,
        request.max_tokens,
        request.tokens,
        asker=request.asker,
        history=request.history,
    )


def order_for(task: Task, thinking: int) -> Order:
    """Return the order for a task: plain text, and so many tokens to think of it."""
    return Order(task.messages, task.max_tokens + thinking, task.tokens, False, task.purpose, task.asker)


def going_on(order: Order, told: Told, form: Form) -> Order:
    """Return the order for the rest of an answer of which something was told; else the order as it is."""
    if not told.so_far:
        return order
    said = told.so_far if form is Form.PLAIN else _as_json(told)
    more: list[ChatMessage] = [{"role": "assistant", "content": said}, {"role": "user", "content": GO_ON}]
    # A token is a byte at least, so this can't be too few.
    tokens = order.tokens + sum(len(message["content"].encode()) for message in more) + 10
    return replace(order, messages=[*order.messages, *more], tokens=tokens)


def _as_json(told: Told) -> str:
    opening = told.opening
    assert opening is not None, "what was told has its opening"
    fields = {
        "action": opening.action,
        "reason": opening.reason,
        "sources": [passage.id for passage in opening.sources],
        "reply": told.so_far,
    }
    return json.dumps(fields, ensure_ascii=False)


def shortened(order: Order, limit: int, used: int) -> Order | None:
    """Return an order whose oldest pairs of the history left, so that it fits; None if that can't be.

    Args:
        order: What a server found too long.
        limit: The context that it names, in tokens; 0 if it names none: then the whole history leaves.
        used: What the prompt has by its count; 0 if it does not say: then our estimate counts.
    """
    first, end = order.history
    if end <= first:
        return None
    sizes = [_size(message) for message in order.messages]
    used = used or order.tokens
    excess = used + order.max_tokens - limit if limit and used else 0
    needed = excess * MARGIN * sum(sizes) / used if excess > 0 else float("inf")
    at, gone = first, 0
    while at < end and (gone < needed or not _begins_pair(order.messages, first, at)):
        gone += sizes[at]
        at += 1
    if gone < needed and excess > 0:
        return None
    kept = [*order.messages[:first], *order.messages[at:]]
    tokens = max(1, order.tokens * (sum(sizes) - gone) // sum(sizes))
    return replace(order, messages=kept, tokens=tokens, history=(first, end - (at - first)))


def _size(message: ChatMessage) -> int:
    """Return about how many characters a message is worth in a prompt."""
    pictures = sum(picture.tokens for picture in message.get("pictures", ()))
    return len(message["content"]) + 10 + CHARACTERS_A_TOKEN * pictures


def data_url(picture: Picture) -> str:
    """Return a picture as an address that holds it."""
    return f"data:{picture.kind};base64,{base64.b64encode(picture.data).decode()}"


def shows_pictures(messages: Sequence[ChatMessage]) -> bool:
    """Say whether a prompt holds pictures."""
    return any(message.get("pictures") for message in messages)


def without_pictures(order: Order) -> Order:
    """Return an order for a model that can't see, with a word in the place of the pictures."""
    messages, tokens = [], order.tokens
    for message in order.messages:
        pictures = message.get("pictures", ())
        if pictures:
            content = f"{message['content']}\n{UNSEEN}"
            message = ChatMessage(role=message["role"], content=content)
            tokens += len(UNSEEN) - sum(picture.tokens for picture in pictures)
        messages.append(message)
    return replace(order, messages=messages, tokens=max(1, tokens))


def _begins_pair(messages: Sequence[ChatMessage], first: int, at: int) -> bool:
    """Say whether a history can begin with a message: a question that does not follow another one."""
    return messages[at]["role"] == "user" and (at == first or messages[at - 1]["role"] != "user")
