-- Appeals of citizens.

-- Rules.

-- statement appeal_rules_newest(code text) rows
SELECT version, hash, published FROM appeal_rules WHERE code = ?1 ORDER BY version DESC LIMIT 1

-- statement appeal_rules_add(code text, version int, document json, hash blob, now time, actor id) run
INSERT INTO appeal_rules (code, version, document, hash, published, by_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- statement appeal_rules_get(code text, version int) rows
SELECT document, published FROM appeal_rules WHERE code = ?1 AND version = ?2

-- statement appeal_department_put(code text, title json) run
INSERT INTO department (code, title) VALUES (?1, ?2)
ON CONFLICT (code) DO UPDATE SET title = ?2

-- Who may.

-- Whether the actor does the work of this person at this time.
-- fragment stands_in(actor, person, instant)
EXISTS (SELECT 1 FROM substitute standing WHERE standing.person_id = person
    AND standing.substitute_id = actor AND standing.since <= instant AND standing.until > instant)

-- As what the actor works on an appeal; NULL where not at all. Who stands in for a head decides as
-- one, and so does the person to whom the ladder has raised it.
-- fragment appeal_staff(actor, instant, one)
CASE
    WHEN EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor
        AND (held.scope = '' AND held.role IN ('admin', 'clerk')
            OR held.scope = 'region' AND held.role = 'clerk' AND held.code = one.region))
        THEN 'clerk'
    WHEN EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor
        AND held.role = 'head' AND held.scope = 'department' AND held.code = one.department)
        OR @heads_for_another(actor, one.department, instant) OR one.raised_to_id = actor
        OR @stands_in(actor, one.raised_to_id, instant) THEN 'head'
    WHEN one.executor_id = actor OR @stands_in(actor, one.executor_id, instant) THEN 'executor'
    WHEN EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor
        AND held.role = 'executor' AND held.scope = 'department' AND held.code = one.department)
        THEN 'member' END

-- fragment heads_for_another(actor, department_code, instant)
EXISTS (SELECT 1 FROM substitute away JOIN role_grant heads ON heads.person_id = away.person_id
    WHERE away.substitute_id = actor AND away.since <= instant AND away.until > instant
        AND heads.role = 'head' AND heads.scope = 'department' AND heads.code = department_code)

-- fragment appeal_applicant(actor, one)
CASE WHEN one.person_id = actor THEN 'self'
    WHEN EXISTS (SELECT 1 FROM guardian acts WHERE acts.guardian_id = actor
        AND acts.child_id = one.person_id AND acts.state = 'active') THEN 'guardian'
    WHEN EXISTS (SELECT 1 FROM appeal_signatory signed WHERE signed.signer_id = actor
        AND signed.appeal_id = one.id) THEN 'signatory' END

-- statement appeal_load(actor id, person_id id, id id, now time) rows
SELECT a.serial, a.number, a.channel, a.is_anonymous, a.category, a.level, a.region, a.department,
    a.executor_id, a.state, a.is_open, a.received, a.clock_from, a.calendar, a.calendar_version,
    a.rules_version, a.rule, a.unit, a.term, a.extra, a.extensions, a.pauses, a.due, a.very_late,
    a.next_at, a.rung, a.drafted_by_id, a.approved_by_id, a.answered, a.worked_days, a.reopened,
    a.rating, a.into_person_id, a.into_id, a.raised_to_id,
    o.service, o.service_version, o.version, o.is_open, o.head, p.wrapped_key,
    (SELECT MAX(r.version) FROM appeal_rules r WHERE r.code = o.service),
    @appeal_applicant(?1, a), @appeal_staff(?1, ?4, a)
FROM appeal a JOIN application o ON o.person_id = a.person_id AND o.id = a.id
    JOIN person p ON p.id = a.person_id
WHERE a.person_id = ?2 AND a.id = ?3
    AND (@appeal_applicant(?1, a) IS NOT NULL OR @appeal_staff(?1, ?4, a) IS NOT NULL)

-- Whether the actor may register for a person, or as staff: one row.
-- statement appeal_intake(actor id, person_id id, region text) rows
SELECT CASE WHEN ?2 = ?1 THEN 'self' WHEN @acts_for(?1, ?2) THEN 'guardian' END,
    EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = ?1
        AND (held.scope = '' AND held.role IN ('admin', 'clerk')
            OR held.scope = 'region' AND held.role = 'clerk' AND held.code = ?3)),
    p.wrapped_key, p.given, p.family, i.region
FROM (SELECT 1 AS one) always LEFT JOIN person p ON p.id = ?2
    LEFT JOIN pupil t ON t.person_id = p.id LEFT JOIN institution i ON i.code = t.institution

-- statement appeal_regions() rows
SELECT code, name FROM region ORDER BY code LIMIT 2000

-- statement appeal_region_exists(code text) rows
SELECT 1 FROM region WHERE code = ?1

-- What was sent on the portal in the same matter, the latest first.
-- statement appeal_sent(person_id id, since id, category text, region text) rows
SELECT a.id, a.serial, a.received, a.due, t.sealed
FROM appeal a JOIN appeal_text t ON t.person_id = a.person_id AND t.appeal_id = a.id AND t.sequence = 1
WHERE a.person_id = ?1 AND a.id > ?2 AND a.is_open = 1 AND a.channel = 'electronic'
    AND a.category = ?3 AND COALESCE(a.region, '') = ?4
ORDER BY a.id DESC LIMIT 20

-- statement appeal_add(person_id id, id id, serial int, number text, channel text, is_anonymous bool, category text, level text, region text, state text, received time, month int, calendar text, calendar_version int, rules_version int, rule text, unit text, term int, due time, very_late time, next_at time) run
INSERT INTO appeal (person_id, id, serial, number, channel, is_anonymous, category, level, region,
    state, is_open, received, month, clock_from, calendar, calendar_version, rules_version, rule,
    unit, term, extra, extensions, pauses, due, very_late, next_at, rung, reopened)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11, ?12, ?11, ?13, ?14, ?15, ?16, ?17, ?18, 0, 0,
    '[]', ?19, ?20, ?21, 0, 0)

-- Three statements, as an engine writes every index anew of which a column is given, whether it is
-- another value or not.

-- What no index has.
-- fragment appeal_step()
level = ?3, state = ?4, clock_from = ?5, rules_version = ?6, rule = ?7, unit = ?8, term = ?9,
    extra = ?10, extensions = ?11, pauses = ?12, rung = ?13, drafted_by_id = ?14,
    approved_by_id = ?15, reopened = ?16, rating = NULLIF(?17, 0)

-- By what lists find it while it is open.
-- fragment appeal_place()
category = ?18, department = ?19, executor_id = ?20, due = ?21, very_late = ?22, next_at = ?23,
    raised_to_id = ?24

-- statement appeal_save_step(person_id id, id id, level text, state text, clock_from time, rules_version int, rule text, unit text, term int, extra int, extensions int, pauses json, rung int, drafted_by id, approved_by id, reopened int, rating int) run
UPDATE appeal SET @appeal_step() WHERE person_id = ?1 AND id = ?2

-- statement appeal_save_place(person_id id, id id, level text, state text, clock_from time, rules_version int, rule text, unit text, term int, extra int, extensions int, pauses json, rung int, drafted_by id, approved_by id, reopened int, rating int, category text, department text, executor_id id, due time, very_late time, next_at time, raised_to id) run
UPDATE appeal SET @appeal_step(), @appeal_place() WHERE person_id = ?1 AND id = ?2

-- statement appeal_save(person_id id, id id, level text, state text, clock_from time, rules_version int, rule text, unit text, term int, extra int, extensions int, pauses json, rung int, drafted_by id, approved_by id, reopened int, rating int, category text, department text, executor_id id, due time, very_late time, next_at time, raised_to id, is_open bool, calendar_version int, answered time, worked_days int, into_person_id id, into_id id) run
UPDATE appeal SET @appeal_step(), @appeal_place(), is_open = ?25, calendar_version = ?26,
    answered = ?27, worked_days = NULLIF(?28, -1), into_person_id = ?29, into_id = ?30
WHERE person_id = ?1 AND id = ?2

-- statement appeal_text_add(person_id id, appeal_id id, sequence int, sealed blob) run
INSERT INTO appeal_text (person_id, appeal_id, sequence, sealed) VALUES (?1, ?2, ?3, ?4)

-- statement appeal_text_last(person_id id, appeal_id id, action text) rows
SELECT t.sealed, e.sequence FROM event e JOIN appeal_text t ON t.person_id = e.person_id
    AND t.appeal_id = e.application_id AND t.sequence = e.sequence
WHERE e.person_id = ?1 AND e.application_id = ?2 AND e.action = ?3
ORDER BY e.sequence DESC LIMIT 1

-- Work.

-- Open appeals of each department, and of each executor: entries of an index.
-- statement appeal_department_loads() rows
SELECT d.code, (SELECT COUNT(*) FROM appeal a WHERE a.department = d.code AND a.is_open = 1)
FROM department d

-- statement appeal_executor_loads() rows
SELECT g.person_id, (SELECT COUNT(*) FROM appeal a WHERE a.executor_id = g.person_id AND a.is_open = 1)
FROM (SELECT DISTINCT person_id FROM role_grant WHERE scope = 'department' AND role = 'executor') g

-- statement appeal_department_exists(code text) rows
SELECT 1 FROM department WHERE code = ?1

-- Executors of a department who are there.
-- statement appeal_executors(department text, now time, limit int) rows
SELECT g.person_id FROM role_grant g
WHERE g.scope = 'department' AND g.role = 'executor' AND g.code = ?1
    AND NOT EXISTS (SELECT 1 FROM substitute s WHERE s.person_id = g.person_id AND s.since <= ?2
        AND s.until > ?2)
ORDER BY g.person_id LIMIT ?3

-- statement appeal_is_executor(person_id id, department text) rows
SELECT 1 FROM role_grant g
WHERE g.person_id = ?1 AND g.scope = 'department' AND g.role IN ('executor', 'head') AND g.code = ?2

-- Who could execute an appeal.
-- statement appeal_workers(department text, now time, after id, limit int) rows
SELECT p.id, p.id, p.given, p.family,
    (SELECT COUNT(*) FROM appeal a WHERE a.executor_id = p.id AND a.is_open = 1),
    EXISTS (SELECT 1 FROM substitute s WHERE s.person_id = p.id AND s.since <= ?2 AND s.until > ?2)
FROM person p
WHERE p.id > ?3 AND p.id IN (SELECT g.person_id FROM role_grant g WHERE g.scope = 'department'
    AND g.role IN ('executor', 'head') AND g.code = ?1)
ORDER BY p.id LIMIT ?4

-- statement appeal_merged_list(person_id id, id id) rows
SELECT a.person_id, a.id FROM appeal a
WHERE a.into_person_id = ?1 AND a.into_id = ?2 AND a.is_open = 0
ORDER BY a.person_id, a.id LIMIT 200

-- statement appeal_merged_shown(actor id, now time, into_person_id id, into_id id, after_person id, after_id id, limit int) rows
SELECT a.person_id, a.id, @appeal_shown(a), @appeal_staff(?1, ?2, a)
FROM @appeal_shown_from()
WHERE a.into_person_id = ?3 AND a.into_id = ?4 AND (a.person_id, a.id) > (?5, ?6)
    AND @appeal_staff(?1, ?2, a) IS NOT NULL
ORDER BY a.person_id, a.id LIMIT ?7

-- Absence.

-- Whose absences the actor arranges: their own, and of those whose work they see to.
-- fragment may_arrange(actor, person)
(person = actor OR @has_role_everywhere(actor, 'admin') OR @has_role_everywhere(actor, 'clerk')
    OR EXISTS (SELECT 1 FROM role_grant heads JOIN role_grant held ON held.code = heads.code
        WHERE heads.person_id = actor AND heads.role = 'head' AND heads.scope = 'department'
        AND held.person_id = person AND held.role = 'executor' AND held.scope = 'department'))

-- statement appeal_may_substitute(actor id, person_id id, substitute_id id) rows
SELECT 1
WHERE EXISTS (SELECT 1 FROM role_grant work WHERE work.person_id = ?2 AND work.scope <> '')
    AND EXISTS (SELECT 1 FROM role_grant work WHERE work.person_id = ?3)
    AND @may_arrange(?1, ?2)

-- statement appeal_substitute_put(person_id id, substitute_id id, since time, until time, by_id id) run
INSERT INTO substitute (person_id, substitute_id, since, until, by_id) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (person_id, substitute_id, since) DO UPDATE SET until = ?4, by_id = ?5

-- statement appeal_absences(actor id, person_id id, now time, since time, substitute_id id, limit int) rows
SELECT s.since, s.substitute_id, s.substitute_id, p.given, p.family, s.since, s.until
FROM substitute s JOIN person p ON p.id = s.substitute_id
WHERE s.person_id = ?2 AND s.until > ?3 AND (s.since, s.substitute_id) > (?4, ?5)
    AND @may_arrange(?1, ?2)
ORDER BY s.since, s.substitute_id LIMIT ?6

-- statement appeal_may_arrange(actor id, person_id id) rows
SELECT 1 FROM person p WHERE p.id = ?2 AND @may_arrange(?1, ?2)

-- Those of the actor's departments, and clerks among themselves.
-- statement appeal_colleagues(actor id, after id, limit int) rows
SELECT DISTINCT p.id, p.id, p.given, p.family
FROM role_grant own JOIN role_grant held ON held.scope = own.scope AND held.code = own.code
    JOIN person p ON p.id = held.person_id
WHERE own.person_id = ?1 AND held.person_id <> ?1 AND p.id > ?2
    AND (own.scope = 'department' AND held.role IN ('executor', 'head')
        OR own.scope IN ('', 'region') AND own.role = 'clerk' AND held.role = 'clerk')
ORDER BY p.id LIMIT ?3

-- statement appeal_absence_end(actor id, person_id id, substitute_id id, since time) run
DELETE FROM substitute
WHERE person_id = ?2 AND substitute_id = ?3 AND since = ?4 AND @may_arrange(?1, ?2)

-- Jobs.

-- statement appeal_ladder_due(now time, after int, after_person id, after_id id, limit int) rows
SELECT a.next_at, a.person_id, a.id FROM appeal a
WHERE a.is_open = 1 AND a.next_at <= ?1 AND (a.next_at, a.person_id, a.id) > (?2, ?3, ?4)
ORDER BY a.next_at, a.person_id, a.id LIMIT ?5

-- statement appeal_heads(department text) rows
SELECT g.person_id FROM role_grant g
WHERE g.role = 'head' AND g.scope = 'department' AND g.code = ?1 ORDER BY g.person_id LIMIT 20

-- statement appeal_clerks(region text) rows
SELECT g.person_id FROM role_grant g
WHERE g.role = 'clerk' AND (g.scope = '' OR g.scope = 'region' AND g.code = ?1)
ORDER BY g.person_id LIMIT 20

-- Those under a version of their calendar that is not its newest.
-- statement appeal_calendar_old(after int, after_person id, after_id id, limit int) rows
SELECT a.received, a.person_id, a.id
FROM calendar c CROSS JOIN appeal a
WHERE NOT EXISTS (SELECT 1 FROM calendar n WHERE n.code = c.code AND n.version > c.version)
    AND a.is_open = 1 AND a.calendar = c.code AND a.calendar_version < c.version
    AND (a.received, a.person_id, a.id) > (?1, ?2, ?3)
ORDER BY a.received, a.person_id, a.id LIMIT ?4

-- Lists. The columns behind the sort key are as in appeal_shown.

-- fragment appeal_shown(one)
one.person_id, one.id, one.number, one.channel, one.is_anonymous, one.category, one.level, one.region,
    one.department, one.executor_id, one.state, one.is_open, one.received, one.due, one.very_late,
    one.rule, one.pauses, one.extensions, one.reopened, one.answered, one.worked_days, one.rating,
    one.into_person_id, one.into_id, app.service_version, own.given, own.family, ex.given, ex.family,
    one.signatories

-- fragment appeal_shown_from()
appeal a JOIN application app ON app.person_id = a.person_id AND app.id = a.id
    JOIN person own ON own.id = a.person_id LEFT JOIN person ex ON ex.id = a.executor_id

-- statement appeal_list(actor id, person_id id, before id, limit int) rows
SELECT a.id, @appeal_shown(a), NULL
FROM @appeal_shown_from()
WHERE a.person_id = ?2 AND @acts_for(?1, ?2) AND a.id < ?3
ORDER BY a.id DESC LIMIT ?4

-- statement appeal_get(actor id, person_id id, id id, now time) rows
SELECT @appeal_shown(a), @appeal_staff(?1, ?4, a)
FROM @appeal_shown_from()
WHERE a.person_id = ?2 AND a.id = ?3
    AND (@appeal_applicant(?1, a) IS NOT NULL OR @appeal_staff(?1, ?4, a) IS NOT NULL)

-- Whose queues they are, for the lists and for the list of lists.

-- fragment has_every_queue(actor)
EXISTS (SELECT 1 FROM role_grant held
    WHERE held.person_id = actor AND held.scope = '' AND held.role IN ('admin', 'clerk'))

-- fragment is_of_department(actor, department_code, instant)
(EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor AND held.scope = 'department'
    AND held.role IN ('head', 'executor') AND held.code = department_code)
    OR @heads_for_another(actor, department_code, instant))

-- fragment is_of_region(actor, region_code)
EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor AND held.scope = 'region'
    AND held.role = 'clerk' AND held.code = region_code)

-- Open appeals, and those of them that are late.
-- fragment appeal_counts(instant)
COUNT(*) AS open_count, COUNT(CASE WHEN a.due <= instant THEN 1 END) AS overdue_count

-- Those of the actor; of others' only those in which there is something.
-- statement appeal_queues(actor id, now time, after_place int, after_code text, limit int) rows
SELECT q.place, q.code, q.queue, q.code,
    CASE q.place WHEN 3 THEN (SELECT d.title FROM department d WHERE d.code = q.code)
        WHEN 4 THEN (SELECT r.name FROM region r WHERE r.code = q.code) END,
    q.open_count, q.overdue_count
FROM (
    SELECT 1 AS place, 'mine' AS queue, '' AS code, 1 AS is_own, @appeal_counts(?2)
    FROM appeal a WHERE a.is_open = 1 AND a.executor_id IN @works_for(?1, ?2)
    UNION ALL SELECT 2, 'raised', '', 0, @appeal_counts(?2)
    FROM appeal a WHERE a.is_open = 1 AND a.raised_to_id IN @works_for(?1, ?2)
    UNION ALL SELECT 3, 'department', d.code,
        CASE WHEN @is_of_department(?1, d.code, ?2) THEN 1 ELSE 0 END,
        (SELECT COUNT(*) FROM appeal a WHERE a.is_open = 1 AND a.department = d.code),
        (SELECT COUNT(*) FROM appeal a WHERE a.is_open = 1 AND a.department = d.code AND a.due <= ?2)
    FROM department d WHERE @has_every_queue(?1) OR @is_of_department(?1, d.code, ?2)
    UNION ALL SELECT 4, 'region', r.code,
        CASE WHEN @is_of_region(?1, r.code) THEN 1 ELSE 0 END,
        (SELECT COUNT(*) FROM appeal a WHERE a.is_open = 1 AND a.region = r.code),
        (SELECT COUNT(*) FROM appeal a WHERE a.is_open = 1 AND a.region = r.code AND a.due <= ?2)
    FROM region r WHERE @has_every_queue(?1) OR @is_of_region(?1, r.code)
    UNION ALL SELECT 5, 'all', '', 1, (SELECT COUNT(*) FROM appeal listed WHERE listed.is_open = 1),
        (SELECT COUNT(*) FROM appeal listed WHERE listed.is_open = 1 AND listed.due <= ?2)
    FROM (SELECT 1 AS one) always WHERE @has_every_queue(?1)) q
WHERE (q.is_own = 1 OR q.open_count > 0) AND (q.place, q.code) > (?3, ?4)
ORDER BY q.place, q.code LIMIT ?5

-- The + keeps a planner with statistics from walking all open appeals in the order of their dates:
-- one executor has few, which are sorted.
-- statement appeal_of_executor(actor id, now time, state text, category text, until time, due time, person_id id, id id, limit int) rows
SELECT a.due, a.person_id, a.id, @appeal_shown(a), 'executor'
FROM @appeal_shown_from()
WHERE a.is_open = 1 AND a.executor_id IN @works_for(?1, ?2)
    AND (?3 IS NULL OR a.state = ?3) AND (?4 IS NULL OR a.category = ?4) AND +a.due <= ?5
    AND (+a.due, a.person_id, a.id) > (?6, ?7, ?8)
ORDER BY +a.due, a.person_id, a.id LIMIT ?9

-- Those that the ladder raised to the actor, or to whom the actor stands in for.
-- statement appeal_of_raised(actor id, now time, state text, category text, until time, due time, person_id id, id id, limit int) rows
SELECT a.due, a.person_id, a.id, @appeal_shown(a), 'head'
FROM @appeal_shown_from()
WHERE a.is_open = 1 AND a.raised_to_id IN @works_for(?1, ?2)
    AND (?3 IS NULL OR a.state = ?3) AND (?4 IS NULL OR a.category = ?4) AND +a.due <= ?5
    AND (+a.due, a.person_id, a.id) > (?6, ?7, ?8)
ORDER BY +a.due, a.person_id, a.id LIMIT ?9

-- statement appeal_of_department(actor id, now time, department text, state text, category text, until time, due time, person_id id, id id, limit int) rows
SELECT a.due, a.person_id, a.id, @appeal_shown(a), 'member'
FROM @appeal_shown_from()
WHERE a.is_open = 1 AND a.department = ?3
    AND (@has_every_queue(?1) OR @is_of_department(?1, ?3, ?2))
    AND (?4 IS NULL OR a.state = ?4) AND (?5 IS NULL OR a.category = ?5) AND a.due <= ?6
    AND (a.due, a.person_id, a.id) > (?7, ?8, ?9)
ORDER BY a.due, a.person_id, a.id LIMIT ?10

-- statement appeal_of_region(actor id, region text, state text, category text, until time, due time, person_id id, id id, limit int) rows
SELECT a.due, a.person_id, a.id, @appeal_shown(a), 'clerk'
FROM @appeal_shown_from()
WHERE a.is_open = 1 AND a.region = ?2
    AND (@has_every_queue(?1) OR @is_of_region(?1, ?2))
    AND (?3 IS NULL OR a.state = ?3) AND (?4 IS NULL OR a.category = ?4) AND a.due <= ?5
    AND (a.due, a.person_id, a.id) > (?6, ?7, ?8)
ORDER BY a.due, a.person_id, a.id LIMIT ?9

-- statement appeal_of_all(actor id, state text, category text, until time, due time, person_id id, id id, limit int) rows
SELECT a.due, a.person_id, a.id, @appeal_shown(a), 'clerk'
FROM @appeal_shown_from()
WHERE a.is_open = 1 AND @has_every_queue(?1)
    AND (?2 IS NULL OR a.state = ?2) AND (?3 IS NULL OR a.category = ?3) AND a.due <= ?4
    AND (a.due, a.person_id, a.id) > (?5, ?6, ?7)
ORDER BY a.due, a.person_id, a.id LIMIT ?8

-- What is enclosed with an answer is seen with it.
-- statement appeal_events(person_id id, appeal_id id, is_staff bool, after int, limit int, is_answered bool) rows
SELECT e.sequence, e.at, e.action, e.state, e.actor_kind, e.is_internal, e.data, t.sealed, p.given,
    p.family, f.sealed_name, f.type, f.size
FROM event e LEFT JOIN appeal_text t ON t.person_id = e.person_id
    AND t.appeal_id = e.application_id AND t.sequence = e.sequence
    LEFT JOIN appeal_file f ON f.person_id = e.person_id
    AND f.appeal_id = e.application_id AND f.sequence = e.sequence
    LEFT JOIN person p ON p.id = e.actor_id
WHERE e.person_id = ?1 AND e.application_id = ?2 AND e.sequence > ?4
    AND (e.is_internal = 0 OR ?3 = 1 OR ?6 = 1 AND e.action = 'enclose')
ORDER BY e.sequence LIMIT ?5

-- What somebody has begun to write, for each of their forms the last.

-- statement appeal_draft_put(person_id id, form text, sealed blob, now time) run
INSERT INTO appeal_draft (person_id, form, sealed, changed) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (person_id, form) DO UPDATE SET sealed = ?3, changed = ?4

-- statement appeal_draft_count(person_id id) rows
SELECT COUNT(*) FROM appeal_draft WHERE person_id = ?1

-- statement appeal_draft_get(person_id id, form text) rows
SELECT d.sealed, d.changed, p.wrapped_key
FROM appeal_draft d JOIN person p ON p.id = d.person_id WHERE d.person_id = ?1 AND d.form = ?2

-- statement appeal_draft_end(person_id id, form text) run
DELETE FROM appeal_draft WHERE person_id = ?1 AND form = ?2

-- Files.

-- statement appeal_file_count(person_id id, appeal_id id) rows
SELECT COUNT(*) FROM appeal_file WHERE person_id = ?1 AND appeal_id = ?2

-- statement appeal_file_add(person_id id, appeal_id id, sequence int, sealed_name blob, type text, size int, sealed blob) run
INSERT INTO appeal_file (person_id, appeal_id, sequence, sealed_name, type, size, sealed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- statement appeal_file_get(person_id id, appeal_id id, sequence int, is_staff bool, is_answered bool) rows
SELECT f.sealed_name, f.type, f.sealed
FROM appeal_file f JOIN event e ON e.person_id = f.person_id AND e.application_id = f.appeal_id
    AND e.sequence = f.sequence
WHERE f.person_id = ?1 AND f.appeal_id = ?2 AND f.sequence = ?3
    AND (e.is_internal = 0 OR ?4 = 1 OR ?5 = 1 AND e.action = 'enclose')

-- By who has its number and code.
-- statement appeal_by_serial(serial int, is_anonymous bool) rows
SELECT a.person_id, a.id FROM appeal a WHERE a.serial = ?1 AND a.is_anonymous = ?2

-- Signatories.

-- statement appeal_has_signed(person_id id, appeal_id id, signer_id id) rows
SELECT 1 WHERE ?1 = ?3 OR EXISTS (SELECT 1 FROM appeal_signatory s
    WHERE s.signer_id = ?3 AND s.appeal_id = ?2)

-- statement appeal_signatory_add(person_id id, appeal_id id, sequence int, signer_id id, sealed_name blob, now time) run
INSERT INTO appeal_signatory (person_id, appeal_id, sequence, signer_id, sealed_name, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- statement appeal_signatory_count(person_id id, appeal_id id) rows
SELECT COUNT(*) FROM appeal_signatory WHERE person_id = ?1 AND appeal_id = ?2

-- statement appeal_signatory_end(person_id id, appeal_id id, signer_id id) run
DELETE FROM appeal_signatory WHERE person_id = ?1 AND appeal_id = ?2 AND signer_id = ?3

-- statement appeal_signatories_count(person_id id, id id) run
UPDATE appeal SET signatories = (SELECT COUNT(*) FROM appeal_signatory s
    WHERE s.person_id = ?1 AND s.appeal_id = ?2)
WHERE person_id = ?1 AND id = ?2

-- statement appeal_signatories(person_id id, appeal_id id, after int, limit int) rows
SELECT s.sequence, p.given, p.family, s.sealed_name, s.at
FROM appeal_signatory s LEFT JOIN person p ON p.id = s.signer_id
WHERE s.person_id = ?1 AND s.appeal_id = ?2 AND s.sequence > ?3
ORDER BY s.sequence LIMIT ?4

-- statement appeal_signers(person_id id, appeal_id id) rows
SELECT s.signer_id FROM appeal_signatory s
WHERE s.person_id = ?1 AND s.appeal_id = ?2 AND s.signer_id IS NOT NULL
ORDER BY s.sequence LIMIT 1000

-- statement appeal_signed(actor id, before id, limit int) rows
SELECT a.id, @appeal_shown(a), NULL
FROM appeal_signatory s JOIN appeal a ON a.person_id = s.person_id AND a.id = s.appeal_id
    JOIN application app ON app.person_id = a.person_id AND app.id = a.id
    JOIN person own ON own.id = a.person_id LEFT JOIN person ex ON ex.id = a.executor_id
WHERE s.signer_id = ?1 AND s.appeal_id < ?2
ORDER BY s.appeal_id DESC LIMIT ?3

-- Duplicates: the newest first.

-- statement appeal_band_add(band int, appeal_id id, person_id id) run
INSERT INTO appeal_band (band, appeal_id, person_id) VALUES (?1, ?2, ?3)
ON CONFLICT (band, appeal_id) DO NOTHING

-- statement appeal_band_find(actor id, now time, band int, since time, limit int) rows
SELECT a.person_id, a.id
FROM appeal_band b JOIN appeal a ON a.person_id = b.person_id AND a.id = b.appeal_id
WHERE b.band = ?3 AND a.received >= ?4 AND @appeal_staff(?1, ?2, a) IS NOT NULL
ORDER BY b.appeal_id DESC LIMIT ?5

-- statement appeal_of_person(actor id, now time, person_id id, since time, limit int) rows
SELECT a.person_id, a.id FROM appeal a
WHERE a.person_id = ?3 AND a.received >= ?4 AND @appeal_staff(?1, ?2, a) IS NOT NULL
ORDER BY a.id DESC LIMIT ?5

-- statement appeal_text_first(person_id id, appeal_id id) rows
SELECT t.sealed, p.wrapped_key FROM appeal_text t JOIN person p ON p.id = t.person_id
WHERE t.person_id = ?1 AND t.appeal_id = ?2 AND t.sequence = 1

-- Publication.

-- statement appeal_names(person_id id) rows
SELECT given, family FROM person WHERE id = ?1

-- statement appeal_publication_put(appeal_id id, category text, question text, answer text, now time) run
INSERT INTO appeal_publication (appeal_id, category, question, answer, published)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (appeal_id) DO UPDATE SET category = ?2, question = ?3, answer = ?4, published = ?5

-- statement appeal_publication_end(appeal_id id) run
DELETE FROM appeal_publication WHERE appeal_id = ?1

-- statement appeal_publications(category text, published time, appeal_id id, limit int) rows
SELECT p.published, p.appeal_id, p.published, p.category, p.question, p.answer
FROM appeal_publication p
WHERE (?1 IS NULL OR p.category = ?1) AND (p.published, p.appeal_id) < (?2, ?3)
ORDER BY p.published DESC, p.appeal_id DESC LIMIT ?4

-- Search. rowid: the serial of the appeal.

-- statement appeal_words_add(serial int, words text) run
INSERT INTO appeal_words (rowid, words) VALUES (?1, ?2)

-- statement appeal_words_add(serial int, words text) run @postgresql
INSERT INTO appeal_words (rowid, words) VALUES (?1, array_to_tsvector(string_to_array(?2, ' ')))

-- Every word is the beginning of one that the appeal has.
-- statement appeal_search_words(actor id, now time, words text, state text, since time, until time, before int, limit int) rows
SELECT a.serial, @appeal_shown(a), @appeal_staff(?1, ?2, a)
FROM appeal_words JOIN appeal a ON a.serial = appeal_words.rowid
    JOIN application app ON app.person_id = a.person_id AND app.id = a.id
    JOIN person own ON own.id = a.person_id LEFT JOIN person ex ON ex.id = a.executor_id
WHERE appeal_words MATCH replace(?3, ' ', '* ') || '*' AND appeal_words.rowid < ?7
    AND (?4 IS NULL OR a.state = ?4) AND a.received >= ?5 AND a.received < ?6
    AND @appeal_staff(?1, ?2, a) IS NOT NULL
ORDER BY appeal_words.rowid DESC LIMIT ?8

-- OFFSET 0 keeps the server from walking all appeals from the newest in the hope of fifty that match.
-- statement appeal_search_words(actor id, now time, words text, state text, since time, until time, before int, limit int) rows @postgresql
SELECT a.serial, @appeal_shown(a), @appeal_staff(?1, ?2, a)
FROM (SELECT w.rowid FROM appeal_words w
        WHERE w.words @@ to_tsquery('simple', replace(?3, ' ', ':* & ') || ':*') AND w.rowid < ?7
        ORDER BY w.rowid DESC OFFSET 0) found JOIN appeal a ON a.serial = found.rowid
    JOIN application app ON app.person_id = a.person_id AND app.id = a.id
    JOIN person own ON own.id = a.person_id LEFT JOIN person ex ON ex.id = a.executor_id
WHERE (?4 IS NULL OR a.state = ?4) AND a.received >= ?5 AND a.received < ?6
    AND @appeal_staff(?1, ?2, a) IS NOT NULL
ORDER BY found.rowid DESC LIMIT ?8

-- statement appeal_search(actor id, now time, state text, since time, until time, first int, last int, before int, limit int) rows
SELECT a.serial, @appeal_shown(a), @appeal_staff(?1, ?2, a)
FROM @appeal_shown_from()
WHERE a.serial BETWEEN ?6 AND ?7 AND a.serial < ?8
    AND (?3 IS NULL OR a.state = ?3) AND a.received >= ?4 AND a.received < ?5
    AND @appeal_staff(?1, ?2, a) IS NOT NULL
ORDER BY a.serial DESC LIMIT ?9

-- statement appeal_search_person(actor id, now time, person_id id, state text, since time, until time, before int, limit int) rows
SELECT a.serial, @appeal_shown(a), @appeal_staff(?1, ?2, a)
FROM @appeal_shown_from()
WHERE a.person_id = ?3 AND a.serial < ?7
    AND (?4 IS NULL OR a.state = ?4) AND a.received >= ?5 AND a.received < ?6
    AND @appeal_staff(?1, ?2, a) IS NOT NULL
ORDER BY a.serial DESC LIMIT ?8

-- Figures: one scan of the index by receipt. What ended without an answer, and not in another, was
-- withdrawn.

-- statement appeal_figures(now time, since time, until time) rows
SELECT a.month, a.channel, a.category, a.region, a.department,
    CASE WHEN a.answered IS NOT NULL THEN CASE WHEN a.answered < a.due THEN 1 ELSE 2 END
        WHEN a.is_open = 0 AND a.into_id IS NULL THEN 3 WHEN a.due > ?1 THEN 4 ELSE 5 END,
    a.worked_days, COUNT(*)
FROM appeal a
WHERE a.received >= ?2 AND a.received < ?3
GROUP BY 1, 2, 3, 4, 5, 6, 7
