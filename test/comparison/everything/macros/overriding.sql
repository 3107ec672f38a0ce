{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
  {{ custom_alias_name or node.name }}
{%- endmacro %}
{% macro doubled(value) %}2 * {{ value }}{% endmacro %}
