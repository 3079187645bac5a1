"""Reactions on the simulated Discord's messages."""

import unicodedata

from tests.simulators.discord_api import ApiError, Asked, Routes, missing_permissions, not_found
from tests.simulators.discord_messages import Messages
from tests.simulators.discord_world import BOT_ID, Message, Permission, World

MAX_REACTIONS = 20
_JOINERS = "\u200d\ufe0f\u20e3"  # between and behind the signs which make up one emoji
_TAGS = range(0xE0020, 0xE0080)  # spell a region's flag
# Emoji which are no pictographs to Unicode, and pictographs which are no emoji.
_ALSO_EMOJI, _NO_EMOJI = "‼⁉〰ℹ↔▪▫◽◾⤴⤵", "✓✗✘★☆☐☒"
_KEYCAPS = "0123456789#*"


class Reactions:
    """Adds and removes reactions, the bot's (as its requests want it) and everybody's."""

    def __init__(self, world: World, messages: Messages) -> None:
        self.world = world
        self._messages = messages

    def routes(self) -> Routes:
        mine = "/channels/{channel}/messages/{message}/reactions/{emoji}/@me"
        return [("PUT", mine, self._add_mine), ("DELETE", mine, self._remove_mine)]

    def _reacted_to(self, asked: Asked) -> tuple[Message, str]:
        channel, message = self._messages.channel(asked), self._messages.message(asked)
        if not is_emoji(asked.params["emoji"]):
            raise ApiError(400, 10014, "Unknown Emoji")
        self._messages.require_active(channel)
        return message, asked.params["emoji"]

    def _add_mine(self, asked: Asked) -> None:
        message, emoji = self._reacted_to(asked)
        channel = self.world.channels[message.channel_id]
        if not self._messages.may(channel, Permission.READ_MESSAGE_HISTORY):
            raise missing_permissions()
        # Whoever may not add a reaction may still join in one.
        if emoji not in message.reactions:
            if not self._messages.may(channel, Permission.ADD_REACTIONS):
                raise missing_permissions()
            if len(message.reactions) >= MAX_REACTIONS:
                raise ApiError(400, 30010, f"Maximum number of reactions reached ({MAX_REACTIONS})")
        self.add(message, BOT_ID, emoji)

    def _remove_mine(self, asked: Asked) -> None:
        message, emoji = self._reacted_to(asked)
        if emoji not in message.reactions:
            raise not_found(10014, "Emoji")
        self.remove(message, BOT_ID, emoji)

    def add(self, message: Message, user_id: int, emoji: str) -> None:
        """Let somebody react; who does so already does nothing."""
        who = message.reactions.setdefault(emoji, set())
        if user_id not in who:
            who.add(user_id)
            self._tell("message_reaction_add", message, user_id, emoji)

    def remove(self, message: Message, user_id: int, emoji: str) -> None:
        """Let somebody take a reaction back; who has none does nothing."""
        who = message.reactions.get(emoji, set())
        if user_id in who:
            who.remove(user_id)
            if not who:
                del message.reactions[emoji]
            self._tell("message_reaction_remove", message, user_id, emoji)

    def _tell(self, fixture: str, message: Message, user_id: int, emoji: str) -> None:
        fields = {"message_id": str(message.id), "emoji": {"id": None, "name": emoji}}
        if fixture == "message_reaction_add":
            fields["message_author_id"] = str(message.author_id)
        self.world.happened(fixture, self.world.channels[message.channel_id], user_id, **fields)


def is_emoji(text: str) -> bool:
    """Whether this is one of Unicode's emoji, as far as the characters' categories tell.

    The simulated guilds have no emoji of their own: `name:id` names none.
    """
    signs = [c for c in text if c not in _JOINERS and ord(c) not in _TAGS]
    if len(signs) == 1 and signs[0] in _KEYCAPS:
        return text.endswith("\u20e3")
    return bool(signs) and all(_is_pictograph(sign) for sign in signs)


def _is_pictograph(sign: str) -> bool:
    if sign in _ALSO_EMOJI:
        return True
    return unicodedata.category(sign) in ("So", "Sk") and sign not in _NO_EMOJI
