"""What a check of a bundle came to, in words for a reader who is no engineer.

The verifier is one file that knows nothing of the catalogue: it names criteria, facts
and states by their codes. Here they get their titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone

from changqing.day import beijing_day
from changqing.errors import GivenUpError
from changqing.jsondata import JsonObject
from changqing.law.model import Verdict
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.sandbox.pool import READING, Limits, get_shared_pool
from changqing.sealing import verify
from changqing.sealing.apart import check_apart, find_differing_apart
from changqing.sealing.bundle import digest_installed_rules
from changqing.text import Text
from changqing_web.index import catalogue
from changqing_web.language import t
from changqing_web.papers.zips import list_zip_names

CHECKS: Final = 20
WITHIN: Final = 600
"""How often somebody may have a bundle checked, within so many seconds."""
_BIGGEST: Final = 200 * 1024 * 1024
_FINGERPRINT: Final = re.compile(r"[0-9a-fA-F]{64}")
_MOST_LINES: Final = 200
_FEW: Final = 3  # names that stay in their sentence
_CODE: Final = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")
_WORD: Final = re.compile(r"\b[a-z]+(?:_[a-z]+)*\b")
_REGION: Final = re.compile(r"(?:行政区划|region )(?P<region>\d\d)\b")
_JOINT: Final = "(?:、|, )"
_NAMES: Final = re.compile(
    rf"(?P<head>.*?)(?:：|: )(?P<names>{_CODE.pattern}(?:{_JOINT}{_CODE.pattern})+)$"
)
_OPTION: Final = (
    ("向本人核实指纹后用--key", "请向本人核实指纹，核验时填上"),
    ("give it with --key", "give it when checking"),
)
_NO_BUNDLE: Final = Text(
    "这不是封存包，可能选错了文件，请选封存包原来的zip再核验。",
    "This is no bundle: choose the zip that was sealed.",
)
_LEADS: Final[Mapping[int, Text]] = {
    0: Text("核验通过：没有改动，每条结论都重新算出。", "Verified: nothing changed."),
    1: Text(
        "核验过的都没有问题；有几项没能核验，列在下面。",
        "What was checked holds; what could not be checked is listed below.",
    ),
    3: Text(
        "没能核验完，还不能判断。", "It could not be finished; nothing is decided yet."
    ),
    4: Text(
        "内容和封存时不一样，不可采信。",
        "It is not what was sealed: do not rely on it.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBundle:
    """What somebody sent to be checked, and what is wrong with it by field."""

    file: UploadedFile[Any] | None
    typed: str
    keys: frozenset[str]
    wrong: dict[str, str]

    @property
    def name(self) -> str:
        """What the file is called."""
        return "" if self.file is None else str(self.file.name)[:200]


def read_sent(request: HttpRequest) -> SentBundle:
    """Read the form with which a bundle is sent to be checked."""
    typed = request.POST.get("key", "")
    keys = frozenset(key.lower() for key in _FINGERPRINT.findall(typed))
    file = request.FILES.get("bundle")
    wrong: dict[str, str] = {}
    if typed.strip() and not keys:
        wrong["key"] = t("指纹是64位十六进制字符", "a fingerprint is 64 hex characters")
    if file is None:
        wrong["bundle"] = t("选择一个封存包文件", "choose a bundle")
    elif (file.size or 0) > _BIGGEST:
        wrong["bundle"] = t("文件超过200 MB", "the file is over 200 MB")
    return SentBundle(file=file, typed=typed, keys=keys, wrong=wrong)


def check_bundle(
    path: Path,
    keys: frozenset[str],
    *,
    limits: Limits | None = None,
    pool: str = "",
) -> JsonObject:
    """Ask the published verifier, with the rules installed here, about a bundle.

    `limits` is what it may take, and `pool` names the children that do it. Raises
    GivenUpError when a limit ends it.
    """
    law = catalogue()
    try:
        report, listed = check_apart(
            path,
            keys,
            digest_installed_rules(law),
            limits=limits,
            today=beijing_day(timezone.now()),
            pool=pool,
        )
    except verify.NoBundleError:
        return _describe_no_bundle(_explain_no_bundle(path, pool) or _NO_BUNDLE)
    differ = find_differing_apart(law, path, pool=pool) if report.code in (0, 1) else ()
    cut = _explain_no_bundle(path, pool) if report.code == 4 else None
    lead = cut or _LEADS[report.code]
    whole = not report.damaged
    return {
        "code": report.code,
        "result": _encode_texts((lead.zh, lead.en)),
        "no_bundle": cut is not None,
        "digest": "" if listed is None else listed.digest,
        "about": [_encode_about(pair) for pair in report.about] if whole else [],
        "checked": _split_lines(report.checked) if whole else [],
        "unchecked": _split_lines(
            [*report.unchecked, *((text.zh, text.en) for text in differ)]
        ),
        "notes": _split_lines(report.notes) if whole else [],
        "damaged": _list_parts(report.damaged),
        "unfinished": _list_parts(report.unfinished),
        "said": _encode_texts((lead.zh, lead.en)),
    }


def _describe_no_bundle(lead: Text) -> JsonObject:
    """As `check` tells it, of a file that never was a bundle."""
    return {
        "code": 2,
        "result": _encode_texts((lead.zh, lead.en)),
        "no_bundle": True,
        "digest": "",
        **{part: [] for part in ("about", "checked", "unchecked", "notes")},
        **{part: [] for part in ("damaged", "unfinished")},
        "said": _encode_texts((lead.zh, lead.en)),
    }


def _explain_no_bundle(path: Path, pool: str = "") -> Text | None:
    """What was handed in instead of a bundle; None for one that was altered."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start[:2] != b"PK":
        return Text(
            "这不是封存包：文件不是zip。可能选错了文件，请选封存包原来的zip再核验。",
            "This is no bundle: the file is no zip. Choose the zip that was sealed.",
        )
    try:
        names = get_shared_pool(pool).run(READING, list_zip_names, path)
    except GivenUpError:  # it lists more than any bundle does
        return None
    if names is None:
        return Text(
            "文件不完整：zip的结尾缺失或损坏，可能没有传完。请重新取一份再核验。",
            "The file is not whole: the end of the zip is missing or broken. Fetch it "
            "again and check that.",
        )
    if verify.MANIFEST not in names:
        return Text(
            "这不是封存包：是个zip，但里面没有封存包的清单。可能选错了文件。",
            "This is no bundle: it is a zip without a bundle’s manifest. Perhaps "
            "another file was meant.",
        )
    return None


def _split_lines(pairs: Iterable[tuple[str, str]]) -> list[JsonObject]:
    return [_split_line(pair) for pair in list(pairs)[:_MOST_LINES]]


def _split_line(pair: tuple[str, str]) -> JsonObject:
    """A sentence; a long list of names at its end stands apart."""
    for code, plain in _OPTION:
        pair = (pair[0].replace(code, plain), pair[1].replace(code, plain))
    match = _NAMES.match(pair[0]), _NAMES.match(pair[1])
    if match[0] is None or match[1] is None:
        return dict(_encode_texts((_name_codes(pair[0], 0), _name_codes(pair[1], 1))))
    codes = _CODE.findall(match[0]["names"])
    if len(codes) <= _FEW:
        return dict(_encode_texts((_name_codes(pair[0], 0), _name_codes(pair[1], 1))))
    more = [
        _encode_texts((_name_codes(code, 0), _name_codes(code, 1))) for code in codes
    ]
    return {**_encode_texts((match[0]["head"], match[1]["head"])), "more": more}


def _name_codes(text: str, language: int) -> str:
    """Codes of criteria and facts by their titles."""

    def name_code(code: re.Match[str]) -> str:
        title = _list_titles().get(code[0])
        return code[0] if title is None else title[language]

    return _CODE.sub(name_code, text)


@cache
def _list_titles() -> Mapping[str, tuple[str, str]]:
    law = catalogue()
    facts = {name: (f.label.zh, f.label.en) for (_, name), f in law.facts.items()}
    criteria = {c.id: (c.title.zh, c.title.en) for c in law.criteria.values()}
    return facts | criteria


def _encode_about(pair: tuple[str, str]) -> dict[str, str]:
    """What the case is about, its states and places by their names."""
    return _encode_texts(
        (_name_states(pair[0], 0).replace(", ", "、"), _name_states(pair[1], 1))
    )


def _name_states(text: str, language: int) -> str:
    def name_code(code: re.Match[str]) -> str:
        text = _list_states().get(code[0])
        return code[0] if text is None else (text.zh, text.en)[language]

    def name_region(pair: re.Match[str]) -> str:
        region = catalogue().regions.get(pair["region"])
        if region is None:
            return pair[0]
        return (region.label.zh, region.label.en)[language]

    return _WORD.sub(name_code, _REGION.sub(name_region, text))


@cache
def _list_states() -> Mapping[str, Text]:
    verdicts = {verdict.value: verdict.text for verdict in Verdict}
    return {**SCOPE_WORDS, **STAGE_WORDS, **verdicts}


def _list_parts(parts: Iterable[tuple[str, tuple[str, str]]]) -> list[dict[str, str]]:
    listed = list(parts)[:_MOST_LINES]
    return [
        {"part": _strip_marks(part), **_encode_texts(pair)} for part, pair in listed
    ]


def _encode_texts(pair: tuple[str, str]) -> dict[str, str]:
    return {"zh": _strip_marks(pair[0]), "en": _strip_marks(pair[1])}


def _strip_marks(text: str) -> str:
    """What comes from a bundle can hide nothing."""
    return "".join(
        character if character.isprintable() else "\ufffd" for character in text
    )
