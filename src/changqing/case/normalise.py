"""One spelling for each text, by its kind, so that only real differences differ.

What was written stays in `Record.raw`; the normalised value is what is compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import idna
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from changqing.text import Text

_BRACKETS = str.maketrans(
    {"(": "（", ")": "）", "[": "（", "]": "）", "〔": "（", "〕": "）", "【": "（"}
    | {"】": "）", "{": "（", "}": "）", "「": "（", "」": "）"}
)
_DOTS = str.maketrans(dict.fromkeys("•‧∙・･⋅●．", "·"))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－﹣─", "-"))
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"\s+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_BETWEEN = re.compile(r"[\s,，;；]+|、(?![0-9A-Za-z])|(?<![0-9A-Za-z])、")
_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9A-Za-z])[\s,，;；、]+(?=[0-9A-Za-z])")
"""What parts two rooms of an address: without it they would be one number."""
_EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機|內線|内线)\s*(\d+)\s*$")
_SHORT_NUMBER = re.compile(r"95\d{3,6}|96\d{3,6}|10\d{3}|12\d{3}|11\d")

# What registries and registrars write where a name would stand.
_WITHHELD = re.compile(
    r"redacted|privacy|private|proxy|whois\s*guard|withheld|not\s*disclosed|masked|"
    r"data\s*protected|masking|identity\s*protect|gdpr|anonymi[sz]ed|\bhidden\b|"
    r"隐私|隱私|未公开|不公开|已屏蔽|已隐藏|保密|脱敏",
    re.IGNORECASE,
)
_STARS = re.compile(r"[*＊×✱]{1,}|[xX]{3,}|某")


class NotThisKindError(ValueError):
    """The text cannot be of the kind its fact asks for; `text` says why."""

    def __init__(self, text: Text, hint: Text) -> None:
        super().__init__(text.en)
        self.text = text
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """The source withholds the text, or says it in a script we cannot compare."""

    detail: Text


def detect_script(text: str) -> str:
    """Detect the script, `han`, `latin` or `none`.

    A text with any Han character is Han.
    """
    if _HAN.search(text):
        return "han"
    return "latin" if _LATIN.search(text) else "none"


def are_comparable(text_kind: str | None, one: str, other: str) -> bool:
    """Tell whether two names may be compared: a translation is not a difference."""
    if text_kind not in ("company_name", "person"):
        return True
    return {detect_script(one), detect_script(other)} != {"han", "latin"}


def normalise(
    text_kind: str | None, raw: str, *, beside: str | None = None
) -> str | Hidden:
    """Spell `raw` in its one way; `Hidden` when the source withholds it.

    `beside` is the name a looked-up name will be held against (the applicant's): a
    name in the other script then counts as hidden, never as different. Raises
    NotThisKindError when the text cannot be what its fact asks for.
    """
    cleaned = _INVISIBLE.sub("", unicodedata.normalize("NFKC", raw)).strip()
    if not cleaned:
        raise _make_empty_error()
    if text_kind in ("company_name", "person"):
        hidden = _find_hidden(text_kind, cleaned)
        if hidden is not None:
            return hidden
        if beside is not None and not are_comparable(text_kind, cleaned, beside):
            return Hidden(
                detail=Text(
                    zh=f"“{cleaned}”与“{beside}”文字不同，无法比对，须人工核对",
                    en=f"“{cleaned}” and “{beside}” are in different scripts and "
                    "cannot be compared; a person must check",
                )
            )
    # Spaces taken away may have kept a letter and its accent apart.
    spelled = unicodedata.normalize(
        "NFKC", _KINDS.get(text_kind or "plain", _normalise_spaces)(cleaned)
    )
    if not spelled:
        raise _make_empty_error()  # nothing but commas, say
    return spelled


def _make_empty_error() -> NotThisKindError:
    return NotThisKindError(
        Text(zh="内容为空", en="the text is empty"),
        Text(zh="填写内容，或删去这一行", en="fill it in, or remove the line"),
    )


def _find_hidden(text_kind: str, cleaned: str) -> Hidden | None:
    # A name withheld must come out as hidden: as text it would differ from the one
    # on the licence, and be told as a contradiction. 某 and XXX mask persons alone,
    # for they may stand in the name of a company.
    masked = text_kind == "person" and _STARS.search(cleaned)
    if "*" in cleaned or masked or _WITHHELD.search(cleaned):
        return Hidden(
            detail=Text(
                zh=f"来源隐去了名称（显示为“{cleaned}”）",
                en=f"the source withholds the name (it shows “{cleaned}”)",
            )
        )
    return None


def _normalise_name(cleaned: str) -> str:
    # Spaces in a Han name are layout (张　三), in a Latin one they part its words.
    if detect_script(cleaned) == "han":
        return _SPACES.sub("", cleaned).translate(_BRACKETS).translate(_DOTS).upper()
    words = re.sub(r"[.,，。'’]", " ", cleaned.translate(_DASHES))
    return _SPACES.sub(" ", words).strip().upper() or cleaned


def _normalise_domain(cleaned: str) -> str:
    bare = re.sub(r"^[a-zA-Z][a-zA-Z0-9+.-]*://", "", cleaned)
    bare = re.split(r"[/?#\\]", bare, maxsplit=1)[0].rpartition("@")[2]
    bare = re.sub(r":\d+$", "", bare).replace("。", ".").strip(". ")
    try:
        domain = idna.encode(bare.lower(), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise _make_domain_error(cleaned) from error
    if "." not in domain:
        raise _make_domain_error(cleaned)
    return domain


def _make_domain_error(cleaned: str) -> NotThisKindError:
    return NotThisKindError(
        Text(zh=f"“{cleaned}”不是域名", en=f"“{cleaned}” is not a domain name"),
        Text(zh="写成 example.cn 的样子", en="write it like example.cn"),
    )


def _normalise_address(cleaned: str) -> str:
    plain = cleaned.translate(_DASHES).translate(_BRACKETS)
    return _BETWEEN.sub("", _BETWEEN_NUMBERS.sub("、", plain)).upper()


def _normalise_phone(cleaned: str) -> str:
    spelled = _EXTENSION.sub(r" ext. \1", cleaned.translate(_DASHES))
    digits = re.sub(r"\D", "", spelled)
    if _SHORT_NUMBER.fullmatch(digits) and len(digits) < 9:
        return digits
    import phonenumbers  # all the world's numbering plans

    try:
        number = phonenumbers.parse(spelled, "CN")
    except phonenumbers.NumberParseException as error:
        raise _make_phone_error(cleaned) from error
    if not phonenumbers.is_valid_number(number):
        raise _make_phone_error(cleaned)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def write_phone(number: str) -> str:
    """Write a number kept as E.164 as people write it at home: 400-000-0501.

    A mobile number without gaps, a line with its area code apart; a number of another
    country stays as it is kept.
    """
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    if parsed.country_code != _CHINA:
        return number
    style = phonenumbers.PhoneNumberFormat.NATIONAL
    first, *groups = phonenumbers.format_number(parsed, style).split()
    if first.startswith("0"):
        return f"{first}-{''.join(groups)}"
    return (
        "-".join([first, *groups]) if first in _SERVICE else "".join([first, *groups])
    )


_CHINA: Final = 86  # the country code of ITU-T E.164
_SERVICE: Final = frozenset({"400", "800"})


def _make_phone_error(cleaned: str) -> NotThisKindError:
    return NotThisKindError(
        Text(
            zh=f"“{cleaned}”不是有效的电话号码",
            en=f"“{cleaned}” is not a valid telephone number",
        ),
        Text(
            zh="固定电话加区号，如 0571-88880000；手机写11位",
            en="landlines need their area code, such as 0571-88880000; mobiles have "
            "11 digits",
        ),
    )


def _normalise_email(cleaned: str) -> str:
    """Spell a mail address (RFC 5322 addr-spec) with its domain in its one way."""
    from email.errors import HeaderParseError
    from email.headerregistry import Address

    try:
        address = Address(addr_spec=cleaned.replace("。", "."))
        domain = _normalise_domain(address.domain)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise NotThisKindError(
            Text(
                zh=f"“{cleaned}”不是邮箱地址", en=f"“{cleaned}” is not a mail address"
            ),
            Text(
                zh="写成 office@example.cn 的样子", en="write it like office@example.cn"
            ),
        ) from error
    return Address(username=address.username, domain=domain).addr_spec


def _normalise_credit_code(cleaned: str) -> str:
    code = re.sub(r"[\s-]+", "", cleaned.translate(_DASHES)).upper()
    try:
        return str(uscc.validate(code))
    except ValidationError as error:
        raise NotThisKindError(
            Text(
                zh=f"“{cleaned}”不是有效的统一社会信用代码",
                en=f"“{cleaned}” is not a valid unified social credit code",
            ),
            Text(
                zh="照营业执照逐位核对18位（不含字母 I、O、S、V、Z）",
                en="check all 18 characters against the business licence (the letters "
                "I, O, S, V and Z never occur)",
            ),
        ) from error


def _normalise_spaces(cleaned: str) -> str:
    return _SPACES.sub(" ", cleaned)


_KINDS: dict[str, Callable[[str], str]] = {
    "company_name": _normalise_name,
    "person": _normalise_name,
    "domain": _normalise_domain,
    "address": _normalise_address,
    "phone": _normalise_phone,
    "email": _normalise_email,
    "credit_code": _normalise_credit_code,
    "plain": _normalise_spaces,
}
