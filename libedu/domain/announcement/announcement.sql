-- Announcements: what services tell everybody. o is the offering, or nothing.

-- fragment announcement_columns(actor, one)
one.id, one.service, one.offering_id, s.title, one.title, one.body, one.published, one.until,
    one.changed, one.version, one.is_withdrawn,
    EXISTS (SELECT 1 FROM announcement_seen r WHERE r.person_id = actor AND r.announcement_id = one.id
        AND r.version = one.version),
    @keeps(actor, o.institution, o.region)

-- fragment announcement_told(instant, one)
(one.is_withdrawn = 0 AND one.published <= instant AND (one.offering_id IS NULL OR o.is_published = 1))

-- fragment announcement_now(instant, one)
(@announcement_told(instant, one) AND (one.until IS NULL OR one.until > instant))

-- statement announcement_get(actor id, now time, id id) rows
SELECT @announcement_columns(?1, n) FROM announcement n
    LEFT JOIN offering o ON o.id = n.offering_id LEFT JOIN subject s ON s.id = n.offering_id
WHERE n.id = ?3 AND (@announcement_told(?2, n) OR @keeps(?1, o.institution, o.region))

-- statement announcement_all(actor id, now time, before time, before_id id, limit int) rows
SELECT n.published, n.id, @announcement_columns(?1, n) FROM announcement n
    LEFT JOIN offering o ON o.id = n.offering_id LEFT JOIN subject s ON s.id = n.offering_id
WHERE n.is_withdrawn = 0 AND @announcement_now(?2, n) AND (n.published, n.id) < (?3, ?4)
ORDER BY n.published DESC, n.id DESC LIMIT ?5

-- statement announcement_of_service(actor id, now time, service text, before time, before_id id, limit int) rows
SELECT n.published, n.id, @announcement_columns(?1, n) FROM announcement n
    LEFT JOIN offering o ON o.id = n.offering_id LEFT JOIN subject s ON s.id = n.offering_id
WHERE n.service = ?3 AND @announcement_now(?2, n) AND (n.published, n.id) < (?4, ?5)
ORDER BY n.published DESC, n.id DESC LIMIT ?6

-- statement announcement_kept(actor id, service text, before time, before_id id, limit int) rows
SELECT n.published, n.id, @announcement_columns(?1, n) FROM announcement n
    LEFT JOIN offering o ON o.id = n.offering_id LEFT JOIN subject s ON s.id = n.offering_id
WHERE n.service = ?2 AND @keeps(?1, o.institution, o.region) AND (n.published, n.id) < (?3, ?4)
ORDER BY n.published DESC, n.id DESC LIMIT ?5

-- Of a round, what is said concerns who applied for an offering in it.
-- fragment announced_of(one, within, lies_in)
(one.offering_id IS NULL OR within = one.offering_id OR lies_in = one.offering_id)

-- What is open is only shown: a birthday may count a day early or late.
-- fragment announced_fits(today, born, grade, offered)
(born IS NULL OR (offered.age_from = 0 OR (today - born) * 10000 / 3652425 >= offered.age_from)
        AND (offered.age_until = 0 OR (today - born) * 10000 / 3652425 <= offered.age_until))
    AND (offered.grade_to = 0 OR grade BETWEEN offered.grade_from AND offered.grade_to)

-- statement announcement_own(actor id, now time, today date, before time, before_id id, limit int) rows
WITH people AS (SELECT p.id, p.birth, t.grade FROM person p LEFT JOIN pupil t ON t.person_id = p.id
        WHERE p.id = ?1 OR p.id IN (SELECT g.child_id FROM guardian g WHERE g.guardian_id = ?1 AND g.state = 'active')),
    own AS (SELECT a.service, a.subject_id, f.round_id FROM people p JOIN application a ON a.person_id = p.id
        LEFT JOIN offering f ON f.id = a.subject_id)
SELECT n.published, n.id, @announcement_columns(?1, n) FROM announcement n
    LEFT JOIN offering o ON o.id = n.offering_id LEFT JOIN subject s ON s.id = n.offering_id
WHERE n.is_withdrawn = 0 AND @announcement_now(?2, n) AND (n.published, n.id) < (?4, ?5)
    AND (EXISTS (SELECT 1 FROM own WHERE own.service = n.service AND @announced_of(n, own.subject_id, own.round_id))
        OR EXISTS (SELECT 1 FROM request_choice c WHERE c.offering_id = n.offering_id
            AND c.person_id IN (SELECT p.id FROM people p))
        OR NOT EXISTS (SELECT 1 FROM offering f WHERE f.service = n.service)
        OR EXISTS (SELECT 1 FROM offering f JOIN people p ON @announced_fits(?3, p.birth, p.grade, f)
            WHERE f.service = n.service AND f.closes > ?2 AND f.opens <= ?2 AND f.is_published = 1
                AND @announced_of(n, f.id, f.round_id)))
ORDER BY n.published DESC, n.id DESC LIMIT ?6

-- Whether there is the offering in the service, where one is meant, and whether the actor keeps it.
-- statement announcement_home(actor id, service text, offering_id id) rows
SELECT CASE WHEN ?3 IS NULL OR o.is_published = 1 OR @keeps(?1, o.institution, o.region) THEN 1 ELSE 0 END,
    @keeps(?1, o.institution, o.region)
FROM (SELECT 1 AS one) always LEFT JOIN offering o ON o.id = ?3 AND o.service = ?2
WHERE ?3 IS NULL OR o.id IS NOT NULL

-- statement announcement_stored(id id, service text, offering_id id) rows
SELECT published, version, is_withdrawn FROM announcement
WHERE id = ?1 AND service = ?2 AND (offering_id = ?3 OR offering_id IS NULL AND ?3 IS NULL)

-- statement announcement_add(id id, service text, offering_id id, title json, body json, published time, until time, now time) run
INSERT INTO announcement (id, service, offering_id, title, body, published, until, changed, version, is_withdrawn)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, 0)

-- statement announcement_change(id id, title json, body json, published time, until time, now time) run
UPDATE announcement SET title = ?2, body = ?3, published = ?4, until = ?5, changed = ?6, version = version + 1
WHERE id = ?1

-- statement announcement_withdraw(id id, now time) run
UPDATE announcement SET is_withdrawn = 1, changed = ?2, version = version + 1 WHERE id = ?1

-- The operator is no person, and has seen nothing.
-- statement announcement_see(person_id id, id id, version int) run
INSERT INTO announcement_seen (person_id, announcement_id, version)
SELECT p.id, ?2, ?3 FROM person p WHERE p.id = ?1
ON CONFLICT (person_id, announcement_id) DO UPDATE SET version = ?3
