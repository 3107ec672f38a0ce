-- The seed loads the source's table, which a source cannot say by itself.
-- depends_on: {{ ref('till_receipts') }}
select
    receipt_id,
    customer_id,
    roast_id,
    sold_at,
    cast(sold_at as date) as sold_on,
    bags,
    bags * grams_per_bag / 1000.0 as sold_kg,
    bags * price_per_bag as revenue
from {{ source('till', 'till_receipts') }}
