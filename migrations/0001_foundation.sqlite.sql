-- People who sign in, and the ways in.
create table reps (
    id             integer primary key autoincrement,
    email          text   not null unique check (email = lower(email)),
    name           text   not null,
    is_admin       bigint not null default 0,
    created_at_ms  bigint not null
);

-- One-time links; only a hash is kept. No rep yet: the link that makes the first admin.
create table sign_in_links (
    token_hash     text   primary key,
    rep_id         bigint references reps (id),
    expires_at_ms  bigint not null,
    used_at_ms     bigint
);

create table sessions (
    token_hash     text   primary key,
    rep_id         bigint not null references reps (id),
    created_at_ms  bigint not null,
    expires_at_ms  bigint not null
);

-- From where the rep's page is used today: hashes under the day's key, so that the rep's own visits are known and nothing else is.
create table rep_addresses (
    rep_id         bigint not null references reps (id),
    address_hash   bigint not null,
    seen_at_ms     bigint not null,
    primary key (rep_id, address_hash)
);

create table api_keys (
    id             integer primary key autoincrement,
    name           text   not null,
    secret_hash    text   not null unique,
    hint           text   not null,
    scopes         text   not null,
    rep_id         bigint references reps (id),
    created_at_ms  bigint not null,
    last_used_at_ms bigint,
    revoked_at_ms  bigint
);

-- Answers to POSTs with an Idempotency-Key, given again when the same request comes again.
create table idempotent_requests (
    caller         text   not null,
    idempotency_key text  not null,
    request_hash   text   not null,
    started_at_ms  bigint not null,
    status         bigint,
    headers        text,
    body           blob,
    primary key (caller, idempotency_key)
);
create index idempotent_requests_age on idempotent_requests (started_at_ms);

create table companies (
    id             integer primary key autoincrement,
    domain         text   not null unique,
    name           text   not null,
    heat_key       bigint not null,
    last_engaged_at_ms bigint
);
create index companies_heat on companies (heat_key);

-- The sitting_… and look counters sum up the engagements, so that wording a prompt reads one row. All of it can be rebuilt from hits.
create table prospects (
    id             integer primary key autoincrement,
    email          text   not null unique,
    rep_id         bigint references reps (id),
    company_id     bigint references companies (id),
    name           text,
    phone          text,
    company        text,
    time_zone      text,
    external_id    text,
    metadata       text   not null default '{}',
    created_at_ms  bigint not null,
    updated_at_ms  bigint not null,
    muted_at_ms    bigint,
    heat_key       bigint not null,
    last_engaged_at_ms bigint,
    last_hit_id    bigint,
    last_copy_id   bigint,
    last_link      bigint,
    sitting_started_at_ms bigint,
    sitting_looks  bigint not null default 0,
    sitting_clicks bigint not null default 0,
    sittings       bigint not null default 0,
    looks          bigint not null default 0,
    clicks         bigint not null default 0
);
create index prospects_heat on prospects (heat_key);
create index prospects_company on prospects (company_id, heat_key);

-- Which reps write to a prospect, and so see it; with the heat again, so that a rep's own hot list is one ordered index scan too.
create table prospect_reps (
    prospect_id    bigint not null references prospects (id),
    rep_id         bigint not null references reps (id),
    heat_key       bigint not null,
    primary key (prospect_id, rep_id)
);
create index prospect_reps_heat on prospect_reps (rep_id, heat_key);

-- Recipients who do not want to be tracked, by address: it outlives the prospect.
create table refusals (
    email          text   primary key,
    refused_at_ms  bigint not null,
    source         text   not null
);

create table messages (
    id             integer primary key autoincrement,
    rep_id         bigint not null references reps (id),
    kind           text   not null check (kind in ('mail', 'link')),
    subject        text   not null,
    from_address   text,
    mail_message_id text,
    text_fingerprint text not null,
    metadata       text   not null,
    created_at_ms  bigint not null,
    sent_at_ms     bigint,
    muted_at_ms    bigint
);
create index messages_rep on messages (rep_id, id);
create index messages_text on messages (text_fingerprint, rep_id);

create table message_metadata (
    message_id     bigint not null references messages (id),
    name           text   not null,
    value          text   not null,
    primary key (message_id, name)
);
create index message_metadata_value on message_metadata (name, value, message_id);

create table links (
    message_id     bigint not null references messages (id),
    link           bigint not null,
    url            text   not null,
    label          text,
    tracked        bigint not null,
    reason         text,
    primary key (message_id, link)
);

-- A copy's hits are a chain: each names the copy's previous one, the copy its last. No index on hits is needed to walk it.
create table copies (
    id             integer primary key autoincrement,
    token          text   not null unique,
    message_id     bigint not null references messages (id),
    prospect_id    bigint not null references prospects (id),
    recipient      text   not null,
    field          text   not null,
    instrumented   bigint not null,
    reason         text,
    opens_tracked  bigint not null,
    links_tracked  bigint not null,
    last_hit_id    bigint,
    first_hit_at_ms bigint
);
create index copies_message on copies (message_id, id);
create index copies_prospect on copies (prospect_id, id);

-- Dictionaries: each User-Agent with its headers, each known network and each set of reasons stands once, hits name it by number.
create table clients (
    id             integer primary key autoincrement,
    fingerprint    text   not null unique,
    user_agent     text   not null,
    headers        text   not null,
    last_seen_at_ms bigint not null,
    reduced_at_ms  bigint
);
create index clients_age on clients (reduced_at_ms, last_seen_at_ms);

create table networks (
    id             integer primary key autoincrement,
    name           text   not null,
    certainty      bigint not null,
    clicks_only    bigint not null,
    unique (name, certainty, clicks_only)
);

create table reasons (
    id             integer primary key autoincrement,
    texts          text   not null unique
);

-- Append-only and ordered by id. No secondary index, on purpose: one with random keys costs 26 to 56 times the write rate at ten million rows.
create table hits (
    id             bigint primary key,
    copy_id        bigint not null,
    previous_id    bigint,
    at_ms          bigint not null,
    kind           bigint not null,
    link           bigint,
    method         text   not null,
    client_id      bigint not null,
    network_id     bigint,
    source_prefix  text   not null,
    source_hash    bigint not null,
    own_visit      bigint not null,
    verdict        bigint not null,
    confidence     bigint not null,
    reason_id      bigint not null,
    rules_version  bigint not null
);

create table held_hits (
    hit_id         bigint primary key,
    copy_id        bigint not null,
    due_at_ms      bigint not null
);
create index held_hits_due on held_hits (due_at_ms);

-- Journal records that could not be stored: kept for a person to look at, so that one bad record does not stop the rest.
create table hits_set_aside (
    hit_id         bigint primary key,
    set_aside_at_ms bigint not null,
    problem        text   not null,
    payload        blob not null
);

create table checkpoints (
    node           bigint primary key,
    hit_id         bigint not null
);

create table prompts (
    id             integer primary key autoincrement,
    prospect_id    bigint not null references prospects (id),
    rep_id         bigint not null references reps (id),
    message_id     bigint not null references messages (id),
    hit_id         bigint not null,
    state          text   not null check (state in ('open', 'snoozed', 'expired', 'answered', 'dismissed', 'withdrawn')),
    advice         text   not null,
    reasons        text   not null,
    raised_at_ms   bigint not null,
    refreshed_at_ms bigint not null,
    expires_at_ms  bigint not null,
    snoozed_until_ms bigint,
    closed_at_ms   bigint,
    outcome        text,
    note           text,
    minutes        bigint,
    objection      text,
    right_alarm    bigint
);
-- One live prompt per prospect, always: held by the database, whoever writes.
create unique index prompts_live on prompts (prospect_id) where state in ('open', 'snoozed');
create index prompts_prospect on prompts (prospect_id, id);
create index prompts_rep on prompts (rep_id, id);
create index prompts_expiry on prompts (expires_at_ms) where state in ('open', 'snoozed');

-- What is owed to a prospect and until when: the next step of an outcome, or the call that a prompt asked for and nobody made.
create table obligations (
    id             integer primary key autoincrement,
    prospect_id    bigint not null references prospects (id),
    rep_id         bigint not null references reps (id),
    prompt_id      bigint references prompts (id),
    kind           text   not null,
    reason         text   not null,
    due_at_ms      bigint not null,
    created_at_ms  bigint not null,
    settled_at_ms  bigint
);
create index obligations_open on obligations (prospect_id, settled_at_ms);

-- What happened, in the order of commits. Rows with a rep are that rep's; rows without are seen by everyone who writes to the prospect.
create table feed (
    id             integer primary key autoincrement,
    at_ms          bigint not null,
    type           text   not null,
    rep_id         bigint,
    prospect_id    bigint,
    message_id     bigint,
    data           text   not null
);

create table settings_seen (
    name           text   primary key,
    value          text   not null
);
