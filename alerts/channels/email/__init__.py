"""E-mail: `compose.py` makes the mail, `send.py` hands it over."""

from alerts.channels.email.send import EmailSender
from alerts.channels.email.settings import MailSettings

__all__ = ["EmailSender", "MailSettings"]
