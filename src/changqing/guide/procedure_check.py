"""The examples of procedures, run; `catalogue.check` cannot, below the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from changqing.errors import ChangqingError, Issue
from changqing.guide.procedure import Givens, date_steps
from changqing.law.folders import CATALOGUE_ROOT
from changqing.law.kinds.procedure import Procedure, ProcedureExample
from changqing.law.model import Catalogue
from changqing.text import Text
from changqing.yamlfile.read import Loc, YamlFile, read_with_issues

_NOWHERE: Final = Text("没有日子", "no day")


def check_procedures(catalogue: Catalogue, *, root: Path | None = None) -> list[Issue]:
    """List each example that does not hold, with its place in the file below `root`.

    Every day named in `then` is compared, and whether it is provisional. A day that was
    provisional and is not any more is told too: the announcement may have moved it.
    """
    folder = CATALOGUE_ROOT if root is None else root
    issues: list[Issue] = []
    for procedure in catalogue.procedures.values():
        wrong = [
            (("examples", place, *loc), text)
            for place, example in enumerate(procedure.examples)
            for loc, text in _find_faults(catalogue, procedure, example)
        ]
        if wrong:
            shown_path = f"procedures/{procedure.id}.yaml"
            file, _ = read_with_issues(folder / shown_path, shown=shown_path)
            issues += [_make_issue(shown_path, file, loc, text) for loc, text in wrong]
    return issues


def _make_issue(shown_path: str, file: YamlFile | None, loc: Loc, text: Text) -> Issue:
    return Issue(text=text, path=shown_path) if file is None else file.issue(loc, text)


def _find_faults(
    catalogue: Catalogue, procedure: Procedure, example: ProcedureExample
) -> Iterator[tuple[Loc, Text]]:
    """Find which days of an example the procedure does not give."""
    givens = Givens(
        licence=example.given.licence,
        scope=example.given.scope,
        region=example.given.region or "",
        as_of=example.given.as_of,
        days=example.given.days,
    )
    if not procedure.covers(
        licence=givens.licence, scope=givens.scope, region=givens.region
    ):
        yield (
            ("given",),
            Text(
                "例子不在程序的适用范围内", "the example is not one of this procedure"
            ),
        )
        return
    try:
        steps = {
            step.step.id: step for step in date_steps(catalogue, procedure, givens)
        }
    except ChangqingError as error:
        for issue in error.issues:
            yield ("given",), issue.text
        return
    for name, day_expected in example.then.items():
        step = steps.get(name)
        day = None if step is None else step.limit
        if day != day_expected:
            yield (
                ("then", name),
                Text(
                    f"{name} 应为 {day_expected or _NOWHERE.zh}，实为 "
                    f"{day or _NOWHERE.zh}",
                    f"{name} should be {day_expected or _NOWHERE.en}, "
                    f"and is {day or _NOWHERE.en}",
                ),
            )
        provisional = step is not None and step.provisional
        if provisional and name not in example.provisional:
            yield (
                ("then", name),
                Text(
                    f"{name} 是暂按，应列入 provisional",
                    f"{name} is provisional and must be listed as such",
                ),
            )
        elif name in example.provisional and not provisional:
            yield (
                ("provisional",),
                Text(
                    f"{name} 不再是暂按，请检查日期并移出 provisional",
                    f"{name} is provisional no more: check the day, "
                    "and take it off the list",
                ),
            )
