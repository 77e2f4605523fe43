-- SQLite's part of this step makes the table ordered by its key. Here a primary key on bigint needs nothing.
comment on table hits is 'Append-only and ordered by id. No secondary index, on purpose.';
