-- What a rep may see and do, instead of a yes or no: their own prospects, the team's, or everything with the settings.
alter table reps add column role text not null default 'rep' check (role in ('rep', 'manager', 'admin'));
update reps set role = 'admin' where is_admin = 1;
alter table reps drop column is_admin;

-- Who has left: signs in no more, and stays as the owner of what they sent.
alter table reps add column deactivated_at_ms bigint;

-- Networks of the team's own, added on the page. Each server keeps a copy in its data folder for the request path.
create table office_networks (
    network        text   primary key,
    note           text   not null,
    rep_id         bigint references reps (id),
    added_at_ms    bigint not null
);
