select
    city,
    count(*) as customers,
    sum(receipts) as receipts,
    sum(revenue) as revenue
from {{ ref('customer_value') }}
group by city
