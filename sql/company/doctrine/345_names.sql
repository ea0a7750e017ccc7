-- Why: one name has many spellings. One function says what they share, whatever the collation of the database, and all
-- who compare names ask it.

GRANT SELECT ON company.names TO @staff@;

-- A text as its words: small letters without accents, no punctuation, one blank between two words. Letters of every
-- script stay, and so do + and #, which tell C from C++ and C#. Marks are no words, nor is what HTML writes for a sign:
-- the readers of sources read such escapes, but what customers write, inventories and older rows may have one.
CREATE OR REPLACE FUNCTION company.plain_words(written text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  plain text := written;
BEGIN
  IF strpos(plain, '&') > 0 AND strpos(plain, ';') > 0 THEN
    plain := regexp_replace(plain, '&(amp;)*(amp|apos|copy|gt|lt|nbsp|quot|reg|trade'
      '|#0*(34|38|39|60|62|160|169|174|8482)|#x0*(22|26|27|3c|3e|a0|a9|ae|2122));', ' ', 'gi');
  END IF;
  IF plain COLLATE "C" ~ '[^ -~]' THEN
    -- Signs that no reader sees, and those that would turn into letters.
    plain := regexp_replace(plain COLLATE "C", '[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF™℠ⓇⒸ]',
      '', 'g');
    -- Accents are signs of their own now; those of other scripts than Latin, Greek and Cyrillic are letters, and stay.
    plain := normalize(regexp_replace(normalize(plain, NFKD), '[\u0300-\u036F]', '', 'g'), NFC);
    -- No collation is sure to know the small letters of other scripts.
    plain := translate(plain,
      'ØŁĐÐÞĦŊıƏΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣςΤΥΦΧΨΩАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐø' || 'łđðþħŋ',
      'oldðþhŋiəαβγδεζηθικλμνξοπρσστυφχψωабвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґo' || 'ldðþhŋ');
    plain := translate(plain, 'ẞÆŒ’‘', 'ßæœ');
    plain := replace(replace(replace(plain, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe');
    plain := regexp_replace(plain, '[\u0080-\u00A9\u00AB-\u00B4\u00B6-\u00B9\u00BB-\u00BF\u00D7\u00F7\u2000-\u2BFF'
      '\u3000-\u3004\u3008-\u3020\u30FB\uE000-\uF8FF\uFE10-\uFE6F\uFFFC\uFFFD\U0001F000-\U0001FAFF]+', ' ', 'g');
  END IF;
  IF strpos(plain, '(') > 0 THEN
    plain := regexp_replace(plain, '\((r|tm|sm|c)\)', ' ', 'gi');
  END IF;
  -- S.A. and A/S are one word each, O'Hara too.
  plain := regexp_replace(lower(translate(plain, '''`', '') COLLATE "C"), '\m([a-z])[./](?=[a-z]\M)', '\1', 'g');
  RETURN btrim(regexp_replace(plain, '[\x01-\x22\x24-\x2A\x2C-\x2F\x3A-\x40\x5B-\x60\x7B-\x7F]+', ' ', 'g'));
END $$;
GRANT EXECUTE ON FUNCTION company.plain_words(text) TO @staff@;

-- What all spellings of one name share: its words without what leads or ends it and tells nobody apart (an article, a
-- legal form), and without blanks. Null when nothing is left to go by.
CREATE OR REPLACE FUNCTION company.name_key(written text, before text[], after text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  words text[] := string_to_array(company.plain_words(written), ' ');
BEGIN
  IF words <> '{and}' THEN
    words := array_remove(words, 'and');
  END IF;
  WHILE cardinality(words) > 1 AND words[1] = ANY (before) LOOP
    words := words[2:];
  END LOOP;
  WHILE cardinality(words) > 1 AND words[cardinality(words)] = ANY (after) LOOP
    words := words[:cardinality(words) - 1];
  END LOOP;
  RETURN nullif(array_to_string(words, ''), '');
END $$;
GRANT EXECUTE ON FUNCTION company.name_key(text, text[], text[]) TO @staff@;

-- Every spelling of the names with these keys, and of those that somebody decided to be the same name: however far the
-- decisions lead, and in both directions.
CREATE OR REPLACE FUNCTION company.spellings_of(my_kind text, keys text[]) RETURNS text[]
-- Planned once in a session, not at each call.
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN (
    WITH RECURSIVE decided AS MATERIALIZED (
      SELECT one.key, other.key AS same
      FROM company.spellings s
      JOIN company.names one ON one.kind = s.kind AND one.spelling = s.spelling
      JOIN company.names other ON other.kind = s.kind AND other.spelling = s.name
      WHERE s.kind = my_kind AND s.method = 'decided' AND one.key <> other.key
    ), meant (key) AS (
      SELECT unnest(keys)
      UNION
      SELECT CASE WHEN d.key = m.key THEN d.same ELSE d.key END
      FROM meant m JOIN decided d ON m.key IN (d.key, d.same)
    )
    SELECT coalesce(array_agg(n.spelling), '{}')
    FROM meant m JOIN company.names n ON n.kind = my_kind AND n.key = m.key
  );
END $$;
GRANT EXECUTE ON FUNCTION company.spellings_of(text, text[]) TO @staff@;

-- Names of a kind that look like a key that is none of theirs, the most similar first: by the threes of letters that
-- both have, or because one holds the other. For the one who wrote it to choose from.
CREATE OR REPLACE FUNCTION company.names_like(my_kind text, my_key text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH threes AS MATERIALIZED (
    SELECT DISTINCT substr(' ' || my_key || ' ', n, 3) AS three FROM generate_series(1, length(my_key)) AS n
  ), near AS (
    SELECT n.key, min(coalesce(s.name, n.spelling)) AS spelling, (SELECT count(*) FROM threes
      WHERE strpos(' ' || n.key || ' ', three) > 0) * 2.0 / (length(n.key) + length(my_key)) AS likeness,
      strpos(n.key, my_key) > 0 OR (length(n.key) > 3 AND strpos(my_key, n.key) > 0) AS is_within
    FROM company.names n LEFT JOIN company.spellings s ON s.kind = n.kind AND s.spelling = n.spelling
    WHERE n.kind = my_kind AND n.key IS NOT NULL
    GROUP BY n.key
  )
  SELECT coalesce(array_agg(spelling), '{}') FROM (
    SELECT spelling FROM near WHERE likeness >= 0.4 OR is_within ORDER BY likeness DESC, spelling LIMIT 5
  ) AS best
$$;
GRANT EXECUTE ON FUNCTION company.names_like(text, text) TO @staff@;
