-- name: flow_check
-- Each stage of each pipeline: when it last moved, how long it may stand still, and whether it flows.
SELECT pipeline, stage, last_at, rested, may_rest, is_flowing, facts FROM company.flow_check()
