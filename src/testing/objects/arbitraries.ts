import { InputError } from '../../lang/input-error.js'
import { checkObjects } from '../inputs.js'
import type { Arbitrary } from 'fast-check'
import type { KubeObject } from '../../api/kind/definition.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import type { FastCheck } from '../rbac/arbitraries.js'
import { bases } from './bases.js'
import { broken, type BrokenObject } from './broken.js'
import { KindUnderTest } from './kind-under-test.js'
import { repair, type Repair } from './repair.js'
import { SchemaValues } from './values.js'
import { isMap } from '../../lang/json/maps.js'

/** Options of {@link objectArbitraries}. */
export interface ObjectArbitraryOptions {
  /**
   * The cluster that serves the kind, and judges objects by dry runs: its version, custom kinds, policies and
   * webhooks. It is forked, and not changed.
   * @default a new one without nodes
   */
  readonly cluster?: SimCluster
  /**
   * A valid object, without `apiVersion` and `kind`, whose fields all objects have. For kinds with rules that
   * values from a schema hardly meet.
   * @default made from the schema
   */
  readonly base?: Readonly<Record<string, unknown>>
}

/** Arbitraries for objects of one kind, see {@link objectArbitraries}. All shrink. */
export interface ObjectArbitraries {
  /** Objects that the apiserver creates. */
  readonly valid: Arbitrary<KubeObject>
  /** Objects that break exactly one rule, and which one. */
  readonly broken: Arbitrary<BrokenObject>
}

/** Which of the ways to break an object; more than any has. */
const WAYS = 10_000

/**
 * Returns arbitraries for objects of a kind, built-in or custom, made from the schema that the cluster
 * serves: `objectArbitraries(fc, 'apps/v1', 'Deployment').valid`. The apiserver is the judge: what it finds
 * wrong with an object is mended until it would create it. Names are few, the namespace is `default`, and
 * there is no status.
 * @throws InputError if the cluster serves no such kind, or if no valid object is found; give a `base` then
 */
export function objectArbitraries(
  fc: FastCheck,
  apiVersion: string,
  kind: string,
  options: ObjectArbitraryOptions = {},
): ObjectArbitraries {
  checkObjects([fc, apiVersion, kind, options])
  const { cluster = new SimCluster({ nodes: 0 }), base = {} } = options
  const tested = new KindUnderTest(cluster.fork(), apiVersion, kind)
  const values = new SchemaValues(fc, tested)
  const own = (Object.hasOwn(bases, kind) ? bases[kind] : undefined) ?? {}
  const whole = (made: object): KubeObject => {
    const { metadata = {} } = own as { readonly metadata?: object }
    return tested.complete(overlaid(overlaid(overlaid(own, made), { metadata }), base))
  }
  const repaired = (made: object): Repair => {
    const found = repair(tested, values, whole(made))
    const { object } = found
    const isWhole = object === undefined || semanticEqual(overlaid(object, base), object)
    return isWhole ? found : { rules: [] }
  }
  const simplest = values.simplest(tested.schema, '') as { readonly metadata?: object }
  let fallback = repaired(simplest)
  if (fallback.object === undefined) fallback = repaired({ metadata: simplest.metadata })
  const { object: certain, rules = [] } = fallback
  if (certain === undefined) {
    const texts = rules.map(({ field, message }) => `  ${field}: ${message}`)
    throw new InputError(`no valid ${kind} was found; give a base that meets:\n${texts.join('\n')}`)
  }
  const valid = values.of(tested.schema, '').map((made) => {
    const { metadata } = made as { readonly metadata?: object }
    return repaired(made as object).object ?? repaired({ metadata }).object ?? certain
  })
  const choice = fc.nat({ max: WAYS })
  return { valid, broken: fc.tuple(valid, choice).map(([object, number]) => broken(tested, object, number)) }
}

/** Returns an object with the fields of both; those of the second win, and an empty one is none. */
function overlaid(made: object, base: object): Record<string, unknown> {
  const all: Record<string, unknown> = { ...made }
  for (const [name, value] of Object.entries(base)) {
    const there = all[name]
    const isMerged = [there, value].every(isMap)
    all[name] = isMerged ? overlaid(there as object, value as object) : value
  }
  return all
}
