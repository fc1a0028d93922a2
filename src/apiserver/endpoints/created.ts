import type { Status } from '../../client/api-error.js'

/** What `binding` and `eviction` answer. */
export const CREATED: Status = Object.freeze({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: Object.freeze({}),
  status: 'Success',
  code: 201,
})
