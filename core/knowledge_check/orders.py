"""Finds text that speaks to a model instead of to customers. Pure.

An article may hold anything and still changes nothing but its own words; this tells the support lead that
somebody may have tried. Phrases of known attacks are looked for, with the object that makes them one: "ignore
the distractions" is advice, "ignore your instructions" is not.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from core.hidden import without_invisible
from core.knowledge_check.findings import Spot, line_of, short

# What a model is called, and what it was told.
_AI = (
    r"(?:ais?\b|ai[ -](?:model|agent|assistant|chatbot|language model|persona|system)s?|a\.i\.|chat ?bots?|chat ?gpt\w*|"
    r"gpt(?:-?\d\w*)?|llms?|(?:large )?language models?|virtual assistants?|the assistant|\{?generator\.name\}?)"
)
_ORDERS = (
    r"(?:instructions?|prompts?|system (?:message|prompt)s?|guidelines|guardrails|directives?|programming|"
    r"(?:safety|content) (?:rules|filters|policy|policies))"
)
_WORD = r"[^\s.!?]+"
_SPEAK = r"(?:act|answer|respond|reply|behave|pretend|simulate|role-?play|speak|talk|write|output|say)"

_PHRASES = (
    # Away with what it was told.
    rf"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overrid(?:e|ing)|bypass(?:ing)?|do not follow)\s+"
    rf"(?:(?:all|any|the|of|your|my|our|these|those|every|each|other|such)\s+)*"
    rf"(?:(?:previous|prior|above|earlier|preceding|former|existing|initial|original|current|system|past)\s+)+"
    rf"(?:{_WORD}\s+){{0,2}}?(?:{_ORDERS}|rules|messages?|requests?|context|conversations?|texts?|commands?)",
    rf"\b(?:ignore|disregard|forget|override|bypass)\s+(?:all\s+|any\s+|of\s+|the\s+)*(?:your|these|those)?\s*"
    rf"(?:{_ORDERS}|filters|rules (?:you|above|before))(?:\s+(?:you|that|given|above|before)\b|\s*[,.!;:]|\s+and\b|$)",
    r"\b(?:ignore|forget|disregard)\s+(?:everything|all|anything)\s+(?:\w+\s+){0,3}"
    r"(?:before|above|previously|learned|said|told|from|i said)\b",
    r"\bforget (?:about )?being (?:\w+)[,.!]",
    r"\b(?:ignoriere?|vergiss|missachte)\s+(?:\S+\s+){0,3}(?:anweisung|instruktion|regeln|vorgaben|prompt)",
    r"\bigno(?:ra|re|rez|rer)\s+(?:\S+\s+){0,3}(?:instruc[ct]|instruç|consignes|órdenes|reglas|regras)",
    r"(?:忽略|无视|忘记).{0,8}(?:指令|指示|提示|规则)|(?:指示|命令|プロンプト)を(?:すべて)?無視",
    # Be somebody else.
    rf"\b(?:from now on|from this (?:point|moment)(?: on(?:ward)?| forward)?|for this conversation|upon starting)\b"
    rf"[^.!?\n]{{0,60}}?\byou\s+(?:\S+\s+){{0,5}}?(?:{_SPEAK}|immerse|have to answer|are (?:replaced|free))\b",
    rf"\byou are (?:now|going to|no longer|about to)\s+(?:\S+\s+){{0,6}}?"
    rf"(?:{_SPEAK}|immerse|{_AI}|unrestricted|unfiltered|uncensored|in (?:\w+ )?mode|dan\b|play the)",
    rf"\byou are (?:an?|the)\s+(?:\S+\s+){{0,4}}?(?:{_AI}|system prompt|unfiltered|omniscient|4chan)\b",
    r"\byou (?:will|must|shall|should)(?: now)? (?:only |always )?(?:simulate|pretend|play the role|prefix|immerse)\b",
    rf"\b(?:act|behave|respond|answer|speak|function|reply|known?) (?:\S+ )?as (?:both )?(?:if )?(?:an?|the|{_AI})?\s*"
    rf"(?:\S+\s+){{0,3}}?(?:{_AI}|simulator of|unfiltered|uncensored|dan\b)",
    r"\bimmerse yourself in(?:to)? the role\b|\bplay(?:ing)? the role of (?:another|\"|an? (?:ai|\d))",
    r"\bpretend (?:to be|(?:that )?you(?:'re| are))\b[^.\n]{0,60}\b"
    r"(?:which stands for|villain|unrestricted|ai\b|model|evil|chatgpt|chatbot)",
    r"\bnever break character\b|\bstay(?:ing)? in character\b|\bbreak(?:ing)? character\b",
    r"\bdo anything now\b|\b(?:dan|developer|dev|jailbreak|jailbroken|god|chaos|debug|unrestricted) mode "
    r"(?:enabled|on\b|activated|output)|\bin (?:developer|dan|chaos|jailbreak) mode\b",
    r"\bbe(?:en|come) jailbroken\b|\bjailbreak(?:ing)? (?:universe|prompt|is free|you)|^[^\w\n]*jailbreak\b",
    rf"\b(?:hello|hi|hey|dear|attention),?[ \"']*{_AI}[,.!:]",
    rf"\b(?:unfiltered|uncensored|amoral|unrestricted|unlimited|unethical)\b[^.\n]{{0,50}}(?:{_AI}|\bresponses?\b)",
    rf"(?:{_AI})[^.\n]{{0,60}}\b(?:unfiltered|uncensored|amoral|unrestricted|no (?:moral|ethic|limit|restrict)\w*|"
    rf"not bound by|does(?:n['’]t| not) have any (?:ethic|moral))",
    r"\b(?:free of|without|no|any|bypass\w*)\s+(?:\S+\s+){0,2}?(?:restrictions|censorship|filters|moral\w*|ethic\w*)\b"
    r"[^.\n]{0,80}\b(?:prompts?|ai|openai|output)\b",
    r"\b(?:answer|respond)\b[^.\n]{0,40}\bwithout (?:any )?(?:restrictions|filters|limits|censorship|regard)",
    r"\b(?:without (?:any )?(?:regards?|consideration) (?:for|to)|disregards?) (?:all |any )?(?:legal|moral|ethic)",
    # How to answer.
    r"\b(?:respond|reply|answer)\s+(?:only\s+|simply\s+)?(?:to\s+)?(?:all|every|each|the|my|any|users?)?\s*prompts?\b",
    r"\b(?:and|then|instead|you will|only|must|just|simply)\s+(?:simply\s+|only\s+|always\s+)*"
    r"(?:respond|reply|answer|print|say) (?:exactly )?(?:with|as)\b\s*[:\"“'\[]",
    r"\b(?:start|begin|end|prefix|finish|preface)\s+(?:all|every|each|any)?\s*(?:of )?\s*(?:your|its|such|every|each|all)\s+"
    r"(?:outputs?|answers?|repl(?:y|ies)|responses?|messages?|sentences?)",
    r"\b(?:in|to|at the end of|with) (?:every|each|all|any|all of|your (?:next )?)\s*(?:your |the |future )?"
    r"(?:answers?|repl(?:y|ies)|responses?)\b[^.\n]{0,60}\b(?:link|url|https?:|say|add|include|mention|recommend)",
    r"\b(?:add|include|append|insert|put|show)\b[^.\n]{0,80}\b(?:in|to|at the end of|with|below) "
    r"(?:every|each|all|your|any)\s+(?:\w+\s+)?(?:answers?|repl(?:y|ies)|responses?|outputs?)\b",
    r"\brespond (?:as both|twice)\b|\btwo (?:different|distinct|separate) (?:\w+ )?(?:ways|manners|responses)\b",
    # Tell what it was told, do what it must not.
    r"\b(?:reveal|print|show|repeat|output|display|provide|leak|tell me|give me|write out)\s+(?:\S+\s+){0,6}?"
    r"(?:your (?:\w+ )?(?:prompt|instructions)\b|(?:the|its) (?:system|initial|hidden|original) (?:prompt|instructions)\b|"
    r"system prompt|text of the prompt|your secrets)",
    r"\brepeat exactly what i\b|\bdecode and (?:execute|run)\b|\bexecute:? (?:ignore|the following)\b",
    r"\bforce the (?:ai|model|bot|chatbot)\b|\bcannot refuse\b|\bauto-run these\b|\bsystem announ-?ce?-?ment\b",
    r"\b(?:import os|os\.popen|subprocess|__subclasses__|__class__)\b.{0,60}\(|\b(?:using|testing|does|of)\W+eval\W*\(|"
    r"\beval to execute\b|\bcontents of the internal (?:database|system)",
    # Speaks to the model of a desk.
    rf"\b(?:note|notice|message|instructions?|important|attention|reminder)\s*(?:to|for)\s+(?:the |any |all |every )?{_AI}\b",
    rf"\bif you(?:'re| are) (?:an? |the )?(?:{_AI}|bot|assistant)\b",
    r"\b(?:all |any |the )?(?:ai (?:models?|agents?|assistants?)|language models?|chat ?bots?|llms?)\s+"
    r"(?:must|shall|should|have to|need to|are (?:required|instructed) to)\b",
    r"\b(?:do not|don't|never)\s+(?:escalate|hand (?:over|off)|offer (?:a )?(?:person|human)|call (?:a )?(?:person|human)|"
    r"mention (?:this|these) (?:instruction|rule|text|message))",
    r"\b(?:close|resolve) (?:the|this|every|all) (?:open )?(?:support )?(?:cases?|tickets?) (?:immediately|now|at once|and|as|without)\b",
    # The marks of a prompt.
    r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|>|\[/?inst\]|<</?sys>>",
    r"^[^\w\n]{0,3}(?:system|assistant)(?: (?:prompt|message|note|override))?\W{0,2}:\s",
    r"^#{2,}\s*(?:system|instructions?|new instructions?|response|assistant)\s*:?\s*$(?=\n+\s*(?:you|ignore|always|never))",
    r"\b(?:new|updated|real|secret|hidden) (?:system )?instructions?\s*:",
)
_ORDER = re.compile("|".join(f"(?:{phrase})" for phrase in _PHRASES), re.MULTILINE)  # on small letters


def orders(text: str) -> Iterator[Spot]:
    """Yield the lines on which a text speaks to a model, and the words that do; one spot a line."""
    told = 0
    plain = unicodedata.normalize("NFKC", html.unescape(without_invisible(text)))
    lower = plain.lower()
    # Where small letters are as many as capitals, which is nearly everywhere, the words are told as written.
    shown = plain if len(plain) == len(lower) else lower
    for found in _ORDER.finditer(lower):
        line = line_of(lower, found.start())
        if line > told:
            told = line
            yield Spot(line, short(shown[found.start() : found.end()]))
