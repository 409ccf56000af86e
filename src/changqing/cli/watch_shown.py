"""What a watch found, for a person at a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypedDict

from changqing.cli.orders import replace_controls
from changqing.cli.shared import (
    open_terminal,
)
from changqing.jsondata import write_day
from changqing.text import Language, Text
from changqing.wrap import wrap

if TYPE_CHECKING:
    from changqing.casework.annual_data import PromiseData
    from changqing.casework.promises import Promise
    from changqing.watch.model import Incident
    from changqing.watch.standing import WatchStanding


def show_standing(standing: WatchStanding, language: Language) -> None:
    """Print how a case stands, a paragraph a thing."""
    from rich.text import Text as Styled

    console = open_terminal()
    for style, line in _list_lines(standing):
        words = replace_controls(line.say(language))
        indent = len(words) - len(words.lstrip(" "))
        for part in wrap(words.lstrip(" "), console.width - indent).split("\n"):
            console.print(Styled(" " * indent + part, style=style))


def _list_lines(standing: WatchStanding) -> Iterator[tuple[str, Text]]:
    """List the lines on one case, each with its style."""
    name = f"{standing.name}（{standing.folder.name}）"
    yield "bold", Text(zh=name, en=f"{standing.name} ({standing.folder.name})")
    if standing.problem is not None:
        for issue in standing.problem.issues:
            yield (
                "red",
                Text(
                    zh=f"  没有看成：{issue.say(Language.ZH)}",
                    en=f"  could not be watched: {issue.say(Language.EN)}",
                ),
            )
        return
    fresh = {incident.id for incident in standing.opened}
    for incident in standing.open:
        word, since = incident.lapse.text.capitalised, _format_moment(incident.since)
        new = incident.id in fresh
        yield (
            "red" if new else "",
            Text(
                zh=f"  {'新出现' if new else '仍然'}　"
                f"{word.zh}：{incident.text.zh}（自{since}）",
                en=f"  {'wrong' if new else 'still'}: {word.en}: {incident.text.en} "
                f"(since {since})",
            ),
        )
    for incident in standing.closed:
        word = incident.lapse.text.capitalised
        lasted = say_length((incident.closed_at or incident.opened_at) - incident.since)
        yield (
            "green",
            Text(
                zh=f"  已恢复　{word.zh}：前后{lasted.zh}",
                en=f"  recovered: {word.en}, after {lasted.en}",
            ),
        )
    if standing.well_since is not None:
        since = _format_moment(standing.well_since)
        yield (
            "",
            Text(
                zh=f"  自{since}以来没有看到异常",
                en=f"  no incident seen since {since}",
            )
            if standing.unseen or not _is_all_well(standing)
            else Text(zh=f"  自{since}以来一切照常", en=f"  all well since {since}"),
        )
    if standing.looked and standing.sights and not _is_all_well(standing):
        yield "", _say_sights(standing)
    yield from _list_not_known(standing)
    for blind in standing.blind:
        first, last = _format_moment(blind.start), _format_moment(blind.end)
        span = first if first == last else f"{first} – {last}"
        yield (
            "dim",
            Text(
                zh=f"  我方未能观察　{span}：{blind.why.zh}",
                en=f"  our own blind time, {span}: {blind.why.en}",
            ),
        )
    for promise in standing.promises:
        yield _PROMISE_STYLES.get(promise.state.value, ""), _say_promise(promise)
    if not standing.looked:
        yield "dim", Text(zh="  没到时候，这次没看", en="  not due; left alone")


_PROMISE_STYLES: Final = {"kept": "green", "broken": "red"}


def _say_promise(promise: Promise) -> Text:
    """Say in a line what was promised since when, what was seen, what is due."""
    text, since, due = promise.says, promise.since, promise.due
    state, document = promise.state.text, promise.document
    zh = f"  承诺　{text.zh}（{document.zh}，{since}起）：{state.zh}"
    en = f"  promised: {text.en} ({document.en}, since {since}): {state.en}"
    if promise.on is not None:
        zh, en = f"{zh}，{promise.seen.zh}", f"{en}; {promise.seen.en}"
    if promise.asks_for is not None:
        zh = f"{zh}；{due}前交{promise.asks_for.zh}"
        en = f"{en}; {promise.asks_for.en} is due by {due}"
    return Text(zh=zh, en=en)


def _is_all_well(standing: WatchStanding) -> bool:
    return all(sight.value == "well" for sight in standing.sights.values())


def _say_sights(standing: WatchStanding) -> Text:
    """How each kind of lapse stands that users notice first."""

    words = [
        (lapse.text.capitalised, sight.text) for lapse, sight in standing.sights.items()
    ]
    return Text(
        zh="  " + "，".join(f"{lapse.zh}：{sight.zh}" for lapse, sight in words),
        en="  " + "; ".join(f"{lapse.en}: {sight.en}" for lapse, sight in words),
    )


def _list_not_known(standing: WatchStanding) -> Iterator[tuple[str, Text]]:
    """What cannot be called well, though no incident was opened."""
    if standing.failing:
        yield (
            "",
            Text(
                zh=f"  有{standing.failing}处看到不好，次数还不够，不算异常",
                en=f"  seen wrong, not often enough yet to be an incident: "
                f"{standing.failing}",
            ),
        )
    if standing.looked and not standing.sites:
        yield (
            "dim",
            Text(
                zh="  项目里没有网址，没有网站可看，只看了证据和承诺",
                en="  the case has no web address: only evidence and promises were "
                "checked",
            ),
        )
    if standing.unseen:
        yield (
            "dim",
            Text(
                zh=f"  有{standing.unseen}处这次没能看到，不算好也不算坏",
                en=f"  could not be seen this time, neither well nor wrong: "
                f"{standing.unseen}",
            ),
        )


def print_standing_counts(
    standings: Sequence[WatchStanding], language: Language
) -> None:
    """Print the numbers over several cases."""
    looked_at = sum(standing.looked for standing in standings)
    opened = sum(len(standing.opened) for standing in standings)
    closed = sum(len(standing.closed) for standing in standings)
    troubled = sum(standing.problem is not None for standing in standings)
    open_terminal().print(
        Text(
            zh=f"{len(standings)}个项目，这次看了{looked_at}个：新出现{opened}处，"
            f"已恢复{closed}处，没有看成{troubled}个",
            en=f"{len(standings)} cases, {looked_at} looked at: {opened} went wrong, "
            f"{closed} "
            f"recovered, {troubled} could not be watched",
        ).say(language)
    )


class IncidentData(TypedDict):
    """Something that went wrong, and when it was well again."""

    id: str
    lapse: str
    about: str
    text: str
    since: str
    opened_at: str
    closed_at: str | None


class BlindData(TypedDict):
    """A time in which nothing could be seen, and why."""

    start: str
    end: str
    why: str


class StandingData(TypedDict):
    """How a watched case stands."""

    case: str
    name: str
    at: str
    looked: bool
    well_since: str | None
    sights: Mapping[str, str]
    sites: int
    failing: int
    unseen: int
    lapsed: Sequence[IncidentData]
    recovered: Sequence[IncidentData]
    open: Sequence[IncidentData]
    blind: Sequence[BlindData]
    promises: Sequence[PromiseData]
    problem: Sequence[str] | None


class WatchData(TypedDict):
    """How the watched cases stand, after one look."""

    cases: Sequence[StandingData]


def encode_standing(standing: WatchStanding, language: Language) -> StandingData:
    """Give how a case stands as JSON."""
    from changqing.casework.promises import promise_data
    from changqing.day import beijing_day

    today = beijing_day(standing.at)

    def encode_incident(incident: Incident) -> IncidentData:
        closed = incident.closed_at
        return {
            "id": incident.id,
            "lapse": incident.lapse.value,
            "about": incident.key,
            "text": incident.text.say(language),
            "since": incident.since.isoformat(),
            "opened_at": incident.opened_at.isoformat(),
            "closed_at": write_day(closed),
        }

    since, problem = standing.well_since, standing.problem
    return {
        "case": str(standing.folder),
        "name": standing.name,
        "at": standing.at.isoformat(),
        "looked": standing.looked,
        "well_since": write_day(since),
        "sights": {
            lapse.value: sight.value for lapse, sight in standing.sights.items()
        },
        "sites": standing.sites,
        "failing": standing.failing,
        "unseen": standing.unseen,
        "lapsed": [encode_incident(incident) for incident in standing.opened],
        "recovered": [encode_incident(incident) for incident in standing.closed],
        "open": [encode_incident(incident) for incident in standing.open],
        "blind": [
            {
                "start": blind_time.start.isoformat(),
                "end": blind_time.end.isoformat(),
                "why": blind_time.why.say(language),
            }
            for blind_time in standing.blind
        ],
        "promises": [
            promise_data(promise, language, as_of=today)
            for promise in standing.promises
        ],
        "problem": None if problem is None else list(problem.lines(language)),
    }


def _format_moment(at: datetime) -> str:
    from changqing.day import BEIJING

    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def say_length(time: timedelta) -> Text:
    """Say how long something lasts, in the largest unit that fits."""
    minutes = max(0, round(time.total_seconds() / 60))
    if minutes % 1440 == 0 and minutes:
        count = minutes // 1440
        return Text(zh=f"{count}天", en=f"{count} day{'s' * (count != 1)}")
    if minutes >= 60:
        count = round(minutes / 60)
        return Text(zh=f"{count}小时", en=f"{count} hour{'s' * (count != 1)}")
    return Text(zh=f"{minutes}分钟", en=f"{minutes} minute{'s' * (minutes != 1)}")
