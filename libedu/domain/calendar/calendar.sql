-- Working-day calendars.

-- statement calendar_newest(code text) rows
SELECT version, hash FROM calendar WHERE code = ?1 ORDER BY version DESC LIMIT 1

-- statement calendar_add(code text, version int, document json, hash blob, now time, actor id) run
INSERT INTO calendar (code, version, document, hash, published, by_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- statement calendar_list(after text, limit int) rows
SELECT c.code, c.version, c.published, c.document
FROM calendar c
WHERE c.code > ?1 AND c.version = (SELECT MAX(n.version) FROM calendar n WHERE n.code = c.code)
ORDER BY c.code LIMIT ?2

-- The newest where no version is given.
-- statement calendar_get(code text, version int) rows
SELECT c.version, c.published, c.document FROM calendar c
WHERE c.code = ?1 AND (?2 = 0 OR c.version = ?2)
ORDER BY c.version DESC LIMIT 1
