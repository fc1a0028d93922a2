import { isApiError } from 'simcluster'

/** Runs `call`; returns undefined instead of throwing when the server says that the object is not there. */
export function ignoreNotFound<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    throw error
  }
}
