"""Numbers as bars: heights, rows of months, and what is said of the months without any."""

import pytest

from archive.web.charts import Year, bars, months_from, years
from archive.web.front import gaps


@pytest.mark.parametrize(("numbers", "heights"), [
    ([], []),
    ([0], [0]),
    ([1], [100]),
    ([5, 5], [100, 100]),
    ([100, 50, 1, 0], [100, 50, 6, 0]),
    ([300, 1], [100, 6]),
    ([3, 2, 1], [100, 67, 34]),
    ([1_000_000, 999_999], [100, 100]),
])  # fmt: skip
def test_heights_are_shares_of_the_most_and_what_is_there_is_seen(numbers, heights):
    counts = {f"{2000 + n}": number for n, number in enumerate(numbers)}
    assert [bar.height for bar in bars(counts)] == heights
    assert [bar.number for bar in bars(counts)] == numbers


@pytest.mark.parametrize(("months", "rows"), [
    ({}, []),
    ({"2022-03": 4}, [("2022", "  |         ", 4)]),
    ({"2021-12": 3, "2022-01": 4}, [("2022", "|           ", 4), ("2021", "           |", 3)]),
    ({"2022-01": 1, "2022-04": 1}, [("2022", "|oo|        ", 2)]),
    ({"2019-11": 1, "2021-02": 1}, [
        ("2021", "o|          ", 1), ("2020", "oooooooooooo", 0), ("2019", "          |o", 1),
    ]),
])  # fmt: skip
def test_months_stand_in_rows_of_twelve_the_latest_year_first(months, rows):
    def shape(year: Year) -> str:
        return "".join(" " if bar is None else "|" if bar.number else "o" for bar in year.bars)

    assert [(year.name, shape(year), year.total) for year in years(months)] == rows


def test_twenty_years_are_twenty_rows_and_240_bars():
    months = {month: 1 + n for n, month in enumerate(months_from("2007-01", "2026-12"))}
    found = years(months)
    assert [year.name for year in found] == [f"{n}" for n in range(2026, 2006, -1)]
    assert [bar.name for year in reversed(found) for bar in year.bars if bar] == list(months)
    assert sum(year.drawn.count("M") for year in found) == 240
    assert not any(year.missing for year in found)


def test_what_is_drawn_stands_in_the_place_of_its_month():
    [year] = years({"2022-01": 2, "2022-03": 1})
    assert year.drawn == "M0 0v-100M2 0v-50"
    assert year.missing == "M1 0v-14"


@pytest.mark.parametrize(("held", "missing"), [
    ([], []),
    (["2022-03"], []),
    (["2022-03", "2022-04"], []),
    (["2022-03", "2022-05"], [("2022-04", "2022-04")]),
    (["2021-11", "2022-02", "2022-04"], [("2021-12", "2022-01"), ("2022-03", "2022-03")]),
    (["2019-12", "2022-01"], [("2020-01", "2021-12")]),
])  # fmt: skip
def test_gaps_are_the_months_between_that_have_no_article(held, missing):
    assert gaps(dict.fromkeys(held, 1)) == missing
