-- Persons, accounts, guardians, roles, and the registers they rest on.

-- Who a session is.

-- statement account_identity(actor id) rows
SELECT a.login, p.given, p.family,
    (SELECT COUNT(*) FROM guardian g WHERE g.guardian_id = p.id AND g.state = 'active'),
    (SELECT COUNT(*) FROM notification n WHERE n.is_read = 0 AND n.person_id IN
        (SELECT p.id UNION ALL SELECT g.child_id FROM guardian g
            WHERE g.guardian_id = p.id AND g.state = 'active'))
FROM person p LEFT JOIN account a ON a.person_id = p.id
WHERE p.id = ?1

-- statement account_roles(actor id) rows
SELECT role, scope, code FROM role_grant WHERE person_id = ?1 ORDER BY role, scope, code

-- statement account_serves(actor id) rows
SELECT 1 WHERE @keeps_some(?1)

-- As edu_rights has them.
-- statement account_rights(actor id, now time) rows
SELECT @has_role_everywhere(?1, 'admin'), @keeps_all(?1), @has_role_everywhere(?1, 'clerk'), @keeps_some(?1),
    @imports_pupils(?1), @sees_allocations(?1), @holds_sittings(?1), @sees_payments(?1),
    @has_role_everywhere(?1, 'finance'), @merges_persons(?1), @registers_appeals(?1), @leads_appeals(?1, ?2)

-- Accounts.

-- statement account_claimed(kind text, value blob) rows
SELECT owner FROM claim WHERE kind = ?1 AND value = ?2

-- statement account_claim(kind text, value blob, owner id) run
INSERT INTO claim (kind, value, owner) VALUES (?1, ?2, ?3)

-- One that the person has already stays theirs.
-- statement account_claim_again(kind text, value blob, owner id) run
INSERT INTO claim (kind, value, owner) VALUES (?1, ?2, ?3) ON CONFLICT (kind, value) DO NOTHING

-- statement account_claim_end(kind text, value blob, owner id) run
DELETE FROM claim WHERE kind = ?1 AND value = ?2 AND owner = ?3

-- Whom the register knows by a number or document and a birth date: one row or none.
-- statement account_requester(kind text, value blob, birth date) rows
SELECT p.id, EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id)
FROM claim c JOIN person p ON p.id = c.owner
WHERE c.kind = ?1 AND c.value = ?2 AND p.birth = ?3

-- statement account_enrol(login_hash blob, requester blob, person_id id, login text, password text, language text, code_hash blob, expires time, created time) run
INSERT INTO enrolment (login_hash, requester, person_id, login, password, language, code_hash,
    expires, attempts, created)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9)
ON CONFLICT (login_hash, requester) DO UPDATE SET person_id = ?3, password = ?5, language = ?6,
    code_hash = ?7, expires = ?8, attempts = 0, created = ?9

-- statement account_enrolment_sweep(stale time) run
DELETE FROM enrolment WHERE (login_hash, requester) IN
    (SELECT old.login_hash, old.requester FROM enrolment old WHERE old.created <= ?1
        ORDER BY old.created LIMIT 20)

-- statement account_enrolment_try(login_hash blob) run
UPDATE enrolment SET attempts = attempts + 1 WHERE login_hash = ?1

-- statement account_enrolment_match(login_hash blob, code_hash blob, now time, attempts int) rows
SELECT e.person_id, e.login, e.login_hash, e.password, e.language
FROM enrolment e
WHERE e.login_hash = ?1 AND e.code_hash = ?2 AND e.expires > ?3 AND e.attempts <= ?4
    AND e.person_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM account a WHERE a.person_id = e.person_id)

-- At a desk: by the person's school, by that of a child they act for, by clerks who cover it.
-- statement account_enrolment_at_desk(actor id, person_id id) rows
SELECT e.person_id, e.login, e.login_hash, e.password, e.language
FROM enrolment e
WHERE e.person_id = ?2 AND @covers_anyone(?1, ?2)
    AND NOT EXISTS (SELECT 1 FROM account a WHERE a.person_id = e.person_id)
ORDER BY e.created DESC LIMIT 1

-- statement account_enrolment_end(person_id id) run
DELETE FROM enrolment WHERE person_id = ?1

-- statement account_add(person_id id, login text, password text, language text, created time) run
INSERT INTO account (person_id, login, password, state, language, created)
VALUES (?1, ?2, ?3, 'active', ?4, ?5)

-- statement account_of(person_id id) rows
SELECT p.id, a.password, a.login FROM person p LEFT JOIN account a ON a.person_id = p.id
WHERE p.id = ?1 AND NOT EXISTS (SELECT 1 FROM merger m WHERE m.person_id = p.id)

-- statement account_set_password(person_id id, password text) run
UPDATE account SET password = ?2 WHERE person_id = ?1 AND state = 'active'

-- Only where it is still the one that was checked.
-- statement account_change_password(person_id id, password text, checked text) run
UPDATE account SET password = ?2 WHERE person_id = ?1 AND password = ?3

-- Persons.

-- fragment covers_anyone(actor, person)
(@has_role_everywhere(actor, 'admin') OR @has_role_everywhere(actor, 'clerk')
    OR @covers_person(actor, person)
    OR EXISTS (SELECT 1 FROM guardian acted WHERE acted.guardian_id = person
        AND acted.state = 'active' AND @covers_school(actor, acted.institution)))

-- fragment person_columns(actor, who, attends, at_school, seen_as)
who.id, who.given, who.family, who.patronymic, who.birth, attends.institution, at_school.name,
    at_school.region, COALESCE(attends.grade, 0), attends.class_letter, attends.language,
    COALESCE(attends.is_step_free, 0),
    EXISTS (SELECT 1 FROM account own WHERE own.person_id = who.id),
    CASE WHEN seen_as = 'staff' AND EXISTS (SELECT 1 FROM enrolment asked WHERE asked.person_id = who.id)
        AND NOT EXISTS (SELECT 1 FROM account own WHERE own.person_id = who.id) THEN 1 ELSE 0 END,
    @submits_as(actor, who.id), seen_as

-- statement account_person(actor id, person_id id) rows
SELECT @person_columns(?1, p, t, s, CASE WHEN p.id = ?1 THEN 'self' WHEN @acts_for(?1, ?2) THEN 'ward'
    ELSE 'staff' END)
FROM person p LEFT JOIN pupil t ON t.person_id = p.id LEFT JOIN institution s
    ON s.code = t.institution
WHERE p.id = ?2 AND (@acts_for(?1, ?2) OR @covers_anyone(?1, ?2))

-- statement account_find(actor id, number_hash blob, birth date) rows
SELECT @person_columns(?1, p, t, s, 'staff')
FROM claim c JOIN person p ON p.id = c.owner LEFT JOIN pupil t ON t.person_id = p.id
    LEFT JOIN institution s ON s.code = t.institution
WHERE c.kind = 'fin' AND c.value = ?2 AND p.birth = ?3
    AND (@covers_anyone(?1, p.id) OR @has_role_everywhere(?1, 'finance'))

-- statement account_family(actor id, limit int) rows
SELECT @person_columns(?1, p, t, s, CASE WHEN p.id = ?1 THEN 'self' ELSE 'ward' END)
FROM person p LEFT JOIN pupil t ON t.person_id = p.id LEFT JOIN institution s
    ON s.code = t.institution
WHERE p.id IN (SELECT ?1 UNION ALL SELECT g.child_id FROM guardian g
    WHERE g.guardian_id = ?1 AND g.state = 'active')
ORDER BY CASE WHEN p.id = ?1 THEN 0 ELSE 1 END, p.birth, p.id LIMIT ?2

-- The only school an actor is of; nothing where there is more.
-- statement account_only_school(actor id) rows
SELECT MIN(code) FROM role_grant WHERE person_id = ?1
HAVING COUNT(*) = 1 AND MIN(role) = 'school' AND MIN(scope) = 'institution'

-- By school from one code to another, grade, name.
-- statement account_pupils(actor id, from_school text, to_school text, from_name text, to_name text, after_school text, after_grade int, after_name text, after_id id, limit int) rows
SELECT s.code, t.grade, t.sort_name, t.person_id, @person_columns(?1, p, t, s, 'staff')
FROM institution s CROSS JOIN pupil t JOIN person p ON p.id = t.person_id
WHERE t.institution = s.code AND s.code >= ?2 AND s.code <= ?3 AND s.code >= ?6 AND @covers_school(?1, s.code)
    AND t.search_name >= ?4 AND t.search_name < ?5
    AND (s.code, t.grade, t.sort_name, t.person_id) > (?6, ?7, ?8, ?9)
ORDER BY s.code, t.grade, t.sort_name, t.person_id LIMIT ?10

-- statement account_pupils_by_name(actor id, from_school text, to_school text, from_name text, to_name text, after_name text, after_id id, limit int) rows
SELECT t.search_name, t.person_id, @person_columns(?1, p, t, s, 'staff')
FROM pupil t JOIN person p ON p.id = t.person_id JOIN institution s ON s.code = t.institution
WHERE t.search_name >= ?4 AND t.search_name < ?5 AND (t.search_name, t.person_id) > (?6, ?7)
    AND t.institution >= ?2 AND t.institution <= ?3 AND @covers_school(?1, t.institution)
ORDER BY t.search_name, t.person_id LIMIT ?8

-- Guardians.

-- statement account_guardian(guardian id, child id) rows
SELECT state, source FROM guardian WHERE guardian_id = ?1 AND child_id = ?2

-- A request to the child's school, unless the link is there or asked for already.
-- statement account_guardian_ask(guardian id, child id, since time) run
INSERT INTO guardian (guardian_id, child_id, state, source, since, institution)
SELECT ?1, p.id, 'requested', 'school', ?3,
    (SELECT t.institution FROM pupil t WHERE t.person_id = p.id)
FROM person p WHERE p.id = ?2
ON CONFLICT (guardian_id, child_id) DO UPDATE SET state = 'requested', source = 'school', since = ?3
    WHERE guardian.state IN ('refused', 'ended')

-- statement account_guardian_register(guardian id, child id, since time) run
INSERT INTO guardian (guardian_id, child_id, state, source, since, institution)
VALUES (?1, ?2, 'active', 'register', ?3,
    (SELECT t.institution FROM pupil t WHERE t.person_id = ?2))
ON CONFLICT (guardian_id, child_id) DO UPDATE SET state = 'active', source = 'register', since = ?3

-- statement account_guardian_set(guardian id, child id, state text, since time) run
UPDATE guardian SET state = ?3, since = ?4 WHERE guardian_id = ?1 AND child_id = ?2

-- The link where the actor may decide about it.
-- statement account_guardian_covered(actor id, guardian id, child id) rows
SELECT state FROM guardian
WHERE guardian_id = ?2 AND child_id = ?3 AND @covers_school(?1, institution)

-- The link where the actor may end it.
-- statement account_guardian_endable(actor id, guardian id, child id) rows
SELECT state FROM guardian
WHERE guardian_id = ?2 AND child_id = ?3
    AND (guardian_id = ?1 OR @covers_school(?1, institution))

-- statement account_guardian_moves(child id, institution text) run
UPDATE guardian SET institution = ?2 WHERE child_id = ?1

-- fragment guardian_columns(link, elder, child)
link.guardian_id, link.child_id, elder.family || ' ' || elder.given,
    child.family || ' ' || child.given, link.state, link.source, link.since

-- statement account_guardianships_own(actor id, after_guardian id, after_child id, limit int) rows
SELECT g.guardian_id, g.child_id, @guardian_columns(g, e, c)
FROM guardian g JOIN person e ON e.id = g.guardian_id JOIN person c ON c.id = g.child_id
WHERE (g.guardian_id = ?1 OR g.child_id = ?1) AND (g.guardian_id, g.child_id) > (?2, ?3)
ORDER BY g.guardian_id, g.child_id LIMIT ?4

-- By school, oldest first.
-- statement account_guardianships(actor id, state text, after_school text, after_since time, after_guardian id, after_child id, limit int) rows
SELECT s.code, g.since, g.guardian_id, g.child_id, @guardian_columns(g, e, c)
FROM institution s CROSS JOIN guardian g
    JOIN person e ON e.id = g.guardian_id JOIN person c ON c.id = g.child_id
WHERE g.institution = s.code AND s.code >= ?3 AND @covers_school(?1, s.code) AND g.state = ?2
    AND (s.code, g.since, g.guardian_id, g.child_id) > (?3, ?4, ?5, ?6)
ORDER BY s.code, g.since, g.guardian_id, g.child_id LIMIT ?7

-- statement account_guardianships_all(actor id, after_school text, after_state text, after_since time, after_guardian id, after_child id, limit int) rows
SELECT s.code, g.state, g.since, g.guardian_id, g.child_id, @guardian_columns(g, e, c)
FROM institution s CROSS JOIN guardian g
    JOIN person e ON e.id = g.guardian_id JOIN person c ON c.id = g.child_id
WHERE g.institution = s.code AND s.code >= ?2 AND @covers_school(?1, s.code)
    AND (s.code, g.state, g.since, g.guardian_id, g.child_id) > (?2, ?3, ?4, ?5, ?6)
ORDER BY s.code, g.state, g.since, g.guardian_id, g.child_id LIMIT ?7

-- statement account_notify(person_id id, id id, at time, template text) run
INSERT INTO notification (person_id, id, at, service, service_version, template, data,
    application_id, is_read)
VALUES (?1, ?2, ?3, '', 0, ?4, '{}', NULL, 0)

-- Roles.

-- statement account_is_staff(person_id id) rows
SELECT 1 WHERE @is_staff(?1)

-- statement account_scope_exists(scope text, code text) rows
SELECT 1 WHERE ?1 = '' AND ?2 = ''
    OR ?1 = 'region' AND EXISTS (SELECT 1 FROM region WHERE code = ?2)
    OR ?1 = 'institution' AND EXISTS (SELECT 1 FROM institution WHERE code = ?2)
    OR ?1 = 'centre' AND EXISTS (SELECT 1 FROM centre WHERE code = ?2)
    OR ?1 = 'department' AND EXISTS (SELECT 1 FROM department WHERE code = ?2)

-- statement account_grant_add(person_id id, role text, scope text, code text, since time, by_id id) run
INSERT INTO role_grant (person_id, role, scope, code, since, by_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (person_id, role, scope, code) DO NOTHING

-- statement account_grant_end(person_id id, role text, scope text, code text) run
DELETE FROM role_grant WHERE person_id = ?1 AND role = ?2 AND scope = ?3 AND code = ?4

-- statement account_grants(after_person id, after_role text, after_scope text, after_code text, limit int) rows
SELECT r.person_id, r.role, r.scope, r.code,
    r.person_id, r.role, r.scope, r.code, p.given, p.family, r.since
FROM role_grant r JOIN person p ON p.id = r.person_id
WHERE (r.person_id, r.role, r.scope, r.code) > (?1, ?2, ?3, ?4)
ORDER BY r.person_id, r.role, r.scope, r.code LIMIT ?5

-- Registers.

-- statement account_imports_pupils(actor id) rows
SELECT 1 WHERE @imports_pupils(?1)

-- statement account_is_school_of(actor id, institution text) rows
SELECT 1 FROM role_grant
WHERE person_id = ?1 AND role = 'school' AND scope = 'institution' AND code = ?2

-- statement account_region(code text) rows
SELECT name FROM region WHERE code = ?1

-- statement account_region_add(code text, name json) run
INSERT INTO region (code, name) VALUES (?1, ?2)

-- statement account_region_change(code text, name json) run
UPDATE region SET name = ?2 WHERE code = ?1

-- statement account_institution(code text) rows
SELECT name, kind, region, address, latitude_e7, longitude_e7, zone FROM institution WHERE code = ?1

-- statement account_institution_add(code text, name text, kind text, region text, address text, latitude_e7 int, longitude_e7 int, x_m int, y_m int, zone text) run
INSERT INTO institution (code, name, kind, region, address, latitude_e7, longitude_e7, x_m, y_m,
    zone)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- statement account_institution_change(code text, name text, kind text, region text, address text, latitude_e7 int, longitude_e7 int, x_m int, y_m int, zone text) run
UPDATE institution SET name = ?2, kind = ?3, region = ?4, address = ?5, latitude_e7 = ?6,
    longitude_e7 = ?7, x_m = ?8, y_m = ?9, zone = ?10
WHERE code = ?1

-- statement account_register_person(id id) rows
SELECT given, family, patronymic, birth, wrapped_key, sealed_number, sealed_document, sealed_mail,
    sealed_phone
FROM person WHERE id = ?1

-- statement account_person_add(id id, given text, family text, patronymic text, birth date, wrapped_key blob, sealed_number blob, sealed_document blob, sealed_mail blob, sealed_phone blob, created time, search_name text) run
INSERT INTO person (id, given, family, patronymic, birth, wrapped_key, sealed_number,
    sealed_document, sealed_mail, sealed_phone, created, search_name)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)

-- statement account_person_change(id id, given text, family text, patronymic text, birth date, sealed_number blob, sealed_document blob, sealed_mail blob, sealed_phone blob, search_name text) run
UPDATE person SET given = ?2, family = ?3, patronymic = ?4, birth = ?5, sealed_number = ?6,
    sealed_document = ?7, sealed_mail = ?8, sealed_phone = ?9, search_name = ?10
WHERE id = ?1

-- statement account_pupil_renamed(person_id id, sort_name text, search_name text) run
UPDATE pupil SET sort_name = ?2, search_name = ?3 WHERE person_id = ?1

-- A person of the register, and what the pupils' register has of them.
-- statement account_register_pupil(kind text, value blob) rows
SELECT p.id, p.given, p.family, t.institution, t.grade, t.class_letter, t.language, t.is_step_free
FROM claim c JOIN person p ON p.id = c.owner LEFT JOIN pupil t ON t.person_id = p.id
WHERE c.kind = ?1 AND c.value = ?2

-- statement account_pupil_add(person_id id, institution text, grade int, class_letter text, language text, is_step_free bool, sort_name text, search_name text, since time) run
INSERT INTO pupil (person_id, institution, grade, class_letter, language, is_step_free, sort_name,
    search_name, since)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- statement account_pupil_change(person_id id, institution text, grade int, class_letter text, language text, is_step_free bool) run
UPDATE pupil SET institution = ?2, grade = ?3, class_letter = ?4, language = ?5, is_step_free = ?6
WHERE person_id = ?1

-- Tokens of programs.

-- statement account_tokens_live(person_id id, now time) rows
SELECT COUNT(*) FROM sign_in WHERE person_id = ?1 AND title IS NOT NULL AND expires > ?2

-- One that has expired gives its title back.
-- statement account_token_expired(person_id id, title text, now time) run
DELETE FROM sign_in WHERE person_id = ?1 AND title = ?2 AND expires <= ?3

-- statement account_token_add(token_hash blob, person_id id, language text, now time, expires time, title text) run
INSERT INTO sign_in (token_hash, person_id, is_confirmed, language, created, expires, title)
VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6) ON CONFLICT (person_id, title) DO NOTHING

-- statement account_tokens(person_id id, after text, now time, limit int) rows
SELECT title, title, created, expires FROM sign_in
WHERE person_id = ?1 AND title > ?2 AND expires > ?3 ORDER BY title LIMIT ?4

-- statement account_token_end(person_id id, title text, now time) run
DELETE FROM sign_in WHERE person_id = ?1 AND title = ?2 AND expires > ?3
