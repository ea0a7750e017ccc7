-- name: run_study
-- A study of the product as of now, each row with what the same rule was worth before; all of it is kept.
SELECT id AS backtest_id, subject, title, numbers, past, looked_at FROM company.run_study(%(session_id)s, %(study)s)
ORDER BY id

-- name: backtest_weights
-- Other weights of the score beside those in force, on what came true after four earlier moments; kept.
SELECT id AS backtest_id, study, subject, title, numbers, past, looked_at, weights
FROM company.backtest_weights(%(session_id)s, %(weights)s)
