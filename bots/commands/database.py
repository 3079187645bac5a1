"""The database, for commands that look into it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from bots.commands.common import Fatal
from core.settings import Settings
from core.store import Store


@contextlib.asynccontextmanager
async def stored(settings: Settings) -> AsyncIterator[Store]:
    """Open a database that is there already."""
    if not settings.database.exists():
        raise Fatal(f"There is no database at {settings.database} yet. Check DATABASE.")
    store = await Store.open(settings.database)
    try:
        yield store
    finally:
        await store.close()
