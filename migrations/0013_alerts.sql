-- What a rep wants to be told of calls by their browser; whether the browser may is its own affair.
create table rep_alerts (
    rep_id             bigint primary key references reps (id),
    notify             bigint not null,
    sound              bigint not null,
    per_hour           bigint not null,
    working_hours_only bigint not null
);
