"""The best total match of two sides: who goes with whom so that the sum of the scores is greatest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

Edge = tuple[int, int, float]

_EXACT = 48  # a larger group of rivals is matched best first: the exact method grows with the cube of the group


def best_match(edges: Iterable[Edge]) -> dict[int, int]:
    """Old -> new, one to one, from edges (old, new, score > 0). A pair without an edge is never made.

    Rivals are solved group by group with the Hungarian method (Kuhn 1955, in the shortest-path form of Jonker and
    Volgenant 1987); ties go to the lower indices, so the answer does not depend on the order of the edges.
    """
    matched: dict[int, int] = {}
    for group in _groups(sorted(edges)):
        rows, columns = sorted({e[0] for e in group}), sorted({e[1] for e in group})
        if max(len(rows), len(columns)) > _EXACT:
            matched.update(_greedy(group))
        else:
            matched.update(_hungarian(group, rows, columns))
    return matched


def _groups(edges: Sequence[Edge]) -> Iterator[list[Edge]]:
    """The edges split into groups that share neither an old nor a new one."""
    root: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        root.setdefault(node, node)
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for old, new, _ in edges:
        root[find(("new", new))] = find(("old", old))
    groups: dict[tuple[str, int], list[Edge]] = defaultdict(list)
    for edge in edges:
        groups[find(("old", edge[0]))].append(edge)
    yield from groups.values()


def _greedy(group: Sequence[Edge]) -> dict[int, int]:
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for old, new, _ in sorted(group, key=lambda edge: (-edge[2], edge[0], edge[1])):
        if old not in matched and new not in taken:
            matched[old] = new
            taken.add(new)
    return matched


def _hungarian(group: Sequence[Edge], rows: Sequence[int], columns: Sequence[int]) -> dict[int, int]:
    """Minimises cost = -score on a square matrix, padded with zeros: leaving both alone costs nothing."""
    size = max(len(rows), len(columns))
    score = {(old, new): value for old, new, value in group}
    cost = [
        [-score.get((rows[i], columns[j]), 0.0) if i < len(rows) and j < len(columns) else 0.0 for j in range(size)]
        for i in range(size)
    ]
    row_of = _solve(cost)
    pairs = ((rows[i], columns[j]) for j, i in enumerate(row_of) if i < len(rows) and j < len(columns))
    return {old: new for old, new in pairs if (old, new) in score}


def _solve(cost: Sequence[Sequence[float]]) -> list[int]:
    """For each column the row assigned to it, at the least total cost."""
    size = len(cost)
    row_potential, column_potential = [0.0] * (size + 1), [0.0] * (size + 1)
    row_of = [size] * (size + 1)  # the column `size` is where each search starts
    for row in range(size):
        row_of[size] = row
        column = size
        least, via = [float("inf")] * size, [size] * size
        seen = [False] * (size + 1)
        while row_of[column] != size:
            seen[column] = True
            current, step, following = row_of[column], float("inf"), size
            for j in range(size):
                if seen[j]:
                    continue
                reduced = cost[current][j] - row_potential[current] - column_potential[j]
                if reduced < least[j]:
                    least[j], via[j] = reduced, column
                if least[j] < step:
                    step, following = least[j], j
            for j in range(size + 1):
                if seen[j]:
                    row_potential[row_of[j]] += step
                    column_potential[j] -= step
                elif j < size:
                    least[j] -= step
            column = following
        while column != size:
            row_of[column] = row_of[via[column]]
            column = via[column]
    return row_of[:size]
