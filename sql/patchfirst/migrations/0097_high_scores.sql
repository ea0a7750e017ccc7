-- Why: a customer's page shows for each of its weeks how many scores were high, and read every score that ever was.
CREATE INDEX score_history_high ON company.score_history (entity, valid_to) WHERE old_score >= 50;
