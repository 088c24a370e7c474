-- The engine's statements. Who may act is decided before, by the service's module.

-- statement workflow_application_add(person id, id id, service text, version int, subject id, state text, is_open bool, now time, head blob, is_private bool, number text) run
INSERT INTO application (person_id, id, service, service_version, subject_id, state, is_open,
    version, created, changed, head, is_private, number)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?8, ?9, ?10, ?11)

-- statement workflow_application_head(person id, id id) rows
SELECT service, service_version, state, version, head, is_open
FROM application WHERE person_id = ?1 AND id = ?2

-- is_open stays as it is: an engine that is given it writes its index anew.
-- statement workflow_application_move(person id, id id, version int, state text, now time, head blob) run
UPDATE application
SET state = ?4, version = version + 1, changed = ?5, head = ?6
WHERE person_id = ?1 AND id = ?2 AND version = ?3

-- Where the application ends, or is open again.
-- statement workflow_application_turn(person id, id id, version int, state text, now time, head blob, is_open bool) run
UPDATE application
SET state = ?4, version = version + 1, changed = ?5, head = ?6, is_open = ?7
WHERE person_id = ?1 AND id = ?2 AND version = ?3

-- statement workflow_event_add(person id, application id, sequence int, now time, action text, state text, actor id, actor_kind text, data json, hash blob, is_internal bool) run
INSERT INTO event (person_id, application_id, sequence, at, action, state, actor_id, actor_kind,
    data, hash, is_internal)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)

-- statement workflow_events(person id, application id) rows
SELECT sequence, at, action, state, actor_id, actor_kind, data, hash
FROM event WHERE person_id = ?1 AND application_id = ?2 ORDER BY sequence

-- statement workflow_chain_start(person id, id id) rows
SELECT service, service_version, subject_id, version, head, COALESCE(began_as, person_id)
FROM application WHERE person_id = ?1 AND id = ?2

-- statement workflow_notification_add(person id, id id, now time, service text, version int, template text, data json, application id) run
INSERT INTO notification (person_id, id, at, service, service_version, template, data,
    application_id, is_read)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)

-- The language is the reader's, known when it goes out.
-- statement workflow_outbox_add(id id, person id, service text, version int, template text, data json, now time) run
INSERT INTO outbox (id, person_id, channel, service, service_version, template, language, data,
    sealed, attempts, next_at, is_waiting)
VALUES (?1, ?2, 'mail', ?3, ?4, ?5, '', ?6, NULL, 0, ?7, 1)
