-- What a rep wishes for their mail; null leaves it to the settings.
create table rep_options (
    rep_id           bigint primary key references reps (id),
    track            text check (track in ('both', 'opens', 'clicks', 'off')),
    plain_text_links bigint,
    calendar_invites bigint,
    opt_out_footer   text,
    tracking_url     text,
    changed_at_ms    bigint not null
);

-- What was put into this message, and where its links lead: they are made again when it is read. Null in messages from before.
alter table messages add column track text;
alter table messages add column plain_text_links bigint;
alter table messages add column calendar_invites bigint;
alter table messages add column opt_out_footer text;
alter table messages add column tracking_url text;
