import { isApiError } from '../../client/api-error.js'

/** Runs what creates an object; that it exists is no error. */
export function ignoreAlreadyThere(create: () => unknown): void {
  try {
    create()
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error
  }
}
