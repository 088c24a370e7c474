-- Olympiads: seasons, sittings, centres, entries, allocations and seats.
-- A seat counts for its pupil once slip is set; a proposal's seats are seen by clerks without scope.

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

-- statement olympiad_sitting_add(id id, season_id id, code text, grade_from int, grade_to int, starts time, minutes int, commitment text) run
INSERT INTO sitting (id, season_id, code, kind, grade_from, grade_to, starts, minutes, state, commitment,
    is_drawn)
VALUES (?1, ?2, ?3, '', ?4, ?5, ?6, ?7, 'open', ?8, 1)

-- statement olympiad_season_sittings(season_id id) rows
SELECT code, grade_from, grade_to, starts, state FROM sitting WHERE season_id = ?1

-- statement olympiad_subject_add(sitting id, season_id id) run
INSERT INTO subject (id, service, title) SELECT ?1, 'olympiad', s.title FROM season s WHERE s.id = ?2

-- statement olympiad_sittings(actor id, season_id id, starts time, id id, limit int) rows
SELECT t.starts, t.id, @sitting_columns(t, s, o, n) FROM @sitting_from()
WHERE t.season_id = ?2 AND (s.is_published = 1 OR @has_role(?1, 'clerk')
    OR @has_role_everywhere(?1, 'admin'))
    AND t.starts >= ?3 AND (t.starts > ?3 OR t.id > ?4)
ORDER BY t.starts, t.id LIMIT ?5

-- Centres and rooms.

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

-- The schools lead, so that the page of one school does not cost what the nation costs. A bare bound of the
-- code would be taken for one of the entries', and all of them read for each school.
-- statement olympiad_entries(actor id, sitting id, institution text, after_institution text, after_name text, after_person id, after_application id, limit int) rows
SELECT e.institution, e.sort_name, e.person_id, e.application_id,
    e.person_id, e.application_id, p.family, p.given, e.institution, i.name, i.region, e.grade,
    e.is_step_free, a.state, e.created, x.centre, x.room, NULL, x.variant, NULL, x.desk, x.came
FROM institution i CROSS JOIN entry e
    JOIN person p ON p.id = e.person_id
    JOIN application a ON a.person_id = e.person_id AND a.id = e.application_id
    LEFT JOIN seat x ON x.person_id = e.person_id AND x.sitting_id = e.sitting_id
        AND x.application_id = e.application_id AND (x.slip IS NOT NULL
            OR (@has_role_everywhere(?1, 'clerk') AND EXISTS (SELECT 1 FROM allocation l
                WHERE l.id = x.allocation_id AND l.state IN ('proposed', 'confirming'))))
WHERE e.sitting_id = ?2 AND e.institution = i.code AND (?3 IS NULL OR i.code = ?3)
    AND @covers_school(?1, i.code)
    AND i.code || '' >= ?4
    AND (i.code > ?4 OR e.sort_name > ?5 OR (e.sort_name = ?5 AND (e.person_id > ?6
        OR (e.person_id = ?6 AND e.application_id > ?7))))
ORDER BY i.code, e.sort_name, e.person_id, e.application_id LIMIT ?8

-- Seats, slips, lists and figures.

-- statement olympiad_report_centre(actor id, sitting id, after text, limit int) rows
SELECT c.code, c.code, c.name, COUNT(x.person_id), COUNT(x.person_id), 0,
    (SELECT COUNT(*) FROM desk d WHERE d.centre = c.code),
    COALESCE(SUM(x.distance_m) / NULLIF(COUNT(x.person_id), 0), 0), COALESCE(MAX(x.distance_m), 0)
FROM centre c LEFT JOIN seat x ON x.sitting_id = ?2 AND x.centre = c.code AND x.slip IS NOT NULL
WHERE c.code > ?3 AND @covers_centre(?1, c.code)
GROUP BY c.code ORDER BY c.code LIMIT ?4

-- The entries lead: led by the schools, each would read all entries behind the bound.
-- statement olympiad_report_school(actor id, sitting id, after text, limit int) rows
SELECT k.institution, k.institution, i.name, k.registered, k.allocated, k.withdrawn, 0,
    COALESCE(k.metres / NULLIF(k.allocated, 0), 0), COALESCE(k.farthest, 0)
FROM (SELECT e.institution, SUM(e.is_open) AS registered, COUNT(x.person_id) AS allocated,
        SUM(1 - e.is_open - e.is_invited) AS withdrawn, SUM(x.distance_m) AS metres, MAX(x.distance_m) AS farthest
    FROM entry e LEFT JOIN seat x ON x.person_id = e.person_id AND x.sitting_id = e.sitting_id
        AND x.application_id = e.application_id AND x.slip IS NOT NULL
    WHERE e.sitting_id = ?2 AND e.institution > ?3 AND @covers_school(?1, e.institution)
    GROUP BY e.institution ORDER BY e.institution LIMIT ?4) k
    JOIN institution i ON i.code = k.institution
ORDER BY k.institution

-- statement olympiad_report_region(actor id, sitting id, after text, limit int) rows
SELECT g.code, g.code, g.name, SUM(e.is_open), COUNT(x.person_id), SUM(1 - e.is_open - e.is_invited), 0,
    COALESCE(SUM(x.distance_m) / NULLIF(COUNT(x.person_id), 0), 0), COALESCE(MAX(x.distance_m), 0)
FROM region g CROSS JOIN institution i CROSS JOIN entry e
    LEFT JOIN seat x ON x.person_id = e.person_id AND x.sitting_id = e.sitting_id
        AND x.application_id = e.application_id AND x.slip IS NOT NULL
WHERE i.region = g.code AND e.sitting_id = ?2 AND e.institution = i.code AND g.code > ?3
    AND @covers_school(?1, i.code)
GROUP BY g.code ORDER BY g.code LIMIT ?4
