-- Why: what is drawn for an audit, nobody may foresee, and nobody draws again until it suits: who draws and rolls back
-- would find what is planted, which comes each time. So it is a keyed hash, and no login reads the key. A simulated
-- brain has the key of its birth, so that two equal days are equal.

-- A word by which something is drawn: things are ordered by md5(word || name). about: the session that draws, and what.
CREATE OR REPLACE FUNCTION company.chance(about text) RETURNS text
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$ SELECT encode(sha256(convert_to(s.secret || ' ' || about, 'UTF8')), 'hex') FROM company.draw_secret s $$;

-- A share from 0 to 1, drawn by such a word.
CREATE OR REPLACE FUNCTION company.drawn_share(luck text) RETURNS double precision
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT ('x' || left(md5(luck), 8))::bit(32)::bigint / 4294967296.0::double precision $$;
