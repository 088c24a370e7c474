-- Slots: who is to come when and where.

-- statement slot_add(id id, offering_id id, kind text, starts time, ends time, venue text, places int) run
INSERT INTO slot (id, offering_id, kind, starts, ends, venue, places, taken)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)

-- statement slot_change(id id, starts time, ends time, venue text, places int) run
UPDATE slot SET starts = ?2, ends = ?3, venue = ?4, places = ?5
WHERE id = ?1 AND taken <= ?5 AND (taken = 0 OR starts = ?2 AND ends = ?3)

-- statement slot_get(id id) rows
SELECT offering_id, kind, starts, ends FROM slot WHERE id = ?1

-- fragment slot_columns(one)
one.id, one.offering_id, one.kind, one.starts, one.ends, one.venue, one.places, one.taken

-- statement slot_list(offering_id id, kind text, starts time, id id, limit int) rows
SELECT s.starts, s.id, @slot_columns(s) FROM slot s
WHERE s.offering_id = ?1 AND s.kind = ?2 AND (s.starts, s.id) > (?3, ?4)
ORDER BY s.starts, s.id LIMIT ?5

-- statement slot_of_request(person_id id, request_id id, starts time, id id, limit int) rows
SELECT s.starts, s.id, @slot_columns(s) FROM slot_seat c JOIN slot s ON s.id = c.slot_id
WHERE c.person_id = ?1 AND c.request_id = ?2 AND (s.starts, s.id) > (?3, ?4)
ORDER BY s.starts, s.id LIMIT ?5

-- statement slot_own(person_id id, request_id id, slot_id id) rows
SELECT s.offering_id, s.kind, s.starts, s.ends, s.venue FROM slot_seat c JOIN slot s ON s.id = c.slot_id
WHERE c.person_id = ?1 AND c.request_id = ?2 AND c.slot_id = ?3

-- statement slot_seats(slot_id id, person_id id, request_id id, limit int) rows
SELECT c.person_id, c.request_id, c.person_id, c.request_id, p.given, p.family
FROM slot_seat c JOIN person p ON p.id = c.person_id
WHERE c.slot_id = ?1 AND (c.person_id, c.request_id) > (?2, ?3)
ORDER BY c.person_id, c.request_id LIMIT ?4

-- Those ahead that have room.
-- statement slot_free(offering_id id, kind text, now time, limit int) rows
SELECT id, starts, ends, places - taken FROM slot
WHERE offering_id = ?1 AND kind = ?2 AND starts > ?3 AND taken < places ORDER BY starts, id LIMIT ?4

-- statement slot_wanting(offering_id id, kind text, state text, limit int) rows
SELECT r.person_id, r.id FROM request r
WHERE r.offering_id = ?1 AND r.state = ?3 AND r.is_open = 1 AND NOT EXISTS (SELECT 1 FROM slot_seat c
    WHERE c.person_id = r.person_id AND c.request_id = r.id AND c.kind = ?2)
ORDER BY r.submitted, r.person_id, r.id LIMIT ?4

-- statement slot_closed(offering_id id, kind text, limit int) rows
SELECT c.person_id, c.request_id, c.slot_id FROM slot s JOIN slot_seat c ON c.slot_id = s.id
    JOIN request r ON r.person_id = c.person_id AND r.id = c.request_id
WHERE s.offering_id = ?1 AND s.kind = ?2 AND r.is_open = 0 LIMIT ?3

-- statement slot_seat_get(person_id id, request_id id, kind text) rows
SELECT slot_id FROM slot_seat WHERE person_id = ?1 AND request_id = ?2 AND kind = ?3

-- Not where the person is elsewhere at that time.
-- statement slot_seat_add(person_id id, request_id id, kind text, slot_id id, starts time, ends time) run
INSERT INTO slot_seat (person_id, request_id, kind, slot_id, starts, ends)
SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT @busy(?1, ?5, ?6)

-- statement slot_seat_drop(person_id id, request_id id, kind text) run
DELETE FROM slot_seat WHERE person_id = ?1 AND request_id = ?2 AND kind = ?3

-- statement slot_take(id id) run
UPDATE slot SET taken = taken + 1 WHERE id = ?1 AND taken < places

-- statement slot_release(id id) run
UPDATE slot SET taken = taken - 1 WHERE id = ?1
