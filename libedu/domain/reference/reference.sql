-- References made from registers.

-- statement reference_type_newest(code text) rows
SELECT version, hash, published FROM reference_type WHERE code = ?1 ORDER BY version DESC LIMIT 1

-- statement reference_type_add(code text, version int, document json, hash blob, now time, actor id) run
INSERT INTO reference_type (code, version, document, hash, published, by_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- statement reference_type_get(code text, version int) rows
SELECT document FROM reference_type WHERE code = ?1 AND version = ?2

-- statement reference_type_list(after text, limit int) rows
SELECT t.code, t.version, t.published, t.document
FROM reference_type t
WHERE t.code > ?1 AND t.version = (SELECT MAX(n.version) FROM reference_type n WHERE n.code = t.code)
ORDER BY t.code LIMIT ?2

-- fragment reference_staff(actor)
EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor AND held.scope = ''
    AND held.role IN ('admin', 'clerk'))

-- As whom the actor asks for a person's papers, and whose name they bear.
-- statement reference_person(actor id, person_id id) rows
SELECT CASE WHEN p.id = ?1 THEN 'self' WHEN @acts_for(?1, ?2) THEN 'guardian' ELSE 'clerk' END,
    p.given, p.patronymic, p.family
FROM person p WHERE p.id = ?2 AND (@acts_for(?1, ?2) OR @reference_staff(?1))

-- statement reference_records(person_id id, code text) rows
SELECT r.id, r.person_id, r.id, r.register, r.institution, i.name, r.version, r.since, r.is_current,
    r.data, p.given, p.family
FROM register_record r JOIN person p ON p.id = r.person_id
    LEFT JOIN institution i ON i.code = r.institution
WHERE r.person_id = ?1 AND r.register = ?2 AND r.is_current = 1
ORDER BY r.id DESC LIMIT 200

-- statement reference_add(person_id id, id id, type text, type_version int, state text, record_id id, number text, now time) run
INSERT INTO reference (person_id, id, type, type_version, state, record_id, number, requested, decided)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, CASE WHEN ?5 <> 'waiting' THEN ?8 END)

-- statement reference_waits(person_id id, type text) rows
SELECT 1 FROM reference f WHERE f.person_id = ?1 AND f.type = ?2 AND f.state = 'waiting'

-- statement reference_get(actor id, person_id id, id id) rows
SELECT f.type, f.type_version, f.state FROM reference f
WHERE f.person_id = ?2 AND f.id = ?3 AND @reference_staff(?1)

-- statement reference_decide(person_id id, id id, state text, record_id id, number text, reason text, now time) run
UPDATE reference SET state = ?3, record_id = ?4, number = ?5, reason = ?6, decided = ?7
WHERE person_id = ?1 AND id = ?2 AND state = 'waiting'

-- statement reference_number(person_id id, type text, source_id id) rows
SELECT c.number FROM certificate c
WHERE c.person_id = ?1 AND c.type = ?2 AND c.source_id = ?3 AND c.is_latest = 1

-- What was made of it before.
-- statement reference_again(person_id id, number text) rows
SELECT f.id FROM reference f WHERE f.person_id = ?1 AND f.number = ?2 ORDER BY f.id DESC LIMIT 1

-- fragment reference_columns(one, whose, paper)
one.person_id, one.id, one.type, one.type_version, one.state, one.number, one.reason, one.requested,
    (SELECT made.number FROM application made WHERE made.person_id = one.person_id AND made.id = one.id),
    (SELECT first.actor_kind FROM event first WHERE first.person_id = one.person_id AND first.application_id = one.id
        AND first.sequence = 1), whose.given, whose.family, @certificate_state(paper)

-- statement reference_one(person_id id, id id) rows
SELECT @reference_columns(f, p, c) FROM reference f JOIN person p ON p.id = f.person_id
    LEFT JOIN certificate c ON c.person_id = f.person_id AND c.number = f.number
WHERE f.person_id = ?1 AND f.id = ?2

-- statement reference_find(actor id, request text) rows
SELECT @reference_columns(f, p, c) FROM application a
    JOIN reference f ON f.person_id = a.person_id AND f.id = a.id JOIN person p ON p.id = f.person_id
    LEFT JOIN certificate c ON c.person_id = f.person_id AND c.number = f.number
WHERE a.number = ?2 AND (@acts_for(?1, f.person_id) OR @reference_staff(?1))

-- statement reference_list(person_id id, before id, limit int) rows
SELECT f.id, @reference_columns(f, p, c) FROM reference f JOIN person p ON p.id = f.person_id
    LEFT JOIN certificate c ON c.person_id = f.person_id AND c.number = f.number
WHERE f.person_id = ?1 AND f.id < ?2
ORDER BY f.id DESC LIMIT ?3

-- statement reference_worklist(requested time, person_id id, id id, limit int) rows
SELECT f.requested, f.person_id, f.id, @reference_columns(f, p, c)
FROM reference f JOIN person p ON p.id = f.person_id
    LEFT JOIN certificate c ON c.person_id = f.person_id AND c.number = f.number
WHERE f.state = 'waiting' AND (f.requested, f.person_id, f.id) > (?1, ?2, ?3)
ORDER BY f.requested, f.person_id, f.id LIMIT ?4
