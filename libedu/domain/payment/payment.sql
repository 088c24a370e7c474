-- Payment: invoices, visits to the provider's page, money taken and given back, the ledger.

-- fragment finance(actor)
EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor AND held.scope = ''
    AND held.role IN ('admin', 'finance'))

-- fragment may_see_invoices(actor, person)
(@acts_for(actor, person) OR @finance(actor))

-- statement payment_is_finance(actor id) rows
SELECT 1 WHERE @has_role_everywhere(?1, 'finance')

-- statement payment_person(actor id, person_id id) rows
SELECT 1 FROM person p WHERE p.id = ?2 AND @may_see_invoices(?1, ?2)

-- Whether the actor acts for whom it is of; no row where they may not even see it.
-- statement payment_invoice_seen(actor id, person_id id, id id) rows
SELECT CASE WHEN @acts_for(?1, ?2) THEN 1 ELSE 0 END
FROM invoice i WHERE i.person_id = ?2 AND i.id = ?3 AND @may_see_invoices(?1, ?2)

-- What must be unique among all persons, or be found without knowing whose it is.

-- statement payment_claim(kind text, value blob, owner id) run
INSERT INTO claim (kind, value, owner) VALUES (?1, ?2, ?3) ON CONFLICT (kind, value) DO NOTHING

-- statement payment_claimed(kind text, value blob) rows
SELECT owner FROM claim WHERE kind = ?1 AND value = ?2

-- Invoices.

-- statement payment_invoice_add(person_id id, id id, number text, kind text, subject_id id, title json, currency text, amount int, due date, now time, application_id id, action text, by_id id) run
INSERT INTO invoice (person_id, id, number, kind, subject_id, title, currency, amount, waived, paid,
    refunded, state, is_live, due, created, changed, application_id, action, by_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, 0, 'open', 1, ?9, ?10, ?10, ?11, ?12, ?13)
ON CONFLICT (person_id, kind, subject_id) WHERE is_live = 1 DO NOTHING

-- statement payment_invoice_of(person_id id, kind text, subject_id id) rows
SELECT i.id FROM invoice i
WHERE i.person_id = ?1 AND i.kind = ?2 AND i.subject_id = ?3 AND i.is_live = 1

-- What a command needs of an invoice.
-- statement payment_invoice_get(person_id id, id id) rows
SELECT i.currency, i.amount, i.waived, i.paid, i.refunded, i.state, i.application_id, i.action, i.title,
    i.number
FROM invoice i WHERE i.person_id = ?1 AND i.id = ?2

-- statement payment_invoice_put(person_id id, id id, waived int, paid int, refunded int, state text, is_live bool, now time) run
UPDATE invoice SET waived = ?3, paid = ?4, refunded = ?5, state = ?6, is_live = ?7, changed = ?8
WHERE person_id = ?1 AND id = ?2

-- fragment invoice_columns(one, whose)
one.person_id, one.id, one.number, one.kind, one.subject_id, one.title, one.currency, one.amount,
    one.waived, one.paid, one.refunded, one.state, one.due, one.created, one.changed,
    EXISTS (SELECT 1 FROM payment_intent visit WHERE visit.person_id = one.person_id
        AND visit.invoice_id = one.id AND visit.is_open = 1),
    CAST(COALESCE((SELECT SUM(taken.amount - taken.applied) FROM payment_capture taken
        WHERE taken.person_id = one.person_id AND taken.invoice_id = one.id
        AND taken.currency = one.currency), 0) AS BIGINT),
    whose.given, whose.family

-- statement payment_invoice_one(actor id, person_id id, id id) rows
SELECT @invoice_columns(i, p) FROM invoice i JOIN person p ON p.id = i.person_id
WHERE i.person_id = ?2 AND i.id = ?3 AND @may_see_invoices(?1, ?2)

-- statement payment_invoice_list(person_id id, before id, limit int) rows
SELECT i.id, @invoice_columns(i, p) FROM invoice i JOIN person p ON p.id = i.person_id
WHERE i.person_id = ?1 AND i.id < ?2
ORDER BY i.id DESC LIMIT ?3

-- statement payment_invoice_worklist(state text, after time, person_id id, id id, limit int) rows
SELECT i.created, i.person_id, i.id, @invoice_columns(i, p)
FROM invoice i JOIN person p ON p.id = i.person_id
WHERE i.state = ?1 AND (i.created, i.person_id, i.id) > (?2, ?3, ?4)
ORDER BY i.created, i.person_id, i.id LIMIT ?5

-- statement payment_invoice_numbered(person_id id, number text) rows
SELECT i.id FROM invoice i WHERE i.person_id = ?1 AND i.number = ?2

-- The ledger.

-- statement payment_transfer_add(person_id id, id id, invoice_id id, transaction_id id, at time, kind text, debit text, credit text, currency text, amount int, reason text, by_id id) run
INSERT INTO ledger_transfer (person_id, id, invoice_id, transaction_id, at, kind, debit, credit,
    currency, amount, reason, by_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)

-- statement payment_transfer_list(person_id id, invoice_id id, after id, limit int) rows
SELECT t.id, t.id, t.transaction_id, t.at, t.kind, t.debit, t.credit, t.currency, t.amount, t.reason,
    t.by_id IS NOT NULL
FROM ledger_transfer t
WHERE t.person_id = ?1 AND t.invoice_id = ?2 AND t.id > ?3
ORDER BY t.id LIMIT ?4

-- statement payment_balances() rows
SELECT side.account, side.currency, CAST(SUM(side.debit) AS BIGINT), CAST(SUM(side.credit) AS BIGINT)
FROM (SELECT t.debit AS account, t.currency, t.amount AS debit, 0 AS credit FROM ledger_transfer t
    UNION ALL
    SELECT t.credit, t.currency, 0, t.amount FROM ledger_transfer t) side
GROUP BY side.account, side.currency
ORDER BY side.currency, side.account

-- Visits.

-- statement payment_intent_add(person_id id, id id, invoice_id id, currency text, amount int, now time, expires time, ask_at time, by_id id) run
INSERT INTO payment_intent (person_id, id, invoice_id, currency, amount, state, is_open, is_watched,
    ask_at, created, expires, by_id)
VALUES (?1, ?2, ?3, ?4, ?5, 'open', 1, 1, ?8, ?6, ?7, ?9)

-- fragment intent_columns(one)
one.person_id, one.id, one.invoice_id, one.currency, one.amount, one.state, one.created, one.expires

-- statement payment_intent_open(person_id id, invoice_id id) rows
SELECT @intent_columns(v) FROM payment_intent v
WHERE v.person_id = ?1 AND v.invoice_id = ?2 AND v.is_open = 1

-- statement payment_intent_get(person_id id, id id) rows
SELECT @intent_columns(v) FROM payment_intent v WHERE v.person_id = ?1 AND v.id = ?2

-- statement payment_intent_list(person_id id, invoice_id id, before id, limit int) rows
SELECT v.id, @intent_columns(v) FROM payment_intent v
WHERE v.person_id = ?1 AND v.invoice_id = ?2 AND v.id < ?3
ORDER BY v.id DESC LIMIT ?4

-- Ends an open visit.
-- statement payment_intent_end(person_id id, id id, state text) run
UPDATE payment_intent SET state = ?3, is_open = 0 WHERE person_id = ?1 AND id = ?2 AND is_open = 1

-- Money came, whatever was thought of it before.
-- statement payment_intent_captured(person_id id, id id) run
UPDATE payment_intent SET state = 'captured', is_open = 0, is_watched = 0
WHERE person_id = ?1 AND id = ?2

-- statement payment_intent_unwatch(person_id id, id id) run
UPDATE payment_intent SET is_watched = 0 WHERE person_id = ?1 AND id = ?2

-- statement payment_intent_due(now time, limit int) rows
SELECT v.person_id, v.id, v.ask_at, v.created, v.expires, v.is_open FROM payment_intent v
WHERE v.is_watched = 1 AND v.ask_at <= ?1
ORDER BY v.ask_at, v.person_id, v.id LIMIT ?2

-- statement payment_intent_lease(person_id id, id id, ask_at time, next time) run
UPDATE payment_intent SET ask_at = ?4
WHERE person_id = ?1 AND id = ?2 AND ask_at = ?3 AND is_watched = 1

-- Money taken.

-- statement payment_capture_add(person_id id, id id, intent_id id, invoice_id id, payment text, currency text, amount int, applied int, at time, now time) run
INSERT INTO payment_capture (person_id, id, intent_id, invoice_id, payment, currency, amount, applied,
    refunded, returned, at, noted)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, ?9, ?10)

-- statement payment_capture_of(person_id id, id id, payment text) rows
SELECT c.amount, c.currency, c.invoice_id, c.intent_id FROM payment_capture c
WHERE c.person_id = ?1 AND c.id = ?2 AND c.payment = ?3

-- statement payment_capture_list(person_id id, invoice_id id) rows
SELECT c.id, c.payment, c.currency, c.amount, c.applied, c.refunded, c.returned FROM payment_capture c
WHERE c.person_id = ?1 AND c.invoice_id = ?2
ORDER BY c.id

-- statement payment_capture_give(person_id id, id id, refunded int, returned int) run
UPDATE payment_capture SET refunded = refunded + ?3, returned = returned + ?4
WHERE person_id = ?1 AND id = ?2

-- statement payment_capture_between(since time, until time, after time, person_id id, id id, limit int) rows
SELECT c.at, c.person_id, c.id, c.payment, c.invoice_id, c.currency, c.amount FROM payment_capture c
WHERE c.at >= ?1 AND c.at < ?2 AND (c.at, c.person_id, c.id) > (?3, ?4, ?5)
ORDER BY c.at, c.person_id, c.id LIMIT ?6

-- Money given back.

-- statement payment_refund_add(person_id id, id id, invoice_id id, capture_id id, payment text, currency text, amount int, source text, is_automatic bool, reason text, by_id id, now time) run
INSERT INTO payment_refund (person_id, id, invoice_id, capture_id, payment, currency, amount, source,
    state, is_waiting, send_at, attempts, is_automatic, reason, by_id, created, changed, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'waiting', 1, ?12, 0, ?9, ?10, ?11, ?12, ?12, NULL)

-- statement payment_refund_get(person_id id, id id) rows
SELECT r.invoice_id, r.capture_id, r.currency, r.amount, r.source, r.state, r.payment
FROM payment_refund r WHERE r.person_id = ?1 AND r.id = ?2

-- statement payment_refund_end(person_id id, id id, state text, at time, now time) run
UPDATE payment_refund SET state = ?3, is_waiting = 0, at = ?4, changed = ?5
WHERE person_id = ?1 AND id = ?2 AND is_waiting = 1

-- statement payment_refund_list(person_id id, invoice_id id, before id, limit int) rows
SELECT r.id, r.person_id, r.id, r.invoice_id, r.payment, r.currency, r.amount, r.state, r.is_automatic,
    r.reason, r.created, r.changed
FROM payment_refund r
WHERE r.person_id = ?1 AND r.invoice_id = ?2 AND r.id < ?3
ORDER BY r.id DESC LIMIT ?4

-- statement payment_refund_due(now time, limit int) rows
SELECT r.person_id, r.id, r.send_at, r.attempts, r.payment, r.currency, r.amount FROM payment_refund r
WHERE r.is_waiting = 1 AND r.send_at <= ?1
ORDER BY r.send_at, r.person_id, r.id LIMIT ?2

-- statement payment_refund_lease(person_id id, id id, send_at time, next time) run
UPDATE payment_refund SET send_at = ?4, attempts = attempts + 1
WHERE person_id = ?1 AND id = ?2 AND send_at = ?3 AND is_waiting = 1

-- statement payment_refund_between(since time, until time, after time, person_id id, id id, limit int) rows
SELECT r.at, r.person_id, r.id, r.invoice_id, r.currency, r.amount FROM payment_refund r
WHERE r.at >= ?1 AND r.at < ?2 AND (r.at, r.person_id, r.id) > (?3, ?4, ?5)
ORDER BY r.at, r.person_id, r.id LIMIT ?6

-- Differences and days.

-- statement payment_difference_add(id id, kind text, reference text, person_id id, invoice_id id, currency text, expected int, found int, now time) run
INSERT INTO payment_difference (id, kind, reference, person_id, invoice_id, currency, expected, found,
    is_open, noted)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9)
ON CONFLICT (kind, reference) DO NOTHING

-- statement payment_difference_list(is_open bool, after time, id id, limit int) rows
SELECT d.noted, d.id, d.id, d.kind, d.reference, d.person_id, d.invoice_id, d.currency, d.expected,
    d.found, d.is_open, d.noted, d.closed, d.note
FROM payment_difference d
WHERE d.is_open = ?1 AND (d.noted, d.id) > (?2, ?3)
ORDER BY d.noted, d.id LIMIT ?4

-- statement payment_difference_close(id id, note text, by_id id, now time) run
UPDATE payment_difference SET is_open = 0, note = ?2, by_id = ?3, closed = ?4
WHERE id = ?1 AND is_open = 1

-- statement payment_difference_state(id id) rows
SELECT d.is_open FROM payment_difference d WHERE d.id = ?1

-- statement payment_day_add(day date, now time, facts int, recovered int, differences int) run
INSERT INTO payment_day (day, at, facts, recovered, differences) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (day) DO NOTHING

-- statement payment_day_last() rows
SELECT MAX(y.day) FROM payment_day y

-- statement payment_day_list(before int, limit int) rows
SELECT y.day, y.day, y.at, y.facts, y.recovered, y.differences FROM payment_day y
WHERE y.day < ?1
ORDER BY y.day DESC LIMIT ?2

-- Keys.

-- statement payment_key_add(kid text, algorithm text, sealed blob, now time) run
INSERT INTO payment_key (kid, algorithm, sealed, since, until) VALUES (?1, ?2, ?3, ?4, NULL)
ON CONFLICT (kid) DO NOTHING

-- statement payment_key_end(kid text, until time) run
UPDATE payment_key SET until = ?2 WHERE kid = ?1 AND (until IS NULL OR until > ?2)

-- statement payment_key_exists(kid text) rows
SELECT 1 FROM payment_key k WHERE k.kid = ?1

-- statement payment_key_good(kid text, now time) rows
SELECT k.algorithm, k.sealed FROM payment_key k
WHERE k.kid = ?1 AND k.since <= ?2 AND (k.until IS NULL OR k.until > ?2)

-- statement payment_key_newest(now time) rows
SELECT k.kid, k.sealed FROM payment_key k
WHERE k.algorithm = 'hmac-sha256' AND k.since <= ?1 AND (k.until IS NULL OR k.until > ?1)
ORDER BY k.since DESC, k.kid DESC LIMIT 1

-- statement payment_key_list(after text, limit int) rows
SELECT k.kid, k.kid, k.algorithm, k.since, k.until FROM payment_key k
WHERE k.kid > ?1 ORDER BY k.kid LIMIT ?2

-- Checking: an invoice that its transfers or captures do not bear out. By the invoice alone, so that nobody's
-- many invoices are read for each of them.

-- fragment ledger_sum(one, wanted_debit, wanted_credit)
COALESCE((SELECT SUM(moved.amount) FROM ledger_transfer moved WHERE moved.invoice_id = one.id
    AND moved.debit = wanted_debit AND moved.credit = wanted_credit), 0)

-- statement payment_wrong_invoice() rows
SELECT i.number FROM invoice i
WHERE @ledger_sum(i, 'receivable', 'income') <> i.amount
    OR @ledger_sum(i, 'waiver', 'receivable') <> i.waived
    OR @ledger_sum(i, 'provider', 'receivable') <> i.paid
    OR @ledger_sum(i, 'income', 'refunding') - @ledger_sum(i, 'refunding', 'income') <> i.refunded
    OR @ledger_sum(i, 'income', 'receivable')
        <> CASE WHEN i.state = 'cancelled' THEN i.amount - i.waived ELSE 0 END
    OR i.paid <> COALESCE((SELECT SUM(c.applied) FROM payment_capture c
        WHERE c.invoice_id = i.id), 0)
    OR i.refunded <> COALESCE((SELECT SUM(c.refunded) FROM payment_capture c
        WHERE c.invoice_id = i.id), 0)
    OR @ledger_sum(i, 'refunding', 'provider') <> COALESCE((SELECT SUM(r.amount) FROM payment_refund r
        WHERE r.invoice_id = i.id AND r.state = 'done'), 0)
LIMIT 1

-- statement payment_wrong_capture() rows
SELECT c.payment FROM payment_capture c
WHERE c.refunded + c.returned <> COALESCE((SELECT SUM(r.amount) FROM payment_refund r
    WHERE r.invoice_id = c.invoice_id AND r.capture_id = c.id
    AND r.state <> 'failed'), 0)
LIMIT 1
