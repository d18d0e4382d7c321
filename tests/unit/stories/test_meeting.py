"""Which facts of two papers are one, by example: pairs that meet, and pairs that must never."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.changes import Reading
from monitor.stories import compare_sources

DAY = date(2023, 6, 30)

MEET = [
    # one paper, another paper, what both give there
    (
        "At least 170 peacekeepers have been killed since 2013.",
        "The mission lost 303 dead: 303 peacekeepers died.",
        ("170", "303"),
    ),
    (
        "The quake killed 47 people in Flores.",
        "Flores quake: death toll rises to 53",
        ("47", "53"),
    ),
    (
        "Two coups shook Mali in 2020 and 2021.",
        "The army took power in Mali through two coups.",
        ("Two", "two"),
    ),
    (
        "The mission has 13,000 peacekeepers.",
        "The withdrawal of more than 15,000 troops has begun.",
        ("13,000", "15,000"),
    ),
    (
        "The pullout should be finished by January 1, 2024.",
        "A complete withdrawal is due by December 31, 2023.",
        ("January 1, 2024", "December 31, 2023"),
    ),
    (
        "The council voted unanimously on Friday to end the mission.",
        "The Security Council is set to vote on Friday.",
        ("Friday", "Friday"),
    ),
    (
        "Canada was hit with tariffs of 50% on steel.",
        "The US has put 50% tariffs on Canadian steel.",
        ("50%", "50%"),
    ),
    (
        "Three people were wounded in the attack in Fagersta.",
        "Fagersta: sword attack leaves three injured",
        ("Three", "three"),
    ),
    (
        "More than 400 homes were destroyed by the quake in Peru.",
        "The quake in Peru destroyed 412 houses.",
        ("400", "412"),
    ),
    ("Turnout was 61 percent on Sunday.", "Turnout stood at 58 percent, officials said.", ("61 percent", "58 percent")),
    (
        "At least 58,000 Palestinians have been killed, it says.",
        "More than 58,800 people have been killed in Gaza in the war.",
        ("58,000", "58,800"),
    ),
    (
        "He was jailed for a £230 million fraud.",
        "Investors lost £230m, the court heard.",
        ("£230 million", "£230m"),
    ),
    (
        "The death toll from the quake in Herat rose to 1,294 on Friday. In 2021 one killed more than 1,000 people.",
        "A quake killed at least 1,200 people in Herat on Thursday.",
        ("1,294", "1,200"),
    ),
    (
        "About 100,000 people marched, organisers said.",
        "Police said 30,000 protesters marched.",
        ("100,000", "30,000"),
    ),
    ("Organisers put the crowd at 100,000.", "Police estimated the crowd at 30,000.", ("100,000", "30,000")),
    ("A magnitude 7.1 quake struck.", "The 7.3-magnitude earthquake hit the coast.", ("7.1", "7.3")),
    ("It will cut 8% of its workforce.", "It is to cut 8% of staff.", ("8%", "8%")),
    ("The blaze destroyed 120 homes.", "The fire razed 115 houses.", ("120", "115")),
    ("General Motors sold 391,000 cars.", "GM sold 393,000 cars in May.", ("391,000", "393,000")),
    (
        "The crash killed 179 people. It was the worst since 1997, when 228 people died in Guam.",
        "179 dead after jet overshoots runway. The dead included 84 men and 85 women.",
        ("179", "179"),
    ),
    (
        "Nationwide, 1,500 people have died of cholera.",
        "In the country as a whole 1,506 deaths have been recorded.",
        ("1,500", "1,506"),
    ),
    ("It will close 14 factories.", "The company is to shut 14 plants.", ("14", "14")),
    ("17 officers were injured in the riot.", "17 police officers were injured in the riot.", ("17", "17")),
]

APART = [
    ("Labour won 120 seats in the election.", "The Tories won 121 seats in the election."),
    ("Labour took 41% of the vote.", "The Greens took 40% of the vote."),
    ("Ford sold 402,000 cars.", "GM sold 391,000 cars."),
    ("Ford's revenue rose 5%.", "Revenue at GM rose 6%."),
    ("Turnout was 61% nationwide.", "Turnout in Leeds was 64%."),
    (
        "Floods killed at least 120 people nationwide, officials said.",
        "In the town of Jos, floods killed 31 people, officials said.",
    ),
    ("It was the worst crash since 1997, when 228 people died in Guam.", "The crash killed 179 people in 2023."),
    ("About 100,000 people marched.", "About 30,000 people live in the town."),
    ("France withdrew 5,100 soldiers from the Sahel in 2022.", "The mission has 13,000 peacekeepers in Mali."),
    ("Thousands have lost their lives.", "At least 170 peacekeepers have been killed."),
    ("The army is accused of killing 500 civilians in Moura.", "About 170 peacekeepers were killed in Mali."),
    ("Five students died in the crash.", "Five instructors died in the crash."),
    ("16 people were injured.", "16 people were killed."),
    ("60,000 migrants crossed into Ceuta.", "48,000 migrants have gone home again."),
    ("The pullout started on July 1, 2023.", "The pullout must be finished by December 31, 2023."),
    ("The mission was set up in 2013.", "At least 170 have died there since 2013."),
    ("Tensions grew over the past year.", "The mandate was extended for another year."),
    ("About 1,000 Wagner fighters remain.", "About 1,000 French soldiers remain."),
    ("Militants killed 17 soldiers near Djibo.", "At least 25 people were killed in the raid near Djibo."),
    ("The crash injured 24 people.", "Six of the injured are in hospital after the crash."),
    ("In Odesa, one person was killed by a missile.", "In Kharkiv, nine people were killed by a missile."),
    ("12 people were killed on June 3 by a bomb.", "40 people were killed on June 9 by a bomb."),
    ("Petrol costs $1.50 a litre.", "The fine is $1.50 a day."),
    ("Floods destroyed 600 homes in Pakistan.", "Floods destroyed 210 homes in Swat."),
    ("The typhoon killed 34 people in Luzon and Hanoi.", "The typhoon killed 11 people in Hanoi."),
    (
        "A crush killed 30 people in Prayagraj on Friday.",
        "In 2013 a crush there killed 42 people.",
    ),
    ("LIMA, June 30 (Reuters) - A bus crash killed 10 people.", "He came to the site of the bus crash on Friday."),
    ("LIMA, Peru (June 30, 2023) — A crash killed 10.", "He came to the site of the bus crash on Friday."),
    ("57 suspected cases of Ebola were reported in Kasai.", "38 confirmed cases of Ebola were reported in Kasai."),
    ("The company cut 12,000 jobs on Friday.", "The company cut 6,000 jobs last year."),
]


def met(one: str, other: str) -> list[tuple[str, str]]:
    """What both papers give of the same facts."""
    rows = compare_sources([Reading(one, DAY, "en"), Reading(other, DAY, "en")])
    return [
        (a.fact.quote, b.fact.quote)
        for row in rows
        for a in row.cells
        for b in row.cells
        if (a.source, b.source) == (0, 1)
    ]


@pytest.mark.parametrize(("one", "other", "both"), MEET)
def test_facts_of_one_thing_meet(one: str, other: str, both: tuple[str, str]) -> None:
    assert both in met(one, other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_facts_of_two_things_do_not(one: str, other: str) -> None:
    assert met(one, other) == []


@pytest.mark.parametrize(("one", "other"), APART)
def test_nor_the_other_way_round(one: str, other: str) -> None:
    assert met(other, one) == []
