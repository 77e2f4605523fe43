-- Accounts that outgoing mail leaves through, set on the page beside those of the settings. The password is sealed with a key that is not in the database.
create table mail_accounts (
    name            text   primary key,
    serves          text   not null, -- addresses and domains, with commas between; empty: everybody else
    host            text   not null,
    port            bigint not null,
    tls             text   not null check (tls in ('starttls', 'tls', 'none')),
    user_name       text   not null,
    sealed_password text   not null, -- empty: none
    rep_id          bigint references reps (id),
    changed_at_ms   bigint not null
);
