/**
 * Plays families in this process, and prints a line of JSON for each step of each: what it counted at n, 2n
 * and 4n. `node --import steps.mjs play.mjs [--whole] [--n N] [--only WORD]`.
 */
import { parseArgs } from 'node:util'
import type { KubeObject } from '../../src/api/kind/definition.js'
import { ADMIN } from '../../src/cluster/access/identities.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { protobufCodec } from '../../src/api/protobuf/protobuf.js'
import { familiesOf, type Family } from './families.js'

/** What one part of a family costs. */
export interface Growth {
  readonly family: string
  /** `create`, `apply`, `list`, `settle`, ... */
  readonly part: string
  readonly n: number
  /** Steps at n, 2n and 4n. */
  readonly counts: readonly number[]
  /** 1 is linear, 2 quadratic. */
  readonly exponent: number
  /** Ms of CPU of the slowest. */
  readonly ms: number
}

const { values } = parseArgs({
  options: {
    whole: { type: 'boolean', default: false },
    n: { type: 'string', default: '100' },
    only: { type: 'string', default: '' },
    share: { type: 'string', default: '1' },
    always: { type: 'string', multiple: true, default: [] },
  },
})

const STRATEGIC = 'application/strategic-merge-patch+json'
const APPLY = 'application/apply-patch+yaml'
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io'

interface Cost {
  count: number
  ms: number
  code: number
}

type Costs = Map<string, Cost>

/** Plays one family at one size on a cluster of its own. */
class Player {
  readonly costs: Costs = new Map()
  readonly #cluster: SimCluster
  readonly #path: string
  readonly #family: Family

  constructor(cluster: SimCluster, family: Family) {
    this.#cluster = cluster
    this.#family = family
    const { group, version, resource, namespaced } = family.kind
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
    this.#path = `${root}${namespaced ? '/namespaces/default' : ''}/${resource}`
  }

  /** Plays the family with values that are numbered beginning with `from`. */
  play(n: number, from: number): void {
    const { grows, make, query } = this.#family
    if (grows === 'field') this.#field(make(n, from), make(1, from), make(0, from))
    if (grows === 'objects') this.#objects(Array.from({ length: n }, (_, at) => make(at, from)))
    if (grows === 'selector') {
      const selector = query(n, from)
      this.#send('create', 'POST', this.#path, { body: make(0, from) })
      this.#send('list', 'GET', this.#path, { query: selector })
      this.#send('watch', 'GET', this.#path, { query: `watch=true&timeoutSeconds=1&${selector}` })
    }
  }

  #field(object: KubeObject, small: KubeObject, base: KubeObject): void {
    const { name } = object.metadata
    const at = `${this.#path}/${name}`
    if ('status' in object) {
      this.#send('create', 'POST', this.#path, { body: base })
      this.#send('status', 'PUT', `${at}/status`, { body: object })
    } else this.#send('create', 'POST', this.#path, { body: object })
    this.#settle()
    this.#send('table', 'GET', at, { accept: TABLE })
    this.#send('update', 'PUT', at, { body: object })
    this.#send('shrink', 'PATCH', at, { body: small, type: STRATEGIC })
    this.#send('patch', 'PATCH', at, { body: object, type: STRATEGIC })
    this.#settle()
    this.#send('apply', 'PATCH', at, { body: object, type: APPLY, query: 'fieldManager=f&force=true' })
    this.#send('apply again', 'PATCH', at, { body: object, type: APPLY, query: 'fieldManager=f&force=true' })
    this.#send('apply of another', 'PATCH', at, {
      body: object,
      type: APPLY,
      query: 'fieldManager=g&force=true',
    })
    this.#measure('describe', () => {
      this.#cluster.kubectl(['describe', this.#family.kind.resource, String(name)])
      return 0
    })
    this.#send('delete', 'DELETE', at, {})
    this.#settle()
  }

  #objects(objects: readonly KubeObject[]): void {
    for (const object of objects) this.#send('create each', 'POST', this.#path, { body: object })
    this.#settle()
    this.#send('list', 'GET', this.#path, { query: 'labelSelector=app=a' })
    this.#send('table', 'GET', this.#path, { accept: TABLE })
    for (const { metadata } of objects) {
      const body = { metadata: { labels: { b: 'c' } } }
      this.#send('change each', 'PATCH', `${this.#path}/${metadata.name}`, { body, type: STRATEGIC })
    }
    this.#settle()
    for (const { metadata } of objects)
      this.#send('delete each', 'DELETE', `${this.#path}/${metadata.name}`, {})
    this.#settle()
  }

  #settle(): void {
    this.#measure('settle', () => {
      this.#cluster.settle()
      return 0
    })
  }

  #send(
    part: string,
    method: string,
    path: string,
    { body, type = 'application/json', accept = 'application/json', query = '' }: Sent,
  ): void {
    const text = body === undefined ? '' : JSON.stringify(body)
    this.#measure(part, () => {
      const headers = { 'content-type': type, accept }
      const response = this.#cluster.http.handle(
        { method, path, query, headers, user: ADMIN, body: text },
        CODECS,
      )
      if ('stop' in response) (response as { readonly stop: () => void }).stop()
      return response.code
    })
  }

  #measure(part: string, work: () => number): void {
    const cost = this.costs.get(part) ?? { count: 0, ms: 0, code: 0 }
    this.costs.set(part, cost)
    const before = globalThis.steps[0] ?? 0
    const from = process.cpuUsage()
    cost.code = work()
    const { user, system } = process.cpuUsage(from)
    cost.ms += (user + system) / 1000
    cost.count += (globalThis.steps[0] ?? 0) - before
  }
}

interface Sent {
  readonly body?: object
  readonly type?: string
  readonly accept?: string
  readonly query?: string
}

const CODECS = { protobuf: protobufCodec }

const base = new SimCluster({ nodes: 1 })
base.settle()

/** Values that have been played: each play has others, as caches would hide what it costs. */
let played = 1

function costsOf(family: Family, n: number): Costs {
  const player = new Player(base.fork(), family)
  player.play(n, played)
  played += n
  return player.costs
}

/** Growth that is no more than the exponent of the number; what is added by doubling it twice tells it. */
const MOST_EXPONENT = 1.3
/** What is steep is tried up to so many times the size. */
const MOST_TRIES = 4
/** Steps below which nothing is judged: a table that is made once, a list that grows. */
const FEW_STEPS = 2_000

function exponentOf([one = 0, two = 0, four = 0]: readonly number[]): number {
  return four - two < FEW_STEPS ? 1 : Math.log2((four - two) / Math.max(1, two - one))
}

const isSteep = ({ exponent }: Growth): boolean => exponent > MOST_EXPONENT

function growthOf(family: Family, n: number): readonly Growth[] {
  const sizes = [n, 2 * n, 4 * n].map((size) => costsOf(family, size))
  return [...(sizes[0]?.keys() ?? [])].map((part) => {
    const costs = sizes.map((all) => all.get(part) ?? { count: 0, ms: 0, code: 0 })
    const counts = costs.map(({ count }) => Math.round(count))
    const ms = Math.round(Math.max(...costs.map((cost) => cost.ms)))
    // a limit that only the larger ones exceed makes another path
    const isOnePath = new Set(costs.map(({ code }) => code)).size === 1
    return { family: family.name, part, n, counts, exponent: isOnePath ? exponentOf(counts) : 1, ms }
  })
}

const first = Number(values.n)
const share = Number(values.share)
for (const [at, family] of [...familiesOf(base, values.whole)].entries()) {
  if (!family.name.includes(values.only)) continue
  if (at % share !== 0 && !values.always.includes(family.name)) continue
  // fields are many in an object, objects many in a cluster
  const n = family.grows === 'objects' ? Math.ceil(first / 4) : first
  console.log(JSON.stringify({ begins: family.name }))
  played = 1
  costsOf(family, 2)
  // what begins at some size looks like growth at first, and not at larger ones
  let growth = growthOf(family, n)
  for (let size = 2 * n; size <= MOST_TRIES * n && growth.some(isSteep); size *= 2) {
    const steep = new Set(growth.filter(isSteep).map(({ part }) => part))
    const again = growthOf(family, size).filter(({ part }) => steep.has(part))
    growth = [...growth.filter(({ part }) => !steep.has(part)), ...again]
  }
  for (const one of growth) console.log(JSON.stringify(one))
}
