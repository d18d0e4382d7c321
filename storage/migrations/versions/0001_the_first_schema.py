"""the first schema

Revision: 0001, after nothing
"""

import sqlalchemy as sa
from alembic import op

import storage.search
import storage.tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("size", storage.tables.WHOLE, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("base_hash", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index(
        "blob_of_base",
        "blob",
        ["base_hash"],
        unique=False,
        sqlite_where=sa.text("base_hash IS NOT NULL"),
        postgresql_where=sa.text("base_hash IS NOT NULL"),
    )
    op.create_table(
        "channel",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=True),
        sa.Column("retired_secret", sa.String(), nullable=True),
        sa.Column("retired_secret_until_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("templates", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("disabled_reason", sa.String(), nullable=True),
        sa.Column("failing_since_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failing_reason", sa.String(), nullable=True),
        sa.Column("operator", sa.Boolean(), nullable=False),
        sa.Column("pace", sa.JSON(), nullable=False),
        sa.Column("removed_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('email', 'webhook', 'messenger')", name="kind_known"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "loop",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("beat_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "trouble",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("since_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "site",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("next_slot_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("visit_until", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("fence", storage.tables.WHOLE, nullable=False),
        sa.Column("failures", storage.tables.WHOLE, nullable=False),
        sa.Column("last_ok_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_checked_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_reason", sa.String(), nullable=True),
        sa.Column("refusals", storage.tables.WHOLE, nullable=False),
        sa.Column("held_until_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("held_reason", sa.String(), nullable=False),
        sa.Column("robots_ignored", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("host"),
    )
    op.create_table(
        "article",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("site_id", storage.tables.WHOLE, nullable=False),
        sa.Column("publisher", sa.String(), nullable=True),
        sa.Column("headline", sa.String(), nullable=True),
        sa.Column("added_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("next_check_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("next_check_why", sa.String(), nullable=False),
        sa.Column("interval_seconds", storage.tables.WHOLE, nullable=True),
        sa.Column("fastest_seconds", storage.tables.WHOLE, nullable=True),
        sa.Column("slowest_seconds", storage.tables.WHOLE, nullable=True),
        sa.Column("changes_seen", storage.tables.WHOLE, nullable=False),
        sa.Column("exposure", sa.Float(), nullable=False),
        sa.Column("seen_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state_reason", sa.String(), nullable=False),
        sa.Column("availability", sa.String(), nullable=False),
        sa.Column("failures", storage.tables.WHOLE, nullable=False),
        sa.Column("checks", storage.tables.WHOLE, nullable=False),
        sa.Column("sightings", storage.tables.WHOLE, nullable=False),
        sa.Column("last_checked_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_changed_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("final_url", sa.String(), nullable=True),
        sa.Column("whole_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("page_hash", sa.String(), nullable=True),
        sa.Column("body_hash", sa.String(), nullable=True),
        sa.Column("suspect_hash", sa.String(), nullable=True),
        sa.Column("published", sa.String(), nullable=True),
        sa.Column("published_source", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("version_number", storage.tables.WHOLE, nullable=False),
        sa.Column("story", sa.String(), nullable=True),
        sa.Column("canonical_key", sa.String(), nullable=True),
        sa.CheckConstraint("availability IN ('page', 'gone', 'walled', 'redirected')", name="availability_known"),
        sa.CheckConstraint("kind IN ('url', 'file')", name="kind_known"),
        sa.CheckConstraint(
            "state IN ('new', 'ok', 'gone', 'walled', 'refused', 'failed', 'suspect', 'redirected')", name="state_known"
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["site.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("url"),
        sqlite_autoincrement=True,
    )
    op.create_index("article_canonical", "article", ["canonical_key"], unique=False)
    op.create_index("article_due", "article", ["next_check_at", "site_id"], unique=False)
    op.create_index("article_state", "article", ["state", "last_changed_at"], unique=False)
    op.create_index("article_language", "article", ["language", "last_changed_at"], unique=False)
    op.create_index("article_changed", "article", ["last_changed_at"], unique=False)
    op.create_index("article_headline", "article", ["headline"], unique=False)
    op.create_index("article_of_site", "article", ["site_id", "id"], unique=False)
    op.create_index("article_due_by_site", "article", ["site_id", "next_check_at"], unique=False)

    op.create_table(
        "capture",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("article_id", storage.tables.WHOLE, nullable=False),
        sa.Column("captured_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_captured_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("times", storage.tables.WHOLE, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", storage.tables.WHOLE, nullable=True),
        sa.Column("final_url", sa.String(), nullable=False),
        sa.Column("redirects", sa.JSON(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("blob_hash", sa.String(), nullable=True),
        sa.Column("size", storage.tables.WHOLE, nullable=False),
        sa.Column("elapsed_ms", storage.tables.WHOLE, nullable=False),
        sa.Column("robots_ignored", sa.Boolean(), nullable=False),
        sa.Column("let_go_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('page', 'not_modified', 'gone', 'walled', 'refused', 'failed', 'suspect', 'redirected')",
            name="outcome_known",
        ),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
        sa.ForeignKeyConstraint(
            ["blob_hash"],
            ["blob.hash"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("capture_of_article", "capture", ["article_id", "id"], unique=False)
    op.create_index(
        "capture_of_blob",
        "capture",
        ["blob_hash"],
        unique=False,
        sqlite_where=sa.text("blob_hash IS NOT NULL"),
        postgresql_where=sa.text("blob_hash IS NOT NULL"),
    )

    op.create_table(
        "fact",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("article_id", storage.tables.WHOLE, nullable=False),
        sa.Column("line_id", storage.tables.WHOLE, nullable=True),
        sa.Column("from_number", storage.tables.WHOLE, nullable=False),
        sa.Column("to_number", storage.tables.WHOLE, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("ordinal", storage.tables.WHOLE, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("fact_key", "fact", ["key"], unique=False)
    op.create_index("fact_line", "fact", ["line_id", "from_number"], unique=False)
    op.create_index("fact_of_article", "fact", ["article_id", "to_number", "from_number", "line_id"], unique=False)

    op.create_table(
        "rule",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("condition", sa.JSON(), nullable=False),
        sa.Column("timing", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "rule_channel",
        sa.Column("rule_id", storage.tables.WHOLE, nullable=False),
        sa.Column("channel_id", storage.tables.WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"]),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"]),
        sa.PrimaryKeyConstraint("rule_id", "channel_id"),
    )
    op.create_index("rule_of_channel", "rule_channel", ["channel_id"], unique=False)
    op.create_table(
        "mute",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("channel_id", storage.tables.WHOLE, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("line_id", storage.tables.WHOLE, nullable=True),
        sa.Column("article_id", storage.tables.WHOLE, nullable=True),
        sa.Column("rule_id", storage.tables.WHOLE, nullable=True),
        sa.Column("until_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.CheckConstraint("what IN ('fact', 'article', 'rule')", name="what_known"),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"]),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("mute_of_channel", "mute", ["channel_id"], unique=False)
    op.create_table(
        "version",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("article_id", storage.tables.WHOLE, nullable=False),
        sa.Column("number", storage.tables.WHOLE, nullable=False),
        sa.Column("capture_id", storage.tables.WHOLE, nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("headline", sa.String(), nullable=True),
        sa.Column("byline", sa.String(), nullable=True),
        sa.Column("published", sa.String(), nullable=True),
        sa.Column("published_source", sa.String(), nullable=True),
        sa.Column("modified", sa.String(), nullable=True),
        sa.Column("modified_source", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("extractor", sa.String(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("first_seen_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sightings", storage.tables.WHOLE, nullable=False),
        sa.Column("text_let_go_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"],
            ["capture.id"],
        ),
        sa.ForeignKeyConstraint(
            ["text_hash"],
            ["blob.hash"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article_id", "number"),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel_id", storage.tables.WHOLE, nullable=True),
        sa.Column("gathers", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sealed_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'sealed', 'withdrawn')", name="state_known"),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("alert_of_channel", "alert", ["channel_id", "gathers", "sealed_at"], unique=False)
    op.create_index(
        "alert_open",
        "alert",
        ["channel_id", "gathers"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "change",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("article_id", storage.tables.WHOLE, nullable=False),
        sa.Column("site_id", storage.tables.WHOLE, nullable=False),
        sa.Column("from_version_id", storage.tables.WHOLE, nullable=True),
        sa.Column("to_version_id", storage.tables.WHOLE, nullable=True),
        sa.Column("capture_id", storage.tables.WHOLE, nullable=True),
        sa.Column("line_id", storage.tables.WHOLE, nullable=True),
        sa.Column("story_id", storage.tables.WHOLE, nullable=True),
        sa.Column("story_line_id", storage.tables.WHOLE, nullable=True),
        sa.Column("changed_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("acknowledged", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"],
            ["capture.id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_version_id"],
            ["version.id"],
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"]),
        sa.ForeignKeyConstraint(
            ["to_version_id"],
            ["version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "change_at",
        "change",
        ["changed_at", "id", "severity", "type", "kind", "acknowledged", "article_id"],
        unique=False,
    )
    op.create_index(
        "change_at_site",
        "change",
        ["site_id", "changed_at", "id", "severity", "type", "kind", "acknowledged"],
        unique=False,
    )
    op.create_index("change_of_version", "change", ["to_version_id"], unique=False)
    op.create_index("change_from_version", "change", ["from_version_id"], unique=False)
    op.create_index("change_of_capture", "change", ["capture_id"], unique=False)
    op.create_index(
        "change_of_story_line",
        "change",
        ["story_line_id"],
        unique=False,
        sqlite_where=sa.text("story_line_id IS NOT NULL"),
        postgresql_where=sa.text("story_line_id IS NOT NULL"),
    )
    op.create_index("version_of_capture", "version", ["capture_id"], unique=False)
    op.create_index("version_seen", "version", ["first_seen_at"], unique=False)
    op.create_index("version_of_text", "version", ["text_hash"], unique=False)
    op.create_index(
        "change_of_article",
        "change",
        ["article_id", "id", "changed_at", "severity", "type", "kind", "acknowledged", "to_version_id"],
        unique=False,
    )

    op.create_table(
        "pick",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("change_id", storage.tables.WHOLE, nullable=False),
        sa.Column("article_id", storage.tables.WHOLE, nullable=False),
        sa.Column("rule_id", storage.tables.WHOLE, nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("channel_id", storage.tables.WHOLE, nullable=False),
        sa.Column("alert_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("picked_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("due_sightings", storage.tables.WHOLE, nullable=True),
        sa.Column("baseline", sa.String(), nullable=False),
        sa.Column("baseline_number", storage.tables.WHOLE, nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("line_id", storage.tables.WHOLE, nullable=True),
        sa.Column("turn", sa.String(), nullable=False),
        sa.Column("turns", storage.tables.WHOLE, nullable=False),
        sa.Column("turning_since_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('gathered', 'held', 'silent', 'folded', 'muted', 'withdrawn')", name="state_known"
        ),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"]),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"]),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("change_id", "channel_id", "rule_id"),
    )
    op.create_index("pick_of_article", "pick", ["article_id", "state", "picked_at"], unique=False)
    op.create_index("pick_of_alert", "pick", ["alert_id", "id"], unique=False)
    op.create_index("pick_of_line", "pick", ["line_id", "rule_id", "channel_id", "id"], unique=False)
    op.create_index("pick_due", "pick", ["state", "due_at"], unique=False)
    op.create_index("pick_of_rule", "pick", ["rule_id", "change_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("alert_id", sa.String(), nullable=False),
        sa.Column("channel_id", storage.tables.WHOLE, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", storage.tables.WHOLE, nullable=False),
        sa.Column("attempts_before", storage.tables.WHOLE, nullable=False),
        sa.Column("next_attempt_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("due_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("aside", sa.Boolean(), nullable=False),
        sa.Column("created_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'delivered', 'failed', 'withdrawn')", name="state_known"),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alert.id"],
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channel.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("alert_id", "channel_id"),
    )
    op.create_index("delivery_due", "delivery", ["state", "next_attempt_at"], unique=False)
    op.create_index("delivery_in_line", "delivery", ["channel_id", "state", "aside", "due_at", "id"], unique=False)
    op.create_index("delivery_listed", "delivery", ["state", "id"], unique=False)
    op.create_index("delivery_listed_of_channel", "delivery", ["channel_id", "id"], unique=False)

    op.create_table(
        "attempt",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("number", storage.tables.WHOLE, nullable=False),
        sa.Column("started_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.CheckConstraint("outcome IN ('started', 'delivered', 'retry', 'failed')", name="outcome_known"),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("delivery_id", "number"),
    )

    op.create_table(
        "page_record",
        sa.Column("article_id", storage.tables.WHOLE, nullable=False),
        sa.Column("site_id", storage.tables.WHOLE, nullable=False),
        sa.Column("read_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("characters", storage.tables.WHOLE, nullable=False),
        sa.Column("usual_characters", sa.Float(), nullable=False),
        sa.Column("paragraphs", storage.tables.WHOLE, nullable=False),
        sa.Column("headline", sa.Boolean(), nullable=False),
        sa.Column("byline", sa.Boolean(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("upset_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"]),
        sa.PrimaryKeyConstraint("article_id"),
    )
    op.create_index("page_record_of_site", "page_record", ["site_id", "read_at"], unique=False)

    op.create_table(
        "furniture",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("site_id", storage.tables.WHOLE, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("length", storage.tables.WHOLE, nullable=False),
        sa.Column("example", sa.String(), nullable=False),
        sa.Column("article_ids", sa.JSON(), nullable=False),
        sa.Column("times", storage.tables.WHOLE, nullable=False),
        sa.Column("first_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('line', 'pattern', 'place')", name="kind_known"),
        sa.CheckConstraint("state IN ('watched', 'ignored', 'kept')", name="state_known"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("site_id", "kind", "text"),
    )
    op.create_index("furniture_of_site", "furniture", ["site_id", "state", "last_at"], unique=False)

    op.create_table(
        "site_notice",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("site_id", storage.tables.WHOLE, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("opened_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('furniture', 'template')", name="kind_known"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("site_notice_of_site", "site_notice", ["site_id", "opened_at"], unique=False)

    op.create_table(
        "address",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("article_id", storage.tables.WHOLE, nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("seen_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("was_article_id", storage.tables.WHOLE, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("source IN ('given', 'feed', 'redirect', 'canonical')", name="source_known"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("address_of_article", "address", ["article_id"], unique=False)
    op.create_index("address_was_article", "address", ["was_article_id"], unique=False)
    op.create_table(
        "feed",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("site_id", storage.tables.WHOLE, nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("home", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("added_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("any_words", sa.JSON(), nullable=False),
        sa.Column("all_words", sa.JSON(), nullable=False),
        sa.Column("none_words", sa.JSON(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("any_site", sa.Boolean(), nullable=False),
        sa.Column("daily", storage.tables.WHOLE, nullable=True),
        sa.Column("first", storage.tables.WHOLE, nullable=True),
        sa.Column("story", sa.String(), nullable=True),
        sa.Column("publisher", sa.String(), nullable=True),
        sa.Column("interval_seconds", storage.tables.WHOLE, nullable=True),
        sa.Column("next_check_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("next_check_why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state_reason", sa.String(), nullable=False),
        sa.Column("failures", storage.tables.WHOLE, nullable=False),
        sa.Column("checks", storage.tables.WHOLE, nullable=False),
        sa.Column("entries", storage.tables.WHOLE, nullable=False),
        sa.Column("last_checked_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_ok_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_new_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("final_url", sa.String(), nullable=True),
        sa.Column("whole_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("body_hash", sa.String(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'ok', 'empty', 'broken', 'gone', 'walled', 'refused', 'failed')", name="state_known"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("url"),
    )
    op.create_index("feed_due", "feed", ["next_check_at", "site_id"], unique=False)
    op.create_table(
        "feed_entry",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("feed_id", storage.tables.WHOLE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("published", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("article_id", storage.tables.WHOLE, nullable=True),
        sa.Column("judged_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('added', 'known', 'rule', 'limit', 'early', 'elsewhere', 'unusable')", name="outcome_known"
        ),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("feed_id", "key"),
    )
    op.create_index("feed_entry_judged", "feed_entry", ["feed_id", "outcome", "judged_at"], unique=False)
    op.create_index("feed_entry_of_article", "feed_entry", ["article_id"], unique=False)
    op.create_index("feed_entry_seen", "feed_entry", ["feed_id", "last_seen_at"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("password_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('viewer', 'admin')", name="role_known"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name_key"),
    )
    op.create_table(
        "login_session",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", storage.tables.WHOLE, nullable=False),
        sa.Column("created_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_login_session_account_id", "login_session", ["account_id"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("account_id", storage.tables.WHOLE, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("created_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('read', 'write', 'feed')", name="scope_known"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_api_token_account_id", "api_token", ["account_id"], unique=False)
    op.create_table(
        "login_attempt",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("tried_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("login_attempt_in_bucket", "login_attempt", ["bucket", "tried_at"], unique=False)
    op.create_index("ix_login_attempt_tried_at", "login_attempt", ["tried_at"], unique=False)
    op.create_table(
        "setup_link",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", storage.tables.WHOLE, nullable=True),
        sa.Column("created_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", storage.tables.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_setup_link_account_id", "setup_link", ["account_id"], unique=False)
    op.create_table(
        "secret",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("created_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )

    op.create_table(
        "story",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "story_member",
        sa.Column("story_id", storage.tables.WHOLE, nullable=False),
        sa.Column("article_id", storage.tables.WHOLE, nullable=False),
        sa.Column("added_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_number", storage.tables.WHOLE, nullable=False),
        sa.Column("behind", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"]),
        sa.PrimaryKeyConstraint("story_id", "article_id"),
    )
    op.create_index("story_of_article", "story_member", ["article_id"], unique=False)
    op.create_index("member_behind", "story_member", ["behind"], unique=False)
    op.create_table(
        "story_line",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("story_id", storage.tables.WHOLE, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("sources", storage.tables.WHOLE, nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("verdict_since_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("first_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("behind", sa.Boolean(), nullable=False),
        sa.CheckConstraint("verdict IN ('agree', 'compatible', 'disagree')", name="verdict_known"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("line_behind", "story_line", ["behind"], unique=False)
    op.create_index("line_of_story", "story_line", ["story_id", "sources", "id"], unique=False)
    op.create_table(
        "story_cell",
        sa.Column("story_id", storage.tables.WHOLE, nullable=False),
        sa.Column("fact_line_id", storage.tables.WHOLE, nullable=False),
        sa.Column("line_id", storage.tables.WHOLE, nullable=False),
        sa.Column("article_id", storage.tables.WHOLE, nullable=False),
        sa.Column("joined_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("scope", sa.String(), nullable=True),
        sa.Column("headline", sa.Boolean(), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("fact_id", storage.tables.WHOLE, nullable=True),
        sa.Column("figure", sa.String(), nullable=True),
        sa.Column("chief", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["line_id"], ["story_line.id"]),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"]),
        sa.PrimaryKeyConstraint("story_id", "fact_line_id"),
    )
    op.create_index("cell_of_article", "story_cell", ["article_id"], unique=False)
    op.create_index(
        "cell_of_line", "story_cell", ["line_id", "figure", "chief", "fact_line_id", "fact_id"], unique=False
    )
    op.create_table(
        "story_block",
        sa.Column("story_id", storage.tables.WHOLE, nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("line_id", storage.tables.WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["story_line.id"]),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"]),
        sa.PrimaryKeyConstraint("story_id", "block", "line_id"),
    )
    op.create_index("block_of_line", "story_block", ["line_id"], unique=False)
    op.create_table(
        "story_decision",
        sa.Column("id", storage.tables.WHOLE, nullable=False),
        sa.Column("story_id", storage.tables.WHOLE, nullable=False),
        sa.Column("one_id", storage.tables.WHOLE, nullable=False),
        sa.Column("other_id", storage.tables.WHOLE, nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("decided_at", storage.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("story_id", "one_id", "other_id"),
    )
    op.create_table(
        "article_tag",
        sa.Column("article_id", storage.tables.WHOLE, nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.PrimaryKeyConstraint("article_id", "tag"),
    )
    op.create_index("tag_of_article", "article_tag", ["tag", "article_id"], unique=False)
    storage.search.create(op.get_bind())


def downgrade() -> None:
    raise NotImplementedError("there is nothing before the first schema")
