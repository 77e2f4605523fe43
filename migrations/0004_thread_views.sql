-- When a rep had a mail's thread open: the picture may then have been fetched by the rep's own mailbox. Kept a day.
create table thread_views (
    message_id     bigint not null references messages (id),
    from_ms        bigint not null,
    to_ms          bigint not null
);
create index thread_views_message on thread_views (message_id);
