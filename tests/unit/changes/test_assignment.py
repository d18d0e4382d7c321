"""The best total match."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.assignment import Edge, best_match

SCORES = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), st.floats(0.01, 2.0, allow_nan=False), max_size=25
)


def test_best_total_beats_first_come() -> None:
    assert best_match([(0, 0, 0.9), (0, 1, 0.8), (1, 0, 0.85)]) == {0: 1, 1: 0}


def test_nothing_is_paired_without_an_edge() -> None:
    assert best_match([]) == {}
    assert best_match([(3, 7, 0.1)]) == {3: 7}


@given(SCORES)
def test_total_is_the_greatest_possible(scores: dict[tuple[int, int], float]) -> None:
    edges: list[Edge] = [(old, new, score) for (old, new), score in scores.items()]
    matched = best_match(edges)
    assert len(set(matched.values())) == len(matched)
    total = sum(scores[pair] for pair in matched.items())
    best = max(sum(scores.get((old, new), 0.0) for old, new in enumerate(order)) for order in permutations(range(5)))
    assert abs(total - best) < 1e-9


@given(SCORES, st.randoms(use_true_random=False))
def test_order_of_the_edges_does_not_matter(scores: dict[tuple[int, int], float], random: object) -> None:
    edges: list[Edge] = [(old, new, score) for (old, new), score in scores.items()]
    assert best_match(edges) == best_match(list(reversed(edges)))


def test_large_groups_are_matched_one_to_one() -> None:
    edges: list[Edge] = [(old, new, 1.0 / (1 + abs(old - new))) for old in range(200) for new in range(200)]
    assert best_match(edges) == {index: index for index in range(200)}
