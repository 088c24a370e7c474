-- Rounds: what was applied for is scored, ranked and given.

-- Clerks and staff of the institution; admins are never one of two people.
-- fragment judges(actor, of_institution, of_region)
EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor AND (
    (held.scope = '' AND held.role = 'clerk')
    OR (held.scope = 'region' AND held.role = 'clerk' AND held.code = of_region)
    OR (held.scope = 'institution' AND held.role = 'school' AND held.code = of_institution)))

-- statement round_begin(offering_id id, commitment text) run
INSERT INTO offering_round (offering_id, state, commitment, is_drawn, candidates, ranked, given)
VALUES (?1, 'open', ?2, 1, 0, 0, 0) ON CONFLICT (offering_id) DO NOTHING

-- statement round_load(actor id, offering_id id) rows
SELECT o.service, o.closes, o.is_published, o.by_round, r.state, r.commitment, r.is_drawn, r.seed,
    r.service_version, r.candidates, r.ranked, r.given, r.proposed_by, r.proposed, r.confirmed,
    @keeps(?1, o.institution, o.region), @judges(?1, o.institution, o.region), @scores_blind(?1, o.id),
    CASE r.state WHEN 'confirmed' THEN r.candidates WHEN 'confirming' THEN r.candidates
        - (SELECT COUNT(*) FROM round_row w WHERE w.offering_id = r.offering_id AND w.is_done = 0) ELSE 0 END
FROM offering o JOIN offering_round r ON r.offering_id = o.id WHERE o.id = ?2

-- statement round_frozen(offering_id id, closes time, by_round bool) rows
SELECT 1 FROM offering_round r JOIN offering o ON o.id = r.offering_id
WHERE r.offering_id = ?1 AND o.closes <> ?2
    AND (r.state <> 'open' OR r.seed IS NOT NULL) AND (r.state <> 'confirmed' OR ?3 = 1)

-- statement round_title(offering_id id) rows
SELECT title FROM subject WHERE id = ?1

-- statement round_commit(offering_id id, commitment text) run
UPDATE offering_round SET commitment = ?2, is_drawn = 0
WHERE offering_id = ?1 AND is_drawn = 1 AND state = 'open'

-- The offering that an application was made for, whatever it holds a place of now.
-- statement round_of(person_id id, id id) rows
SELECT subject_id FROM application WHERE person_id = ?1 AND id = ?2

-- ---- scores ----

-- statement score_current(person_id id, request_id id, sheet text, member_id id) rows
SELECT revision, key_values, is_current, sealed_comment FROM score
WHERE person_id = ?1 AND request_id = ?2 AND sheet = ?3 AND member_id = ?4
ORDER BY revision DESC LIMIT 1

-- statement score_retire(person_id id, request_id id, sheet text, member_id id) run
UPDATE score SET is_current = 0
WHERE person_id = ?1 AND request_id = ?2 AND sheet = ?3 AND member_id = ?4 AND is_current = 1

-- statement score_add(person_id id, request_id id, sheet text, member_id id, revision int, total int, key_values json, sealed_comment blob, by_id id, at time) run
INSERT INTO score (person_id, request_id, sheet, member_id, revision, total, key_values,
    sealed_comment, by_id, at, is_current)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1)

-- The open application of a person for an offering.
-- statement score_request_of_number(offering_id id, kind text, value blob) rows
SELECT r.person_id, r.id, r.state FROM claim c JOIN request r ON r.person_id = c.owner
WHERE c.kind = ?2 AND c.value = ?3 AND r.offering_id = ?1 AND r.is_open = 1 ORDER BY r.id LIMIT 1

-- statement score_requests(offering_id id) rows
SELECT id, person_id, state FROM request WHERE offering_id = ?1 AND is_open = 1

-- statement score_list(offering_id id, entered time, person_id id, id id, limit int) rows
SELECT r.entered, r.person_id, r.id, r.person_id, r.id, p.given, p.family, r.state
FROM request r JOIN person p ON p.id = r.person_id
WHERE r.offering_id = ?1 AND r.is_open = 1 AND (r.entered, r.person_id, r.id) > (?2, ?3, ?4)
ORDER BY r.entered, r.person_id, r.id LIMIT ?5

-- statement score_of_request(person_id id, request_id id) rows
SELECT sheet, member_id, total, key_values, sealed_comment FROM score
WHERE person_id = ?1 AND request_id = ?2 AND is_current = 1 ORDER BY sheet, member_id

-- ---- ranking ----

-- All that are open; the form only where a key reads it.
-- statement round_requests(offering_id id, with_form bool) rows
SELECT r.person_id, r.id, r.state, r.submitted, r.revision, p.wrapped_key, f.sealed
FROM request r JOIN person p ON p.id = r.person_id
    LEFT JOIN request_form f ON ?2 = 1 AND f.person_id = r.person_id AND f.request_id = r.id
        AND f.revision = r.revision
WHERE r.offering_id = ?1 AND r.is_open = 1 ORDER BY r.person_id, r.id

-- statement round_scores(offering_id id) rows
SELECT c.person_id, c.request_id, c.sheet, c.total
FROM request r JOIN score c ON c.person_id = r.person_id AND c.request_id = r.id
WHERE r.offering_id = ?1 AND r.is_open = 1 AND c.is_current = 1
ORDER BY c.person_id, c.request_id, c.sheet

-- statement round_choices(offering_id id) rows
SELECT c.person_id, c.request_id, c.offering_id
FROM request r JOIN request_choice c ON c.person_id = r.person_id AND c.request_id = r.id
WHERE r.offering_id = ?1 AND r.is_open = 1 ORDER BY c.person_id, c.request_id, c.choice

-- What is chosen among in a round, and what is free of each.
-- statement round_places(offering_id id) rows
SELECT id, places, taken FROM offering WHERE round_id = ?1 ORDER BY id

-- statement round_free(offering_id id) rows
SELECT places - taken FROM offering WHERE id = ?1

-- statement round_rows_drop(offering_id id) run
DELETE FROM round_row WHERE offering_id = ?1

-- statement round_row_add(person_id id, request_id id, offering_id id, position int, place int, shared int, number text, failed text, behind int, ahead int, key_values json, lottery text, revision int, state text, given_id id, choice int, outcome text) run
INSERT INTO round_row (person_id, request_id, offering_id, position, place, shared, number, failed,
    behind, ahead, key_values, lottery, revision, state, given_id, choice, outcome, is_done)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, 0)

-- statement round_propose(offering_id id, seed text, version int, candidates int, ranked int, by_id id, now time) run
UPDATE offering_round SET state = 'proposed', seed = ?2, service_version = ?3, candidates = ?4,
    ranked = ?5, proposed_by = ?6, proposed = ?7
WHERE offering_id = ?1 AND state = 'open'

-- statement round_reopen(offering_id id) run
UPDATE offering_round SET state = 'open', service_version = NULL, candidates = 0, ranked = 0,
    proposed_by = NULL, proposed = NULL
WHERE offering_id = ?1 AND state = 'proposed'

-- ---- confirming ----

-- What is not any more as it was when it was ranked, and what came since.
-- statement round_changed(offering_id id) rows
SELECT (SELECT COUNT(*) FROM round_row w JOIN request r ON r.person_id = w.person_id AND r.id = w.request_id
        WHERE w.offering_id = ?1 AND (r.state <> w.state OR r.revision <> w.revision))
    + (SELECT COUNT(*) FROM request n WHERE n.offering_id = ?1 AND n.is_open = 1
        AND NOT EXISTS (SELECT 1 FROM round_row w WHERE w.person_id = n.person_id AND w.request_id = n.id))

-- statement round_confirm(offering_id id, by_id id, now time) run
UPDATE offering_round SET state = 'confirming', confirmed_by = ?2, confirmed = ?3
WHERE offering_id = ?1 AND state = 'proposed'

-- statement round_undone(offering_id id, limit int) rows
SELECT person_id, request_id, position, place, given_id FROM round_row
WHERE offering_id = ?1 AND is_done = 0 ORDER BY position LIMIT ?2

-- statement round_row_done(person_id id, request_id id, outcome text, given_id id) run
UPDATE round_row SET is_done = 1, outcome = ?3, given_id = ?4 WHERE person_id = ?1 AND request_id = ?2

-- statement round_done(offering_id id) run
UPDATE offering_round SET state = 'confirmed',
    given = (SELECT COUNT(*) FROM round_row w WHERE w.offering_id = ?1 AND w.outcome = 'given')
WHERE offering_id = ?1 AND state = 'confirming'

-- ---- what people see ----

-- fragment row_columns(one)
one.place, one.number, one.outcome, (SELECT got.title FROM subject got WHERE got.id = one.given_id),
    one.key_values

-- statement round_ranking(offering_id id, after int, limit int, type text) rows
SELECT w.position, w.position, @row_columns(w), w.person_id, w.request_id, p.given, p.family, w.behind,
    c.number
FROM round_row w JOIN person p ON p.id = w.person_id
    LEFT JOIN certificate c ON c.person_id = w.person_id AND c.type = ?4 AND c.source_id = w.offering_id
        AND c.is_latest = 1
WHERE w.offering_id = ?1 AND w.position > ?2 ORDER BY w.position LIMIT ?3

-- statement round_row_get(person_id id, request_id id) rows
SELECT @row_columns(w), w.shared, w.given_id, w.choice, w.behind, w.ahead, w.failed, w.lottery,
    w.position, w.offering_id
FROM round_row w WHERE w.person_id = ?1 AND w.request_id = ?2

-- The last who got a place of an offering, how many did, and whether somebody did not.
-- statement round_cut_off(given_id id, offering_id id) rows
SELECT w.key_values, (SELECT COUNT(*) FROM round_row n WHERE n.given_id = ?1 AND n.outcome = 'given'),
    (SELECT COUNT(*) FROM round_row l WHERE l.offering_id = ?2 AND l.outcome = 'waiting')
FROM round_row w WHERE w.given_id = ?1 AND w.outcome = 'given' ORDER BY w.position DESC LIMIT 1

-- Offerings with free places that somebody would have.
-- statement round_with_free(offering_id id, after id, limit int) rows
SELECT o.id FROM offering o WHERE o.round_id = ?1 AND (o.places IS NULL OR o.taken < o.places)
    AND o.id > ?2 AND EXISTS (SELECT 1 FROM request_choice c JOIN request r ON r.person_id = c.person_id
        AND r.id = c.request_id WHERE c.offering_id = o.id AND @would_have(r, c))
ORDER BY o.id LIMIT ?3

-- ---- panels ----

-- Whoever can sign in may be a member.
-- statement panel_has_account(person_id id) rows
SELECT 1 FROM account WHERE person_id = ?1 AND state = 'active'

-- statement panel_add(offering_id id, person_id id, is_blind bool, now time, by_id id) run
INSERT INTO panel_member (offering_id, person_id, is_blind, since, by_id) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (offering_id, person_id) DO UPDATE SET is_blind = ?3

-- As the definition is when works are assigned.
-- statement panel_blind(offering_id id, is_blind bool) run
UPDATE panel_member SET is_blind = ?2 WHERE offering_id = ?1 AND is_blind <> ?2

-- statement panel_remove(offering_id id, person_id id) run
DELETE FROM panel_member WHERE offering_id = ?1 AND person_id = ?2

-- statement panel_members(offering_id id) rows
SELECT person_id FROM panel_member WHERE offering_id = ?1 ORDER BY person_id

-- statement panel_is_member(offering_id id, person_id id) rows
SELECT 1 FROM panel_member WHERE offering_id = ?1 AND person_id = ?2

-- statement panel_list(offering_id id, after id, limit int) rows
SELECT m.person_id, m.person_id, p.given, p.family,
    (SELECT COUNT(*) FROM panel_task t WHERE t.offering_id = m.offering_id AND t.member_id = m.person_id),
    (SELECT COUNT(*) FROM panel_task d WHERE d.offering_id = m.offering_id AND d.member_id = m.person_id
        AND d.is_scored = 1)
FROM panel_member m JOIN person p ON p.id = m.person_id
WHERE m.offering_id = ?1 AND m.person_id > ?2 ORDER BY m.person_id LIMIT ?3

-- statement panel_conflict_add(person_id id, request_id id, member_id id, by_id id, now time) run
INSERT INTO panel_conflict (person_id, request_id, member_id, by_id, at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (person_id, request_id, member_id) DO NOTHING

-- What was declared; one's own work, a child's or a guardian's, a pupil's of one's school.
-- statement panel_conflicts(offering_id id) rows
SELECT c.person_id, c.request_id, c.member_id FROM request r JOIN panel_conflict c
    ON c.person_id = r.person_id AND c.request_id = r.id WHERE r.offering_id = ?1 AND r.is_open = 1
UNION SELECT r.person_id, r.id, m.person_id FROM panel_member m JOIN request r ON r.person_id = m.person_id
    WHERE m.offering_id = ?1 AND r.offering_id = ?1 AND r.is_open = 1
UNION SELECT r.person_id, r.id, m.person_id FROM panel_member m JOIN guardian g ON g.guardian_id = m.person_id
    JOIN request r ON r.person_id = g.child_id
    WHERE m.offering_id = ?1 AND g.state = 'active' AND r.offering_id = ?1 AND r.is_open = 1
UNION SELECT r.person_id, r.id, m.person_id FROM panel_member m JOIN guardian g ON g.child_id = m.person_id
    JOIN request r ON r.person_id = g.guardian_id
    WHERE m.offering_id = ?1 AND g.state = 'active' AND r.offering_id = ?1 AND r.is_open = 1
UNION SELECT r.person_id, r.id, m.person_id FROM panel_member m
    JOIN role_grant held ON held.person_id = m.person_id AND held.role = 'school' AND held.scope = 'institution'
    JOIN pupil t ON t.institution = held.code JOIN request r ON r.person_id = t.person_id
    WHERE m.offering_id = ?1 AND r.offering_id = ?1 AND r.is_open = 1

-- statement panel_tasks(offering_id id, sheet text) rows
SELECT person_id, request_id, member_id FROM panel_task WHERE offering_id = ?1 AND sheet = ?2

-- statement panel_tasks_of(offering_id id, member_id id) rows
SELECT person_id, request_id, sheet FROM panel_task WHERE offering_id = ?1 AND member_id = ?2

-- statement panel_sheets_of(person_id id, request_id id, member_id id) rows
SELECT sheet FROM panel_task WHERE person_id = ?1 AND request_id = ?2 AND member_id = ?3

-- statement panel_task_add(person_id id, request_id id, sheet text, member_id id, work_id id, offering_id id, now time) run
INSERT INTO panel_task (person_id, request_id, sheet, member_id, work_id, offering_id, assigned, is_scored)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)

-- statement panel_task_drop(person_id id, request_id id, sheet text, member_id id) run
DELETE FROM panel_task WHERE person_id = ?1 AND request_id = ?2 AND sheet = ?3 AND member_id = ?4

-- statement panel_task_scored(member_id id, work_id id) run
UPDATE panel_task SET is_scored = 1 WHERE member_id = ?1 AND work_id = ?2

-- fragment task_columns(task, whose)
task.work_id, task.offering_id, task.sheet, task.is_scored, task.assigned, task.person_id,
    task.request_id, whose.given, whose.family

-- statement panel_works(member_id id, is_scored int, work_id id, limit int) rows
SELECT t.is_scored, t.work_id, @task_columns(t, p)
FROM panel_task t JOIN request r ON r.person_id = t.person_id AND r.id = t.request_id AND r.is_open = 1
    JOIN person p ON p.id = t.person_id
WHERE t.member_id = ?1 AND (t.is_scored, t.work_id) > (?2, ?3) ORDER BY t.is_scored, t.work_id LIMIT ?4

-- statement panel_work_get(member_id id, work_id id) rows
SELECT @task_columns(t, p), p.wrapped_key, f.sealed, r.is_open, r.state
FROM panel_task t JOIN request r ON r.person_id = t.person_id AND r.id = t.request_id
    JOIN person p ON p.id = t.person_id
    LEFT JOIN request_form f ON f.person_id = r.person_id AND f.request_id = r.id AND f.revision = r.revision
WHERE t.member_id = ?1 AND t.work_id = ?2

-- What was submitted last of a work.
-- statement panel_documents(member_id id, work_id id) rows
SELECT d.id, d.kind, d.sealed_name, d.type, d.size, d.hash
FROM panel_task t JOIN request r ON r.person_id = t.person_id AND r.id = t.request_id
    JOIN request_document l ON l.person_id = r.person_id AND l.request_id = r.id AND l.revision = r.revision
    JOIN document d ON d.person_id = l.person_id AND d.id = l.document_id
WHERE t.member_id = ?1 AND t.work_id = ?2 ORDER BY d.id

-- statement panel_document(member_id id, work_id id, document_id id) rows
SELECT d.sealed_name, d.type, d.hash, d.sealed, p.wrapped_key, d.kind, t.person_id, t.sheet, t.offering_id,
    t.request_id
FROM panel_task t JOIN request r ON r.person_id = t.person_id AND r.id = t.request_id
    JOIN request_document l ON l.person_id = r.person_id AND l.request_id = r.id AND l.revision = r.revision
    JOIN document d ON d.person_id = l.person_id AND d.id = l.document_id
    JOIN person p ON p.id = t.person_id
WHERE t.member_id = ?1 AND t.work_id = ?2 AND d.id = ?3

-- ---- certificates ----

-- statement round_named(offering_id id) rows
SELECT o.code, s.title FROM offering o JOIN subject s ON s.id = o.id WHERE o.id = ?1

-- statement round_certificates(offering_id id) rows
SELECT COUNT(*) FROM certificate c WHERE c.source_id = ?1 AND c.is_current = 1

-- statement round_winners(offering_id id, after int, limit int) rows
SELECT w.position, w.place, w.person_id, p.given, p.family
FROM round_row w JOIN person p ON p.id = w.person_id
WHERE w.offering_id = ?1 AND w.position > ?2 AND w.place > 0 AND w.outcome <> 'gone'
ORDER BY w.position LIMIT ?3
