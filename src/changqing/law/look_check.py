"""What no guided look can be wrong about alone."""

from __future__ import annotations

from changqing.law.files import Sources
from changqing.law.looks import GUIDED
from changqing.law.references import meant, refer
from changqing.text import Text

_YES_OR_NO = frozenset({"words", "applicant", "domain", "number"})


def check_looks(sources: Sources) -> None:
    """Every guided source is described, settles something, and reads what it can."""
    settled: dict[str, dict[str, str]] = {name: {} for name in sources.named["looks"]}
    for key, data in sources.folders["facts"].items():
        for place, source in enumerate(data["sources"]):
            if not source.startswith(GUIDED):
                continue
            look = source.removeprefix(GUIDED)
            refer(sources, ("facts", key, ("sources", place)), "looks", look)
            settled.setdefault(look, {})[data["id"]] = data["type"]
    for name, data in sources.folders["looks"].items():
        facts = settled[name]
        if not facts and not sources.broken("facts"):
            sources.say(
                "looks",
                name,
                ("id",),
                Text("没有事实以它为来源", "no fact has it as a source"),
                hint=Text(
                    f"请在事实的 sources 写 {GUIDED}{name}",
                    f"write {GUIDED}{name} in the sources of a fact",
                ),
            )
        texts = {
            each["id"]
            for each in sources.folders["facts"].values()
            if each["type"] == "text"
        }
        for place, fact in enumerate(data.get("seeks") or ()):
            if fact not in texts and not sources.broken("facts"):
                sources.say(
                    "looks",
                    name,
                    ("seeks", place),
                    Text(f"没有文字事实 {fact}", f"there is no text fact {fact}"),
                    hint=meant(fact, texts),
                )
        for fact, reading in (data.get("reads") or {}).items():
            if fact not in facts:
                sources.say(
                    "looks",
                    name,
                    ("reads", fact),
                    Text(
                        f"事实 {fact} 不以它为来源",
                        f"the fact {fact} does not have it as a source",
                    ),
                    hint=meant(fact, facts),
                )
            elif reading["by"] in _YES_OR_NO and facts[fact] != "boolean":
                sources.say(
                    "looks",
                    name,
                    ("reads", fact, "by"),
                    Text(
                        f"{fact} 不是布尔值，只能写 value",
                        f"{fact} is no boolean, so only value will do",
                    ),
                )
            elif reading["by"].endswith("_day") and facts[fact] != "date":
                sources.say(
                    "looks",
                    name,
                    ("reads", fact, "by"),
                    Text(f"{fact} 不是日期", f"{fact} is no date"),
                )
            elif reading["by"] == "codes" and facts[fact] != "set":
                sources.say(
                    "looks",
                    name,
                    ("reads", fact, "by"),
                    Text(f"{fact} 不是集合", f"{fact} is no set"),
                )
            elif reading["by"] == "value" and facts[fact] == "boolean":
                sources.say(
                    "looks",
                    name,
                    ("reads", fact, "by"),
                    Text(
                        f"{fact} 是布尔值，不能写 value",
                        f"{fact} is a boolean, whose value no page prints",
                    ),
                )
