-- Why: a domain that says nothing looks healthy. A manager's work is done when its note is with whom it reports to, short enough to be read
-- and with a figure that can be looked up.

CREATE OR REPLACE FUNCTION company.require_sound_note(my_note text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(my_note, '') !~ '[0-9]' OR length(my_note) > 600 OR btrim(my_note, E' \n') ~ '\n.*\n' OR my_note ~ '[][<>`|*#{}]|://' THEN
    PERFORM company.refuse(
      'a_note_is_short_plain_and_has_a_figure', format('one or two plain lines of 600 characters at most, with a figure; this has %s', length(my_note))
    );
  END IF;
END $$;

-- A fire that worked is owed a note; one that rested, failed or died tells by its slot. The owner gets briefs and no notes.
CREATE OR REPLACE FUNCTION company.require_note_of(my_session bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM company.roster r
    WHERE r.role = company.me() AND r.kind = 'manager' AND r.reports_to <> 'owner' AND NOT EXISTS (
      SELECT FROM company.inbox i WHERE i.session_id = my_session AND i.from_role = r.role AND i.to_role = r.reports_to AND i.kind = 'note'
    )
  ) THEN
    PERFORM company.refuse('a_manager_closes_with_its_note', format('session %s sent none', my_session));
  END IF;
END $$;

REVOKE EXECUTE ON FUNCTION company.require_sound_note(text), company.require_note_of(bigint) FROM PUBLIC;
