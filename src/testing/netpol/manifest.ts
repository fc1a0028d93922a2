import { checkPrinted } from '../inputs.js'
import { printYaml } from '../../lang/yaml/print.js'
import type { PolicyQuery, NetpolOptions, World, WorldPolicy } from '../../netpol/index.js'

type Printed =
  | Partial<World>
  | readonly WorldPolicy[]
  | WorldPolicy
  | { readonly world: World; readonly options?: NetpolOptions; readonly connection: PolicyQuery }

function documentsOf(world: World): readonly object[] {
  const { namespaces = [], nodes = [], pods = [], policies = [], domains } = world
  const v1 =
    (kind: string) =>
    (object: object): object => ({ apiVersion: 'v1', kind, ...object })
  return [
    ...namespaces.map(v1('Namespace')),
    ...nodes.map(v1('Node')),
    ...pods.map(v1('Pod')),
    ...policies,
    ...(domains === undefined || Object.keys(domains).length === 0 ? [] : [{ domains }]),
  ]
}

function documentsIn(value: Printed): readonly object[] {
  if (Array.isArray(value)) return value as readonly object[]
  if ('world' in value) {
    const { world, connection, options = {} } = value
    return [...documentsOf(world), { connection, ...(Object.keys(options).length === 0 ? {} : { options }) }]
  }
  return 'metadata' in value ? [value] : documentsOf(value as World)
}

/**
 * Formats a world, policies, or a world with a connection as a YAML manifest with a document for each object.
 * The connection comes last.
 * @example console.log(netpolManifest(world))
 */
export function netpolManifest(value: Printed): string {
  checkPrinted([value])
  return documentsIn(value)
    .map((each) => printYaml(each))
    .join('---\n')
}

/**
 * Makes fast-check print a value as a manifest. The method is not enumerable, so that the value stays equal
 * to the original.
 */
export function printedAs<T extends object>(fc: { readonly toStringMethod: symbol }, value: T): T {
  if (Object.isFrozen(value)) return value
  return Object.defineProperty(value, fc.toStringMethod, {
    value: () => `\n${netpolManifest(value as Printed) || '[]'}`,
    enumerable: false,
  })
}
