-- What statistics count: a row for each application, invoice or certificate of a period, within the
-- actor's scope. Days are those of the portal, by its distance from UTC.

-- fragment counts_region(actor, of_region)
of_region IN (SELECT held.code FROM role_grant held WHERE held.person_id = actor
    AND held.scope = 'region' AND held.role = 'clerk')

-- fragment counts_school(actor, of_institution)
of_institution IN (SELECT held.code FROM role_grant held WHERE held.person_id = actor
    AND held.scope = 'institution' AND held.role = 'school')

-- fragment day_of(instant, shift)
(instant + shift) / 86400000000

-- fragment days_between(begin, end)
(end - begin) / 86400000000

-- Outcomes are numbered as in statistics_applications.c.
-- fragment request_is_late(one, instant)
(one.is_late = 1 OR one.due <= instant)

-- fragment request_outcome(one, instant)
CASE WHEN one.decided IS NOT NULL THEN CASE WHEN @request_is_late(one, instant) THEN 2 ELSE 1 END
    WHEN one.is_open = 0 THEN 3 WHEN @request_is_late(one, instant) THEN 5 ELSE 4 END

-- statement statistics_requests(actor id, service text, since time, until time, now time, shift int) rows
SELECT @day_of(r.submitted, ?6), r.offering_id, r.region, r.institution, r.state,
    @request_outcome(r, ?5), @days_between(r.submitted, r.decided)
FROM request r
WHERE r.service = ?2 AND r.submitted >= ?3 AND r.submitted < ?4
    AND (@keeps_all(?1) OR @counts_region(?1, r.region) OR @counts_school(?1, r.institution))

-- statement statistics_entries(actor id, since time, until time, shift int) rows
SELECT @day_of(e.created, ?4), e.season_id, i.region, e.institution, a.state,
    CASE WHEN a.is_open = 0 THEN 3 WHEN a.state IN ('scored', 'absent') THEN 1 ELSE 4 END,
    CAST(NULL AS BIGINT)
FROM entry e JOIN institution i ON i.code = e.institution
    JOIN application a ON a.person_id = e.person_id AND a.id = e.application_id
WHERE e.created >= ?2 AND e.created < ?3 AND e.season_id IS NOT NULL
    AND (@keeps_all(?1) OR @counts_region(?1, i.region) OR @counts_school(?1, e.institution))

-- statement statistics_references(actor id, since time, until time, shift int) rows
SELECT @day_of(f.requested, ?4), f.type, f.state, CASE WHEN f.decided IS NULL THEN 4 ELSE 1 END,
    @days_between(f.requested, f.decided)
FROM reference f
WHERE f.requested >= ?2 AND f.requested < ?3 AND @keeps_all(?1)

-- statement statistics_invoices(actor id, since time, until time, shift int, today date) rows
SELECT @day_of(i.created, ?4), i.currency, i.kind, r.offering_id, i.state, i.amount, i.waived, i.paid,
    i.refunded, i.due < ?5
FROM invoice i LEFT JOIN request r ON r.person_id = i.person_id AND r.id = i.application_id
WHERE i.state IN ('open', 'settled', 'cancelled') AND i.created >= ?2 AND i.created < ?3
    AND @finance(?1)

-- statement statistics_certificates(actor id, since time, until time, shift int) rows
SELECT @day_of(c.issued, ?4), c.type, c.is_current
FROM certificate c
WHERE c.issued >= ?2 AND c.issued < ?3 AND @keeps_all(?1)

-- What the lines are called: a code, and a text or texts by language.

-- statement statistics_regions() rows
SELECT g.code, g.name FROM region g

-- statement statistics_institutions() rows
SELECT i.code, i.name FROM institution i

-- statement statistics_offerings(service text) rows
SELECT o.id, s.title FROM offering o JOIN subject s ON s.id = o.id WHERE ?1 IS NULL OR o.service = ?1

-- statement statistics_seasons() rows
SELECT s.id, s.title FROM season s

-- statement statistics_reference_types(prefix text) rows
SELECT ?1 || t.code, t.document FROM reference_type t
WHERE t.version = (SELECT MAX(n.version) FROM reference_type n WHERE n.code = t.code)
