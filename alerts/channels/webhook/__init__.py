"""Webhooks by the Standard Webhooks specification (https://www.standardwebhooks.com)."""

from alerts.channels.webhook.send import OpenClient, WebhookSender

__all__ = ["OpenClient", "WebhookSender"]
