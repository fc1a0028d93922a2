import { badRequest, tooLargeResourceVersion, untypedError } from '../errors.js'

const malformed = (text: string): string =>
  `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ` +
  `${JSON.stringify(text)}: invalid syntax`

/** Parses the resourceVersion of a get or list; '' and undefined mean none. Throws 400. */
export function parseResourceVersion(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (!/^\d+$/.test(text)) throw badRequest(`invalid resource version: ${malformed(text)}`)
  return Number(text)
}

/** As {@link parseResourceVersion} for a watch, where upstream forgets to make the error a 400. */
export function parseWatchResourceVersion(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (!/^\d+$/.test(text)) throw untypedError(malformed(text))
  return Number(text)
}

/**
 * Throws 504 when the store has not reached the revision: virtual time does not move, so waiting would not
 * help.
 */
export function checkReached(asked: number | undefined, current: number): void {
  if (asked !== undefined && asked > current) throw tooLargeResourceVersion(asked, current)
}
