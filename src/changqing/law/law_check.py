"""What no fact of law can be wrong about alone."""

from __future__ import annotations

from changqing.law.files import Sources
from changqing.law.law import PLACE
from changqing.law.refer import citations, refer
from changqing.text import Text
from changqing.yamlfile.read import Loc


def check_law(sources: Sources) -> None:
    """References, and that every value a text fills in is there in both languages."""
    for name, data in sources.folders["law"].items():
        citations(sources, "law", name, ("citations",), data["citations"])
        for place, licence in enumerate(data.get("licences") or ()):
            refer(sources, ("law", name, ("licences", place)), "licences", licence)
        if data.get("region") is not None:
            refer(sources, ("law", name, ("region",)), "regions", data["region"])
        if data.get("succeeds") is not None:
            refer(sources, ("law", name, ("succeeds",)), "law", data["succeeds"])
        values = data.get("values") or {}
        for key, value in values.items():
            if value.get("parameter") is not None:
                loc: Loc = ("values", key, "parameter")
                refer(sources, ("law", name, loc), "parameters", value["parameter"])
        _filled(sources, name, values)


def _filled(sources: Sources, name: str, values: dict[str, object]) -> None:
    says = sources.folders["law"][name]["says"]
    used = {
        language: {place[1] for place in PLACE.finditer(says[language])}
        for language in ("zh", "en")
    }
    for language, names in used.items():
        for missing in sorted(names - set(values)):
            sources.say(
                "law",
                name,
                ("says", language),
                Text(
                    f"用了 {{{missing}}}，但 values 中没有",
                    f"uses {{{missing}}}, which is not in values",
                ),
            )
    for unsaid in sorted(used["zh"] ^ used["en"]):
        sources.say(
            "law",
            name,
            ("says",),
            Text(
                f"{{{unsaid}}} 只在一种语言里用到",
                f"{{{unsaid}}} is used in one language only",
            ),
            hint=Text("两种语言应说同样的数", "both languages must state the number"),
        )


def check_filled(
    sources: Sources, origin: tuple[str, str, Loc], said: dict[str, str]
) -> None:
    """Every `{fact.name}` of a text names a fact of law and one of its values."""
    folder, name, loc = origin
    for language, text in said.items():
        for place in PLACE.finditer(text):
            here = (*loc, language)
            if place[2] is None:
                sources.say(
                    folder,
                    name,
                    here,
                    Text(
                        f"{place[0]} 应写成 {{事实.数值}}",
                        f"{place[0]} must be written {{fact.value}}",
                    ),
                )
                continue
            fact = sources.folders["law"].get(place[1])
            if fact is None:
                refer(sources, (folder, name, here), "law", place[1])
            elif place[2] not in (fact.get("values") or {}):
                sources.say(
                    folder,
                    name,
                    here,
                    Text(
                        f"法规要点 {place[1]} 没有数值 {place[2]}",
                        f"the fact of law {place[1]} has no value {place[2]}",
                    ),
                )
