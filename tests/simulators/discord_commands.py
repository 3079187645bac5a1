"""What the simulated Discord refuses about the commands that an app registers."""

from collections.abc import Iterator

import discord

from tests.simulators.discord_api import Problem, form_error
from tests.simulators.discord_world import Payload

CHAT = 1
MAX_DESCRIPTION = 100
_LOCALES = frozenset(locale.value for locale in discord.Locale)


def check_commands(commands: list[Payload]) -> None:
    """Refuse what Discord refuses about a list of commands.

    Raises:
        ApiError: 50035 with every problem at its place.
    """
    problems = [
        problem for place, command in enumerate(commands) for problem in _in_command(f"{place}", command)
    ]
    if problems:
        raise form_error(*problems)


def _in_command(where: str, command: Payload) -> Iterator[Problem]:
    if command.get("type", CHAT) != CHAT:
        return
    yield from _in_description(where, command)
    for place, option in enumerate(command.get("options") or []):
        yield from _in_description(f"{where}.options.{place}", option)


def _in_description(where: str, described: Payload) -> Iterator[Problem]:
    yield from _in_length(f"{where}.description", described.get("description") or "")
    for locale, text in (described.get("description_localizations") or {}).items():
        place = f"{where}.description_localizations.{locale}"
        if locale not in _LOCALES:
            yield Problem(place, "BASE_TYPE_CHOICES", f"Locale {locale} is not supported.")
        yield from _in_length(place, text)


def _in_length(where: str, text: str) -> Iterator[Problem]:
    if not 1 <= len(text) <= MAX_DESCRIPTION:
        yield Problem(where, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {MAX_DESCRIPTION} in length.")
