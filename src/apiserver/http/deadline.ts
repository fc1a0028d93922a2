import { badRequest } from '../errors.js'

const UNITS = ['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h']

/**
 * Checks the `timeout` that a client may give in the query. Requests take no virtual time, so that it is
 * never exceeded; but it must be a duration. Throws 400. Source: apiserver
 * pkg/endpoints/filters/request_deadline.go, Go's time.ParseDuration.
 */
export function checkDeadline(query: URLSearchParams): void {
  const text = query.get('timeout') ?? ''
  const fault = text === '' || text === '0' ? undefined : durationFault(text)
  if (fault !== undefined) throw badRequest(`invalid timeout specified in the request URL - time: ${fault}`)
}

/** What Go says of a text that is no duration. */
function durationFault(text: string): string | undefined {
  const shown = JSON.stringify(text)
  let rest = text.replace(/^[-+]/, '')
  if (rest === '0') return undefined
  if (rest === '') return `invalid duration ${shown}`
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0]
    if (number === undefined) return `invalid duration ${shown}`
    rest = rest.slice(number.length)
    const unit = /^[^.\d]*/.exec(rest)?.[0] ?? ''
    if (unit === '') return `missing unit in duration ${shown}`
    if (!UNITS.includes(unit)) return `unknown unit ${JSON.stringify(unit)} in duration ${shown}`
    rest = rest.slice(unit.length)
  }
  return undefined
}
