"""From a Slack event to a message, if it is one for us. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bots.slack_files import files_of, forwarded
from bots.slack_format import from_slack
from core.messages import Author, IncomingMessage, IncomingReaction, Press, attached

# Messages of these kinds are words that a person wrote; all others tell what happened in the channel.
_WRITTEN = {None, "file_share", "thread_broadcast"}
# A person (`<@U1>`, `<@U1|ana>`) or a group of them (`<!subteam^S1>`). `<!here>` calls us as well.
_MENTIONS = re.compile(r"(<@\w+|<!subteam)(?=[|>^])")


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that somebody wrote where we can read it.

    Attributes:
        message: As the desk takes it.
        addressed: Whether it is meant for us for sure: a DM, a mention, a reply to us. If not, it is
            only where its conversation is one of ours.
        people: The ids of the people whom its text mentions by `@` and their id; they have names.
    """

    message: IncomingMessage
    addressed: bool
    people: frozenset[str] = frozenset()


def read(body: dict[str, Any], bot: str, *, threads: bool) -> Heard | None:
    """Read an Events API body.

    Args:
        body: The whole body; its event is an `app_mention` or a `message`, or anything else.
        bot: The bot's user id.
        threads: Whether a mention in a channel starts a thread that is a conversation of its own.

    Returns:
        None for what is no message of a person.
    """
    event = body.get("event") or {}
    if event.get("type") not in {"app_mention", "message"} or event.get("subtype") not in _WRITTEN:
        return None
    user, channel, ts = event.get("user"), event.get("channel"), event.get("ts")
    if not (user and channel and ts) or event.get("bot_id") or user in {bot, "USLACKBOT"}:
        return None
    team = body.get("team_id") or event.get("team") or ""
    text = event.get("text") or ""
    files = files_of(event)
    passed_on = [f"(forwarded) {from_slack(words, {}, bot)}" for words in forwarded(event)]
    conversation, place = _conversation(event, f"slack:{team}/{channel}", threads=threads)
    mentioned = event["type"] == "app_mention" or f"<@{bot}" in _MENTIONS.findall(text)
    people = mentioned_people(text) - {bot}
    replied = not threads and event.get("parent_user_id") == bot
    addressed = _is_dm(event) or mentioned or replied
    message = IncomingMessage(
        id=f"slack:{team}/{channel}/{ts}",
        conversation=conversation,
        author=Author(f"slack:{team}/{user}"),
        text="\n".join(filter(None, [from_slack(text, {}, bot), *passed_on, attached(files)])),
        position=int(ts.replace(".", "")),
        sent_at=float(ts),
        place=place,
        edited_at=float((event.get("edited") or {}).get("ts") or 0),
        shared=not threads and not _is_dm(event),
        mentions=mentioned or replied,
        files=files,
        to_others=not addressed and (bool(people - {user}) or "<!subteam" in _MENTIONS.findall(text)),
        joins=threads and mentioned and not _is_dm(event) and event.get("thread_ts") not in {None, ts},
    )
    return Heard(message, addressed, people)


def mentioned_people(text: str) -> frozenset[str]:
    """Return the ids of the people whom a text mentions, as Slack sends it."""
    return frozenset(found.removeprefix("<@") for found in _MENTIONS.findall(text) if found[1] == "@")


def read_edit(body: dict[str, Any], bot: str, *, threads: bool) -> Heard | None:
    """Return a message of a person as it is after an edit; None for anything else."""
    event = body.get("event") or {}
    if event.get("subtype") != "message_changed":
        return None
    message, before = event.get("message") or {}, event.get("previous_message") or {}
    if message.get("text") == before.get("text"):
        return None  # a link was unfurled
    kept = {key: event[key] for key in ("channel", "channel_type") if key in event}
    edited = {"edited": message.get("edited") or {"ts": event.get("ts")}}
    return read({**body, "event": {**message, **kept, **edited, "type": "message"}}, bot, threads=threads)


def read_deletion(body: dict[str, Any]) -> str | None:
    """Return the id of a message that was deleted; None for anything else."""
    event = body.get("event") or {}
    message = event.get("message") or {}
    ts = None
    if event.get("subtype") == "message_deleted":
        ts = event.get("deleted_ts")
    elif message.get("subtype") == "tombstone":  # the first message of a thread that has replies
        ts = message.get("ts")
    return f"slack:{body.get('team_id', '')}/{event.get('channel')}/{ts}" if ts else None


# As people write them; what they click is called +1 and -1. A skin tone may follow: `+1::skin-tone-2`.
_THUMBS = {
    "+1": Press.HELPFUL,
    "thumbsup": Press.HELPFUL,
    "-1": Press.UNHELPFUL,
    "thumbsdown": Press.UNHELPFUL,
}


def read_reaction(body: dict[str, Any], bot: str) -> IncomingReaction | None:
    """Read a reaction that came or went; None for what is no thumb, or not on a message of the bot's."""
    event = body.get("event") or {}
    press = _THUMBS.get(str(event.get("reaction", "")).partition("::")[0])
    kind, item = event.get("type"), event.get("item") or {}
    if kind not in {"reaction_added", "reaction_removed"} or event.get("item_user") != bot:
        return None
    if press is None or item.get("type") != "message" or event.get("user") == bot:
        return None
    who = Author(f"slack:{body.get('team_id', '')}/{event.get('user')}")
    ref, at = f"slack:{item['channel']}/{item['ts']}", float(event.get("event_ts") or 0)
    return IncomingReaction(press, ref, who, kind == "reaction_removed", at)


def _is_dm(event: dict[str, Any]) -> bool:
    return event.get("channel_type") == "im" or str(event["channel"]).startswith("D")


def _conversation(event: dict[str, Any], channel: str, *, threads: bool) -> tuple[str, str]:
    """Return the conversation of an event, and the place to answer in where that is another."""
    thread = event.get("thread_ts")
    if _is_dm(event):
        return (f"{channel}/{thread}" if thread else channel), ""
    if threads:
        return f"{channel}/{thread or event['ts']}", ""
    return channel, f"{channel}/{thread}" if thread else ""


def is_written(message: Mapping[str, Any]) -> bool:
    """Say whether a message of a history is somebody's words, a bot's included."""
    return message.get("subtype") in _WRITTEN | {"bot_message"}
