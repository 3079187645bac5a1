"""Rules before the model, as tables by language: what a message says about wanting a person. Pure."""

from core.escalation.reading import cues, declines_offer, small_talk, takes_offer
from core.escalation.repeats import same_question
from core.escalation.table import Cue, Small

__all__ = ["Cue", "Small", "cues", "declines_offer", "same_question", "small_talk", "takes_offer"]
