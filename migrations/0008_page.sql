-- A password is one way to sign in, beside one-time links; without one only links work.
alter table reps add column password_hash text;

-- What a rep needs to recognise their own sessions, and to end one that is not.
alter table sessions add column browser text not null default '';
alter table sessions add column last_seen_at_ms bigint;
create index sessions_rep on sessions (rep_id);
