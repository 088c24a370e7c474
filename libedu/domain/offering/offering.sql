-- What services that run on their definition offer.

-- fragment keeps(actor, of_institution, of_region)
EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor AND (
    (held.scope = '' AND held.role IN ('admin', 'clerk'))
    OR (held.scope = 'region' AND held.role = 'clerk' AND held.code = of_region)
    OR (held.scope = 'institution' AND held.role = 'school' AND held.code = of_institution)))

-- fragment offering_columns(actor, one, named)
one.id, one.service, one.code, named.title, one.round_id, one.institution,
    (SELECT at_home.name FROM institution at_home WHERE at_home.code = one.institution), one.region,
    one.opens, one.closes, one.is_published, one.places, one.taken, one.waiting, one.age_from,
    one.age_until, one.grade_from, one.grade_to, one.times, one.attributes, one.by_round,
    one.follows_id, one.begins, one.ends,
    @keeps(actor, one.institution, one.region), one.direction

-- statement offering_get(actor id, id id) rows
SELECT @offering_columns(?1, o, s), o.documents FROM offering o JOIN subject s ON s.id = o.id
WHERE o.id = ?2 AND (o.is_published = 1 OR @keeps(?1, o.institution, o.region))

-- Those of a service, a round, an institution or a region, each by its own index. wanted_age: 0 for any; on_days: a bit
-- for each day of the week, 0 for any.
-- fragment offering_page(actor, instant, last_closes, last_id, wanted, wanted_age, on_days, kept_alone)
(wanted IS NULL OR o.direction = wanted) AND (on_days = 0 OR (o.days & on_days) <> 0)
    AND (wanted_age = 0 OR o.age_from <= wanted_age AND (o.age_until = 0 OR o.age_until >= wanted_age))
    AND (kept_alone = 0 AND o.is_published = 1 OR @keeps(actor, o.institution, o.region))
    AND (instant IS NULL OR o.is_published = 1 AND o.opens <= instant AND o.closes > instant)
    AND (o.closes, o.id) < (last_closes, last_id)

-- statement offering_of_service(actor id, service text, now time, before time, before_id id, direction text, age int, days int, only_kept bool, limit int) rows
SELECT o.closes, o.id, @offering_columns(?1, o, s) FROM offering o JOIN subject s ON s.id = o.id
WHERE o.service = ?2 AND @offering_page(?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ORDER BY o.closes DESC, o.id DESC LIMIT ?10

-- statement offering_of_round(actor id, service text, round_id id, institution text, region text, now time, before time, before_id id, direction text, age int, days int, only_kept bool, limit int) rows
SELECT o.closes, o.id, @offering_columns(?1, o, s) FROM offering o JOIN subject s ON s.id = o.id
WHERE o.round_id = ?3 AND o.service = ?2 AND (?4 IS NULL OR o.institution = ?4)
    AND (?5 IS NULL OR o.region = ?5) AND @offering_page(?1, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
ORDER BY o.closes DESC, o.id DESC LIMIT ?13

-- statement offering_of_institution(actor id, service text, institution text, now time, before time, before_id id, direction text, age int, days int, only_kept bool, limit int) rows
SELECT o.closes, o.id, @offering_columns(?1, o, s) FROM offering o JOIN subject s ON s.id = o.id
WHERE o.institution = ?3 AND o.service = ?2 AND @offering_page(?1, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ORDER BY o.closes DESC, o.id DESC LIMIT ?11

-- statement offering_of_region(actor id, service text, region text, now time, before time, before_id id, direction text, age int, days int, only_kept bool, limit int) rows
SELECT o.closes, o.id, @offering_columns(?1, o, s) FROM offering o JOIN subject s ON s.id = o.id
WHERE o.region = ?3 AND o.service = ?2 AND @offering_page(?1, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ORDER BY o.closes DESC, o.id DESC LIMIT ?11

-- Where the actor keeps any, everywhere first; two, as more is no other answer.
-- statement offering_kept_at(actor id) rows
SELECT held.scope, held.code FROM role_grant held
WHERE held.person_id = ?1 AND (held.scope = '' AND held.role IN ('admin', 'clerk')
    OR held.scope = 'region' AND held.role = 'clerk'
    OR held.scope = 'institution' AND held.role = 'school')
ORDER BY held.scope, held.code LIMIT 2

-- What is there under a code, and whether the actor may keep it; and what it is to belong to.
-- statement offering_place(actor id, service text, code text, round_code text, institution text, region text) rows
SELECT o.id, CASE WHEN o.id IS NULL THEN 1 WHEN @keeps(?1, o.institution, o.region) THEN 1 ELSE 0 END,
    (SELECT r.id FROM offering r WHERE r.service = ?2 AND r.code = ?4 AND r.round_id IS NULL),
    i.code, COALESCE(?6, i.region), @keeps(?1, i.code, COALESCE(?6, i.region)),
    (SELECT COUNT(*) FROM region n WHERE n.code = ?6)
FROM (SELECT 1 AS one) always LEFT JOIN offering o ON o.service = ?2 AND o.code = ?3
    LEFT JOIN institution i ON i.code = ?5

-- One to follow, that the actor keeps too; and which follows it already.
-- statement offering_to_follow(actor id, service text, code text) rows
SELECT o.id, o.opens, (SELECT n.id FROM offering n WHERE n.follows_id = o.id)
FROM offering o WHERE o.service = ?2 AND o.code = ?3 AND @keeps(?1, o.institution, o.region)

-- statement offering_subject_put(id id, service text, title json) run
INSERT INTO subject (id, service, title) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET title = ?3

-- statement offering_add(id id, service text, code text, round_id id, institution text, region text, opens time, closes time, is_published bool, places int, age_from int, age_until int, grade_from int, grade_to int, times json, attributes json, documents json, created time, by_round bool, follows_id id, begins date, ends date, direction text, days int) run
INSERT INTO offering (id, service, code, round_id, institution, region, opens, closes, is_published,
    places, taken, waiting, queued, age_from, age_until, grade_from, grade_to, times, attributes,
    documents, created, by_round, follows_id, begins, ends, direction, days)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULLIF(?10, -1), 0, 0, 0, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
    ?18, ?19, ?20, ?21, ?22, ?23, ?24)

-- statement offering_change(id id, round_id id, institution text, region text, opens time, closes time, is_published bool, places int, age_from int, age_until int, grade_from int, grade_to int, times json, attributes json, documents json, by_round bool, follows_id id, begins date, ends date, direction text, days int) run
UPDATE offering SET round_id = ?2, institution = ?3, region = ?4, opens = ?5, closes = ?6,
    is_published = ?7, places = NULLIF(?8, -1), age_from = ?9, age_until = ?10, grade_from = ?11,
    grade_to = ?12, times = ?13, attributes = ?14, documents = ?15, by_round = ?16, follows_id = ?17,
    begins = ?18, ends = ?19, direction = ?20, days = ?21
WHERE id = ?1 AND (?8 = -1 OR taken <= ?8)

-- The offering of a service that has none but itself.
-- statement offering_of_itself(service text) rows
SELECT id FROM offering WHERE service = ?1 AND code = ''

-- statement offering_times(id id) rows
SELECT times, begins, ends FROM offering WHERE id = ?1

-- Places. Nobody overtakes who waits.
-- statement offering_take(id id) run
UPDATE offering SET taken = taken + 1
WHERE id = ?1 AND (places IS NULL OR taken < places) AND waiting = 0

-- In the order of a ranking: who waits already could not take it.
-- statement offering_place_by_rank(id id) run
UPDATE offering SET taken = taken + 1 WHERE id = ?1 AND (places IS NULL OR taken < places)

-- Whose work an application for it is.
-- statement offering_home(id id) rows
SELECT institution, region FROM offering WHERE id = ?1

-- statement offering_release(id id) run
UPDATE offering SET taken = taken - 1 WHERE id = ?1

-- statement offering_queue(id id) rows
UPDATE offering SET waiting = waiting + 1, queued = queued + 1 WHERE id = ?1 RETURNING queued

-- statement offering_unqueue(id id) run
UPDATE offering SET waiting = waiting - 1 WHERE id = ?1

-- From the list to a place.
-- statement offering_promote(id id) run
UPDATE offering SET waiting = waiting - 1, taken = taken + 1
WHERE id = ?1 AND (places IS NULL OR taken < places) AND waiting > 0
