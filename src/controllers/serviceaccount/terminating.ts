import { isApiError } from '../../client/api-error.js'

/**
 * Whether a create was refused because the namespace is being deleted or is gone: nothing that a retry would
 * mend.
 */
export function refusesContent(error: unknown): boolean {
  if (!isApiError(error)) return false
  return (
    error.reason === 'NotFound' ||
    (error.details.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false)
  )
}
