-- Why: whether a mistake stopped is counted, so every session that made it is kept, also those that a lesson no longer cites.

CREATE TABLE company.lesson_sightings (
  lesson_id bigint NOT NULL REFERENCES company.lessons (id),
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  PRIMARY KEY (lesson_id, session_id)
);
INSERT INTO company.lesson_sightings (lesson_id, session_id)
SELECT l.id, s.id FROM company.lessons l JOIN company.sessions s ON s.id = ANY (l.sessions);
