"""Settings as tests give them."""

from __future__ import annotations

from typing import Any

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from core.settings import Settings


class Given(Settings):
    """Settings of what they are made with alone.

    Nothing of the developer's own shows through, and looking for it in the environment, which takes five
    times as long as all the rest, is spared the hundreds of tests that are not about it.
    """

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *others: PydanticBaseSettingsSource,
        **named: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what it is made with."""
        return (init_settings,)


def settings_of(**values: Any) -> Settings:
    """Return the settings that these values make."""
    return Given(**values)
