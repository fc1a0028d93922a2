import * as z from 'zod/mini'
import { anyObject, argumentsCheck, text, type ArgumentCheck } from '../api/checked-input.js'
import { InputError } from '../lang/input-error.js'
import { hintOf } from '../lang/text/nearest.js'

/** @throws InputError if nothing could read a world or policies from it */
export function checkSource(source: unknown): void {
  if (typeof source === 'string' || (typeof source === 'object' && source !== null)) return
  throw new InputError(
    'policies and worlds are read from a cluster, a list of objects, YAML text, or ' +
      `{ namespaces, pods, policies }, not from ${JSON.stringify(source)}`,
  )
}

const aProof = z.looseObject({ connection: anyObject(), egress: anyObject(), ingress: anyObject() })
const aVerdict = z.looseObject({ allowed: z.boolean(), proof: aProof })

const language = z.strictObject({ lang: z.optional(z.enum(['en', 'ko'])) })

/** Checks the options of `reachability().toText()`. */
export const checkTableText: ArgumentCheck = argumentsCheck(
  'toText()',
  "reachability(world).toText({ lang: 'ko' })",
  () => ({ options: language }),
)

/** Checks the options of `reachability().toSvg()`. */
export const checkTableSvg: ArgumentCheck = argumentsCheck(
  'toSvg()',
  "reachability(world).toSvg({ lang: 'ko' })",
  () => ({ options: language }),
)

/** Checks the argument of `formatProof()`. */
export const checkFormatted: ArgumentCheck = argumentsCheck(
  'formatProof()',
  'formatProof(evaluate(world, connection))',
  () => ({ verdict: aVerdict, options: language }),
)

/** Checks the argument of `formatChanges()`. */
export const checkChanges: ArgumentCheck = argumentsCheck(
  'formatChanges()',
  'formatChanges(policyChanges(before, after))',
  () => {
    const changes = z.array(z.looseObject({ text }))
    return { changes: z.looseObject({ opened: changes, closed: changes }) }
  },
)

/** Checks the argument of `parseConnection()`. */
export const checkConnectionText: ArgumentCheck = argumentsCheck(
  'parseConnection()',
  "parseConnection('default/web -> default/db:6379/TCP')",
  () => ({ text: z.string() }),
)

/** Checks a direction, for each kind of pod and each port. @throws InputError */
export function checkDirection(direction: unknown): void {
  if (direction !== 'ingress' && direction !== 'egress')
    throw new InputError(`direction must be 'ingress' or 'egress', not ${JSON.stringify(direction)}`)
}

const QUERY = ['from', 'to', 'port', 'protocol', 'family', 'service']
const QUERY_KEYS: ReadonlySet<string> = new Set(QUERY)

/**
 * Returns the first key of a connection that does not exist, and the nearest that does: `prtocol: unknown
 * field; did you mean protocol?`; undefined if all exist. For each verdict, so without a schema.
 */
export function strangeKey(connection: object): { readonly key: string; readonly hint: string } | undefined {
  for (const key in connection) {
    if (QUERY_KEYS.has(key)) continue
    return { key, hint: `unknown field; ${hintOf(key, QUERY, `known are ${QUERY.join(', ')}`)}` }
  }
  return undefined
}

/**
 * Checks the name of what a compiled world loses.
 * @throws InputError if it is none: it would remove nothing
 */
export function checkRemoved(call: string, name: unknown, form: RegExp, example: string): void {
  if (typeof name === 'string' && form.test(name)) return
  throw new InputError(`${call} takes a name such as '${example}', not ${JSON.stringify(name)}`)
}

/** Checks the argument of `world.removePolicy()`. */
export const checkPolicyName: ArgumentCheck = argumentsCheck(
  'removePolicy()',
  "world.removePolicy({ kind: 'NetworkPolicy', namespace: 'shop', name: 'db' })",
  () => ({
    name: z.looseObject({
      kind: z.enum([
        'NetworkPolicy',
        'ClusterNetworkPolicy',
        'AdminNetworkPolicy',
        'BaselineAdminNetworkPolicy',
      ]),
      name: text,
    }),
  }),
)

/** Checks the arguments of `reachability.groupOf()`. */
export const checkGroup: ArgumentCheck = argumentsCheck(
  'groupOf()',
  "reachability.groupOf('default/web')",
  () => ({ pod: z.string().check(z.regex(/^[^/]+\/./, "must be namespace/name, such as 'default/web'")) }),
)

/** Checks the parts of a `new CompiledWorld()`. */
export const checkModel: ArgumentCheck = argumentsCheck(
  'new CompiledWorld()',
  'compileWorld(cluster)',
  () => ({
    model: z.looseObject({ options: anyObject(), pods: z.instanceof(Map), namespaces: z.instanceof(Map) }),
  }),
)
