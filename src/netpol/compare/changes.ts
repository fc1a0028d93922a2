import { checkChanges } from '../inputs.js'
import { resolveOptions } from '../options.js'
import { readPolicy } from '../read/policy.js'
import type { PolicyQuery, EndpointRef, WorldPolicy } from '../world.js'
import { policiesIn, type PolicySource } from '../world-of.js'
import { SearchBudget } from './budget.js'
import type { Origin } from './clauses.js'
import { exampleOf, readPolicies, type CompareOptions, type CounterConnection } from './compare.js'
import { PolicySearch, type DifferingRegion } from './search.js'
import { originPath, policyTitle, formatOrigin } from './describe.js'
import { joinHostPort } from '../../lang/go/host-port.js'

/** The field that decides a verdict. */
export interface Decider {
  /** `NetworkPolicy default/web`. Absent if no policy decides, which means allowed. */
  readonly policy?: string
  /** `spec.ingress[0]` */
  readonly path?: string
}

/** A class of connections that a policy change opens or closes: those decided by one changed field. */
export interface PolicyChange {
  readonly change: 'opened' | 'closed'
  /** The side whose verdict changes. */
  readonly direction: 'ingress' | 'egress'
  /** What denies the connections: before the change if they are opened, after it if they are closed. */
  readonly deniedBy: Required<Decider>
  /** What allows them on that side. */
  readonly allowedBy: Decider
  /** One such connection; `a` is the verdict before, `b` the one after. */
  readonly example: CounterConnection
  /** A description for people, with the example. */
  readonly text: string
}

/**
 * The connections that a policy change opens and closes. Both empty means that no verdict changes in any
 * cluster.
 */
export interface PolicyChanges {
  readonly opened: readonly PolicyChange[]
  readonly closed: readonly PolicyChange[]
}

const deciderOf = (origin: Origin): Required<Decider> => ({
  policy: policyTitle(origin.policy),
  path: originPath(origin),
})

/** Formats an end briefly. */
function formatEnd(end: EndpointRef): string {
  if (typeof end === 'string') return end
  return 'node' in end ? `node ${end.node}` : JSON.stringify(end)
}

/** Formats a connection: `default/client -> default/server:80/TCP`. */
export function formatConnection({ from, to, port, protocol = 'TCP' }: PolicyQuery): string {
  return `${formatEnd(from)} -> ${joinHostPort(formatEnd(to), port)}/${protocol}`
}

/** Returns the titles of the policies that do not occur unchanged in the other list. */
function changedTitles(
  policies: readonly WorldPolicy[],
  others: readonly WorldPolicy[],
): ReadonlySet<string> {
  const known = new Set(others.map((each) => JSON.stringify(each)))
  return new Set(
    policies.filter((each) => !known.has(JSON.stringify(each))).map((each) => policyTitle(readPolicy(each))),
  )
}

class Changes {
  readonly #change: 'opened' | 'closed'
  /** The titles of policies that were added or changed, and of those that were removed or changed. */
  readonly #now: ReadonlySet<string>
  readonly #then: ReadonlySet<string>

  constructor(change: 'opened' | 'closed', now: ReadonlySet<string>, then: ReadonlySet<string>) {
    this.#change = change
    this.#now = now
    this.#then = then
  }

  /**
   * Returns the changed field to report: of the fields that decide before and after, the one that differs.
   */
  #reported(closedBy: Origin, openedBy: Origin | undefined): Origin {
    const [was, is] = this.#order(closedBy, openedBy)
    const changed = [
      ...(is !== undefined && this.#now.has(policyTitle(is.policy)) ? [is] : []),
      ...(was !== undefined && this.#then.has(policyTitle(was.policy)) ? [was] : []),
    ]
    // prefer a rule: it says more than the fact that a policy selects the pod
    return changed.find(({ rule }) => rule !== undefined) ?? changed[0] ?? is ?? closedBy
  }

  /** Orders a pair of values as before and after. */
  #order<T, U>(closedBy: T, openedBy: U): readonly [was: T | U, is: T | U] {
    return this.#change === 'opened' ? [closedBy, openedBy] : [openedBy, closedBy]
  }

  search(search: PolicySearch): readonly DifferingRegion[] {
    const best = new Map<string, DifferingRegion>()
    const keyOf = (closedBy: Origin, openedBy: Origin | undefined): string => {
      const told = this.#reported(closedBy, openedBy)
      return `${told.direction} ${policyTitle(told.policy)} ${originPath(told)}`
    }
    const below = (closedBy: Origin, openedBy: Origin | undefined): number =>
      best.get(keyOf(closedBy, openedBy))?.cost ?? Infinity
    for (const finding of search.search(this.#change, { any: false, below }))
      best.set(keyOf(finding.closedBy, finding.openedBy), finding)
    return [...best.values()]
  }

  describe({ direction, closedBy, openedBy }: DifferingRegion, example: CounterConnection): string {
    const by = (origin: Origin | undefined): string =>
      origin === undefined ? 'no policy' : `${policyTitle(origin.policy)} ${originPath(origin)}`
    const [before, after] = this.#order(`denied by ${by(closedBy)}`, `allowed by ${by(openedBy)}`)
    const sign = { opened: '+', closed: '-' }[this.#change]
    return (
      `${sign} ${direction} ${formatOrigin(this.#reported(closedBy, openedBy))}\n    for example ` +
      `${formatConnection(example.connection)}, ${before}, now ${after}`
    )
  }
}

/**
 * Finds what a change of policies opens and closes in all possible clusters: for each changed field that
 * decides a verdict, a simplest connection. The detailed form of {@link compare}.
 * @throws WorldError if a policy is invalid
 * @throws StepLimitError
 * @example policyChanges(before, after).opened
 */
export function policyChanges(
  before: PolicySource,
  after: PolicySource,
  { maxSteps, ...options }: CompareOptions = {},
): PolicyChanges {
  const resolved = resolveOptions(options)
  const [first, second] = [readPolicies(before, resolved), readPolicies(after, resolved)]
  const search = new PolicySearch(first, second, resolved, new SearchBudget(maxSteps))
  const [old, fresh] = [policiesIn(before), policiesIn(after)]
  const [now, then] = [changedTitles(fresh, old), changedTitles(old, fresh)]
  const list = (change: 'opened' | 'closed'): readonly PolicyChange[] => {
    const changes = new Changes(change, now, then)
    return changes.search(search).map((finding): PolicyChange => {
      const example = exampleOf(finding, first, second, resolved)
      const { direction, closedBy, openedBy } = finding
      return {
        change,
        direction,
        deniedBy: deciderOf(closedBy),
        allowedBy: openedBy === undefined ? {} : deciderOf(openedBy),
        example,
        text: changes.describe(finding, example),
      }
    })
  }
  return { opened: list('opened'), closed: list('closed') }
}

/**
 * Formats the changes for a review: opened connections (`+`) first, then closed ones (`-`).
 * @example console.log(formatChanges(policyChanges(before, after)))
 */
export function formatChanges(changes: PolicyChanges): string {
  checkChanges([changes])
  const { opened, closed } = changes
  const all = [...opened, ...closed]
  if (all.length === 0) return 'no connection in any cluster is judged otherwise\n'
  return `${all.map(({ text }) => text).join('\n')}\n`
}
