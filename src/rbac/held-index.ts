import { Budget, type BudgetLimits } from '../lang/bounds/budget.js'
import type { PolicyRule } from '../api/rbac/generated.js'

const EVERYTHING = '*'

/** Comparisons of a part with a held rule. Real roles need some thousands. */
export const COMPARISON: BudgetLimits = {
  work: 'the comparison with the rules that are held',
  steps: 500_000,
}

/** A held rule whose lists are sets. */
interface HeldRule {
  readonly verbs: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
  readonly resources: ReadonlySet<string>
  readonly names: ReadonlySet<string>
  readonly urls: ReadonlySet<string>
  /** What comes before the `*` at the end of a URL. */
  readonly prefixes: readonly string[]
}

type Lists = readonly (readonly HeldRule[])[]

/**
 * Rules that somebody holds, by each of their values: whether they cover one group, resource, verb and name
 * is found among those that have the rarest of the four. Comparing as many rules as are held must not cost
 * the square of their number.
 */
export class HeldIndex {
  readonly #byGroup = new Map<string, HeldRule[]>()
  readonly #byResource = new Map<string, HeldRule[]>()
  readonly #byVerb = new Map<string, HeldRule[]>()
  readonly #byName = new Map<string, HeldRule[]>()
  readonly #unnamed: HeldRule[] = []
  readonly #byUrl = new Map<string, HeldRule[]>()
  /** Rules with a URL that ends with `*`. */
  readonly #ofPrefixes: HeldRule[] = []
  readonly #known = new Map<string, boolean>()
  readonly #budget = new Budget(COMPARISON)

  constructor(rules: readonly PolicyRule[]) {
    for (const rule of rules) this.#add(heldRule(rule))
  }

  #add(rule: HeldRule): void {
    if (rule.prefixes.length > 0) this.#ofPrefixes.push(rule)
    addTo(this.#byUrl, rule.urls, rule)
    if (rule.names.size === 0) this.#unnamed.push(rule)
    addTo(this.#byGroup, rule.groups, rule)
    addTo(this.#byResource, rule.resources, rule)
    addTo(this.#byVerb, rule.verbs, rule)
    addTo(this.#byName, rule.names, rule)
  }

  /**
   * Whether one rule covers another, without that being split; false does not mean that all together do not.
   * @throws OverBudget
   */
  coversWhole({ apiGroups, resources, verbs, resourceNames, nonResourceURLs }: PolicyRule): boolean {
    const [verb = ''] = verbs
    const urls = nonResourceURLs ?? []
    const size =
      verbs.length + (apiGroups ?? []).length + (resources ?? []).length + (resourceNames ?? []).length
    return [this.#byVerb.get(EVERYTHING), this.#byVerb.get(verb)].some((rules = []) =>
      rules.some((rule) => {
        this.#budget.step(size)
        return (
          has(rule.verbs, verbs) &&
          has(rule.groups, apiGroups ?? []) &&
          (resources ?? []).every((resource) => hasResource(rule, resource)) &&
          hasNames(rule, resourceNames ?? []) &&
          (urls.length === 0 || (rule.names.size === 0 && urls.every((url) => this.#hasUrl(rule, url))))
        )
      }),
    )
  }

  /** Whether some rule covers a rule with one value in each of its lists. @throws OverBudget */
  covers({ apiGroups, resources, verbs, resourceNames, nonResourceURLs }: PolicyRule): boolean {
    const [[verb = ''], [url]] = [verbs, nonResourceURLs ?? []]
    const [[group = ''], [resource = ''], [name]] = [apiGroups ?? [], resources ?? [], resourceNames ?? []]
    const key = [group, resource, verb, name ?? '', url ?? ''].join('\0')
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const isHeld =
      url === undefined ? this.#coversResource(group, resource, verb, name) : this.#coversUrl(url, verb)
    this.#known.set(key, isHeld)
    return isHeld
  }

  #coversResource(group: string, resource: string, verb: string, name: string | undefined): boolean {
    const named = name === undefined ? [] : (this.#byName.get(name) ?? [])
    const rarest = shortest([
      [this.#unnamed, named],
      listsOf(this.#byVerb, [EVERYTHING, verb]),
      listsOf(this.#byGroup, [EVERYTHING, group]),
      listsOf(this.#byResource, [EVERYTHING, resource, anyOf(resource)]),
    ])
    const names = name === undefined ? [] : [name]
    const subresource = anyOf(resource)
    return rarest.some((rules) =>
      rules.some((rule) => {
        this.#budget.step()
        return (
          hasVerb(rule, verb) &&
          (rule.groups.has(EVERYTHING) || rule.groups.has(group)) &&
          hasResource(rule, resource, subresource) &&
          hasNames(rule, names)
        )
      }),
    )
  }

  #coversUrl(url: string, verb: string): boolean {
    const isAllowed = (rule: HeldRule): boolean => {
      this.#budget.step()
      return rule.names.size === 0 && hasVerb(rule, verb)
    }
    return (
      (this.#byUrl.get(url) ?? []).some(isAllowed) ||
      this.#ofPrefixes.some((rule) => isAllowed(rule) && this.#hasUrl(rule, url))
    )
  }

  #hasUrl({ urls, prefixes }: HeldRule, url: string): boolean {
    this.#budget.step(prefixes.length)
    return urls.has(url) || prefixes.some((prefix) => url.startsWith(prefix))
  }
}

const heldRule = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): HeldRule => ({
  verbs: new Set(verbs),
  groups: new Set(apiGroups),
  resources: new Set(resources),
  names: new Set(resourceNames),
  urls: new Set(nonResourceURLs),
  prefixes: (nonResourceURLs ?? [])
    .filter((url) => url.endsWith(EVERYTHING))
    .map((url) => url.replace(/(?<!\*)\*+$/, '')),
})

function addTo(map: Map<string, HeldRule[]>, values: ReadonlySet<string>, rule: HeldRule): void {
  for (const value of values) {
    const known = map.get(value)
    if (known === undefined) map.set(value, [rule])
    else known.push(rule)
  }
}

const listsOf = (map: ReadonlyMap<string, readonly HeldRule[]>, keys: readonly string[]): Lists =>
  [...new Set(keys)].flatMap((key) => {
    const rules = map.get(key)
    return rules === undefined ? [] : [rules]
  })

const lengthOf = (lists: Lists): number => lists.reduce((sum, { length }) => sum + length, 0)

const shortest = (all: readonly [Lists, ...Lists[]]): Lists =>
  all.reduce((best, lists) => (lengthOf(lists) < lengthOf(best) ? lists : best))

const has = (held: ReadonlySet<string>, wanted: readonly string[]): boolean =>
  held.has(EVERYTHING) || wanted.every((value) => held.has(value))

const hasVerb = ({ verbs }: HeldRule, verb: string): boolean => verbs.has(EVERYTHING) || verbs.has(verb)

/** `*\/log` for `pods/log`; a resource without a subresource is itself. */
const anyOf = (resource: string): string =>
  resource.includes('/') ? `*${resource.slice(resource.indexOf('/'))}` : resource

const hasResource = ({ resources }: HeldRule, resource: string, subresource = anyOf(resource)): boolean =>
  resources.has(EVERYTHING) || resources.has(resource) || resources.has(subresource)

const hasNames = ({ names }: HeldRule, wanted: readonly string[]): boolean =>
  names.size === 0 || (wanted.length > 0 && wanted.every((name) => names.has(name)))
