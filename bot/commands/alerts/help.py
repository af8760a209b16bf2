"""What `/alert help` says, for the catalogue of commands."""

from __future__ import annotations

from bot.commands.reader import QUEUE

ALERT_PARTS = (
    (
        "Rule",
        (
            "queues, then what is bad: a measure, a comparison and a limit, several of them joined by and, which must "
            "all hold at once. Each queue and each medium is judged alone. Without queues, the usual ones of the "
            "channel, else every queue."
        ),
    ),
    (
        "Measures",
        (
            "as they are this minute: waiting, longest wait, available (agents who are free), agents (on queue). Over "
            "the last complete quarter hours: sla (sla 30s for another threshold than the queue's own), abandon rate, "
            "breach rate, offered, answered, asa, aht and the other metrics of /report. The first are looked at every "
            "minute; the others follow the quarter hours, a few minutes behind."
        ),
    ),
    ("Limits", "< <= > >=, or under, above, at least, at most; 80%, 10, 5m. A percentage has its %, a time its unit."),
    (
        "Times",
        (
            "for 10m: how long it must have been bad before anybody is told; 2m for what is seen live, else 10m, and "
            "for 0m tells at once. over 1h: which stretch of time is looked at; 30m unless said, in quarter hours. "
            "recover 85%: from where on it is good again, by itself 5 points or a fifth better; recover for 15m: how "
            "long it must have been good. min 20: from how many contacts on a rate is judged."
        ),
    ),
    (
        "Unusual",
        (
            "unusual compares a queue with itself at this hour of this weekday in the weeks before: contacts not "
            "answered in time, abandons, far fewer or more contacts, the longest wait. It needs three weeks of "
            "history. unusual quiet speaks of the worst only, unusual sensitive earlier and more often."
        ),
    ),
    (
        "Z-score",
        (
            "zscore 3 is the plain rule of textbooks: an hour that is so many standard deviations away from the mean "
            "of the week. It takes each daily peak for news, is silent where nothing ever went wrong before, and "
            "speaks on a single contact in a quiet hour. unusual is made to do better."
        ),
    ),
    (
        "When",
        (
            "hours 08:00-18:00 weekdays: when the queue is open; outside nothing is judged. quiet 22:00-07:00: "
            "warnings wait until it is over, critical ones do not. Holidays of the organisation are left out; "
            "holidays behind a rule takes them in."
        ),
    ),
    (
        "People",
        (
            "mention @anna names somebody in the first message. With critical, escalate 15m @lead 30m @boss names "
            "others while nobody has acknowledged. remind 2h says it again, each hour unless said, or remind never."
        ),
    ),
    (
        "Afterwards",
        (
            "list, show, edit, test (how it stands now, for you alone) and remove take a rule's number. mute is for an "
            "hour unless you say mute 2 until monday or forever; unmute ends it. ack and snooze are the buttons of the "
            "message: a number, or all that is open."
        ),
    ),
    (
        "Also",
        (
            "starter adds the rules to begin with. handover tells the last shift: what fired, who took it, what is "
            "open. holidays add 2026-12-25 Christmas keeps the list of holidays. export gives all rules as a file."
        ),
    ),
)

ALERT_EXAMPLES = (
    (f"/alert add {QUEUE} sla < 80% for 10m", "when the service level is under 80 % for ten minutes"),
    (f"/alert add {QUEUE} waiting > 10 for 2m", "when more than ten wait for two minutes"),
    (f"/alert add {QUEUE} agents < 1 and waiting >= 1 critical", "when somebody waits and nobody is on queue"),
    (f"/alert add {QUEUE} abandon rate > 10% over 1h", "when more than a tenth of an hour's contacts gave up"),
    (f"/alert add {QUEUE} unusual", "when it is worse than usual at this hour of the week"),
    (f"/alert test {QUEUE} longest wait > 5m", "how that would stand now, and when it would have fired"),
    ("/alert starter", "the rules to begin with"),
    ("/alert edit 2 sla < 75% for 15m", "another condition for number 2"),
    ("/alert mute 2 2h", "nothing of number 2 for two hours"),
    ("/alert list", "what is watched here, and how it stands"),
    ("/alert handover", "what happened in the last eight hours, for the next shift"),
)
