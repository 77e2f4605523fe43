-- The outbox: one delivery per recipient, and the reports of those that failed. A report has no copy and no rep's quota.
create table deliveries (
    id             integer primary key autoincrement,
    copy_id        bigint unique references copies (id),
    message_id     bigint not null references messages (id),
    rep_id         bigint not null references reps (id),
    kind           text   not null check (kind in ('copy', 'report')),
    sender         text   not null,
    recipient      text   not null,
    state          text   not null check (state in ('queued', 'sent', 'failed', 'cancelled', 'bounced')),
    attempts       bigint not null default 0,
    created_at_ms  bigint not null,
    due_at_ms      bigint not null,
    give_up_at_ms  bigint not null,
    claimed_by     bigint,
    claimed_until_ms bigint,
    status         text,
    answer         text,
    sent_at_ms     bigint,
    ended_at_ms    bigint
);
create index deliveries_due on deliveries (due_at_ms) where state = 'queued';
create index deliveries_rep_sent on deliveries (rep_id, sent_at_ms);
create index deliveries_message on deliveries (message_id);

-- The mail itself, byte for byte, only until its delivery has ended.
create table delivery_mails (
    delivery_id    bigint primary key references deliveries (id),
    mime           blob not null
);

-- When this copy left; a message's own time is that of its first copy.
alter table copies add column sent_at_ms bigint;

-- What came back. Nothing of the text is kept: which copy it answers, when, how that is known, and until when somebody is away.
create table answers (
    id             integer primary key autoincrement,
    mail_hash      text   not null unique,
    kind           text   not null check (kind in ('reply', 'away', 'auto', 'bounce', 'delayed')),
    tie            text   not null,
    certain        bigint not null,
    copy_id        bigint not null references copies (id),
    message_id     bigint not null references messages (id),
    prospect_id    bigint not null references prospects (id),
    rep_id         bigint not null references reps (id),
    at_ms          bigint not null,
    until_ms       bigint,
    status         text
);
create index answers_prospect on answers (prospect_id, id);

-- How far each watched mailbox was read.
create table answer_mailboxes (
    name           text   primary key,
    uid_validity   bigint not null,
    last_uid       bigint not null
);

create index messages_mail_id on messages (mail_message_id);
