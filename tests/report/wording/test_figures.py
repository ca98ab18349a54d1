"""Figures as people read them: in their unit, and with as many digits as they deserve."""

import pytest

from crossover.report.wording import figures


@pytest.mark.parametrize(
    ("middle", "low", "high", "shown"),
    [
        (1_000, 900, 1_100, "10.0%"),
        (1_000, 990, 1_030, "2.0%"),
        (50, 49.9, 50.1, "0.2%"),
        (10, 10, 10, "0.0%"),
        (0, 0, 1, "0.0%"),
    ],
)
def test_plus_minus_is_half_the_interval_as_a_part_of_the_median(middle, low, high, shown):
    assert figures.spread(middle, low, high) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.004, "0.00"),
        (0.5, "0.50"),
        (9.99, "9.99"),
        (10.0, "10.0"),
        (99.94, "99.9"),
        (100.0, "100"),
        (12_345.6, "12,346"),
    ],
)
def test_milliseconds_have_two_decimals_one_or_none(value, shown):
    assert figures.milliseconds(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (2, "2 s"),
        (1.0, "1 s"),
        (123.4, "123 s"),
        (0.9994, "999 ms"),
        (0.0021, "2.1 ms"),
        (0.001, "1 ms"),
        (25e-6, "25 µs"),
    ],
)
def test_a_time_has_the_unit_that_suits_it(seconds, shown):
    assert figures.duration(seconds) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(12_345.6, "12,346"), (100, "100"), (99.94, "99.9"), (-250.4, "-250"), (0.0123, "0.0123"), (0, "0")],
)
def test_a_figure_has_three_significant_digits_and_all_from_100_on(value, shown):
    assert figures.figure(value) == shown


@pytest.mark.parametrize(("part", "shown"), [(0.5, "50%"), (0.051, "5.1%"), (12.5, "1,250%")])
def test_a_part_is_shown_as_a_percentage(part, shown):
    assert figures.percent(part) == shown


def test_one_of_a_kind_has_no_plural():
    assert [figures.plural(count, "task") for count in (0, 1, 2, 1_000)] == [
        "0 tasks",
        "1 task",
        "2 tasks",
        "1,000 tasks",
    ]


def test_what_is_not_known_is_a_dash_and_zero_is_not():
    assert (figures.or_dash(None), figures.or_dash(0.0), figures.or_dash(2.5, figures.percent)) == ("-", "0", "250%")


def test_failures_are_red_and_none_are_not():
    assert [str(figures.failures(count).style) for count in (0, 1)] == ["", "bold red"]
    assert figures.failures(1_234).plain == "1,234"
