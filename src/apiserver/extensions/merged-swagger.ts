import type { APIService } from '../../api/apiregistration/generated.js'
import { isPlainObject } from '../../lang/json/plain-json.js'
import { sameJson } from '../../lang/json/same-json.js'
import type { SwaggerDocument, SwaggerNode } from '../http/openapi/swagger-document.js'
import type { RegistryContext } from '../registry/context.js'
import { AGGREGATOR } from './aggregated-openapi.js'
import { isAvailable } from './aggregated-services.js'
import { forward } from './aggregator.js'
import { byKey, byText } from '../../lang/text/order.js'

type Nodes = Readonly<Record<string, SwaggerNode>>

/** The parts of an OpenAPI v2 document that are merged. */
interface Spec {
  readonly paths: Nodes
  readonly definitions: Nodes
}

/**
 * Returns the texts of the OpenAPI v2 documents of servers behind available APIServices, those of more
 * important groups first. A server without one has none. Source: kube-aggregator
 * pkg/controllers/openapi/aggregator.
 */
export function aggregatedSwaggers(
  context: RegistryContext,
): readonly { readonly groupVersion: string; readonly text: string }[] {
  const services = context.aggregated.all.filter(isAvailable).toSorted(byPriority)
  return services.flatMap(({ spec: { group = '', version = '' } }) => {
    const request = { method: 'GET', path: '/openapi/v2', headers: { accept: 'application/json' } }
    const { code, body } = forward(context, [group, version], request, AGGREGATOR)
    return code === 200 ? [{ groupVersion: `${group}/${version}`, text: body }] : []
  })
}

/** Source: priority.go sortByPriority. */
function byPriority(
  { spec: a, metadata: first }: APIService,
  { spec: b, metadata: second }: APIService,
): number {
  return (
    b.groupPriorityMinimum - a.groupPriorityMinimum ||
    b.versionPriority - a.versionPriority ||
    byText(first.name ?? '', second.name ?? '')
  )
}

/**
 * Adds the paths of another server's group version to a document, and the definitions that they use. A path
 * that is there stays; a definition of the same name with another content gets the name `NAME_v2`. Text that
 * is no OpenAPI v2 document adds nothing. Source: kube-openapi pkg/aggregator
 * MergeSpecsIgnorePathConflictRenamingDefinitionsAndParameters.
 */
export function mergeSwagger(document: SwaggerDocument, groupVersion: string, text: string): SwaggerDocument {
  const source = specOf(text)
  if (source === undefined) return document
  const paths = Object.fromEntries(
    Object.entries(source.paths).filter(
      ([path]) => path.startsWith(`/apis/${groupVersion}/`) && !Object.hasOwn(document.paths, path),
    ),
  )
  const used = usedDefinitions(paths, source.definitions)
  const names = renamed(document.definitions, used)
  const definitions: Record<string, SwaggerNode> = { ...document.definitions }
  for (const [name, node] of Object.entries(used)) {
    const own = names.get(name) ?? name
    const known = Object.hasOwn(definitions, own) ? definitions[own] : undefined
    definitions[own] = known === undefined ? withNames(node, names) : withKinds(known, node)
  }
  return { ...document, paths: { ...document.paths, ...(withNames(paths, names) as Nodes) }, definitions }
}

function specOf(text: string): Spec | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isPlainObject(value) || value['swagger'] !== '2.0') return undefined
  const { paths = {}, definitions = {} } = value
  return isNodes(paths) && isNodes(definitions) ? { paths, definitions } : undefined
}

const isNodes = (value: unknown): value is Nodes =>
  isPlainObject(value) && Object.values(value).every((node) => isPlainObject(node))

const REFERENCE = '#/definitions/'

/** Returns the definitions that are reachable from the paths. */
function usedDefinitions(paths: Nodes, definitions: Nodes): Nodes {
  const used = new Map<string, SwaggerNode>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (!isPlainObject(value)) return
    const { $ref } = value
    if (typeof $ref === 'string' && $ref.startsWith(REFERENCE)) {
      const name = $ref.slice(REFERENCE.length)
      const node = Object.hasOwn(definitions, name) ? definitions[name] : undefined
      if (node !== undefined && !used.has(name)) {
        used.set(name, node)
        visit(node)
      }
    }
    for (const key of Object.keys(value)) visit(value[key])
  }
  visit(paths)
  return Object.fromEntries([...used].toSorted(byKey))
}

const KINDS = 'x-kubernetes-group-version-kind'

/** Whether two definitions differ in their kinds at most. */
const isSame = (a: SwaggerNode, b: SwaggerNode): boolean =>
  sameJson({ ...a, [KINDS]: null }, { ...b, [KINDS]: null })

/** Returns the new names of definitions whose names have another meaning. */
function renamed(known: Nodes, source: Nodes): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const taken = new Set(Object.keys(known))
  for (const [name, node] of Object.entries(source)) {
    const other = Object.hasOwn(known, name) ? known[name] : undefined
    if (other === undefined || isSame(other, node)) continue
    for (let number = 2; ; number++) {
      const next = `${name}_v${number}`
      const found = Object.hasOwn(known, next) ? known[next] : undefined
      if (found === undefined ? taken.has(next) || Object.hasOwn(source, next) : !isSame(found, node))
        continue
      names.set(name, next)
      taken.add(next)
      break
    }
  }
  return names
}

/** Returns a copy whose references have the new names. */
function withNames<T>(value: T, names: ReadonlyMap<string, string>): T {
  if (names.size === 0) return value
  const copied = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(copied)
    if (!isPlainObject(node)) return node
    return Object.fromEntries(
      Object.entries(node).map(([key, inner]) => {
        if (key !== '$ref' || typeof inner !== 'string') return [key, copied(inner)]
        const next = inner.startsWith(REFERENCE) ? names.get(inner.slice(REFERENCE.length)) : undefined
        return [key, next === undefined ? inner : REFERENCE + next]
      }),
    )
  }
  return copied(value) as T
}

/** Adds the kinds of an equal definition. */
function withKinds(known: SwaggerNode, other: SwaggerNode): SwaggerNode {
  const [own, more] = [known[KINDS], other[KINDS]]
  if (!Array.isArray(more)) return known
  const kinds: readonly unknown[] = Array.isArray(own) ? own : []
  const added = more.filter((kind) => !kinds.some((one) => sameJson(one, kind)))
  return added.length === 0 ? known : { ...known, [KINDS]: [...kinds, ...added] }
}
