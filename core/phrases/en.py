"""English."""

from core.phrases.table import Phrases

PHRASES = Phrases(
    greeting="Hi! What can I help you with?",
    welcome="You're welcome! Just write again if anything else comes up.",
    good="Good to hear! Just write again if anything else comes up.",
    not_found="I couldn't find an answer to that in our help articles, and I don't want to guess.",
    not_found_for="I couldn't find an answer to {questions} in our help articles, and I don't want to guess.",
    unread="Sorry, I can only look up questions in {language} in our help articles.",
    see_also="_See also {name}._",
    source="_This is from our article {name}._",
    source_part="_This is from our article {name}, under “{heading}”._",
    sources="_This is from our articles {names}._",
    left_out="_(I left out what I couldn't confirm in our help articles.)_",
    cut="_(I had to stop here. Ask me to go on if you need the rest.)_",
    broken_off="Sorry, I was interrupted here and can't finish this answer.",
    goes_on="_{name} takes it from here._",
    goes_on_team="_Our team takes it from here._",
    too_long=(
        "Your message is longer than I can read in one go. Could you send the main question in a few "
        "sentences, or in shorter parts?"
    ),
    still_on_it="This takes a moment longer than usual; I'm still on it.",
    busy="Sorry, I'm getting more questions than I can answer just now.",
    trouble="Sorry, I couldn't answer just now because of a problem on our side.",
    filtered="I can't answer that one myself.",
    late="Sorry, I was away when you wrote this. I've passed it on to our team, who will get back to you.",
    late_alone="Sorry, I was away when you wrote this. If you still need help, please write again.",
    i_am_a_bot=(
        "I'm an automated assistant, not a person. I answer from our help articles, and I can bring in a "
        "person from our team whenever you ask."
    ),
    muted="All right, I'll be quiet here. Mention me, or ask for a person, when you need me again.",
    upset="I'm sorry this has been frustrating.",
    unhelped="I'm sorry that didn't help.",
    repeated="I'm sorry, it seems I keep missing your point.",
    not_solved="I'm sorry it isn't solved yet.",
    bare="I can bring in a person from our team.",
    declined="All right. Ask me anything else, any time.",
    after_no="If you'd like a person after all, just write *agent*.",
    offer="Shall I bring in a person from our team? Just answer *yes*.",
    offer_of="Shall I bring in {name}? Just answer *yes*.",
    for_a_person="This is one for a person from our team.",
    told="I've told our team. A person will answer you here.",
    told_until="Most of them are back {when}, so it may take until then.",
    away="Our team is away at the moment. They have your request, and a person will answer you here.",
    away_until=(
        "Our team is away at the moment and back {when}. Your request is in their queue, and a person will "
        "answer you here."
    ),
    passed_on=(
        "I've passed that on to our team; a person will answer you here. If you no longer need one, write "
        "*never mind*."
    ),
    withdrawn="All right, I've told our team that you no longer need them. Ask me anything else, any time.",
    claimed="{name} is taking care of this and will answer you here.",
    given_back="Our team has handed this back to me. What else can I help you with?",
    resolved="Our team has closed this request. I'm here again if you have another question. Did they help?",
    still_needed="Is this solved? If we don't hear from you, we'll close this request in {time}.",
    closed_quiet=(
        "As we haven't heard from you, we've closed this request. Just write again if you still need help. "
        "Was it solved?"
    ),
    thank_you="Thank you, that helps us.",
    sorry="I'm sorry to hear that. Write what is still missing, and ask for a person if you'd like one again.",
    not_yours="This is for the person who asked.",
    out_of_date="That button is out of date; nothing was changed.",
    not_helpful="I'm sorry that didn't help. Write what is still missing, and I'll try again.",
    not_helpful_offer=(
        "I'm sorry that didn't help. Write what is still missing, or let me bring in a person from our team."
    ),
    with_team="Our team has your request already, and a person will answer you here.",
    person_asked="I have your request for a person already.",
    wants_person="I'd like to talk to a person.",
    button_yes="Yes, please",
    button_no="No, thanks",
    button_helpful="👍 Helpful",
    button_unhelpful="👎 Not helpful",
    button_person="Talk to a person",
    button_forget="Yes, forget me",
    button_keep="No, keep it",
    and_="{first} and {last}",
    or_="{first} or {last}",
    today="today at {time} ({zone})",
    tomorrow="tomorrow at {time} ({zone})",
    on_weekday="on {weekday} at {time} ({zone})",
    on_date="on {weekday}, {day} {month} at {time} ({zone})",
    weekdays="Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    months="January February March April May June July August September October November December",
    one_day="1 day",
    days="{number} days",
    one_hour="1 hour",
    hours="{number} hours",
    one_minute="1 minute",
    minutes="{number} minutes",
    moment="less than a minute",
)
