"""How often something must fail before it counts; data, with a case's own over it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from changqing.errors import CaseError
from changqing.plainfile import check_plain
from changqing.watch.model import FOLDER, Lapse
from changqing.yamlfile.read import read
from changqing.yamlfile.shape import validate

SETTINGS_FILE: Final = "settings.yaml"


class Rule(BaseModel):
    """So many failures open an incident, so many passes close it.

    From the first failure to the last there must be `hours` at least.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    fails: int = Field(ge=1, le=100)
    passes: int = Field(ge=1, le=100)
    hours: int = Field(default=0, ge=0, le=24 * 365)


class Settings(BaseModel):
    """All that can be set about watching a case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stopped_answering: Rule
    stopped_publishing: Rule
    no_redress: Rule
    proof_expired: Rule
    name_transferred: Rule
    number_gone: Rule
    certificate_ending: Rule
    promise_broken: Rule
    certificate_days: int = Field(ge=1, le=365)
    silence_days: int = Field(ge=1, le=3650)
    silence_factor: int = Field(ge=1, le=100)
    grace_days: int = Field(ge=0, le=365)
    missed_runs: int = Field(ge=2, le=1000)

    def rule(self, lapse: Lapse) -> Rule:
        """The rule of one kind of lapse."""
        found = getattr(self, lapse.value)
        if not isinstance(found, Rule):  # pragma: no cover - each kind has a field
            raise TypeError(lapse)
        return found


class _Own(BaseModel):
    """What a case sets of its own; the rest stays as it is shipped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stopped_answering: Rule | None = None
    stopped_publishing: Rule | None = None
    no_redress: Rule | None = None
    proof_expired: Rule | None = None
    name_transferred: Rule | None = None
    number_gone: Rule | None = None
    certificate_ending: Rule | None = None
    promise_broken: Rule | None = None
    certificate_days: int | None = Field(default=None, ge=1, le=365)
    silence_days: int | None = Field(default=None, ge=1, le=3650)
    silence_factor: int | None = Field(default=None, ge=1, le=100)
    grace_days: int | None = Field(default=None, ge=0, le=365)
    missed_runs: int | None = Field(default=None, ge=2, le=1000)


def shipped_settings() -> Settings:
    """The settings that come with Changqing."""
    path = Path(__file__).with_name(SETTINGS_FILE)
    return validate(read(path, error=CaseError), Settings, error=CaseError)


def settings_of(folder: Path) -> Settings:
    """The settings of the case in `folder`; CaseError names what is wrong in them."""
    path = folder / FOLDER / SETTINGS_FILE
    common = shipped_settings()
    if not check_plain(path, inside=folder):
        return common
    own = validate(read(path, inside=folder, error=CaseError), _Own, error=CaseError)
    told = {
        name: value
        for name in _Own.model_fields
        if (value := getattr(own, name)) is not None
    }
    return common.model_copy(update=told)
