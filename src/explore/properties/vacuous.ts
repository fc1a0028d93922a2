import { nearest } from '../../lang/text/nearest.js'
import type { Properties } from './properties.js'
import { isOf, type ExploreScope } from '../scope.js'
import { informerNames } from '../execution/steps.js'

/** Why the runs of an exploration say nothing, and what makes them say less than it looks. */
export interface Vacuity {
  /** Undefined if they say something. */
  readonly reason: string | undefined
  readonly warnings: readonly string[]
}

/** Judges what an exploration that found nothing was worth. */
export function vacuityOf(scope: ExploreScope, properties: Properties): Vacuity {
  const faults = [...properties.records].flatMap(([name, { fault }]) =>
    fault === undefined ? [] : [`the property "${name}" says nothing: ${fault}`],
  )
  const empty = [...properties.records].flatMap(([name, { emptiness }]) =>
    emptiness === undefined ? [] : [`the property "${name}" says nothing: ${emptiness}`],
  )
  const { sameAs } = scope.options
  const areAllEmpty = empty.length > 0 && empty.length === properties.records.size && sameAs === undefined
  const reason = misspelt(scope) ?? faults[0] ?? idle(scope) ?? (areAllEmpty ? empty[0] : undefined)
  const weak = [...properties.records].flatMap(([name, { weakness, emptiness }]) =>
    weakness === undefined || emptiness !== undefined
      ? []
      : [`the property "${name}" says little: ${weakness}`],
  )
  const { forbidden } = scope.coverage
  const refused = [...forbidden].map(([component, request]) => `${component} has no right to ${request}`)
  return { reason, warnings: [...refused, ...(areAllEmpty ? [] : empty), ...weak] }
}

/** Names of components in the options that nobody has. */
function misspelt({ root, options, programs }: ExploreScope): string | undefined {
  const names = [...root.internals.componentNames(), ...(programs?.names ?? [])]
  const informers = options.lag === undefined ? [] : informerNames(root)
  for (const [where, of = []] of [
    ['faults.of', options.faults?.of],
    ['lag.of', options.lag?.of],
    ['underTest', options.underTest],
  ] as const)
    for (const name of of) {
      if (names.some((one) => isOf(one, [name])) || informers.includes(name)) continue
      const all = [...new Set(names.flatMap((one) => [one, one.split('/')[0] as string])), ...informers]
      const meant = nearest(name, all)
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`
      return `${where} names "${name}", and there is no such component${hint}`
    }
  return undefined
}

/** Says that no component under test has done anything, and why. */
function idle(scope: ExploreScope): string | undefined {
  const { root, coverage, underTest, programs } = scope
  if (underTest.length === 0) {
    const wrote = coverage.components.some((name) => coverage.ofComponent(name).writes > 0)
    return wrote
      ? undefined
      : 'no component wrote anything: is your controller among the `components` of the cluster?'
  }
  if (underTest.some((name) => hasWorked(scope, name))) return undefined
  const [name] = underTest as readonly [string, ...string[]]
  const refused = coverage.forbidden.get(name) ?? programs?.failureOf(name)
  if (refused !== undefined) return `${name} did nothing: its requests failed (${refused})`
  for (const { resource, resourceVersion } of programs?.has(name) === true
    ? []
    : root.state.views({ component: name }))
    if (resourceVersion === undefined) {
      const why = whyNotListed(scope, name, resource)
      return `${name} never ran: its informer of ${resource} has not listed; ${why}`
    }
  return `${name} never ran: nothing that the actions do concerns what it watches`
}

function hasWorked({ coverage, programs }: ExploreScope, name: string): boolean {
  const { reconciles, writes, forbidden } = coverage.ofComponent(name)
  if (programs?.has(name) === true) return programs.hasSucceeded(name)
  return reconciles > 0 && (writes > 0 || forbidden === 0)
}

function whyNotListed({ root }: ExploreScope, component: string, resource: string): string {
  const isServed = root.state
    .resources()
    .some((one) => one === resource || one.startsWith(`${resource}.`) || resource.startsWith(`${one}.`))
  if (!isServed)
    return `the kind is not served when the exploration begins (apply its CRD, and settle, before)`
  const { components = [] } = root.internals.options
  const identity = components.find((one) => one.name === component)?.identity
  if (identity === undefined) return 'is it connected?'
  const { name, groups = [] } = identity
  const { allowed } = root.can({ user: name, groups }, 'list', resource as 'pods')
  return allowed ? 'settle the cluster before' : `${name} may not list ${resource}`
}
