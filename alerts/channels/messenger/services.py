"""What we know of the services that Apprise can reach. Names are those of its plugin modules."""

from __future__ import annotations

REFUSED = frozenset(
    {
        "dbus", "glib", "gnome", "macosx", "windows", "syslog", "blink1",  # this machine, not a person's messenger
        "aprs", "amqp", "growl", "irc", "mqtt", "rsyslog", "smpp", "xmpp",  # sockets of their own, which no proxy holds
        "email",  # has a kind of channel of its own, with threads and TLS that is required
        "twitter", "fcm", "vapid", "sogs", "nostr", "simplepush",  # sign with libraries or files that we do not give
    }
)  # fmt: skip
"""Not offered: they do not speak through `requests`, so that the guard would not hold them, or are no messengers."""

VERBATIM = frozenset(
    {
        "telegram",  # is given HTML, which Apprise escapes
        "ntfy", "gotify", "pushover", "signal_api", "mastodon", "bluesky", "line", "custom_json", "custom_xml",
        "custom_form", "apprise_api", "pushbullet", "prowl", "bark", "threema", "whatsapp", "viber", "misskey",
        "nextcloud", "home_assistant", "twilio", "vonage", "sinch", "messagebird", "clicksend",
    }
)  # fmt: skip
"""Show text as it is, when it is not declared to be anything else."""

TITLED = frozenset(
    {
        "ntfy", "gotify", "pushover", "pushbullet", "prowl", "bark", "join", "custom_json", "custom_xml", "custom_form",
        "apprise_api", "nextcloud", "home_assistant",
    }
)  # fmt: skip
"""Have a title of their own beside the text; to all others the title is the first line."""

BYTES = {"ntfy": 3900}
"""Limits that are lower than those which Apprise knows. ntfy makes an attachment of what is longer than 4,096 bytes."""
