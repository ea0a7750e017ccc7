-- Why: a figure is checked in whatever signs it is written. A draft said "forty-two" and a remark said one half in one
-- letter, and no fact held either.

-- The parts of a text that hold a digit: everything that a reader would take for a figure, a date or a name of a thing.
CREATE OR REPLACE FUNCTION company.figures_in(my_text text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT btrim(word, E'.,;:!?()"''\u2018\u2019\u201c\u201d\u2026')
  FROM regexp_split_to_table(my_text, '\s+') AS word WHERE word ~ '[0-9]'
$$;

-- Numbers that English writes in letters, with their figure; without one where none can be proven. One and first are
-- left out: they are hardly ever a figure.
CREATE OR REPLACE FUNCTION company.number_words() RETURNS TABLE (word text, figure text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w, (n - 1)::text FROM unnest(ARRAY['zero', NULL, 'two', 'three', 'four', 'five', 'six', 'seven', 'eight',
    'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen',
    'nineteen']) WITH ORDINALITY AS t (w, n)
  UNION ALL
  SELECT w, (n + 1)::text FROM unnest(ARRAY['second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth',
    'tenth', 'eleventh', 'twelfth', 'thirteenth', 'fourteenth', 'fifteenth', 'sixteenth', 'seventeenth', 'eighteenth',
    'nineteenth']) WITH ORDINALITY AS t (w, n)
  UNION ALL
  SELECT w || ending, (10 * (n + 1))::text FROM unnest(ARRAY['twent', 'thirt', 'fort', 'fift', 'sixt', 'sevent',
    'eight', 'ninet']) WITH ORDINALITY AS t (w, n), unnest(ARRAY['y', 'ieth']) AS ending
  UNION ALL
  SELECT w || ending, CASE WHEN ending <> 's' THEN n END
  FROM (VALUES ('dozen', '12'), ('hundred', '100'), ('thousand', '1000'), ('million', '1000000'),
    ('billion', '1000000000'), ('trillion', '1000000000000')) AS t (w, n), unnest(ARRAY['', 's', 'th']) AS ending
  UNION ALL
  SELECT w, NULL FROM unnest(ARRAY['half', 'halves', 'halved', 'thirds', 'quarter', 'quarters', 'fifths', 'tenths',
    'twice', 'thrice', 'double', 'doubled', 'triple', 'tripled', 'fourfold', 'tenfold', 'couple', 'pair', 'forties',
    'fifties', 'nought', 'nil', 'lakh', 'crore']) AS t (w)
$$;

-- A Roman number of two letters or more; short names of other things look like one and are none.
CREATE OR REPLACE FUNCTION company.is_roman(word text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT word ~ '^([IVXLCDM]{2,}|[ivx]{2,})$'
    AND upper(word) ~ '^M*(C[DM]|D?C{0,3})(X[CL]|L?X{0,3})(I[XV]|V?I{0,3})$'
    AND word <> ALL (ARRAY['CI', 'CD', 'CV', 'DC', 'DI', 'LI', 'MC', 'MD', 'MI', 'vi'])
$$;

-- A sign that is neither ASCII nor a Latin letter nor a usual mark may mean a number: a half, a raised 2, a digit of
-- another script.
CREATE OR REPLACE FUNCTION company.has_other_signs(word text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT word ~ ('[^ -~\u00a9\u00ae\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f'
    || '\u2010-\u2015\u2018-\u201d\u2022\u2026\u20ac\u2122]')
$$;

-- Figures of a text in other signs than 0 to 9 that what was said does not hold. What cannot be proven is among them.
CREATE OR REPLACE FUNCTION company.figures_in_other_signs(my_text text, said text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT n.word
  FROM regexp_split_to_table(lower(my_text), '[^a-z]+') AS w (word) JOIN company.number_words() n USING (word)
  WHERE n.word NOT IN (SELECT regexp_split_to_table(lower(said), '[^a-z]+'))
    AND coalesce(n.figure NOT IN (SELECT company.figures_in(said)), true)
  UNION
  SELECT w.word FROM regexp_split_to_table(my_text, '[^A-Za-z0-9]+') AS w (word)
  WHERE company.is_roman(w.word) AND w.word NOT IN (SELECT regexp_split_to_table(said, '[^A-Za-z0-9]+'))
  UNION
  SELECT w.word FROM regexp_split_to_table(my_text, '[ \t\n\r]+') AS w (word)
  WHERE company.has_other_signs(w.word) AND position(w.word IN said) = 0
$$;
