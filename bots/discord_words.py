"""A Discord message's words as people read them. Pure: reads objects, asks nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import discord

from bots.discord_files import besides

# What Discord shows as it was written.
_CODE = re.compile(r"(```.*?```|``.*?``|`[^`\n]*`)", re.DOTALL)
_MENTION = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_CHANNEL = re.compile(r"<#(\d+)>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_COMMAND = re.compile(r"<(/[^:<>\n]{1,100}):\d+>")
_TIME = re.compile(r"<t:(-?\d{1,13})(?::[tTdDfFsSR])?>")
_SPOILER = re.compile(r"\|\|(?=\S)(.+?)(?<=\S)\|\|", re.DOTALL)
# Parts of a server that have addresses of their own.
_GUIDE = re.compile(r"<id:(customize|browse|guide|linked-roles)(?::\d+)?>")
_GUIDES = {
    "customize": "#Channels & Roles",
    "browse": "#Browse Channels",
    "guide": "#Server Guide",
    "linked-roles": "#Linked Roles",
}


def readable(message: discord.Message, me: discord.abc.User) -> str:
    """Return what people read: names for mentions, times in words, without marks that hide.

    The mention of the bot is left out, files are named. A forum's post has its title above it, which is often
    the question itself, and its tags.
    """
    users = {user.id: user.display_name for user in message.mentions}
    roles = {role.id: role for role in message.role_mentions}
    text = rendered(message.content, me, message.guild, users, roles)
    return "\n".join([*_title(message), text, *besides(message)]).strip()


def post_opened_by(message: discord.Message) -> discord.Thread | None:
    """Return the forum's post that a message opens, if it does: a post has the id of its first message."""
    post = message.channel
    if not isinstance(post, discord.Thread) or message.id != post.id:
        return None
    return post if isinstance(post.parent, discord.ForumChannel) else None


def _title(message: discord.Message) -> list[str]:
    post = post_opened_by(message)
    if post is None:
        return []
    tags = ", ".join(tag.name for tag in post.applied_tags)
    return [f"{post.name} ({tags})" if tags else post.name]


def rendered(
    text: str,
    me: discord.abc.User,
    guild: discord.Guild | None,
    users: Mapping[int, str],
    roles: Mapping[int, discord.Role],
) -> str:
    """Return words with names for what Discord writes as ids; code is as it was.

    Args:
        text: As it was written.
        me: The bot, whose own mention is left out.
        guild: Where it was written; its channels and roles are known by name.
        users: The names of people that are known.
        roles: Roles that are known besides the guild's.
    """

    def outside_code(part: str) -> str:
        return _outside_code(part, me, guild, users, roles)

    parts = _CODE.split(text)
    return "".join(part if n % 2 else outside_code(part) for n, part in enumerate(parts)).strip()


def _outside_code(
    text: str,
    me: discord.abc.User,
    guild: discord.Guild | None,
    users: Mapping[int, str],
    roles: Mapping[int, discord.Role],
) -> str:
    def user(match: re.Match[str]) -> str:
        id = int(match[1])
        return "" if id == me.id else f"@{users.get(id) or _member(guild, id)}"

    def role(match: re.Match[str]) -> str:
        known = roles.get(int(match[1])) or (guild and guild.get_role(int(match[1])))
        if known and is_ours(known, me):
            return ""
        return f"@{known.name}" if known else "@unknown-role"

    def channel(match: re.Match[str]) -> str:
        known = guild and guild.get_channel_or_thread(int(match[1]))
        return f"#{known.name}" if known else "#unknown"

    text = _MENTION.sub(user, text)
    text = _ROLE.sub(role, text)
    text = _CHANNEL.sub(channel, text)
    text = _EMOJI.sub(r"\1", text)
    text = _COMMAND.sub(r"\1", text)
    text = _TIME.sub(_time, text)
    text = _GUIDE.sub(lambda match: _GUIDES[match[1]], text)
    return _SPOILER.sub(r"\1", text)


def is_ours(role: discord.Role, me: discord.abc.User) -> bool:
    """Say whether a role is the one that Discord made for the bot."""
    return role.tags is not None and role.tags.bot_id == me.id


def _member(guild: discord.Guild | None, id: int) -> str:
    member = guild.get_member(id) if guild else None
    return member.display_name if member else "unknown-user"


def _time(match: re.Match[str]) -> str:
    """Return a moment, which everybody sees in their own time zone, in words that hold for all."""
    try:
        at = datetime.fromtimestamp(int(match[1]), UTC)
    except (ValueError, OverflowError, OSError):
        return match[0]
    return f"{at:%Y-%m-%d %H:%M} UTC"
