"""English."""

from core.escalation.table import Table, phrases

# Building blocks of the phrases below.
_BLOCKS = {
    "a": "((an?|the|your|some|any|(one|any|some|member) of|such an?|another(?! (person|human))) ){0,3}",
    # What may stand between "a" and "person".
    "kind": """
        real life|real|live|living|actual|proper|human|normal|physical|competent|senior|different|other
        real time
        support|customer|client|costumer|service|care|sales|technical|tech|bank|banking|call cent(er|re)
        help ?desk
        trained|qualified|professional|friendly|knowledgeable|experienced|responsible|relevant|available
        genuine|nice|smart|decent|certified|dedicated|personal|local|next|right|best|duty|assistant
        general|deputy
        flesh and blood
    """,
    # What follows the word where a role, an account or a reader is meant, not a helper.
    "thing": r"(?! <property>\b)(?! (who|that) (<past>)\b)",
    # Such a person is not one of ours.
    "past": """
        sent|sold|paid|booked|made|took|charged|bought|owns|lives|gave|got|received|hacked|stole|used|told
        invited
    """,
    "property": """
        accounts?|ids?|roles?|licen[sc]es?|seats?|plans?|resources|rights|readable|read|names?|pages?|api
        like|logins?|permissions?|profiles?|settings?|dashboards?|view|mode|class|fields?|errors?|string
        headers?|buttons?|widgets?|inbox|list|contracts?|ratings?|hours|icon|cards?|keys?|discounts?
        manual|portal|area|door|entrance|app|modules?|address(es)?|numbers?|emails?|workspaces?|templates?
        fees?|costs?|apr
    """,
    # Whom one may want, get or be given.
    "human": """
        human beings?|humans?|humen|hooman|persons?|agents?|agnets?|real one|live one|operators?|operater
        reps?|repr?e?s[ei]nt[ai]t?[ai]?tives?
    """,
    "role": r"""
        advis[eo]rs?|specialists?|experts?|consultants?|supervisors?|superiors?|boss|colleagues?
        coworkers?
        (line |shift |branch |store |shop |account |relationship )?managers?
        employees?|staff( members?)?|team ?members?|workers?|clerks?|tellers?|technicians?|receptionists?
        members? of (the |your )?(\w{1,20} )?(staff|team|crew)
    """,
    "plain": r"(?!(my|that|for|about|with|when|if|who|to|and|or|from|by|in|on|as|than)\b)\w{1,20}",
    # Whom one may only talk to, or be put through to: trades and departments.
    "trade": """
        counsell?ors?|attendants?|assistants?|associates?|engineers?|officers?|officials?|executives?
        directors?|owners?|founders?|ceo|landlord|landlady|leaders?|team lead|head|dispatchers?
        moderators?|mods?|administrators?|developers?|devs?|cashiers?|bankers?|concierges?|porters?
        bell ?(boys?|hops?|m[ae]n)|door ?m[ae]n|waiters?|waitress(es)?|chefs?|cooks?|cleaners?
        cleaning lady|maids?|house ?keepers?|bar ?tenders?|bar ?m[ae]n|barista|hosts?|hostess
        (life ?|body ?)?guards?
        nurses?|doctors?|accountants?|lawyers?|drivers?|couriers?|trainers?|instructors?|therapists?
        masseuse|masseur|butlers?|valets?|guides?|sommeliers?|janitors?|handy ?m[ae]n|plumbers?
        electricians?|organi[sz]ers?|planners?|coordinators?|inspectors?|underwriters?|brokers?|analysts?
        sales(man|person|people|woman)|professionals?|reservationists?|guy|lady|gentleman|woman|man
        investigators?
    """,
    "desk": """
        <client> (services?|support|care|relations|success|help|helpline|hotline)( <team>)?
        (support|(?<!room )service|care|success) <team>
        front desk|(?<!hi )(?<!hello )(?<!hey )(?<!thanks )frontdesk
        (help|info|information|call|contact) ?(desk|cent(er|re))
        support|helpline|hotline|reception( desk)?
    """,
    "team": "team|desk|line|department|dept|staff|people|cent(er|re)|chat",
    "client": "costumer|customer|client|guest|technical|tech|user|account|live|phone|member|product|it",
    "place": """
        house ?keeping|room service|management|sales|billing|accounting|maintenance|security|lobby
        back office|headquarters|head office|hq|human resources
    """,
    # "the fraud team", "your company"
    "group": """
        (<word> ){0,2}(team|department|dept|desk|office|staff|people|guys|folks|branch|crew|division|unit|
            line)
        bank|hotel|restaurant|spa|bar|kitchen|gym|pool|laundry|company|business|shop|store|boutique|salon
        cafe
    """,
    "bot": r"""
        (chat ?|voice |ro)?bots?|machines?|computers?|ai|a i|algorithms?|software|programs?|chat ?gpt|gpt
        llm
        automat\w{1,8}( (systems?|assistants?|messages?|replies|reply|responses?|services?|agents?))?
        (virtual|digital|ai) (assistants?|agents?)|recordings?
    """,
    "anybody": """
        HUMAN|SUPPORT|STAFF|SOMEONE|SOMEONE else
        SOMEONE (from|at|in|on|of|inside|within|with) (the |your )?(SUPPORT|STAFF|HUMAN|<word>)
    """,
    "anyone": "<anybody>|real people|actual people|humans|people",
    # The verbs of asking.
    "talk": """
        talk|tlak|takl|speak|speek|spaek|chat|converse|consult|communicate|correspond|interact|deal|confer
        talking|speaking|chatting|dealing|communicating|interacting|conversing|consulting|meet
        (have|get|having|start|open|hold|do|want|need|like) (an? )?(<word> )?(chat|talk|words?|conversation|
            call|discussion|convo)
        (get|be|come|getting|put( me)?) (in|into) (touch|contact)
        (discuss|clarify|settle|sort out|go over|check)( <word>){1,5}?
    """,
    "to": """
        (right now |directly |now |urgently |over the phone |on the phone |by phone |in person )?(to|with|w|
            through to)
    """,
    "reach": """
        reach|(?<!the )(?<!a )(?<!my )(?<!your )(?<!other )contact|get (a )?hold of|get through to|get to
        call up|get in touch with|call in
    """,
    "move": """
        connect|transfer|forward|redirect|escalate|hand|pass|put|switch|refer|direct|patch|route|send|take
        link|bring|connecting|transferring|forwarding|redirecting|escalating|handing|passing|putting
        switching|referring|routing
    """,
    "mine": """
        (call|chat|conversation|case|ticket|issue|request|problem|question|complaint|message|matter|
            discussion)
    """,
    "me": "me|us|(my|this|the|our) (<word> ){0,2}?<mine>",
    "over": "((over|off|through|up|on|across|straight|directly|right|back|now|please|along) ){0,3}",
    "give": "get|give|bring|fetch|call|send|gimme|summon",
    "want": """
        want|wanna|need|require|prefer|demand|request|insist on|desire|deserve|requesting|demanding
        look(ing)? for|rather have|ask(ed|ing)? for|hop(e|ing) for|wait(ing)? for
        ((would|id|wed|ill) (really |much |very much )?)(like|love|take|appreciate|rather)
    """,
    "please": "(please |just |kindly |maybe |actually |personally |really |quickly |possibly )?",
    "assist": """
        help|assist|call|contact|ring|phone|speak|talk|look|check|reach( out)?|get (in touch|back)|handle
        explain|take( (this|it|my <word>))? over|take care|reply|answer|respond|deal|fix|sort|chat|come
        attend|serve|listen|email|message|write|review|walk|support|advise|resolve|solve|verify|guide|show
    """,
}

_NAMES = {
    "BOT": phrases("((an?|the|this|your|some|these|another) )?<bot>", _BLOCKS),
    "HUMAN": phrases(
        """
        (some|any) ?(one|body) (else )?(real|human|alive|competent|qualified|senior|responsible|physical)
        <a>(<kind> ){0,3}(<human>|<role>)<thing>
        (the|an?|your) (<plain> ){1,2}<role><thing>
        (one|any|some|member) of (your|the) (<plain> ){0,2}(<human>|<role>)<thing>
        my (personal |own |account |relationship |bank |financial )?(advis[eo]r|banker|account manager)
        """,
        _BLOCKS,
    ),
    "SOMEONE": phrases(
        """
        ((some|any) ?(one|body)|sb|smb|who ?ever|somone|someome)
        the (person|one|guy|people) (in charge|responsible)
        """,
        _BLOCKS,
    ),
    "SUPPORT": phrases("((the|your|our) )?<desk><thing>", _BLOCKS),
    "STAFF": phrases(
        """
        (the|an?|your|one of (your|the)|any of your|some of your) (<plain> ){0,2}<trade><thing>
        (the|an?|your|our|one of (your|the)|some of your|any of your) (<kind> )?<group><thing>
        ((the|your|our) )?<place><thing>
        <trade><thing>
        you (guys|people)
        """,
        _BLOCKS,
    ),
}

_PERSON = phrases(
    r"""
    # talk to a person, be in touch with the chef; let me talk to whoever can help
    <talk> <to> <anybody>
    <talk> <to> <plain> (HUMAN|SUPPORT)
    <talk> <to> one of your <word>
    (feel|be) (<word> )?(better|safer|happier|comfortable) with <anybody>
    ((can|could|may) i|(want|like|need) to) <please>ask (HUMAN|SUPPORT|SOMEONE)
    (want|like|prefer|love|need) to <speak> (to|with) one<end>
    <speak> about (<word> ){1,5}?(to|with) <anybody>
    (deal|talk|speak|chat|communicate) (only )?(to|with) (real |actual |living |other |only )?(people|humans)
    (talk|speak) HUMAN
    let me (talk|speak) to (them|him|her|whoever)
    (get|let) ((me|us) )?(through|over) <to> <anybody>
    <reach> <anybody>
    (how|where) (can|do|could|would|should) (i|we) (get|find|call|ask for|request|meet|see) (HUMAN|
        SOMEONE)(?! (in|by|on|with|from|for)\b)
    who (can|could|do|should|would|may) (i|we) (have to |need to )?(talk|speak|chat|complain|turn) (to|with)
    # put me through, transfer this to an agent, escalate
    <move> <me> <over>(to |with |onto |in touch with |in contact with )?(HUMAN|SOMEONE)
    <move> <me> <over>(to|with|onto|in touch with|in contact with) <anyone>
    (hand|pass|forward|escalate|refer|report|put) (it|this|that|everything|me) <over>(to|with) <anyone>
    (transfer|switch|route|redirect|connect) (it|this|that) <over>(to|with) <ours>
    (transfer|hand|switch|escalate|forward|redirect|connect|pass)( over| off| on| me| call| chat)? (to|
        with) <ours>
    (be|get) (transferred|connected|forwarded|redirected|passed|put|handed|switched|directed|referred|
        escalated) <over>(to|with) <anyone>
    (put|patch) (me|us|my call) (right |straight |back )?through
    (transfer|connect|escalate|redirect) (me|us|
        my call)( over| now| please| asap| immediately| right away)?<end>
    escalate <me>
    ((please|you|you to|want to|like to|need to|must) |<start>)escalate( (this|it|that|to))?<end>
    (want|like|need|have|can|could|must|should) (this|it|that|<me>) (to )?(be )?(escalated|handed over|
        looked at by <anyone>)
    (take|lead|bring) me to <ours>
    # I want, I need a person; get me a manager
    <want> (to (see|have|get|meet|find) |help from )?HUMAN
    <want> is HUMAN
    <want> (only |some )?(real|actual) (people|humans)
    <want> to (see|meet|hear from|complain to|be (helped|served|assisted|called|contacted|advised|attended|
        seen) by) <anyone>
    <want> to (complain|(make|file|raise|report|lodge|submit|discuss) (<word> ){1,4}?)(to|with) <anyone>
    <give> (me |us |in |over )?HUMAN
    (find|assign|provide|show|lend) (me|us) HUMAN
    (give|get) (me|us) (over )?(to|with|onto) <anyone>
    <fetch> (me|us) (STAFF|SOMEONE (real|human|from|in|at|on|else|who|that|to <assist>|<end>))
    <fetch> (me|us) SOMEONE<end>
    (get|have) <anyone> on(to)? the (line|phone)
    (please|like to|want to|need to|(can|could) you) <ring> (HUMAN|SUPPORT)
    <start>call <ours>
    (can|could|may) (i|we) <please>(have|get|see|meet|ask for|request) (HUMAN|SOMEONE (real|human|from|on|
        else))
    let (me|us) (have|see|get|meet) HUMAN
    (need|want|like|prefer|require) SOMEONE (else )?(real|human|competent|from|who|that|to <please><assist>)
    (get|find|send|bring) SOMEONE to <please><assist>
    (need|want|like|prefer) <anyone> to (<please>|come and |be able to )<assist>
    <want> (some )?(human|HUMAN|live|real) (help|assistance|SUPPORT|contact|attention|interaction|
        intervention|chat|conversation)
    (HUMAN|live) ((help|assistance|SUPPORT|intervention|interaction|contact) )?(is )?(needed|required|
        wanted|requested)
    (HUMAN|live) (hand ?off|hand ?over|takeover|SUPPORT|chat|help|assistance|intervention) <soon>
    # have somebody call me; can one of your staff help me; help from a person
    (ask|get|have|tell|let|make|arrange for|send) <anyone> (to )?<please>(call|contact|ring|phone|speak|
        talk|reach|get (in touch|back))
    (ask|get|have|tell|let|send) (HUMAN|SUPPORT|STAFF|SOMEONE (from|at|
        in) <word>( <word>)?) (to )?<please><assist>
    (can|could|will|would|might) (HUMAN|SUPPORT|STAFF|SOMEONE (from|at|in|on|of) (your |
        the )?<word>) <please><assist> (with )?(me|us|at|into|this|it|my|to|with)
    <can> (SOMEONE|people) <please>(call|contact|ring|phone|email) (me|us)
    <can> (SOMEONE|HUMAN) <please>(speak|talk|chat|reach out|get (in touch|back)) (to|with) (me|us)
    <can> (SOMEONE|HUMAN|people) <please>(take|step|join)( this| it| my <word>)? (over|in)
    <can> (SOMEONE|HUMAN)( else)? <please>(take a (<word> )?look|look (at|into)|deal with|investigate)
    <can> SOMEONE else <please>(help|assist|answer|explain|advise)
    <can> you <move> an? <mine> <over>(to|with) <anyone>
    <can> SOMEONE <please>(help|assist|advise|see) (me|us) (in person|personally|over the phone|by phone|
        on the phone)
    (help|helped|assist|assisted|serve|served) (me |us )?in person
    (help|helped|assistance|assisted|support|supported|answer|answered|reply|response|served|advice|
        attention|handled) (from|by) <anyone>
    (want|need|like|request|arrange|expect|have|schedule|get) an? (<word> )?(call( ?back)?|
        phone call) (from|by|with) <anyone>
    # is there a human, is anybody there to help me in person
    (is|are|isnt|arent|theres|there are|if) (there )?(no |any |not |also |actually |
        only ){0,2}(other )?(HUMAN|real people|humans|people|SOMEONE( else)?)<around>{0,2} <helping>
    is STAFF<around>{0,2} (for a (<word> )?(chat|talk|call|word)|to <speak>)
    (is|are|isnt|arent) (there )(any |not )?(HUMAN|real people|humans)<around>{0,2}<end>
    do you have (any )?HUMAN (SUPPORT|help|assistance)<end>
    (do you have|have you got|got) (<word> ){0,2}?(HUMAN|SOMEONE|real people|humans)<around>{0,2} <helping>
    (any )?(HUMAN|real people)<around>{1,2}<end>
    (chance|possibility|option|way|possible) (of |to be )?(talking|speaking|chatting) (to|with) <anyone>
    # I don't want to talk to a bot; a human, not a bot
    <hate> (<word> ){0,4}?(talk|speak|chat|deal|talking|speaking|chatting|dealing|discussing|interact|
        communicate|write|writing)( <word>){0,3}? (to|with) (<word> ){0,2}?BOT
    not BOT (, )?(but )?(i want )?(HUMAN|SOMEONE)
    from BOT to <anyone>
    (cant|cannot|wont|not) (<word> ){1,3}?with BOT
    (un|dont feel |not |isnt |never )comfortable (<word> ){0,6}?(with|to|by) BOT
    (dont|do not|never|wont) (trust|share (<word> ){1,4}with|give (<word> ){1,4}to) BOT
    rather HUMAN
    (HUMAN|SOMEONE|person|people)( ,)? (rather than|instead of|over|not|and not|who isnt|thats not|
        who is not|but not) BOT
    (no|enough|done|hate|dont like|dont want|sick) (with |
        of )?(more )?BOT( anymore| please)? [,.] (<word> ){0,4}?(HUMAN|SOMEONE)
    (only|rather) (talk|speak|chat|deal) (to|with) (humans|people|HUMAN)
    # call me back
    <ring> me( back)?( please| asap| now| immediately| today| tomorrow| right now| urgently)?<end>
    <ring> me (back|at \d|on (my|this|the) (<word> )?(number|phone|mobile|cell|line|landline))
    give me an? (quick |phone )?(call|ring|call ?back)(?! (api|url|function))
    (want|like|need|request|get|have|arrange|schedule|book|requesting) (an? |to be )?(call(ed)? ?back|
        callback|phone call)
    # in so few words
    i (said|asked for|typed|wrote|meant) HUMAN
    (no|not|wrong|stop|you|bot) , HUMAN<end>
    <start>((hi|hello|hey|ok|so|just|yes|no|then) ){0,2}<ours> (, )?<soon><end>
    (?<=[.] )HUMAN(?= [.]$|$)
    <start>(please )?(connect|transfer|involve)( to| with)? HUMAN
    involve (HUMAN|SOMEONE)
    (add|bring|invite|pull|get) (HUMAN|SOMEONE) (in|into|to|on) (this|the|our|here)
    (please SOMEONE|SOMEONE please) <assist>
    <start>(<word> ){1,2}(team|department|dept|desk|staff|office|manager) ,? ?<soon><end>
    (ask|request|demand) (<word> ){1,4}?from HUMAN
    """,
    {
        **_BLOCKS,
        "can": "can|could|will|would|might",
        "ours": "HUMAN|SUPPORT|STAFF",
        "speak": "talk|speak|chat",
        "ring": "call|phone|ring",
        "fetch": "get|find|give|bring|send",
        "soon": "please|pls|plz|asap|immediately|right now|now",
        "around": """
            ( (out )?(there|here|around|available|online|nearby|on duty|left|free|working|awake|alive|today|
                tonight))
            ( (behind|in) (this|it|that|the (office|building|hotel|bank)))
        """,
        "helping": """
            (who|that|whom) (can|could|would|will|is|knows|i can|we can|i could)
            (i|we) (can|could|may|might) (please )?(talk|speak|chat|contact|call|reach|ask|turn|deal|
                discuss|get)
            (to|for me to) (talk|speak|chat|help|assist|deal|connect|discuss|answer|take|contact)
            (working|employed|sitting|who work) (for|at|in|behind|with)
            (available|free|on duty)( please| now| today| right now)?<end>
        """,
        "hate": """
            dont|do not|not|never|wont|hate|instead of|rather than|stop|quit|refuse|tired|sick|done
            cant stand|enough
            without|other than|than|uncomfortable|why (am|must|do) i|dislike
        """,
    },
)

_BARE = phrases(
    """
    SOMEONE (from|at|in|of) (SUPPORT|STAFF|(the|your) <word>)
    (yes |no |yeah |nope )?(?<!thanks )(?<!thank you )(?<!good )HUMAN( (hand ?off|hand ?over|SUPPORT|help|
        assistance|chat))?
    (live )?(hand ?off|hand ?over)|live (chat|SUPPORT|help)
    ^SUPPORT( (team|desk|line))?
    (is |are )?(SOMEONE|people|humans)( (out )?(here|there|around|online|available|awake|listening)){1,2}
    SOMEONE( else)?
    (can|could|would|will) SOMEONE (please )?(help|assist)( me| us)?( out| here)?
    is there SOMEONE( else)?( here| there)?
    i (really )?(hate|dont like|do not like|dont want|do not want|cant stand) BOT
    no (more )?BOT
    i (really )?(hate|dont like|do not like|dont want to|do not want to|wont) (talk|talking|speak|speaking|
        chat|chatting) (to|with) you( any ?more)?
    """,
    _BLOCKS,
)

_PASSING = phrases(
    r"""
    # "I don't want to talk to a human" says no
    (dont|do not|doesnt|no|not|didnt|never|wont) (really |actually |even )?(need|want|have|wish|
        like)( you| for)?( to)? (<act> )?<anyone>
    (dont|do not|please dont|never) <act> <anyone>
    (no|not) (need|reason|point|desire|wish|intention) (for|to|of|in) (<act> )?<anyone>
    (no|dont|do not) (need|want|have)( you)? to (<move>|call|contact) (me|us|<anyone>)( to| over to)?
    <dont> (<move>|call|contact) (me|us)
    (rather|prefer|would|id) (to )?not (to )?(<act> )?<anyone>
    (without|instead of|rather than|avoid|before|after|when|while|enjoyed?|liked?|love|hate) (having to |
        needing to )?(<act> )<anyone>
    (told|asked|advised|said|says|instructed) (me|us|i|we|that i)( should)?( to)? <act> <anyone>
    # whether one has to, what it costs, or what happens then
    (when|how (soon|fast|quickly)|what time|how long (until|before|till)) (will|does|do|would|can|is|
        are)? ?<anyone>
    (charged?|costs?|price|fees?|pay|free|expensive|cheap) (<word> ){0,3}<act> <anyone>
    (do|does|did|would|will|if) (i|we|you|they|one) (really |always |even |still )?(need|have|
        got) to <act> <anyone>
    (do|does) (i|we|you|they|one) (really |always |even |still )?need <anyone>
    (did|should|must|shall) (i|we|you|they|one) (<word> )?<act> <anyone>
    (when|whenever|after|before|(?<!best )(?<!better )(?<!great )(?<!nice )(?<!ok )(?<!fine )if|once|while|
        as|since|every time|each time|last time|the moment) (i|we|you|they|he|she) ((?!could|can|would|may|
        might|want|need|wanted|needed)<word> )?<act> <anyone>
    (was|were|been|am|im|are|is|keep|kept|just|already) (talking|speaking|chatting|dealing|communicating|
        in touch|in contact) (to|with) <anyone>
    (my|the|this|that|last|previous|our|his|her|their) (<word> )?(chats?|talks?|conversations?|calls?|
        discussions?) with <anyone>
    (i am|im|we are|that i am|if im) HUMAN
    # what other people, or programs, do
    (BOT|<others>) (<modal> ){0,4}<act> <anyone>
    (does|do|will|can|would|could|did) (it|they|<others>|BOT) (<word> ){0,3}?(to|with) <anyone>
    (when|if|once|after) <others> (<word> ){0,2}<anyone>
    (do you|does it|does your <word>|you) (offer|provide|support|integrate) (<word> )?(HUMAN|human|
        live)( <word>)?
    (configure|set up|enable|disable|implement|build|trigger|automate|test|customi[sz]e|turn (on|
        off)) (<some>)?(HUMAN|STAFF|hand ?off|hand ?over)
    # what is arranged already, or is to be arranged
    (appointment|meeting|session|interview|reservation)s? (<some>)(HUMAN|STAFF|SOMEONE)
    (appointment|meeting|session|interview)s?( <word>){0,3} to <act>
    # money, things and access that go to others
    (transfer|send|give|lend|move|pay|forward|move) (<word> ){0,3}?(money|funds|pounds|euros|dollars|cash|
        \d{1,9}|access|ownership|files?)( <word>){0,2} to (HUMAN|SOMEONE)
    (to|with|for|from|as) (another|other|the other|one|two|each) (HUMAN|person|people|SOMEONE)
    # "I asked for a person account", "talk to human resources", "call the manager class"
    (apply|work|job|position|career|hired?|vacancy|training) (<word> ){0,3}(HUMAN|STAFF)
    """,
    {
        **_BLOCKS,
        "dont": "dont|do not",
        "act": """
            <talk> <to>
            <move> (me|us|it|this|that|them|my <word>) (over )?(to|with)
            (transfer|hand|escalate|switch|forward)( over| off)?( to)?
            <reach>|call|ask for|see|meet
        """,
        "modal": """
            can|could|to|will|would|should|must|may|might|wants?|needs?|has|have|tr(y|ies)|asks?|be|able
            decides?|going|directly|automatically|also|always|never
        """,
        "others": """
            (my|our|the|a|your|their|other|which|some|all|new) (<word> )?(customers?|users?|clients?|
                buyers?|visitors?|readers?|members?|students?|patients?|tenants?|shoppers?|employees|
                subscribers?|learners?)
            customers?|users?|clients?|visitors?|students|buyers
            (the|your|this|our|my) (<word> )?(bot|chatbot|widget|app|system|software|integration|plugin|api|
                assistant|flow|workflow|sensor|hub|device)
        """,
    },
)

_UPSET = phrases(
    """
    # this is ridiculous, you are useless
    <you> (<very> ){0,3}<bad>(?! (question|mistake|idea))
    (such|what) an? (<very> ){0,2}<bad>(?! (question|mistake|idea))
    (so|really|absolutely|completely|totally|utterly|fucking|just|simply|beyond) <bad>
    worst (<word> ){1,3}?(ever|in the world|ive|i have|on earth)
    (worst|terrible|horrible|awful|pathetic|lousy|appalling|disgusting|shitty|crappy) (customer )?(service|
        support|experience|help|company|bank|hotel|bot|bots|chatbot)
    # I am angry
    (im|i am|we are|were|am|getting|feeling|makes? me|made me|become|becoming) (<very> ){0,3}<angry>
    (fed up|sick and tired|sick of|had enough|(lost|losing|lose|running out of|out of) (all |my |
        all my )?patience|enough is enough)
    (at|reached) (the end of my|my) (rope|tether|limit|breaking point)
    (driving|drives) me (mad|crazy|insane|nuts)
    # said over and over
    (asked|told|said|written|wrote|explained|contacted|called|emailed|repeated|tried|messaged|asking|
        telling|phoned) (<word> ){0,5}?(<count>|<count> (<word> )?)times
    how (many times|often) (do|must|should|did|have) (i|we) (have to |need to |to )?<say>
    (for the|the) (third|3rd|fourth|4th|fifth|5th|sixth|tenth|hundredth|100th|millionth|nth|umpteenth|
        last) time
    (over and over|again and again|time and again|going (round )?in circles|keep (repeating|asking) (myself|
        the same|and asking))
    # nobody helps
    (nobody|no one|none of you) (<word> ){0,3}(helps?|helping|answers?|answering|cares?|responds?|
        responding|listens?|listening|replies|replied|answered|responded)
    (you|bot|BOT) (<word> )?(never|dont|do not|cant|wont) (<word> )?(listen|care|understand( anything)?|
        help( anyone| me)?)<end>
    (youre|you are|are you) (not |even )(listening|helping|reading)
    (waste|wasting|wasted) (of )?(my |our |everyones )?time
    (are you|you must be|you (have )?got to be) (kidding|joking)( me)?
    (are you|is this) (stupid|dumb|deaf|blind|a joke|some kind of (a )?joke)
    (i|we) (want|need|would like|demand) to (complain|(make|file|submit|lodge|
        raise) (an? )?(<word> )?complaint)
    # swearing
    (fuck|fucking|fuckin|fck|wtf|ffs|stfu|bullshit|motherfucker|asshole|arsehole|dipshit|dumbass|bastards?)
    (piece|load|pile) of (shit|crap|junk|garbage|trash)
    (stupid|useless|dumb|damn|idiotic|crappy|shitty|worthless|moronic|brainless|bloody|
        goddamn) (<word> )?(BOT|bots?|robots?|machine|chatbot|ai|computer|thing|service|company|app|idiot)
    (you|BOT|bot|this) (really |just |all )?(sucks?|stinks?|blows?)
    (you|ya) (stupid |dumb |fucking )?(idiots?|morons?|imbecile|clowns?|dumbass)
    (go to hell|screw you|damn (you|it)|for (gods|fucks|christs|heavens) sake)
    """,
    {
        **_BLOCKS,
        "you": """
            (this|that|it|everything|BOT|bot|bots|service|support|STAFF|HUMAN|app|company|experience|
                website) (is|are|was|has been|have been)
            thats|its|youre|you (are|guys are|people are)|are you|ur|you
        """,
        "very": """
            so|really|absolutely|completely|totally|utterly|fucking|just|simply|an?|such|the|very
            extremely|quite|pretty|beyond|getting|becoming|incredibly|bloody|all|complete|total|absolute
            freaking|damn|too|most
        """,
        "bad": """
            ridiculous|useless|awful|terrible|horrible|pathetic|unacceptable|outrageous|jokes?
            disgrace(ful)?|scam(mers)?|nightmare|garbage|trash|rubbish|crap|bullshit|bs|nonsense|stupid
            dumb|idiotic|insane|infuriating|frustrating|annoying|disgusting|appalling|shambles|worst|shit
            shitty|shameful|atrocious|worthless|incompetent|hopeless|insulting|absurd|idiots?|morons?
            liars?|thieves|maddening
        """,
        "say": "ask|tell|say|repeat|explain|write|call|told|asked|said|explained|repeated|written|called",
        "angry": """
            angry|furious|mad|upset|frustrated|annoyed|pissed( off)?|livid|fed up|sick( and tired)? of
            tired of|outraged|fuming
            (so|very|extremely|really|deeply) (disappointed|unhappy|dissatisfied)|disgusted|raging|irritated
            beyond (angry|frustrated)
        """,
        "count": r"""
            two|three|four|five|six|seven|eight|nine|ten|twenty|\d{1,3}|several|many|multiple|countless
            (a )?(hundred|thousand|million)
            hundreds of|so many|too many|a dozen|numerous
        """,
    },
)

_UNHELPED = phrases(
    """
    <it> (did ?nt|did not|does ?nt|does not|dont|isnt|is not|was ?nt|was not|not|hasnt|wont|doesn|
        didn) (really |actually |even |at all |very |much )?(help|helping|helpful|helped|work|working|solve|
        fix|answer|useful|correct|right|true|what i|my question|the answer)
    ^(not|no) (really )?(help|helpful|helping|useful|what i|the answer|an answer|working|correct|
        right)( at all)?
    (still|again) (does ?nt|does not|is ?nt|is not|not|cant|can not|cannot|wont|will not|havent|didnt|dont|
        did not|do not) (<word> )?(work|working|help|fixed|solved|resolved|connect|able|understand|log|get|
        open|load|start|the same)
    still (having|have|got|getting|get|see|seeing|facing|gives?|shows?) (<word> ){0,2}?(same|problems?|
        issues?|errors?|trouble)
    still (stuck|broken|failing|fails|the same|nothing|no (luck|success|change|answer|solution)|
        waiting for an answer)
    (same|the same) (error|problem|issue|thing|result)( (again|still|as before|happens))
    (not|isnt|wasnt|never) what i (asked|meant|wanted|said|need|needed|am asking|was asking|want|mean)
    (did not|didnt|doesnt|does not|not|dont|havent|never) (really )?(answer(ed|ing)?|address(ed)?) (my|
        the) (question|problem|issue|concern)
    (you|u) (did ?nt|did not|have ?nt|dont|are not|arent|do not) (<word> )?(answer(ed|ing)?|help(ed|ing)?|
        understand|understood|get it|get me|getting it|get what)
    (youre|your|you are) (not|no) (<word> )?(help|helping|helpful|answering|understanding|use)
    already (tried|done|did|read|followed|checked) (that|this|it|all|everything|those|these|them)
    (ive|have|i) tried (that|this|it|everything|all of (that|this|it)|those|these|them)
    (tried|did|done) (that|this|it|all that|everything)( all)? already
    (wrong|bad|incorrect|useless|unhelpful|not a good|irrelevant) (answer|reply|response|article|
        information|info|advice|solution|link)
    (answer|reply|article|information|that|this|it) (is|was) (wrong|incorrect|unhelpful|useless|irrelevant|
        not true|outdated)
    (thats|its) (wrong|incorrect|not (true|correct|right|helpful|working|it)|unhelpful|no help|
        not the (answer|problem|question))
    (no|not any|zero) (help|use) (at all|whatsoever)
    (of )?no (help|use) to me
    (makes|made|doesnt make|does not make) (no |any )?sense
    <start>(doesnt|didnt|dont) (help|work)( me)?( either| at all| for me| though| anymore)?<end>
    (you|u) (misunderstood|got (it|that|me) wrong|dont get it)
    (unhelpful|not helpful)
    👎
    """,
    {
        **_BLOCKS,
        "it": """
            (this|the|your) (conversation|chat|bot|approach|advice|guide|page)|that|this|it
            the (answer|article|solution|link|reply|steps?|instructions?|suggestion)
            your (answer|article|solution|link|reply|suggestion)|none of (that|this|it)
        """,
    },
)

_STOP = phrases(
    """
    (please )?stop( it| that| this| now)?( (talking|replying|answering|writing|messaging|posting|responding|
        spamming|bothering( me)?|chatting|texting))?( to me| to us| me| us| here)?
    (be |keep )?(quiet|silent)|silence|hush|shush|shh{1,5}|zip it|mute( yourself)?|enough( now)?
    (just )?shut (up|it|the fuck up|the hell up)|stfu|shut your mouth|shutup
    go away|leave (me|us) alone|get lost|piss off
    (dont|do not|no need to|stop) (reply|answer|respond|write|talk|post|message|interrupt)( (to )?(me|us|
        this|here))?( any ?more)?
    (stay|keep) out( of (this|it))?
    (turn|switch) (yourself |it )?off
    """,
    _BLOCKS,
)

_BOT = phrases(
    """
    (are|r) (you|u|ya|we|these|those) (<just> ){0,2}<sort>( (or|and|not) (<just> ){0,2}(<sort>|not|what))?
    (is|was) (this|it|that|STAFF) (<just> ){0,2}<sort>( (answering|replying|talking|writing|here|typing|
        i am talking to|im talking to|chatting))?( (or|and) (<just> ){0,2}(<sort>|not|what))?( (here|now|
        at all))?
    (am i|are we|im|i am|are i) (<just> ){0,2}(talking|speaking|chatting|writing|texting|dealing|conversing|
        messaging|connected) (<just> )?(to|with) (<just> ){0,2}<sort>( (or|and) (to |
        with )?(<just> ){0,2}(<sort>|not))?( (here|now|at all|right now))?
    (do|did|can|will|would) i (talk|speak|chat|write) (to|with) <sort> (or|and) (to |with )?<sort>
    is there (<just> ){0,2}<sort> or <sort>
    (are|is) (you|this|it) (automated|automatic|real|alive|human|artificial|sentient|ai)( or (not|automated|
        human|a person|fake))?
    (youre|you are|this is|its|ur) (<just> ){0,2}<sort> ?,? (right|arent you|isnt it|no|correct|or|huh|
        are you|is it)
    who am i (talking|speaking|chatting|writing) (to|with)
    (who|what) (are you|am i dealing with)( really| exactly)?<end>|who is this<end>
    (is|are) there (actually )?(HUMAN|real people|humans) behind (this|that|it|the)( <word>)?<end>
    (do|does) (HUMAN|SOMEONE|BOT) (answer|reply|write|read) (here|this|these)<end>
    (human|bot|robot) or (human|bot|robot|machine|not)
    (HUMAN|BOT) or (HUMAN|BOT)
    """,
    {
        **_BLOCKS,
        "sort": """
            HUMAN|BOT|SOMEONE|STAFF|(human|bot|robot|machine|chatbot|real|automated)
            real people|humans
        """,
        "just": """
            really|actually|just|even|currently|still|an?|only|being|in fact|like|honestly|right now|in
            some kind of|sort of
        """,
    },
)

_BACK = phrases(
    """
    never ?mind( (that|it|then|about (that|it)))?|nvm|nevermind
    (just )?(forget|scrap|skip) (about )?(it|that|this)
    got it (working|solved|sorted|fixed)( now)?
    <it> (already |now |been |all )?(solved|fixed|resolved|done|sorted( out)?|working|answered|
        settled)( (now|again|already|by itself))?
    (its|it is|all|everything is) (all )?(good|ok|okay|fine)( now)?
    (i|we)(ve)? (have )?(already |just )?(solved|figured|found|fixed|sorted|got|managed|worked) (it|this|
        that|the (answer|problem|solution|issue)|a solution)( out)?( (working|solved|sorted|fixed|now|
        already|myself|ourselves|in the meantime)){0,3}
    (it|that|this) (already |now )?(works|worked|is working|helped)( (now|again|after all|fine))?
    (i|we) (dont|do not|no longer) (need|want) (HUMAN|SOMEONE|STAFF|you|help|(any|more|your) help|it|that|
        this|to (talk|speak) (to|with) (HUMAN|SOMEONE|STAFF))( (any ?(more|longer)|now|after all|then))?
    you (dont|do not) (need|have) to (transfer|connect|call|forward|escalate|get) (me|it|this|HUMAN|SOMEONE|
        STAFF)( (to|with) (HUMAN|SOMEONE|STAFF))?
    (please )?(dont|do not) (transfer|connect|call|forward|escalate|get|bother|worry)( (me|it|this|HUMAN|
        SOMEONE|STAFF|about it))?( (to|with) (HUMAN|SOMEONE|STAFF))?
    (no|not) (longer )?(necessary|needed|required|(need|worry|worries)( (for|to|of) (transfer|connect|call|
        <word>)( (me|HUMAN|SOMEONE))?(( to)? (HUMAN|SOMEONE))?)?)( any ?more)?
    (ill|i will|let me|id rather|i want to|i would like to|lets|can i|we can) (just )?(go on|continue|
        carry on|stay|keep going|go back|keep talking|proceed|stick) (to |with )?(BOT|you|
        talking to BOT)( (instead|then|for now))?
    (ill|i will|id) (rather )?(talk|chat) (to|with) (BOT|you) (instead|then|for now)
    (back|return|go back|switch back|take me back|give me back) to BOT|back to bot
    cancel (that|it|this|my request|the (request|transfer|hand ?over|escalation|call))
    (ill|i will|i can|i could) (manage|handle it|do it|figure it out|sort it out|wait|solve it)( (myself|
        alone|on my own|from here|now))?
    """,
    {
        **_BLOCKS,
        "it": """
            (now )?(its|it is|thats|that is|it has been|its been|this is)|all|everything is|problem|issue
            (the|my) (problem|issue|question) (is|has been|was)
        """,
    },
)

_YES = phrases(
    """
    yes|yeah|yep|yup|yess{1,5}|ya|yea|aye|sure( thing)?|ok(ay)?|okey|y|k|please do( so)?|of course
    definitely|absolutely|certainly|sounds (good|great|fine|perfect)|go (ahead|for it)|do (it|that|so)
    why not|by all means|perfect|great|fine|alright|all right|very much( so)?
    (that|it) (would|will) be (great|good|nice|fine|lovely|perfect|helpful|awesome|wonderful|ok|okay)
    thatd be (great|good|nice|fine|lovely|perfect|helpful)|thats (fine|good|ok|okay)
    i (would|do)( like (that|it|to))?|id (like|love|appreciate) (that|it|to)
    if (you|thats) (can|could|possible)|let us do (that|it)|lets do (it|that)|i want (that|it|to)
    (bring|get|call) (one|them|someone|somebody|a person|a human)( in)?
    please
    👍|✅
    """,
    _BLOCKS,
)

_NO = phrases(
    """
    no (thanks|thank you)|no|nope|nah|naw|n|na
    not (now|yet|really|today|necessary|needed|at the moment|right now|for now|at all)|never ?mind|nvm
    nevermind
    dont|do not|(please )?(dont|do not)( do (that|it))?|no need|no way
    i (dont|do not)( (want|need)( (that|it|to|one|this|anyone))?)?|rather not|id rather not|better not
    (im|i am) (fine|good|ok|okay|all right|alright)|its (ok|okay|fine|alright|all right)
    thats (ok|okay|fine) no|no its|later|maybe later|another time|forget it|negative|👎|❌
    """,
    _BLOCKS,
)

_GREETING = (
    "(hi|hello|hey|hiya|howdy|greetings|hallo|helo|yo|good (morning|afternoon|evening|day)|morning|evening)"
)

TABLE = Table(
    names=_NAMES,
    person=_PERSON,
    bare=_BARE,
    urgent=phrases(
        """
        please|pls|plz|pleas|now|right now|asap|immediately|urgent(ly)?|at once|quick(ly)?|fast|already
        this is urgent
        i said|i want|need|i need|want|give me|get me|gimme|today
        """
    ),
    passing=_PASSING,
    upset=_UPSET,
    unhelped=_UNHELPED,
    stop=_STOP,
    bot=_BOT,
    back=_BACK,
    yes=_YES,
    no=_NO,
    greeting=phrases(f"{_GREETING}( (there|all|everyone|team|bot|frontdesk|again|guys|support|folks))?"),
    thanks=phrases(
        """
        ((great|perfect|cool|super|awesome|alright|wonderful|excellent|nice|got it) )?<thanks>( <much>){0,3}
        ((i|we) )?(really )?appreciate (it|that|your help)
        """,
        {
            "thanks": "thanks|thank (you|u|ya)|thx|tnx|ty|cheers|many thanks|thankyou|tysm",
            "much": """
                a (lot|bunch|million|ton)|so much|very much|much|again
                for (your|the|all the|all your) (help|answer|reply|support|info|information|time|assistance)
                for helping( me)?|for that|for everything
            """,
        },
    ),
    good=phrases(
        """
        great|perfect|awesome|got it|excellent|wonderful|amazing|brilliant|fantastic|nice|cool|good( job)?
        well done
        (that|this|it) (really )?(worked|helped|helps|works|did it|did the trick|solved it)( (now|perfectly|
            great|a lot|for me))?
        (its )?(working|works|solved|fixed)( now)|(that|it) (was|is) (very )?(helpful|useful|great|perfect)
        thats (great|perfect|good|helpful|it|awesome)
        👍
        """
    ),
    filler=phrases(
        f"""
        please|pls|plz|ok(ay)?|just|well|so|oh|ah|um|uh|hm{{1,5}}|then|now|actually|sorry|wait|and|but
        anyway|thanks|thank you|thx|{_GREETING}( there)?|bot|BOT|frontdesk|dear|sir|madam|guys|mate|man|dude
        again|here|hmm|tell me|honestly|seriously|be honest|i wonder|may i ask|can i ask|i say|for me
        really
        """
    ),
    noise=frozenset(
        """
        a an the my your our i you we me us it its is are am be was were do does did can could would will
        may shall to of please pls plz again hi hello hey ok okay thanks thank so well just im ill id ive
        there said asked asking ask question repeat still tell know want need like help and but now sorry
        really
        """.split()
    ),
)
