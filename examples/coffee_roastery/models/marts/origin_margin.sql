select
    origin,
    sum(sold_kg) as sold_kg,
    sum(revenue) as revenue,
    sum(cost) as cost,
    sum(revenue) - sum(cost) as margin
from {{ ref('sales') }}
group by origin
