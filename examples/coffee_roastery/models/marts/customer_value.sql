select
    customers.customer_id,
    customers.customer_name,
    customers.customer_kind,
    customers.city,
    count(sales.receipt_id) as receipts,
    coalesce(sum(sales.revenue), 0) as revenue,
    max(sales.sold_on) as last_bought_on
from {{ ref('stg_customers') }} as customers
left join {{ ref('sales') }} as sales on customers.customer_id = sales.customer_id
group by
    customers.customer_id,
    customers.customer_name,
    customers.customer_kind,
    customers.city
