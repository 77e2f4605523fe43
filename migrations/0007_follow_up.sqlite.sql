-- What is owed gets a source (who put it there, and so what settles it), the deal and planned touch it belongs to, and how often it was moved.
alter table obligations add column source text not null default 'step';
alter table obligations add column deal_id bigint;
alter table obligations add column plan_touch_id bigint;
alter table obligations add column also_kind text;
alter table obligations add column moved bigint not null default 0;
alter table obligations add column first_due_at_ms bigint not null default 0;
alter table obligations add column settled_by text;
update obligations set source = 'missed' where reason like 'missed call:%';
update obligations set first_due_at_ms = due_at_ms;
create index obligations_rep on obligations (rep_id, due_at_ms) where settled_at_ms is null;

-- Where a prospect stands for follow-up, beside their deals. No row: nothing was said yet.
create table follow_ups (
    prospect_id    bigint primary key references prospects (id),
    state          text   not null check (state in ('live', 'parked', 'stopped')),
    since_ms       bigint not null,
    until_ms       bigint,
    reason         text,
    answered_at_ms bigint,
    replied_at_ms  bigint,
    away_until_ms  bigint,
    mail_fails     bigint not null default 0,
    call_days      text,
    call_from_min  bigint,
    call_to_min    bigint,
    call_note      text,
    call_agreed_at_ms bigint,
    objection      text,
    fact_find      text,
    last_touch_at_ms bigint,
    last_touch_kind text
);

create table stage_settings (
    stage          text   primary key,
    hidden         bigint not null
);

-- What a prospect may buy. Its stage is the last of its moves.
create table deals (
    id             integer primary key autoincrement,
    prospect_id    bigint not null references prospects (id),
    rep_id         bigint not null references reps (id),
    title          text,
    value_cents    bigint not null default 0,
    stage          text   not null,
    stage_since_ms bigint not null,
    meeting_at_ms  bigint,
    review_at_ms   bigint,
    review_skipped bigint not null default 0,
    ask_again_at_ms bigint,
    closing_reason text,
    created_at_ms  bigint not null,
    closed_at_ms   bigint
);
create index deals_prospect on deals (prospect_id, id);
create index deals_rep on deals (rep_id, id);

-- History, never overwritten: every move of a deal from one stage to another.
create table deal_moves (
    id             integer primary key autoincrement,
    deal_id        bigint not null references deals (id),
    from_stage     text,
    to_stage       text   not null,
    at_ms          bigint not null,
    rep_id         bigint not null,
    closing_reason text,
    review_skipped bigint not null default 0,
    note           text
);
create index deal_moves_deal on deal_moves (deal_id, id);

create table plans (
    id             integer primary key autoincrement,
    prospect_id    bigint not null references prospects (id),
    rep_id         bigint not null references reps (id),
    deal_id        bigint references deals (id),
    template       text   not null,
    state          text   not null check (state in ('running', 'paused', 'ended')),
    cycle_days     double precision not null,
    started_at_ms  bigint not null,
    paused_until_ms bigint,
    pause_reason   text,
    ended_at_ms    bigint,
    end_reason     text
);
create unique index plans_running on plans (prospect_id, rep_id) where state in ('running', 'paused');
create index plans_prospect on plans (prospect_id, id);

-- What was planned stands in planned_…, what it became beside it; what was done is the touch it names.
create table plan_touches (
    id             integer primary key autoincrement,
    plan_id        bigint not null references plans (id),
    planned_kind   text   not null,
    planned_at_ms  bigint not null,
    kind           text   not null,
    also_kind      text,
    due_at_ms      bigint not null,
    reason         text   not null,
    reason_id      bigint,
    state          text   not null check (state in ('planned', 'done', 'skipped')),
    changed        text,
    touch_id       bigint
);
create index plan_touches_plan on plan_touches (plan_id, due_at_ms);

-- What others who know the prospect say; kept with the plan.
create table insights (
    id             integer primary key autoincrement,
    prospect_id    bigint not null references prospects (id),
    plan_id        bigint,
    who            text   not null,
    said           text   not null,
    at_ms          bigint not null
);
create index insights_prospect on insights (prospect_id, id);

-- Every contact, ours or theirs, with what came of it. The stage is the deal's at that time, so that it can be counted later.
create table touches (
    id             integer primary key autoincrement,
    prospect_id    bigint not null references prospects (id),
    rep_id         bigint not null references reps (id),
    deal_id        bigint,
    plan_touch_id  bigint,
    prompt_id      bigint,
    stage          text,
    number         bigint not null,
    kind           text   not null,
    also_kind      text,
    theirs         bigint not null default 0,
    outcome        text   not null,
    answered       bigint not null,
    objection      text,
    answer_id      bigint,
    answer_text    text,
    answer_worked  bigint,
    fact_find      text,
    minutes        bigint,
    note           text,
    reason         text,
    reason_id      bigint,
    guard_rule     text,
    override_reason text,
    hour           bigint not null,
    signal_at_ms   bigint,
    at_ms          bigint not null
);
create index touches_prospect on touches (prospect_id, at_ms);
create index touches_rep on touches (rep_id, at_ms);
create index touches_deal on touches (deal_id);

-- Reasons to get in touch, answers to objections, opening lines, reasons to override the guard: the team's, shipped with a start.
create table bank_entries (
    id             integer primary key autoincrement,
    bank           text   not null,
    topic          text   not null,
    text           text   not null,
    shipped        bigint not null default 0,
    created_at_ms  bigint not null,
    retired_at_ms  bigint,
    unique (bank, text)
);

create table rep_hours (
    rep_id         bigint not null references reps (id),
    weekday        bigint not null,
    from_min       bigint not null,
    to_min         bigint not null,
    primary key (rep_id, weekday)
);
create table rep_zones (
    rep_id         bigint primary key references reps (id),
    time_zone      text   not null
);
create table rep_days_off (
    rep_id         bigint not null references reps (id),
    day            text   not null,
    label          text,
    primary key (rep_id, day)
);

create table referrals (
    id             integer primary key autoincrement,
    prospect_id    bigint not null references prospects (id),
    rep_id         bigint not null references reps (id),
    referrer       text   not null,
    note           text,
    created_at_ms  bigint not null,
    contacted_at_ms bigint,
    thanked_at_ms  bigint
);
create index referrals_prospect on referrals (prospect_id, id);

-- What the prospect promised to send. One may have to come before another.
create table promised_items (
    id             integer primary key autoincrement,
    prospect_id    bigint not null references prospects (id),
    name           text   not null,
    after_id       bigint references promised_items (id),
    promised_at_ms bigint not null,
    received_at_ms bigint
);
create index promised_items_prospect on promised_items (prospect_id, id);

-- Dates that a touch may hang on: contract end, budget, holiday.
create table prospect_dates (
    id             integer primary key autoincrement,
    prospect_id    bigint not null references prospects (id),
    kind           text   not null,
    day            text   not null,
    label          text
);
create index prospect_dates_prospect on prospect_dates (prospect_id, id);

-- Names of links they followed: what interests them. A rep knows of their own mail only.
create table interests (
    prospect_id    bigint not null references prospects (id),
    rep_id         bigint not null references reps (id),
    label          text   not null,
    times          bigint not null,
    last_at_ms     bigint not null,
    primary key (prospect_id, rep_id, label)
);

-- The call list asks for what nobody answered yet, and must not walk a year of answered prompts to find it.
create index prompts_unanswered on prompts (rep_id, state) where state in ('open', 'snoozed', 'expired');

-- Clicks that people made, counted like the other hits of a copy, so that a text's click rate needs no walk through its hits.
alter table copies add column human_clicks bigint not null default 0;
update copies set human_clicks = c.clicks from (select copy_id, count(*) as clicks from hits where verdict = 1 and kind = 1 group by copy_id) c where copies.id = c.copy_id;
