"""Messengers through Apprise: `wording.py` what is said, `send.py` the process that says it, `held.py` inside of it."""

from alerts.channels.messenger.send import MessengerSender, OpenProxy, check, shown

__all__ = ["MessengerSender", "OpenProxy", "check", "shown"]
