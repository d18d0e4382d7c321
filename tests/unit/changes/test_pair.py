"""Pairing with facts made by hand."""

from monitor.changes.pair import pair_facts


def quotes(pairs) -> set[tuple[str | None, str | None]]:
    return {(p.before.quote if p.before else None, p.after.quote if p.after else None) for p in pairs}


def test_the_best_total_and_not_the_first(make_fact) -> None:
    before = "The blast killed 12 soldiers in the north. The fire killed 30 miners in the south."
    after = "The fire killed 31 miners in the south. The blast killed 30 soldiers in the north."
    killed = {"kind": "casualties", "predicate": "killed"}
    old = [
        make_fact(
            before, "12", noun="soldier", number=12, sentence="The blast killed 12 soldiers in the north.", **killed
        ),
        make_fact(before, "30", noun="miner", number=30, sentence="The fire killed 30 miners in the south.", **killed),
    ]
    new = [
        make_fact(after, "31", noun="miner", number=31, sentence="The fire killed 31 miners in the south.", **killed),
        make_fact(
            after, "30", noun="soldier", number=30, sentence="The blast killed 30 soldiers in the north.", **killed
        ),
    ]
    assert quotes(pair_facts(before, old, after, new)) == {("12", "30"), ("30", "31")}


def test_different_things_are_not_paired(make_fact) -> None:
    before, after = "The blast in the market killed 24 people.", "Some 2,000 mourners filled the square."
    old = [make_fact(before, "24", kind="casualties", predicate="killed", noun="person", number=24)]
    new = [make_fact(after, "2,000", noun="mourner", number=2000)]
    assert quotes(pair_facts(before, old, after, new)) == {("24", None), (None, "2,000")}


def test_money_is_not_a_share(make_fact) -> None:
    before, after = "The fund lost 5% last year.", "The fund lost $5 last year."
    old = [make_fact(before, "5%", kind="percent", number=5, amount={"unit": "%"})]
    new = [make_fact(after, "$5", kind="money", number=5, amount={"unit": "USD"})]
    assert quotes(pair_facts(before, old, after, new)) == {("5%", None), (None, "$5")}


def test_a_unit_that_was_missing_is_no_other_fact(make_fact) -> None:
    before, after = "Inflation rose to 0.7 in March.", "Inflation rose to 0.7% in March."
    old = [make_fact(before, "0.7", number=0.7)]
    new = [make_fact(after, "0.7%", kind="percent", number=0.7, amount={"unit": "%"})]
    assert quotes(pair_facts(before, old, after, new)) == {("0.7", "0.7%")}


def test_a_repeated_sentence_keeps_its_facts_apart(make_fact) -> None:
    before = "12 died."
    old = [make_fact(before, "12", kind="casualties", predicate="killed", number=12)]
    assert quotes(pair_facts(before, old, before, old + old)) == {("12", "12"), (None, "12")}


def test_no_facts() -> None:
    assert pair_facts("", [], "", []) == ()
