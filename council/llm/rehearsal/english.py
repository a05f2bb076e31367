"""The rehearsal's English."""

from council.llm.rehearsal.voice import MEMBERS, Voice

_ANSWERS = (
    "{member} writes “{quote}”. I keep my answer: the point is fair, but it does not touch the objective.",
    "{member} writes “{quote}”. That is a good point, and I would write it into the plan as a condition.",
    "{member} writes “{quote}”. I can name no error in it, only a different weight.",
)

ENGLISH = Voice(
    disclosure=(
        "*This is a rehearsal: no model is speaking. These words come with Council and only show how "
        "a meeting runs.*"
    ),
    mark="Rehearsal: ",
    colon=": ",
    space=" ",
    names={
        "for": "the Value Defender",
        "against": "the Risk Auditor",
        "judge": "the Chief Justice",
        "surgeon": "the System Surgeon",
        "reporter": "the reporter",
        "member": "a member",
    },
    thinking=(
        (
            "I speak as {name}. First the question itself, then the evidence, then what would change "
            "my mind about it."
        ),
        (
            "The question is “{subject}”. As {name} I look for the strongest point, and for what "
            "speaks against it."
        ),
        "Before I answer as {name}: what is known, what is only assumed, and which of the two matters here?",
    ),
    headings={
        "position": "Position",
        "evidence": "What the document says",
        "others": "In answer to the others",
        "held": "What was held",
        "weighing": "Weighing it",
        "matrix": "Scores",
        "disputes": "Points in dispute",
        "orders": "Orders",
        "question": "The question",
        "said": "What was said",
        "outcome": "Outcome",
        "next": "Next steps",
        "changes": "What I changed",
    },
    positions={
        "for": (
            (
                "“{subject}” deserves a yes. The gain is real, it reaches the people it is meant for, "
                "and waiting has a price too."
            ),
            (
                "I speak for “{subject}”. What it promises is worth having, and most of it can be had "
                "with a small first step."
            ),
        ),
        "against": (
            (
                "“{subject}” is not safe to accept as it stands. What is missing is not will but "
                "proof, and a way back."
            ),
            (
                "I see three open risks in “{subject}”. None of them ends the idea; each of them can "
                "end the project."
            ),
        ),
        "judge": (
            (
                "Both sides were heard on “{subject}”. The objective decides, not the number of "
                "arguments or how they sounded."
            ),
            (
                "On “{subject}” the parties agree about more than they say. What is left between them "
                "can be decided."
            ),
        ),
        "surgeon": (
            (
                "“{subject}” needs few cuts, made in the right places. I change what was ordered and "
                "leave the rest alone."
            ),
            (
                "I take the orders on “{subject}” one after the other, the smallest change that does "
                "each of them first."
            ),
        ),
        "reporter": (
            "This report sums up what the meeting said about “{subject}”, in the order in which it mattered.",
        ),
        "member": (
            (
                "On “{subject}” I lean towards a small, reversible start, with a date on which we "
                "look at what it brought."
            ),
            (
                "“{subject}” can be answered, but only in parts: some of it is ready now, and some of "
                "it is still a hope."
            ),
        ),
    },
    reasons={
        "for": (
            (
                "**Value first.** Those who benefit can be named, and they notice it within weeks and "
                "not within years."
            ),
            "**Low entry.** The first step needs no decision that could not be taken back at a small cost.",
            "**Learning.** Even a modest result tells us more than another month of planning would.",
            (
                "**Timing.** The need exists today; a later start serves the same people later and "
                "costs the same."
            ),
        ),
        "against": (
            (
                "**Hidden cost.** Upkeep is not in the plan, and upkeep is what most projects of this "
                "kind die of."
            ),
            "**No way back.** I find no sentence that says how to stop if the numbers disappoint.",
            "**Thin evidence.** The central claim rests on one example; one example is an anecdote.",
            (
                "**Shared failure.** If one part fails the others fail with it, because nobody has "
                "drawn a line between them."
            ),
        ),
        "judge": (
            "**Aim.** The proposal serves the objective, and it does so directly and not as a side effect.",
            "**Proof.** Where numbers were given they hold; where none were given I have counted nothing.",
            "**Risk.** The risks that were named are real, and each can be met by an order below.",
        ),
        "surgeon": (
            "**Cut.** Sentences that promise without a measure go, or get a number and a date.",
            "**Join.** What is said in two places is said once, where a reader looks for it first.",
            "**Mend.** Each gap that the verdict names gets one sentence, and no more than one.",
        ),
        "reporter": (
            "**Agreed.** A first step is worth taking, if it can be undone.",
            "**Open.** Who pays for upkeep, and who says stop.",
        ),
        "member": (
            "**What speaks for it.** The need is plain, and the first step is cheap enough to be tried.",
            "**What speaks against it.** Nobody has said yet what would count as a failure.",
            "**What I would want to know.** Who does this work today, and what would they stop doing for it?",
            "**What decides.** Whether we can measure the result with what we already have.",
        ),
    },
    measured=(
        "Measured against the objective, “{objective}”, that is what counts most.",
        "The objective, “{objective}”, is the yardstick for every point here.",
    ),
    comments=(
        "this is the passage everything else rests on.",
        "clear enough to be tested, and it should be.",
        "well meant, but no number stands behind it.",
        "here the reader needs to know who does it, and by when.",
    ),
    answers={
        **dict.fromkeys(MEMBERS, _ANSWERS),
        "judge": (
            "{member} writes “{quote}”. The point stands, and the orders take it up.",
            "{member} writes “{quote}”. Well argued, but it hardly touches the objective.",
        ),
        "reporter": ("{member} held: “{quote}”.",),
    },
    closings={
        "for": (
            "So: begin small, begin now, and put the date of the first review into the calendar today.",
            "My advice is yes, with a first step that fits into a month.",
        ),
        "against": (
            (
                "So: not yet. Name the owner, the budget for upkeep and the point at which we stop; "
                "then ask again."
            ),
            "My advice is no for now, and I would change it for one page that says how this is undone.",
        ),
        "judge": ("The orders are few, so that each of them can be checked.",),
        "surgeon": ("What was not ordered was not touched.",),
        "reporter": ("The record holds every word that led here, and every vote.",),
        "member": (
            "So: a trial with an end date, one person who answers for it, and a number to look at.",
            "My advice is to decide the small question now and the large one with its result.",
        ),
    },
    table_head=("Point", "Weight", "Why"),
    table_rows=(
        ("Benefit", "high", "felt by many, soon"),
        ("Cost", "medium", "mostly upkeep"),
        ("Risk", "medium", "can be limited"),
        ("Way back", "high", "decides whether to try"),
    ),
    matrix_head=("Criterion", "Weight", "Score"),
    criteria=("Strategic alignment", "Practical value", "Logical consistency"),
    score_line="**{total}/100**, verdict: **{verdict}**.",
    disputes=(
        "Whether the first step can be undone at a small cost",
        "Whether the benefit was shown or only claimed",
    ),
    orders=(
        "Name one person who answers for the first step, and the date of its review.",
        "Add one sentence that says when the attempt is stopped.",
    ),
    hands={
        "read_file": "I read `{path}` first.",
        "write_file": "I write the change to `{path}`.",
        "search": "I look this up first.",
        "reason": "Carries out the order: {order}",
        "nothing": "Nothing; no order was left to carry out.",
    },
    no_evidence="No document was given; this rests on the members' words alone.",
    report={
        "said": (
            (
                "The members began without knowing each other's opinions, and read them only once all "
                "had been given."
            ),
            "Those in favour pointed to a need that exists today and to a first step that is cheap.",
            "Those against asked for an owner, for the cost of upkeep and for a way back.",
            "Neither side disputed the aim; they differed about how much proof a beginning needs.",
            "One point moved during the debate: a date for the review went from a wish to a condition.",
        ),
        "outcome": (
            "The council recommends a limited start with conditions, and says plainly what it does not know.",
            "The dissent stays on record in full, because it names what to watch for.",
            (
                "Agreement among rehearsed members is no evidence; with real models read it again, "
                "and read the dissent first."
            ),
        ),
        "next": (
            "Choose the smallest step that would show a result, and write down what would count as failure.",
            "Give it to one person, with a budget and an end date.",
            "Meet again on that date and compare the result with this page.",
        ),
    },
    titles=("Describe the first step", "Name an owner and a date", "Decide when to stop"),
    errors=(
        "I took what was only hoped for as if it had been shown.",
        "I weighed the cost of acting, and forgot the cost of waiting.",
        "I argued from one case, and one case decides nothing.",
    ),
)
