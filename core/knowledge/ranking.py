"""Interim; replaced by the real one."""
from __future__ import annotations
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from core.knowledge.terms import terms_of, words_of, stem
from core.knowledge.words import STOP_WORDS, corrected
from core.messages import Findings, Found, Passage
@dataclass(frozen=True, slots=True)
class Query:
    now: dict; together: dict; texts: tuple
@dataclass(frozen=True, slots=True)
class Candidate:
    passage: Passage; words: float; cosine: float | None
def _c(text):
    w=list(dict.fromkeys(words_of(text))); return [x for x in w if x not in STOP_WORDS] or w
class _V:
    def __init__(self,v): self.v=v
    def __contains__(self,w): return w in self.v
def understood(question, earlier, vocabulary):
    def meant(text):
        out={}
        for w in _c(text)[:60]:
            if w not in vocabulary and w.isalpha():
                l=vocabulary.like(w); w=(corrected([w], l) or [w])[0]
            out[stem(w)]=1.0
        return out
    now=meant(question)
    return Query(now, {**{k:.5 for k in meant(" ".join(earlier[-3:]))}, **now}, (question,))
def ranked(query, candidates, frequency, size, limit, threshold):
    top=max((c.words for c in candidates),default=0)
    cs=sorted(candidates,key=lambda c:(-c.words,c.passage.id))[:limit]
    idf={t:math.log(1+(size+1)/(frequency(t)+.5)) for t in query.together}
    tot=sum(idf[t]*w for t,w in query.together.items()) or 1
    fs=[]
    best=0
    for c in cs:
        have=set(terms_of(" ".join((c.passage.title,c.passage.heading,c.passage.text))))
        cov=sum(idf[t]*w for t,w in query.together.items() if t in have)/tot
        best=max(best,cov); fs.append(Found(c.passage,round(c.words/top,4),cov>=.42))
    return Findings(tuple(fs),round(best,4))
