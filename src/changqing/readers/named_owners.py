"""Who is named beside a duty: 总指挥赵某, 夏某为投诉工作责任人.

Only people of the case count. What a rule says of 责任人 without a name tells nobody
who it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from changqing.evidence.denials import is_of_another_time, is_taken_back
from changqing.readers.flow import fold_signs
from changqing.readers.layout import Quote
from changqing.readers.open_points import is_beside_service
from changqing.readers.phrases import Prose
from changqing.readers.proposal import PaperPages
from changqing.readers.roles import OF_SOMEBODY_ELSE

_TO_NAME: Final = r"(?:[:为是由系]|\t)?"
_AFTER_NAME: Final = r"(?:同志|\([^()\n]{0,16}\))?"
_BETWEEN: Final = r"[^,。;:、\t\n]{0,10}?"
_ANOTHERS: Final = re.compile(
    "(?:^(?!为|是|系|担任|任|兼任)[^的之]*[的之])|[不非未无拟原曾否和与及或向对报]|人事|财务|行政|采购|仓库|通知|联系|替"
)
"""What between a name and a duty says that the duty is somebody else's, or nobody's."""


def find_named_owner(
    paper: PaperPages, prose: Prose, duties: Sequence[str]
) -> Quote | None:
    """Find where a person of the case is named as the one who has one of some duties.

    A duty that somebody had, or is to have, is nobody's today.
    """
    text = prose.flow.text
    names = "|".join(
        re.escape(name)
        for name in paper.names.members.get("person", {})
        if name in text
    )
    if not names:
        return None
    for listed in duties:
        duty = re.escape(fold_signs(listed)) + ("(?!人)" if listed == "负责" else "")
        for match in re.finditer(
            rf"{duty}{_TO_NAME}(?:{names})"
            rf"|(?:{names}){_AFTER_NAME}(?P<between>{_BETWEEN}){duty}(?!的|助理|助手|候选|人选)",
            text,
        ):
            span = match.span()
            if (
                not _ANOTHERS.search(match["between"] or "")
                and not OF_SOMEBODY_ELSE.match(text, match.end())
                and not is_beside_service(prose.read_sentence(*span))
                and not is_taken_back(text, *span)
                and not is_of_another_time(text, *span)
            ):
                return prose.flow.quote(*span)
    return None
