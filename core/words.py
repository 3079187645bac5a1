"""Every fixed phrase that customers and agents read. Short, plain, kind; reword them here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from core.fences import one_line
from core.markdown import escape, excerpt
from core.messages import CaseState, File, Passage, Press, Reason
from core.ports import FaultKind

# Of an article's title, or a heading, customers see so many characters.
LONGEST_NAME = 120

GREETING = "Hi! What can I help you with?"
WELCOME = "You're welcome! Just write again if anything else comes up."
GOOD = "Good to hear! Just write again if anything else comes up."
NOT_FOUND = "I couldn't find an answer to that in our help articles, and I don't want to guess."
# Where the question is in another language than the articles, and nothing can translate it.
UNREAD = "Sorry, I can only look up questions in {language} in our help articles."
LEFT_OUT = "_(I left out what I couldn't confirm in our help articles.)_"
DECLINED = "All right. Ask me anything else, any time."
TOLD = "I've told our team. A person will answer you here."
FOR_A_PERSON = "This is one for a person from our team."
I_AM_A_BOT = (
    "I'm an automated assistant, not a person. I answer from our help articles, and I can bring in a person "
    "from our team whenever you ask."
)
MUTED = "All right, I'll be quiet here. Mention me, or ask for a person, when you need me again."
UPSET = "I'm sorry this has been frustrating."
UNHELPED = "I'm sorry that didn't help."
REPEATED = "I'm sorry, it seems I keep missing your point."
NOT_SOLVED = "I'm sorry it isn't solved yet."
BARE = "I can bring in a person from our team."
AFTER_NO = "If you'd like a person after all, just write *agent*."

TROUBLE = "Sorry, I couldn't answer just now because of a problem on our side."
CUT = "_(I had to stop here. Ask me to go on if you need the rest.)_"
LATE = "Sorry, I was away when you wrote this. I've passed it on to our team, who will get back to you."
LATE_ALONE = "Sorry, I was away when you wrote this. If you still need help, please write again."
DELETED = "(message deleted)"
TOO_LONG = (
    "Your message is longer than I can read in one go. Could you send the main question in a few "
    "sentences, or in shorter parts?"
)

# A case, as the customer reads of it.
PASSED_ON = (
    "I've passed that on to our team; a person will answer you here. If you no longer need one, write "
    "*never mind*."
)
WITHDRAWN = "All right, I've told our team that you no longer need them. Ask me anything else, any time."
GIVEN_BACK = "Our team has handed this back to me. What else can I help you with?"
RESOLVED = "Our team has closed this request. I'm here again if you have another question. Did they help?"
STILL_NEEDED = "Is this solved? If we don't hear from you, we'll close this request in {time}."
CLOSED_QUIET = (
    "As we haven't heard from you, we've closed this request. Just write again if you still need help. "
    "Was it solved?"
)
THANK_YOU = "Thank you, that helps us."
SORRY = "I'm sorry to hear that. Write what is still missing, and ask for a person if you'd like one again."

# A case, as agents read of it.
CLAIM_FIRST = (
    "Not sent: only the person who claimed a case writes to the customer. Start a line with // for notes."
)
TAKE_OVER_FIRST = "Not sent: {owner} has this case. Start a line with // for notes."
CLOSED_CASE = "Not sent: this case is closed."
NOT_AN_AGENT = "Only members of the agents' channel can do that."
NOT_YOUR_OWN = "You are the customer of this case; somebody else from the team has to take it."
NOT_YOURS_TO_ANSWER = "This is for the person who asked."
OUT_OF_DATE = "That button is out of date; nothing was changed. {state}"
YOURS_ALREADY = "You have this case already."
ANOTHER_OPEN = "This customer has another open request already; see its card."
NOTE_GONE = "That message is gone; nothing was sent."
SENT = "Sent."
FAILED_PRESS = "That didn't work because of a problem on our side. Please try again."
NOT_DELIVERED = "Not delivered: {why}."
WITHDREW = "**The customer no longer needs a person.** The bot answers again."
WANTS_MORE = "**The customer says that this did not help.** Reopen the case to go on with it."
NOBODY_CLAIMED = "Nobody has claimed this yet; the customer has waited since {since}."
OWES_ANSWER = "{owner}, the customer has waited for your answer since {since}."
ASKED_QUIET = "The customer was asked whether this is solved; without an answer it closes in {time}."
TRANSCRIPT = "**So far:**"

# What the agents' buttons and the customers' say.
LABELS = {
    Press.YES: "Yes, please",
    Press.NO: "No, thanks",
    Press.CLAIM: "Claim",
    Press.TAKE_OVER: "Take over",
    Press.RESOLVE: "Resolve",
    Press.GIVE_BACK: "Give back to bot",
    Press.REOPEN: "Reopen",
    Press.SEND: "Send and claim",
    Press.SEND_OVER: "Take over and send",
    Press.GOOD: "👍",
    Press.BAD: "👎",
    Press.HELPFUL: "👍 Helpful",
    Press.UNHELPFUL: "👎 Not helpful",
    Press.PERSON: "Talk to a person",
    Press.FORGET: "Yes, forget me",
    Press.KEEP: "No, keep it",
}
# What a press on an offer's buttons counts as.
PRESSED = {
    Press.YES: "Yes",
    Press.NO: "No",
    Press.PERSON: "I'd like to talk to a person.",
}

# Why a person is offered or called, in words for the agents' ping.
REASONS = {
    Reason.ASKED_FOR_PERSON: "asked for a person",
    Reason.NOT_IN_ARTICLES: "the articles don't answer it",
    Reason.UNSURE: "the bot is not sure",
    Reason.SENSITIVE: "a sensitive subject",
    Reason.UPSET: "the customer is upset",
    Reason.UNHELPED: "what the bot said didn't help",
    Reason.REPEATED: "they asked the same for the third time",
    Reason.CONTENT_FILTERED: "the provider's content filter stopped the answer",
    Reason.MODEL_UNAVAILABLE: "the model can't be reached and the articles hold nothing to quote",
    Reason.TURN_FAILED: "answering failed three times; the log has the cause",
    Reason.TAKEN_OVER: "a person stepped in",
    Reason.LATE: "written while the bot was away, too long ago to be answered by it",
}

# What a customer reads before hearing that a person comes. No entry: nothing needs to be said.
BEFORE_PERSON = {
    Reason.CONTENT_FILTERED: "I can't answer that one myself.",
    Reason.MODEL_UNAVAILABLE: TROUBLE,
    Reason.TURN_FAILED: TROUBLE,
    Reason.NOT_IN_ARTICLES: NOT_FOUND,
}


def not_found(questions: Sequence[str]) -> str:
    """Return that the articles answer some of a message's questions, but not these."""
    named = " or ".join(f"“{escape(question)}”" for question in questions)
    return f"I couldn't find an answer to {named} in our help articles, and I don't want to guess."


def about(questions: Sequence[str]) -> str:
    """Return what stands before the answer to some of a message's questions."""
    return "\n".join(f"> {escape(question)}" for question in questions)


def see_also(passage: Passage) -> str:
    """Return the sentence that names an article which may answer a question as well."""
    return f"_See also {_linked(passage)}._"


def source(passages: Sequence[Passage]) -> str:
    """Return the sentence that names the articles that an answer rests on; empty for no passages."""
    if not passages:
        return ""
    names = list(dict.fromkeys(_linked(passage) for passage in passages))
    if len(names) > 1:
        return f"_This is from our articles {', '.join(names[:-1])} and {names[-1]}._"
    headings = {passage.heading for passage in passages}
    part = f", under “{_name(headings.pop())}”" if len(headings) == 1 and all(headings) else ""
    return f"_This is from our article {names[0]}{part}._"


def _linked(passage: Passage) -> str:
    title = _name(passage.title or passage.article)
    address = passage.url.translate(_IN_ADDRESS)
    return f"[{title}]({address})" if address else f"“{title}”"


# What would end a Markdown link's address, or its emphasis, too early.
_IN_ADDRESS = str.maketrans({"(": "%28", ")": "%29", "\\": "%5C", "*": "%2A"})


def _name(text: str) -> str:
    """Return a title or heading as others wrote it: on one line, not too long, and shown as it is."""
    return escape(excerpt(one_line(text), LONGEST_NAME))


def links(files: Sequence[File]) -> str:
    """Return where what is attached to a message can be got; empty for nothing."""
    return "\n".join(f"📎 [{escape(file.name)}]({file.url})" for file in files if file.url)


def from_agent(name: str, text: str) -> str:
    """Return an agent's words as the customer reads them."""
    return f"**{name}:** {text}"


def card(who: str, where: str, reason: str, question: str, said: str, link: str, before: str) -> str:
    """Return what the agents' card says of a case, in Markdown; all words of others are already escaped.

    Args:
        who: The customer.
        where: Where they write.
        reason: Why a person is needed, in words.
        question: What they need.
        said: What the bot said last; may be empty.
        link: Opens the conversation; may be empty.
        before: Who of the team had them before; may be empty.
    """
    lines = [f"**{who}** in {where} needs a person: {reason}.", *quoted(question)]
    if said:
        lines += ["", f"The bot said: {said}"]
    if before:
        lines += ["", f"{before} helped them before, less than a day ago."]
    if link:
        lines += ["", f"[Open the conversation]({link})"]
    return "\n".join(lines)


def quoted(text: str) -> list[str]:
    """Return the lines of a quotation."""
    return [f"> {line}" for line in text.split("\n")]


def reason(why: Reason, subject: str = "") -> str:
    """Return why a person is needed, for agents; `subject` is the one of `escalation.toml`."""
    return f"{REASONS[why]} ({escape(subject)})" if subject else REASONS[why]


def status(state: CaseState, owner: str, at: str, took: str) -> str:
    """Return where a case stands, for its card.

    Args:
        state: Where it stands.
        owner: Who has it, or had it last; escaped, may be empty.
        at: When it came into that state.
        took: How long after it was opened that was.
    """
    return {
        CaseState.OFFERED: f"Offered {at}.",
        CaseState.WAITING: f"**Waiting since {at}.**",
        CaseState.CLAIMED: f"**Claimed by {owner}**, {at}.",
        CaseState.RESOLVED: f"Resolved by {owner or 'Frontdesk'} in {took}, {at}.",
        CaseState.CANCELLED: f"Closed without an answer, {at}.",
    }[state]


def transcript_line(who: str, text: str) -> str:
    """Return one message of a transcript; both are already escaped."""
    return f"**{who}{transcribed(text)}"


def transcribed(text: str) -> str:
    """Return how a message's escaped words stand behind a name in a transcript."""
    return f":** {text}"


def claimed(name: str) -> str:
    """Return what the customer reads when a person takes their case; the name is escaped."""
    return f"{name} is taking care of this and will answer you here."


def outage(entries: Sequence[str], total: int) -> str:
    """Return the agents' notice that the bot can't answer, with the customers who wait, escaped."""
    lines = [f"**The bot can't answer at the moment** (the log has the cause). Waiting: {total}."]
    lines += [f"- {entry}" for entry in entries]
    if total > len(entries):
        lines.append(f"- and {total - len(entries)} more")
    return "\n".join(lines)


def struck(who: str, where: str, link: str) -> str:
    """Return a customer's line on that notice; `who` and `where` are already escaped."""
    return f"**{who}** in {where}" + (f" ([open]({link}))" if link else "")


def offer(name: str = "") -> str:
    """Return the question whether to bring in a person, or the one whose escaped name is given."""
    return f"Shall I bring in {name or 'a person from our team'}? Just answer *yes*."


def away(when: str) -> str:
    """Return what a customer reads out of hours; `when` is empty if no opening is in sight."""
    if not when:
        return "Our team is away at the moment. They have your request, and a person will answer you here."
    return (
        f"Our team is away at the moment and back {when}. Your request is in their queue, and a person will "
        "answer you here."
    )


def told_away(when: str) -> str:
    """Return what a customer reads out of hours once somebody was called all the same."""
    return f"{TOLD} Most of them are back {when}, so it may take until then." if when else TOLD


def clock(at: float, zone: ZoneInfo) -> str:
    """Return a time as agents read it: `22 Nov 14:32 CET`."""
    return datetime.fromtimestamp(at, zone).strftime("%d %b %H:%M %Z").lstrip("0")


def opening(at: float, now: float, zone: ZoneInfo) -> str:
    """Return a later time as a customer reads it: `today at 14:00 (CET)`, `on Monday at 09:00 (CET)`."""
    then, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now, zone).date()
    days = (then.date() - today).days
    day = {0: "today", 1: "tomorrow"}.get(days) or (
        f"on {then:%A}" if days < 7 else f"on {then:%A}, {then.day} {then:%B}"
    )
    return f"{day} at {then:%H:%M} ({then:%Z})"


def span(seconds: float) -> str:
    """Return a span of time in words: `30 minutes`, `24 hours`, `2 days`."""
    minutes = round(seconds / 60)
    for size, word in ((1_440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= 2 * size or (minutes >= size and minutes % size == 0):
            number = round(minutes / size)
            return f"{number} {word}" + ("" if number == 1 else "s")
    return "less than a minute"


def resolution(question: str, last: str) -> str:
    """Return what is kept of a closed case in the conversation, for the model to know."""
    return f"(closed the request “{question}”" + (f"; last said: “{last}”)" if last else ")")


def digest(entries: Sequence[tuple[str, str, str]]) -> str:
    """Return the agents' list of messages that came too long ago, from (who, where, text), all escaped."""
    lines = [f"**Not answered: {len(entries)}**, {REASONS[Reason.LATE]}."]
    for who, where, text in entries:
        lines += ["", f"**{who}** in {where}:", *quoted(text)]
    return "\n".join(lines)


def in_doubt(where: str, text: str) -> str:
    """Return what the agents read when a post may not have reached its place; both are escaped."""
    return "\n".join([f"**This may not have been delivered** in {where}; please have a look:", *quoted(text)])


def not_below(text: str) -> str:
    """Return what the agents read when something could not be posted below a case's card; it is escaped."""
    return "\n".join(
        ["**This could not be posted in the thread of its case**; please have a look:", *quoted(text)]
    )


def from_customer(who: str, text: str) -> str:
    """Return a customer's further words as the agents read them; both are already escaped."""
    return f"**{who}:** {text}"


# --- an answer that takes long, or can't be had for the crowd ------------------------------------------

STILL_ON_IT = "This takes a moment longer than usual; I'm still on it."
# What a customer reads before a quotation from the articles, or before hearing that a person comes.
BUSY = "Sorry, I'm getting more questions than I can answer just now."


_MEANWHILE = "Until then customers get quotes from the articles, and one of you where these don't help."
# What the agents read of a model that can't be asked, by why that is.
MODEL_TROUBLE = {
    FaultKind.QUEUE_FULL: "**The bot can't keep up**: as many questions wait for the model as may "
    f"(QUEUE_SIZE). {_MEANWHILE} If this happens often, raise CALLS_AT_ONCE, REQUESTS_PER_MINUTE or "
    "TOKENS_PER_MINUTE as far as your account allows.",
    FaultKind.QUOTA_SPENT: "**The account with the model's provider has no money left**, so that the bot "
    f"can't use the model. {_MEANWHILE} Whoever runs the bot can top it up.",
    FaultKind.BAD_KEY: "**The model's provider does not take our key**, so that the bot can't use the model. "
    f"{_MEANWHILE} Whoever runs the bot can set another OPENAI_API_KEY.",
    FaultKind.UNKNOWN_MODEL: "**The model's provider does not know the model that is set**, so that the bot "
    f"can't use it. {_MEANWHILE} Whoever runs the bot can set another OPENAI_MODEL.",
}


# --- what calls to models cost, in words for agents ---------------------------------------------------

# How agents call a budget of a day or a month, and when the next one begins.
SPANS = {"day": ("today's", "tomorrow"), "month": ("this month's", "next month")}


def budget_nearly_spent(span: str, spent: str, most: str) -> str:
    """Return that a budget of all runs out; `span` is `day` or `month`, the others are dollars."""
    whose, _ = SPANS[span]
    return (
        f"**80 % of {whose} budget for the model is used:** ${spent} of ${most}. The bot goes on until it is "
        "spent, with the cheaper model at last if there is one; then it quotes the articles, and calls you "
        "where these don't help."
    )


def budget_spent(span: str, spent: str, most: str) -> str:
    """Return that a budget of all is spent."""
    whose, then = SPANS[span]
    return (
        f"**{whose.capitalize()} budget for the model is spent:** ${spent} of ${most}, and no further call "
        f"fits in. Until {then} the bot quotes the articles, and calls you where these don't help."
    )


def customer_budget_spent(who: str, span: str, spent: str, most: str) -> str:
    """Return that the budget of one customer, whose name is escaped, is spent."""
    whose, then = SPANS[span]
    return (
        f"**{who} has used up {whose} budget for one customer:** ${spent} of ${most}, and no further call "
        f"fits in. Until {then} the bot quotes them the articles, and calls you where these don't help."
    )


def unusual_day(spent: str, usual: str) -> str:
    """Return that a day costs far more than usual."""
    return f"**Today's model costs are unusually high:** ${spent} so far; a usual day costs ${usual}."


def unusual_day_of(who: str, spent: str, usual: str) -> str:
    """Return that one customer, whose name is escaped, costs far more than usual."""
    return f"**{who} costs unusually much today:** ${spent} so far; a usual day of theirs costs ${usual}."


# --- new for customers: feedback

NOT_HELPFUL = "I'm sorry that didn't help. Write what is still missing, and I'll try again."
NOT_HELPFUL_PERSON = (
    "I'm sorry that didn't help. Write what is still missing, or let me bring in a person from our team."
)
WITH_TEAM = "Our team has your request already, and a person will answer you here."
PERSON_ASKED = "I have your request for a person already."
