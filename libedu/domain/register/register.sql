-- Registers of persons' education.

-- statement register_newest(code text) rows
SELECT version, hash, published FROM register WHERE code = ?1 ORDER BY version DESC LIMIT 1

-- statement register_add(code text, version int, document json, hash blob, now time, actor id) run
INSERT INTO register (code, version, document, hash, published, by_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- statement register_get(code text, version int) rows
SELECT document FROM register WHERE code = ?1 AND version = ?2

-- statement register_list(after text, limit int) rows
SELECT r.code, r.version, r.published, r.document
FROM register r
WHERE r.code > ?1 AND r.version = (SELECT MAX(n.version) FROM register n WHERE n.code = r.code)
ORDER BY r.code LIMIT ?2

-- Records.

-- fragment register_seen(actor, one)
(@acts_for(actor, one.person_id) OR @covers_school(actor, one.institution))

-- statement register_person(kind text, value blob) rows
SELECT p.id, p.birth FROM claim c JOIN person p ON p.id = c.owner WHERE c.kind = ?1 AND c.value = ?2

-- statement register_record_find(person_id id, code text, record_key text) rows
SELECT r.id, r.version, r.is_current, r.data FROM register_record r
WHERE r.person_id = ?1 AND r.register = ?2 AND r.record_key = ?3

-- statement register_record_add(person_id id, id id, code text, institution text, record_key text, data json, now time) run
INSERT INTO register_record (person_id, id, register, institution, record_key, data, version, since,
    is_current)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, 1)

-- statement register_record_change(person_id id, id id, record_key text, data json, version int, now time, is_current bool) run
UPDATE register_record SET record_key = ?3, data = ?4, version = ?5, since = ?6, is_current = ?7
WHERE person_id = ?1 AND id = ?2 AND version = ?5 - 1

-- statement register_change_add(person_id id, record_id id, version int, data json, now time, actor id, how text, reason text) run
INSERT INTO register_change (person_id, record_id, version, data, at, by_id, how, reason)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)

-- statement register_person_seen(actor id, person_id id) rows
SELECT 1 FROM person p WHERE p.id = ?2 AND (@acts_for(?1, ?2)
    OR EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = ?1 AND held.scope = ''
        AND held.role IN ('admin', 'clerk'))
    OR EXISTS (SELECT 1 FROM register_record r WHERE r.person_id = ?2
        AND @covers_school(?1, r.institution)))

-- statement register_records(actor id, person_id id, before id, limit int) rows
SELECT r.id, r.person_id, r.id, r.register, r.institution, i.name, r.version, r.since, r.is_current,
    r.data, p.given, p.family
FROM register_record r JOIN person p ON p.id = r.person_id
    LEFT JOIN institution i ON i.code = r.institution
WHERE r.person_id = ?2 AND @register_seen(?1, r) AND r.id < ?3
ORDER BY r.id DESC LIMIT ?4

-- Whose it is to correct.
-- statement register_record_get(actor id, person_id id, id id) rows
SELECT r.register, r.institution, r.record_key, r.data, r.version, r.is_current
FROM register_record r
WHERE r.person_id = ?2 AND r.id = ?3 AND @covers_school(?1, r.institution)

-- statement register_record_seen(actor id, person_id id, id id) rows
SELECT CASE WHEN @covers_school(?1, r.institution) THEN 1 ELSE 0 END
FROM register_record r WHERE r.person_id = ?2 AND r.id = ?3 AND @register_seen(?1, r)

-- statement register_history(person_id id, record_id id, is_staff bool, before int, limit int) rows
SELECT c.version, c.version, c.at, c.how, c.reason,
    CASE WHEN ?3 = 1 THEN p.given END, CASE WHEN ?3 = 1 THEN p.family END, c.data
FROM register_change c LEFT JOIN person p ON p.id = c.by_id
WHERE c.person_id = ?1 AND c.record_id = ?2 AND c.version < ?4
ORDER BY c.version DESC LIMIT ?5

-- Files.

-- statement register_file_add(id id, code text, institution text, now time, actor id, read int, added int, updated int, unchanged int) run
INSERT INTO register_file (id, register, institution, at, by_id, read, added, changed, unchanged)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- statement register_may_import(actor id) rows
SELECT 1 WHERE EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = ?1
    AND (held.role = 'school' OR (held.scope = '' AND held.role IN ('admin', 'clerk'))))

-- statement register_files(actor id, before id, limit int) rows
SELECT f.id, f.id, f.register, f.institution, i.name, f.at, p.given, p.family, f.read, f.added,
    f.changed, f.unchanged
FROM register_file f LEFT JOIN institution i ON i.code = f.institution
    LEFT JOIN person p ON p.id = f.by_id
WHERE f.id < ?2 AND (f.by_id = ?1 OR @covers_school(?1, f.institution))
ORDER BY f.id DESC LIMIT ?3
