-- A person's heat changes with each look, and this index moved with it: one page in eighteen that a look writes. A company's people are few; they are sorted when they are asked for.
drop index prospects_company;
create index prospects_company on prospects (company_id);
