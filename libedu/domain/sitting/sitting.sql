-- Sittings: centres, rooms, lists, allocations and seats.
-- A seat counts for whose it is once slip is set; a proposal's seats are seen by clerks without scope.

-- statement sitting_is_clerk(actor id) rows
SELECT 1 WHERE @sees_allocations(?1)

-- statement sitting_is_centre_staff(actor id) rows
SELECT 1 WHERE @holds_sittings(?1)

-- Those of a season; those of an offering for who keeps it. Then how many are in the state and on no list
-- of the kind.
-- fragment sitting_columns(one, season, offer, named)
one.id, one.season_id, one.code, COALESCE(season.title, named.title),
    COALESCE(season.subject_title, one.kind_title), one.grade_from, one.grade_to,
    COALESCE(season.opens, offer.opens), COALESCE(season.closes, offer.closes), one.starts, one.minutes,
    one.state, COALESCE(season.is_published, offer.is_published), one.frozen_hash, one.seed,
    one.offering_id, one.kind, (SELECT COUNT(*) FROM request waits WHERE waits.offering_id = one.offering_id
        AND waits.state = one.of_state AND waits.is_open = 1 AND NOT EXISTS (SELECT 1 FROM entry listed
            JOIN sitting other ON other.id = listed.sitting_id WHERE listed.person_id = waits.person_id
            AND listed.application_id = waits.id AND listed.is_open = 1 AND other.kind = one.kind)),
    one.commitment, one.is_drawn

-- fragment sitting_from()
sitting t LEFT JOIN season s ON s.id = t.season_id LEFT JOIN offering o ON o.id = t.offering_id
    LEFT JOIN subject n ON n.id = t.offering_id

-- Stewards see those in which their centre has people.
-- fragment serves(actor, one)
EXISTS (SELECT 1 FROM role_grant held JOIN seat taken ON taken.sitting_id = one.id AND taken.centre = held.code
    AND taken.slip IS NOT NULL
    WHERE held.person_id = actor AND held.role = 'steward' AND held.scope = 'centre')

-- statement sitting_get(actor id, id id) rows
SELECT @sitting_columns(t, s, o, n) FROM @sitting_from()
WHERE t.id = ?2 AND (s.is_published = 1 OR s.id IS NOT NULL AND (@has_role(?1, 'clerk')
        OR @has_role_everywhere(?1, 'admin'))
    OR o.id IS NOT NULL AND (@keeps(?1, o.institution, o.region) OR @serves(?1, t)))

-- Of offerings, those that are to come or to be closed.
-- statement sitting_of_steward(actor id, starts time, id id, limit int) rows
SELECT t.starts, t.id, @sitting_columns(t, s, o, n) FROM @sitting_from()
WHERE t.state = 'allocated' AND t.offering_id IS NOT NULL AND @serves(?1, t) AND (t.starts, t.id) > (?2, ?3)
ORDER BY t.starts, t.id LIMIT ?4

-- statement sitting_list(actor id, offering_id id, starts time, id id, limit int) rows
SELECT t.starts, t.id, @sitting_columns(t, s, o, n) FROM @sitting_from()
WHERE t.offering_id = ?2 AND @keeps(?1, o.institution, o.region) AND (t.starts, t.id) > (?3, ?4)
ORDER BY t.starts, t.id LIMIT ?5

-- statement sitting_add(id id, offering_id id, kind text, kind_title json, of_state text, starts time, minutes int, commitment text) run
INSERT INTO sitting (id, offering_id, code, kind, kind_title, of_state, grade_from, grade_to, starts, minutes,
    state, commitment, is_drawn)
VALUES (?1, ?2, ?3, ?3, ?4, ?5, 0, 0, ?6, ?7, 'open', ?8, 1)

-- Until its list is frozen.
-- statement sitting_change(id id, offering_id id, kind text, kind_title json, of_state text, starts time, minutes int) run
UPDATE sitting SET kind_title = ?4, of_state = ?5, starts = ?6, minutes = ?7
WHERE id = ?1 AND offering_id = ?2 AND kind = ?3 AND state = 'open'

-- statement sitting_centre_stored(code text) rows
SELECT name, address, region, latitude_e7, longitude_e7, zone, is_active FROM centre WHERE code = ?1

-- statement sitting_centre_add(code text, name text, address text, region text, latitude_e7 int, longitude_e7 int, x_m int, y_m int, zone text, is_active bool) run
INSERT INTO centre (code, name, address, region, latitude_e7, longitude_e7, x_m, y_m, zone,
    is_active)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- statement sitting_centre_change(code text, name text, address text, region text, latitude_e7 int, longitude_e7 int, x_m int, y_m int, zone text, is_active bool) run
UPDATE centre SET name = ?2, address = ?3, region = ?4, latitude_e7 = ?5, longitude_e7 = ?6,
    x_m = ?7, y_m = ?8, zone = ?9, is_active = ?10
WHERE code = ?1

-- statement sitting_centres(after text, limit int) rows
SELECT c.code, c.code, c.name, c.address, c.region, c.latitude_e7, c.longitude_e7, c.zone, c.is_active,
    (SELECT COUNT(*) FROM room r WHERE r.centre = c.code),
    (SELECT COUNT(*) FROM desk d WHERE d.centre = c.code)
FROM centre c
WHERE c.code > ?1
ORDER BY c.code LIMIT ?2

-- statement sitting_rooms(centre text, after text, limit int) rows
SELECT r.code, r.centre, r.code, r.row_count, r.column_count,
    (SELECT COUNT(*) FROM desk d WHERE d.centre = r.centre AND d.room = r.code),
    (SELECT COUNT(*) FROM desk d WHERE d.centre = r.centre AND d.room = r.code
        AND d.is_step_free = 1)
FROM room r
WHERE r.centre = ?1 AND r.code > ?2
ORDER BY r.code LIMIT ?3

-- statement sitting_room_stored(centre text, code text) rows
SELECT row_count, column_count FROM room WHERE centre = ?1 AND code = ?2

-- statement sitting_room_desks(centre text, room text) rows
SELECT number, is_step_free FROM desk WHERE centre = ?1 AND room = ?2 ORDER BY number

-- In use by an allocation that is there, or perhaps by one that runs.
-- statement sitting_room_in_use(centre text, room text, fresh_since time) rows
SELECT 1 WHERE EXISTS (SELECT 1 FROM allocation a WHERE a.is_open = 1 AND (
    (a.state = 'running' AND a.changed > ?3)
    OR EXISTS (SELECT 1 FROM seat x WHERE x.sitting_id = a.sitting_id AND x.centre = ?1
        AND x.room = ?2 AND x.allocation_id = a.id)))

-- statement sitting_room_add(centre text, code text, row_count int, column_count int) run
INSERT INTO room (centre, code, row_count, column_count) VALUES (?1, ?2, ?3, ?4)

-- statement sitting_room_change(centre text, code text, row_count int, column_count int) run
UPDATE room SET row_count = ?3, column_count = ?4 WHERE centre = ?1 AND code = ?2

-- What a failed or discarded allocation left behind in a room.
-- statement sitting_room_seats_clear(centre text, room text) run
DELETE FROM seat WHERE sitting_id IN (SELECT id FROM sitting) AND centre = ?1 AND room = ?2

-- statement sitting_room_desks_clear(centre text, room text) run
DELETE FROM desk WHERE centre = ?1 AND room = ?2

-- statement sitting_desk_add(centre text, room text, number int, is_step_free bool) run
INSERT INTO desk (centre, room, number, is_step_free) VALUES (?1, ?2, ?3, ?4)

-- statement sitting_facts(sitting id) rows
SELECT t.state, COALESCE(s.is_published, 1), COALESCE(s.closes, o.closes), t.starts, t.minutes, t.seed,
    t.offering_id, t.kind, t.commitment, t.is_drawn
FROM @sitting_from() WHERE t.id = ?1

-- Who is in the state and on no list of the kind, and has nothing else at that time.
-- fragment busy(person, since, until)
(EXISTS (SELECT 1 FROM entry own JOIN sitting other ON other.id = own.sitting_id
    WHERE own.person_id = person AND own.is_open = 1 AND other.starts < until
        AND other.starts + other.minutes * 60000000 > since)
    OR EXISTS (SELECT 1 FROM slot_seat own WHERE own.person_id = person AND own.starts < until
        AND own.ends > since))

-- statement sitting_candidates(sitting id) rows
SELECT r.person_id, r.id, p.wrapped_key, f.sealed, r.region, r.sort_name
FROM sitting t JOIN request r ON r.offering_id = t.offering_id AND r.state = t.of_state AND r.is_open = 1
    JOIN person p ON p.id = r.person_id
    LEFT JOIN request_form f ON f.person_id = r.person_id AND f.request_id = r.id AND f.revision = r.revision
WHERE t.id = ?1 AND NOT EXISTS (SELECT 1 FROM entry e JOIN sitting o ON o.id = e.sitting_id
        WHERE e.person_id = r.person_id AND e.application_id = r.id AND e.is_open = 1 AND o.kind = t.kind)
    AND NOT @busy(r.person_id, t.starts, t.starts + t.minutes * 60000000)
ORDER BY r.person_id, r.id

-- A region of which nothing is known where it lies can be nobody's.
-- statement sitting_entry_add(person_id id, application_id id, sitting_id id, region text, is_step_free bool, sort_name text, now time) run
INSERT INTO entry (person_id, application_id, sitting_id, region, grade, is_step_free, sort_name, is_open,
    is_invited, created)
SELECT ?1, ?2, ?3, g.code, 0, ?5, ?6, 1, 0, ?7 FROM region g WHERE g.code = ?4
    AND (EXISTS (SELECT 1 FROM institution i WHERE i.region = g.code)
        OR EXISTS (SELECT 1 FROM centre c WHERE c.region = g.code))

-- As the places of its allocation are: see sitting_work.c.
-- fragment place_of(listed)
(COALESCE(listed.institution, 'region:' || listed.region) || CASE WHEN listed.is_step_free = 1 THEN '/sf' ELSE '' END)

-- statement sitting_freeze_list(sitting id) rows
SELECT e.application_id, @place_of(e) FROM entry e
WHERE e.sitting_id = ?1 AND e.is_open = 1 ORDER BY 2

-- Once.
-- statement sitting_commit(sitting id, commitment text) run
UPDATE sitting SET commitment = ?2, is_drawn = 0 WHERE id = ?1 AND state = 'open' AND is_drawn = 1

-- statement sitting_freeze(sitting id, hash blob, seed blob) run
UPDATE sitting SET state = 'frozen', frozen_hash = ?2, seed = ?3 WHERE id = ?1 AND state = 'open'

-- statement sitting_allocation_open(sitting id) rows
SELECT id, state, changed FROM allocation WHERE sitting_id = ?1 AND is_open = 1

-- statement sitting_allocation_add(id id, sitting_id id, by_id id, started time) run
INSERT INTO allocation (id, sitting_id, state, stage, permille, is_open, pupils, seats, cost_m,
    farthest_m, neighbours, neighbours_bound, by_id, started, changed)
VALUES (?1, ?2, 'running', 'reading', 0, 1, 0, 0, 0, 0, 0, 0, ?3, ?4, ?4)

-- statement sitting_allocation_state(id id) rows
SELECT sitting_id, state, changed, by_id, pupils FROM allocation WHERE id = ?1

-- A run that was given up as dead is no longer 'running', and writes nothing more.
-- statement sitting_run_beat(id id, stage text, permille int, now time) run
UPDATE allocation SET stage = ?2, permille = ?3, changed = ?4 WHERE id = ?1 AND state = 'running'

-- statement sitting_allocation_fail(id id, failure text, now time) run
UPDATE allocation SET state = 'failed', stage = '', is_open = 0, failure = ?2, changed = ?3
WHERE id = ?1 AND state = 'running'

-- statement sitting_allocation_propose(id id, input_hash blob, pupils int, seats int, cost_m int, farthest_m int, neighbours int, neighbours_bound int, now time, list_hash blob, transcript_hash blob, issuer text) run
UPDATE allocation SET state = 'proposed', stage = '', permille = 1000, input_hash = ?2, pupils = ?3,
    seats = ?4, cost_m = ?5, farthest_m = ?6, neighbours = ?7, neighbours_bound = ?8, changed = ?9,
    list_hash = ?10, transcript_hash = ?11, issuer = ?12
WHERE id = ?1 AND state = 'running'

-- statement sitting_move(sitting id, from_state text, to_state text) run
UPDATE sitting SET state = ?3 WHERE id = ?1 AND state = ?2

-- fragment zone_of_region(of_region)
COALESCE((SELECT MIN(there.zone) FROM institution there WHERE there.region = of_region),
    (SELECT MIN(there.zone) FROM centre there WHERE there.region = of_region))

-- A region lies where its institutions are in the mean, or else its centres.
-- statement sitting_problem_places(sitting id) rows
SELECT i.code, i.zone, i.x_m, i.y_m FROM institution i
WHERE EXISTS (SELECT 1 FROM entry e WHERE e.sitting_id = ?1 AND e.institution = i.code)
UNION ALL SELECT 'region:' || g.code, @zone_of_region(g.code),
    COALESCE((SELECT CAST(SUM(i.x_m) AS BIGINT) / COUNT(*) FROM institution i WHERE i.region = g.code),
        (SELECT CAST(SUM(c.x_m) AS BIGINT) / COUNT(*) FROM centre c WHERE c.region = g.code)),
    COALESCE((SELECT CAST(SUM(i.y_m) AS BIGINT) / COUNT(*) FROM institution i WHERE i.region = g.code),
        (SELECT CAST(SUM(c.y_m) AS BIGINT) / COUNT(*) FROM centre c WHERE c.region = g.code))
FROM region g WHERE EXISTS (SELECT 1 FROM entry e WHERE e.sitting_id = ?1 AND e.region = g.code)
ORDER BY 1

-- statement sitting_problem_pupils(sitting id) rows
SELECT person_id, application_id, COALESCE(institution, 'region:' || region), is_step_free FROM entry
WHERE sitting_id = ?1 AND is_open = 1
ORDER BY 3, person_id

-- statement sitting_problem_centres() rows
SELECT code, zone, x_m, y_m FROM centre WHERE is_active = 1 ORDER BY code

-- Other sittings that overlap it and have or may have seats.
-- fragment at_once()
sitting own JOIN sitting other ON other.id <> own.id
    AND other.starts < own.starts + own.minutes * 60000000
    AND other.starts > own.starts - 86400000000
    AND other.starts + other.minutes * 60000000 > own.starts
    JOIN allocation elsewhere ON elsewhere.sitting_id = other.id AND elsewhere.is_open = 1

-- A room in which others sit at that time is not there.
-- fragment free_rooms(at_sitting)
(SELECT f.centre, f.code, f.row_count, f.column_count, c.zone FROM room f
    JOIN centre c ON c.code = f.centre AND c.is_active = 1
    WHERE NOT EXISTS (SELECT 1 FROM @at_once() JOIN seat x ON x.sitting_id = other.id
        AND x.centre = f.centre AND x.room = f.code AND x.allocation_id = elsewhere.id
        WHERE own.id = at_sitting))

-- statement sitting_problem_desks(sitting id) rows
SELECT d.centre, d.room, r.row_count, r.column_count, d.number, d.is_step_free
FROM @free_rooms(?1) r JOIN desk d ON d.centre = r.centre AND d.room = r.code
ORDER BY d.centre, d.room, d.number

-- The same problem without its distances.
-- statement sitting_shortage_places(sitting id) rows
SELECT COALESCE(k.institution, k.region), i.name, g.name, COALESCE(i.zone, @zone_of_region(k.region)),
    k.pupils, k.step_free
FROM (SELECT e.institution, e.region, COUNT(*) AS pupils, SUM(e.is_step_free) AS step_free FROM entry e
        WHERE e.sitting_id = ?1 AND e.is_open = 1 GROUP BY e.institution, e.region) k
    LEFT JOIN institution i ON i.code = k.institution LEFT JOIN region g ON g.code = k.region

-- statement sitting_shortage_centres(sitting id) rows
SELECT r.centre, r.zone, COUNT(*), SUM(d.is_step_free)
FROM @free_rooms(?1) r JOIN desk d ON d.centre = r.centre AND d.room = r.code
GROUP BY r.centre, r.zone

-- Somebody was faster with a room.
-- statement sitting_rooms_taken(sitting id, allocation_id id) rows
SELECT mine.centre, mine.room FROM @at_once() JOIN seat x ON x.sitting_id = other.id
    AND x.allocation_id = elsewhere.id
    JOIN seat mine ON mine.sitting_id = own.id AND mine.allocation_id = ?2 AND mine.centre = x.centre
    AND mine.room = x.room
WHERE own.id = ?1 LIMIT 1

-- Only seats of an allocation that failed or was discarded.
-- statement sitting_seats_clear(sitting id, limit int) run
DELETE FROM seat WHERE (person_id, sitting_id) IN (SELECT x.person_id, x.sitting_id FROM seat x
    JOIN allocation a ON a.id = x.allocation_id
    WHERE x.sitting_id = ?1 AND a.is_open = 0 LIMIT ?2)

-- statement sitting_rolls_clear(allocation_id id) run
DELETE FROM allocation_pupils WHERE allocation_id = ?1

-- statement sitting_places_clear(allocation_id id) run
DELETE FROM allocation_place WHERE allocation_id = ?1

-- statement sitting_loads_clear(allocation_id id) run
DELETE FROM allocation_centre WHERE allocation_id = ?1

-- statement sitting_flows_clear(allocation_id id) run
DELETE FROM allocation_flow WHERE allocation_id = ?1

-- statement sitting_place_add(allocation_id id, place text, zone text, x_m int, y_m int, pupils int) run
INSERT INTO allocation_place (allocation_id, place, zone, x_m, y_m, pupils)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- statement sitting_load_add(allocation_id id, centre text, zone text, x_m int, y_m int, capacity int, pupils int, rent int) run
INSERT INTO allocation_centre (allocation_id, centre, zone, x_m, y_m, capacity, pupils, rent)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)

-- statement sitting_roll_add(allocation_id id, place text, number int, centre text, ids blob) run
INSERT INTO allocation_pupils (allocation_id, place, number, centre, ids) VALUES (?1, ?2, ?3, ?4, ?5)

-- statement sitting_flow_add(allocation_id id, place text, centre text, pupils int, distance_m int) run
INSERT INTO allocation_flow (allocation_id, place, centre, pupils, distance_m)
VALUES (?1, ?2, ?3, ?4, ?5)

-- statement sitting_seat_add(person_id id, sitting_id id, application_id id, allocation_id id, centre text, room text, desk int, variant text, distance_m int) run
INSERT INTO seat (person_id, sitting_id, application_id, allocation_id, centre, room, desk, variant,
    distance_m)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- statement sitting_seats_count(allocation_id id) rows
SELECT COUNT(*) FROM seat WHERE allocation_id = ?1

-- statement sitting_allocation_newest(sitting id) rows
SELECT a.id, a.sitting_id, a.state, a.stage, a.permille, t.seed, a.input_hash, a.pupils, a.seats,
    a.cost_m, a.farthest_m, a.neighbours, a.neighbours_bound, a.failure, a.by_id,
    a.confirmed_by_id, a.started, a.changed
FROM allocation a JOIN sitting t ON t.id = a.sitting_id
WHERE a.sitting_id = ?1
ORDER BY a.is_open DESC, a.started DESC, a.id DESC LIMIT 1

-- statement sitting_loads(allocation_id id, after text, limit int) rows
SELECT l.centre, c.code, c.name, c.region, c.latitude_e7, c.longitude_e7, c.zone,
    (SELECT COUNT(*) FROM desk d WHERE d.centre = c.code),
    COALESCE(SUM(f.pupils), 0), l.rent,
    COALESCE(SUM(f.pupils * f.distance_m) / SUM(f.pupils), 0), COALESCE(MAX(f.distance_m), 0)
FROM allocation_centre l JOIN centre c ON c.code = l.centre
    LEFT JOIN allocation_flow f ON f.allocation_id = l.allocation_id
        AND (f.centre = l.centre OR f.centre = l.centre || '/sf')
WHERE l.allocation_id = ?1 AND l.centre > ?2
GROUP BY l.allocation_id, l.centre, c.code ORDER BY l.centre LIMIT ?3

-- statement sitting_transcript_places(allocation_id id) rows
SELECT place, x_m, y_m, pupils, zone FROM allocation_place WHERE allocation_id = ?1 ORDER BY place

-- statement sitting_transcript_centres(allocation_id id) rows
SELECT centre, x_m, y_m, capacity, zone, rent FROM allocation_centre WHERE allocation_id = ?1
ORDER BY centre

-- statement sitting_transcript_flows(allocation_id id) rows
SELECT place, centre, pupils FROM allocation_flow WHERE allocation_id = ?1 ORDER BY place, centre

-- statement sitting_transcript_facts(allocation_id id) rows
SELECT a.cost_m, t.seed FROM allocation a
    JOIN sitting t ON t.id = a.sitting_id
WHERE a.id = ?1 AND a.input_hash IS NOT NULL

-- statement sitting_transcript_head(allocation_id id) rows
SELECT a.sitting_id, t.commitment, t.seed,
    (SELECT CAST(COALESCE(SUM(f.pupils * f.distance_m), 0) AS BIGINT) FROM allocation_flow f
        WHERE f.allocation_id = a.id),
    (SELECT COUNT(*) FROM allocation_centre l WHERE l.allocation_id = a.id),
    (SELECT COUNT(*) FROM allocation_place p WHERE p.allocation_id = a.id),
    (SELECT CAST(COALESCE(SUM(p.pupils), 0) AS BIGINT) FROM allocation_place p WHERE p.allocation_id = a.id)
FROM allocation a JOIN sitting t ON t.id = a.sitting_id
WHERE a.id = ?1

-- The transcript's lines in four sections, each in its own order: head, centres, pupils, end.
-- statement sitting_transcript_lines(allocation_id id, section int, after_load text, after_place text, after_number int, limit int) rows
SELECT * FROM (SELECT CAST(2 AS BIGINT) AS section, '' AS load, r.place, r.number, r.centre, r.ids,
        p.zone, p.x_m, p.y_m, p.pupils, CAST(0 AS BIGINT) AS pupils_there, CAST(0 AS BIGINT) AS rent
    FROM allocation_pupils r
        JOIN allocation_place p ON p.allocation_id = r.allocation_id AND p.place = r.place
    WHERE r.allocation_id = ?1 AND ?2 <= 2 AND (r.place, r.number) > (?4, ?5)
    ORDER BY r.place, r.number LIMIT ?6) pupils
UNION ALL SELECT * FROM (SELECT CAST(1 AS BIGINT), l.centre, '', CAST(0 AS BIGINT), '', CAST(NULL AS BYTEA), l.zone, l.x_m,
        l.y_m, l.capacity, l.pupils, l.rent
    FROM allocation_centre l WHERE l.allocation_id = ?1 AND ?2 <= 1 AND l.centre > ?3
    ORDER BY l.centre LIMIT ?6) centres
UNION ALL SELECT CAST(0 AS BIGINT), '', '', CAST(0 AS BIGINT), '', NULL, '', CAST(0 AS BIGINT),
    CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT)
FROM allocation WHERE id = ?1 AND ?2 < 0
UNION ALL SELECT CAST(3 AS BIGINT), '', '', CAST(0 AS BIGINT), '', NULL, '', CAST(0 AS BIGINT),
    CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT)
FROM allocation WHERE id = ?1 AND ?2 < 3
ORDER BY 1, 2, 3, 4 LIMIT ?6

-- statement sitting_transcript_hash(allocation_id id) rows
SELECT transcript_hash FROM allocation WHERE id = ?1

-- statement sitting_transcript_sign(allocation_id id, key_id text, signature blob, signed_at time) run
UPDATE allocation SET key_id = ?2, signature = ?3, signed_at = ?4 WHERE id = ?1 AND signature IS NULL

-- Anybody's, as it names nobody.
-- statement sitting_transcript_end(sitting id) rows
SELECT id, list_hash, transcript_hash, key_id, signature, signed_at, issuer FROM allocation
WHERE sitting_id = ?1 AND is_open = 1 AND state IN ('confirming', 'confirmed')

-- statement sitting_confirm_start(id id, by_id id, now time) run
UPDATE allocation SET state = 'confirming', permille = 0, confirmed_by_id = ?2, confirmed = ?3,
    changed = ?3
WHERE id = ?1 AND state = 'proposed'

-- statement sitting_confirm_batch(allocation_id id, after id, limit int) rows
SELECT x.person_id, x.application_id, e.is_open, x.centre, c.name, x.room, x.desk
FROM seat x JOIN entry e ON e.person_id = x.person_id AND e.application_id = x.application_id
        AND e.sitting_id = x.sitting_id
    JOIN centre c ON c.code = x.centre
WHERE x.allocation_id = ?1 AND x.person_id > ?2 AND x.slip IS NULL
ORDER BY x.person_id LIMIT ?3

-- statement sitting_seat_confirm(person_id id, sitting_id id, slip blob) run
UPDATE seat SET slip = ?3 WHERE person_id = ?1 AND sitting_id = ?2 AND slip IS NULL

-- statement sitting_entry_close(person_id id, application_id id, sitting_id id) run
UPDATE entry SET is_open = 0 WHERE person_id = ?1 AND application_id = ?2 AND sitting_id = ?3

-- statement sitting_seat_drop(person_id id, sitting_id id) run
DELETE FROM seat WHERE person_id = ?1 AND sitting_id = ?2 AND slip IS NULL

-- statement sitting_slip_claim(slip blob, person_id id) run
INSERT INTO claim (kind, value, owner) VALUES ('document', ?1, ?2)

-- statement sitting_confirm_beat(id id, permille int, now time) run
UPDATE allocation SET permille = ?2, changed = ?3 WHERE id = ?1 AND state = 'confirming'

-- statement sitting_confirm_waits(id id) rows
SELECT COUNT(*) FROM seat WHERE allocation_id = ?1 AND slip IS NULL

-- statement sitting_confirm_finish(id id, now time) run
UPDATE allocation SET state = 'confirmed', permille = 1000, changed = ?2
WHERE id = ?1 AND state = 'confirming'

-- statement sitting_discard(id id, now time) run
UPDATE allocation SET state = 'discarded', is_open = 0, changed = ?2
WHERE id = ?1 AND state = 'proposed'

-- Of several sittings the one ahead that comes first, or the last. Staff of an application see its seat too.
-- statement sitting_seat(actor id, person id, application id, now time) rows
SELECT x.person_id, x.application_id, x.sitting_id, COALESCE(s.title, n.title),
    COALESCE(s.subject_title, t.kind_title), t.starts, t.minutes,
    x.centre, c.name, c.address, c.latitude_e7, c.longitude_e7, x.room, x.desk, x.variant,
    x.distance_m, x.slip, l.confirmed, p.family, p.given, e.grade, i.name, COALESCE(s.code, o.code),
    (SELECT g.name FROM region g WHERE g.code = e.region), x.came, @place_of(e)
FROM seat x JOIN allocation l ON l.id = x.allocation_id
    JOIN sitting t ON t.id = x.sitting_id LEFT JOIN season s ON s.id = t.season_id
    LEFT JOIN offering o ON o.id = t.offering_id LEFT JOIN subject n ON n.id = t.offering_id
    JOIN centre c ON c.code = x.centre JOIN person p ON p.id = x.person_id
    JOIN entry e ON e.person_id = x.person_id AND e.application_id = x.application_id
        AND e.sitting_id = x.sitting_id
    LEFT JOIN institution i ON i.code = e.institution
WHERE x.person_id = ?2 AND x.application_id = ?3 AND x.slip IS NOT NULL
    AND l.state IN ('confirming', 'confirmed') AND (s.id IS NOT NULL AND @may_see(?1, x.person_id)
        OR o.id IS NOT NULL AND (@acts_for(?1, x.person_id) OR @keeps(?1, o.institution, o.region)))
ORDER BY CASE WHEN t.starts + t.minutes * 60000000 > ?4 THEN 0 ELSE 1 END, ABS(t.starts - ?4) LIMIT 1

-- Centres that a person's place might have used and that are nearer than the one they got.
-- statement sitting_nearer(person id, sitting id, after_square int, after_centre text, limit int) rows
SELECT k.square, k.centre, c.code, c.name, k.square, k.capacity, k.rent
FROM (SELECT (q.x_m - p.x_m) * (q.x_m - p.x_m) + (q.y_m - p.y_m) * (q.y_m - p.y_m) AS square, q.centre,
        q.capacity, q.rent, x.distance_m, e.is_step_free
    FROM seat x JOIN entry e ON e.person_id = x.person_id AND e.application_id = x.application_id
            AND e.sitting_id = x.sitting_id
        JOIN allocation_place p ON p.allocation_id = x.allocation_id
            AND p.place = @place_of(e)
        JOIN allocation_centre q ON q.allocation_id = x.allocation_id AND q.zone = p.zone
    WHERE x.person_id = ?1 AND x.sitting_id = ?2) k
    JOIN centre c
        ON c.code = CASE WHEN k.is_step_free = 1 THEN SUBSTR(k.centre, 1, LENGTH(k.centre) - 3) ELSE k.centre END
WHERE k.square < k.distance_m * k.distance_m AND (k.square, k.centre) > (?3, ?4)
ORDER BY k.square, k.centre LIMIT ?5

-- statement sitting_centre_covered(actor id, centre text, sitting id) rows
SELECT c.name, c.address, COALESCE(s.title, n.title), COALESCE(s.subject_title, t.kind_title), t.starts,
    t.offering_id
FROM centre c CROSS JOIN sitting t LEFT JOIN season s ON s.id = t.season_id
    LEFT JOIN subject n ON n.id = t.offering_id
WHERE c.code = ?2 AND t.id = ?3 AND @covers_centre(?1, c.code)

-- Who has withdrawn is not awaited.
-- statement sitting_attendance(actor id, sitting id, centre text, after_room text, after_desk int, limit int) rows
SELECT x.room, x.desk, e.person_id, e.application_id, p.family, p.given, e.institution,
    i.name, COALESCE(i.region, e.region), e.grade,
    e.is_step_free, a.state, e.created, x.centre, x.room, NULL, x.variant, NULL, x.desk, x.came
FROM seat x JOIN entry e ON e.person_id = x.person_id AND e.application_id = x.application_id
        AND e.sitting_id = x.sitting_id
    JOIN person p ON p.id = e.person_id
    JOIN application a ON a.person_id = e.person_id AND a.id = e.application_id
    LEFT JOIN institution i ON i.code = e.institution
WHERE x.sitting_id = ?2 AND x.centre = ?3 AND x.slip IS NOT NULL
    AND (e.season_id IS NOT NULL OR a.is_open = 1 OR x.came IS NOT NULL)
    AND x.room >= ?4 AND (x.room > ?4 OR x.desk > ?5) AND @covers_centre(?1, x.centre)
ORDER BY x.room, x.desk LIMIT ?6

-- Of a sitting whose seats are confirmed: the seat of who is on its list.
-- statement sitting_attend(actor id, sitting id, person id, came bool) run
UPDATE seat SET came = ?4 WHERE person_id = ?3 AND sitting_id = ?2 AND slip IS NOT NULL
    AND EXISTS (SELECT 1 FROM entry e WHERE e.person_id = ?3 AND e.sitting_id = ?2 AND e.is_open = 1)
    AND @covers_centre(?1, centre)

-- statement sitting_absent(sitting id, after id, limit int) rows
SELECT x.person_id, x.application_id FROM seat x
    JOIN entry e ON e.person_id = x.person_id AND e.application_id = x.application_id
        AND e.sitting_id = x.sitting_id
WHERE x.sitting_id = ?1 AND x.person_id > ?2 AND x.came = 0 AND e.is_open = 1
ORDER BY x.person_id LIMIT ?3
