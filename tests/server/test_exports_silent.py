"""Whose words leave in no export: of whoever is in danger, or said no."""

from tests.support.exporting import WORDS, csv_rows, exports, of_kind, told
from tests.support.world import World


def test_no_word_of_somebody_in_danger_leaves_the_server(world: World) -> None:
    told(world)
    amina = world.device("amina")
    amina.writes("issue", "issue", risk_flag=True, quote_consent="no")
    amina.syncs()

    text = exports(world, words=True).content.decode("utf-8-sig")

    for word in (WORDS, "een nieuwe lift", "zesde", "we bellen"):
        assert word not in text, "nor what else was said on that card"
    assert "alles moet online" in text
    assert "HOU.03" in text


def test_nor_does_any_other_word_of_theirs_however_many_steps_away_it_was_said(world: World) -> None:
    amina = world.device("amina")
    card, talk = amina.gives_card("fox", "79"), world.id("talk")
    amina.writes("talk", "visit", channel="tent")
    amina.writes("afraid", "issue", visit=talk, theme="RES", own_words="ze zoeken haar", risk_flag=True)
    # Only this one came with a card: the talk has none.
    amina.writes("lift", "issue", visit=talk, card=card, theme="HOU", own_words=WORDS)
    shares = {f"purposes/refer_to:{world.id('housing-service')}": "given"}
    amina.writes("consent", "consent", card=card, given_how="spoken", **shares)
    amina.hands_over("referral", card=card, issue=world.id("lift"), consent=world.id("consent"),
                     shared_note="ze woont op de zesde")  # fmt: skip
    amina.writes("promise", "follow_up", card=card, what="call", who_acts="member", on="2026-12-01", state="planned",
                 assignee=f"member:{amina.member}", promised="we bellen de verhuurder")  # fmt: skip
    amina.writes("later", "issue", card=card, theme="ENE", own_words="de rekening is te hoog")
    amina.writes("else", "issue", theme="DIG", own_words="alles moet online")
    assert amina.syncs().acks == [("ok",)] * 9

    text = exports(world, words=True).content.decode("utf-8-sig")

    for word in ("ze zoeken", WORDS, "zesde", "we bellen", "de rekening"):
        assert word not in text
    assert "alles moet online" in text


def test_whoever_does_not_want_to_be_quoted_is_in_no_export_with_words(world: World) -> None:
    amina = world.device("amina")
    for name, consent in (("no", "no"), ("yes", "anonymous"), ("unasked", None)):
        amina.writes(
            name, "issue", theme="HOU", own_words=f"woorden {name}", ask=f"vraag {name}", quote_consent=consent
        )
    amina.syncs()

    rows = of_kind(csv_rows(exports(world, words=True).content), "Knelpunt")

    assert sorted((row["Eigen woorden"], row["Wat de persoon vraagt"]) for row in rows) == [
        ("", ""), ("woorden unasked", "vraag unasked"), ("woorden yes", "vraag yes"),
    ]  # fmt: skip


def test_what_was_shared_by_a_consent_that_was_taken_back_is_in_no_export(world: World) -> None:
    told(world)
    assert "zesde" in exports(world, words=True).content.decode("utf-8-sig")
    amina = world.device("amina")
    amina.writes("consent", "consent", withdrawn_at="2026-11-27T10:00:00Z")
    assert {ack[0] for ack in amina.syncs().acks} == {"ok"}

    assert "zesde" not in exports(world, words=True).content.decode("utf-8-sig")
