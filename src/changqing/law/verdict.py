"""The table of verdicts: what is proven and what is claimed decide, nothing else."""

from __future__ import annotations

from changqing.law.model import Verdict


def decide_verdict(*, proven: bool | None, claimed: bool | None) -> Verdict:
    """Decide the verdict on a criterion that applies."""
    if proven is True:
        return Verdict.MET
    if proven is False:
        return Verdict.CONTRADICTED if claimed is True else Verdict.UNMET
    if claimed is True:
        return Verdict.UNPROVEN
    return Verdict.UNMET if claimed is False else Verdict.UNDETERMINED
