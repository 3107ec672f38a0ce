select
    customer_id,
    customer_name,
    kind as customer_kind,
    city,
    joined_on
from {{ ref('customers') }}
