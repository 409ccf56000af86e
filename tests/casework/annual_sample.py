"""A licensed case with its annual reports of two years, two ledgers and accounts."""

from __future__ import annotations

from pathlib import Path

CASE = """\
applicant:
  name: 杭州长青网络科技有限公司
  licence_company_name: 杭州长青网络科技有限公司
  licence_legal_rep: 林示例
  registered_legal_rep: 周示例
  particulars_registered_on: 2026-01-20
  licence_capital: 100万元
  registered_capital: 100万元
  shareholders_changed: false
  operator_or_scope_changed: false
  security_level_determined: true
  security_incident: false
application:
  licence: B25
  scope: intra_province
  region: '33'
  stage: operate
  submit_on: 2026-03-10
declared_on: 2026-02-01
services:
  - id: site
    kind: website
    url: https://www.example.com/
people: []
reports:
  - id: r2024
    name: 2024年度年报
    kind: annual
    year: 2024
    submitted: true
    submitted_on: 2025-02-20
    users: 48000
    revenue: 260万元
    staff: 10
    complaints: 9
  - id: r2025
    name: 2025年度年报
    kind: annual
{facts}papers:
  - id: faults
    kind: maintenance_record
    file: documents/faults.csv
    received_on: 2026-01-05
  - id: complaints
    kind: complaint_record
    file: documents/complaints.csv
    received_on: 2026-01-05
  - id: accounts
    kind: annual_finance
    file: documents/accounts.md
    received_on: 2026-01-31
    backs:
      - {{subject: 'report:r2025', fact: revenue, value: 300万元, place: 第2页}}
"""
FACTS = """\
    year: 2025
    submitted: false
    users: 52000
    revenue: 300万元
    company_revenue: 450万元
    staff: 15
    technical_staff: 6
    service_staff: 4
    other_staff: 2
    availability: 99.9%
    complaints: 12
    complaints_answered: 12
    reply_rate: 100%
    figures_explained: false
"""
FAULTS = """\
开始,恢复
2025-03-01 00:00,2025-03-02 12:00
2025-03-02 00:00,2025-03-03 00:00
2024-12-31 12:00,2025-01-01 12:00
"""
COMPLAINTS = """\
受理日期,答复日期
2025-03-01,2025-03-04
2025-03-09,2025-03-10
2025-07-01,
2024-05-01,2024-05-02
"""


def write_annual(
    folder: Path,
    *,
    facts: str = FACTS,
    faults: str = FAULTS,
    complaints: str = COMPLAINTS,
    licence: str = "B25",
) -> Path:
    (folder / "documents").mkdir(parents=True)
    for name, text in (
        ("faults.csv", faults),
        ("complaints.csv", complaints),
        ("accounts.md", "专项审计报告\n第2页 电信业务收入300万元\n"),
    ):
        (folder / "documents" / name).write_text(text, encoding="utf-8")
    text = CASE.format(facts=facts).replace("licence: B25", f"licence: {licence}")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder
