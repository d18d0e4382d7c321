"""The demo's receivers take real mail and real calls, and know a forged call and one that came twice."""

from __future__ import annotations

import json
import smtplib
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from standardwebhooks import Webhook

from demo.receivers import MailServer, WebhookReceiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver(SECRET) as receiver:
        yield receiver


def call(receiver: WebhookReceiver, call_id: str, said: str = "x", secret: str = SECRET) -> int:
    body = json.dumps({"said": said})
    now = datetime.now(UTC)
    headers = {
        "webhook-id": call_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(msg_id=call_id, timestamp=now, data=body),
    }
    request = urllib.request.Request(receiver.address, body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_first_call_is_put_off_and_then_taken(receiver: WebhookReceiver) -> None:
    assert call(receiver, "msg_1") == 503
    assert receiver.taken() == []
    assert call(receiver, "msg_1") == 204
    assert [taken.payload for taken in receiver.taken()] == [{"said": "x"}]
    assert receiver.duplicates == []


def test_forged_call_is_refused(receiver: WebhookReceiver) -> None:
    assert call(receiver, "msg_1", secret="whsec_AAAA9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == 401
    assert call(receiver, "") == 401
    assert receiver.taken() == []
    assert [forged.id for forged in receiver.forged()] == ["msg_1", ""]


def test_call_that_comes_twice_counts_once(receiver: WebhookReceiver) -> None:
    answers = [call(receiver, call_id) for call_id in ("msg_1", "msg_1", "msg_2", "msg_1")]
    assert answers == [503, 204, 204, 204]
    assert [taken.id for taken in receiver.taken()] == ["msg_1", "msg_2"]
    assert receiver.duplicates == ["msg_1"]


def test_mail_is_kept_whole() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@news.example", "b@news.example", "170 → 303"
    mail.set_content("At least 303")
    mail.add_alternative("<p>At least <b>303</b></p>", subtype="html")
    with MailServer() as server, smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        client.send_message(mail)
        [kept] = server.mails
    assert kept["Subject"] == "170 → 303"
    plain = kept.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().strip() == "At least 303"
