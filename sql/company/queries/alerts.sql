-- name: claim_alerts
-- Takes the alerts that are due now; the try is counted before it is made.
SELECT id, kind, level, facts, finding_id, decision_id, tries, receipts FROM company.claim_alerts()
ORDER BY id

-- name: confirm_alert
-- What each way said of it. With a refusal the alert is tried again, then the brief says so.
SELECT company.confirm_alert(
  %(alert_id)s, %(took)s, %(refusal)s, %(unsent_title)s, %(unsent_effect)s
) AS was_sent

-- name: alerts_on_the_way
-- Alerts that have not been sent yet.
SELECT id, kind, level, facts, finding_id, decision_id, raised_at, not_before, tries FROM company.alerts
WHERE sent_at IS NULL
ORDER BY not_before, id

-- name: record_alarm_test
-- The owner tried one way to herself.
SELECT company.record_alarm_test(%(alarm)s, %(is_ok)s, %(result)s)

-- name: last_alarm_tests
-- When each way to the owner was last tried, and what came of it.
SELECT DISTINCT ON (alarm) alarm, tested_at, tested_by, is_ok, result FROM company.alarm_tests ORDER BY alarm, id DESC

-- name: console_alerts
-- Alerts to the owner, the last first.
SELECT id, kind, level, facts, finding_id, decision_id, raised_at, not_before, tries, sent_at, receipt
FROM company.alerts
WHERE id < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY id DESC LIMIT %(limit)s
