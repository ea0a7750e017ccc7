"""Every unique key with a text in it says who may claim it, so that a new one cannot be anybody's."""

from tests.support.brains import VERTICAL, TestBrain

KEYS = """
SELECT c.relname AS table, x.relname AS key, n.nspname AS schema
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisunique AND n.nspname IN ('company', %(product)s) AND (0 = ANY (i.indkey::int[]) OR EXISTS (
  SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
    AND a.atttypid IN ('text'::regtype, 'name'::regtype, 'bytea'::regtype)))
"""
OWNERS = {
    "a_form_is_sent_once": "the console alone, by chance (note_console_act)",
    "a_live_dedupe_key_is_unique": "each filer has keys of its own",
    "a_mail_event_is_kept_once": "heartbeat alone (note_mail_event)",
    "a_thing_is_checked_once_in_an_audit": "an auditor, within an audit of its own (record_audit)",
    "an_alert_is_raised_once": "functions of the database (raise_alert)",
    "an_outbox_entry_is_made_once": "the roles whose records have the action; each action has keys of its own",
    "approvals_pkey": "migrations",
    "brain_pkey": "each page has its one writer (write_brain)",
    "bytes_are_kept_once_for_a_moment": "the writers of a source, each its own (record_raw)",
    "console_logouts_pkey": "the console alone, by chance (end_console_session)",
    "customer_keys_pkey": "the owner, by chance (make_customer_key)",
    "customers_name_key": "the owner",
    "decision_links_pkey": "the ceo and the console, by chance (issue_decision_link)",
    "drafts_slug_key": "publish alone (publish_draft)",
    "entities_pkey": "link alone, by grant",
    "histories_pkey": "migrations",
    "links_pkey": "link alone, by grant",
    "model_prices_pkey": "migrations",
    "names_pkey": "promotion, by triggers of the product",
    "new_words_pkey": "the writers of a source, each its own (note_new_words)",
    "one_live_lesson_per_signature": "memory_worker alone (write_lesson)",
    "one_draw_of_a_subject_in_a_session": "an auditor, within a session of its own (draw_sample)",
    "one_open_attempt_per_slot": "the slot's own role (open_session)",
    "one_open_change_of_the_same_diff": "who holds the build task; the same diff is the same change (propose_change)",
    "one_open_decision_per_fingerprint": "each asker has fingerprints of its own",
    "an_order_waits_once": "the owner (order_change)",
    "one_deployment_at_a_time": "the auditor of building (start_deployment)",
    "one_open_finding_of_the_database": "functions of the database (open_database_finding)",
    "one_open_finding_per_fingerprint": "each finder has fingerprints of its own",
    "one_open_proposal_of_a_pattern": "who ran the study; the same pattern is the same proposal (propose)",
    "outputs_pkey": "each role its own",
    "role_leases_pkey": "each role its own (take_role_lease)",
    "roster_login_key": "migrate",
    "roster_pkey": "migrate",
    "routes_pkey": "the writers of a source; only answers are written (record_fetch)",
    "schedules_pkey": "heartbeat alone (note_schedule)",
    "score_models_pkey": "score alone (score_all)",
    "scores_pkey": "score alone (score_all)",
    "slot_days_pkey": "heartbeat alone (retire_old_slots)",
    "slot_ends_pkey": "the slots of a moment, each role a row of its own, by their trigger (count_slot_ends)",
    "slot_retries_pkey": "who watches or manages the slot's role (ask_retry)",
    "slots_pkey": "heartbeat; a role under names of its own (open_session)",
    "spellings_pkey": "link alone (note_spellings)",
    "spend_days_pkey": "the calls of a role, by their trigger (add_up_spending)",
    "spending_limits_pkey": "the owner",
    "streams_pkey": "migrations",
    "switches_pkey": "the owner",
}
"""A unique index of the company's -> who may claim a key in it."""


def test_every_unique_text_key_says_who_may_claim_it(brain: TestBrain) -> None:
    keys = {row["key"] for row in brain.sql("owner", KEYS, product=VERTICAL) if row["schema"] == "company"}

    assert keys - set(OWNERS) == set()
    assert set(OWNERS) - keys == set()


def test_a_products_unique_text_keys_are_written_by_promotion_alone(brain: TestBrain) -> None:
    products = {row["table"] for row in brain.sql("owner", KEYS, product=VERTICAL) if row["schema"] == VERTICAL}
    canonical = {row["source"] for row in brain.sql("owner", "SELECT source FROM company.streams")}

    assert products - canonical == set()
