"""What a list of many cases shows of a case is what its report says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from changqing.casework.files import read_summary
from changqing.report.codec import to_plain
from changqing.report.counting import format_key, is_settled, select_asked
from changqing.run import keep_summary
from tests.documents.dossier_case import assessed, copied


@pytest.mark.share
@pytest.mark.parametrize("example", ["local-life", "newly-registered", "contradictory"])
def test_a_line_of_the_list_says_what_the_report_says(
    example: str, tmp_path: Path
) -> None:
    folder = copied(example, tmp_path)
    outcome = assessed(folder)
    keep_summary(folder, outcome)
    line, report = read_summary(folder), outcome.report

    tally = report.counts.by_verdict
    assert (line["claimed"], line["proven"]) == (tally.claimed, tally.proven)
    assert line["blocking"] == report.counts.blocking
    assert line["handing_in"] == to_plain(report.handing_in)["state"]
    assert line["readiness"] == report.readiness
    assert line["long_term"] == report.long_term.state
    assert line["cautions"] == [
        {"says": to_plain(caution.says), "defects": list(caution.defects)}
        for caution in report.cautions
    ]
    endurance = report.outlook.endurance
    assert line["proven_until"] == to_plain(endurance.committed_until)
    carried = endurance.carried_by
    assert line["carried_by"] == (None if carried is None else to_plain(carried.label))
    unsettled = [f for f in select_asked(report.findings) if not is_settled(f)]
    opened = json.loads(json.dumps(line["open"]))
    assert {each["criterion"] for each in opened} == {f.criterion for f in unsettled}
    assert {each["key"] for each in opened} <= {format_key(f) for f in unsettled}
    assert sum(each["count"] for each in opened) == len(unsettled)
    assert line["wanted"] == sorted(
        {
            material.id
            for finding in unsettled
            if finding.remedy is not None
            for material in finding.remedy.materials
        }
    )
    supports = (*endurance.commitments, *endurance.renewals)
    ends = json.loads(json.dumps(line["ends"]))
    assert {each["id"] for each in ends} <= {support.id for support in supports}
