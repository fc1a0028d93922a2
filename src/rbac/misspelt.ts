import { InputError } from '../lang/input-error.js'
import { distance } from '../lang/text/nearest.js'
import type { Policy } from './policy.js'

/** The verbs that Kubernetes' own authorizers and controllers ask about. */
const VERBS = (
  'get list watch create update patch delete deletecollection use bind escalate impersonate approve sign ' +
  'attest proxy head post put options'
).split(' ')

/** What is asked. */
interface Asked {
  readonly verb: string
  readonly resource?: string
}

/**
 * Refuses a question whose verb or resource no rule names and is one letter from one that exists: its answer
 * is always "denied". Other unknown names are those of custom verbs and resources.
 * @throws InputError with what was meant
 */
export function refuseMisspelt({ roles }: Policy, { verb, resource = '' }: Asked): void {
  const verbs = new Set(VERBS)
  const resources = new Set<string>()
  for (const rules of roles.values())
    for (const rule of rules) {
      for (const each of rule.verbs) verbs.add(each)
      for (const each of rule.resources ?? []) resources.add(each.split('/')[0] ?? '')
    }
  refuseNear('verb', verb, verbs)
  refuseNear('resource', resource, resources)
}

function refuseNear(what: string, given: string, known: ReadonlySet<string>): void {
  // what differs in a number is meant to: tenant1, tenant2
  if (given.length < 3 || /\d/.test(given) || known.has(given)) return
  for (const each of known)
    if (each.length > 2 && distance(given, each) === 1)
      throw new InputError(`there is no ${what} "${given}", and no rule names it; did you mean "${each}"?`)
}
