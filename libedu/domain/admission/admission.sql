-- The admitted: whom an examination body admitted to which programme, and how far each has come.

-- ---- the list ----

-- statement admission_person(kind text, value blob) rows
SELECT p.id, p.birth, p.given, p.family FROM claim c JOIN person p ON p.id = c.owner
WHERE c.kind = ?1 AND c.value = ?2

-- statement admission_programme(service text, code text) rows
SELECT o.id, o.institution FROM offering o WHERE o.service = ?1 AND o.code = ?2

-- statement admission_find(person_id id, service text, list text, year int) rows
SELECT a.id, a.version, a.offering_id, a.level, a.funding, a.score, a.progress, a.request_id
FROM admission a WHERE a.person_id = ?1 AND a.service = ?2 AND a.list = ?3 AND a.year = ?4

-- One programme is given to a person once, by whatever list.
-- statement admission_other(person_id id, offering_id id, id id) rows
SELECT 1 FROM admission a
WHERE a.person_id = ?1 AND a.offering_id = ?2 AND a.is_live = 1
    AND (?3 IS NULL OR a.id <> ?3)

-- statement admission_add(person_id id, id id, service text, list text, year int, offering_id id, institution text, level text, funding text, score int, progress text, is_live bool, sort_name text, now time) run
INSERT INTO admission (person_id, id, service, list, year, offering_id, institution, level, funding,
    score, progress, is_live, sort_name, version, changed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULLIF(?10, -1), ?11, ?12, ?13, 1, ?14)

-- statement admission_change(person_id id, id id, offering_id id, institution text, level text, funding text, score int, progress text, is_live bool, request_id id, sort_name text, version int, now time) run
UPDATE admission SET offering_id = ?3, institution = ?4, level = ?5, funding = ?6,
    score = NULLIF(?7, -1), progress = ?8, is_live = ?9, request_id = ?10, sort_name = ?11,
    version = ?12, changed = ?13
WHERE person_id = ?1 AND id = ?2 AND version = ?12 - 1

-- statement admission_history_add(person_id id, admission_id id, version int, now time, actor id, how text, reason text, data json) run
INSERT INTO admission_change (person_id, admission_id, version, at, by_id, how, reason, data)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)

-- ---- the engine of applications ----

-- What the state of an application says of how far the person has come.
-- statement admission_progress(person_id id, offering_id id, request_id id, progress text, now time) run
UPDATE admission SET progress = ?4, request_id = ?3, changed = ?5
WHERE person_id = ?1 AND offering_id = ?2 AND is_live = 1

-- ---- seen ----

-- fragment admission_columns(one)
one.person_id, one.id, one.service, one.list, one.year, one.offering_id, o.code, s.title,
    one.institution, i.name, one.level, one.funding, one.score, (SELECT f.amount FROM tuition_fee f
        WHERE f.offering_id = one.offering_id AND f.funding = one.funding), o.opens, o.closes,
    one.until, one.progress, one.request_id, p.given, p.family, one.changed, o.is_published

-- fragment admission_from()
admission a JOIN offering o ON o.id = a.offering_id JOIN subject s ON s.id = a.offering_id
    JOIN institution i ON i.code = a.institution JOIN person p ON p.id = a.person_id

-- fragment admission_is_seen(actor, one)
(@acts_for(actor, one.person_id) OR @covers_school(actor, one.institution))

-- statement admission_person_seen(actor id, person_id id) rows
SELECT 1 FROM person p WHERE p.id = ?2 AND (@acts_for(?1, ?2) OR EXISTS (SELECT 1 FROM admission a
    WHERE a.person_id = ?2 AND @covers_school(?1, a.institution)))

-- statement admission_of_person(actor id, person_id id, before id, limit int) rows
SELECT a.id, @admission_columns(a) FROM @admission_from()
WHERE a.person_id = ?2 AND a.id < ?3 AND @admission_is_seen(?1, a) ORDER BY a.id DESC LIMIT ?4

-- statement admission_get(actor id, person_id id, id id) rows
SELECT @admission_columns(a) FROM @admission_from()
WHERE a.person_id = ?2 AND a.id = ?3 AND @admission_is_seen(?1, a)

-- Those that whoever works on it may change.
-- statement admission_load(actor id, person_id id, id id) rows
SELECT a.service, a.offering_id, a.institution, a.level, a.funding, a.score, a.progress, a.request_id,
    a.sort_name, a.version, o.closes, a.until, o.code
FROM admission a JOIN offering o ON o.id = a.offering_id
WHERE a.person_id = ?2 AND a.id = ?3 AND @covers_school(?1, a.institution)

-- statement admission_until(person_id id, id id, until time) run
UPDATE admission SET until = ?3 WHERE person_id = ?1 AND id = ?2

-- statement admission_seen(actor id, person_id id, id id) rows
SELECT CASE WHEN @covers_school(?1, a.institution) THEN 1 ELSE 0 END FROM admission a
WHERE a.person_id = ?2 AND a.id = ?3 AND @admission_is_seen(?1, a)

-- statement admission_history(person_id id, admission_id id, is_staff bool, before int, limit int) rows
SELECT c.version, c.version, c.at, c.how, c.reason, CASE WHEN ?3 = 1 THEN p.given END,
    CASE WHEN ?3 = 1 THEN p.family END, c.data
FROM admission_change c LEFT JOIN person p ON p.id = c.by_id
WHERE c.person_id = ?1 AND c.admission_id = ?2 AND c.version < ?4
ORDER BY c.version DESC LIMIT ?5

-- ---- worklists: each by its own index ----

-- fragment admission_behind(last_name, last_person, last_id)
(a.sort_name, a.person_id, a.id) > (last_name, last_person, last_id)

-- statement admission_of_offering(actor id, offering_id id, name text, person_id id, id id, limit int) rows
SELECT a.sort_name, a.person_id, a.id, @admission_columns(a) FROM @admission_from()
WHERE a.offering_id = ?2 AND @covers_school(?1, a.institution) AND @admission_behind(?3, ?4, ?5)
ORDER BY a.sort_name, a.person_id, a.id LIMIT ?6

-- statement admission_of_offering_at(actor id, offering_id id, progress text, name text, person_id id, id id, limit int) rows
SELECT a.sort_name, a.person_id, a.id, @admission_columns(a) FROM @admission_from()
WHERE a.offering_id = ?2 AND a.progress = ?3 AND @covers_school(?1, a.institution)
    AND @admission_behind(?4, ?5, ?6)
ORDER BY a.sort_name, a.person_id, a.id LIMIT ?7

-- statement admission_of_institution(actor id, institution text, service text, year int, name text, person_id id, id id, limit int) rows
SELECT a.sort_name, a.person_id, a.id, @admission_columns(a) FROM @admission_from()
WHERE a.institution = ?2 AND a.service = ?3 AND a.year = ?4 AND @covers_school(?1, ?2)
    AND @admission_behind(?5, ?6, ?7)
ORDER BY a.sort_name, a.person_id, a.id LIMIT ?8

-- statement admission_of_institution_at(actor id, institution text, service text, year int, progress text, name text, person_id id, id id, limit int) rows
SELECT a.sort_name, a.person_id, a.id, @admission_columns(a) FROM @admission_from()
WHERE a.institution = ?2 AND a.service = ?3 AND a.year = ?4 AND a.progress = ?5
    AND @covers_school(?1, ?2) AND @admission_behind(?6, ?7, ?8)
ORDER BY a.sort_name, a.person_id, a.id LIMIT ?9

-- statement admission_of_service(service text, year int, name text, person_id id, id id, limit int) rows
SELECT a.sort_name, a.person_id, a.id, @admission_columns(a) FROM @admission_from()
WHERE a.service = ?1 AND a.year = ?2 AND @admission_behind(?3, ?4, ?5)
ORDER BY a.sort_name, a.person_id, a.id LIMIT ?6

-- statement admission_of_service_at(service text, year int, progress text, name text, person_id id, id id, limit int) rows
SELECT a.sort_name, a.person_id, a.id, @admission_columns(a) FROM @admission_from()
WHERE a.service = ?1 AND a.year = ?2 AND a.progress = ?3 AND @admission_behind(?4, ?5, ?6)
ORDER BY a.sort_name, a.person_id, a.id LIMIT ?7

-- ---- figures ----

-- statement admission_figures(actor id, service text, year int, institution text, last_institution text, last_code text, limit int) rows
SELECT g.institution, g.code, g.institution, i.name, g.offering_id, g.code, s.title, g.admitted,
    g.registered, g.paid, g.confirmed, g.absent, g.withdrawn
FROM (SELECT o.institution, o.code, a.offering_id,
        SUM(CASE WHEN a.progress = 'withdrawn' THEN 0 ELSE 1 END) AS admitted,
        SUM(CASE WHEN a.progress IN ('registered', 'paid', 'confirmed') THEN 1 ELSE 0 END) AS registered,
        SUM(CASE WHEN a.progress IN ('paid', 'confirmed') THEN 1 ELSE 0 END) AS paid,
        SUM(CASE WHEN a.progress = 'confirmed' THEN 1 ELSE 0 END) AS confirmed,
        SUM(CASE WHEN a.progress = 'absent' THEN 1 ELSE 0 END) AS absent,
        SUM(CASE WHEN a.progress = 'withdrawn' THEN 1 ELSE 0 END) AS withdrawn
    FROM admission a JOIN offering o ON o.id = a.offering_id
    WHERE a.service = ?2 AND a.year = ?3 AND (?4 IS NULL OR a.institution = ?4)
        AND (o.institution, o.code) > (?5, ?6) AND @covers_school(?1, a.institution)
    GROUP BY o.institution, o.code, a.offering_id) g
    JOIN subject s ON s.id = g.offering_id JOIN institution i ON i.code = g.institution
ORDER BY g.institution, g.code LIMIT ?7

-- Who was to come until now, and has not.
-- statement admission_missing(actor id, offering_id id, now time, limit int) rows
SELECT a.person_id, a.id FROM admission a JOIN offering o ON o.id = a.offering_id
WHERE a.offering_id = ?2 AND a.progress = 'admitted' AND o.closes <= ?3
    AND (a.until IS NULL OR a.until <= ?3) AND @covers_school(?1, a.institution)
ORDER BY a.sort_name, a.person_id, a.id LIMIT ?4

-- statement admission_works_on(actor id, offering_id id) rows
SELECT 1 FROM offering o
WHERE o.id = ?2 AND o.institution IS NOT NULL AND @covers_school(?1, o.institution)
