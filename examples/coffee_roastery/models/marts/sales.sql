select
    receipts.receipt_id,
    receipts.sold_at,
    receipts.sold_on,
    receipts.customer_id,
    roasts.roast_id,
    roasts.origin,
    receipts.sold_kg,
    receipts.revenue,
    receipts.sold_kg * roasts.cost_per_roasted_kg as cost
from {{ ref('stg_receipts') }} as receipts
inner join {{ ref('roast_costs') }} as roasts on receipts.roast_id = roasts.roast_id
