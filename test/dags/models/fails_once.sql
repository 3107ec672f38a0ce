{{ config(
    materialized='table',
    pre_hook=[
        {'sql': 'create table if not exists ' ~ target.schema ~ '.attempts (tried_at timestamp)', 'transaction': false},
        {'sql': 'insert into ' ~ target.schema ~ '.attempts values (current_timestamp)', 'transaction': false},
    ]
) }}
-- Every other attempt fails: the first by the job, the second by dbt's retry of it.
select case when count(*) % 2 = 1 then error('this attempt was meant to fail') else count(*) end as attempts
from {{ target.schema }}.attempts
