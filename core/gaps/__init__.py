"""What customers asked and the articles did not answer: which questions, and what they have in common."""

from core.gaps.asked import REASONS, Asked, Why, asked
from core.gaps.comparing import Grouped, grouped
from core.gaps.grouping import Gap, bare

__all__ = ["REASONS", "Asked", "Gap", "Grouped", "Why", "asked", "bare", "grouped"]
