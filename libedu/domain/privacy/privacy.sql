-- What is held on a person, and how it is erased.

-- ---- given: the columns of each part are named in privacy_export.c ----

-- statement privacy_person(actor id, person id) rows
SELECT p.wrapped_key, p.given, p.family, p.patronymic, p.birth, p.sealed_number, p.sealed_document, p.sealed_mail,
    p.sealed_phone, p.created
FROM person p WHERE p.id = ?2 AND (@acts_for(?1, p.id) OR @has_role_everywhere(?1, 'admin'))

-- statement privacy_pupil(person id) rows
SELECT institution, grade, class_letter, language, is_step_free, since FROM pupil WHERE person_id = ?1

-- statement privacy_guardians(person id) rows
SELECT guardian_id, child_id, state, source, since FROM guardian WHERE child_id = ?1
UNION ALL SELECT guardian_id, child_id, state, source, since FROM guardian WHERE guardian_id = ?1
ORDER BY 1, 2

-- statement privacy_account(person id) rows
SELECT login, state, language, created FROM account WHERE person_id = ?1

-- statement privacy_sign_ins(person id) rows
SELECT title, created, expires FROM sign_in WHERE person_id = ?1 ORDER BY created

-- statement privacy_roles(person id) rows
SELECT role, scope, code, since FROM role_grant WHERE person_id = ?1 ORDER BY role, scope, code

-- statement privacy_notifications(person id) rows
SELECT at, service, template, data, is_read FROM notification WHERE person_id = ?1 ORDER BY id

-- statement privacy_applications(person id) rows
SELECT id, number, service, state, is_open, created, changed FROM application WHERE person_id = ?1 ORDER BY id

-- statement privacy_events(person id) rows
SELECT application_id, sequence, at, action, state, actor_kind, data FROM event
WHERE person_id = ?1 AND is_internal = 0 ORDER BY application_id, sequence

-- statement privacy_drafts(person id) rows
SELECT service, changed, sealed FROM draft WHERE person_id = ?1 AND is_staffs = 0 ORDER BY id

-- statement privacy_request_forms(person id) rows
SELECT request_id, revision, sealed FROM request_form WHERE person_id = ?1 ORDER BY request_id, revision

-- statement privacy_request_texts(person id) rows
SELECT t.request_id, t.sequence, t.sealed FROM request_text t
    JOIN event e ON e.person_id = t.person_id AND e.application_id = t.request_id AND e.sequence = t.sequence
WHERE t.person_id = ?1 AND e.is_internal = 0 ORDER BY t.request_id, t.sequence

-- statement privacy_documents(person id) rows
SELECT id, kind, type, size, added, sealed_name FROM document WHERE person_id = ?1 ORDER BY id

-- statement privacy_appeals(person id) rows
SELECT id, number, channel, is_anonymous, category, level, region, department, received, answered, rating FROM appeal
WHERE person_id = ?1 ORDER BY id

-- statement privacy_appeal_texts(person id) rows
SELECT t.appeal_id, t.sequence, t.sealed FROM appeal_text t
    JOIN event e ON e.person_id = t.person_id AND e.application_id = t.appeal_id AND e.sequence = t.sequence
WHERE t.person_id = ?1 AND e.is_internal = 0 ORDER BY t.appeal_id, t.sequence

-- statement privacy_appeal_files(person id) rows
SELECT f.appeal_id, f.sequence, f.type, f.size, f.sealed_name FROM appeal_file f
    JOIN event e ON e.person_id = f.person_id AND e.application_id = f.appeal_id AND e.sequence = f.sequence
WHERE f.person_id = ?1 AND e.is_internal = 0 ORDER BY f.appeal_id, f.sequence

-- statement privacy_appeal_drafts(person id) rows
SELECT form, changed, sealed FROM appeal_draft WHERE person_id = ?1 ORDER BY form

-- statement privacy_appeals_signed(person id) rows
SELECT appeal_id, at FROM appeal_signatory WHERE signer_id = ?1 ORDER BY appeal_id

-- statement privacy_entries(person id) rows
SELECT application_id, sitting_id, institution, region, grade, is_step_free, is_open, created FROM entry
WHERE person_id = ?1 ORDER BY application_id, sitting_id

-- A seat is told once its allocation is confirmed.
-- statement privacy_seats(person id) rows
SELECT application_id, sitting_id, centre, room, desk, variant, distance_m, came FROM seat
WHERE person_id = ?1 AND slip IS NOT NULL ORDER BY sitting_id

-- Results are told from their publication on.
-- statement privacy_results(person id) rows
SELECT r.season_id, r.number, r.institution, r.region, r.grade, r.is_absent, r.points, r.total, r.division, r.award
FROM result r WHERE r.person_id = ?1 AND r.is_told = 1 ORDER BY r.season_id

-- statement privacy_result_appeals(person id) rows
SELECT season_id, state, created, decided, sealed_text, sealed_answer FROM result_appeal
WHERE person_id = ?1 ORDER BY season_id

-- statement privacy_register_records(person id) rows
SELECT register, institution, data, since, is_current FROM register_record WHERE person_id = ?1 ORDER BY register, id

-- statement privacy_references(person id) rows
SELECT id, type, state, number, reason, requested, decided FROM reference WHERE person_id = ?1 ORDER BY id

-- statement privacy_certificates(person id) rows
SELECT number, type, issued, expires, revoked, reason, record FROM certificate WHERE person_id = ?1 ORDER BY number

-- statement privacy_invoices(person id) rows
SELECT number, kind, title, currency, amount, waived, paid, refunded, state, due, created FROM invoice
WHERE person_id = ?1 ORDER BY id

-- statement privacy_payments(person id) rows
SELECT payment, currency, amount, refunded, at FROM payment_capture WHERE person_id = ?1 ORDER BY id

-- statement privacy_admissions(person id) rows
SELECT service, list, year, offering_id, institution, level, funding, score, progress FROM admission
WHERE person_id = ?1 ORDER BY id

-- Who judged a work is not named to whose it is.
-- statement privacy_readings(person id) rows
SELECT CASE WHEN what = 'work' THEN NULL ELSE reader_id END, roles, what, about, why, since, last, count
FROM person_reading WHERE person_id = ?1 ORDER BY id

-- ---- who else has read ----

-- statement privacy_reads(actor id, person_id id, before id, limit int) rows
SELECT r.id, r.id, CASE WHEN r.what = 'work' AND NOT @has_role_everywhere(?1, 'admin') THEN NULL ELSE r.reader_id END,
    p.given, p.family, r.roles, r.what, r.about, r.why, r.since,
    r.last, r.count
FROM person_reading r LEFT JOIN person p ON p.id = r.reader_id
WHERE r.person_id = ?2 AND r.id < ?3 AND (@acts_for(?1, ?2) OR @has_role_everywhere(?1, 'admin'))
ORDER BY r.id DESC LIMIT ?4

-- statement privacy_list_reads(before id, limit int) rows
SELECT r.id, r.id, r.reader_id, p.given, p.family, r.roles, r.what, r.about, r.why, r.since, r.last, r.count
FROM list_reading r LEFT JOIN person p ON p.id = r.reader_id
WHERE r.id < ?1 ORDER BY r.id DESC LIMIT ?2

-- statement privacy_person_known(actor id, person_id id) rows
SELECT 1 FROM person p WHERE p.id = ?2 AND (@acts_for(?1, p.id) OR @has_role_everywhere(?1, 'admin'))

-- ---- erased ----

-- What keeps a person from being erased: nothing, where the row has no 1.
-- statement privacy_hindrances(person id) rows
SELECT EXISTS (SELECT 1 FROM erasure e WHERE e.person_id = p.id),
    EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id),
    EXISTS (SELECT 1 FROM application a WHERE a.person_id = p.id AND a.is_open = 1),
    EXISTS (SELECT 1 FROM invoice i WHERE i.person_id = p.id AND i.state = 'open')
        OR EXISTS (SELECT 1 FROM payment_intent i WHERE i.person_id = p.id AND i.is_open = 1)
        OR EXISTS (SELECT 1 FROM payment_refund r WHERE r.person_id = p.id AND r.is_waiting = 1)
FROM person p WHERE p.id = ?1

-- statement privacy_identifiers(person id) rows
SELECT p.wrapped_key, p.sealed_number, p.sealed_document, a.login
FROM person p LEFT JOIN account a ON a.person_id = p.id WHERE p.id = ?1

-- statement privacy_claim_end(kind text, value blob, person id) run
DELETE FROM claim WHERE kind = ?1 AND value = ?2 AND owner = ?3

-- statement privacy_erase_person(person id, nothing blob) run
UPDATE person SET given = '', family = '', patronymic = NULL, birth = NULL, search_name = NULL, wrapped_key = ?2, sealed_number = NULL,
    sealed_document = NULL, sealed_mail = NULL, sealed_phone = NULL
WHERE id = ?1

-- Whose rows are this person's now; what they did stands under their own id.
-- statement privacy_merged(person id) rows
SELECT m.person_id FROM merger m WHERE m.kept_id = ?1 ORDER BY m.person_id

-- statement privacy_erase_namesake(person id) run
DELETE FROM namesake WHERE person_id = ?1 OR other_id = ?1

-- statement privacy_erase_pupil(person id) run
DELETE FROM pupil WHERE person_id = ?1

-- statement privacy_erase_reading(person id) run
DELETE FROM person_reading WHERE person_id = ?1

-- statement privacy_erase_guardian(person id) run
DELETE FROM guardian WHERE guardian_id = ?1 OR child_id = ?1

-- statement privacy_erase_account(person id) run
DELETE FROM account WHERE person_id = ?1

-- statement privacy_erase_enrolment(person id) run
DELETE FROM enrolment WHERE person_id = ?1

-- statement privacy_erase_code(person id) run
DELETE FROM one_time_code WHERE person_id = ?1

-- statement privacy_erase_sign_in(person id) run
DELETE FROM sign_in WHERE person_id = ?1

-- statement privacy_erase_command(person id) run
DELETE FROM command WHERE actor_id = ?1

-- statement privacy_erase_notification(person id) run
DELETE FROM notification WHERE person_id = ?1

-- statement privacy_erase_outbox(person id) run
DELETE FROM outbox WHERE person_id = ?1

-- statement privacy_erase_draft_document(person id) run
DELETE FROM draft_document WHERE person_id = ?1

-- statement privacy_erase_draft(person id) run
DELETE FROM draft WHERE person_id = ?1

-- statement privacy_erase_appeal_draft(person id) run
DELETE FROM appeal_draft WHERE person_id = ?1

-- statement privacy_erase_seen(person id) run
DELETE FROM announcement_seen WHERE person_id = ?1

-- statement privacy_erase_entry(person id) run
UPDATE entry SET sort_name = '' WHERE person_id = ?1

-- statement privacy_erase_request(person id) run
UPDATE request SET sort_name = '' WHERE person_id = ?1

-- statement privacy_erase_admission(person id) run
UPDATE admission SET sort_name = '' WHERE person_id = ?1

-- statement privacy_erase_admission_change(person id) run
UPDATE admission_change SET reason = NULL, data = '{}' WHERE person_id = ?1

-- statement privacy_erase_result_change(person id) run
UPDATE result_change SET reason = '' WHERE person_id = ?1

-- statement privacy_erase_correction(person id) run
UPDATE correction SET reason = '' WHERE person_id = ?1

-- statement privacy_erase_reference(person id) run
UPDATE reference SET reason = NULL, record_id = NULL WHERE person_id = ?1

-- statement privacy_erase_register_change(person id) run
DELETE FROM register_change WHERE person_id = ?1

-- statement privacy_erase_register_record(person id) run
DELETE FROM register_record WHERE person_id = ?1

-- The number stays, and whether it is revoked: whoever has the paper may ask.
-- statement privacy_erase_certificate(person id, nothing blob) run
UPDATE certificate SET record = '', code = ?2, content_hash = ?2, reason = NULL, is_latest = 0 WHERE person_id = ?1

-- statement privacy_erase_revocation(person id) run
UPDATE revocation SET reason = '' WHERE person_id = ?1

-- statement privacy_erase_refund(person id) run
UPDATE payment_refund SET reason = NULL WHERE person_id = ?1

-- statement privacy_erase_transfer(person id) run
UPDATE ledger_transfer SET reason = NULL WHERE person_id = ?1

-- statement privacy_erase_band(person id) run
DELETE FROM appeal_band WHERE person_id = ?1

-- statement privacy_erase_words(person id) run
DELETE FROM appeal_words WHERE rowid IN (SELECT a.serial FROM appeal a WHERE a.person_id = ?1)

-- What is deleted from an index of words stays in it until it is made anew.
-- statement privacy_words_anew() run
INSERT INTO appeal_words (appeal_words) VALUES ('optimize')

-- statement privacy_words_anew() run @postgresql
DELETE FROM appeal_words WHERE rowid < 0

-- statement privacy_files(person id) rows
SELECT d.hash FROM document d WHERE d.person_id = ?1 AND d.sealed IS NULL

-- statement privacy_erasure_add(person id, now time, by_id id, reason text) run
INSERT INTO erasure (person_id, at, by_id, reason) VALUES (?1, ?2, ?3, ?4)

-- statement privacy_erasures() rows
SELECT e.person_id, e.at, e.by_id, e.reason FROM erasure e ORDER BY e.at, e.person_id

-- ---- retention: who, which, how many rows ----

-- statement privacy_rules_change(key text, value json) run
INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2

-- statement privacy_rules(key text) rows
SELECT value FROM setting WHERE key = ?1

-- others: the services that have a rule of their own, as the names of an object.
-- statement retention_drafts(before time, others text, limit int) rows
SELECT person_id, id, 1 FROM draft WHERE changed < ?1 AND replace(?2, '"' || service || '":', '') = ?2 LIMIT ?3

-- statement retention_drafts_of(before time, service text, limit int) rows
SELECT person_id, id, 1 FROM draft WHERE changed < ?1 AND service = ?2 LIMIT ?3

-- statement retention_draft_due(person id, id id, before time) rows
SELECT 1 FROM draft WHERE person_id = ?1 AND id = ?2 AND changed < ?3

-- statement retention_appeal_drafts(before time, limit int) rows
SELECT person_id, person_id, COUNT(*) FROM appeal_draft WHERE changed < ?1 GROUP BY person_id LIMIT ?2

-- statement retention_appeal_drafts_end(person id, before time) run
DELETE FROM appeal_draft WHERE person_id = ?1 AND changed < ?2

-- statement retention_notifications(before time, limit int) rows
SELECT person_id, person_id, COUNT(*) FROM notification WHERE at < ?1 GROUP BY person_id LIMIT ?2

-- statement retention_notifications_end(person id, before time) run
DELETE FROM notification WHERE person_id = ?1 AND at < ?2

-- statement retention_commands(before time, limit int) rows
SELECT actor_id, actor_id, COUNT(*) FROM command WHERE at < ?1 GROUP BY actor_id LIMIT ?2

-- statement retention_commands_end(actor id, before time) run
DELETE FROM command WHERE actor_id = ?1 AND at < ?2

-- statement retention_codes(before time, limit int) rows
SELECT person_id, person_id, COUNT(*) FROM one_time_code WHERE expires < ?1 GROUP BY person_id LIMIT ?2

-- statement retention_codes_end(person id, before time) run
DELETE FROM one_time_code WHERE person_id = ?1 AND expires < ?2

-- statement retention_readings(before time, limit int) rows
SELECT person_id, id, 1 FROM person_reading WHERE last < ?1 ORDER BY last LIMIT ?2

-- statement retention_reading_end(person id, id id, before time) run
DELETE FROM person_reading WHERE person_id = ?1 AND id = ?2 AND last < ?3

-- statement retention_lists(before time, limit int) rows
SELECT reader_id, id, 1 FROM list_reading WHERE last < ?1 ORDER BY last LIMIT ?2

-- statement retention_list_end(id id, before time) run
DELETE FROM list_reading WHERE id = ?1 AND last < ?2

-- Of what is over; the chain has the hashes of what was given.
-- statement retention_documents(before time, service text, state text, limit int) rows
SELECT a.person_id, a.id, (SELECT COUNT(*) FROM request_document l WHERE l.person_id = a.person_id AND l.request_id = a.id)
FROM application a WHERE a.service = ?2 AND a.state = ?3 AND a.is_open = 0 AND a.changed < ?1
    AND EXISTS (SELECT 1 FROM request_document l WHERE l.person_id = a.person_id AND l.request_id = a.id) LIMIT ?4

-- statement retention_documents_end(person id, id id, before time) run
DELETE FROM request_document WHERE person_id = ?1 AND request_id = ?2 AND EXISTS (SELECT 1 FROM application a
    WHERE a.person_id = ?1 AND a.id = ?2 AND a.is_open = 0 AND a.changed < ?3)
