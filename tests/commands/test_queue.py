"""`/queue` as people type it, and no text that makes it fail in any other way than by an answer."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.commands.queue import BUSIEST, EXAMPLE, QueueCommand, is_help, parse_queue, queue_text
from bot.commands.reader import CARRIED_LIMIT, exemplified, with_queue
from bot.domain.folding import visible
from bot.domain.questions import QueueQuestion, QueueWord
from bot.errors import BadWord

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 21, 14, 52, tzinfo=PARIS)
WORDS = """
    billing EU Driver's all All by of hour answered share SHARE today monday..tuesday 7d 30s 90 bil* , " ' "a,b" help
    2026-02-30 “Level ”2 last
""".split()  # noqa: SIM905  a list of literals reads worse
TEXTS = st.one_of(
    st.text(st.characters()), st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=4))).map(" ".join)
)


def asked(*names: str, most: int | None = None, quoted: bool = False) -> QueueQuestion:
    return QueueQuestion(queues=tuple(QueueWord(text=name, quoted=quoted) for name in names), zone=PARIS, most=most)


@pytest.mark.parametrize(
    ("text", "question", "share"),
    [
        pytest.param("", asked(most=BUSIEST), False, id="nothing: the busiest"),
        pytest.param("share", asked(most=BUSIEST), True, id="the busiest for the channel"),
        pytest.param("all", asked(), False, id="every queue"),
        pytest.param("billing", asked("billing"), False, id="a name"),
        pytest.param("Billing EU share", asked("Billing EU"), True, id="a name of two words, for the channel"),
        pytest.param("share billing", asked("billing"), True, id="in any order"),
        pytest.param("billing, eu sales", asked("billing", "eu sales"), False, id="two names"),
        pytest.param("bil*", asked("bil*"), False, id="a wildcard"),
        pytest.param('"Level 2"', asked("Level 2", quoted=True), False, id="a number in quotes"),
        pytest.param('"all"', asked("all", quoted=True), False, id="a queue called all"),
        pytest.param("bank of scotland", asked("bank of scotland"), False, id="a name with a word of /sla in it"),
    ],
)
def test_what_is_typed_is_read(text, question, share):
    command = parse_queue(text, now=NOW)
    assert command == QueueCommand(question=question, share=share)


@pytest.mark.parametrize(
    ("text", "word", "hint"),
    [
        pytest.param("billing 30s", "30s", "right now", id="a threshold"),
        pytest.param("Level 2", "2", "in quotes", id="a number in a name"),
        pytest.param("billing yesterday", "yesterday", "right now", id="a period"),
        pytest.param("billing 2026-02-30", "2026-02-30", "right now", id="a day that is none"),
        pytest.param("billing by media", "by media", "right now", id="a grouping"),
        pytest.param("billing of offered", "of offered", "right now", id="a formula"),
        pytest.param('"billing', '"billing', "closing quote", id="an open quote"),
        pytest.param("billing share sales", "sales", "“share”", id="a second name without a comma"),
    ],
)
def test_what_does_not_belong_here_is_named(text, word, hint):
    with pytest.raises(BadWord) as raised:
        parse_queue(text, now=NOW)
    assert (raised.value.word, raised.value.example) == (word, EXAMPLE)
    assert hint in raised.value.expected


def test_only_the_words_for_help_ask_for_help():
    assert [text for text in ("", "help", "?", " Help ", "billing", "all") if is_help(text)] == ["help", "?", " Help "]


def outcome(text: str) -> QueueCommand | BadWord:
    try:
        return parse_queue(text, now=NOW, limit=CARRIED_LIMIT)
    except BadWord as error:
        return error


@given(text=TEXTS)
@example(text="last, share")
@example(text='""')
def test_any_text_is_a_command_that_reads_back_or_an_explanation(text):
    command = outcome(text)
    if isinstance(command, BadWord):
        assert visible(command.word) == command.word
        working = exemplified(command.example, "Level 2", "queue").removeprefix("/queue ")
        assert parse_queue(working, now=NOW).question == asked("Level 2", quoted=True)
        return
    assert parse_queue(queue_text(command), now=NOW, limit=CARRIED_LIMIT) == command
    for word in command.question.queues:
        chosen = with_queue(text, word=word.text, name="Level 2", example=EXAMPLE)
        again = parse_queue(chosen, now=NOW, limit=CARRIED_LIMIT)
        assert QueueWord(text="Level 2", quoted=True) in again.question.queues
        assert again.share == command.share
