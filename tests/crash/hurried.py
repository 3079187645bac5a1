"""`frontdesk` as it is, but that replies are shown while they are written after a tenth of the time."""

from __future__ import annotations

import core.draft
from bots.__main__ import main

if __name__ == "__main__":
    core.draft.FIRST_SECONDS = 0.15
    core.draft.EVERY_SECONDS = 0.1
    main()
