-- Why: two days of the same simulated company are to be equal, also in what is drawn for audits and planted for
-- auditors, and still no login may know beforehand what is drawn. Only the draw itself reads this word.

CREATE TABLE company.draw_secret (
  singleton boolean PRIMARY KEY DEFAULT true CONSTRAINT there_is_one_draw_secret CHECK (singleton),
  secret text NOT NULL
);

INSERT INTO company.draw_secret (secret)
SELECT CASE WHEN is_simulated THEN md5(format('simulated from %s', extract(epoch FROM simulated_now)))
  ELSE gen_random_uuid()::text END
FROM company.clock;
