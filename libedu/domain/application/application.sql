-- Services, applications as people see them, notifications, the outbox.

-- statement application_service_newest(code text) rows
SELECT version, hash FROM service WHERE code = ?1 ORDER BY version DESC LIMIT 1

-- statement application_service_version(code text, version int) rows
SELECT definition FROM service WHERE code = ?1 AND version = ?2

-- statement application_service_add(code text, version int, definition json, hash blob, now time, actor id) run
INSERT INTO service (code, version, definition, hash, published, by_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- statement application_services(after text, limit int) rows
SELECT s.code, s.version, s.published
FROM service s
WHERE s.code > ?1 AND s.version = (SELECT MAX(n.version) FROM service n WHERE n.code = s.code)
ORDER BY s.code LIMIT ?2

-- statement application_service(code text) rows
SELECT s.version, s.published FROM service s WHERE s.code = ?1 ORDER BY s.version DESC LIMIT 1

-- statement application_person_seen(actor id, person id) rows
SELECT 1 FROM person p WHERE p.id = ?2 AND @may_see(?1, ?2)

-- fragment may_see_application(actor, one)
(@acts_for(actor, one.person_id) OR one.is_private = 0 AND @covers_person(actor, one.person_id)
    AND NOT @scores_blind(actor, one.subject_id))

-- statement application_list(actor id, person id, before id, limit int) rows
SELECT a.id, a.service, a.service_version, a.subject_id, a.state, a.is_open, a.version, a.created,
    a.changed, p.given, p.family, s.title, a.number
FROM application a JOIN person p ON p.id = a.person_id LEFT JOIN subject s ON s.id = a.subject_id
WHERE a.person_id = ?2 AND a.id < ?3 AND (a.is_private = 0 AND NOT @scores_blind(?1, a.subject_id) OR @acts_for(?1, ?2))
ORDER BY a.id DESC LIMIT ?4

-- statement application_get(actor id, person id, id id) rows
SELECT a.id, a.service, a.service_version, a.subject_id, a.state, a.is_open, a.version, a.created,
    a.changed, p.given, p.family, s.title, a.number
FROM application a JOIN person p ON p.id = a.person_id LEFT JOIN subject s ON s.id = a.subject_id
WHERE a.person_id = ?2 AND a.id = ?3 AND @may_see_application(?1, a)

-- statement application_seen(actor id, person id, id id) rows
SELECT a.service, a.service_version FROM application a
WHERE a.person_id = ?2 AND a.id = ?3 AND @may_see_application(?1, a)

-- statement application_timeline(person id, application id, after int, limit int) rows
SELECT sequence, at, action, state, actor_kind, data, hash FROM event
WHERE person_id = ?1 AND application_id = ?2 AND sequence > ?3 AND is_internal = 0
ORDER BY sequence LIMIT ?4

-- statement application_history(actor id, person id, before_at int, before_application id, before_sequence int, limit int) rows
SELECT e.at, e.application_id, e.sequence, a.service, a.service_version, e.action, e.actor_kind, s.title
FROM event e JOIN application a ON a.person_id = e.person_id AND a.id = e.application_id
    LEFT JOIN subject s ON s.id = a.subject_id
WHERE e.person_id = ?2 AND e.is_internal = 0 AND (e.at, e.application_id, e.sequence) < (?3, ?4, ?5)
    AND (a.is_private = 0 AND NOT @scores_blind(?1, a.subject_id) OR @acts_for(?1, ?2))
ORDER BY e.at DESC, e.application_id DESC, e.sequence DESC LIMIT ?6

-- statement application_chains(person id, id id, limit int) rows
SELECT person_id, id FROM application WHERE (person_id, id) > (?1, ?2)
ORDER BY person_id, id LIMIT ?3

-- statement application_notifications(actor id, before id, limit int) rows
SELECT n.id, n.at, n.service, n.service_version, n.template, n.data, n.person_id, n.application_id,
    n.is_read, s.title, a.number
FROM notification n LEFT JOIN application a ON a.person_id = n.person_id AND a.id = n.application_id
    LEFT JOIN subject s ON s.id = a.subject_id
WHERE (n.person_id = ?1 OR n.person_id IN (SELECT g.child_id FROM guardian g
    WHERE g.guardian_id = ?1 AND g.state = 'active')) AND n.id < ?2
ORDER BY n.id DESC LIMIT ?3

-- statement application_notification_read(actor id, person id, id id) run
UPDATE notification SET is_read = 1
WHERE person_id = ?2 AND id = ?3 AND @acts_for(?1, ?2)

-- A pupil without a mail address is reached through a guardian who has one.
-- statement application_outbox_due(now time, limit int) rows
SELECT o.id, o.person_id, o.channel, o.service, o.service_version, o.template, o.language, o.data,
    o.sealed, o.attempts, own.wrapped_key, reader.id, a.language, made.number
FROM outbox o JOIN person own ON own.id = o.person_id
LEFT JOIN notification n ON n.person_id = o.person_id AND n.id = o.id
LEFT JOIN application made ON made.person_id = n.person_id AND made.id = n.application_id
JOIN person reader ON reader.id = COALESCE(CASE WHEN own.sealed_mail IS NULL AND o.channel = 'mail'
    THEN (SELECT w.guardian_id FROM guardian w JOIN person r ON r.id = w.guardian_id
        WHERE w.child_id = own.id AND w.state = 'active' AND r.sealed_mail IS NOT NULL
        ORDER BY w.guardian_id LIMIT 1) END, own.id)
LEFT JOIN account a ON a.person_id = reader.id
WHERE o.is_waiting = 1 AND o.next_at <= ?1
ORDER BY o.next_at, o.id LIMIT ?2

-- statement application_outbox_address(person id) rows
SELECT wrapped_key, sealed_mail, sealed_phone FROM person WHERE id = ?1

-- Whoever moves it forward first may deliver it.
-- statement application_outbox_lease(id id, attempts int, next_at time) run
UPDATE outbox SET attempts = attempts + 1, next_at = ?3
WHERE id = ?1 AND is_waiting = 1 AND attempts = ?2

-- statement application_outbox_end(id id) run
UPDATE outbox SET is_waiting = 0, sealed = NULL WHERE id = ?1
