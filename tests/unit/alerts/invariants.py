"""What must hold of any database: every picked Change is in exactly one Alert of a Channel, or says why not."""

from __future__ import annotations

from collections import defaultdict

from sqlmodel import Session, select

from storage.tables import Alert, Delivery, Pick


def check(session: Session) -> None:
    """Raises AssertionError that names what is wrong."""
    session.expire_all()
    alerts = {alert.id: alert for alert in session.exec(select(Alert))}
    picks = session.exec(select(Pick)).all()
    deliveries = defaultdict(list)
    for delivery in session.exec(select(Delivery)):
        deliveries[delivery.alert_id].append(delivery)
    told = defaultdict(set)
    for pick in picks:
        _check_pick(pick, alerts)
        if pick.state == "gathered":
            told[pick.change_id, pick.channel_id].add(pick.alert_id)
    twice = {key: ids for key, ids in told.items() if len(ids) > 1}
    assert not twice, f"told to one channel in several alerts: {twice}"
    gathering = [(alert.channel_id, alert.gathers) for alert in alerts.values() if alert.state == "open"]
    assert len(gathering) == len(set(gathering)), "two alerts gather the same"
    for alert in alerts.values():
        if alert.channel_id is not None:
            _check_alert(alert, deliveries[alert.id], [pick for pick in picks if pick.alert_id == alert.id])


def _check_pick(pick: Pick, alerts: dict[str, Alert]) -> None:
    match pick.state:
        case "gathered":
            assert pick.alert_id is not None, pick
            assert alerts[pick.alert_id].channel_id == pick.channel_id, pick
        case "held":
            assert pick.alert_id is None, pick
            assert pick.due_sightings is not None, pick
        case "silent":
            assert pick.alert_id is None, pick
            assert pick.due_at is not None, pick
            assert pick.turns > 1, pick
        case "folded":
            assert pick.reason, pick
        case _:
            assert pick.reason, pick


def _check_alert(alert: Alert, deliveries: list[Delivery], picks: list[Pick]) -> None:
    assert [delivery.channel_id for delivery in deliveries] == [alert.channel_id], alert.id
    gathered = {pick.change_id for pick in picks if pick.state == "gathered"}
    (delivery,) = deliveries
    if alert.state == "open":
        assert alert.payload is None, alert.id
        assert (delivery.state, delivery.attempts) == ("waiting", 0), alert.id
        assert delivery.next_attempt_at is not None, alert.id
    elif alert.state == "withdrawn":
        assert delivery.state == "withdrawn", alert.id
        assert not gathered, alert.id
    else:
        assert alert.payload is not None, alert.id
        assert alert.sealed_at is not None, alert.id
        payload_ids = {change["id"] for change in alert.payload["changes"]}
        assert payload_ids <= gathered, alert.id
        assert bool(payload_ids) == bool(gathered), alert.id
        assert all(change["baseline"]["name"] for change in alert.payload["changes"]), alert.id
