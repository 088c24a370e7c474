-- Olympiads: seasons, sittings, centres, entries, allocations and seats.
-- A seat counts for its pupil once slip is set; a proposal's seats are seen by clerks without scope.

-- statement olympiad_is_staff(actor id) rows
SELECT 1 WHERE @is_staff(?1)

-- statement olympiad_is_clerk(actor id) rows
SELECT 1 WHERE @has_role(?1, 'clerk') OR @has_role_everywhere(?1, 'admin')

-- statement olympiad_is_centre_staff(actor id) rows
SELECT 1 WHERE @has_role(?1, 'steward') OR @has_role(?1, 'clerk')
    OR @has_role_everywhere(?1, 'admin')

-- Seasons and sittings.

-- statement olympiad_season_add(id id, code text, title json, subject text, subject_title json, grade_from int, grade_to int, opens time, closes time, created time, series text, year int, is_archive bool, by_invitation bool) run
INSERT INTO season (id, code, title, subject, subject_title, grade_from, grade_to, opens, closes,
    is_published, created, series, year, is_archive, by_invitation)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, ?11, ?12, ?13, ?14)

-- statement olympiad_season_by_code(code text) rows
SELECT id FROM season WHERE code = ?1

-- statement olympiad_season(actor id, id id) rows
SELECT s.id, s.code, s.title, s.subject, s.subject_title, s.grade_from, s.grade_to, s.opens,
    s.closes, s.is_published, (SELECT COUNT(*) FROM sitting t WHERE t.season_id = s.id), s.series,
    s.year, s.by_invitation, s.is_archive
FROM season s
WHERE s.id = ?2 AND (s.is_published = 1 OR @has_role(?1, 'clerk')
    OR @has_role_everywhere(?1, 'admin'))

-- statement olympiad_seasons(actor id, closes time, id id, limit int) rows
SELECT s.closes, s.id, s.id, s.code, s.title, s.subject, s.subject_title, s.grade_from, s.grade_to, s.opens,
    s.closes, s.is_published, (SELECT COUNT(*) FROM sitting t WHERE t.season_id = s.id), s.series,
    s.year, s.by_invitation, s.is_archive
FROM season s
WHERE (s.is_published = 1 OR @has_role(?1, 'clerk') OR @has_role_everywhere(?1, 'admin'))
    AND s.closes <= ?2 AND (s.closes < ?2 OR s.id < ?3)
ORDER BY s.closes DESC, s.id DESC LIMIT ?4

-- statement olympiad_season_publish(id id) run
UPDATE season SET is_published = 1 WHERE id = ?1

-- statement olympiad_season_window(id id, opens time, closes time) run
UPDATE season SET opens = ?2, closes = ?3 WHERE id = ?1

-- statement olympiad_sitting_add(id id, season_id id, code text, grade_from int, grade_to int, starts time, minutes int) run
INSERT INTO sitting (id, season_id, code, grade_from, grade_to, starts, minutes, state)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'open')

-- statement olympiad_sitting(actor id, id id) rows
SELECT t.id, t.season_id, t.code, s.title, s.subject_title, t.grade_from, t.grade_to, s.opens,
    s.closes, t.starts, t.minutes, t.state, s.is_published, t.frozen_hash, t.seed
FROM sitting t JOIN season s ON s.id = t.season_id
WHERE t.id = ?2 AND (s.is_published = 1 OR @has_role(?1, 'clerk')
    OR @has_role_everywhere(?1, 'admin'))

-- statement olympiad_season_sittings(season_id id) rows
SELECT code, grade_from, grade_to, starts, state FROM sitting WHERE season_id = ?1

-- statement olympiad_subject_add(sitting id, season_id id) run
INSERT INTO subject (id, service, title) SELECT ?1, 'olympiad', s.title FROM season s WHERE s.id = ?2

-- statement olympiad_sittings(actor id, season_id id, starts time, id id, limit int) rows
SELECT t.starts, t.id, t.id, t.season_id, t.code, s.title, s.subject_title, t.grade_from, t.grade_to, s.opens,
    s.closes, t.starts, t.minutes, t.state, s.is_published, t.frozen_hash, t.seed
FROM sitting t JOIN season s ON s.id = t.season_id
WHERE t.season_id = ?2 AND (s.is_published = 1 OR @has_role(?1, 'clerk')
    OR @has_role_everywhere(?1, 'admin'))
    AND t.starts >= ?3 AND (t.starts > ?3 OR t.id > ?4)
ORDER BY t.starts, t.id LIMIT ?5

-- Centres and rooms.

-- statement olympiad_region_exists(code text) rows
SELECT 1 FROM region WHERE code = ?1

-- statement olympiad_centre_stored(code text) rows
SELECT name, address, region, latitude_e7, longitude_e7, zone, is_active FROM centre WHERE code = ?1

-- statement olympiad_centre_add(code text, name text, address text, region text, latitude_e7 int, longitude_e7 int, x_m int, y_m int, zone text, is_active bool) run
INSERT INTO centre (code, name, address, region, latitude_e7, longitude_e7, x_m, y_m, zone,
    is_active)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- statement olympiad_centre_change(code text, name text, address text, region text, latitude_e7 int, longitude_e7 int, x_m int, y_m int, zone text, is_active bool) run
UPDATE centre SET name = ?2, address = ?3, region = ?4, latitude_e7 = ?5, longitude_e7 = ?6,
    x_m = ?7, y_m = ?8, zone = ?9, is_active = ?10
WHERE code = ?1

-- statement olympiad_centres(after text, limit int) rows
SELECT c.code, c.code, c.name, c.address, c.region, c.latitude_e7, c.longitude_e7, c.zone, c.is_active,
    (SELECT COUNT(*) FROM room r WHERE r.centre = c.code),
    (SELECT COUNT(*) FROM desk d WHERE d.centre = c.code)
FROM centre c
WHERE c.code > ?1
ORDER BY c.code LIMIT ?2

-- statement olympiad_rooms(centre text, after text, limit int) rows
SELECT r.code, r.centre, r.code, r.row_count, r.column_count,
    (SELECT COUNT(*) FROM desk d WHERE d.centre = r.centre AND d.room = r.code),
    (SELECT COUNT(*) FROM desk d WHERE d.centre = r.centre AND d.room = r.code
        AND d.is_step_free = 1)
FROM room r
WHERE r.centre = ?1 AND r.code > ?2
ORDER BY r.code LIMIT ?3

-- statement olympiad_room_stored(centre text, code text) rows
SELECT row_count, column_count FROM room WHERE centre = ?1 AND code = ?2

-- statement olympiad_room_desks(centre text, room text) rows
SELECT number, is_step_free FROM desk WHERE centre = ?1 AND room = ?2 ORDER BY number

-- In use by an allocation that is there, or perhaps by one that runs.
-- statement olympiad_room_in_use(centre text, room text, fresh_since time) rows
SELECT 1 WHERE EXISTS (SELECT 1 FROM allocation a WHERE a.is_open = 1 AND (
    (a.state = 'running' AND a.changed > ?3)
    OR EXISTS (SELECT 1 FROM seat x WHERE x.sitting_id = a.sitting_id AND x.centre = ?1
        AND x.room = ?2 AND x.allocation_id = a.id)))

-- statement olympiad_room_add(centre text, code text, row_count int, column_count int) run
INSERT INTO room (centre, code, row_count, column_count) VALUES (?1, ?2, ?3, ?4)

-- statement olympiad_room_change(centre text, code text, row_count int, column_count int) run
UPDATE room SET row_count = ?3, column_count = ?4 WHERE centre = ?1 AND code = ?2

-- What a failed or discarded allocation left behind in a room.
-- statement olympiad_room_seats_clear(centre text, room text) run
DELETE FROM seat WHERE sitting_id IN (SELECT id FROM sitting) AND centre = ?1 AND room = ?2

-- statement olympiad_room_desks_clear(centre text, room text) run
DELETE FROM desk WHERE centre = ?1 AND room = ?2

-- statement olympiad_desk_add(centre text, room text, number int, is_step_free bool) run
INSERT INTO desk (centre, room, number, is_step_free) VALUES (?1, ?2, ?3, ?4)

-- Registrations.

-- All that decides whether a person may register, and as whose act: nothing where the actor has no
-- right to act for the person.
-- Another sitting of the person's overlaps this one.
-- fragment clashes(person, sitting_row)
EXISTS (SELECT 1 FROM entry own JOIN sitting o ON o.id = own.sitting_id
    WHERE own.person_id = person AND own.is_open = 1 AND o.id <> sitting_row.id
    AND o.starts < sitting_row.starts + sitting_row.minutes * 60000000
    AND sitting_row.starts < o.starts + o.minutes * 60000000)

-- statement olympiad_register_facts(actor id, person id, sitting id) rows
SELECT @acting_as(?1, ?2), t.grade_from, t.grade_to, t.state, s.opens, s.closes,
    p.institution, p.grade, p.is_step_free, p.sort_name,
    EXISTS (SELECT 1 FROM entry e WHERE e.person_id = ?2 AND e.season_id = s.id
        AND (e.is_open = 1 OR e.is_invited = 1)),
    @clashes(?2, t),
    s.by_invitation, s.id
FROM sitting t JOIN season s ON s.id = t.season_id JOIN person q ON q.id = ?2
    LEFT JOIN pupil p ON p.person_id = q.id
WHERE t.id = ?3 AND s.is_published = 1

-- statement olympiad_entry_add(person_id id, application_id id, sitting_id id, institution text, grade int, is_step_free bool, sort_name text, created time, season_id id, is_invited bool) run
INSERT INTO entry (person_id, application_id, sitting_id, institution, grade, is_step_free,
    sort_name, is_open, created, season_id, is_invited)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1 - ?10, ?8, ?9, ?10)

-- statement olympiad_invited_facts(actor id, person id, application id) rows
SELECT @acting_as(?1, ?2), e.is_invited, t.state, s.closes, @clashes(?2, t)
FROM entry e JOIN sitting t ON t.id = e.sitting_id JOIN season s ON s.id = t.season_id
WHERE e.person_id = ?2 AND e.application_id = ?3

-- statement olympiad_entry_answer(person_id id, application_id id, accepted bool) run
UPDATE entry SET is_invited = 0, is_open = ?3
WHERE person_id = ?1 AND application_id = ?2 AND is_invited = 1

-- statement olympiad_withdraw_facts(actor id, person id, application id) rows
SELECT @acting_as(?1, ?2), e.is_open, t.starts, x.centre, x.room, x.desk
FROM entry e JOIN sitting t ON t.id = e.sitting_id
    LEFT JOIN seat x ON x.person_id = e.person_id AND x.sitting_id = e.sitting_id
        AND x.application_id = e.application_id AND x.slip IS NOT NULL
WHERE e.person_id = ?2 AND e.application_id = ?3

-- statement olympiad_entry_close(person_id id, application_id id) run
UPDATE entry SET is_open = 0 WHERE person_id = ?1 AND application_id = ?2

-- A seat not yet confirmed is left to the confirmation, which skips the withdrawn.
-- statement olympiad_seat_free(person_id id, application_id id) run
DELETE FROM seat WHERE person_id = ?1 AND application_id = ?2 AND slip IS NOT NULL

-- The schools lead, so that the page of one school does not cost what the nation costs.
-- statement olympiad_entries(actor id, sitting id, institution text, after_institution text, after_name text, after_person id, after_application id, limit int) rows
SELECT e.institution, e.sort_name, e.person_id, e.application_id,
    e.person_id, e.application_id, p.family, p.given, e.institution, i.name, i.region, e.grade,
    e.is_step_free, a.state, e.created, x.centre, x.room, NULL, x.variant, x.desk
FROM institution i CROSS JOIN entry e
    JOIN person p ON p.id = e.person_id
    JOIN application a ON a.person_id = e.person_id AND a.id = e.application_id
    LEFT JOIN seat x ON x.person_id = e.person_id AND x.sitting_id = e.sitting_id
        AND x.application_id = e.application_id AND (x.slip IS NOT NULL
            OR (@has_role_everywhere(?1, 'clerk') AND EXISTS (SELECT 1 FROM allocation l
                WHERE l.id = x.allocation_id AND l.state IN ('proposed', 'confirming'))))
WHERE e.sitting_id = ?2 AND e.institution = i.code AND (?3 IS NULL OR i.code = ?3)
    AND @covers_school(?1, i.code)
    AND i.code >= ?4
    AND (i.code > ?4 OR e.sort_name > ?5 OR (e.sort_name = ?5 AND (e.person_id > ?6
        OR (e.person_id = ?6 AND e.application_id > ?7))))
ORDER BY i.code, e.sort_name, e.person_id, e.application_id LIMIT ?8

-- Freezing.

-- statement olympiad_sitting_facts(sitting id) rows
SELECT t.state, s.is_published, s.closes, t.starts, t.seed
FROM sitting t JOIN season s ON s.id = t.season_id WHERE t.id = ?1

-- statement olympiad_freeze_list(sitting id) rows
SELECT application_id, institution, grade, is_step_free FROM entry
WHERE sitting_id = ?1 AND is_open = 1 ORDER BY application_id

-- statement olympiad_freeze(sitting id, hash blob, seed blob) run
UPDATE sitting SET state = 'frozen', frozen_hash = ?2, seed = ?3 WHERE id = ?1 AND state = 'open'

-- Allocating.

-- statement olympiad_allocation_open(sitting id) rows
SELECT id, state, changed FROM allocation WHERE sitting_id = ?1 AND is_open = 1

-- statement olympiad_allocation_add(id id, sitting_id id, by_id id, started time) run
INSERT INTO allocation (id, sitting_id, state, stage, permille, is_open, pupils, seats, cost_m,
    farthest_m, neighbours, neighbours_bound, by_id, started, changed)
VALUES (?1, ?2, 'running', 'reading', 0, 1, 0, 0, 0, 0, 0, 0, ?3, ?4, ?4)

-- statement olympiad_allocation_state(id id) rows
SELECT sitting_id, state, changed, by_id, pupils FROM allocation WHERE id = ?1

-- A run that was given up as dead is no longer 'running', and writes nothing more.
-- statement olympiad_run_beat(id id, stage text, permille int, now time) run
UPDATE allocation SET stage = ?2, permille = ?3, changed = ?4 WHERE id = ?1 AND state = 'running'

-- statement olympiad_allocation_fail(id id, failure text, now time) run
UPDATE allocation SET state = 'failed', stage = '', is_open = 0, failure = ?2, changed = ?3
WHERE id = ?1 AND state = 'running'

-- statement olympiad_allocation_propose(id id, input_hash blob, pupils int, seats int, cost_m int, farthest_m int, neighbours int, neighbours_bound int, now time) run
UPDATE allocation SET state = 'proposed', stage = '', permille = 1000, input_hash = ?2, pupils = ?3,
    seats = ?4, cost_m = ?5, farthest_m = ?6, neighbours = ?7, neighbours_bound = ?8, changed = ?9
WHERE id = ?1 AND state = 'running'

-- statement olympiad_sitting_move(sitting id, from_state text, to_state text) run
UPDATE sitting SET state = ?3 WHERE id = ?1 AND state = ?2

-- statement olympiad_problem_places(sitting id) rows
SELECT i.code, i.zone, i.x_m, i.y_m FROM institution i
WHERE EXISTS (SELECT 1 FROM entry e WHERE e.sitting_id = ?1 AND e.institution = i.code)
ORDER BY i.code

-- statement olympiad_problem_pupils(sitting id) rows
SELECT person_id, application_id, institution, is_step_free FROM entry
WHERE sitting_id = ?1 AND is_open = 1
ORDER BY institution, person_id

-- statement olympiad_problem_centres() rows
SELECT code, zone, x_m, y_m FROM centre WHERE is_active = 1 ORDER BY code

-- statement olympiad_problem_desks() rows
SELECT d.centre, d.room, r.row_count, r.column_count, d.number, d.is_step_free
FROM desk d JOIN room r ON r.centre = d.centre AND r.code = d.room
    JOIN centre c ON c.code = d.centre AND c.is_active = 1
ORDER BY d.centre, d.room, d.number

-- Only seats of an allocation that failed or was discarded.
-- statement olympiad_seats_clear(sitting id, limit int) run
DELETE FROM seat WHERE (person_id, sitting_id) IN (SELECT x.person_id, x.sitting_id FROM seat x
    JOIN allocation a ON a.id = x.allocation_id
    WHERE x.sitting_id = ?1 AND a.is_open = 0 LIMIT ?2)

-- statement olympiad_places_clear(allocation_id id) run
DELETE FROM allocation_place WHERE allocation_id = ?1

-- statement olympiad_loads_clear(allocation_id id) run
DELETE FROM allocation_centre WHERE allocation_id = ?1

-- statement olympiad_flows_clear(allocation_id id) run
DELETE FROM allocation_flow WHERE allocation_id = ?1

-- statement olympiad_place_add(allocation_id id, place text, zone text, x_m int, y_m int, pupils int) run
INSERT INTO allocation_place (allocation_id, place, zone, x_m, y_m, pupils)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- statement olympiad_load_add(allocation_id id, centre text, zone text, x_m int, y_m int, capacity int, rent int) run
INSERT INTO allocation_centre (allocation_id, centre, zone, x_m, y_m, capacity, rent)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- statement olympiad_flow_add(allocation_id id, place text, centre text, pupils int, distance_m int) run
INSERT INTO allocation_flow (allocation_id, place, centre, pupils, distance_m)
VALUES (?1, ?2, ?3, ?4, ?5)

-- statement olympiad_seat_add(person_id id, sitting_id id, application_id id, allocation_id id, centre text, room text, desk int, variant text, distance_m int) run
INSERT INTO seat (person_id, sitting_id, application_id, allocation_id, centre, room, desk, variant,
    distance_m)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- statement olympiad_seats_count(allocation_id id) rows
SELECT COUNT(*) FROM seat WHERE allocation_id = ?1

-- statement olympiad_allocation_newest(sitting id) rows
SELECT a.id, a.sitting_id, a.state, a.stage, a.permille, t.seed, a.input_hash, a.pupils, a.seats,
    a.cost_m, a.farthest_m, a.neighbours, a.neighbours_bound, a.failure, a.by_id,
    a.confirmed_by_id, a.started, a.changed
FROM allocation a JOIN sitting t ON t.id = a.sitting_id
WHERE a.sitting_id = ?1
ORDER BY a.is_open DESC, a.started DESC, a.id DESC LIMIT 1

-- statement olympiad_loads(allocation_id id, after text, limit int) rows
SELECT l.centre, c.code, c.name, c.region, c.latitude_e7, c.longitude_e7, c.zone,
    (SELECT COUNT(*) FROM desk d WHERE d.centre = c.code),
    COALESCE(SUM(f.pupils), 0), l.rent,
    COALESCE(SUM(f.pupils * f.distance_m) / SUM(f.pupils), 0), COALESCE(MAX(f.distance_m), 0)
FROM allocation_centre l JOIN centre c ON c.code = l.centre
    LEFT JOIN allocation_flow f ON f.allocation_id = l.allocation_id
        AND (f.centre = l.centre OR f.centre = l.centre || '/sf')
WHERE l.allocation_id = ?1 AND l.centre > ?2
GROUP BY l.allocation_id, l.centre, c.code ORDER BY l.centre LIMIT ?3

-- statement olympiad_transcript_places(allocation_id id) rows
SELECT place, x_m, y_m, pupils, zone FROM allocation_place WHERE allocation_id = ?1 ORDER BY place

-- statement olympiad_transcript_centres(allocation_id id) rows
SELECT centre, x_m, y_m, capacity, zone, rent FROM allocation_centre WHERE allocation_id = ?1
ORDER BY centre

-- statement olympiad_transcript_flows(allocation_id id) rows
SELECT place, centre, pupils FROM allocation_flow WHERE allocation_id = ?1 ORDER BY place, centre

-- statement olympiad_transcript_facts(allocation_id id) rows
SELECT a.cost_m, t.seed FROM allocation a
    JOIN sitting t ON t.id = a.sitting_id
WHERE a.id = ?1 AND a.input_hash IS NOT NULL

-- Confirming.

-- statement olympiad_confirm_start(id id, by_id id, now time) run
UPDATE allocation SET state = 'confirming', permille = 0, confirmed_by_id = ?2, confirmed = ?3,
    changed = ?3
WHERE id = ?1 AND state = 'proposed'

-- statement olympiad_confirm_batch(allocation_id id, after id, limit int) rows
SELECT x.person_id, x.application_id, e.is_open, x.centre, c.name, x.room, x.desk
FROM seat x JOIN entry e ON e.person_id = x.person_id AND e.application_id = x.application_id
    JOIN centre c ON c.code = x.centre
WHERE x.allocation_id = ?1 AND x.person_id > ?2 AND x.slip IS NULL
ORDER BY x.person_id LIMIT ?3

-- statement olympiad_seat_confirm(person_id id, application_id id, slip blob) run
UPDATE seat SET slip = ?3 WHERE person_id = ?1 AND application_id = ?2 AND slip IS NULL

-- statement olympiad_seat_drop(person_id id, application_id id) run
DELETE FROM seat WHERE person_id = ?1 AND application_id = ?2 AND slip IS NULL

-- statement olympiad_slip_claim(slip blob, person_id id) run
INSERT INTO claim (kind, value, owner) VALUES ('document', ?1, ?2)

-- statement olympiad_confirm_beat(id id, permille int, now time) run
UPDATE allocation SET permille = ?2, changed = ?3 WHERE id = ?1 AND state = 'confirming'

-- statement olympiad_confirm_waits(id id) rows
SELECT COUNT(*) FROM seat WHERE allocation_id = ?1 AND slip IS NULL

-- statement olympiad_confirm_finish(id id, now time) run
UPDATE allocation SET state = 'confirmed', permille = 1000, changed = ?2
WHERE id = ?1 AND state = 'confirming'

-- statement olympiad_discard(id id, now time) run
UPDATE allocation SET state = 'discarded', is_open = 0, changed = ?2
WHERE id = ?1 AND state = 'proposed'

-- Seats, slips, lists and figures.

-- statement olympiad_seat(actor id, person id, application id) rows
SELECT x.person_id, x.application_id, x.sitting_id, s.title, s.subject_title, t.starts, t.minutes,
    x.centre, c.name, c.address, c.latitude_e7, c.longitude_e7, x.room, x.desk, x.variant,
    x.distance_m, x.slip, l.confirmed, p.family, p.given, e.grade, i.name, s.code
FROM seat x JOIN allocation l ON l.id = x.allocation_id
    JOIN sitting t ON t.id = x.sitting_id JOIN season s ON s.id = t.season_id
    JOIN centre c ON c.code = x.centre JOIN person p ON p.id = x.person_id
    JOIN entry e ON e.person_id = x.person_id AND e.application_id = x.application_id
    JOIN institution i ON i.code = e.institution
WHERE x.person_id = ?2 AND x.application_id = ?3 AND x.slip IS NOT NULL
    AND l.state IN ('confirming', 'confirmed') AND @may_see(?1, x.person_id)

-- statement olympiad_centre_covered(actor id, centre text, sitting id) rows
SELECT c.name, c.address, s.title, s.subject_title, t.starts
FROM centre c CROSS JOIN sitting t JOIN season s ON s.id = t.season_id
WHERE c.code = ?2 AND t.id = ?3 AND @covers_centre(?1, c.code)

-- statement olympiad_attendance(actor id, sitting id, centre text, after_room text, after_desk int, limit int) rows
SELECT x.room, x.desk, e.person_id, e.application_id, p.family, p.given, e.institution, i.name, i.region, e.grade,
    e.is_step_free, a.state, e.created, x.centre, x.room, NULL, x.variant, x.desk
FROM seat x JOIN entry e ON e.person_id = x.person_id AND e.application_id = x.application_id
    JOIN person p ON p.id = e.person_id
    JOIN application a ON a.person_id = e.person_id AND a.id = e.application_id
    JOIN institution i ON i.code = e.institution
WHERE x.sitting_id = ?2 AND x.centre = ?3 AND x.slip IS NOT NULL
    AND x.room >= ?4 AND (x.room > ?4 OR x.desk > ?5) AND @covers_centre(?1, x.centre)
ORDER BY x.room, x.desk LIMIT ?6

-- statement olympiad_report_centre(actor id, sitting id, after text, limit int) rows
SELECT c.code, c.code, c.name, COUNT(x.person_id), COUNT(x.person_id), 0,
    (SELECT COUNT(*) FROM desk d WHERE d.centre = c.code),
    COALESCE(SUM(x.distance_m) / NULLIF(COUNT(x.person_id), 0), 0), COALESCE(MAX(x.distance_m), 0)
FROM centre c LEFT JOIN seat x ON x.sitting_id = ?2 AND x.centre = c.code AND x.slip IS NOT NULL
WHERE c.code > ?3 AND @covers_centre(?1, c.code)
GROUP BY c.code ORDER BY c.code LIMIT ?4

-- statement olympiad_report_school(actor id, sitting id, after text, limit int) rows
SELECT i.code, i.code, i.name, SUM(e.is_open), COUNT(x.person_id), SUM(1 - e.is_open - e.is_invited), 0,
    COALESCE(SUM(x.distance_m) / NULLIF(COUNT(x.person_id), 0), 0), COALESCE(MAX(x.distance_m), 0)
FROM institution i CROSS JOIN entry e
    LEFT JOIN seat x ON x.person_id = e.person_id AND x.sitting_id = e.sitting_id
        AND x.application_id = e.application_id AND x.slip IS NOT NULL
WHERE e.sitting_id = ?2 AND e.institution = i.code AND i.code > ?3 AND @covers_school(?1, i.code)
GROUP BY i.code ORDER BY i.code LIMIT ?4

-- statement olympiad_report_region(actor id, sitting id, after text, limit int) rows
SELECT g.code, g.code, g.name, SUM(e.is_open), COUNT(x.person_id), SUM(1 - e.is_open - e.is_invited), 0,
    COALESCE(SUM(x.distance_m) / NULLIF(COUNT(x.person_id), 0), 0), COALESCE(MAX(x.distance_m), 0)
FROM region g CROSS JOIN institution i CROSS JOIN entry e
    LEFT JOIN seat x ON x.person_id = e.person_id AND x.sitting_id = e.sitting_id
        AND x.application_id = e.application_id AND x.slip IS NOT NULL
WHERE i.region = g.code AND e.sitting_id = ?2 AND e.institution = i.code AND g.code > ?3
    AND @covers_school(?1, i.code)
GROUP BY g.code ORDER BY g.code LIMIT ?4
