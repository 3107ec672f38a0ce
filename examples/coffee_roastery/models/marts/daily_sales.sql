{{ config(materialized='incremental', unique_key='sold_on', on_schema_change='fail') }}

select
    sold_on,
    count(*) as receipts,
    sum(sold_kg) as sold_kg,
    sum(revenue) as revenue
from {{ ref('sales') }}
{% if is_incremental() %}
where sold_on >= (select max(loaded.sold_on) from {{ this }} as loaded)
{% endif %}
group by sold_on
