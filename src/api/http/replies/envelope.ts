import type { Page } from './reply.ts'

/** Every JSON answer of the API, good or bad, has one of these shapes. */
export function successEnvelope(code: number, data: unknown) {
  return { status: { code, is_success: true, user_message: 'Success!', developer_message: '' }, data }
}

export function listEnvelope({ items, total, filters, orderBy }: Page) {
  return {
    ...successEnvelope(200, items),
    extra: {
      filters,
      order_by: orderBy,
      // Airflow's provider adds the counts up until they reach the total.
      pagination: { count: items.length, total_count: total },
    },
  }
}

export interface Failure {
  readonly code: number
  readonly userMessage: string
  readonly developerMessage: string | null
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** The short form that dbt Cloud has for 405 and 500, beside the envelope. */
  readonly detail?: string
}

export function errorEnvelope({ code, userMessage, developerMessage, fields, detail }: Failure) {
  return {
    ...(detail !== undefined && { detail }),
    status: { code, is_success: false, user_message: userMessage, developer_message: developerMessage },
    data: fields !== undefined && Object.keys(fields).length > 0 ? fields : null,
  }
}
