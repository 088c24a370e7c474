-- Persons, accounts, guardians, roles, and the registers they rest on.

-- Settings of the store.

-- statement account_setting(key text) rows
SELECT value FROM setting WHERE key = ?1

-- statement account_setting_add(key text, value json) run
INSERT INTO setting (key, value) VALUES (?1, ?2)

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

-- Accounts.

-- statement account_claimed(kind text, value blob) rows
SELECT owner FROM claim WHERE kind = ?1 AND value = ?2

-- statement account_claim(kind text, value blob, owner id) run
INSERT INTO claim (kind, value, owner) VALUES (?1, ?2, ?3)

-- statement account_claim_end(kind text, value blob, owner id) run
DELETE FROM claim WHERE kind = ?1 AND value = ?2 AND owner = ?3

-- Whom the register knows by a number or document and a birth date: one row or none.
-- statement account_requester(kind text, value blob, birth date) rows
SELECT p.id, p.wrapped_key, EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id)
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
WHERE p.id = ?1

-- statement account_set_password(person_id id, password text) run
UPDATE account SET password = ?2 WHERE person_id = ?1

-- Only where it is still the one that was checked.
-- statement account_change_password(person_id id, password text, checked text) run
UPDATE account SET password = ?2 WHERE person_id = ?1 AND password = ?3

-- Persons.

-- fragment covers_anyone(actor, person)
(@has_role_everywhere(actor, 'admin') OR @has_role_everywhere(actor, 'clerk')
    OR @covers_person(actor, person)
    OR EXISTS (SELECT 1 FROM guardian acted WHERE acted.guardian_id = person
        AND acted.state = 'active' AND @covers_school(actor, acted.institution)))

-- fragment person_columns(who, attends, at_school, seen_as)
who.id, who.given, who.family, who.patronymic, who.birth, attends.institution, at_school.name,
    at_school.region, COALESCE(attends.grade, 0), attends.class_letter, attends.language,
    COALESCE(attends.is_step_free, 0),
    EXISTS (SELECT 1 FROM account own WHERE own.person_id = who.id), seen_as

-- statement account_person(actor id, person_id id) rows
SELECT @person_columns(p, t, s, CASE WHEN p.id = ?1 THEN 'self' WHEN @acts_for(?1, ?2) THEN 'ward'
    ELSE 'staff' END)
FROM person p LEFT JOIN pupil t ON t.person_id = p.id LEFT JOIN institution s
    ON s.code = t.institution
WHERE p.id = ?2 AND (@acts_for(?1, ?2) OR @covers_anyone(?1, ?2))

-- statement account_find(actor id, number_hash blob, birth date) rows
SELECT @person_columns(p, t, s, 'staff')
FROM claim c JOIN person p ON p.id = c.owner LEFT JOIN pupil t ON t.person_id = p.id
    LEFT JOIN institution s ON s.code = t.institution
WHERE c.kind = 'fin' AND c.value = ?2 AND p.birth = ?3 AND @covers_anyone(?1, p.id)

-- statement account_family(actor id, limit int) rows
SELECT @person_columns(p, t, s, CASE WHEN p.id = ?1 THEN 'self' ELSE 'ward' END)
FROM person p LEFT JOIN pupil t ON t.person_id = p.id LEFT JOIN institution s
    ON s.code = t.institution
WHERE p.id IN (SELECT ?1 UNION ALL SELECT g.child_id FROM guardian g
    WHERE g.guardian_id = ?1 AND g.state = 'active')
ORDER BY CASE WHEN p.id = ?1 THEN 0 ELSE 1 END, p.birth, p.id LIMIT ?2

-- The only school an actor is of; nothing where there is more.
-- statement account_only_school(actor id) rows
SELECT MIN(code) FROM role_grant WHERE person_id = ?1
HAVING COUNT(*) = 1 AND MIN(role) = 'school' AND MIN(scope) = 'institution'

-- statement account_pupils(actor id, institution text, from_name text, to_name text, after_school text, after_grade int, after_name text, after_id id, limit int) rows
SELECT s.code, t.grade, t.sort_name, t.person_id, @person_columns(p, t, s, 'staff')
FROM institution s CROSS JOIN pupil t ON t.institution = s.code JOIN person p ON p.id = t.person_id
WHERE s.code = ?2 AND @covers_school(?1, s.code)
    AND t.sort_name >= ?3 AND t.sort_name < ?4
    AND s.code >= ?5 AND (s.code, t.grade, t.sort_name, t.person_id) > (?5, ?6, ?7, ?8)
ORDER BY s.code, t.grade, t.sort_name, t.person_id LIMIT ?9
