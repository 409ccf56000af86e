"""What is known where every source agrees, resolved as columns and not as objects.

Of most facts of a register one source tells, or several tell the same. Then nothing is
to be decided between them, and `resolve` comes to a claim, a proof and two records that
columns can find for a whole bucket at once. Everything else goes its way through
`resolve`, case by case: what sources differ on, withdrew or told twice, what has
ended, what a gap speaks of, and whatever another fact follows from. A differential
test holds both ways together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from changqing.evidence.model import CLOSED_PAPERS, GapReason, SourceKind
from changqing.evidence.resolve import STRUCTURAL
from changqing.law.kept import keep_by_catalogue
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.rules.types import LARGEST, Kind
from changqing.screening.columns import ABOUT

_KEY: Final = ("case", "type", "id", "fact")
_RULE: Final = ("type", "fact")
_VALUES: Final[Mapping[Kind, str]] = {
    Kind.BOOLEAN: "boolean",
    Kind.NUMBER: "number",
    Kind.DATE: "day",
    Kind.CATEGORY: "text",
    Kind.TEXT: "text",
    Kind.SET: "members",
}
"""The column that holds a value, by its kind."""
_HELD_TYPES: Final[Mapping[str, type[pl.DataType]]] = {
    "boolean": pl.Boolean,
    "number": pl.Int64,
    "day": pl.Date,
    "text": pl.String,
    "members": pl.String,
}
_HELD: Final = tuple(_HELD_TYPES)
_ROW: Final = "row of the table"
_TOO_MANY: Final = 1 << 62
_BEIJING: Final = "Asia/Shanghai"
_GRADES: Final = {grade.code: int(grade) for grade in Grade}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedFacts:
    """What is known of the facts that sources agree on, and the tables of the rest.

    `facts` has a row for each by `case`, `type`, `id` and `fact`, the two of which are
    one word of few in `about`, in their order: its value in one of
    `boolean`, `number`, `day`, `text` and `members` (a set, as rules have it), whether
    it is `proven`, `gap` where not, `agree_claimed`, `agree_proven`, and the entries
    `claimed_by` and `proven_by`, null where not logged; `based_on` are those of a look
    that failed, or of a proof that has ended. `rest` has the tables of a bucket without
    what those rest on.
    """

    facts: pl.DataFrame
    rest: Mapping[str, pl.DataFrame]


def split_agreed(
    tables: Mapping[str, pl.DataFrame],
    catalogue: Catalogue,
    as_of: date,
    *,
    facts_read: frozenset[tuple[str, str]],
    facts_taken: frozenset[tuple[str, str]],
) -> AgreedFacts:
    """Resolve on `as_of` what sources agree on, and leave the rest of the tables.

    Of `facts_taken`, from which others follow, all is left. Facts that are in neither
    set are left out: nothing is said of them.
    """
    facts_asked = pl.DataFrame(
        sorted(facts_read | facts_taken),
        schema=dict.fromkeys(_RULE, pl.String),
        orient="row",
    )
    rules = _list_rules(catalogue, frozenset(facts_read - facts_taken))
    records, gaps = (
        tables[name]
        .join(facts_asked, on=_RULE, how="semi", maintain_order="left")
        .with_row_index(_ROW)
        for name in ("records", "gaps")
    )
    frame = _weigh_records(records.join(rules, on=_RULE), as_of)
    facts = _resolve_agreed(frame)
    gap_keys = gaps.select(_KEY).unique()
    facts = pl.concat(
        [
            facts.filter("proven"),
            # Of what is not proven a gap may tell the reason: that is for `resolve`.
            facts.filter(~pl.col("proven")).join(gap_keys, on=_KEY, how="anti"),
        ]
    )
    rows = frame.select("key", _ROW).join(facts, on="key", how="semi")[_ROW]
    facts = facts.drop("key")
    alone = _resolve_gaps(
        gaps.join(rules, on=_RULE).join(records, on=_KEY, how="anti"), as_of
    )
    return AgreedFacts(
        facts=pl.concat([facts, alone.select(facts.columns)]),
        rest={
            **tables,
            "records": _leave_out(records, rows),
            "gaps": _leave_out(
                gaps.join(facts, on=_KEY, how="anti", maintain_order="left"),
                alone[_ROW],
            ),
        },
    )


def _leave_out(frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    remaining = frame.join(rows.to_frame(), on=_ROW, how="anti", maintain_order="left")
    return remaining.drop(_ROW)


@keep_by_catalogue
def _list_rules(catalogue: Catalogue, keys: frozenset[tuple[str, str]]) -> pl.DataFrame:
    """What the catalogue says of proving each fact of `keys`."""
    facts = [(key, catalogue.facts[key]) for key in sorted(keys)]
    names = [" ".join(key) for key, _ in facts]
    return pl.DataFrame(
        [
            (*key, name, int(fact.proof), fact.generated, _VALUES[fact.type.kind])
            for name, (key, fact) in zip(names, facts, strict=True)
        ],
        schema={
            **dict.fromkeys(_RULE, pl.String),
            ABOUT: pl.Enum(names),
            "proof": pl.Int64,
            "generated": pl.Boolean,
            "column": pl.String,
        },
        orient="row",
    )


def _weigh_records(records: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The records that count on `as_of`, and of each what decides between several."""
    col = pl.col
    structural = col("fact").is_in(list(STRUCTURAL))
    seen_on, received = (_find_day(name) for name in ("observed_at", "received_at"))
    kind = pl.coalesce(
        *(pl.when(col(name).is_not_null()).then(pl.lit(name)) for name in _HELD)
    )
    frame = (
        records.with_columns(seen_on.alias("seen_on"))
        .filter(structural | (pl.max_horizontal("seen_on", received) <= as_of))
        .with_columns(
            col("grade").replace_strict(_GRADES, return_dtype=pl.Int64),
            members=col("set").map_batches(_write_sets, return_dtype=pl.String),
        )
        .with_columns(kind=kind)
    )
    texts = {name: _number_texts(frame[name]) for name in ("text", "members")}
    # One number for what a record says: its kind is that of the fact.
    expression = pl.coalesce(
        *(col(name).cast(pl.Int64) for name in ("boolean", "number", "day")),
        *texts.values(),
    )
    ends = col("valid_until") < as_of
    live = col("kind").is_not_null() & ~ends.fill_null(value=False)
    suffices = (
        structural
        | (col("generated") & (col("name") == CLOSED_PAPERS))
        | (col("grade") >= col("proof"))
    )
    strong = col("grade") >= pl.when(col("proof") > int(Grade.DOCUMENTED)).then(
        col("proof")
    ).otherwise(int(Grade.UNDERTAKEN))
    key = _combine_columns(
        (frame["case"], frame["id"], frame[ABOUT].to_physical().cast(pl.Int64))
    )
    source = [_number_texts(frame[name]) for name in ("source", "name")]
    return frame.select(
        _ROW,
        *_KEY,
        *_HELD,
        *(ABOUT, "generated", "grade", "seen_on", "observed_at", "entry"),
        key.alias("key"),
        _combine_columns([key, *source]).is_duplicated().alias("again"),
        live.alias("live"),
        pl.when(live).then(expression).alias("said"),
        (live & suffices).alias("proves"),
        (live & strong).alias("strong"),
        (col("kind").is_not_null() & ~live & suffices).alias("ended"),
        (live & (col("source") == SourceKind.FORM.value)).alias("form"),
        # Else `resolve` has to say what comes of it: not of the kind that the fact has,
        # or not what a column can hold.
        (
            (col("kind") == col("column"))
            & (pl.sum_horizontal(col(name).is_not_null() for name in _HELD) == 1)
            & col("number").is_between(-LARGEST, LARGEST).fill_null(value=True)
            & (
                col("set").is_null()
                | (col("members") == "|")
                | (
                    ~col("members").str.contains("||", literal=True)
                    & (
                        col("members").str.count_matches("|", literal=True)
                        == col("set").list.len() + 1
                    )
                )
            )
        )
        .fill_null(value=False)
        .or_(col("kind").is_null() & col("set").is_null())
        .alias("plain"),
        source[0].alias("source_order"),
        source[1].alias("name_order"),
        _number_texts(frame["place"]).alias("place_order"),
    )


def _write_sets(sets: pl.Series) -> pl.Series:
    """Write sets as the rules have them, `|a|b|`; few records say one."""
    places = sets.is_not_null().arg_true()
    sets_held = sets.gather(places).to_frame("set")
    texts = sets_held.select(
        pl.when(pl.col("set").list.len() == 0)
        .then(pl.lit("|"))
        .otherwise(pl.format("|{}|", pl.col("set").list.sort().list.join("|")))
    ).to_series()
    series = pl.Series([None], dtype=pl.String).new_from_index(0, len(sets))
    return series.scatter(places, texts)


def _find_day(name: str) -> pl.Expr:
    return pl.col(name).dt.convert_time_zone(_BEIJING).dt.date()


def _number_texts(texts: pl.Series) -> pl.Series:
    """Number texts in their order, alike where they are alike: exact, and quick."""
    words = pl.Enum(texts.drop_nulls().unique().sort())
    return texts.cast(words).to_physical().cast(pl.Int64)


def _combine_columns(parts: Iterable[pl.Series]) -> pl.Series:
    """Number what several columns say together: quicker to group by than the texts."""
    series, most = pl.Series([0], dtype=pl.Int64), 1
    for part in parts:
        number = _number_texts(part) if part.dtype == pl.String else part
        size = 1 + int(number.max() or 0)  # type: ignore[arg-type]
        if most * size >= _TOO_MANY:
            series = series.rank("dense").cast(pl.Int64)
            most = 1 + int(series.max() or 0)  # type: ignore[arg-type]
        series, most = series * size + number, most * size
    return series


def _resolve_agreed(frame: pl.DataFrame) -> pl.DataFrame:
    """Resolve the facts of which every record says the same, each of its own source.

    Gives beside the columns of `AgreedFacts.facts` their `key`.
    """
    col = pl.col
    age = ["observed_at", "source_order", "name_order", "place_order"]
    ordered = frame.sort("key", "grade", "seen_on", *age).with_row_index(
        "place_by_proof"
    )
    place = col("place_by_proof")
    whole = (
        ordered.group_by("key")
        .agg(
            any=place.first(),
            best=pl.when("live").then(place).max(),
            proof=pl.when("proves").then(place).max(),
            agreed=col("plain").all()
            & ~col("again").any()
            & (col("said").min() == col("said").max()).fill_null(value=True),
            living=col("live").sum(),
            ended=col("ended").any(),
            # As `resolve` has it: to say twice what nobody else saw is no agreement.
            backed=(col("strong").sum() > 1) & (col("strong") & col("proves")).any(),
        )
        .filter("agreed")
    )
    declared = (
        ordered.select("key", *age, "form", place)
        .filter("form")
        .sort("key", *age)
        .unique("key", keep="last")
        .select("key", declared=place)
    )
    past = (
        ordered.filter(col("ended") & (col("entry") != 0))
        .group_by("key")
        .agg(past=col("entry").unique().sort())
    )
    whole = whole.join(declared, on="key", how="left").join(past, on="key", how="left")
    claim = pl.coalesce("declared", "best")
    claimed, proven = (
        ordered[list(names)].select(pl.all().gather(whole[row]))
        for names, row in (((*_KEY, ABOUT, "generated"), "any"), (_HELD, "best"))
    )
    entries = [
        ordered.select(pl.col("entry").gather(whole.select(place).to_series()))[
            "entry"
        ].alias(name)
        for name, place in (("claimed_by", claim), ("proven_by", col("proof")))
    ]
    silence = (
        pl.when(col("generated") & (col("type") == "applicant"))
        .then(pl.lit(GapReason.LIST_OPEN.value))
        .otherwise(pl.lit(GapReason.NO_RECORD.value))
    )
    return (
        pl.concat([whole, claimed, proven, pl.DataFrame(entries)], how="horizontal")
        .with_columns(proven=col("proof").is_not_null())
        .select(
            "key",
            *_KEY,
            ABOUT,
            *_HELD,
            "proven",
            pl.when("proven")
            .then(None)
            .when("ended")
            .then(pl.lit(GapReason.EXPIRED.value))
            .when(col("living") > 0)
            .then(pl.lit(GapReason.WEAK_GRADE.value))
            .otherwise(silence)
            .alias("gap"),
            pl.when(col("living") > 1).then(pl.lit(value=True)).alias("agree_claimed"),
            pl.when("backed").then(pl.lit(value=True)).alias("agree_proven"),
            *(
                pl.when(col(name) != 0).then(col(name)).alias(name)
                for name in ("claimed_by", "proven_by")
            ),
            pl.when(~col("proven")).then("past").alias("based_on"),
        )
    )


def _resolve_gaps(gaps: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Resolve the facts of which nothing is told but one gap: why nothing is known.

    Gives beside the columns of `AgreedFacts.facts` the row of the gap.
    """
    alone = gaps.filter(~pl.struct(_KEY).is_duplicated() & (_find_day("at") <= as_of))
    return alone.select(
        _ROW,
        *_KEY,
        ABOUT,
        *(pl.lit(None, type_).alias(name) for name, type_ in _HELD_TYPES.items()),
        pl.lit(value=False).alias("proven"),
        pl.col("reason").alias("gap"),
        *(
            pl.lit(None, pl.Boolean).alias(name)
            for name in ("agree_claimed", "agree_proven")
        ),
        *(pl.lit(None, pl.Int64).alias(name) for name in ("claimed_by", "proven_by")),
        pl.when(pl.col("entry") != 0).then(pl.concat_list("entry")).alias("based_on"),
    )
