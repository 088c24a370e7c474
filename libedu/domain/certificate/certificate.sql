-- Certificates: issued, listed, checked by anyone, revoked by two.

-- fragment certificate_columns()
c.person_id, c.number, c.type, c.source_id, c.title, @certificate_state(c), c.issued, c.revoked,
    c.reason, c.replaced_by, c.code

-- statement certificate_latest(person id, type text, source id) rows
SELECT c.number, c.content_hash, @certificate_state(c) FROM certificate c
WHERE c.person_id = ?1 AND c.type = ?2 AND c.source_id = ?3 AND c.is_latest = 1

-- statement certificate_add(person id, number text, type text, source id, title json, content_hash blob, record text, code blob, key_id text, issued time, expires time, list int, place int) run
INSERT INTO certificate (person_id, number, type, source_id, title, content_hash, record,
    code, key_id, issued, expires, status_list, status_index, is_current,
    is_latest, is_reason_public)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1, 1, 1)

-- statement certificate_claim(number blob, person id) run
INSERT INTO claim (kind, value, owner) VALUES ('document', ?1, ?2)

-- Places in the status lists. A value is list and index, 4 bytes each, big-endian.

-- statement certificate_list_open() rows
SELECT l.list, l.size FROM status_list l WHERE l.is_open = 1

-- statement certificate_list_size(list int) rows
SELECT l.size FROM status_list l WHERE l.list = ?1

-- statement certificate_lists() rows
SELECT l.list, l.size FROM status_list l ORDER BY l.list

-- statement certificate_list_close(list int) run
UPDATE status_list SET is_open = 0 WHERE list = ?1

-- statement certificate_list_add(list int, size int) run
INSERT INTO status_list (list, size, is_open) VALUES (?1, ?2, 1)

-- statement certificate_place_claim(value blob, person id) run
INSERT INTO claim (kind, value, owner) VALUES ('status', ?1, ?2) ON CONFLICT (kind, value) DO NOTHING

-- statement certificate_places_taken(first blob, behind blob) rows
SELECT COUNT(*) FROM claim k WHERE k.kind = 'status' AND k.value >= ?1 AND k.value < ?2

-- Revocations are never taken back: their count is the version of a list.
-- statement certificate_revoked_count(list int) rows
SELECT COUNT(*) FROM certificate c WHERE c.status_list = ?1 AND c.is_current = 0

-- statement certificate_revoked_all() rows
SELECT COUNT(*) FROM certificate c WHERE c.is_current = 0

-- statement certificate_revoked_places(list int) rows
SELECT c.status_index FROM certificate c
WHERE c.status_list = ?1 AND c.is_current = 0 ORDER BY c.status_index

-- statement certificate_end(person id, number text, now time, reason text, is_public bool) run
UPDATE certificate SET is_current = 0, is_latest = 0, revoked = ?3, reason = ?4, is_reason_public = ?5
WHERE person_id = ?1 AND number = ?2 AND is_current = 1

-- statement certificate_renewed(person id, number text) run
UPDATE certificate SET is_latest = 0 WHERE person_id = ?1 AND number = ?2

-- All that are good of a source: the latest, and those that it renewed.
-- statement certificate_end_all(person id, type text, source id, now time, reason text, replaced_by text) run
UPDATE certificate SET is_current = 0, is_latest = 0, revoked = ?4, reason = ?5, replaced_by = ?6
WHERE person_id = ?1 AND type = ?2 AND source_id = ?3 AND is_current = 1
    AND (is_latest = 1 OR expires > ?4)

-- statement certificate_list(actor id, person id, before time, before_number text, limit int) rows
SELECT c.issued, c.number, @certificate_columns()
FROM certificate c
WHERE c.person_id = ?2 AND @may_see(?1, c.person_id)
    AND c.issued <= ?3 AND (c.issued < ?3 OR c.number < ?4)
ORDER BY c.issued DESC, c.number DESC LIMIT ?5

-- statement certificate_person_seen(actor id, person id) rows
SELECT 1 FROM person p WHERE p.id = ?2 AND @may_see(?1, ?2)

-- statement certificate_get(actor id, person id, number text) rows
SELECT @certificate_columns(), c.record, c.key_id
FROM certificate c
WHERE c.person_id = ?2 AND c.number = ?3 AND @may_see(?1, c.person_id)

-- Whoever holds a number finds its owner; one row or none.
-- statement certificate_state(value blob, number text) rows
SELECT c.is_current, c.revoked, CASE WHEN c.is_reason_public = 1 THEN c.reason END
FROM claim k JOIN certificate c ON c.person_id = k.owner AND c.number = ?2
WHERE k.kind = 'document' AND k.value = ?1

-- statement certificate_find(value blob, number text, birth date) rows
SELECT c.record, c.key_id, c.is_current, c.revoked, CASE WHEN c.is_reason_public = 1 THEN c.reason END
FROM claim k JOIN certificate c ON c.person_id = k.owner AND c.number = ?2
    JOIN person p ON p.id = c.person_id
WHERE k.kind = 'document' AND k.value = ?1 AND p.birth = ?3

-- Papers for whoever holds a form of the document, and for print.

-- statement certificate_forms(value blob, number text) rows
SELECT c.type, c.record, c.code
FROM claim k JOIN certificate c ON c.person_id = k.owner AND c.number = ?2
WHERE k.kind = 'document' AND k.value = ?1

-- statement certificate_to_print(now time, source id, institution text, after id, limit int) rows
SELECT c.person_id, c.number, c.type, c.record, c.code FROM certificate c
WHERE c.source_id = ?2 AND c.is_current = 1 AND c.is_latest = 1 AND c.person_id > ?4
    AND (c.expires IS NULL OR c.expires > ?1)
    AND (?3 = '' OR EXISTS (SELECT 1 FROM pupil t WHERE t.person_id = c.person_id
        AND t.institution = ?3))
ORDER BY c.person_id LIMIT ?5

-- Revoking.

-- statement certificate_to_revoke(value blob, number text) rows
SELECT c.person_id, c.is_current,
    EXISTS (SELECT 1 FROM revocation o WHERE o.number = c.number AND o.is_open = 1)
FROM claim k JOIN certificate c ON c.person_id = k.owner AND c.number = ?2
WHERE k.kind = 'document' AND k.value = ?1

-- statement certificate_revocation_add(id id, person id, number text, reason text, is_public bool, by_id id, now time) run
INSERT INTO revocation (id, person_id, number, state, is_open, reason, is_public, by_id, created)
VALUES (?1, ?2, ?3, 'proposed', 1, ?4, ?5, ?6, ?7)

-- statement certificate_doubtful(person id, source id, now time, limit int) rows
SELECT c.number FROM certificate c
WHERE c.source_id = ?2 AND c.is_current = 1 AND c.person_id = ?1
    AND (c.expires IS NULL OR c.expires > ?3)
    AND NOT EXISTS (SELECT 1 FROM revocation o WHERE o.number = c.number AND o.is_open = 1)
ORDER BY c.number LIMIT ?4

-- statement certificate_revocation(number text) rows
SELECT o.id, o.person_id, o.reason, o.by_id, o.is_public FROM revocation o WHERE o.number = ?1 AND o.is_open = 1

-- statement certificate_revocation_decide(id id, state text, by_id id) run
UPDATE revocation SET state = ?2, is_open = 0, confirmed_by_id = ?3 WHERE id = ?1 AND is_open = 1

-- What the operator put before them becomes the wish of the clerk who agrees; another confirms.
-- statement certificate_revocation_adopt(id id, by_id id) run
UPDATE revocation SET by_id = ?2 WHERE id = ?1 AND is_open = 1

-- statement certificate_revocations(actor id, before id, limit int) rows
SELECT o.id, o.number, c.title, o.state, o.reason, o.is_public, o.created,
    (o.is_open = 1 AND o.by_id <> ?1 AND @has_role_everywhere(?1, 'clerk'))
FROM revocation o JOIN certificate c ON c.person_id = o.person_id AND c.number = o.number
WHERE o.id < ?2 ORDER BY o.id DESC LIMIT ?3
