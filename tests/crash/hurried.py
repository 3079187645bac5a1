"""`frontdesk` as it is, but in a hurry.

Replies are shown while they are written after a tenth of the time; and customers who write as fast as the
siege lets them are not taken for machines, whom it would hand over to people.
"""

from __future__ import annotations

import core.draft
import core.loops
from bots.__main__ import main

if __name__ == "__main__":
    core.draft.FIRST_SECONDS = 0.15
    core.draft.EVERY_SECONDS = 0.1
    core.loops.PACES = ()
    main()
