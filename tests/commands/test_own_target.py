"""Words for what a place may have set otherwise: each queue's own target, the organisation's own formula."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands.report import parse_report
from bot.commands.sla import parse_sla
from bot.domain.places import PlaceSettings
from bot.domain.questions import Formula
from bot.errors import BadWord

NOW = datetime(2026, 11, 21, 14, 52, tzinfo=ZoneInfo("Europe/London"))
USUAL = PlaceSettings(threshold=timedelta(seconds=30), formula=Formula.ANSWERED)


@pytest.mark.parametrize("parse", [parse_sla, parse_report])
def test_what_is_usual_here_can_be_left_for_once(parse):
    assert parse("billing", now=NOW, usual=USUAL).question.threshold == timedelta(seconds=30)
    question = parse("billing own target yesterday of genesys", now=NOW, usual=USUAL).question
    assert question.threshold is None
    assert question.formula is Formula.GENESYS
    assert [word.text for word in question.queues] == ["billing"]


def test_there_is_one_threshold():
    with pytest.raises(BadWord, match="the only threshold: “30s” is there already"):
        parse_sla("billing 30s own target", now=NOW)


@pytest.mark.parametrize("name", ["own brands", "my own", "Voice of Genesys people"])
def test_names_with_such_words_stay_names(name):
    if name.startswith("Voice"):
        name = f'"{name}"'
    (word,) = parse_sla(name, now=NOW).question.queues
    assert word.text == name.strip('"')
