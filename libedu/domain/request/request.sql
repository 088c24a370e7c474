-- Applications of services that run on their definition.

-- As what the actor is on the side of the applicant; a school for its pupil, where others than the
-- applicant may see the service at all, or where it applied for them.
-- fragment request_applicant(actor, one, app)
CASE WHEN one.person_id = actor THEN 'self'
    WHEN @acts_for(actor, one.person_id) THEN 'guardian'
    WHEN (app.is_private = 0 OR EXISTS (SELECT 1 FROM event made WHERE made.person_id = app.person_id
            AND made.application_id = app.id AND made.sequence = 1 AND made.actor_kind = 'school'))
        AND EXISTS (SELECT 1 FROM pupil taught JOIN role_grant held
        ON held.code = taught.institution WHERE taught.person_id = one.person_id
        AND held.person_id = actor AND held.role = 'school' AND held.scope = 'institution')
        THEN 'school' END

-- fragment request_is_clerk(actor, one)
(EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor
    AND (held.scope = '' AND held.role IN ('admin', 'clerk')
        OR held.scope = 'region' AND held.role = 'clerk' AND held.code = one.region))
    AND NOT @scores_blind(actor, one.offering_id))

-- fragment request_is_institution(actor, one)
(EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor AND held.role = 'school'
    AND held.scope = 'institution' AND held.code = one.institution)
    AND NOT @scores_blind(actor, one.offering_id))

-- fragment request_is_assignee(actor, instant, one)
((one.assignee_id = actor OR EXISTS (SELECT 1 FROM substitute standing
    WHERE standing.person_id = one.assignee_id AND standing.substitute_id = actor
        AND standing.since <= instant AND standing.until > instant))
    AND NOT @scores_blind(actor, one.offering_id))

-- fragment request_is_staff(actor, instant, one)
(@request_is_clerk(actor, one) OR @request_is_institution(actor, one)
    OR @request_is_assignee(actor, instant, one))

-- ---- drafts ----

-- What decides whether somebody may apply: the offering, the person, and as whom the actor acts.
-- statement request_facts(actor id, person_id id, offering_id id) rows
SELECT o.service, o.opens, o.closes, o.is_published, o.institution, COALESCE(o.region, home.region),
    o.age_from, o.age_until, o.grade_from, o.grade_to, @submits_as(?1, p.id), p.birth,
    p.wrapped_key, t.grade, p.given, p.family, o.by_round, a.progress, a.funding, a.until,
    o.begins
FROM offering o JOIN person p ON p.id = ?2
    LEFT JOIN admission a ON a.person_id = p.id AND a.offering_id = o.id AND a.is_live = 1
    LEFT JOIN pupil t ON t.person_id = p.id LEFT JOIN institution home ON home.code = t.institution
WHERE o.id = ?3 AND @submits_as(?1, p.id) IS NOT NULL

-- fragment draft_is_mine(actor, one)
(one.is_staffs = 1 AND one.by_id = actor OR one.is_staffs = 0 AND @acts_for(actor, one.person_id))

-- What the draft corrects is told beside its id.
-- statement draft_own(person_id id, offering_id id, is_staffs bool, by_id id) rows
SELECT id, application_id FROM draft WHERE person_id = ?1 AND offering_id = ?2 AND is_staffs = ?3
    AND (is_staffs = 0 OR by_id = ?4)

-- statement draft_count(person_id id, is_staffs bool, by_id id) rows
SELECT COUNT(*) FROM draft WHERE person_id = ?1 AND is_staffs = ?2 AND (is_staffs = 0 OR by_id = ?3)

-- statement draft_add(person_id id, id id, service text, service_version int, offering_id id, application_id id, by_id id, is_staffs bool, sealed blob, now time) run
INSERT INTO draft (person_id, id, service, service_version, offering_id, application_id, by_id,
    is_staffs, sealed, changed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- statement draft_change(person_id id, id id, service_version int, application_id id, sealed blob, now time) run
UPDATE draft SET service_version = ?3, application_id = ?4, sealed = ?5, changed = ?6
WHERE person_id = ?1 AND id = ?2

-- statement draft_get(actor id, person_id id, id id) rows
SELECT d.service, d.service_version, d.offering_id, s.title, d.application_id, d.changed, d.sealed,
    p.wrapped_key
FROM draft d JOIN subject s ON s.id = d.offering_id JOIN person p ON p.id = d.person_id
WHERE d.person_id = ?2 AND d.id = ?3 AND @draft_is_mine(?1, d)

-- statement draft_list(actor id, person_id id, before id, limit int) rows
SELECT d.id, d.service, d.service_version, d.offering_id, s.title, d.application_id, d.changed
FROM draft d JOIN subject s ON s.id = d.offering_id
WHERE d.person_id = ?2 AND d.id < ?3 AND @draft_is_mine(?1, d)
ORDER BY d.id DESC LIMIT ?4

-- statement draft_drop(person_id id, id id) run
DELETE FROM draft WHERE person_id = ?1 AND id = ?2

-- ---- documents ----

-- statement document_add(person_id id, id id, kind text, sealed_name blob, type text, size int, hash text, now time, sealed blob) run
INSERT INTO document (person_id, id, kind, sealed_name, type, size, hash, added, sealed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- statement draft_document_add(person_id id, draft_id id, document_id id) run
INSERT INTO draft_document (person_id, draft_id, document_id) VALUES (?1, ?2, ?3)

-- What was submitted last, again.
-- statement draft_documents_begin(person_id id, draft_id id, request_id id, revision int) run
INSERT INTO draft_document (person_id, draft_id, document_id)
SELECT person_id, ?2, document_id FROM request_document
WHERE person_id = ?1 AND request_id = ?3 AND revision = ?4

-- statement draft_document_drop(person_id id, draft_id id, document_id id) run
DELETE FROM draft_document WHERE person_id = ?1 AND draft_id = ?2 AND document_id = ?3

-- statement draft_documents_drop(person_id id, draft_id id) run
DELETE FROM draft_document WHERE person_id = ?1 AND draft_id = ?2

-- What nothing names any more.
-- statement documents_tidy(person_id id) run
DELETE FROM document WHERE person_id = ?1
    AND NOT EXISTS (SELECT 1 FROM draft_document d WHERE d.person_id = document.person_id
        AND d.document_id = document.id)
    AND NOT EXISTS (SELECT 1 FROM request_document r WHERE r.person_id = document.person_id
        AND r.document_id = document.id)

-- statement draft_document_count(person_id id, draft_id id, kind text) rows
SELECT COUNT(*) FROM draft_document l
    JOIN document d ON d.person_id = l.person_id AND d.id = l.document_id
WHERE l.person_id = ?1 AND l.draft_id = ?2 AND d.kind = ?3

-- statement draft_documents(person_id id, draft_id id) rows
SELECT d.id, d.kind, d.sealed_name, d.type, d.size, d.hash
FROM draft_document l JOIN document d ON d.person_id = l.person_id AND d.id = l.document_id
WHERE l.person_id = ?1 AND l.draft_id = ?2 ORDER BY d.id

-- statement request_documents(person_id id, request_id id, revision int) rows
SELECT d.id, d.kind, d.sealed_name, d.type, d.size, d.hash
FROM request_document l JOIN document d ON d.person_id = l.person_id AND d.id = l.document_id
WHERE l.person_id = ?1 AND l.request_id = ?2 AND l.revision = ?3 ORDER BY d.id

-- statement request_documents_submit(person_id id, request_id id, revision int, draft_id id) run
INSERT INTO request_document (person_id, request_id, revision, document_id)
SELECT person_id, ?2, ?3, document_id FROM draft_document WHERE person_id = ?1 AND draft_id = ?4

-- Of a draft of the session's, or of an application that it may see, in whatever revision.
-- statement document_get(actor id, person_id id, id id, document_id id, now time) rows
SELECT d.sealed_name, d.type, d.hash, d.sealed, p.wrapped_key
FROM document d JOIN person p ON p.id = d.person_id
WHERE d.person_id = ?2 AND d.id = ?4
    AND (EXISTS (SELECT 1 FROM draft_document l JOIN draft own ON own.person_id = l.person_id
            AND own.id = l.draft_id
            WHERE l.person_id = ?2 AND l.draft_id = ?3 AND l.document_id = ?4
                AND @draft_is_mine(?1, own))
        OR EXISTS (SELECT 1 FROM request_document l JOIN request r ON r.person_id = l.person_id
            AND r.id = l.request_id
            JOIN application a ON a.person_id = r.person_id AND a.id = r.id
            WHERE l.person_id = ?2 AND l.request_id = ?3 AND l.document_id = ?4
                AND (@request_applicant(?1, r, a) IS NOT NULL OR @request_is_staff(?1, ?5, r))))

-- statement document_is_known(hash text) rows
SELECT 1 FROM document WHERE hash = ?1

-- Offerings of a round, as choices.
-- statement request_choice_fits(round_id id, id id) rows
SELECT 1 FROM offering WHERE id = ?2 AND round_id = ?1 AND is_published = 1

-- Weekly times of what the person holds a place in by other applications, but for what the wanted
-- one follows.
-- statement request_times(person_id id, id id, wanted id) rows
SELECT o.times, o.begins, o.ends FROM request r JOIN offering o ON o.id = r.offering_id
WHERE r.person_id = ?1 AND r.holds_place = 1 AND r.id <> ?2
    AND NOT EXISTS (SELECT 1 FROM offering n WHERE n.id = ?3 AND n.follows_id = o.id)

-- ---- rows ----

-- statement request_add(person_id id, id id, service text, offering_id id, institution text, region text, state text, is_open bool, now time, sort_name text, holds_place bool, is_waiting bool, queue int, calendar text, calendar_version int, due time, next_at time, decided time) run
INSERT INTO request (person_id, id, service, offering_id, institution, region, state, is_open,
    entered, submitted, revision, sort_name, holds_place, is_waiting, may_move, queue, calendar,
    calendar_version, due, next_at, is_warned, decided, is_late)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, 1, ?10, ?11, ?12, 0, NULLIF(?13, 0), ?14, NULLIF(?15, 0),
    ?16, ?17, 0, ?18, 0)

-- statement request_save(person_id id, id id, state text, is_open bool, entered time, revision int, assignee_id id, holds_place bool, is_waiting bool, queue int, calendar text, calendar_version int, due time, next_at time, is_warned bool, offering_id id, institution text, region text, may_move bool, decided time, is_late bool) run
UPDATE request SET state = ?3, is_open = ?4, entered = ?5, revision = ?6, assignee_id = ?7,
    holds_place = ?8, is_waiting = ?9, queue = NULLIF(?10, 0), calendar = ?11,
    calendar_version = NULLIF(?12, 0), due = ?13, next_at = ?14, is_warned = ?15,
    offering_id = ?16, institution = ?17, region = ?18, may_move = ?19,
    decided = ?20, is_late = ?21
WHERE person_id = ?1 AND id = ?2

-- statement request_form_add(person_id id, request_id id, revision int, sealed blob, asked json) run
INSERT INTO request_form (person_id, request_id, revision, sealed, asked) VALUES (?1, ?2, ?3, ?4, ?5)

-- What it was for, and the documents that were asked for when it was submitted last.
-- statement request_asked(person_id id, request_id id) rows
SELECT a.subject_id, f.asked FROM request r
    JOIN application a ON a.person_id = r.person_id AND a.id = r.id
    JOIN request_form f ON f.person_id = r.person_id AND f.request_id = r.id AND f.revision = r.revision
WHERE r.person_id = ?1 AND r.id = ?2

-- Itself, or in its round.
-- statement offering_asks(id id, applied_for id) rows
SELECT o.code, s.title, o.documents FROM offering o JOIN subject s ON s.id = o.id
WHERE o.id = ?1 AND (o.id = ?2 OR o.round_id = ?2 AND o.is_published = 1)

-- statement request_form_get(person_id id, request_id id, revision int) rows
SELECT sealed FROM request_form WHERE person_id = ?1 AND request_id = ?2 AND revision = ?3

-- statement request_choices_drop(person_id id, request_id id) run
DELETE FROM request_choice WHERE person_id = ?1 AND request_id = ?2

-- statement request_choice_add(person_id id, request_id id, choice int, offering_id id) run
INSERT INTO request_choice (person_id, request_id, choice, offering_id) VALUES (?1, ?2, ?3, ?4)

-- statement request_choices(person_id id, request_id id) rows
SELECT c.offering_id, s.title FROM request_choice c JOIN subject s ON s.id = c.offering_id
WHERE c.person_id = ?1 AND c.request_id = ?2 ORDER BY c.choice

-- statement request_text_add(person_id id, request_id id, sequence int, sealed blob) run
INSERT INTO request_text (person_id, request_id, sequence, sealed) VALUES (?1, ?2, ?3, ?4)

-- statement request_is(person_id id, id id) rows
SELECT 1 FROM request WHERE person_id = ?1 AND id = ?2

-- statement request_sheets(person_id id, request_id id) rows
SELECT sheet, COUNT(*) FROM score WHERE person_id = ?1 AND request_id = ?2 AND is_current = 1
GROUP BY sheet

-- What was applied for stays the same whatever place is held.
-- statement request_has_open(person_id id, service text, offering_id id) rows
SELECT 1 FROM application
WHERE person_id = ?1 AND service = ?2 AND subject_id = ?3 AND is_open = 1

-- statement request_has_other(person_id id, id id) rows
SELECT 1 FROM application one JOIN application other ON other.person_id = one.person_id
    AND other.service = one.service AND other.subject_id = one.subject_id AND other.is_open = 1
WHERE one.person_id = ?1 AND one.id = ?2 AND other.id <> one.id

-- The newest text with corrections: that of the step that led to the state.
-- statement request_text_last(person_id id, request_id id, state text) rows
SELECT t.sealed FROM event e JOIN request_text t ON t.person_id = e.person_id
    AND t.request_id = e.application_id AND t.sequence = e.sequence
WHERE e.person_id = ?1 AND e.application_id = ?2 AND e.state = ?3 AND e.is_internal = 0
ORDER BY e.sequence DESC LIMIT 1

-- statement request_load(actor id, person_id id, id id, now time) rows
SELECT r.service, r.offering_id, r.institution, r.region, r.state, r.is_open, r.entered, r.submitted,
    r.revision, r.assignee_id, r.holds_place, r.is_waiting, r.queue, r.calendar, r.calendar_version,
    r.due, r.next_at, r.is_warned, a.service_version, a.version, a.head, p.wrapped_key,
    @request_applicant(?1, r, a), @request_is_clerk(?1, r), @request_is_institution(?1, r),
    @request_is_assignee(?1, ?4, r), r.may_move, r.decided, r.is_late, a.number
FROM request r JOIN application a ON a.person_id = r.person_id AND a.id = r.id
    JOIN person p ON p.id = r.person_id
WHERE r.person_id = ?2 AND r.id = ?3
    AND (@request_applicant(?1, r, a) IS NOT NULL OR @request_is_staff(?1, ?4, r))

-- Whoever has a role may be given work.
-- statement request_has_role(person_id id) rows
SELECT 1 WHERE @is_staff(?1)

-- ---- lists: what is behind the key is as in request_shown ----

-- fragment request_shown(one)
one.person_id, one.id, one.service, app.service_version, one.offering_id, named.title,
    one.institution, one.region, own.given, own.family, one.state, one.is_open, one.entered,
    one.submitted, one.assignee_id, by.given, by.family, one.due, app.number, made.actor_kind,
    CASE WHEN made.actor_kind IN ('school', 'clerk') THEN maker.given END, maker.family

-- fragment request_shown_from()
request r JOIN application app ON app.person_id = r.person_id AND app.id = r.id
    JOIN subject named ON named.id = r.offering_id JOIN person own ON own.id = r.person_id
    LEFT JOIN person by ON by.id = r.assignee_id
    LEFT JOIN event made ON made.person_id = r.person_id AND made.application_id = r.id AND made.sequence = 1
    LEFT JOIN person maker ON maker.id = made.actor_id

-- statement request_get(person_id id, id id) rows
SELECT @request_shown(r), r.queue, r.is_waiting FROM @request_shown_from()
WHERE r.person_id = ?1 AND r.id = ?2

-- statement request_position(offering_id id, queue int) rows
SELECT COUNT(*) FROM request WHERE offering_id = ?1 AND is_waiting = 1 AND queue <= ?2

-- fragment request_behind(actor, wanted, latest, last_entered, last_person, last_id)
(wanted IS NULL OR r.state = wanted) AND r.due <= latest AND NOT @scores_blind(actor, r.offering_id)
    AND (r.entered, r.person_id, r.id) > (last_entered, last_person, last_id)

-- statement request_of_assignee(actor id, now time, service text, state text, until time, entered time, person_id id, id id, limit int) rows
SELECT r.entered, r.person_id, r.id, @request_shown(r) FROM @request_shown_from()
WHERE r.is_open = 1 AND r.assignee_id IN (SELECT ?1 UNION ALL SELECT s.person_id FROM substitute s
        WHERE s.substitute_id = ?1 AND s.since <= ?2 AND s.until > ?2)
    AND (?3 IS NULL OR r.service = ?3) AND @request_behind(?1, ?4, ?5, ?6, ?7, ?8)
ORDER BY r.entered, r.person_id, r.id LIMIT ?9

-- Asked of each only where the actor has places of their own.
-- fragment request_kept(actor, one)
(@keeps_all(actor) OR @keeps_some(actor) AND @keeps(actor, one.institution, one.region))

-- statement request_open_of_service(actor id, service text, state text, until time, entered time, person_id id, id id, limit int) rows
SELECT r.entered, r.person_id, r.id, @request_shown(r) FROM @request_shown_from()
WHERE r.is_open = 1 AND r.service = ?2
    AND @request_kept(?1, r) AND @request_behind(?1, ?3, ?4, ?5, ?6, ?7)
ORDER BY r.entered, r.person_id, r.id LIMIT ?8

-- statement request_open_of_institution(actor id, institution text, service text, state text, until time, entered time, person_id id, id id, limit int) rows
SELECT r.entered, r.person_id, r.id, @request_shown(r) FROM @request_shown_from()
WHERE r.is_open = 1 AND r.institution = ?2 AND r.service = ?3 AND @covers_school(?1, ?2)
    AND @request_behind(?1, ?4, ?5, ?6, ?7, ?8)
ORDER BY r.entered, r.person_id, r.id LIMIT ?9

-- statement request_open_of_region(actor id, region text, service text, state text, until time, entered time, person_id id, id id, limit int) rows
SELECT r.entered, r.person_id, r.id, @request_shown(r) FROM @request_shown_from()
WHERE r.is_open = 1 AND r.region = ?2 AND r.service = ?3 AND EXISTS (SELECT 1 FROM role_grant held
        WHERE held.person_id = ?1 AND (held.scope = '' AND held.role IN ('admin', 'clerk')
            OR held.scope = 'region' AND held.role = 'clerk' AND held.code = ?2))
    AND @request_behind(?1, ?4, ?5, ?6, ?7, ?8)
ORDER BY r.entered, r.person_id, r.id LIMIT ?9

-- statement request_open_of_offering(actor id, offering_id id, state text, until time, entered time, person_id id, id id, limit int) rows
SELECT r.entered, r.person_id, r.id, @request_shown(r) FROM @request_shown_from()
WHERE r.is_open = 1 AND r.offering_id = ?2
    AND EXISTS (SELECT 1 FROM offering o WHERE o.id = ?2 AND @keeps(?1, o.institution, o.region))
    AND @request_behind(?1, ?3, ?4, ?5, ?6, ?7)
ORDER BY r.entered, r.person_id, r.id LIMIT ?8

-- In one state, the terminal ones too.
-- statement request_in_state(actor id, service text, state text, until time, entered time, person_id id, id id, limit int) rows
SELECT r.entered, r.person_id, r.id, @request_shown(r) FROM @request_shown_from()
WHERE r.service = ?2 AND r.state = ?3
    AND @request_kept(?1, r) AND @request_behind(?1, ?3, ?4, ?5, ?6, ?7)
ORDER BY r.entered, r.person_id, r.id LIMIT ?8

-- statement request_in_state_of_offering(actor id, offering_id id, state text, until time, entered time, person_id id, id id, limit int) rows
SELECT r.entered, r.person_id, r.id, @request_shown(r) FROM @request_shown_from()
WHERE r.offering_id = ?2 AND r.state = ?3
    AND EXISTS (SELECT 1 FROM offering o WHERE o.id = ?2 AND @keeps(?1, o.institution, o.region))
    AND @request_behind(?1, ?3, ?4, ?5, ?6, ?7)
ORDER BY r.entered, r.person_id, r.id LIMIT ?8

-- statement request_by_number(actor id, now time, number text) rows
SELECT r.entered, r.person_id, r.id, @request_shown(r) FROM @request_shown_from()
WHERE app.number = ?3 AND @request_is_staff(?1, ?2, r) AND NOT @scores_blind(?1, r.offering_id)

-- statement request_timeline(person_id id, id id, is_staff bool, after int, limit int) rows
SELECT e.sequence, e.at, e.action, e.state, e.actor_kind, CASE WHEN ?3 = 1 THEN p.given END, p.family,
    e.is_internal, t.sealed, e.data
FROM event e LEFT JOIN person p ON p.id = e.actor_id
    LEFT JOIN request_text t ON t.person_id = e.person_id AND t.request_id = e.application_id
        AND t.sequence = e.sequence
WHERE e.person_id = ?1 AND e.application_id = ?2 AND e.sequence > ?4 AND (?3 = 1 OR e.is_internal = 0)
ORDER BY e.sequence LIMIT ?5

-- ---- by itself ----

-- statement request_first_waiting(offering_id id, after int) rows
SELECT queue, person_id, id FROM request WHERE offering_id = ?1 AND is_waiting = 1 AND queue > ?2
ORDER BY queue LIMIT 1

-- Where somebody waits though a place is free: they had something else at that time.
-- statement request_waits_where_free(person_id id) rows
SELECT r.offering_id FROM request r JOIN offering o ON o.id = r.offering_id
WHERE r.person_id = ?1 AND r.is_waiting = 1 AND (o.places IS NULL OR o.taken < o.places)
ORDER BY r.offering_id

-- Who waits, or holds a place that they want less.
-- fragment would_have(one, wanted)
(one.is_waiting = 1 OR one.may_move = 1 AND EXISTS (SELECT 1 FROM request_choice held
    WHERE held.person_id = one.person_id AND held.request_id = one.id AND held.offering_id = one.offering_id
    AND held.choice > wanted.choice))

-- Of who chose the offering in its round, in the order of the ranking; who came to its list later is behind.
-- statement request_first_reserve(offering_id id, after int) rows
SELECT COALESCE(w.position, 1000000000 + r.queue), r.person_id, r.id
FROM request_choice c JOIN request r ON r.person_id = c.person_id AND r.id = c.request_id
    LEFT JOIN round_row w ON w.person_id = c.person_id AND w.request_id = c.request_id
WHERE c.offering_id = ?1 AND @would_have(r, c) AND COALESCE(w.position, 1000000000 + r.queue) > ?2
ORDER BY 1 LIMIT 1

-- Who works where nobody in particular does.
-- statement request_staff(institution text, region text) rows
SELECT DISTINCT held.person_id FROM role_grant held
WHERE held.role = 'school' AND held.scope = 'institution' AND held.code = ?1
    OR held.role = 'clerk' AND (held.scope = 'region' AND held.code = ?2 OR held.scope = '')
ORDER BY held.person_id LIMIT 20

-- statement request_due(now time, after int, after_person id, after_id id, limit int) rows
SELECT r.next_at, r.person_id, r.id FROM request r
WHERE r.is_open = 1 AND r.next_at <= ?1 AND (r.next_at, r.person_id, r.id) > (?2, ?3, ?4)
ORDER BY r.next_at, r.person_id, r.id LIMIT ?5

-- Those whose deadline was counted by an older version of their calendar.
-- statement request_calendar_old(after int, after_person id, after_id id, limit int) rows
SELECT r.calendar_version, r.person_id, r.id
FROM calendar c CROSS JOIN request r
WHERE NOT EXISTS (SELECT 1 FROM calendar n WHERE n.code = c.code AND n.version > c.version)
    AND r.is_open = 1 AND r.calendar = c.code AND r.calendar_version < c.version
    AND (r.calendar_version, r.person_id, r.id) > (?1, ?2, ?3)
ORDER BY r.calendar_version, r.person_id, r.id LIMIT ?4

-- The last steps first.
-- statement request_steps(person_id id, id id) rows
SELECT sequence, at, action, data, hash FROM event
WHERE person_id = ?1 AND application_id = ?2 ORDER BY sequence DESC

-- ---- who goes on to the offering that follows ----

-- statement carry_offering(actor id, id id) rows
SELECT o.follows_id, o.service, o.is_published, o.closes FROM offering o
    LEFT JOIN offering before ON before.id = o.follows_id
WHERE o.id = ?2 AND @keeps(?1, o.institution, o.region)
    AND (before.id IS NULL OR @keeps(?1, before.institution, before.region))

-- Those who hold a place and have none of the next yet, who came first first.
-- statement carry_candidates(offering_id id, entered time, person_id id, id id, limit int) rows
SELECT r.entered, r.person_id, r.id, p.given, p.family, c.refused
FROM request r JOIN person p ON p.id = r.person_id
    LEFT JOIN carried c ON c.person_id = r.person_id AND c.request_id = r.id
WHERE r.offering_id = ?1 AND r.is_open = 1 AND r.holds_place = 1 AND c.next_id IS NULL
    AND (r.entered, r.person_id, r.id) > (?2, ?3, ?4)
ORDER BY r.entered, r.person_id, r.id LIMIT ?5

-- statement carry_done(person_id id, request_id id, offering_id id, next_id id) run
INSERT INTO carried (person_id, request_id, offering_id, next_id, refused) VALUES (?1, ?2, ?3, ?4, NULL)
ON CONFLICT (person_id, request_id) DO UPDATE SET offering_id = ?3, next_id = ?4, refused = NULL
WHERE carried.next_id IS NULL

-- statement carry_refused(person_id id, request_id id, offering_id id, refused text) run
INSERT INTO carried (person_id, request_id, offering_id, refused) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (person_id, request_id) DO UPDATE SET offering_id = ?3, refused = ?4
WHERE carried.next_id IS NULL

-- statement carry_documents(person_id id, request_id id, revision int, next_id id) run
INSERT INTO request_document (person_id, request_id, revision, document_id)
SELECT person_id, ?4, 1, document_id FROM request_document
WHERE person_id = ?1 AND request_id = ?2 AND revision = ?3
