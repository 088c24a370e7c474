-- The portal itself: who a token is, idempotency, throttles, codes, messages, the audit trail.

-- Idempotency keys.

-- statement portal_command_find(actor id, key text) rows
SELECT request, result FROM command WHERE actor_id = ?1 AND key = ?2

-- statement portal_command_take(actor id, key text, request blob, at time) run
INSERT INTO command (actor_id, key, request, at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (actor_id, key) DO NOTHING

-- statement portal_command_keep(actor id, key text, result blob) run
UPDATE command SET result = ?3 WHERE actor_id = ?1 AND key = ?2

-- statement portal_command_drop(actor id, key text) run
DELETE FROM command WHERE actor_id = ?1 AND key = ?2

-- Rights.

-- statement portal_has_role_everywhere(actor id, role text) rows
SELECT 1 WHERE @has_role_everywhere(?1, ?2) OR @has_role_everywhere(?1, 'admin')

-- statement portal_is_clerk(actor id) rows
SELECT 1 WHERE @has_role_everywhere(?1, 'clerk')

-- statement portal_is_staff(actor id) rows
SELECT 1 WHERE @is_staff(?1)

-- statement portal_grant_operator(operator id, since time) run
INSERT INTO role_grant (person_id, role, scope, code, since, by_id)
VALUES (?1, 'admin', '', '', ?2, NULL)
ON CONFLICT (person_id, role, scope, code) DO NOTHING

-- Sign-ins. What a clock that was ahead has dated, and codes likewise, would hold for as long as it was: it is not believed
-- where it is a day ahead, and of sign-ins a hundred, as who makes up a past sets the clock back.

-- statement portal_sign_in_live(token_hash blob, now time) rows
SELECT 1 FROM sign_in WHERE token_hash = ?1 AND expires > ?2 AND created <= ?2 + 8640000000000

-- statement portal_sign_in_resume(token_hash blob, now time) rows
SELECT person_id, language, is_confirmed, title IS NOT NULL FROM sign_in WHERE token_hash = ?1 AND expires > ?2
    AND created <= ?2 + 8640000000000

-- statement portal_sign_in_add(token_hash blob, person_id id, is_confirmed bool, language text, created time, expires time) run
INSERT INTO sign_in (token_hash, person_id, is_confirmed, language, created, expires)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- statement portal_sign_in_confirm(token_hash blob) run
UPDATE sign_in SET is_confirmed = 1 WHERE token_hash = ?1

-- statement portal_sign_in_end(token_hash blob) run
DELETE FROM sign_in WHERE token_hash = ?1

-- All sign-ins of a person but one; NULL keeps none.
-- statement portal_sign_in_end_others(person_id id, kept blob) run
DELETE FROM sign_in WHERE person_id = ?1 AND (?2 IS NULL OR token_hash <> ?2)

-- statement portal_sign_in_sweep(now time) run
DELETE FROM sign_in WHERE token_hash IN
    (SELECT old.token_hash FROM sign_in old WHERE old.expires <= ?1 ORDER BY old.expires LIMIT 20)

-- The account of a login: one row or none.
-- statement portal_account_by_login(login_hash blob) rows
SELECT a.person_id, a.password, a.language, @is_staff(a.person_id)
FROM claim c JOIN account a ON a.person_id = c.owner
WHERE c.kind = 'login' AND c.value = ?1 AND a.state = 'active'

-- statement portal_account_unchanged(person_id id, password text) rows
SELECT a.login FROM account a WHERE a.person_id = ?1 AND a.password = ?2 AND a.state = 'active'

-- statement portal_account_login(person_id id) rows
SELECT a.login FROM account a WHERE a.person_id = ?1

-- Throttles: how often something happened to a subject within a window.

-- A window that began at or before `stale` begins anew.
-- statement portal_throttle_count(kind text, subject blob, now time, stale time) rows
INSERT INTO throttle (kind, subject, since, count) VALUES (?1, ?2, ?3, 1)
ON CONFLICT (kind, subject) DO UPDATE SET
    count = CASE WHEN throttle.since <= ?4 OR throttle.since > ?3 + 86400000000 THEN 1 ELSE throttle.count + 1 END,
    since = CASE WHEN throttle.since <= ?4 OR throttle.since > ?3 + 86400000000 THEN ?3 ELSE throttle.since END
RETURNING count

-- statement portal_throttle_less(kind text, subject blob, less int) run
UPDATE throttle SET count = CASE WHEN count > ?3 THEN count - ?3 ELSE 0 END
WHERE kind = ?1 AND subject = ?2

-- statement portal_throttle_sweep(stale time) run
DELETE FROM throttle WHERE since <= ?1 AND (kind, subject) IN
    (SELECT old.kind, old.subject FROM throttle old WHERE old.since <= ?1 ORDER BY old.since LIMIT 20)

-- One-time codes. A person who does not exist gets none, by the same statement.

-- statement portal_code_put(person_id id, purpose text, hash blob, expires time) run
INSERT INTO one_time_code (person_id, purpose, hash, expires, attempts)
SELECT a.person_id, ?2, ?3, ?4, 0 FROM account a WHERE a.person_id = ?1 AND a.state = 'active'
ON CONFLICT (person_id, purpose) DO UPDATE SET hash = ?3, expires = ?4, attempts = 0

-- statement portal_code_try(person_id id, purpose text) run
UPDATE one_time_code SET attempts = attempts + 1 WHERE person_id = ?1 AND purpose = ?2

-- statement portal_code_get(person_id id, purpose text, now time) rows
SELECT hash, attempts FROM one_time_code WHERE person_id = ?1 AND purpose = ?2 AND expires > ?3
    AND expires <= ?3 + 86400000000

-- statement portal_code_end(person_id id, purpose text) run
DELETE FROM one_time_code WHERE person_id = ?1 AND purpose = ?2

-- Messages and the audit trail.

-- By mail where the register has one, else by telephone; to nobody where it has neither.
-- statement portal_outbox_add(id id, person_id id, template text, language text, data json, sealed blob, next_at time) run
INSERT INTO outbox (id, person_id, channel, service, service_version, template, language, data,
    sealed, attempts, next_at, is_waiting)
SELECT ?1, p.id, CASE WHEN p.sealed_mail IS NOT NULL THEN 'mail' ELSE 'sms' END, '', 0, ?3, ?4, ?5,
    ?6, 0, ?7, 1
FROM person p
WHERE p.id = ?2 AND (p.sealed_mail IS NOT NULL OR p.sealed_phone IS NOT NULL)

-- statement portal_person_key(person_id id) rows
SELECT wrapped_key FROM person WHERE id = ?1

-- statement portal_audit_add(id id, at time, actor id, action text, person_id id, detail json) run
INSERT INTO audit (id, at, actor_id, action, person_id, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- Who reads what is held on others.

-- statement portal_reading_last(person_id id, day int, reader id, what text, about text, why text) rows
SELECT last FROM person_reading
WHERE person_id = ?1 AND day = ?2 AND reader_id = ?3 AND what = ?4 AND about = ?5 AND why = ?6

-- statement portal_reading_add(person_id id, id id, reader id, day int, roles text, what text, about text, why text, now time) run
INSERT INTO person_reading (person_id, id, reader_id, day, roles, what, about, why, since, last, count)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, 1)
ON CONFLICT (person_id, day, reader_id, what, about, why) DO UPDATE SET last = ?9, count = person_reading.count + 1

-- statement portal_list_reading_last(day int, reader id, what text, about text, why text) rows
SELECT last FROM list_reading WHERE day = ?1 AND reader_id = ?2 AND what = ?3 AND about = ?4 AND why = ?5

-- statement portal_list_reading_add(id id, reader id, day int, roles text, what text, about text, why text, now time) run
INSERT INTO list_reading (id, reader_id, day, roles, what, about, why, since, last, count)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, 1)
ON CONFLICT (day, reader_id, what, about, why) DO UPDATE SET last = ?8, count = list_reading.count + 1

-- As what somebody reads about a person, or a list.
-- statement portal_reader_roles(reader id, person_id id) rows
SELECT 'guardian' FROM guardian g WHERE g.guardian_id = ?1 AND g.child_id = ?2 AND g.state = 'active'
UNION SELECT held.role FROM role_grant held WHERE held.person_id = ?1 ORDER BY 1

-- Running numbers: the end of the block that is leased.
-- statement portal_number_lease(series int, count int) rows
INSERT INTO number_block (series, next) VALUES (?1, ?2)
ON CONFLICT (series) DO UPDATE SET next = number_block.next + ?2
RETURNING next

-- Settings of the store.

-- statement portal_setting(key text) rows
SELECT value FROM setting WHERE key = ?1

-- statement portal_setting_add(key text, value json) run
INSERT INTO setting (key, value) VALUES (?1, ?2)

-- Keys that sign.

-- statement portal_key_add(kid text, public_key blob, sealed_secret blob, since time, until time, is_current bool) run
INSERT INTO signing_key (kid, public_key, sealed_secret, since, until, is_current)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (kid) DO NOTHING

-- statement portal_key_end(until time) run
UPDATE signing_key SET is_current = 0, until = ?1 WHERE is_current = 1

-- statement portal_key_compromise(kid text, compromised time) run
UPDATE signing_key SET compromised = ?2
WHERE kid = ?1 AND (compromised IS NULL OR compromised > ?2)

-- statement portal_key_is_current(kid text) rows
SELECT is_current FROM signing_key WHERE kid = ?1

-- statement portal_key_current() rows
SELECT kid, public_key, sealed_secret, since FROM signing_key WHERE is_current = 1

-- statement portal_keys() rows
SELECT kid, public_key, since, until, compromised FROM signing_key ORDER BY since, kid

-- statement portal_key_list(before time, before_kid text, limit int) rows
SELECT since, kid, kid, public_key, CASE WHEN compromised IS NOT NULL THEN 'compromised'
    WHEN is_current = 1 THEN 'current' ELSE 'past' END, sealed_secret IS NULL, since, until, compromised
FROM signing_key WHERE since <= ?1 AND (since < ?1 OR kid < ?2)
ORDER BY since DESC, kid DESC LIMIT ?3

-- A seat that its room does not have.
-- statement portal_seat_without_desk() rows
SELECT x.centre, x.room, x.desk FROM seat x
WHERE NOT EXISTS (SELECT 1 FROM desk d
        WHERE d.centre = x.centre AND d.room = x.room AND d.number = x.desk)
    OR NOT EXISTS (SELECT 1 FROM room r WHERE r.centre = x.centre AND r.code = x.room
        AND x.desk / 100 BETWEEN 1 AND r.row_count AND x.desk % 100 BETWEEN 1 AND r.column_count)
LIMIT 1

-- Who does the work of somebody now.
-- statement portal_stand_in(person_id id, now time) rows
SELECT s.substitute_id FROM substitute s
WHERE s.person_id = ?1 AND s.since <= ?2 AND s.until > ?2 ORDER BY s.since DESC, s.substitute_id LIMIT 1

-- What waits for the jobs, each by the index that the job goes by.
-- statement portal_queues(now time) rows
SELECT (SELECT COUNT(*) FROM outbox WHERE is_waiting = 1),
    (SELECT COUNT(*) FROM appeal WHERE is_open = 1 AND next_at <= ?1),
    (SELECT COUNT(*) FROM request WHERE is_open = 1 AND next_at <= ?1),
    (SELECT COUNT(*) FROM payment_intent WHERE is_watched = 1 AND ask_at <= ?1),
    (SELECT COUNT(*) FROM payment_refund WHERE is_waiting = 1 AND send_at <= ?1),
    (SELECT MIN(d.at) FROM (SELECT MIN(next_at) AS at FROM outbox WHERE is_waiting = 1 AND next_at <= ?1
        UNION ALL SELECT MIN(next_at) FROM appeal WHERE is_open = 1 AND next_at <= ?1
        UNION ALL SELECT MIN(next_at) FROM request WHERE is_open = 1 AND next_at <= ?1
        UNION ALL SELECT MIN(ask_at) FROM payment_intent WHERE is_watched = 1 AND ask_at <= ?1
        UNION ALL SELECT MIN(send_at) FROM payment_refund WHERE is_waiting = 1 AND send_at <= ?1) d)
