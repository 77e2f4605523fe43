-- Which data folder feeds this database under which node number: two under one number would take their hits for each other's.
create table nodes (
    node           bigint primary key,
    folder_id      text   not null,
    claimed_at_ms  bigint not null
);

-- The keys whose links are out, by fingerprint, so that a data folder with other keys is noticed before it answers them with 404.
create table signing_keys (
    key_id         bigint primary key,
    fingerprint    text   not null,
    seen_at_ms     bigint not null
);

-- What the request made, written with it: a repeat after a crash finds it instead of making it again, and the mail need not be kept.
alter table idempotent_requests add column message_id bigint;

-- Decisions about links that are out, so that every server on this database learns of them; each server acts on its own file.
create table link_rules (
    name           text   primary key,
    at_ms          bigint not null,
    resumed        bigint not null,
    content        text   not null
);
