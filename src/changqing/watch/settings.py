"""How often something must fail before it counts; data, with a case's own over it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from changqing.disk import Disk
from changqing.errors import CaseError, Issue
from changqing.plainfile import check_plain, read_plain
from changqing.text import Text
from changqing.watch.model import FOLDER, Lapse
from changqing.yamlfile.edit import UnusualYamlError, set_values
from changqing.yamlfile.read import read
from changqing.yamlfile.shape import validate
from changqing.yamlfile.values import Refusal

SETTINGS_FILE: Final = "settings.yaml"
MOST_HOURS: Final = 24 * 7
OBSERVER_NAME: Final = r"^\w[\w-]{0,31}$"


class WatchRule(BaseModel):
    """So many failures open an incident, so many passes close it.

    From the first failure to the last there must be `hours` at least.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    fails: int = Field(ge=1, le=100)
    passes: int = Field(ge=1, le=100)
    hours: int = Field(default=0, ge=0, le=24 * 365)


class ObserverRule(BaseModel):
    """Who watches a case together, and how many of them open an incident.

    Without `names` whoever watches is the one observer there is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: tuple[Annotated[str, Field(pattern=OBSERVER_NAME)], ...] = Field(
        default=(), max_length=100
    )
    needed: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def check_needed(self) -> Self:
        """Refuse more than there are, and a name that stands there twice."""
        if len(set(self.names)) < len(self.names):
            raise Refusal(
                "里有两个观察者同名", "gives two observers one name", at="names"
            )
        most = max(1, len(self.names))
        if self.needed > most:
            raise Refusal(
                f"不能大于观察者的个数（{most}个）",
                f"must be at most the number of observers ({most})",
                at="needed",
            )
        return self


class WatchSettings(BaseModel):
    """All that can be set about watching a case.

    `every_hours` is how often the pages look by themselves; None: they do not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    stopped_answering: WatchRule
    stopped_publishing: WatchRule
    no_redress: WatchRule
    proof_expired: WatchRule
    name_transferred: WatchRule
    number_gone: WatchRule
    certificate_ending: WatchRule
    promise_broken: WatchRule
    certificate_days: int = Field(ge=1, le=365)
    silence_days: int = Field(ge=1, le=3650)
    silence_factor: int = Field(ge=1, le=100)
    grace_days: int = Field(ge=0, le=365)
    missed_runs: int = Field(ge=2, le=1000)
    every_hours: int | None = Field(default=None, ge=1, le=MOST_HOURS)
    observers: ObserverRule = ObserverRule()

    def find_rule(self, lapse: Lapse) -> WatchRule:
        """Find the rule of one kind of lapse."""
        rule = getattr(self, lapse.value)
        if not isinstance(rule, WatchRule):  # pragma: no cover - each kind has a field
            raise TypeError(lapse)
        return rule


class _Own(BaseModel):
    """What a case sets of its own; the rest stays as it is shipped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stopped_answering: WatchRule | None = None
    stopped_publishing: WatchRule | None = None
    no_redress: WatchRule | None = None
    proof_expired: WatchRule | None = None
    name_transferred: WatchRule | None = None
    number_gone: WatchRule | None = None
    certificate_ending: WatchRule | None = None
    promise_broken: WatchRule | None = None
    certificate_days: int | None = Field(default=None, ge=1, le=365)
    silence_days: int | None = Field(default=None, ge=1, le=3650)
    silence_factor: int | None = Field(default=None, ge=1, le=100)
    grace_days: int | None = Field(default=None, ge=0, le=365)
    missed_runs: int | None = Field(default=None, ge=2, le=1000)
    every_hours: int | None = Field(default=None, ge=1, le=MOST_HOURS)
    observers: ObserverRule | None = None


def load_shipped_settings() -> WatchSettings:
    """Load the settings that come with Changqing."""
    path = Path(__file__).with_name(SETTINGS_FILE)
    return validate(read(path, error=CaseError), WatchSettings, error=CaseError)


def set_interval(folder: Path, hours: int | None) -> None:
    """Write how often a case is looked at, or take it out; the rest stays as it is.

    Raises CaseError where the settings of the case cannot be read or written.
    """
    load_settings(folder)  # what is wrong in the file is told, and it is left alone
    path = folder / FOLDER / SETTINGS_FILE
    disk = Disk(inside=folder)
    try:
        disk.make_folder(path.parent)
        exists = check_plain(path, inside=folder)
        text = read_plain(path, inside=folder).decode() if exists else ""
        new_text = set_values(text, [(("every_hours",), hours)], lists=())
        disk.replace(path, new_text.encode())
    except (OSError, UnusualYamlError) as error:
        raise CaseError(Issue(text=_UNWRITTEN, path=str(path))) from error


def load_settings(folder: Path) -> WatchSettings:
    """Load the settings of the case in `folder`.

    CaseError names what is wrong in them.
    """
    path = folder / FOLDER / SETTINGS_FILE
    common = load_shipped_settings()
    if not check_plain(path, inside=folder):
        return common
    own = validate(read(path, inside=folder, error=CaseError), _Own, error=CaseError)
    overrides = {
        name: value
        for name in _Own.model_fields
        if (value := getattr(own, name)) is not None
    }
    return common.model_copy(update=overrides)


_UNWRITTEN: Final = Text(
    zh="监测的设置写不下", en="the settings of watching cannot be written"
)
