"""Writes a folder of papers with labels: what stands where, in the corpus' own form.

    python -m training.mill DIR --split test --count 40 --seed 7

DIR then holds files/COMPANY/…, labels.jsonl, texts.jsonl and cases.json, and is read by
`python -m benchmarks.papers DIR --predictions FILE`. The same arguments write the same
labels; pictures are the same on the same versions of the libraries.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

from training.layouts import lay_out
from training.office import write_word, write_workbook
from training.papers import KINDS, TEST, TRAIN, Content, Shown, Wordings
from training.sheet import FONTS, HEIGHT, WIDTH, Placed, Sheet
from training.wear import PHOTO, SCAN, picture
from training.world import Company, invent_company

FORMS: Final = (
    "pdf_text",
    "pdf_text",
    "pdf_text",
    "docx",
    "xlsx",
    "scan_image",
    "photo",
)
"""The forms in which papers come, text thrice as often as each other."""


def main() -> None:
    """Write the folder of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--split", choices=[TRAIN, TEST], default=TEST)
    parser.add_argument("--count", type=int, default=20, help="companies")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--forms", default=",".join(dict.fromkeys(FORMS)))
    options = parser.parse_args()
    forms = [form for form in FORMS if form in options.forms.split(",")]
    if not forms:
        parser.error(f"--forms: one or more of {', '.join(dict.fromkeys(FORMS))}")
    write_folder(
        options.folder,
        split=options.split,
        count=options.count,
        seed=options.seed,
        forms=forms,
    )


def write_folder(
    folder: Path, *, split: str, count: int, seed: int, forms: list[str]
) -> None:
    """Write the papers of some companies, one of each kind for each."""
    folder.mkdir(parents=True, exist_ok=True)
    cases: dict[str, Any] = {}
    with (
        (folder / "labels.jsonl").open("w", encoding="utf-8") as labels,
        (folder / "texts.jsonl").open("w", encoding="utf-8") as texts,
    ):
        for number in range(count):
            dice = Random(f"{seed}/{split}/{number}")
            company, case = invent_company(dice), f"company{number:03d}"
            cases[case] = _describe_company(company)
            for label, text in _write_company(
                folder, case, company, split, dice, forms
            ):
                labels.write(json.dumps(label, ensure_ascii=False) + "\n")
                texts.write(json.dumps(text, ensure_ascii=False) + "\n")
    (folder / "cases.json").write_text(
        json.dumps(cases, ensure_ascii=False, indent=1), "utf-8"
    )


def _write_company(
    folder: Path,
    case: str,
    company: Company,
    split: str,
    dice: Random,
    forms: list[str],
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for write in KINDS:
        content = write(company, Wordings(dice, split), dice)
        form = dice.choice(forms)
        sheet, family = lay_out(content, split, dice, dice.choice(list(FONTS)))
        suffix = {"docx": "docx", "xlsx": "xlsx", "pdf_text": "pdf"}.get(form, "jpg")
        name = f"files/{case}/{content.kind}.{suffix}"
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_make_bytes(content, sheet, form, dice))
        has_places = form not in ("docx", "xlsx")
        facts = (
            [_describe_placed(placed) for placed in sheet.placed]
            if has_places
            else [_describe_shown(shown) for shown in _list_shown(content)]
        )
        yield (
            {
                "file": name,
                "case": case,
                "form": form,
                "family": family if has_places else form,
                "wear": [],
                "traps": [],
                "pages": sheet.page if has_places else 1,
                "readable": True,
                "source": "synthetic",
                "documents": [
                    {
                        "kind": content.kind,
                        "about": company.name,
                        "facts": facts,
                        "states": {},
                        "sealed": None,
                        "signed": None,
                    }
                ],
            },
            {"file": name, "pages": ["".join(page) for page in sheet.words]},
        )


def _make_bytes(content: Content, sheet: Sheet, form: str, dice: Random) -> bytes:
    match form:
        case "docx":
            return write_word(content, dice)
        case "xlsx":
            return write_workbook(content, dice)
        case "pdf_text":
            return sheet.make_pdf()
        case _:
            return picture(
                sheet.make_pdf(), SCAN if form == "scan_image" else PHOTO, dice
            )


def _list_shown(content: Content) -> Iterator[Shown]:
    for pair in content.pairs:
        yield from pair.cell.shows
    for rows in content.lists:
        for row in rows.rows:
            for cell in row:
                yield from cell.shows


def _describe_shown(shown: Shown) -> dict[str, Any]:
    return {
        "fact": shown.fact,
        "subject": shown.subject,
        "value": shown.value,
        "raw": shown.words,
        "group": shown.group,
        "page": 1,
    }


def _describe_placed(placed: Placed) -> dict[str, Any]:
    left, top, right, bottom = placed.box
    box = [left / WIDTH, top / HEIGHT, right / WIDTH, bottom / HEIGHT]
    place = {"page": placed.page, "bbox": [round(side, 4) for side in box]}
    return _describe_shown(placed.shown) | place


def _describe_company(company: Company) -> dict[str, Any]:
    """Write what a person would have typed before dropping the folder."""
    roles = [
        "technical",
        "technical",
        "customer_service",
        "content",
        "security",
        "other",
    ]
    return {
        "applicant": company.name,
        "region": company.region,
        "licence": "B25",
        "stage": "apply",
        "people": [
            {"name": worker.name, "role": role}
            for worker, role in zip(company.workers, roles, strict=False)
        ],
        "holders": [{"name": owner.name, "kind": "person"} for owner in company.owners],
        "services": [{"id": "site", "domain": company.domain}],
    }


if __name__ == "__main__":
    main()
