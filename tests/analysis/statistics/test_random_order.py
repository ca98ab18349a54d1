"""The order within a round."""

from crossover.experiments.random_order import in_random_order

FLEETS = [(label, workers) for label in ("queue", "pool", "pipe") for workers in (1, 2, 4, 8)]


def test_each_round_has_all_items_in_an_order_of_its_own():
    orders = [in_random_order("abcdef", 0, number) for number in range(1, 7)]
    assert all(sorted(order) == list("abcdef") for order in orders)
    assert len(set(map(tuple, orders))) == 6


def test_the_seed_decides():
    assert in_random_order("abcdef", 5, 2) == in_random_order("abcdef", 5, 2)
    assert in_random_order("abcdef", 5, 2) != in_random_order("abcdef", 6, 2)


def test_in_the_first_round_small_fleets_come_before_large_ones():
    def workers_of(number, label):
        return [workers for name, workers in in_random_order(FLEETS, 0, number, lambda one: one[0]) if name == label]

    assert all(workers_of(1, label) == [1, 2, 4, 8] for label in ("queue", "pool", "pipe"))
    assert workers_of(2, "queue") != [1, 2, 4, 8]
    assert [name for name, _ in in_random_order(FLEETS, 0, 1, lambda one: one[0])] != [name for name, _ in FLEETS]
