/* global SwaggerUIBundle, SwaggerUIStandalonePreset */
SwaggerUIBundle({
  dom_id: '#swagger-ui',
  urls: [
    { name: 'dbt Cloud v2', url: '/api/docs/openapi/dbt-cloud-v2.json' },
    { name: 'dbt Cloud v3', url: '/api/docs/openapi/dbt-cloud-v3.json' },
    { name: 'Stratus', url: '/api/docs/openapi/stratus.json' },
  ],
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  deepLinking: true,
  persistAuthorization: false,
  // Nothing is sent to anybody else.
  validatorUrl: null,
})
