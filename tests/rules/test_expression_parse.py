"""What the language reads, how it binds, and what it says to all the rest."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.errors import RuleError
from changqing.rules.parse import parse
from changqing.rules.tree import (
    Agree,
    And,
    Arithmetic,
    Between,
    Comparator,
    Compare,
    GivenNode,
    Has,
    In,
    Literal,
    Name,
    Not,
    Operator,
    Or,
    ParameterNode,
    Quantifier,
    Quantity,
    SetLiteral,
    Within,
)
from changqing.rules.types import Kind
from changqing.text import Language
from tests.rules.expression_language import VOCABULARY, rule

LISTED = Name("applicant", "listed", Kind.BOOLEAN)
LEASE = Name("applicant", "has_lease", Kind.BOOLEAN)
CAPITAL = Name("applicant", "capital", Kind.NUMBER)
DEBT = Name("applicant", "debt", Kind.NUMBER)
SEEN = Name("applicant", "seen", Kind.SET)
TWO = Literal(2, Kind.NUMBER)


def test_and_binds_tighter_than_or_and_not_tighter_than_both() -> None:
    found = rule("listed OR NOT listed AND has_lease").root
    assert found == Or((LISTED, And((Not(LISTED), LEASE))))


def test_brackets_bind_tightest() -> None:
    assert rule("(listed OR listed) AND has_lease").root == And(
        (Or((LISTED, LISTED)), LEASE)
    )


def test_not_covers_a_whole_comparison() -> None:
    assert rule("NOT capital = 2").root == Not(Compare(Comparator.EQUAL, CAPITAL, TWO))


def test_products_bind_tighter_than_sums_and_sums_go_left_to_right() -> None:
    product = Arithmetic(Operator.MULTIPLY, DEBT, TWO)
    less = Arithmetic(Operator.SUBTRACT, CAPITAL, product)
    whole = Arithmetic(Operator.ADD, less, Literal(-2, Kind.NUMBER))
    assert rule("capital - debt * 2 + -2 > 2").root == Compare(
        Comparator.GREATER, whole, TWO
    )


def test_between_takes_its_own_and() -> None:
    assert rule("capital BETWEEN 2 AND debt AND listed").root == And(
        (Between(CAPITAL, TWO, DEBT), LISTED)
    )


def test_not_in_and_not_between_are_negations() -> None:
    form = Name("applicant", "form", Kind.CATEGORY)
    assert rule("form NOT IN ('limited')").root == Not(
        In(form, (Literal("limited", Kind.CATEGORY),))
    )
    assert rule("2 not between capital and debt").root == Not(
        Between(TWO, CAPITAL, DEBT)
    )


def test_a_quoted_day_is_a_date_only_beside_a_date() -> None:
    founded = Name("applicant", "founded_on", Kind.DATE)
    day = Literal(date(2020, 2, 29), Kind.DATE)
    assert rule("'2020-02-29' <= founded_on").root == Compare(
        Comparator.AT_MOST, day, founded
    )
    assert rule("name = '2020-02-29'").root == Compare(
        Comparator.EQUAL,
        Name("applicant", "name", Kind.TEXT),
        Literal("2020-02-29", Kind.TEXT),
    )


def test_a_quantifier_reads_the_facts_of_its_own_subject() -> None:
    found = rule("at_least(:least_staff, person WHERE role = 'technical': full_time)")
    assert found.root == Quantifier(
        Quantity.AT_LEAST,
        ParameterNode("least_staff", Kind.NUMBER),
        "person",
        Compare(
            Comparator.EQUAL,
            Name("person", "role", Kind.CATEGORY),
            Literal("technical", Kind.CATEGORY),
        ),
        Name("person", "full_time", Kind.BOOLEAN),
    )
    assert found.facts == {("person", "role"), ("person", "full_time")}
    assert found.quantified == {"person"}


def test_sets_written_out_are_sorted_and_without_repeats() -> None:
    news = SetLiteral(("news", "shop"))
    assert rule("within(('shop', 'news', 'shop'), seen)").root == Within(news, SEEN)
    assert rule("within(seen, ('news', 'shop'))").root == Within(SEEN, news)
    assert rule("within(seen, seen)").root == Within(SEEN, SEEN)
    assert rule("has(seen, 'shop')").root == Has(SEEN, "shop")


def test_an_expression_lists_all_that_it_reads() -> None:
    found = rule(
        "agree(name) AND capital >= :minimum OR :licence = 'B25' AND"
        " some(person: agree(months) AND left_on > :as_of)"
    )
    assert found.facts == {
        ("applicant", "name"),
        ("applicant", "capital"),
        ("person", "months"),
        ("person", "left_on"),
    }
    assert found.agreements == {("applicant", "name"), ("person", "months")}
    assert found.parameters == {"minimum"}
    assert found.givens == {"licence", "as_of"}


def test_judgements_are_what_and_or_and_not_join() -> None:
    found = rule("NOT (listed OR agree(name)) AND some(person: full_time)")
    shapes = [type(part) for part in found.list_judgements()]
    assert shapes == [Name, Agree, Quantifier]


def test_keywords_may_be_small_and_a_fact_may_be_called_like_a_function() -> None:
    assert rule("not listed and true or FALSE").root == Or(
        (And((Not(LISTED), Literal(True, Kind.BOOLEAN))), Literal(False, Kind.BOOLEAN))
    )


def test_applies_may_use_what_is_given_and_the_kind_of_the_subject() -> None:
    found = parse(
        "kind = 'website' AND :licence IN ('B25') AND NOT :renewing",
        subject="service",
        vocabulary=VOCABULARY,
        only_given=True,
    )
    assert GivenNode("renewing", Kind.BOOLEAN) in set(found.walk())


@pytest.mark.parametrize(
    ("text", "offset", "named"),
    [
        ("answered", 0, "answered"),
        (":renewing AND items > 1", 14, "items"),
        (":report_year > :minimum", 15, ":minimum"),
        ("agree(kind)", 0, "agree"),
        ("some(person)", 0, "some"),
    ],
)
def test_applies_may_use_nothing_that_can_be_unknown(
    text: str, offset: int, named: str
) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text, subject="service", vocabulary=VOCABULARY, only_given=True)
    assert caught.value.offset == offset
    (line,) = caught.value.lines(Language.ZH)
    assert (
        line == f"applies里不能用{named}，只能用给定的条件，以及主体的kind、role或roles"
    )


NO_NULL = "未知由引擎自行处理；要问有没有，请用是非事实"
REFUSED = [
    # what SQL has and we have not
    (
        "CASE WHEN listed THEN 1 END",
        0,
        "CASE不在表达式语言之内，“若甲则乙”请写作NOT 甲 OR 乙",
    ),
    ("COALESCE(listed, FALSE)", 0, f"COALESCE不在表达式语言之内，{NO_NULL}"),
    ("capital IS NULL", 8, f"IS不在表达式语言之内，{NO_NULL}"),
    ("capital > 1 IS NULL", 12, f"IS不在表达式语言之内，{NO_NULL}"),
    ("listed AND capital IS NOT NULL", 19, f"IS不在表达式语言之内，{NO_NULL}"),
    ("capital = NULL", 10, f"NULL不在表达式语言之内，{NO_NULL}"),
    ("name LIKE '甲%'", 5, "LIKE不在表达式语言之内，文字只能用=或<>比较"),
    ("name NOT LIKE '甲%'", 9, "LIKE不在表达式语言之内，文字只能用=或<>比较"),
    ("capital / 2 > 1", 8, "/不在表达式语言之内，请把两边乘开"),
    ("capital % 2 = 1", 8, "%不在表达式语言之内，请把两边乘开"),
    (
        "EXISTS (SELECT 1)",
        0,
        "EXISTS不在表达式语言之内，请用every、some、none或at_least",
    ),
    (
        "capital > (SELECT 1)",
        11,
        "SELECT不在表达式语言之内，请用every、some、none或at_least",
    ),
    ("CAST(capital AS text) = 'a'", 0, "CAST不在表达式语言之内，类型由事实的定义决定"),
    ("capital::text = 'a'", 7, "::不在表达式语言之内，类型由事实的定义决定"),
    ("capital != 2", 8, "!=不在表达式语言之内，请写<>"),
    ("capital == 2", 8, "==不在表达式语言之内，请写="),
    ("name || name = 'a'", 5, "||不在表达式语言之内，文字只能用=或<>比较"),
    ('"listed"', 0, '"listed"不在表达式语言之内，名字不加引号，文字用单引号'),
    ("listed; listed", 6, ";不在表达式语言之内"),
    (
        "listed GROUP BY name",
        7,
        "GROUP不在表达式语言之内，请用every、some、none或at_least",
    ),
    ("listed -- why", 7, "--不在表达式语言之内，说明请写在YAML里，用#开头"),
    (
        "listed /* why */ AND listed",
        7,
        "/*不在表达式语言之内，说明请写在YAML里，用#开头",
    ),
    # what slips from a Chinese keyboard
    ("capital ≥ 2", 8, "≥不在表达式语言之内，请写>="),
    ("listed（", 6, "（不在表达式语言之内，请改为半角("),
    ("name = ‘甲’", 7, "‘不在表达式语言之内，请改为半角单引号"),
    ("listed\u3000AND listed", 6, "表达式里有全角空格或特殊空格，请改为普通空格"),
    ("注册资本 > 2", 0, "注不在表达式语言之内"),
    # names
    ("listd", 0, "applicant没有listd这项事实，是否指listed？"),
    ("zzz", 0, "applicant没有zzz这项事实"),
    ("full_time", 0, "applicant没有full_time这项事实，它是person的事实"),
    ("licence = 'B25'", 0, "applicant没有licence这项事实，是否指:licence？"),
    ("capital > minimum", 10, "applicant没有minimum这项事实，是否指:minimum？"),
    (":licnce = 'B25'", 0, ":licnce不存在，是否指:licence？"),
    (":capital > 1", 0, ":capital不存在，是否指capital？"),
    (": minimum > 1", 0, "冒号后面应紧跟参数名"),
    ("capital > :", 10, "冒号后面应紧跟参数名"),
    (
        "day_between(founded_on, :as_of) > 1",
        0,
        "没有day_between这个函数，是否指days_between？",
    ),
    ("foo(listed)", 0, "没有foo这个函数"),
    ("some(persn)", 5, "persn不存在，是否指person？"),
    ("form = 'limitd'", 7, "'limitd'不存在，是否指'limited'？"),
    ("has(seen, 'new')", 10, "'new'不存在，是否指'news'？"),
    ("within(('news', 'sho'), seen)", 16, "'sho'不存在，是否指'shop'？"),
    # types
    ("capital", 0, "这里要的是是非，写的是数字，请与另一个值比较"),
    ("listed AND seen", 11, "这里要的是是非，写的是集合，请用has或within"),
    ("listed = TRUE", 0, "是非不能这样比较，是非事实直接写，取反用NOT"),
    ("seen = 'news'", 0, "集合不能这样比较，请用has或within"),
    ("capital = founded_on", 10, "数字不能与日期比较"),
    ("capital = '2'", 10, "数字不能与'2'比较，数字不加引号"),
    ("capital IN (1, '2')", 15, "数字不能与'2'比较，数字不加引号"),
    ("founded_on IN (5)", 15, "日期不能与数字比较"),
    ("capital IN (debt)", 12, "debt放在这里读不懂，IN里只能列写定的值"),
    ("name IN ('a')", 0, "IN只用于分类、数字和日期，文字请用="),
    ("name < 'a'", 5, "文字不能用<比较，只能用=或<>"),
    ("form >= 'limited'", 5, "分类不能用>=比较，只能用=或<>"),
    ("name BETWEEN 'a' AND 'b'", 5, "文字不能用BETWEEN比较，只能用=或<>"),
    ("form = form", 7, "分类只能与写定的取值比较"),
    ("'a' = 'b'", 0, "两边都是写定的文字，没有问到任何事实"),
    ("founded_on > '2020-02-30'", 13, "'2020-02-30'不是日期，日期写作'YYYY-MM-DD'"),
    ("founded_on > '20200229'", 13, "'20200229'不是日期，日期写作'YYYY-MM-DD'"),
    ("days_between(capital, :as_of) > 1", 13, "这里要的是日期，写的是数字"),
    (
        "founded_on + 1 > :as_of",
        0,
        "日期不能参与加减乘，日期请用days_between或whole_months",
    ),
    ("capital + name > 1", 10, "文字不能参与加减乘"),
    ("has(name, 'a')", 4, "name是文字，不是集合"),
    ("has(addresses, '')", 15, "集合的取值不能为空，也不能含有|"),
    ("has(addresses, 'a|b')", 15, "集合的取值不能为空，也不能含有|"),
    ("has('a', 'a')", 4, "'a'放在这里读不懂，这里应为事实名"),
    ("has(seen, news)", 10, "news放在这里读不懂，这里应为带引号的取值"),
    ("within(('a'), ('a'))", 0, "两个集合都是写定的，没有问到任何事实"),
    # numbers
    ("capital > 1.5", 10, "1.5不是整数，没有小数：金额以分、比例以万分之一计"),
    (
        "capital > 9000000000000001",
        10,
        "9000000000000001超出范围，最大为9000000000000000",
    ),
    (
        "capital > 10000000000000000",
        10,
        "10000000000000000超出范围，最大为9000000000000000",
    ),
    (
        "capital * debt > 1",
        0,
        "这个算式的结果可能超出范围，请约小系数：事实最多乘以1000，两个事实不能相乘",
    ),
    (
        "listed OR 1000 * capital + 100 * debt > 1",
        10,
        "这个算式的结果可能超出范围，请约小系数：事实最多乘以1000，两个事实不能相乘",
    ),
    # quantifiers
    (
        "every(person WHERE full_time)",
        28,
        ")放在这里读不懂，every要写明每一个须如何：every(person: …)",
    ),
    ("some(person: none(person))", 13, "none不能写在some里面"),
    ("some(person: listed)", 13, "person没有listed这项事实，它是applicant的事实"),
    ("some('person')", 5, "'person'放在这里读不懂，这里应为主体"),
    ("at_least(0, person)", 9, "at_least的第一项应为正整数或数字参数"),
    ("at_least(:licence, person)", 9, "at_least的第一项应为正整数或数字参数"),
    ("at_least(person)", 9, "applicant没有person这项事实"),
    # grammar
    ("", 0, "表达式是空的"),
    (" \n ", 0, "表达式是空的"),
    ("listed AND", 10, "表达式没有写完"),
    ("(listed", 7, "表达式没有写完，这里应为)"),
    ("listed)", 6, ")放在这里读不懂"),
    ("listed listed", 7, "listed放在这里读不懂"),
    ("AND listed", 0, "AND放在这里读不懂"),
    ("+ 2 > 1", 0, "+放在这里读不懂"),
    ("-capital > 1", 0, "-放在这里读不懂"),
    ("1 < capital < 3", 12, "<放在这里读不懂，比较不能连写，请用AND"),
    ("capital BETWEEN 1, 2", 17, ",放在这里读不懂，这里应为AND"),
    ("name = 'a", 7, "引号没有合上，请补上'"),
    ("listed /*", 7, "/*不在表达式语言之内，说明请写在YAML里，用#开头"),
    ("listed\x00", 6, "表达式里有控制字符U+0000"),
    ("NOT " * 41 + "listed", 160, "括号和NOT嵌套超过40层，请拆成几条判据"),
    ("listed OR " * 400 + "listed", 4000, "表达式超过4000个字符，请拆成几条判据"),
]


@pytest.mark.parametrize(("text", "offset", "message"), REFUSED)
def test_whatever_else_is_refused_with_place_and_advice(
    text: str, offset: int, message: str
) -> None:
    with pytest.raises(RuleError) as caught:
        rule(text)
    assert list(caught.value.lines(Language.ZH)) == [message]
    assert caught.value.offset == offset


@pytest.mark.parametrize("text", [text for text, _, _ in REFUSED])
def test_every_refusal_is_in_english_too(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        rule(text)
    (issue,) = caught.value.issues
    quoted = set(text)
    said = issue.text.en + (issue.hint.en if issue.hint else "")
    assert said
    assert all(letter.isascii() or letter in quoted | set("“”…") for letter in said)


def test_an_unknown_subject_is_refused() -> None:
    with pytest.raises(RuleError, match="did you mean person"):
        parse("TRUE", subject="persons", vocabulary=VOCABULARY)


def test_the_largest_numbers_and_products_are_read() -> None:
    rule("capital * 1000 > 9000000000000000 AND capital > -9000000000000000")
