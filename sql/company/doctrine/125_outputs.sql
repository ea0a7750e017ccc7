-- Why: whatever a role says towards a person has a budget for its day, so that no role can bury the owner, or another
-- role's news. What exceeds it is counted, never lost without a trace, and the role is named (scar: 500 questions were
-- 500 alerts).

GRANT SELECT ON company.outputs TO @staff@;

-- The only place with these numbers; docs/alarms.md has them too. Questions to the owner; new findings; findings that
-- ring; messages of each kind (a session's own note is not counted); alerts about one role at one level before the rest
-- becomes one alert; refused calls before the caller is named; new tasks; entries of the outbox: briefs, pages to one
-- customer, posts.
CREATE OR REPLACE FUNCTION company.most_a_day(my_what text, my_kind text) RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE my_what
    WHEN 'question' THEN 3
    WHEN 'finding' THEN CASE my_kind WHEN 'machine' THEN 100 ELSE 30 END
    WHEN 'ring' THEN 3
    WHEN 'escalation' THEN 10
    WHEN 'alarm' THEN 10
    WHEN 'note' THEN 20
    WHEN 'alert' THEN 3
    WHEN 'alert about heartbeat' THEN 20
    WHEN 'refused' THEN 20
    WHEN 'task' THEN 100
    WHEN 'brief' THEN 3
    WHEN 'deliver' THEN 48
    WHEN 'publish' THEN 48
    WHEN 'correct' THEN 48
  END
$$;

-- Who is never limited: the owner, and heartbeat, which makes one finding of many schedules. What the database itself
-- reports does not come here.
CREATE OR REPLACE FUNCTION company.is_never_limited(my_role text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce(my_role, '') IN ('heartbeat', 'owner') $$;

CREATE OR REPLACE FUNCTION company.rang_lately(who text) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(*) FROM company.findings
  WHERE found_by = who AND level = 'ring' AND found_at > company.now() - interval '1 day'
    AND NOT company.is_never_limited(who)
$$;

CREATE OR REPLACE FUNCTION company.owners_day() RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT (company.now() AT TIME ZONE company.owner_zone())::date $$;

-- Counts one more of this kind for the caller's day; 0 when it is within the budget, else which one beyond it. A role
-- counts in rows of its own, so that no role can hold up another one.
CREATE OR REPLACE FUNCTION company.count_output(my_what text, most integer, my_text text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  beyond integer;
  shown CONSTANT text := left(coalesce(my_text, ''), 200);
BEGIN
  INSERT INTO company.outputs AS o (role, day, what, taken)
  VALUES (coalesce(company.me(), session_user), company.owners_day(), my_what, 1)
  ON CONFLICT (role, day, what) DO UPDATE
  SET taken = o.taken + (o.taken < most)::int, set_aside = o.set_aside + (o.taken >= most)::int,
    first_text = CASE WHEN o.taken >= most AND o.set_aside = 0 THEN shown ELSE o.first_text END,
    last_text = CASE WHEN o.taken >= most THEN shown ELSE o.last_text END, last_at = company.now()
  RETURNING set_aside INTO beyond;
  RETURN beyond;
END $$;

-- Whether the caller may say one more of this kind today; beyond the budget, one open finding names the caller.
CREATE OR REPLACE FUNCTION company.may_say(my_what text, my_text text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  beyond integer;
BEGIN
  IF company.is_never_limited(company.me()) THEN
    RETURN true;
  END IF;
  beyond := company.count_output(my_what, company.most_a_day(my_what, company.my_kind()), my_text);
  -- A ring too many still comes, as today.
  IF beyond % 50 = 1 AND my_what <> 'ring' THEN
    PERFORM company.name_the_loud();
  END IF;
  RETURN beyond = 0;
END $$;

-- One open finding about a role that says more than its day holds, for its watcher. The counts are in outputs.
CREATE OR REPLACE FUNCTION company.name_the_loud() RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT finding_id FROM company.roster r, company.open_database_finding(
    'set_aside:' || r.role, 'set_aside', r.role, 'brief', format('%s says more than its day holds', r.role),
    'none: the rest is counted and reaches nobody', jsonb_build_object('first_seen_on', company.owners_day()),
    coalesce(r.watched_by, r.reports_to), 'brain')
  WHERE r.role = company.me()
$$;

-- Calls of an open session's tools that the brain refused, with the rule that refused most of them. A dozen may be a
-- mistake; more names the role.
CREATE OR REPLACE FUNCTION company.note_refusals(my_session bigint, times integer, my_rule text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  FOR n IN 1 .. least(times, 100) LOOP
    PERFORM company.may_say('refused', CASE WHEN my_rule ~ '^[a-z0-9_]{1,63}$' THEN my_rule ELSE 'a rule' END);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.note_refusals(bigint, integer, text) TO @staff@;
