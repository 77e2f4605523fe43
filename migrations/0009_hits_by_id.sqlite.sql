-- Only "integer primary key" makes SQLite order a table by its key. With "bigint" every hit had a hidden number of its own and stood in an index besides: 17 bytes more,
-- and two searches for every step along a copy's chain.
create table hits_by_id (
    id             integer primary key,
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
    rules_version  bigint not null,
    other_copies   bigint not null default 0
);
insert into hits_by_id (id, copy_id, previous_id, at_ms, kind, link, method, client_id, network_id, source_prefix, source_hash, own_visit, verdict, confidence, reason_id,
                        rules_version, other_copies)
select id, copy_id, previous_id, at_ms, kind, link, method, client_id, network_id, source_prefix, source_hash, own_visit, verdict, confidence, reason_id,
       rules_version, other_copies from hits order by id;
drop table hits;
alter table hits_by_id rename to hits;
