"""One search: what was asked becomes terms, these find candidates, and the candidates are ranked."""

from __future__ import annotations

from collections.abc import Sequence

from core.knowledge.index import told_as_unsound
from core.knowledge.ranking import Candidate, ranked, understood
from core.knowledge.view import View
from core.messages import Findings

# How many of the best are ranked, by words and by meaning each.
CANDIDATES = 50


def found(view: View, question: str, earlier: Sequence[str], limit: int) -> Findings:
    """Find passages for a question.

    Raises:
        Unsound: The index is damaged.
    """
    with told_as_unsound():
        query = understood(question, earlier, view.vocabulary)
        best = view.best(query.together, max(CANDIDATES, limit))
        passages = view.passages(best)
        candidates = [Candidate(passages[address], score, None) for address, score in best.items()]
        return ranked(query, candidates, view.frequency, view.size, limit, None)
