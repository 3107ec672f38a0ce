-- A connection without a project is one of the account: environments of all its projects may use it.
alter table connections alter column project_id drop not null;
