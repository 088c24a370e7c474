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
    @keeps(?1, o.institution, o.region), @judges(?1, o.institution, o.region)
FROM offering o JOIN offering_round r ON r.offering_id = o.id WHERE o.id = ?2

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
SELECT revision, key_values, is_current FROM score
WHERE person_id = ?1 AND request_id = ?2 AND sheet = ?3 AND member_id = ?4
ORDER BY revision DESC LIMIT 1

-- statement score_retire(person_id id, request_id id, sheet text, member_id id) run
UPDATE score SET is_current = 0
WHERE person_id = ?1 AND request_id = ?2 AND sheet = ?3 AND member_id = ?4 AND is_current = 1

-- statement score_add(person_id id, request_id id, sheet text, member_id id, revision int, total int, key_values json, by_id id, at time) run
INSERT INTO score (person_id, request_id, sheet, member_id, revision, total, key_values, by_id, at,
    is_current)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)

-- The open application of a person for an offering.
-- statement score_request_of_number(offering_id id, kind text, value blob) rows
SELECT r.person_id, r.id FROM claim c JOIN request r ON r.person_id = c.owner
WHERE c.kind = ?2 AND c.value = ?3 AND r.offering_id = ?1 AND r.is_open = 1 ORDER BY r.id LIMIT 1

-- statement score_requests(offering_id id) rows
SELECT id, person_id FROM request WHERE offering_id = ?1 AND is_open = 1

-- statement score_list(offering_id id, entered time, person_id id, id id, limit int) rows
SELECT r.entered, r.person_id, r.id, r.person_id, r.id, p.given, p.family, r.state
FROM request r JOIN person p ON p.id = r.person_id
WHERE r.offering_id = ?1 AND r.is_open = 1 AND (r.entered, r.person_id, r.id) > (?2, ?3, ?4)
ORDER BY r.entered, r.person_id, r.id LIMIT ?5

-- statement score_of_request(person_id id, request_id id) rows
SELECT sheet, member_id, total, key_values FROM score
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

-- statement round_ranking(offering_id id, after int, limit int) rows
SELECT w.position, w.position, @row_columns(w), w.person_id, w.request_id, p.given, p.family
FROM round_row w JOIN person p ON p.id = w.person_id
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

-- statement round_with_free(offering_id id, limit int) rows
SELECT o.id FROM offering o WHERE o.round_id = ?1 AND (o.places IS NULL OR o.taken < o.places)
    AND EXISTS (SELECT 1 FROM offering r WHERE r.id = ?1 AND r.waiting > 0)
ORDER BY o.id LIMIT ?2
