"""How promises are worded in English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.grounding.wording import pattern

# What stands between the one who acts and the deed, without a "not".
_EN_FILL = (
    r"(?: (?:just|already|now|also|gladly|happily|personally|immediately|then|(?:gone|went|go) ahead and|"
    r"happy to|glad to|to)){0,3}"
)
_EN_DONE = (
    "refunded|cancell?ed|credited|reimbursed|reset|replaced|shipped|sent|resent|e-?mailed|mailed|extended|"
    "upgraded|downgraded|updated|changed|deleted|removed|unlocked|restored|activated|deactivated|started|"
    "processed|issued|initiated|arranged|applied|approved|booked|ordered|added|waived|corrected|fixed|"
    "reported|checked|verified|confirmed|reviewed|looked (?:up|into|at)|investigated|submitted|scheduled|"
    "placed|renewed|transferred your|switched|moved you|signed you|enrolled|set up|turned (?:on|off)|"
    "unsubscribed|converted|closed|reopened|made (?:the|that|this|your)"
)
_EN_DO = (
    "refund|cancel|credit|reimburse|reset|replace|ship|send|resend|e-?mail|mail|extend|upgrade|downgrade|"
    "update|change|delete|remove|unlock|restore|activate|deactivate|start|process|issue|initiate|arrange|"
    "apply|approve|book|order|waive|correct|fix|report|check|verify|review|look (?:up|into)|investigate|"
    "submit|schedule|place|renew|close|reopen|call you|get back to you|follow up|keep you (?:posted|updated)"
)
_EN_DOING = (
    "refunding|cancel+ing|crediting|reimbursing|resetting|replacing|shipping|sending|e-?mailing|extending|"
    "upgrading|downgrading|updating|changing|deleting|removing|unlocking|restoring|activating|processing|"
    "issuing|initiating|arranging|applying|approving|checking|verifying|reviewing|looking into|investigating|"
    "submitting|scheduling|closing"
)
_EN_HAND = (
    "escalate|forward|pass|hand|transfer|connect|notify|inform|tell|alert|let (?:the|our) team|open|create|"
    "flag|make a note|raise|file|log|bring in|ask (?:the|our|a) (?:team|colleague)"
)
_EN_HANDED = (
    "escalated|forwarded|passed|handed|transferred|connected|notified|informed|told|alerted|"
    "let (?:the|our) team|opened|created|flagged|made a note|raised|filed|logged|brought in|"
    "asked (?:the|our|a) \\w+"
)
_EN_HANDING = (
    "escalating|forwarding|passing|handing|transferring|connecting|notifying|informing|alerting|opening|"
    "creating|raising|filing|logging|bringing in"
)
# What is passed on: "I'll open the next step" hands nothing over.
_TO = (
    r"(?=[^.!?\n]{0,60}\b(?:team|person|people|human|agent|colleagues?|specialist|support|department|manager|"
    r"carrier|warehouse|bank|account|ticket|case|request|issue|problem|parcel|order|payment|this|it|you|somebody|someone)\b)"
)
_THING = (
    "refund|order|plan|subscription|payment|account|password|request|parcel|replacement|claim|ticket|case|"
    "amount|invoice|address|trial|money|card|credit|membership|return|complaint|issue"
)
_UNLESS_EN = (
    r"\b(?:if|once|when|whenever|after|as soon as|until|unless|whether|before|in case|provided|should you)\b"
)


_WILL = r"(?:'ll| will| shall|'m going to| am going to|'m about to| want to make sure to)"
_HAVE = r"(?:'ve| have|'d| had)"
_WITHIN = r"\b(?:within|usually|normally|always|every|each|as soon as|by the end)\b"
ENGLISH = (
    pattern(rf"\b(?:I|we){_HAVE}{_EN_FILL} (?:{_EN_DONE})\b", done=True, unless=_UNLESS_EN),
    pattern(rf"\bI{_EN_FILL} (?:{_EN_DONE})\b", done=True),
    pattern(rf"\bI(?:'m| am| was able to){_EN_FILL} (?:{_EN_DOING}|{_EN_DO})\b"),
    pattern(rf"\b(?:I{_WILL}|let me|I can|allow me to){_EN_FILL} (?:{_EN_DO})\b"),
    pattern(rf"\b(?:shall|should|may|could) I{_EN_FILL} (?:{_EN_DO})\b|\b(?:like|want) me to (?:{_EN_DO})\b"),
    pattern(rf"\bwe{_WILL}{_EN_FILL} (?:{_EN_DO})\b", unless=rf"{_UNLESS_EN}|{_WITHIN}"),
    pattern(rf"\bwe(?:'re| are) (?:now |already |currently )?(?:{_EN_DOING}) (?:your|you|the|it|this)\b"),
    pattern(
        rf"\b(?:your|the|a|this) (?:\w+ ){{0,2}}(?:{_THING}) (?:has been|have been|was|were) "
        rf"(?:now |already |just |also |successfully )*(?:{_EN_DONE})\b",
        rf"\byour (?:\w+ ){{0,2}}(?:{_THING}) (?:is|are) (?:now |already )*"
        r"(?:approved|cancelled|canceled|on (?:its|the) way|confirmed|being processed|refunded|"
        r"unlocked|restored|reset|upgraded|downgraded)\b",
        rf"\bI took care of (?:it|that|the|your)\b|\bconsider (?:it|that) (?:done|{_EN_DONE})\b",
        done=True,
        unless=_UNLESS_EN,
    ),
    pattern(
        r"\bI (?:can )?see (?:in|on|from|that) (?:your|the) (?:account|order|file|records?|payments?)\b",
        done=True,
    ),
    pattern(
        rf"\b(?:I|we){_HAVE}{_EN_FILL} (?:{_EN_HANDED})\b{_TO}", handover=True, done=True, unless=_UNLESS_EN
    ),
    pattern(rf"\bI{_EN_FILL} (?:{_EN_HANDED})\b{_TO}", handover=True, done=True),
    pattern(rf"\b(?:I{_WILL}|let me){_EN_FILL} (?:{_EN_HAND})\b{_TO}", handover=True),
    pattern(rf"\bI(?:'m| am){_EN_FILL} (?:{_EN_HANDING})\b{_TO}", handover=True),
    pattern(rf"\bwe{_WILL}{_EN_FILL} (?:{_EN_HAND})\b{_TO}", handover=True, unless=f"{_UNLESS_EN}|{_WITHIN}"),
    pattern(
        rf"\b(?:your|this|the|a) (?:\w+ ){{0,2}}(?:{_THING}|message|question|matter) (?:has|have) "
        rf"(?:now |just |already )*been (?:{_EN_HANDED})\b",
        handover=True,
        done=True,
        unless=_UNLESS_EN,
    ),
    pattern(
        r"\b(?:someone|somebody|a (?:person|human|colleague|specialist|team member|representative|manager|"
        r"supervisor)|an agent|one of our [\w ]{3,20}|our (?:support )?team|we)(?: from [\w ]{3,20})?"
        r"(?:'ll| will|'s going to| is going to| are going to) (?:be |soon |shortly |personally )*"
        r"(?:contact|call|reach out|get back|be in touch|in touch|follow up)",
        handover=True,
        unless=rf"{_UNLESS_EN}|\b(?:write|contact us|e-?mail us)\b|{_WITHIN}",
    ),
)

_RULES = re.compile(rf"\bwe (?:also |then |can |may |always ){{0,2}}({_EN_DO})\b", re.IGNORECASE)
_PROMISED = re.compile(rf"\bwe{_WILL}{_EN_FILL} ({_EN_DO})\b", re.IGNORECASE)


def done_by_rule(text: str) -> Iterator[str]:
    """Yield what a text says that the company does: `email` of "we e-mail you a link"."""
    return (_bare(found[1]) for found in _RULES.finditer(text))


def promised_of_us(text: str) -> str:
    """Return what the company will do in these words; empty where it is somebody else who will."""
    found = _PROMISED.search(text)
    return _bare(found[1]) if found else ""


def _bare(verb: str) -> str:
    plain = verb.lower().replace("-", "")
    return "send" if plain in {"email", "mail", "resend"} else plain
