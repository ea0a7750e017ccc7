-- name: run_study
-- A study of the product as of now, each row with what the same rule was worth before; all of it is kept.
SELECT id AS backtest_id, subject, title, numbers, past, looked_at FROM company.run_study(%(session_id)s, %(study)s)
ORDER BY id

-- name: backtest_weights
-- Other weights of the score beside those in force, on what came true after four earlier moments; kept.
SELECT id AS backtest_id, study, subject, title, numbers, past, looked_at, weights
FROM company.backtest_weights(%(session_id)s, %(weights)s)

-- name: weights_in_force
-- What each part of the score weighs in the model of the last scores, in their order.
SELECT p.name, p.weight
FROM company.score_models m, unnest(m.names, m.weights) WITH ORDINALITY AS p (name, weight, place)
WHERE m.version = (SELECT s.model_version FROM company.score_passes s ORDER BY s.id DESC LIMIT 1)
ORDER BY p.place
