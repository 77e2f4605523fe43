-- How many other people's copies the same source fetched within seconds: seen at receipt only, so it is kept.
alter table hits add column other_copies bigint not null default 0;

-- Marked by the mail's author as invisible to people: whoever follows it is a machine.
alter table links add column honeypot bigint not null default 0;

-- A copy's hits, counted, so that nobody walks them to show "3 people, 12 automatic". Seen opens are those that a person may have made;
-- when there are none but Apple's, opens of this recipient cannot be seen.
alter table copies add column human_hits bigint not null default 0;
alter table copies add column automatic_hits bigint not null default 0;
alter table copies add column unknown_hits bigint not null default 0;
alter table copies add column seen_opens bigint not null default 0;
alter table copies add column apple_opens bigint not null default 0;
alter table copies add column forwarded_at_ms bigint;

-- What the prompt was raised on, kept beside the rep's "right" or "wrong alarm".
alter table prompts add column rule text not null default '';
alter table prompts add column evidence text not null default '{}';

-- When the gateways of a company scanned: one row a scanned copy, the latest few dozen a company.
create table company_scans (
    copy_id        bigint primary key,
    company_id     bigint not null references companies (id),
    delay_ms       bigint not null
);
create index company_scans_company on company_scans (company_id, copy_id);

update copies set human_hits = c.human, automatic_hits = c.automatic, unknown_hits = c.unknown, seen_opens = c.seen, apple_opens = c.apple
from (
    select h.copy_id, sum(case when h.verdict = 1 then 1 else 0 end) as human, sum(case when h.verdict = 2 then 1 else 0 end) as automatic,
           sum(case when h.verdict in (0, 3) then 1 else 0 end) as unknown,
           sum(case when h.kind = 0 and h.verdict <> 2 and k.user_agent <> 'Mozilla/5.0' then 1 else 0 end) as seen,
           sum(case when h.kind = 0 and k.user_agent = 'Mozilla/5.0' then 1 else 0 end) as apple
    from hits h join clients k on k.id = h.client_id group by h.copy_id) c
where copies.id = c.copy_id;
