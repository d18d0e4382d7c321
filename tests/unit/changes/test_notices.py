"""Which words are a notice, of which kind, and how far it runs."""

import pytest

from monitor.changes import notices
from monitor.changes.notices import date_of
from monitor.facts import find

FOUND = [
    ("en", "correction", "Correction: An earlier version of this article misstated the toll."),
    ("en", "correction", "CORRECTION — The minister is 57, not 75."),
    ("en", "correction", "Correction, 20 November: The sum was £4m."),
    ("en", "correction", "Correction\nThe mission has 11,000 troops, not 13,000."),
    ("en", "correction", "*An earlier version of this story incorrectly said that 13,000 troops remain."),
    ("en", "correction", "This article was amended on 3 July 2023 to correct the number of troops."),
    ("en", "correction", "This June 3 story has been corrected to say that 12 people died."),
    ("en", "correction", "Editor’s note: A previous version gave the wrong date."),
    ("en", "correction", "Because of an editing error, an earlier version gave a wrong figure."),
    ("en", "correction", "Corrects toll in paragraph 3"),
    ("en", "clarification", "Clarification: The headline has been changed to say that talks go on."),
    ("en", "clarification", "This piece was updated to make clear that the vote is not binding."),
    ("en", "update", "This story has been updated with the latest figures."),
    ("en", "update", "UPDATE: The airport has opened again."),
    ("en", "update", "Updates with toll, comment of the police"),
    ("en", "update", "Editor's note: This story was updated at 5:45 p.m. to include details."),
    ("fr", "correction", "Rectificatif : la mission compte 11 000 soldats."),
    ("fr", "update", "Cet article a été mis à jour avec le dernier bilan."),
    ("es", "correction", "Fe de errores: una versión anterior de este artículo daba otra cifra."),
    ("pt", "correction", "Errata: uma versão anterior deste texto trazia outro número."),
    ("de", "correction", "Korrektur: In einer früheren Version stand eine andere Zahl."),
    ("de", "update", "Dieser Artikel wurde am 3. Mai aktualisiert."),
    ("fr", "update", "This story has been updated with the latest figures."),
    ("fr", "update", "Article mis à jour le 15 mai à 14h avec le nouveau bilan du préfet."),
    ("fr", "update", "Mise à jour à 16h10 : le bilan passe à douze morts."),
    ("fr", "correction", "Note de la rédaction : le nom du ministre était inexact."),
    ("de", "correction", "Anmerkung der Redaktion: In der ursprünglichen Fassung war ein Name falsch geschrieben."),
    ("de", "update", "Update 16:10 Uhr: Die Zahl der Toten ist gestiegen."),
    ("de", "update", "Anmerkung der Redaktion: In einer früheren Fassung hieß es, das Gesetz gelte schon."),
    ("es", "update", "Nota de la redacción: en una versión anterior se decía que hubo cinco."),
    ("es", "update", "Actualización, 16:10: el ministro ha dimitido."),
    ("pt", "correction", "Nota da redação: uma versão anterior informava incorretamente o cargo."),
    ("pt", "update", "Atualização às 16h10: o ministro renunciou."),
    ("en", "update", "UPDATE 4:30 p.m.: The bridge is open again."),
]

NOTHING = [
    "Updated 5 minutes ago",
    "Last updated: 3 May 2020 10:00",
    "Updated: 14:30 GMT",
    "Update: 10:45",
    "Update 16:10: 12 May",
    "Mise à jour : 16h10",
    "Article mis à jour le 15 mai 2024 à 14h30",
    "Anmerkung der Redaktion: Der Text enthält Beschreibungen von Gewalt.",
    "The correction was steep: markets fell 5%.",
    "Corrections officers arrested 5 men.",
    "Correctional facilities hold 200 people.",
    "An earlier version of this plan called for 5,000 troops.",
    "An earlier report said that 5 people were killed.",
    "The system was updated by the army.",
    "Editor's note: this story contains descriptions of violence.",
    "A previous attack killed 5 people.",
    "Note: bring water.",
    "",
]


@pytest.mark.parametrize(("lang", "kind", "text"), FOUND)
def test_found_whole(lang: str, kind: str, text: str) -> None:
    for article in (text, f"The mission ends.\n\n{text}", f"The mission ends.\n\n{text}\n\nRead more about it."):
        (notice,) = notices(article, lang)
        assert notice.kind == kind
        assert article[notice.start : notice.end] == notice.text
        assert notice.text == text.lstrip("*")
        assert notice.admits


@pytest.mark.parametrize("lang", ["de", "en", "es", "fr", "pt"])
@pytest.mark.parametrize("text", NOTHING)
def test_no_notice(text: str, lang: str) -> None:
    assert notices(text, lang) == ()


def test_a_heading_is_not_what_is_admitted() -> None:
    (notice,) = notices("Correction: June 19, 2026\nThe mission has 11,000 troops.")
    assert notice.admits == "The mission has 11,000 troops."


def test_an_update_may_be_the_news_itself() -> None:
    assert [n.news for n in notices("UPDATE: Six people died in the floods.")] == [True]
    assert [n.news for n in notices("UPDATE: This story has been updated with the toll of six.")] == [False]
    assert [n.news for n in notices("Updates with toll of six, comment of the police")] == [False]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Correction, 3 July 2023: The vote was on 5 May 2023, not 6 May 2023.", "2023-07-03"),
        ("This article was amended on 3 July 2023 to correct the date of the vote, 5 May 2023.", "2023-07-03"),
        ("Correction: The vote was on 5 May 2023, not 6 May 2023.", None),
        ("Update (20 May 2019): We have moved the start from 8 July 2019 to 8 July 2020.", "2019-05-20"),
    ],
)
def test_the_day_of_a_notice_is_its_own_and_not_one_that_it_corrects(text: str, day: str | None) -> None:
    (notice,) = notices(text)
    assert date_of(notice, find(text)) == day
