-- One person who is there twice: found, told apart, merged.

-- ---- who may ----

-- Clerks and admins, of those whom they cover; not schools, as a merger gives one's sign-in another's things.
-- fragment keeps_people(actor, whose)
(@keeps_all(actor) OR EXISTS (SELECT 1 FROM role_grant held JOIN institution home ON home.region = held.code
    WHERE held.person_id = actor AND held.role = 'clerk' AND held.scope = 'region' AND home.code IN
        (SELECT attends.institution FROM pupil attends WHERE attends.person_id = whose
        UNION ALL SELECT acted.institution FROM guardian acted
            WHERE acted.guardian_id = whose AND acted.state = 'active')))

-- statement person_is_keeper(actor id) rows
SELECT 1 WHERE @merges_persons(?1)

-- ---- found ----

-- statement person_kept(person_id id) rows
SELECT kept_id FROM merger WHERE person_id = ?1

-- Who a register tells of now has the pairs that follow from it, but for those that somebody told apart.
-- statement person_pairs_end(person_id id) run
DELETE FROM namesake WHERE is_open = 1 AND (person_id = ?1 OR other_id = ?1)

-- statement person_pairs_find(person_id id, search_name text, birth date, now time, limit int) run
INSERT INTO namesake (person_id, other_id, found, is_open)
SELECT CASE WHEN o.id < ?1 THEN o.id ELSE ?1 END, CASE WHEN o.id < ?1 THEN ?1 ELSE o.id END, ?4, 1
FROM person o WHERE o.search_name = ?2 AND o.birth = ?3 AND o.id <> ?1 ORDER BY o.id LIMIT ?5
ON CONFLICT (person_id, other_id) DO NOTHING

-- statement person_pairs(actor id, found time, person_id id, other_id id, limit int) rows
SELECT n.found, n.person_id, n.other_id, n.person_id, n.other_id, n.found, p.given, p.family, p.patronymic, p.birth,
    s.name, EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id), o.given, o.family, o.patronymic, z.name,
    EXISTS (SELECT 1 FROM account a WHERE a.person_id = o.id)
FROM namesake n JOIN person p ON p.id = n.person_id JOIN person o ON o.id = n.other_id
    LEFT JOIN pupil t ON t.person_id = p.id LEFT JOIN institution s ON s.code = t.institution
    LEFT JOIN pupil u ON u.person_id = o.id LEFT JOIN institution z ON z.code = u.institution
WHERE n.is_open = 1 AND (n.found, n.person_id, n.other_id) > (?2, ?3, ?4)
    AND @keeps_people(?1, n.person_id) AND @keeps_people(?1, n.other_id)
ORDER BY n.found, n.person_id, n.other_id LIMIT ?5

-- statement person_pair_seen(actor id, person_id id, other_id id) rows
SELECT is_open FROM namesake
WHERE person_id = ?2 AND other_id = ?3 AND @keeps_people(?1, person_id) AND @keeps_people(?1, other_id)

-- statement person_pair_close(person_id id, other_id id) run
UPDATE namesake SET is_open = 0 WHERE person_id = ?1 AND other_id = ?2

-- ---- looked at ----

-- statement person_side(actor id, person_id id, now time) rows
SELECT p.wrapped_key, p.sealed_number, p.sealed_document, p.sealed_mail, p.sealed_phone, p.given, p.family, p.birth,
    (SELECT a.login FROM account a WHERE a.person_id = p.id), EXISTS (SELECT 1 FROM erasure e WHERE e.person_id = p.id),
    EXISTS (SELECT 1 FROM merger m WHERE m.person_id = p.id),
    EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id)
        OR EXISTS (SELECT 1 FROM substitute s WHERE s.substitute_id = p.id AND s.until > ?3)
FROM person p WHERE p.id = ?2 AND @keeps_people(?1, p.id)

-- What would make of two lives one that nobody can have led, or that the rules do not let anybody lead.
-- statement person_against(kept id, merged id) rows
SELECT 'person.own_guardian' WHERE EXISTS (SELECT 1 FROM guardian g WHERE g.state IN ('requested', 'active')
    AND (g.guardian_id = ?1 AND g.child_id = ?2 OR g.guardian_id = ?2 AND g.child_id = ?1))
UNION ALL SELECT 'person.both_applied' WHERE EXISTS (SELECT 1 FROM application a JOIN application b
    ON b.person_id = ?1 AND b.service = a.service AND b.subject_id = a.subject_id AND b.is_open = 1
    WHERE a.person_id = ?2 AND a.is_open = 1)
UNION ALL SELECT 'person.both_enrolled' WHERE EXISTS (SELECT 1 FROM request a JOIN request b
    ON b.person_id = ?1 AND b.offering_id = a.offering_id AND b.holds_place + b.is_waiting > 0
    WHERE a.person_id = ?2 AND a.holds_place + a.is_waiting > 0)
UNION ALL SELECT 'person.both_admitted' WHERE EXISTS (SELECT 1 FROM admission a JOIN admission b ON b.person_id = ?1
    AND (b.service = a.service AND b.list = a.list AND b.year = a.year
        OR b.offering_id = a.offering_id AND b.is_live + a.is_live = 2)
    WHERE a.person_id = ?2)
UNION ALL SELECT 'person.both_seated' WHERE EXISTS (SELECT 1 FROM seat a JOIN seat b
    ON b.person_id = ?1 AND b.sitting_id = a.sitting_id WHERE a.person_id = ?2)
UNION ALL SELECT 'person.both_in_season' WHERE EXISTS (SELECT 1 FROM entry a JOIN entry b ON b.person_id = ?1
    AND b.season_id = a.season_id AND b.is_open + b.is_invited = 1
    WHERE a.person_id = ?2 AND a.is_open + a.is_invited = 1)
    OR EXISTS (SELECT 1 FROM result a JOIN result b ON b.person_id = ?1 AND b.season_id = a.season_id
    WHERE a.person_id = ?2)
UNION ALL SELECT 'person.two_places' WHERE EXISTS (SELECT 1 FROM entry e JOIN sitting t ON t.id = e.sitting_id
    WHERE e.person_id = ?2 AND e.is_open = 1 AND @busy(?1, t.starts, t.starts + t.minutes * 60000000))
    OR EXISTS (SELECT 1 FROM slot_seat c WHERE c.person_id = ?2 AND @busy(?1, c.starts, c.ends))
UNION ALL SELECT 'person.both_owe' WHERE EXISTS (SELECT 1 FROM invoice a JOIN invoice b ON b.person_id = ?1
    AND b.kind = a.kind AND b.subject_id = a.subject_id AND b.is_live = 1 WHERE a.person_id = ?2 AND a.is_live = 1)
UNION ALL SELECT 'person.being_placed' WHERE EXISTS (SELECT 1 FROM entry e JOIN sitting t ON t.id = e.sitting_id
    WHERE e.person_id = ?2 AND e.is_open = 1 AND t.state IN ('frozen', 'proposed', 'confirming', 'closing'))
    OR EXISTS (SELECT 1 FROM round_row w JOIN offering_round o ON o.offering_id = w.offering_id
    WHERE w.person_id = ?2 AND o.state IN ('proposed', 'confirming'))
UNION ALL SELECT 'person.own_judge' WHERE EXISTS (SELECT 1 FROM panel_member j WHERE j.person_id = ?2 AND (
    EXISTS (SELECT 1 FROM request r WHERE r.person_id = ?1 AND r.offering_id = j.offering_id)
    OR EXISTS (SELECT 1 FROM panel_member o WHERE o.person_id = ?1 AND o.offering_id = j.offering_id)))
    OR EXISTS (SELECT 1 FROM panel_member j JOIN request r ON r.person_id = ?2 AND r.offering_id = j.offering_id
    WHERE j.person_id = ?1)

-- statement person_places(person_id id) rows
SELECT r.offering_id FROM request r WHERE r.person_id = ?1 AND r.holds_place = 1

-- In the order in which person_merge.c names them.
-- statement person_moved(merged id) rows
SELECT (SELECT COUNT(*) FROM application a WHERE a.person_id = ?1),
    (SELECT COUNT(*) FROM draft d WHERE d.person_id = ?1),
    (SELECT COUNT(*) FROM document d WHERE d.person_id = ?1),
    (SELECT COUNT(*) FROM guardian g WHERE g.guardian_id = ?1) + (SELECT COUNT(*) FROM guardian g WHERE g.child_id = ?1),
    (SELECT COUNT(*) FROM pupil t WHERE t.person_id = ?1),
    (SELECT COUNT(*) FROM register_record r WHERE r.person_id = ?1),
    (SELECT COUNT(*) FROM admission a WHERE a.person_id = ?1),
    (SELECT COUNT(*) FROM seat x WHERE x.person_id = ?1),
    (SELECT COUNT(*) FROM result r WHERE r.person_id = ?1),
    (SELECT COUNT(*) FROM certificate c WHERE c.person_id = ?1),
    (SELECT COUNT(*) FROM invoice i WHERE i.person_id = ?1),
    (SELECT COUNT(*) FROM notification n WHERE n.person_id = ?1)

-- ---- moved: every column of the schema that says whose something is; tests/architecture tells of a new one ----

-- What refers to one another moves in one transaction, statement by statement.
-- statement person_defer() run
PRAGMA defer_foreign_keys = 1

-- statement person_defer() run @postgresql
SET CONSTRAINTS ALL DEFERRED

-- The merged person's row stays for what they did under its id, and keeps a document that nothing else has.
-- statement person_empty(merged id, sealed_document blob) run
UPDATE person SET birth = NULL, search_name = NULL, sealed_number = NULL, sealed_document = ?2, sealed_mail = NULL,
    sealed_phone = NULL
WHERE id = ?1

-- statement person_fill(kept id, wrapped_key blob, sealed_number blob, sealed_document blob, sealed_mail blob, sealed_phone blob) run
UPDATE person SET wrapped_key = ?2, sealed_number = ?3, sealed_document = ?4, sealed_mail = ?5, sealed_phone = ?6
WHERE id = ?1

-- statement person_merger_add(merged id, kept id, now time, by_id id) run
INSERT INTO merger (person_id, kept_id, at, by_id) VALUES (?1, ?2, ?3, ?4)

-- statement person_move_merger(kept id, merged id) run
UPDATE merger SET kept_id = ?1 WHERE kept_id = ?2

-- statement person_drop_namesake(kept id, merged id) run
DELETE FROM namesake WHERE person_id = ?2 OR other_id = ?2 OR person_id = ?1 AND other_id = ?2

-- statement person_move_claim(kept id, merged id) run
UPDATE claim SET owner = ?1 WHERE owner = ?2

-- The sign-in of who is kept goes on; where they have none, that of who is merged.
-- statement person_move_account(kept id, merged id) run
UPDATE account SET person_id = ?1
WHERE person_id = ?2 AND NOT EXISTS (SELECT 1 FROM account own WHERE own.person_id = ?1)

-- statement person_drop_account(merged id) run
DELETE FROM account WHERE person_id = ?1

-- statement person_drop_sign_in(merged id) run
DELETE FROM sign_in WHERE person_id = ?1

-- statement person_drop_code(merged id) run
DELETE FROM one_time_code WHERE person_id = ?1

-- statement person_drop_enrolment(kept id, merged id) run
DELETE FROM enrolment WHERE person_id = ?2 AND EXISTS (SELECT 1 FROM account own WHERE own.person_id = ?1)

-- statement person_move_enrolment(kept id, merged id) run
UPDATE enrolment SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_command(kept id, merged id) run
UPDATE command SET actor_id = ?1
WHERE actor_id = ?2 AND NOT EXISTS (SELECT 1 FROM command own WHERE own.actor_id = ?1 AND own.key = command.key)

-- Of two schools, the one that was told of last.
-- statement person_yield_pupil(kept id, merged id) run
DELETE FROM pupil WHERE person_id = ?1 AND since < (SELECT t.since FROM pupil t WHERE t.person_id = ?2)

-- statement person_move_pupil(kept id, merged id) run
UPDATE pupil SET person_id = ?1
WHERE person_id = ?2 AND NOT EXISTS (SELECT 1 FROM pupil own WHERE own.person_id = ?1)

-- statement person_drop_pupil(merged id) run
DELETE FROM pupil WHERE person_id = ?1

-- Of two links to one other, the one that was decided last; what was only asked for ends nothing.
-- fragment link_yields(own, theirs)
(theirs.state = 'active' AND own.state = 'requested'
    OR theirs.since > own.since AND NOT (own.state = 'active' AND theirs.state = 'requested'))

-- statement person_drop_own_link(kept id, merged id) run
DELETE FROM guardian WHERE guardian_id = ?1 AND child_id = ?2 OR guardian_id = ?2 AND child_id = ?1

-- statement person_yield_child(kept id, merged id) run
DELETE FROM guardian WHERE guardian_id = ?1 AND EXISTS (SELECT 1 FROM guardian t
    WHERE t.guardian_id = ?2 AND t.child_id = guardian.child_id AND @link_yields(guardian, t))

-- statement person_move_child(kept id, merged id) run
UPDATE guardian SET guardian_id = ?1 WHERE guardian_id = ?2 AND NOT EXISTS (SELECT 1 FROM guardian own
    WHERE own.guardian_id = ?1 AND own.child_id = guardian.child_id)

-- statement person_yield_guardian(kept id, merged id) run
DELETE FROM guardian WHERE child_id = ?1 AND EXISTS (SELECT 1 FROM guardian t
    WHERE t.child_id = ?2 AND t.guardian_id = guardian.guardian_id AND @link_yields(guardian, t))

-- statement person_move_guardian(kept id, merged id) run
UPDATE guardian SET child_id = ?1 WHERE child_id = ?2 AND NOT EXISTS (SELECT 1 FROM guardian own
    WHERE own.child_id = ?1 AND own.guardian_id = guardian.guardian_id)

-- statement person_drop_guardian(merged id) run
DELETE FROM guardian WHERE (guardian_id = ?1 OR child_id = ?1)

-- statement person_guardian_school(kept id) run
UPDATE guardian SET institution = (SELECT t.institution FROM pupil t WHERE t.person_id = ?1) WHERE child_id = ?1

-- statement person_applications(merged id) rows
SELECT a.id FROM application a WHERE a.person_id = ?1 ORDER BY a.id

-- Who read what is theirs now; looks of one day are one row, and what one reads of oneself is no look.
-- statement person_drop_reading(kept id, merged id) run
DELETE FROM person_reading WHERE person_id = ?2 AND (reader_id = ?1 OR EXISTS (SELECT 1 FROM person_reading own
    WHERE own.person_id = ?1 AND own.day = person_reading.day AND own.reader_id = person_reading.reader_id
        AND own.what = person_reading.what AND own.about = person_reading.about AND own.why = person_reading.why))

-- statement person_move_reading(kept id, merged id) run
UPDATE person_reading SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_application(kept id, merged id) run
UPDATE application SET person_id = ?1, began_as = COALESCE(began_as, person_id) WHERE person_id = ?2

-- statement person_move_event(kept id, merged id) run
UPDATE event SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_notification(kept id, merged id) run
UPDATE notification SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_outbox(kept id, merged id) run
UPDATE outbox SET person_id = ?1 WHERE is_waiting = 1 AND person_id = ?2

-- statement person_move_entry(kept id, merged id) run
UPDATE entry SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_seat(kept id, merged id) run
UPDATE seat SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_correction(kept id, merged id) run
UPDATE correction SET person_id = ?1
WHERE person_id = ?2 AND season_id IN (SELECT r.season_id FROM result r WHERE r.person_id = ?2)

-- statement person_move_result(kept id, merged id) run
UPDATE result SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_result_change(kept id, merged id) run
UPDATE result_change SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_result_appeal(kept id, merged id) run
UPDATE result_appeal SET person_id = ?1 WHERE person_id = ?2

-- What a register says twice is said once from now on; references name the records that they were made of.
-- fragment record_known_as(one)
one.record_key || ' ' || CAST(one.since AS TEXT)

-- statement person_yield_record(kept id, merged id) run
UPDATE register_record SET record_key = @record_known_as(register_record) WHERE person_id = ?1 AND is_current = 0
    AND EXISTS (SELECT 1 FROM register_record t WHERE t.person_id = ?2 AND t.register = register_record.register
        AND t.record_key = register_record.record_key AND t.is_current = 1)

-- statement person_end_record(kept id, merged id) run
UPDATE register_record SET record_key = @record_known_as(register_record), is_current = 0 WHERE person_id = ?2
    AND EXISTS (SELECT 1 FROM register_record own WHERE own.person_id = ?1 AND own.register = register_record.register
        AND own.record_key = register_record.record_key)

-- statement person_move_record(kept id, merged id) run
UPDATE register_record SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_record_change(kept id, merged id) run
UPDATE register_change SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_reference(kept id, merged id) run
UPDATE reference SET person_id = ?1 WHERE person_id = ?2

-- statement person_yield_certificate(kept id, merged id) run
UPDATE certificate SET is_latest = 0 WHERE person_id = ?2 AND is_latest = 1 AND EXISTS (SELECT 1 FROM certificate own
    WHERE own.person_id = ?1 AND own.type = certificate.type AND own.source_id = certificate.source_id
        AND own.is_latest = 1)

-- statement person_move_certificate(kept id, merged id) run
UPDATE certificate SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_revocation(kept id, merged id) run
UPDATE revocation SET person_id = ?1 WHERE person_id = ?2

-- Who signed beside themselves, or twice, signed once.
-- fragment signs_twice(one)
(one.signer_id = ?2 AND (one.person_id = ?1 OR EXISTS (SELECT 1 FROM appeal_signatory own WHERE own.signer_id = ?1
        AND own.appeal_id = one.appeal_id))
    OR one.signer_id = ?1 AND one.person_id = ?2)

-- statement person_count_signatory(kept id, merged id) run
UPDATE appeal SET signatories = signatories - 1 WHERE (person_id, id) IN
    (SELECT s.person_id, s.appeal_id FROM appeal_signatory s WHERE s.signer_id IN (?1, ?2) AND @signs_twice(s))

-- statement person_drop_signatory(kept id, merged id) run
DELETE FROM appeal_signatory WHERE signer_id IN (?1, ?2) AND @signs_twice(appeal_signatory)

-- statement person_move_signatory(kept id, merged id) run
UPDATE appeal_signatory SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_signer(kept id, merged id) run
UPDATE appeal_signatory SET signer_id = ?1 WHERE signer_id = ?2

-- statement person_move_appeal(kept id, merged id) run
UPDATE appeal SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_appeal_into(kept id, merged id) run
UPDATE appeal SET into_person_id = ?1 WHERE into_person_id = ?2 AND into_id IS NOT NULL

-- statement person_move_appeal_text(kept id, merged id) run
UPDATE appeal_text SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_appeal_file(kept id, merged id) run
UPDATE appeal_file SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_appeal_band(kept id, merged id) run
UPDATE appeal_band SET person_id = ?1 WHERE person_id = ?2

-- Of two drafts of one thing, the one that was written on last.
-- statement person_yield_appeal_draft(kept id, merged id) run
DELETE FROM appeal_draft WHERE person_id = ?1 AND EXISTS (SELECT 1 FROM appeal_draft t WHERE t.person_id = ?2
    AND t.form = appeal_draft.form AND t.changed > appeal_draft.changed)

-- statement person_move_appeal_draft(kept id, merged id) run
UPDATE appeal_draft SET person_id = ?1 WHERE person_id = ?2 AND NOT EXISTS (SELECT 1 FROM appeal_draft own
    WHERE own.person_id = ?1 AND own.form = appeal_draft.form)

-- statement person_drop_appeal_draft(merged id) run
DELETE FROM appeal_draft WHERE person_id = ?1

-- fragment same_draft(one, other)
(other.offering_id = one.offering_id AND other.is_staffs = one.is_staffs
    AND (one.is_staffs = 0 OR other.by_id = one.by_id))

-- fragment draft_yields(one)
(one.person_id = ?1 AND EXISTS (SELECT 1 FROM draft t WHERE t.person_id = ?2 AND @same_draft(one, t)
        AND t.changed > one.changed)
    OR one.person_id = ?2 AND EXISTS (SELECT 1 FROM draft t WHERE t.person_id = ?1 AND @same_draft(one, t)
        AND t.changed >= one.changed))

-- statement person_yield_draft_document(kept id, merged id) run
DELETE FROM draft_document WHERE person_id IN (?1, ?2) AND (person_id, draft_id) IN
    (SELECT d.person_id, d.id FROM draft d WHERE d.person_id IN (?1, ?2) AND @draft_yields(d))

-- statement person_yield_draft(kept id, merged id) run
DELETE FROM draft WHERE person_id IN (?1, ?2) AND (person_id, id) IN
    (SELECT d.person_id, d.id FROM draft d WHERE d.person_id IN (?1, ?2) AND @draft_yields(d))

-- statement person_move_draft(kept id, merged id) run
UPDATE draft SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_draft_document(kept id, merged id) run
UPDATE draft_document SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_document(kept id, merged id) run
UPDATE document SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_request(kept id, merged id) run
UPDATE request SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_carried(kept id, merged id) run
UPDATE carried SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_request_form(kept id, merged id) run
UPDATE request_form SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_request_choice(kept id, merged id) run
UPDATE request_choice SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_request_document(kept id, merged id) run
UPDATE request_document SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_request_text(kept id, merged id) run
UPDATE request_text SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_request_tuition(kept id, merged id) run
UPDATE request_tuition SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_round_row(kept id, merged id) run
UPDATE round_row SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_slot_seat(kept id, merged id) run
UPDATE slot_seat SET person_id = ?1 WHERE person_id = ?2

-- As a member of panels: what they scored first, as it is found by their tasks.
-- statement person_move_score_member(kept id, merged id) run
UPDATE score SET member_id = ?1 WHERE member_id = ?2 AND (person_id, request_id) IN
    (SELECT k.person_id, k.request_id FROM panel_task k WHERE k.member_id = ?2)

-- statement person_move_conflict_member(kept id, merged id) run
UPDATE panel_conflict SET member_id = ?1 WHERE member_id = ?2 AND (person_id, request_id) IN
    (SELECT r.person_id, r.id FROM panel_member j JOIN request r ON r.offering_id = j.offering_id
        WHERE j.person_id = ?2)

-- statement person_move_task_member(kept id, merged id) run
UPDATE panel_task SET member_id = ?1 WHERE member_id = ?2

-- statement person_move_panel_member(kept id, merged id) run
UPDATE panel_member SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_score(kept id, merged id) run
UPDATE score SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_conflict(kept id, merged id) run
UPDATE panel_conflict SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_task(kept id, merged id) run
UPDATE panel_task SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_admission(kept id, merged id) run
UPDATE admission SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_admission_change(kept id, merged id) run
UPDATE admission_change SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_invoice(kept id, merged id) run
UPDATE invoice SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_intent(kept id, merged id) run
UPDATE payment_intent SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_capture(kept id, merged id) run
UPDATE payment_capture SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_refund(kept id, merged id) run
UPDATE payment_refund SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_transfer(kept id, merged id) run
UPDATE ledger_transfer SET person_id = ?1 WHERE person_id = ?2

-- statement person_move_difference(kept id, merged id) run
UPDATE payment_difference SET person_id = ?1 WHERE person_id = ?2

-- statement person_drop_seen(kept id, merged id) run
DELETE FROM announcement_seen WHERE person_id = ?2 AND EXISTS (SELECT 1 FROM announcement_seen own
    WHERE own.person_id = ?1 AND own.announcement_id = announcement_seen.announcement_id)

-- statement person_move_seen(kept id, merged id) run
UPDATE announcement_seen SET person_id = ?1 WHERE person_id = ?2
