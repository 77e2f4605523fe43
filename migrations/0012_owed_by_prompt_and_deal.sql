-- Every telling of a prompt asks for what it left owed, and every touch for what the deal's stage asks for; without these each walks all that was ever owed.
create index obligations_prompt on obligations (prompt_id) where prompt_id is not null;
create index obligations_deal on obligations (deal_id) where settled_at_ms is null;

-- The call list asks who put something off three times; the number is that of the program.
create index obligations_moved on obligations (rep_id) where settled_at_ms is null and moved >= 3;
