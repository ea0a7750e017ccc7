-- Why: the last word on who may do what. Everybody of the staff may read the company; writing goes through the functions above.

GRANT USAGE ON SCHEMA company TO @staff@;

GRANT SELECT ON company.clock, company.roster, company.switches, company.outward_acts, company.brain, company.brain_history,
  company.task_queue, company.task_events, company.schedules, company.slots, company.sessions, company.session_log,
  company.findings, company.decisions, company.briefs, company.outbox, company.beats TO @staff@;
GRANT SELECT ON company.plants TO @owners@, @ceos@;

GRANT EXECUTE ON FUNCTION company.now(), company.me(), company.my_kind(), company.refuse(text, text) TO @staff@;
GRANT EXECUTE ON FUNCTION company.require_living_session(bigint),
  company.open_session(text, timestamptz, text, interval), company.close_session(bigint, text, jsonb, text),
  company.record_thinking(bigint, text, text, integer, jsonb, numeric), company.log_learned(bigint, text, text, jsonb, bigint),
  company.write_brain(text, text),
  company.file_task(text, text, jsonb, smallint, text, timestamptz), company.claim_task(text, bigint, interval),
  company.close_task(bigint, bigint, text, jsonb, boolean, text, text, interval), company.renew_lease(bigint, bigint, interval),
  company.sort_task(bigint, text, text, bigint, smallint), company.return_expired_leases(),
  company.open_finding(text, text, text, text, text, text, jsonb, text, text), company.answer_finding(bigint, text),
  company.close_finding(bigint, text), company.mute_finding(bigint, timestamptz), company.plant(text, text, text),
  company.send_message(text, text, text, text, text, jsonb, bigint, bigint, bigint), company.read_inbox(),
  company.answer_message(bigint, text),
  company.ask_decision(text, text, text, text, jsonb, text, text, timestamptz, bigint, jsonb),
  company.answer_decision(bigint, text, text), company.let_silence_answer(), company.note_decision_acted(bigint, text),
  company.set_switch(text, text), company.set_outward_act(text, text),
  company.record_outward_act(text, text, text, text, jsonb, bytea, bigint), company.confirm_outward_act(bigint, bigint, boolean, text),
  company.write_brief(date, timestamptz, timestamptz, text, text, text, jsonb, jsonb), company.note_brief_sent(bigint)
TO @staff@;

-- The ledger is heartbeat's alone.
GRANT EXECUTE ON FUNCTION company.withdraw_slots(text, text),
  company.expect_slots(text, timestamptz[], timestamptz, boolean), company.note_gone(text[]), company.end_dead_sessions(),
  company.end_overdue_slots(integer, interval), company.record_beat(bigint, integer, integer)
TO @login:heartbeat@;

-- Mail is read by whom it concerns: the two ends, the CEO, those who audit, and the owner.
GRANT SELECT ON company.inbox TO @staff@;
ALTER TABLE company.inbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY mail_is_read_by_whom_it_concerns ON company.inbox FOR SELECT TO @staff@
USING (company.me() IN (to_role, from_role) OR company.my_kind() IN ('ceo', 'auditor', 'owner'));
