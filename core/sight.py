"""Which models can see pictures, by their names, and what a picture costs them. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """How a model looks at one picture: `detail` in the words of OpenAI's API, and what that costs."""

    tokens: int
    detail: str


@dataclass(frozen=True, slots=True)
class Sight:
    """How a family of models counts pictures.

    As told under platform.openai.com/docs/guides/images-vision#calculating-costs.

    With tiles, a picture costs `base` and, unless it is looked at only roughly, `tile` for each square of
    512 pixels, once it was shrunk into 2,048 by 2,048 and to 768 on its shorter side. Otherwise it costs
    `patch` tokens for each square of 32 pixels, 1,536 squares at most.

    Attributes:
        base: Tokens of any picture; 0 for a family that counts in patches.
        tile: Tokens of a tile.
        patch: Tokens of a patch.
    """

    base: int = 0
    tile: int = 0
    patch: float = 0.0

    def look(self, width: int, height: int, most: int) -> Look | None:
        """Return how a picture can be looked at for so many tokens at most; None if it can't be.

        Args:
            width: In pixels.
            height: In pixels.
            most: Tokens.
        """
        looks = [Look(self._closely(width, height), "auto")]
        if self.base:
            looks.append(Look(self.base, "low"))
        return next((look for look in looks if look.tokens <= most), None)

    def _closely(self, width: int, height: int) -> int:
        if not self.base:
            patches = math.ceil(width / PATCH) * math.ceil(height / PATCH)
            return math.ceil(min(patches, MOST_PATCHES) * self.patch)
        shrink = min(1.0, LONGER_SIDE / max(width, height))
        shrink *= min(1.0, SHORTER_SIDE / (min(width, height) * shrink))
        # A server may round either way: a side that ends just at a tile's edge counts as one beyond.
        across, down = (max(1, math.ceil((side * shrink + 1) / TILE)) for side in (width, height))
        return self.base + self.tile * min(across * down, MOST_TILES)


PATCH, MOST_PATCHES = 32, 1_536
TILE, LONGER_SIDE, SHORTER_SIDE = 512, 2_048, 768
MOST_TILES = 8

# The first that fits a model's name; what fits none is taken for blind. A picture that costs gpt-4o-mini as
# much as the others in money costs it 33 times the tokens.
_FAMILIES = (
    (re.compile(r"gpt-4o-mini"), Sight(base=2_833, tile=5_667)),
    (re.compile(r"(chatgpt-4o|gpt-4o|gpt-4\.1|gpt-5|o4)\S*(audio|realtime|transcribe|tts|search)"), None),
    (re.compile(r"gpt-4\.1-mini|gpt-5[\d.]*-mini"), Sight(patch=1.62)),
    (re.compile(r"gpt-4\.1-nano|gpt-5[\d.]*-nano"), Sight(patch=2.46)),
    (re.compile(r"o4-mini"), Sight(patch=1.72)),
    (re.compile(r"gpt-5\.\d"), Sight(patch=1.2)),
    (re.compile(r"gpt-5"), Sight(base=70, tile=140)),
    (re.compile(r"o3-mini|o1-mini|o1-preview"), None),
    (re.compile(r"o1|o3"), Sight(base=75, tile=150)),
    (re.compile(r"chatgpt-4o|gpt-4o|gpt-4\.1|gpt-4\.5|gpt-4-turbo"), Sight(base=85, tile=170)),
)
# For a model that is said to see and of which nothing is known: as much as most of the known ones cost.
UNKNOWN = Sight(patch=1.62)


def sight_of(model: str, vision: str) -> Sight | None:
    """Return how a model sees; None for one that doesn't.

    Args:
        model: Its name.
        vision: The setting: `true` and `false` decide it, with `auto` the name does.
    """
    if vision == "false":
        return None
    bare = model.rpartition("/")[2].removeprefix("ft:")
    known = next((sight for names, sight in _FAMILIES if names.match(bare)), None)
    return known or (UNKNOWN if vision == "true" else None)
