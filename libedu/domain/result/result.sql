-- Results of a season: rules, marks, ranks, publication, appeals, figures.
-- Pupils and their families see a result from publish_at on, once it is approved.

-- fragment is_public(marking_row, at)
(marking_row.state = 'approved' AND marking_row.publish_at <= at)

-- fragment sees_season(actor, season_row)
(season_row.is_published = 1 OR @has_role(actor, 'clerk') OR @has_role_everywhere(actor, 'admin'))

-- Marking.

-- statement result_season(actor id, season id) rows
SELECT s.id, s.code, s.title, s.subject_title, s.year, s.is_archive, s.is_published, m.rules,
    m.state, m.publish_at, m.appeals_close, m.by_id, m.confirmed_by_id, m.ranked,
    (SELECT COUNT(*) FROM result r WHERE r.season_id = s.id)
FROM season s LEFT JOIN marking m ON m.season_id = s.id
WHERE s.id = ?2 AND @sees_season(?1, s)

-- statement result_rules_put(season id, rules json, now time) run
INSERT INTO marking (season_id, rules, state, is_waiting, changed)
VALUES (?1, ?2, 'open', 0, ?3)
ON CONFLICT (season_id) DO UPDATE SET rules = excluded.rules, changed = excluded.changed

-- statement result_counts(season id) rows
SELECT COUNT(*), COALESCE(SUM(r.is_absent), 0), COALESCE(SUM(1 - r.is_told), 0),
    COALESCE(SUM(r.advances), 0)
FROM result r WHERE r.season_id = ?1

-- statement result_expected(season id) rows
SELECT COUNT(*) FROM sitting t JOIN seat x ON x.sitting_id = t.id
WHERE t.season_id = ?1 AND x.slip IS NOT NULL

-- statement result_more_counts(season id, next text) rows
SELECT (SELECT COUNT(*) FROM certificate c WHERE c.source_id = ?1 AND c.is_current = 1),
    (SELECT COUNT(*) FROM result r JOIN season n ON n.code = ?2
        JOIN entry e ON e.person_id = r.person_id AND e.season_id = n.id
        JOIN application a ON a.person_id = e.person_id AND a.id = e.application_id
        WHERE r.season_id = ?1 AND r.advances = 1 AND a.state <> 'uninvited'),
    (SELECT COUNT(*) FROM result_appeal p WHERE p.season_id = ?1 AND p.state IN ('open', 'marked')),
    (SELECT COUNT(*) FROM correction c WHERE c.season_id = ?1 AND c.is_open = 1)

-- Entering.

-- kind: document for the number of a slip, blind for a blind code.
-- statement result_script(kind text, value blob, season id) rows
SELECT x.person_id, x.application_id, x.slip, e.institution, i.region, e.grade, r.version,
    r.is_absent, r.points, r.total, r.is_counted, r.award
FROM claim c JOIN seat x ON x.person_id = c.owner
    JOIN sitting t ON t.id = x.sitting_id AND t.season_id = ?3
    JOIN entry e ON e.person_id = x.person_id AND e.application_id = x.application_id
    JOIN institution i ON i.code = e.institution
    LEFT JOIN result r ON r.person_id = x.person_id AND r.season_id = t.season_id
WHERE c.kind = ?1 AND c.value = ?2 AND x.slip IS NOT NULL
    AND (x.slip = c.value OR c.kind = 'blind')

-- statement result_by_number(season id, number text) rows
SELECT r.person_id, r.application_id, NULL, r.institution, r.region, r.grade, r.version,
    r.is_absent, r.points, r.total, r.is_counted, r.award
FROM result r WHERE r.season_id = ?1 AND r.number = ?2

-- statement result_add(person id, season id, application id, number text, institution text, region text, grade int, is_absent bool, is_counted bool, points json, total int, award text, now time) run
INSERT INTO result (person_id, season_id, application_id, number, institution, region, grade,
    is_absent, is_counted, points, total, division, place, overall, award, advances, is_told,
    version, changed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, NULLIF(?11, -1), '', 1000000000, 0, ?12, 0,
    CASE WHEN ?3 IS NULL THEN 1 ELSE 0 END, 1, ?13)

-- statement result_change(person id, season id, is_absent bool, is_counted bool, points json, total int, award text, now time) run
UPDATE result SET is_absent = ?3, is_counted = ?4, points = ?5, total = NULLIF(?6, -1), award = ?7,
    version = version + 1, changed = ?8
WHERE person_id = ?1 AND season_id = ?2

-- statement result_keep_change(person id, season id, now time, by_id id, confirmed_by id, reason text) run
INSERT INTO result_change (person_id, season_id, version, at, by_id, confirmed_by_id, reason,
    is_absent, points, total)
SELECT r.person_id, r.season_id, r.version, ?3, ?4, ?5, ?6, r.is_absent, r.points, r.total
FROM result r WHERE r.person_id = ?1 AND r.season_id = ?2

-- Blind codes.

-- statement result_uncoded(season id, limit int) rows
SELECT x.person_id, x.sitting_id FROM sitting t JOIN seat x ON x.sitting_id = t.id
WHERE t.season_id = ?1 AND x.slip IS NOT NULL AND x.blind IS NULL
ORDER BY x.sitting_id, x.person_id LIMIT ?2

-- statement result_code_claim(value blob, person id) run
INSERT INTO claim (kind, value, owner) VALUES ('blind', ?1, ?2)
ON CONFLICT (kind, value) DO NOTHING

-- statement result_code_set(person id, sitting id, code blob) run
UPDATE seat SET blind = ?3 WHERE person_id = ?1 AND sitting_id = ?2

-- statement result_codes(season id) rows
SELECT x.slip, x.blind FROM sitting t JOIN seat x ON x.sitting_id = t.id
WHERE t.season_id = ?1 AND x.slip IS NOT NULL AND x.blind IS NOT NULL
ORDER BY x.centre, x.room, x.desk

-- Ranking.

-- statement result_rank_rows(season id) rows
SELECT r.person_id, r.region, r.institution, r.grade, r.is_absent, r.is_counted, r.points, r.total,
    r.division, r.place, r.overall, r.award, r.advances, r.application_id
FROM result r WHERE r.season_id = ?1

-- statement result_rank_set(person id, season id, division text, place int, overall int, award text, advances bool) run
UPDATE result SET division = ?3, place = ?4, overall = ?5, award = ?6, advances = ?7
WHERE person_id = ?1 AND season_id = ?2

-- statement result_ranked(season id, now time) run
UPDATE marking SET ranked = ?2, changed = ?2 WHERE season_id = ?1

-- statement result_figures_clear(season id) run
DELETE FROM figure WHERE season_id = ?1

-- statement result_figure_add(season id, kind text, code text, participants int, absent int, mean int, median int, best int, maximum int, awards json, difficulty int, solved int, discrimination int) run
INSERT INTO figure (season_id, kind, code, participants, absent, mean, median, best, maximum,
    awards, difficulty, solved, discrimination)
VALUES (?1, ?2, ?3, ?4, ?5, NULLIF(?6, -1), NULLIF(?7, -1), NULLIF(?8, -1), NULLIF(?9, -1), ?10,
    ?11, ?12, ?13)

-- Publishing.

-- statement result_propose(season id, publish_at time, by_id id, now time) run
UPDATE marking SET state = 'proposed', publish_at = ?2, by_id = ?3, confirmed_by_id = NULL,
    changed = ?4
WHERE season_id = ?1 AND state = 'open'

-- statement result_approve(season id, by_id id, appeals_close time, now time) run
UPDATE marking SET state = 'approved', confirmed_by_id = ?2, appeals_close = ?3, is_waiting = 1,
    changed = ?4
WHERE season_id = ?1 AND state = 'proposed'

-- statement result_reopen(season id, now time) run
UPDATE marking SET state = 'open', publish_at = NULL, appeals_close = NULL, by_id = NULL,
    confirmed_by_id = NULL, is_waiting = 0, changed = ?2
WHERE season_id = ?1 AND (state = 'proposed' OR (state = 'approved' AND publish_at > ?2))

-- statement result_person(person id, season id) rows
SELECT r.application_id, r.advances, r.is_absent, r.grade, r.is_counted, r.award FROM result r
WHERE r.person_id = ?1 AND r.season_id = ?2

-- statement result_due(now time) rows
SELECT season_id FROM marking WHERE is_waiting = 1 AND publish_at <= ?1
ORDER BY publish_at, season_id LIMIT 1

-- statement result_untold(season id, limit int) rows
SELECT r.person_id, r.application_id, r.is_absent FROM result r
WHERE r.season_id = ?1 AND r.is_told = 0 ORDER BY r.person_id LIMIT ?2

-- statement result_told(person id, season id) run
UPDATE result SET is_told = 1 WHERE person_id = ?1 AND season_id = ?2

-- statement result_all_told(season id) run
UPDATE marking SET is_waiting = 0 WHERE season_id = ?1

-- Lists. A season's results by division, place and number; each filter has its index.

-- fragment result_columns(at)
r.person_id, r.season_id, r.application_id, s.code, s.title, s.subject_title, s.year, r.number,
    p.family, p.given, r.institution, i.name, r.region, g.name, r.grade, r.is_absent, r.is_counted,
    r.points, r.total, r.division, r.place, r.overall, r.award, r.advances, r.version, r.changed,
    m.appeals_close, a.state, (SELECT c.number FROM certificate c
        WHERE c.person_id = r.person_id AND c.type = 'olympiad.certificate'
        AND c.source_id = r.season_id AND c.is_latest = 1),
    m.rules, @is_public(m, at)

-- fragment result_joins()
JOIN season s ON s.id = r.season_id JOIN marking m ON m.season_id = r.season_id
    JOIN region g ON g.code = r.region LEFT JOIN institution i ON i.code = r.institution
    LEFT JOIN person p ON p.id = r.person_id
    LEFT JOIN result_appeal a ON a.person_id = r.person_id AND a.season_id = r.season_id

-- fragment result_seen_in_list(actor, at)
((s.is_archive = 1 AND @is_public(m, at)) OR @covers_school(actor, r.institution)
    OR (s.is_archive = 1 AND (@has_role_everywhere(actor, 'clerk')
        OR @has_role_everywhere(actor, 'admin'))))

-- fragment result_behind(after_division, after_place, after_number)
r.division >= after_division AND (r.division > after_division OR r.place > after_place
    OR (r.place = after_place AND r.number > after_number))

-- statement result_list(actor id, season id, now time, after_division text, after_place int, after_number text, limit int) rows
SELECT r.division, r.place, r.number, @result_columns(?3)
FROM result r @result_joins()
WHERE r.season_id = ?2 AND @result_behind(?4, ?5, ?6) AND @result_seen_in_list(?1, ?3)
ORDER BY r.division, r.place, r.number LIMIT ?7

-- statement result_list_region(actor id, season id, now time, after_division text, after_place int, after_number text, limit int, region text) rows
SELECT r.division, r.place, r.number, @result_columns(?3)
FROM result r @result_joins()
WHERE r.season_id = ?2 AND r.region = ?8 AND @result_behind(?4, ?5, ?6)
    AND @result_seen_in_list(?1, ?3)
ORDER BY r.division, r.place, r.number LIMIT ?7

-- statement result_list_school(actor id, season id, now time, after_division text, after_place int, after_number text, limit int, institution text) rows
SELECT r.division, r.place, r.number, @result_columns(?3)
FROM result r @result_joins()
WHERE r.season_id = ?2 AND r.institution = ?8 AND @result_behind(?4, ?5, ?6)
    AND @result_seen_in_list(?1, ?3)
ORDER BY r.division, r.place, r.number LIMIT ?7

-- statement result_of(actor id, person id, now time, before_published time, before_season id, limit int) rows
SELECT m.publish_at, r.season_id, @result_columns(?3)
FROM result r @result_joins()
WHERE r.person_id = ?2 AND @is_public(m, ?3) AND @may_see(?1, r.person_id)
    AND m.publish_at <= ?4 AND (m.publish_at < ?4 OR r.season_id < ?5)
ORDER BY m.publish_at DESC, r.season_id DESC LIMIT ?6

-- statement result_person_seen(actor id, person id) rows
SELECT 1 FROM person p WHERE p.id = ?2 AND @may_see(?1, ?2)

-- statement result_one_seen(actor id, person id, season id, now time) rows
SELECT m.rules FROM result r JOIN marking m ON m.season_id = r.season_id
WHERE r.person_id = ?2 AND r.season_id = ?3
    AND ((@is_public(m, ?4) AND @may_see(?1, r.person_id)) OR @has_role_everywhere(?1, 'clerk')
        OR @has_role_everywhere(?1, 'admin'))

-- statement result_history(person id, season id, before_version int, limit int) rows
SELECT c.version, c.version, c.at, c.reason, c.is_absent, c.points, c.total, m.rules
FROM result_change c JOIN marking m ON m.season_id = c.season_id
WHERE c.person_id = ?1 AND c.season_id = ?2 AND c.version < ?3
ORDER BY c.version DESC LIMIT ?4

-- Corrections and appeals.

-- statement result_correction_add(id id, season id, person id, is_absent bool, is_appeal bool, points json, reason text, by_id id, now time) run
INSERT INTO correction (id, season_id, person_id, state, is_open, is_absent, is_appeal, points,
    reason, by_id, created, changed)
VALUES (?1, ?2, ?3, 'proposed', 1, ?4, ?5, ?6, ?7, ?8, ?9, ?9)

-- statement result_correction_open(person id, season id) rows
SELECT 1 FROM correction WHERE person_id = ?1 AND season_id = ?2 AND is_open = 1

-- statement result_correction(id id) rows
SELECT c.season_id, c.person_id, c.state, c.is_absent, c.is_appeal, c.points, c.reason, c.by_id,
    r.application_id
FROM correction c JOIN result r ON r.person_id = c.person_id AND r.season_id = c.season_id
WHERE c.id = ?1

-- statement result_correction_decide(id id, state text, by_id id, now time) run
UPDATE correction SET state = ?2, is_open = 0, confirmed_by_id = ?3, changed = ?4
WHERE id = ?1 AND is_open = 1

-- statement result_corrections(actor id, season id, before id, limit int) rows
SELECT c.id, c.id, c.person_id, r.number, c.state, c.reason, c.is_absent, c.points, r.points,
    c.is_appeal, c.created,
    (c.is_open = 1 AND c.by_id <> ?1 AND @has_role_everywhere(?1, 'clerk')), m.rules
FROM correction c JOIN result r ON r.person_id = c.person_id AND r.season_id = c.season_id
    JOIN marking m ON m.season_id = c.season_id
WHERE c.season_id = ?2 AND c.id < ?3 ORDER BY c.id DESC LIMIT ?4

-- statement result_appeal_facts(actor id, person id, season id, now time) rows
SELECT @acting_as(?1, ?2), r.application_id, m.appeals_close, m.publish_at, r.is_absent,
    p.wrapped_key, a.state
FROM result r JOIN marking m ON m.season_id = r.season_id JOIN person p ON p.id = r.person_id
    LEFT JOIN result_appeal a ON a.person_id = r.person_id AND a.season_id = r.season_id
WHERE r.person_id = ?2 AND r.season_id = ?3 AND @is_public(m, ?4)

-- statement result_appeal_add(person id, season id, text blob, now time) run
INSERT INTO result_appeal (person_id, season_id, state, sealed_text, created)
VALUES (?1, ?2, 'open', ?3, ?4)

-- statement result_appeal_state(person id, season id) rows
SELECT a.state, p.wrapped_key, r.application_id, r.grade
FROM result_appeal a JOIN person p ON p.id = a.person_id
    JOIN result r ON r.person_id = a.person_id AND r.season_id = a.season_id
WHERE a.person_id = ?1 AND a.season_id = ?2

-- statement result_appeal_answer(person id, season id, from_state text, state text, answer blob, by_id id, now time) run
UPDATE result_appeal SET state = ?4, sealed_answer = ?5, decided_by_id = ?6, decided = ?7
WHERE person_id = ?1 AND season_id = ?2 AND state = ?3

-- statement result_appeal_end(person id, season id, state text, now time) run
UPDATE result_appeal SET state = ?3, decided = ?4
WHERE person_id = ?1 AND season_id = ?2 AND state = 'marked'

-- fragment appeal_columns()
a.person_id, a.season_id, r.number, a.state, a.sealed_text, a.sealed_answer, r.points, a.created,
    a.decided, p.wrapped_key, m.rules

-- fragment appeal_joins()
JOIN result r ON r.person_id = a.person_id AND r.season_id = a.season_id
    JOIN person p ON p.id = a.person_id JOIN marking m ON m.season_id = a.season_id

-- statement result_appeals(season id, state text, after_created time, after_person id, limit int) rows
SELECT a.created, a.person_id, @appeal_columns()
FROM result_appeal a @appeal_joins()
WHERE a.season_id = ?1 AND (?2 IS NULL OR a.state = ?2)
    AND a.created >= ?3 AND (a.created > ?3 OR a.person_id > ?4)
ORDER BY a.created, a.person_id LIMIT ?5

-- statement result_appeal_get(actor id, person id, season id) rows
SELECT @appeal_columns()
FROM result_appeal a @appeal_joins()
WHERE a.person_id = ?2 AND a.season_id = ?3 AND (@acts_for(?1, ?2)
    OR @has_role_everywhere(?1, 'clerk') OR @has_role_everywhere(?1, 'admin'))

-- The next round.

-- statement result_next_season(code text) rows
SELECT s.id, s.is_published, s.closes FROM season s WHERE s.code = ?1

-- Who goes on and was not asked before.
-- statement result_to_invite(season id, next id, after text, limit int) rows
SELECT r.number, r.person_id FROM result r
WHERE r.season_id = ?1 AND r.advances = 1 AND r.number > ?3
    AND NOT EXISTS (SELECT 1 FROM entry e JOIN application a ON a.person_id = e.person_id
        AND a.id = e.application_id WHERE e.person_id = r.person_id AND e.season_id = ?2
        AND a.state <> 'uninvited')
ORDER BY r.number LIMIT ?4

-- The sitting for the pupil's present grade, by the register.
-- statement result_invite_facts(person id, next id) rows
SELECT t.id, p.institution, p.grade, p.is_step_free, p.sort_name
FROM pupil p JOIN sitting t ON t.season_id = ?2 AND p.grade BETWEEN t.grade_from AND t.grade_to
    AND t.state = 'open'
WHERE p.person_id = ?1 ORDER BY t.starts, t.id LIMIT 1

-- statement result_entry_add(person_id id, application_id id, sitting_id id, institution text, grade int, is_step_free bool, sort_name text, created time, season_id id) run
INSERT INTO entry (person_id, application_id, sitting_id, institution, grade, is_step_free,
    sort_name, is_open, created, season_id, is_invited)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, 1)

-- An invitation, answered or not, whose list is not frozen yet.
-- statement result_invitation(person id, next id) rows
SELECT e.application_id FROM entry e JOIN sitting t ON t.id = e.sitting_id
WHERE e.person_id = ?1 AND e.season_id = ?2 AND (e.is_invited = 1 OR e.is_open = 1)
    AND t.state = 'open'

-- statement result_entry_close(person id, application id) run
UPDATE entry SET is_open = 0, is_invited = 0 WHERE person_id = ?1 AND application_id = ?2

-- statement result_any_invited(next id) rows
SELECT 1 FROM entry e JOIN event v ON v.person_id = e.person_id
    AND v.application_id = e.application_id AND v.action = 'invite'
WHERE e.season_id = ?1 LIMIT 1

-- Certificates.

-- Those who took part, by number.
-- statement result_to_certify(season id, after text, limit int) rows
SELECT r.number, r.person_id FROM result r
WHERE r.season_id = ?1 AND r.number > ?2 AND r.is_absent = 0 AND r.is_counted = 1
ORDER BY r.number LIMIT ?3

-- statement result_certify_facts(person id, season id) rows
SELECT p.given, p.family, r.total, r.place, r.award, r.is_absent, r.is_counted
FROM result r JOIN person p ON p.id = r.person_id
WHERE r.person_id = ?1 AND r.season_id = ?2

-- statement result_any_certified(season id) rows
SELECT 1 FROM certificate c WHERE c.source_id = ?1 LIMIT 1

-- Figures.

-- fragment figure_columns()
f.season_id, s.code, s.title, s.year, f.kind, f.code, i.name, g.name, f.participants, f.absent,
    f.mean, f.median, f.best, f.maximum, f.awards, f.difficulty, f.solved, f.discrimination,
    m.rules, s.is_archive, s.subject, s.subject_title

-- fragment figure_names()
JOIN marking m ON m.season_id = f.season_id
    LEFT JOIN institution i ON f.kind = 'school' AND i.code = f.code
    LEFT JOIN region g ON f.kind = 'region' AND g.code = f.code

-- statement result_figures(actor id, season id, kind text, now time, after text, limit int) rows
SELECT f.code, @figure_columns()
FROM figure f JOIN season s ON s.id = f.season_id @figure_names()
WHERE f.season_id = ?2 AND f.kind = ?3 AND f.code > ?5 AND (@is_public(m, ?4)
    OR @has_role_everywhere(?1, 'clerk') OR @has_role_everywhere(?1, 'admin'))
ORDER BY f.code LIMIT ?6

-- statement result_years(series text, kind text, code text, now time, before_year int, before_id id, limit int) rows
SELECT s.year, s.id, @figure_columns()
FROM season s JOIN figure f ON f.season_id = s.id AND f.kind = ?2 AND f.code = ?3
    @figure_names()
WHERE s.series = ?1 AND s.is_published = 1 AND @is_public(m, ?4)
    AND s.year <= ?5 AND (s.year < ?5 OR s.id < ?6)
ORDER BY s.year DESC, s.id DESC LIMIT ?7

-- statement result_subjects(year int, kind text, code text, now time, after_subject text, after_id id, limit int) rows
SELECT s.subject, s.id, @figure_columns()
FROM season s JOIN figure f ON f.season_id = s.id AND f.kind = ?2 AND f.code = ?3
    @figure_names()
WHERE s.year = ?1 AND s.is_published = 1 AND @is_public(m, ?4)
    AND s.subject >= ?5 AND (s.subject > ?5 OR s.id > ?6)
ORDER BY s.subject, s.id LIMIT ?7
