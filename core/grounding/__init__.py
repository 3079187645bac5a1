"""Which claims of a reply stand in what it may rest on: pure, and fast enough for each sentence."""

from core.grounding.claims import Claim, Kind
from core.grounding.evidence import Evidence, of_customer, of_names, of_passages, of_texts, unsupported

__all__ = ["Claim", "Evidence", "Kind", "of_customer", "of_names", "of_passages", "of_texts", "unsupported"]
