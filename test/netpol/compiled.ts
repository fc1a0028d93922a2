import { expect } from 'vitest'
import {
  compileWorld,
  type CompiledWorld,
  type PolicyQuery,
  type NetpolOptions,
  type World,
} from '../../src/netpol/index.js'

interface Probe {
  readonly connection: PolicyQuery
  readonly allowed: boolean
}

/**
 * What makes a world of an empty one, object by object, each pod after another one of its name; policies come
 * last or first.
 */
function grown(
  { namespaces = [], pods = [], nodes = [], policies = [], domains = {} }: World,
  options: NetpolOptions | undefined,
  isPoliciesFirst: boolean,
): CompiledWorld {
  const growing = compileWorld({}, options)
  growing.setDomains({ 'gone.example.com': ['203.0.113.7'] })
  if (isPoliciesFirst) policies.forEach((each) => growing.setPolicy(each))
  for (const pod of pods) {
    growing.setPod({ metadata: { ...pod.metadata, labels: { app: 'x' } } })
    growing.setPod(pod)
  }
  for (const each of namespaces) growing.setNamespace(each)
  for (const each of nodes) growing.setNode(each)
  growing.setDomains(domains)
  if (!isPoliciesFirst) policies.forEach((each) => growing.setPolicy(each))
  return growing
}

/** The compiled form says so: made at once, asked again, and when the objects come one after another. */
export function expectCompiled(world: World, probes: readonly Probe[], options?: NetpolOptions): void {
  const wanted = probes.map(({ allowed }) => allowed)
  const all = [compileWorld(world, options), grown(world, options, true), grown(world, options, false)]
  for (const compiled of all) {
    const ask = (): readonly boolean[] => probes.map(({ connection }) => compiled.allows(connection))
    expect(ask()).toEqual(wanted)
    expect(ask()).toEqual(wanted)
  }
}
