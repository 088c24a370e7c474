-- The schema, in tokens that tools/gen_sql.py turns into each engine's types.
-- What belongs to a person carries that person's id first in its primary key: a cabinet's rows lie
-- together, and the tables can be spread by person. What must be unique among all persons is a row
-- in claim.

CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value JSON NOT NULL
) CLUSTERED;

-- Keys that sign documents; what is public of them is kept for ever. sealed_secret: NULL where a command or
-- a module signs. since, until: what it signed is dated from the one, before the other.
CREATE TABLE signing_key (
    kid TEXT NOT NULL PRIMARY KEY,
    public_key BLOB NOT NULL,
    sealed_secret BLOB,
    since TIME NOT NULL,
    until TIME,
    compromised TIME,
    is_current BOOL NOT NULL
) CLUSTERED;
CREATE UNIQUE INDEX signing_key_current ON signing_key (is_current) WHERE is_current = 1;

CREATE TABLE region (
    code TEXT NOT NULL PRIMARY KEY,
    name JSON NOT NULL
) CLUSTERED;

CREATE TABLE institution (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    region TEXT NOT NULL REFERENCES region (code),
    address TEXT NOT NULL,
    latitude_e7 INT NOT NULL,
    longitude_e7 INT NOT NULL,
    x_m INT NOT NULL,
    y_m INT NOT NULL,
    zone TEXT NOT NULL
) CLUSTERED;
CREATE INDEX institution_by_region ON institution (region, code);

CREATE TABLE claim (
    kind TEXT NOT NULL,
    value BLOB NOT NULL,
    owner ID NOT NULL,
    PRIMARY KEY (kind, value)
) CLUSTERED;
CREATE INDEX claim_by_owner ON claim (owner);

-- birth: NULL for who is in no register: an applicant on paper or by telephone, or one who is not named; and
-- for who is merged into another. search_name: as a pupil's; NULL where birth is.
CREATE TABLE person (
    id ID NOT NULL PRIMARY KEY,
    given TEXT NOT NULL,
    family TEXT NOT NULL,
    patronymic TEXT,
    birth DATE,
    search_name TEXT,
    wrapped_key BLOB NOT NULL,
    sealed_number BLOB,
    sealed_document BLOB,
    sealed_mail BLOB,
    sealed_phone BLOB,
    created TIME NOT NULL
) CLUSTERED;

CREATE INDEX person_by_name ON person (search_name, birth, id) WHERE birth IS NOT NULL;

-- Two of one name, born on one day: one person twice, most likely, until somebody says that they are two. Found when
-- a register tells of either.
CREATE TABLE namesake (
    person_id ID NOT NULL REFERENCES person (id),
    other_id ID NOT NULL REFERENCES person (id),
    found TIME NOT NULL,
    is_open BOOL NOT NULL,
    PRIMARY KEY (person_id, other_id),
    CHECK (person_id < other_id)
) CLUSTERED;
CREATE INDEX namesake_by_other ON namesake (other_id, person_id);
CREATE INDEX namesake_open ON namesake (found, person_id, other_id) WHERE is_open = 1;

-- Who was merged into whom, who is never merged themselves. The person's row stays, for what they did under its id,
-- with a document that the other's row has no room for.
CREATE TABLE merger (
    person_id ID NOT NULL PRIMARY KEY REFERENCES person (id),
    kept_id ID NOT NULL REFERENCES person (id),
    at TIME NOT NULL,
    by_id ID NOT NULL,
    CHECK (person_id <> kept_id)
) CLUSTERED;
CREATE INDEX merger_by_kept ON merger (kept_id, person_id);

CREATE TABLE pupil (
    person_id ID NOT NULL PRIMARY KEY REFERENCES person (id),
    institution TEXT NOT NULL REFERENCES institution (code),
    grade INT NOT NULL CHECK (grade BETWEEN 1 AND 12),
    class_letter TEXT,
    language TEXT,
    is_step_free BOOL NOT NULL,
    sort_name TEXT NOT NULL,
    search_name TEXT NOT NULL,
    since TIME NOT NULL
) CLUSTERED;
CREATE INDEX pupil_by_school ON pupil (institution, grade, sort_name, person_id);
CREATE INDEX pupil_by_name ON pupil (search_name, person_id);

-- institution: the child's, as in pupil, for the worklists of schools
CREATE TABLE guardian (
    guardian_id ID NOT NULL,
    child_id ID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'active', 'refused', 'ended')),
    source TEXT NOT NULL,
    since TIME NOT NULL,
    institution TEXT,
    PRIMARY KEY (guardian_id, child_id),
    CHECK (guardian_id <> child_id)
) CLUSTERED;
CREATE INDEX guardian_by_child ON guardian (child_id, guardian_id);
CREATE INDEX guardian_by_school ON guardian (institution, state, since, guardian_id, child_id);

CREATE TABLE account (
    person_id ID NOT NULL PRIMARY KEY REFERENCES person (id),
    login TEXT NOT NULL,
    password TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'closed')),
    language TEXT,
    created TIME NOT NULL
) CLUSTERED;

-- Accounts asked for. One is written whether the register knows the requester or not (then without
-- person_id), so that nothing tells the two apart; a login is claimed only by an active account.
CREATE TABLE enrolment (
    login_hash BLOB NOT NULL,
    requester BLOB NOT NULL,
    person_id ID,
    login TEXT NOT NULL,
    password TEXT NOT NULL,
    language TEXT NOT NULL,
    code_hash BLOB NOT NULL,
    expires TIME NOT NULL,
    attempts INT NOT NULL,
    created TIME NOT NULL,
    PRIMARY KEY (login_hash, requester)
) CLUSTERED;
CREATE INDEX enrolment_by_person ON enrolment (person_id, created);
CREATE INDEX enrolment_by_age ON enrolment (created);

-- purpose: recover, confirm
CREATE TABLE one_time_code (
    person_id ID NOT NULL,
    purpose TEXT NOT NULL,
    hash BLOB NOT NULL,
    expires TIME NOT NULL,
    attempts INT NOT NULL,
    PRIMARY KEY (person_id, purpose)
) CLUSTERED;

-- title: of a token that a program has; NULL of who signed in themselves.
CREATE TABLE sign_in (
    token_hash BLOB NOT NULL PRIMARY KEY,
    person_id ID NOT NULL,
    is_confirmed BOOL NOT NULL,
    language TEXT NOT NULL,
    created TIME NOT NULL,
    expires TIME NOT NULL,
    title TEXT
) CLUSTERED;
CREATE UNIQUE INDEX sign_in_by_person ON sign_in (person_id, title);
CREATE INDEX sign_in_by_expiry ON sign_in (expires);

-- subject: a keyed hash of a login or an address
CREATE TABLE throttle (
    kind TEXT NOT NULL,
    subject BLOB NOT NULL,
    since TIME NOT NULL,
    count INT NOT NULL,
    PRIMARY KEY (kind, subject)
) CLUSTERED;
CREATE INDEX throttle_by_age ON throttle (since);

CREATE TABLE role_grant (
    person_id ID NOT NULL,
    role TEXT NOT NULL CHECK (role IN
        ('admin', 'clerk', 'school', 'steward', 'executor', 'head', 'finance')),
    scope TEXT NOT NULL CHECK (scope IN
        ('', 'region', 'institution', 'centre', 'department')),
    code TEXT NOT NULL,
    since TIME NOT NULL,
    by_id ID,
    PRIMARY KEY (person_id, role, scope, code)
) CLUSTERED;
CREATE INDEX role_grant_by_scope ON role_grant (scope, code, role, person_id);

-- Numbers below next are given out or leased.
CREATE TABLE number_block (
    series INT NOT NULL PRIMARY KEY,
    next INT NOT NULL
) CLUSTERED;

-- While a person is absent, another does their work.
CREATE TABLE substitute (
    person_id ID NOT NULL REFERENCES person (id),
    substitute_id ID NOT NULL REFERENCES person (id),
    since TIME NOT NULL,
    until TIME NOT NULL,
    by_id ID NOT NULL,
    PRIMARY KEY (person_id, substitute_id, since),
    CHECK (person_id <> substitute_id),
    CHECK (since < until)
) CLUSTERED;
CREATE INDEX substitute_by_substitute ON substitute (substitute_id, until, person_id);

-- Answers given, by idempotency key.
CREATE TABLE command (
    actor_id ID NOT NULL,
    key TEXT NOT NULL,
    request BLOB NOT NULL,
    result BLOB,
    at TIME NOT NULL,
    PRIMARY KEY (actor_id, key)
) CLUSTERED;

CREATE TABLE audit (
    id ID NOT NULL PRIMARY KEY,
    at TIME NOT NULL,
    actor_id ID,
    action TEXT NOT NULL,
    person_id ID,
    detail JSON NOT NULL
) CLUSTERED;

-- Who else read what is held on a person, a row for each day of the portal: `last` and `count` move on where they read it
-- again. about: an id or a number, or nothing where it was of the person as such; roles: those that the reader had, parted
-- by blanks.
CREATE TABLE person_reading (
    person_id ID NOT NULL,
    id ID NOT NULL,
    reader_id ID NOT NULL,
    day INT NOT NULL,
    roles TEXT NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL,
    why TEXT NOT NULL,
    since TIME NOT NULL,
    last TIME NOT NULL,
    count INT NOT NULL,
    PRIMARY KEY (person_id, id)
) CLUSTERED;
CREATE UNIQUE INDEX person_reading_of_day ON person_reading (person_id, day, reader_id, what, about, why);
CREATE INDEX person_reading_by_age ON person_reading (last);

-- Who read a list of many, and which; about: what was asked for, without personal data.
CREATE TABLE list_reading (
    id ID NOT NULL PRIMARY KEY,
    reader_id ID NOT NULL,
    day INT NOT NULL,
    roles TEXT NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL,
    why TEXT NOT NULL,
    since TIME NOT NULL,
    last TIME NOT NULL,
    count INT NOT NULL
) CLUSTERED;
CREATE UNIQUE INDEX list_reading_of_day ON list_reading (day, reader_id, what, about, why);
CREATE INDEX list_reading_by_age ON list_reading (last);

-- Whose data was erased. The person's row stays, without what says who they were.
CREATE TABLE erasure (
    person_id ID NOT NULL PRIMARY KEY REFERENCES person (id),
    at TIME NOT NULL,
    by_id ID NOT NULL,
    reason TEXT NOT NULL
) CLUSTERED;

CREATE TABLE service (
    code TEXT NOT NULL,
    version INT NOT NULL,
    definition JSON NOT NULL,
    hash BLOB NOT NULL,
    published TIME NOT NULL,
    by_id ID,
    PRIMARY KEY (code, version)
) CLUSTERED;

CREATE TABLE calendar (
    code TEXT NOT NULL,
    version INT NOT NULL,
    document JSON NOT NULL,
    hash BLOB NOT NULL,
    published TIME NOT NULL,
    by_id ID,
    PRIMARY KEY (code, version)
) CLUSTERED;

-- What applications are for: a sitting, a vacancy, a group, kept by the module of the service.
CREATE TABLE subject (
    id ID NOT NULL PRIMARY KEY,
    service TEXT NOT NULL,
    title JSON NOT NULL
) CLUSTERED;

-- is_private: seen by whom it is of and who acts for them; by others as its module says. began_as: whose it was when
-- its chain of events began, where that person was merged into this one since.
CREATE TABLE application (
    person_id ID NOT NULL REFERENCES person (id),
    id ID NOT NULL,
    service TEXT NOT NULL,
    service_version INT NOT NULL,
    subject_id ID NOT NULL,
    state TEXT NOT NULL,
    is_open BOOL NOT NULL,
    version INT NOT NULL,
    created TIME NOT NULL,
    changed TIME NOT NULL,
    head BLOB NOT NULL,
    is_private BOOL NOT NULL,
    number TEXT NOT NULL,
    began_as ID,
    PRIMARY KEY (person_id, id),
    FOREIGN KEY (service, service_version) REFERENCES service (code, version)
) CLUSTERED;
CREATE UNIQUE INDEX application_by_number ON application (number);
CREATE UNIQUE INDEX application_open ON application (person_id, service, subject_id) WHERE is_open = 1;

CREATE TABLE event (
    person_id ID NOT NULL,
    application_id ID NOT NULL,
    sequence INT NOT NULL,
    at TIME NOT NULL,
    action TEXT NOT NULL,
    state TEXT NOT NULL,
    actor_id ID,
    actor_kind TEXT NOT NULL,
    data JSON NOT NULL,
    hash BLOB NOT NULL,
    is_internal BOOL NOT NULL,
    PRIMARY KEY (person_id, application_id, sequence),
    FOREIGN KEY (person_id, application_id) REFERENCES application (person_id, id)
) CLUSTERED;

-- template: a text of the service's definition, or of the library for service ''
CREATE TABLE notification (
    person_id ID NOT NULL,
    id ID NOT NULL,
    at TIME NOT NULL,
    service TEXT NOT NULL,
    service_version INT NOT NULL,
    template TEXT NOT NULL,
    data JSON NOT NULL,
    application_id ID,
    is_read BOOL NOT NULL,
    PRIMARY KEY (person_id, id)
) CLUSTERED;
CREATE INDEX notification_unread ON notification (person_id) WHERE is_read = 0;

-- Addresses are not here: they are unsealed when a message goes out. sealed: data that is secret
-- until then, such as a code.
CREATE TABLE outbox (
    id ID NOT NULL PRIMARY KEY,
    person_id ID NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    service TEXT NOT NULL,
    service_version INT NOT NULL,
    template TEXT NOT NULL,
    language TEXT NOT NULL,
    data JSON NOT NULL,
    sealed BLOB,
    attempts INT NOT NULL,
    next_at TIME NOT NULL,
    is_waiting BOOL NOT NULL
) CLUSTERED;
CREATE INDEX outbox_waiting ON outbox (next_at, id) WHERE is_waiting = 1;

CREATE TABLE season (
    id ID NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    title JSON NOT NULL,
    subject TEXT NOT NULL,
    subject_title JSON NOT NULL,
    grade_from INT NOT NULL,
    grade_to INT NOT NULL,
    opens TIME NOT NULL,
    closes TIME NOT NULL,
    is_published BOOL NOT NULL,
    created TIME NOT NULL,
    series TEXT NOT NULL,
    year INT NOT NULL,
    is_archive BOOL NOT NULL,
    by_invitation BOOL NOT NULL,
    CHECK (grade_from BETWEEN 1 AND 12 AND grade_to BETWEEN grade_from AND 12),
    CHECK (opens < closes)
) CLUSTERED;
CREATE INDEX season_by_close ON season (closes, id);
CREATE INDEX season_by_series ON season (series, year, id);
CREATE INDEX season_by_year ON season (year, subject, id);

-- An examination at one time: of a season, or of an offering, of a kind of its service's definition, with
-- the title and the state that the definition gave it then. commitment: hash of the seed's digits. is_drawn:
-- the seed is the portal's.
CREATE TABLE sitting (
    id ID NOT NULL PRIMARY KEY,
    season_id ID REFERENCES season (id),
    offering_id ID REFERENCES subject (id),
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    kind_title JSON,
    of_state TEXT,
    grade_from INT NOT NULL,
    grade_to INT NOT NULL,
    starts TIME NOT NULL,
    minutes INT NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    state TEXT NOT NULL CHECK
        (state IN ('open', 'frozen', 'proposed', 'confirming', 'allocated', 'closing', 'held')),
    commitment TEXT NOT NULL,
    is_drawn BOOL NOT NULL,
    frozen_hash BLOB,
    seed BLOB,
    UNIQUE (season_id, code),
    CHECK ((season_id IS NULL) <> (offering_id IS NULL)),
    CHECK (offering_id IS NULL OR kind_title IS NOT NULL AND of_state IS NOT NULL),
    CHECK (season_id IS NULL OR grade_from BETWEEN 1 AND 12 AND grade_to BETWEEN grade_from AND 12)
) CLUSTERED;
CREATE INDEX sitting_by_season ON sitting (season_id, starts, id);
CREATE INDEX sitting_by_offering ON sitting (offering_id, starts, id);
CREATE INDEX sitting_by_start ON sitting (starts, id);
CREATE INDEX sitting_to_hold ON sitting (starts, id) WHERE state = 'allocated' AND offering_id IS NOT NULL;

CREATE TABLE centre (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    region TEXT NOT NULL REFERENCES region (code),
    latitude_e7 INT NOT NULL,
    longitude_e7 INT NOT NULL,
    x_m INT NOT NULL,
    y_m INT NOT NULL,
    zone TEXT NOT NULL,
    is_active BOOL NOT NULL
) CLUSTERED;

CREATE TABLE room (
    centre TEXT NOT NULL REFERENCES centre (code),
    code TEXT NOT NULL,
    row_count INT NOT NULL CHECK (row_count BETWEEN 1 AND 26),
    column_count INT NOT NULL CHECK (column_count BETWEEN 1 AND 40),
    PRIMARY KEY (centre, code)
) CLUSTERED;

-- number: row * 100 + column, both from 1
CREATE TABLE desk (
    centre TEXT NOT NULL,
    room TEXT NOT NULL,
    number INT NOT NULL,
    is_step_free BOOL NOT NULL,
    PRIMARY KEY (centre, room, number),
    FOREIGN KEY (centre, room) REFERENCES room (centre, code)
) CLUSTERED;

-- Who is on the list of a sitting: of an olympiad an application with what the register said when it was
-- made, one open a person and season, an invitation being open once it is accepted; of an offering who
-- was in its state when the list was frozen. institution, region: where they come from.
CREATE TABLE entry (
    person_id ID NOT NULL,
    application_id ID NOT NULL,
    season_id ID REFERENCES season (id),
    sitting_id ID NOT NULL REFERENCES sitting (id),
    institution TEXT REFERENCES institution (code),
    region TEXT REFERENCES region (code),
    grade INT NOT NULL,
    is_step_free BOOL NOT NULL,
    sort_name TEXT NOT NULL,
    is_open BOOL NOT NULL,
    is_invited BOOL NOT NULL,
    created TIME NOT NULL,
    PRIMARY KEY (person_id, application_id, sitting_id),
    FOREIGN KEY (person_id, application_id) REFERENCES application (person_id, id),
    CHECK (is_open + is_invited <= 1),
    CHECK ((institution IS NULL) <> (region IS NULL))
) CLUSTERED;
CREATE UNIQUE INDEX entry_open ON entry (person_id, season_id) WHERE is_open = 1;
CREATE INDEX entry_by_time ON entry (created, season_id, institution, person_id, application_id);
CREATE INDEX entry_by_sitting ON entry (sitting_id, institution, sort_name, person_id, application_id);

-- One open allocation a sitting: running, proposed, confirming or confirmed.
CREATE TABLE allocation (
    id ID NOT NULL PRIMARY KEY,
    sitting_id ID NOT NULL REFERENCES sitting (id),
    state TEXT NOT NULL CHECK
        (state IN ('running', 'proposed', 'confirming', 'confirmed', 'discarded', 'failed')),
    stage TEXT NOT NULL,
    permille INT NOT NULL,
    is_open BOOL NOT NULL,
    input_hash BLOB,
    pupils INT NOT NULL,
    seats INT NOT NULL,
    cost_m INT NOT NULL,
    farthest_m INT NOT NULL,
    neighbours INT NOT NULL,
    neighbours_bound INT NOT NULL,
    failure TEXT,
    by_id ID NOT NULL,
    confirmed_by_id ID,
    started TIME NOT NULL,
    changed TIME NOT NULL,
    confirmed TIME,
    issuer TEXT,
    list_hash BLOB,
    transcript_hash BLOB,
    key_id TEXT,
    signature BLOB,
    signed_at TIME,
    CHECK (confirmed_by_id IS NULL OR confirmed_by_id <> by_id)
) CLUSTERED;
CREATE UNIQUE INDEX allocation_open ON allocation (sitting_id) WHERE is_open = 1;
CREATE INDEX allocation_by_sitting ON allocation (sitting_id, id);

-- The problem and its solution, as published.
CREATE TABLE allocation_place (
    allocation_id ID NOT NULL REFERENCES allocation (id),
    place TEXT NOT NULL,
    zone TEXT NOT NULL,
    x_m INT NOT NULL,
    y_m INT NOT NULL,
    pupils INT NOT NULL,
    PRIMARY KEY (allocation_id, place)
) CLUSTERED;

CREATE TABLE allocation_centre (
    allocation_id ID NOT NULL REFERENCES allocation (id),
    centre TEXT NOT NULL,
    zone TEXT NOT NULL,
    x_m INT NOT NULL,
    y_m INT NOT NULL,
    capacity INT NOT NULL,
    pupils INT NOT NULL,
    rent INT NOT NULL,
    PRIMARY KEY (allocation_id, centre)
) CLUSTERED;

CREATE TABLE allocation_flow (
    allocation_id ID NOT NULL REFERENCES allocation (id),
    place TEXT NOT NULL,
    centre TEXT NOT NULL,
    pupils INT NOT NULL CHECK (pupils > 0),
    distance_m INT NOT NULL,
    PRIMARY KEY (allocation_id, place, centre)
) CLUSTERED;

-- Who of a place goes to which centre, under ids that name nobody, in the order drawn; up to a thousand a row.
CREATE TABLE allocation_pupils (
    allocation_id ID NOT NULL REFERENCES allocation (id),
    place TEXT NOT NULL,
    number INT NOT NULL,
    centre TEXT NOT NULL,
    ids BLOB NOT NULL,
    PRIMARY KEY (allocation_id, place, number)
) CLUSTERED;

-- One person one seat a sitting, one seat one person, and only on a desk that exists. A seat counts
-- for whose it is once its allocation is confirmed and slip is set. came: NULL while nobody has said.
CREATE TABLE seat (
    person_id ID NOT NULL,
    sitting_id ID NOT NULL REFERENCES sitting (id),
    application_id ID NOT NULL,
    allocation_id ID NOT NULL REFERENCES allocation (id),
    centre TEXT NOT NULL,
    room TEXT NOT NULL,
    desk INT NOT NULL,
    variant TEXT NOT NULL CHECK (variant IN ('A', 'B')),
    distance_m INT NOT NULL,
    slip BLOB,
    blind BLOB,
    came BOOL,
    PRIMARY KEY (person_id, sitting_id),
    UNIQUE (sitting_id, centre, room, desk),
    FOREIGN KEY (centre, room, desk) REFERENCES desk (centre, room, number),
    FOREIGN KEY (person_id, application_id) REFERENCES application (person_id, id)
) CLUSTERED;
CREATE INDEX seat_by_allocation ON seat (allocation_id, person_id);

-- How a season's results are made. publish_at: results are seen from then on, once approved;
-- is_waiting: approved, and not everybody is told yet.
CREATE TABLE marking (
    season_id ID NOT NULL PRIMARY KEY REFERENCES season (id),
    rules JSON NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'proposed', 'approved')),
    publish_at TIME,
    appeals_close TIME,
    by_id ID,
    confirmed_by_id ID,
    is_waiting BOOL NOT NULL,
    ranked TIME,
    changed TIME NOT NULL,
    CHECK (confirmed_by_id IS NULL OR confirmed_by_id <> by_id)
) CLUSTERED;
CREATE INDEX marking_waiting ON marking (publish_at, season_id) WHERE is_waiting = 1;

-- In an archive person_id is the contestant's, who is in no register. points: whole numbers in the
-- smallest unit of the rules, null where not known. place: the rank, a great number where there is
-- none, so that a list by division and place ends with those.
CREATE TABLE result (
    person_id ID NOT NULL,
    season_id ID NOT NULL REFERENCES marking (season_id),
    application_id ID,
    number TEXT NOT NULL,
    institution TEXT REFERENCES institution (code),
    region TEXT NOT NULL REFERENCES region (code),
    grade INT NOT NULL,
    is_absent BOOL NOT NULL,
    is_counted BOOL NOT NULL,
    points JSON NOT NULL,
    total INT,
    division TEXT NOT NULL,
    place INT NOT NULL,
    overall INT NOT NULL,
    award TEXT,
    advances BOOL NOT NULL,
    is_told BOOL NOT NULL,
    version INT NOT NULL,
    changed TIME NOT NULL,
    PRIMARY KEY (person_id, season_id)
) CLUSTERED;
CREATE UNIQUE INDEX result_by_number ON result (season_id, number);
CREATE INDEX result_by_place ON result (season_id, division, place, number);
CREATE INDEX result_by_region ON result (season_id, region, division, place, number);
CREATE INDEX result_by_school ON result (season_id, institution, division, place, number);
CREATE INDEX result_untold ON result (season_id, person_id) WHERE is_told = 0;

-- What a result was before a change.
CREATE TABLE result_change (
    person_id ID NOT NULL,
    season_id ID NOT NULL,
    version INT NOT NULL,
    at TIME NOT NULL,
    by_id ID NOT NULL,
    confirmed_by_id ID,
    reason TEXT NOT NULL,
    is_absent BOOL NOT NULL,
    points JSON NOT NULL,
    total INT,
    PRIMARY KEY (person_id, season_id, version),
    FOREIGN KEY (person_id, season_id) REFERENCES result (person_id, season_id)
) CLUSTERED;

-- A change after publication, which needs two people.
CREATE TABLE correction (
    id ID NOT NULL PRIMARY KEY,
    season_id ID NOT NULL,
    person_id ID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'applied', 'refused')),
    is_open BOOL NOT NULL,
    is_absent BOOL NOT NULL,
    is_appeal BOOL NOT NULL,
    points JSON NOT NULL,
    reason TEXT NOT NULL,
    by_id ID NOT NULL,
    confirmed_by_id ID,
    created TIME NOT NULL,
    changed TIME NOT NULL,
    FOREIGN KEY (person_id, season_id) REFERENCES result (person_id, season_id),
    CHECK (confirmed_by_id IS NULL OR confirmed_by_id <> by_id)
) CLUSTERED;
CREATE UNIQUE INDEX correction_open ON correction (person_id, season_id) WHERE is_open = 1;
CREATE INDEX correction_by_season ON correction (season_id, id);

-- sealed_text, sealed_answer: under the key of the person
CREATE TABLE result_appeal (
    person_id ID NOT NULL,
    season_id ID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'marked', 'upheld', 'rejected')),
    sealed_text BLOB NOT NULL,
    sealed_answer BLOB,
    created TIME NOT NULL,
    decided TIME,
    decided_by_id ID,
    PRIMARY KEY (person_id, season_id),
    FOREIGN KEY (person_id, season_id) REFERENCES result (person_id, season_id)
) CLUSTERED;
CREATE INDEX result_appeal_by_season ON result_appeal (season_id, created, person_id);

-- Counted when ranks are computed. kind: all, region, school, grade, problem, score. Means in
-- hundredths of the unit, the rest in the unit.
CREATE TABLE figure (
    season_id ID NOT NULL REFERENCES marking (season_id),
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    participants INT NOT NULL,
    absent INT NOT NULL,
    mean INT,
    median INT,
    best INT,
    maximum INT,
    awards JSON NOT NULL,
    difficulty INT NOT NULL,
    solved INT NOT NULL,
    discrimination INT NOT NULL,
    PRIMARY KEY (season_id, kind, code)
) CLUSTERED;

-- ---- registers of persons' education ----

CREATE TABLE register (
    code TEXT NOT NULL,
    version INT NOT NULL,
    document JSON NOT NULL,
    hash BLOB NOT NULL,
    published TIME NOT NULL,
    by_id ID,
    PRIMARY KEY (code, version)
) CLUSTERED;

-- record_key: the institution and the values that a record is known by.
CREATE TABLE register_record (
    person_id ID NOT NULL REFERENCES person (id),
    id ID NOT NULL,
    register TEXT NOT NULL,
    institution TEXT REFERENCES institution (code),
    record_key TEXT NOT NULL,
    data JSON NOT NULL,
    version INT NOT NULL,
    since TIME NOT NULL,
    is_current BOOL NOT NULL,
    PRIMARY KEY (person_id, id)
) CLUSTERED;
CREATE UNIQUE INDEX register_record_by_key ON register_record (person_id, register, record_key);
CREATE INDEX register_record_by_institution ON register_record (institution, register, person_id, id);

CREATE TABLE register_change (
    person_id ID NOT NULL,
    record_id ID NOT NULL,
    version INT NOT NULL,
    data JSON NOT NULL,
    at TIME NOT NULL,
    by_id ID,
    how TEXT NOT NULL CHECK (how IN ('import', 'correction', 'end')),
    reason TEXT,
    PRIMARY KEY (person_id, record_id, version),
    FOREIGN KEY (person_id, record_id) REFERENCES register_record (person_id, id)
) CLUSTERED;

-- What was brought, by whom and when; institution: NULL where it was of several or of none.
CREATE TABLE register_file (
    id ID NOT NULL PRIMARY KEY,
    register TEXT NOT NULL,
    institution TEXT,
    at TIME NOT NULL,
    by_id ID,
    read INT NOT NULL,
    added INT NOT NULL,
    changed INT NOT NULL,
    unchanged INT NOT NULL
) CLUSTERED;

-- ---- references ----

CREATE TABLE reference_type (
    code TEXT NOT NULL,
    version INT NOT NULL,
    document JSON NOT NULL,
    hash BLOB NOT NULL,
    published TIME NOT NULL,
    by_id ID,
    PRIMARY KEY (code, version)
) CLUSTERED;

-- id: of the application; number: of the certificate.
CREATE TABLE reference (
    person_id ID NOT NULL,
    id ID NOT NULL,
    type TEXT NOT NULL,
    type_version INT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('issued', 'waiting', 'refused')),
    record_id ID,
    number TEXT,
    reason TEXT,
    requested TIME NOT NULL,
    decided TIME,
    PRIMARY KEY (person_id, id),
    FOREIGN KEY (person_id, id) REFERENCES application (person_id, id),
    FOREIGN KEY (type, type_version) REFERENCES reference_type (code, version),
    FOREIGN KEY (person_id, record_id) REFERENCES register_record (person_id, id),
    CHECK (state <> 'issued' OR number IS NOT NULL),
    CHECK ((state = 'waiting') = (decided IS NULL))
) CLUSTERED;
CREATE UNIQUE INDEX reference_waiting_once ON reference (person_id, type) WHERE state = 'waiting';
CREATE INDEX reference_waiting ON reference (requested, person_id, id) WHERE state = 'waiting';
CREATE INDEX reference_by_number ON reference (person_id, number);
CREATE INDEX reference_by_time ON reference (requested, type, state, decided);

-- Lists of bits, one for each certificate; size in bits. A place is taken by a row of claim.
CREATE TABLE status_list (
    list INT NOT NULL PRIMARY KEY,
    size INT NOT NULL CHECK (size >= 131072),
    is_open BOOL NOT NULL
) CLUSTERED;
CREATE UNIQUE INDEX status_list_open ON status_list (is_open) WHERE is_open = 1;

-- record: the signed JSON; code: the message of the QR code. is_current: not revoked. One is the latest of a person,
-- type and source; one that was renewed in time stays good until its own end.
CREATE TABLE certificate (
    person_id ID NOT NULL,
    number TEXT NOT NULL,
    type TEXT NOT NULL,
    source_id ID NOT NULL,
    title JSON NOT NULL,
    content_hash BLOB NOT NULL,
    record TEXT NOT NULL,
    code BLOB NOT NULL,
    key_id TEXT NOT NULL,
    issued TIME NOT NULL,
    expires TIME,
    status_list INT NOT NULL REFERENCES status_list (list),
    status_index INT NOT NULL,
    is_current BOOL NOT NULL,
    is_latest BOOL NOT NULL,
    revoked TIME,
    reason TEXT,
    is_reason_public BOOL NOT NULL,
    replaced_by TEXT,
    PRIMARY KEY (person_id, number),
    CHECK (is_latest = 0 OR is_current = 1)
) CLUSTERED;
CREATE UNIQUE INDEX certificate_latest ON certificate (person_id, type, source_id)
    WHERE is_latest = 1;
CREATE INDEX certificate_revoked ON certificate (status_list, status_index) WHERE is_current = 0;
CREATE INDEX certificate_by_source ON certificate (source_id, is_current, person_id);
CREATE INDEX certificate_by_time ON certificate (issued, type, is_current);

CREATE TABLE revocation (
    id ID NOT NULL PRIMARY KEY,
    person_id ID NOT NULL,
    number TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'done', 'refused')),
    is_open BOOL NOT NULL,
    reason TEXT NOT NULL,
    is_public BOOL NOT NULL,
    by_id ID NOT NULL,
    confirmed_by_id ID,
    created TIME NOT NULL,
    FOREIGN KEY (person_id, number) REFERENCES certificate (person_id, number),
    CHECK (confirmed_by_id IS NULL OR confirmed_by_id <> by_id)
) CLUSTERED;
CREATE UNIQUE INDEX revocation_open ON revocation (number) WHERE is_open = 1;

-- ---- appeals of citizens ----

CREATE TABLE appeal_rules (
    code TEXT NOT NULL,
    version INT NOT NULL,
    document JSON NOT NULL,
    hash BLOB NOT NULL,
    published TIME NOT NULL,
    by_id ID,
    PRIMARY KEY (code, version)
) CLUSTERED;

-- As the newest rules have them; one that they no longer have stays for its old appeals.
CREATE TABLE department (
    code TEXT NOT NULL PRIMARY KEY,
    title JSON NOT NULL
) CLUSTERED;

-- serial: year and running number, which number shows as a text. due, very_late, next_at: far in the
-- future where there is none, so that lists have an order. pauses: [[from, until], …], until null
-- while it lasts. rung: steps of the ladder of escalation that are done. raised_to_id: the person to
-- whom the ladder has raised it. worked_days: from receipt to answer.
CREATE TABLE appeal (
    person_id ID NOT NULL,
    id ID NOT NULL,
    serial INT NOT NULL,
    number TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('electronic', 'paper', 'hotline')),
    is_anonymous BOOL NOT NULL,
    category TEXT NOT NULL,
    level TEXT NOT NULL,
    region TEXT REFERENCES region (code),
    department TEXT REFERENCES department (code),
    executor_id ID REFERENCES person (id),
    state TEXT NOT NULL,
    is_open BOOL NOT NULL,
    received TIME NOT NULL,
    month INT NOT NULL,
    clock_from TIME NOT NULL,
    calendar TEXT NOT NULL,
    calendar_version INT NOT NULL,
    rules_version INT NOT NULL,
    rule TEXT NOT NULL CHECK
        (rule IN ('department', 'category_level', 'category', 'state', 'service')),
    unit TEXT NOT NULL CHECK (unit IN ('working_days', 'days', 'working_minutes')),
    term INT NOT NULL CHECK (term >= 0),
    extra INT NOT NULL CHECK (extra >= 0),
    extensions INT NOT NULL,
    pauses JSON NOT NULL,
    due TIME NOT NULL,
    very_late TIME NOT NULL,
    next_at TIME NOT NULL,
    rung INT NOT NULL,
    drafted_by_id ID,
    approved_by_id ID,
    answered TIME,
    worked_days INT,
    reopened INT NOT NULL,
    rating INT CHECK (rating BETWEEN 1 AND 5),
    into_person_id ID,
    into_id ID,
    raised_to_id ID REFERENCES person (id),
    signatories INT NOT NULL DEFAULT 0,
    PRIMARY KEY (person_id, id),
    FOREIGN KEY (person_id, id) REFERENCES application (person_id, id),
    FOREIGN KEY (into_person_id, into_id) REFERENCES appeal (person_id, id),
    FOREIGN KEY (calendar, calendar_version) REFERENCES calendar (code, version),
    CHECK (approved_by_id IS NULL OR approved_by_id <> drafted_by_id),
    CHECK (answered IS NULL OR worked_days IS NOT NULL)
) CLUSTERED;
CREATE UNIQUE INDEX appeal_serial ON appeal (serial);
-- is_open at the end: so that open appeals are counted without their rows.
CREATE INDEX appeal_by_executor ON appeal (executor_id, due, person_id, id, is_open)
    WHERE is_open = 1;
CREATE INDEX appeal_by_department ON appeal (department, due, person_id, id, is_open)
    WHERE is_open = 1;
CREATE INDEX appeal_by_region ON appeal (region, due, person_id, id, is_open) WHERE is_open = 1;
CREATE INDEX appeal_by_due ON appeal (due, person_id, id, is_open) WHERE is_open = 1;
CREATE INDEX appeal_by_ladder ON appeal (next_at, person_id, id) WHERE is_open = 1;
CREATE INDEX appeal_by_calendar ON appeal (calendar, calendar_version, received, person_id, id)
    WHERE is_open = 1;
CREATE INDEX appeal_by_raised ON appeal (raised_to_id, due, person_id, id, is_open)
    WHERE is_open = 1 AND raised_to_id IS NOT NULL;
CREATE INDEX appeal_merged ON appeal (into_person_id, into_id, person_id, id)
    WHERE into_id IS NOT NULL;
-- All that figures need, so that a year is one scan of what it holds; not the state, which every step
-- changes.
CREATE INDEX appeal_by_receipt ON appeal (received, month, channel, category, region, department,
    is_open, into_id, due, answered, worked_days);

-- Who signed besides the applicant: somebody of the portal, or a name that was typed from paper.
CREATE TABLE appeal_signatory (
    person_id ID NOT NULL,
    appeal_id ID NOT NULL,
    sequence INT NOT NULL,
    signer_id ID REFERENCES person (id),
    sealed_name BLOB,
    at TIME NOT NULL,
    PRIMARY KEY (person_id, appeal_id, sequence),
    FOREIGN KEY (person_id, appeal_id) REFERENCES appeal (person_id, id),
    CHECK (signer_id IS NULL OR sealed_name IS NULL),
    CHECK (signer_id IS NOT NULL OR sealed_name IS NOT NULL),
    CHECK (signer_id <> person_id)
) CLUSTERED;
CREATE UNIQUE INDEX appeal_signatory_by_signer ON appeal_signatory (signer_id, appeal_id)
    WHERE signer_id IS NOT NULL;

-- What was written in a step, sealed under the key of the person.
CREATE TABLE appeal_text (
    person_id ID NOT NULL,
    appeal_id ID NOT NULL,
    sequence INT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (person_id, appeal_id, sequence),
    FOREIGN KEY (person_id, appeal_id) REFERENCES appeal (person_id, id)
) CLUSTERED;

-- What was put beside a step: type by content, size of the content. Name and content are sealed.
CREATE TABLE appeal_file (
    person_id ID NOT NULL,
    appeal_id ID NOT NULL,
    sequence INT NOT NULL,
    sealed_name BLOB NOT NULL,
    type TEXT NOT NULL,
    size INT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (person_id, appeal_id, sequence),
    FOREIGN KEY (person_id, appeal_id) REFERENCES appeal (person_id, id)
) CLUSTERED;

-- What somebody has begun to write in a form, sealed under their own key.
CREATE TABLE appeal_draft (
    person_id ID NOT NULL REFERENCES person (id),
    form TEXT NOT NULL,
    sealed BLOB NOT NULL,
    changed TIME NOT NULL,
    PRIMARY KEY (person_id, form)
) CLUSTERED;

-- Hashes of what an appeal says: those that say nearly the same share one, most likely.
CREATE TABLE appeal_band (
    band INT NOT NULL,
    appeal_id ID NOT NULL,
    person_id ID NOT NULL,
    PRIMARY KEY (band, appeal_id),
    FOREIGN KEY (person_id, appeal_id) REFERENCES appeal (person_id, id)
) CLUSTERED;
CREATE INDEX appeal_band_by_appeal ON appeal_band (person_id, appeal_id);

-- What everybody may read, as a clerk wrote it; nothing here tells whose it was but the id.
CREATE TABLE appeal_publication (
    appeal_id ID NOT NULL PRIMARY KEY,
    category TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    published TIME NOT NULL
) CLUSTERED;
CREATE INDEX appeal_publication_by_time ON appeal_publication (published, appeal_id);
CREATE INDEX appeal_publication_by_category ON appeal_publication (category, published, appeal_id);

-- Words of appeals, folded; rowid is the serial.
-- engine sqlite
CREATE VIRTUAL TABLE appeal_words USING fts5 (words, detail = none, columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 0');
-- engine postgresql
CREATE TABLE appeal_words (rowid bigint PRIMARY KEY, words tsvector NOT NULL);
CREATE INDEX appeal_words_by_word ON appeal_words USING gin (words);
-- engine all

-- What somebody owes, in minor units. paid: what it took of what was captured; refunded: of that, what went
-- back or is on its way. action: what its application does once nothing is due.
CREATE TABLE invoice (
    person_id ID NOT NULL REFERENCES person (id),
    id ID NOT NULL,
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id ID NOT NULL,
    title JSON NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount INT NOT NULL CHECK (amount > 0),
    waived INT NOT NULL CHECK (waived >= 0),
    paid INT NOT NULL CHECK (paid >= 0),
    refunded INT NOT NULL CHECK (refunded >= 0),
    state TEXT NOT NULL CHECK (state IN ('open', 'settled', 'cancelled')),
    is_live BOOL NOT NULL,
    due DATE,
    created TIME NOT NULL,
    changed TIME NOT NULL,
    application_id ID,
    action TEXT,
    by_id ID,
    PRIMARY KEY (person_id, id),
    CHECK (waived + paid <= amount),
    CHECK (refunded <= paid),
    CHECK ((state = 'settled') = (is_live = 1 AND waived + paid = amount)),
    CHECK ((state = 'cancelled') = (is_live = 0)),
    CHECK (state <> 'cancelled' OR paid = 0)
) CLUSTERED;
CREATE UNIQUE INDEX invoice_live ON invoice (person_id, kind, subject_id) WHERE is_live = 1;
CREATE INDEX invoice_by_state ON invoice (state, created, person_id, id);

-- A visit to the provider's page: its order. is_open: the payer may be there; is_watched: the provider is still
-- asked about it.
CREATE TABLE payment_intent (
    person_id ID NOT NULL,
    id ID NOT NULL,
    invoice_id ID NOT NULL,
    currency TEXT NOT NULL,
    amount INT NOT NULL CHECK (amount > 0),
    state TEXT NOT NULL CHECK (state IN ('open', 'captured', 'refused', 'expired', 'replaced')),
    is_open BOOL NOT NULL,
    is_watched BOOL NOT NULL,
    ask_at TIME NOT NULL,
    created TIME NOT NULL,
    expires TIME NOT NULL,
    by_id ID NOT NULL,
    PRIMARY KEY (person_id, id),
    FOREIGN KEY (person_id, invoice_id) REFERENCES invoice (person_id, id),
    CHECK ((state = 'open') = (is_open = 1))
) CLUSTERED;
CREATE UNIQUE INDEX payment_intent_open ON payment_intent (person_id, invoice_id) WHERE is_open = 1;
CREATE INDEX payment_intent_by_invoice ON payment_intent (person_id, invoice_id, id);
CREATE INDEX payment_intent_watched ON payment_intent (ask_at, person_id, id) WHERE is_watched = 1;

-- Money that the provider took; its id of it is a claim too. applied: what the invoice took; the rest pays
-- nothing. refunded and returned: what of the one and of the other went back or is on its way.
CREATE TABLE payment_capture (
    person_id ID NOT NULL,
    id ID NOT NULL,
    intent_id ID NOT NULL,
    invoice_id ID NOT NULL,
    payment TEXT NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount INT NOT NULL CHECK (amount > 0),
    applied INT NOT NULL,
    refunded INT NOT NULL CHECK (refunded >= 0),
    returned INT NOT NULL CHECK (returned >= 0),
    at TIME NOT NULL,
    noted TIME NOT NULL,
    PRIMARY KEY (person_id, id),
    FOREIGN KEY (person_id, intent_id) REFERENCES payment_intent (person_id, id),
    FOREIGN KEY (person_id, invoice_id) REFERENCES invoice (person_id, id),
    CHECK (applied >= 0 AND applied <= amount),
    CHECK (refunded <= applied),
    CHECK (returned <= amount - applied)
) CLUSTERED;
CREATE INDEX payment_capture_by_invoice ON payment_capture (invoice_id, id);
CREATE INDEX payment_capture_by_time ON payment_capture (at, person_id, id);

-- Money on its way back. source: what it was before, applied to the invoice or owed by nobody.
CREATE TABLE payment_refund (
    person_id ID NOT NULL,
    id ID NOT NULL,
    invoice_id ID NOT NULL,
    capture_id ID NOT NULL,
    payment TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount INT NOT NULL CHECK (amount > 0),
    source TEXT NOT NULL CHECK (source IN ('income', 'credit')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    is_waiting BOOL NOT NULL,
    send_at TIME NOT NULL,
    attempts INT NOT NULL,
    is_automatic BOOL NOT NULL,
    reason TEXT,
    by_id ID,
    created TIME NOT NULL,
    changed TIME NOT NULL,
    at TIME,
    PRIMARY KEY (person_id, id),
    FOREIGN KEY (person_id, capture_id) REFERENCES payment_capture (person_id, id),
    CHECK ((state = 'waiting') = (is_waiting = 1)),
    CHECK (state <> 'done' OR at IS NOT NULL)
) CLUSTERED;
CREATE INDEX payment_refund_by_invoice ON payment_refund (invoice_id, id);
CREATE INDEX payment_refund_waiting ON payment_refund (send_at, person_id, id) WHERE is_waiting = 1;
CREATE INDEX payment_refund_by_time ON payment_refund (at, person_id, id);

-- The ledger: from one account to another, so that nothing is ever out of balance. Never changed.
CREATE TABLE ledger_transfer (
    person_id ID NOT NULL,
    id ID NOT NULL,
    invoice_id ID NOT NULL,
    transaction_id ID NOT NULL,
    at TIME NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN
        ('invoice', 'waiver', 'cancel', 'capture', 'refund', 'refunded', 'refund_failed')),
    debit TEXT NOT NULL CHECK (debit IN
        ('receivable', 'income', 'waiver', 'provider', 'credit', 'refunding')),
    credit TEXT NOT NULL CHECK (credit IN
        ('receivable', 'income', 'waiver', 'provider', 'credit', 'refunding')),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    amount INT NOT NULL CHECK (amount > 0),
    reason TEXT,
    by_id ID,
    PRIMARY KEY (person_id, id),
    FOREIGN KEY (person_id, invoice_id) REFERENCES invoice (person_id, id),
    CHECK (debit <> credit)
) CLUSTERED;
CREATE INDEX ledger_transfer_by_invoice ON ledger_transfer (invoice_id, id);

-- What provider and ledger do not say alike, once each.
CREATE TABLE payment_difference (
    id ID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    person_id ID,
    invoice_id ID,
    currency TEXT,
    expected INT NOT NULL,
    found INT NOT NULL,
    is_open BOOL NOT NULL,
    noted TIME NOT NULL,
    closed TIME,
    note TEXT,
    by_id ID,
    UNIQUE (kind, reference)
) CLUSTERED;
CREATE INDEX payment_difference_by_state ON payment_difference (is_open, noted, id);

CREATE TABLE payment_day (
    day DATE NOT NULL PRIMARY KEY,
    at TIME NOT NULL,
    facts INT NOT NULL,
    recovered INT NOT NULL,
    differences INT NOT NULL
) CLUSTERED;

-- Keys of the provider's signatures; sealed under the portal's.
CREATE TABLE payment_key (
    kid TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL CHECK (algorithm IN ('hmac-sha256', 'ed25519')),
    sealed BLOB NOT NULL,
    since TIME NOT NULL,
    until TIME
) CLUSTERED;

-- ---- services that run on their definition ----

-- What one applies for; its title is that of its subject. round_id: the offering it lies in. A service
-- without offerings has one of itself, with the code ''. days: of the week in times, a bit each from Monday. queued: numbers given out on its list.
CREATE TABLE offering (
    id ID NOT NULL PRIMARY KEY REFERENCES subject (id),
    service TEXT NOT NULL,
    code TEXT NOT NULL,
    round_id ID REFERENCES offering (id),
    follows_id ID UNIQUE REFERENCES offering (id),
    institution TEXT REFERENCES institution (code),
    region TEXT REFERENCES region (code),
    begins DATE,
    ends DATE,
    opens TIME NOT NULL,
    closes TIME NOT NULL,
    is_published BOOL NOT NULL,
    by_round BOOL NOT NULL,
    places INT,
    taken INT NOT NULL CHECK (taken >= 0),
    waiting INT NOT NULL CHECK (waiting >= 0),
    queued INT NOT NULL,
    age_from INT NOT NULL,
    age_until INT NOT NULL,
    grade_from INT NOT NULL,
    grade_to INT NOT NULL,
    times JSON NOT NULL,
    attributes JSON NOT NULL,
    documents JSON NOT NULL,
    created TIME NOT NULL,
    direction TEXT,
    days INT NOT NULL,
    UNIQUE (service, code),
    CHECK (opens < closes),
    CHECK (begins IS NULL OR ends IS NULL OR begins <= ends),
    CHECK (follows_id IS NULL OR follows_id <> id),
    CHECK (places IS NULL OR taken <= places)
) CLUSTERED;
CREATE INDEX offering_by_service ON offering (service, closes, id);
CREATE INDEX offering_by_direction ON offering (service, direction, closes, id);
CREATE INDEX offering_by_round ON offering (round_id, closes, id);
CREATE INDEX offering_by_institution ON offering (institution, service, closes, id);
CREATE INDEX offering_by_region ON offering (region, service, closes, id);

-- What is not submitted yet; application_id: what it corrects. is_staffs: of who acts for somebody by
-- their work, and seen by nobody else.
CREATE TABLE draft (
    person_id ID NOT NULL REFERENCES person (id),
    id ID NOT NULL,
    service TEXT NOT NULL,
    service_version INT NOT NULL,
    offering_id ID NOT NULL REFERENCES offering (id),
    application_id ID,
    by_id ID NOT NULL,
    is_staffs BOOL NOT NULL,
    sealed BLOB NOT NULL,
    changed TIME NOT NULL,
    PRIMARY KEY (person_id, id)
) CLUSTERED;
CREATE UNIQUE INDEX draft_own ON draft (person_id, offering_id) WHERE is_staffs = 0;
CREATE UNIQUE INDEX draft_of_staff ON draft (person_id, offering_id, by_id) WHERE is_staffs = 1;

-- What the engine keeps of an application of such a service. region, institution: whose work it is.
-- queue: number on the offering's list, while it waits. may_move: gets a place that is wanted more. next_at: when the clock has something to do.
-- decided: when it came to a place or to an end, unless the applicant ended it. is_late: was in a state longer than
-- its deadline, where nothing happens by itself then.
CREATE TABLE request (
    person_id ID NOT NULL,
    id ID NOT NULL,
    service TEXT NOT NULL,
    offering_id ID NOT NULL REFERENCES offering (id),
    institution TEXT,
    region TEXT,
    state TEXT NOT NULL,
    is_open BOOL NOT NULL,
    entered TIME NOT NULL,
    submitted TIME NOT NULL,
    revision INT NOT NULL,
    sort_name TEXT NOT NULL,
    assignee_id ID REFERENCES person (id),
    holds_place BOOL NOT NULL,
    is_waiting BOOL NOT NULL,
    may_move BOOL NOT NULL,
    queue INT,
    calendar TEXT,
    calendar_version INT,
    due TIME NOT NULL,
    next_at TIME NOT NULL,
    is_warned BOOL NOT NULL,
    decided TIME,
    is_late BOOL NOT NULL,
    PRIMARY KEY (person_id, id),
    FOREIGN KEY (person_id, id) REFERENCES application (person_id, id),
    CHECK (is_waiting = 0 OR queue IS NOT NULL),
    CHECK (holds_place + is_waiting <= 1),
    CHECK (may_move <= holds_place)
) CLUSTERED;
CREATE INDEX request_open ON request (service, entered, person_id, id) WHERE is_open = 1;
CREATE INDEX request_open_by_offering ON request (offering_id, entered, person_id, id) WHERE is_open = 1;
CREATE INDEX request_open_by_institution ON request (institution, service, entered, person_id, id)
    WHERE is_open = 1;
CREATE INDEX request_open_by_region ON request (region, service, entered, person_id, id) WHERE is_open = 1;
CREATE INDEX request_by_state ON request (service, state, entered, person_id, id);
CREATE INDEX request_by_offering ON request (offering_id, state, entered, person_id, id);
CREATE INDEX request_by_assignee ON request (assignee_id, entered, person_id, id) WHERE is_open = 1;
CREATE UNIQUE INDEX request_queue ON request (offering_id, queue) WHERE is_waiting = 1;
CREATE INDEX request_by_calendar ON request (calendar, calendar_version, person_id, id) WHERE is_open = 1;
CREATE INDEX request_clock ON request (next_at, person_id, id) WHERE is_open = 1;
-- All that statistics need, so that a period is one scan of what it holds.
CREATE INDEX request_by_submission ON request (service, submitted, offering_id, institution, region, state,
    is_open, due, decided, is_late);

-- Whether who holds a place has got one of the offering that follows; once only. refused: why not.
CREATE TABLE carried (
    person_id ID NOT NULL,
    request_id ID NOT NULL,
    offering_id ID NOT NULL REFERENCES offering (id),
    next_id ID,
    refused TEXT,
    PRIMARY KEY (person_id, request_id),
    FOREIGN KEY (person_id, request_id) REFERENCES request (person_id, id),
    FOREIGN KEY (person_id, next_id) REFERENCES request (person_id, id),
    CHECK (next_id IS NOT NULL OR refused IS NOT NULL)
) CLUSTERED;

-- What was submitted, and what it was submitted again as.
CREATE TABLE request_form (
    person_id ID NOT NULL,
    request_id ID NOT NULL,
    revision INT NOT NULL,
    sealed BLOB NOT NULL,
    asked JSON,
    PRIMARY KEY (person_id, request_id, revision),
    FOREIGN KEY (person_id, request_id) REFERENCES request (person_id, id)
) CLUSTERED;

-- Of an offering's round, in the order of preference, from 1.
CREATE TABLE request_choice (
    person_id ID NOT NULL,
    request_id ID NOT NULL,
    choice INT NOT NULL,
    offering_id ID NOT NULL REFERENCES offering (id),
    PRIMARY KEY (person_id, request_id, choice),
    UNIQUE (person_id, request_id, offering_id),
    FOREIGN KEY (person_id, request_id) REFERENCES request (person_id, id)
) CLUSTERED;
CREATE INDEX request_choice_by_offering ON request_choice (offering_id, person_id, request_id);

-- A document that somebody gave for an application. hash: of what is sealed; sealed: NULL where it is
-- the file of that name in the folder of documents.
CREATE TABLE document (
    person_id ID NOT NULL REFERENCES person (id),
    id ID NOT NULL,
    kind TEXT NOT NULL,
    sealed_name BLOB NOT NULL,
    type TEXT NOT NULL,
    size INT NOT NULL CHECK (size > 0),
    hash TEXT NOT NULL,
    added TIME NOT NULL,
    sealed BLOB,
    PRIMARY KEY (person_id, id)
) CLUSTERED;
CREATE UNIQUE INDEX document_by_hash ON document (hash);

-- Of a draft, and of what was submitted: one document for all that name it.
CREATE TABLE draft_document (
    person_id ID NOT NULL,
    draft_id ID NOT NULL,
    document_id ID NOT NULL,
    PRIMARY KEY (person_id, draft_id, document_id),
    FOREIGN KEY (person_id, draft_id) REFERENCES draft (person_id, id),
    FOREIGN KEY (person_id, document_id) REFERENCES document (person_id, id)
) CLUSTERED;

CREATE TABLE request_document (
    person_id ID NOT NULL,
    request_id ID NOT NULL,
    revision INT NOT NULL,
    document_id ID NOT NULL,
    PRIMARY KEY (person_id, request_id, revision, document_id),
    FOREIGN KEY (person_id, request_id) REFERENCES request (person_id, id),
    FOREIGN KEY (person_id, document_id) REFERENCES document (person_id, id)
) CLUSTERED;

-- What was written with a step: a reason, what is to be corrected, a note.
CREATE TABLE request_text (
    person_id ID NOT NULL,
    request_id ID NOT NULL,
    sequence INT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (person_id, request_id, sequence),
    FOREIGN KEY (person_id, request_id) REFERENCES request (person_id, id)
) CLUSTERED;

-- Judging the applications for an offering. commitment: hash of the seed's digits. is_drawn: the seed is the
-- portal's. service_version: of the definition by which it was ranked.
CREATE TABLE offering_round (
    offering_id ID NOT NULL PRIMARY KEY REFERENCES offering (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'proposed', 'confirming', 'confirmed')),
    commitment TEXT NOT NULL,
    is_drawn BOOL NOT NULL,
    seed TEXT,
    service_version INT,
    candidates INT NOT NULL,
    ranked INT NOT NULL,
    given INT NOT NULL,
    proposed_by ID,
    proposed TIME,
    confirmed_by ID,
    confirmed TIME,
    CHECK (confirmed_by IS NULL OR confirmed_by <> proposed_by)
) CLUSTERED;

-- Of an application in the ranking; behind those that are ranked, those that did not pass. Once for each
-- application, so that none is given two places. given_id: the offering whose place it is to get, or has.
CREATE TABLE round_row (
    person_id ID NOT NULL,
    request_id ID NOT NULL,
    offering_id ID NOT NULL REFERENCES offering_round (offering_id),
    position INT NOT NULL,
    place INT NOT NULL,
    shared INT NOT NULL,
    number TEXT NOT NULL,
    failed TEXT,
    behind INT NOT NULL,
    ahead INT NOT NULL,
    key_values JSON NOT NULL,
    lottery TEXT,
    revision INT NOT NULL,
    state TEXT NOT NULL,
    given_id ID REFERENCES offering (id),
    choice INT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('given', 'waiting', 'ranked', 'not_passed', 'gone')),
    is_done BOOL NOT NULL,
    PRIMARY KEY (person_id, request_id),
    FOREIGN KEY (person_id, request_id) REFERENCES request (person_id, id)
) CLUSTERED;
CREATE UNIQUE INDEX round_row_by_position ON round_row (offering_id, position);
CREATE INDEX round_row_undone ON round_row (offering_id, position) WHERE is_done = 0;
CREATE INDEX round_row_given ON round_row (given_id, position);

-- Sheets as they were filled in, the former ones too. member_id: of the panel; nobody's id where a clerk did.
CREATE TABLE score (
    person_id ID NOT NULL,
    request_id ID NOT NULL,
    sheet TEXT NOT NULL,
    member_id ID NOT NULL,
    revision INT NOT NULL,
    total INT NOT NULL CHECK (total >= 0),
    key_values JSON NOT NULL,
    sealed_comment BLOB,
    by_id ID NOT NULL,
    at TIME NOT NULL,
    is_current BOOL NOT NULL,
    PRIMARY KEY (person_id, request_id, sheet, member_id, revision),
    FOREIGN KEY (person_id, request_id) REFERENCES request (person_id, id)
) CLUSTERED;
CREATE UNIQUE INDEX score_current ON score (person_id, request_id, sheet, member_id) WHERE is_current = 1;

-- Who scores the applications for an offering, each with those assigned to them.
CREATE TABLE panel_member (
    offering_id ID NOT NULL REFERENCES offering_round (offering_id),
    person_id ID NOT NULL REFERENCES person (id),
    is_blind BOOL NOT NULL, -- has a sheet that is scored without knowing whose the work is
    since TIME NOT NULL,
    by_id ID NOT NULL,
    PRIMARY KEY (offering_id, person_id)
) CLUSTERED;

-- Who must not score what, besides what follows from the registers.
CREATE TABLE panel_conflict (
    person_id ID NOT NULL,
    request_id ID NOT NULL,
    member_id ID NOT NULL,
    by_id ID NOT NULL,
    at TIME NOT NULL,
    PRIMARY KEY (person_id, request_id, member_id),
    FOREIGN KEY (person_id, request_id) REFERENCES request (person_id, id)
) CLUSTERED;

-- A sheet that a member is to fill in. work_id: random, by which the member knows it and learns nothing.
CREATE TABLE panel_task (
    person_id ID NOT NULL,
    request_id ID NOT NULL,
    sheet TEXT NOT NULL,
    member_id ID NOT NULL,
    work_id ID NOT NULL,
    offering_id ID NOT NULL,
    assigned TIME NOT NULL,
    is_scored BOOL NOT NULL,
    PRIMARY KEY (person_id, request_id, sheet, member_id),
    FOREIGN KEY (offering_id, member_id) REFERENCES panel_member (offering_id, person_id),
    FOREIGN KEY (person_id, request_id) REFERENCES request (person_id, id)
) CLUSTERED;
CREATE INDEX panel_task_by_member ON panel_task (member_id, is_scored, work_id);
CREATE UNIQUE INDEX panel_task_by_work ON panel_task (member_id, work_id);
CREATE INDEX panel_task_by_offering ON panel_task (offering_id, sheet, member_id);

-- Who is to come when and where.
CREATE TABLE slot (
    id ID NOT NULL PRIMARY KEY,
    offering_id ID NOT NULL REFERENCES offering_round (offering_id),
    kind TEXT NOT NULL,
    starts TIME NOT NULL,
    ends TIME NOT NULL,
    venue TEXT NOT NULL,
    places INT NOT NULL,
    taken INT NOT NULL CHECK (taken >= 0),
    CHECK (starts < ends),
    CHECK (taken <= places)
) CLUSTERED;
CREATE INDEX slot_by_offering ON slot (offering_id, kind, starts, id);

-- starts, ends: those of the slot, as nobody is to be in two at one time.
CREATE TABLE slot_seat (
    person_id ID NOT NULL,
    request_id ID NOT NULL,
    kind TEXT NOT NULL,
    slot_id ID NOT NULL REFERENCES slot (id),
    starts TIME NOT NULL,
    ends TIME NOT NULL,
    PRIMARY KEY (person_id, request_id, kind),
    FOREIGN KEY (person_id, request_id) REFERENCES request (person_id, id)
) CLUSTERED;
CREATE INDEX slot_seat_by_slot ON slot_seat (slot_id, person_id, request_id);

-- ---- tuition ----

-- What a year costs, in minor units of the currency that the service's definition names.
CREATE TABLE tuition_fee (
    offering_id ID NOT NULL REFERENCES offering (id),
    funding TEXT NOT NULL,
    amount INT NOT NULL CHECK (amount >= 0),
    changed TIME NOT NULL,
    by_id ID NOT NULL,
    PRIMARY KEY (offering_id, funding)
) CLUSTERED;

-- What an application says of it. funding: NULL until it is known who pays; concession: NULL where none is
-- claimed; decision: NULL while it waits.
CREATE TABLE request_tuition (
    person_id ID NOT NULL,
    request_id ID NOT NULL,
    funding TEXT,
    concession TEXT,
    decision TEXT CHECK (decision IN ('accepted', 'refused')),
    decided TIME,
    decided_by ID,
    PRIMARY KEY (person_id, request_id),
    FOREIGN KEY (person_id, request_id) REFERENCES request (person_id, id),
    CHECK (decision IS NULL OR concession IS NOT NULL)
) CLUSTERED;

-- ---- admission ----

-- Whom an examination body admitted: by a list once a person and year, to a programme (an offering) once a
-- person. progress: how far they have come, by the state of their application. until: in place of the end of the
-- offering's window, where it is later. score: hundredths.
CREATE TABLE admission (
    person_id ID NOT NULL REFERENCES person (id),
    id ID NOT NULL,
    service TEXT NOT NULL,
    list TEXT NOT NULL,
    year INT NOT NULL,
    offering_id ID NOT NULL REFERENCES offering (id),
    institution TEXT NOT NULL REFERENCES institution (code),
    level TEXT NOT NULL,
    funding TEXT NOT NULL,
    score INT,
    progress TEXT NOT NULL CHECK (progress IN
        ('admitted', 'registered', 'paid', 'confirmed', 'absent', 'withdrawn')),
    is_live BOOL NOT NULL,
    request_id ID,
    until TIME,
    sort_name TEXT NOT NULL,
    version INT NOT NULL,
    changed TIME NOT NULL,
    PRIMARY KEY (person_id, id),
    UNIQUE (person_id, service, list, year),
    FOREIGN KEY (person_id, request_id) REFERENCES request (person_id, id),
    CHECK ((progress = 'withdrawn') = (is_live = 0))
) CLUSTERED;
CREATE UNIQUE INDEX admission_live ON admission (person_id, offering_id) WHERE is_live = 1;
CREATE INDEX admission_by_offering ON admission (offering_id, sort_name, person_id, id);
CREATE INDEX admission_by_offering_at ON admission (offering_id, progress, sort_name, person_id, id);
CREATE INDEX admission_by_institution ON admission (institution, service, year, sort_name, person_id, id);
CREATE INDEX admission_by_institution_at ON admission
    (institution, service, year, progress, sort_name, person_id, id);
CREATE INDEX admission_by_year ON admission (service, year, sort_name, person_id, id);
CREATE INDEX admission_by_year_at ON admission (service, year, progress, sort_name, person_id, id);

CREATE TABLE admission_change (
    person_id ID NOT NULL,
    admission_id ID NOT NULL,
    version INT NOT NULL,
    at TIME NOT NULL,
    by_id ID NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('import', 'absent', 'reopen')),
    reason TEXT,
    data JSON NOT NULL,
    PRIMARY KEY (person_id, admission_id, version),
    FOREIGN KEY (person_id, admission_id) REFERENCES admission (person_id, id)
) CLUSTERED;

-- What services tell everybody.
CREATE TABLE announcement (
    id ID NOT NULL PRIMARY KEY,
    service TEXT NOT NULL,
    offering_id ID REFERENCES offering (id),
    title JSON NOT NULL,
    body JSON NOT NULL,
    published TIME NOT NULL,
    until TIME,
    changed TIME NOT NULL,
    version INT NOT NULL,
    is_withdrawn BOOL NOT NULL,
    CHECK (until IS NULL OR published < until)
) CLUSTERED;
CREATE INDEX announcement_by_time ON announcement (published, id) WHERE is_withdrawn = 0;
CREATE INDEX announcement_by_service ON announcement (service, published, id);

CREATE TABLE announcement_seen (
    person_id ID NOT NULL REFERENCES person (id),
    announcement_id ID NOT NULL REFERENCES announcement (id),
    version INT NOT NULL,
    PRIMARY KEY (person_id, announcement_id)
) CLUSTERED;
