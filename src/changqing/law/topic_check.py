"""What no topic and no group of synonyms can be wrong about alone."""

from __future__ import annotations

from changqing.law.files import Sources
from changqing.law.parts import text_of
from changqing.law.references import check_filled, refer
from changqing.text import Text


def check_topics(sources: Sources) -> None:
    """Facts of law that answers rest on; titles and words that stand only once."""
    titles: dict[str, str] = {}
    for name, data in sources.folders["topics"].items():
        for place, fact in enumerate(data["law"]):
            refer(sources, ("topics", name, ("law", place)), "law", fact)
        for field in ("answer", "differs"):
            if data.get(field) is not None:
                check_filled(sources, ("topics", name, (field,)), text_of(data[field]))
        other = titles.setdefault(data["title"]["zh"], name)
        if other != name:
            sources.say(
                "topics",
                name,
                ("title", "zh"),
                Text(f"题目与 {other} 相同", f"has the title of {other}"),
            )
    words: dict[str, str] = {}
    for name, data in sources.folders["synonyms"].items():
        for language in ("zh", "en"):
            for place, word in enumerate(data.get(language) or ()):
                other = words.setdefault(word.casefold(), name)
                if other != name:
                    sources.say(
                        "synonyms",
                        name,
                        (language, place),
                        Text(
                            f"{word} 已在 {other} 中", f"{word} is in {other} already"
                        ),
                        hint=Text("一个词只归一组", "a word belongs to one group"),
                    )
