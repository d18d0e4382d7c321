"""What can go wrong in telling people. `str(error)` is one line: what happened, to which thing, what to do.

AlertsError
├── ChannelError     what the user named cannot be a channel, or there is none of that name
├── RuleError        what the user named cannot be a rule, or there is none of that name
├── ReplayError      a delivery cannot be sent again
├── TemplateError    a template of the operator's own cannot be used
├── LinkError        a link from a message is not ours, or too old
└── DeliveryError    one try at a delivery did not succeed
"""

from __future__ import annotations


class AlertsError(Exception):
    """The base of all; all but the last are the user's to mend, and the command line prints them as one line."""


class ChannelError(AlertsError):
    """What the user named cannot be used as a channel."""


class RuleError(AlertsError):
    """What the user named cannot be used as a rule."""


class ReplayError(AlertsError):
    """There is no such delivery, or it cannot be sent again as things stand."""


class TemplateError(AlertsError):
    """A template that the operator gave cannot be read, asks for what there is not, or takes too much."""


class LinkError(AlertsError):
    """A link that came in a message is not whole, not ours, or too old."""


class DeliveryError(AlertsError):
    """One try at a delivery did not succeed.

    permanent: trying again would bring the same answer. retry_after: seconds that the receiver asked us to wait.
    disable_channel: the receiver wants nothing more, ever (HTTP 410). ours: the trouble is on our side (mail server,
    settings, a mistake of ours), so that it says nothing about the channel.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        disable_channel: bool = False,
        ours: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent or disable_channel
        self.retry_after = retry_after
        self.disable_channel = disable_channel
        self.ours = ours
