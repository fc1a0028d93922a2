import { quote } from '../../lang/go/quote.js'
import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import { formatApiVersion } from '../../api/api-version.js'
import { isApiError } from '../../client/api-error.js'
import type { Client, ListOptions } from '../../client/client.js'
import type { ResourceName } from '../../client/resources.js'
import type { CommandLine } from '../call/call.js'
import { groupResource, kindNamed, kindsInCategory, resourceNameOf, resourceText } from './kinds.js'
import { isFailure, KubectlError, withMessage } from '../call/errors.js'

/** What arguments refer to: one object, or a list. */
export interface ObjectTarget {
  readonly definition: KindDefinition
  /** Absent for cluster-scoped kinds and for all namespaces. */
  readonly namespace?: string
  /** Present for a single object. */
  readonly name?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

/** What the arguments of a command select. */
export interface SelectedTargets {
  readonly targets: readonly ObjectTarget[]
  /** Whether the arguments name exactly one object. */
  readonly singleItem: boolean
}

/** How arguments may select. */
export interface SelectOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Whether a type without names selects all its objects. */
  readonly allowEmptySelector?: boolean
  readonly allNamespaces?: boolean
}

/**
 * Parses `pods`, `pods a b`, `po/a svc/b`, `pods,svc`, `deploy.apps`. Throws KubectlError with the texts of
 * cli-runtime's resource builder. Source: cli-runtime pkg/resource/builder.go ResourceTypeOrNameArgs.
 */
export function selectResources(
  call: CommandLine,
  args: readonly string[],
  options: SelectOptions = {},
): SelectedTargets {
  const {
    labelSelector = '',
    fieldSelector = '',
    allowEmptySelector = false,
    allNamespaces = false,
  } = options
  const scope = (definition: KindDefinition): { readonly namespace?: string } =>
    definition.namespaced && !allNamespaces ? { namespace: call.namespace } : {}
  const selects = labelSelector !== '' || fieldSelector !== ''
  if (args.some((arg) => arg.includes('/'))) {
    if (selects)
      throw new KubectlError('selectors and the all flag cannot be used when passing resource/name arguments')
    return selectPairs(call, args, allNamespaces)
  }
  const [types = '', ...names] = args
  if (types === '') {
    if (selects) throw new KubectlError('at least one resource must be specified to use a selector')
    return { targets: [], singleItem: false }
  }
  const definitions = typesOf(call, types)
  if (names.length === 0) {
    if (!selects && !allowEmptySelector)
      throw new KubectlError('resource(s) were provided, but no name was specified')
    const selectors = {
      ...(labelSelector === '' ? {} : { labelSelector }),
      ...(fieldSelector === '' ? {} : { fieldSelector }),
    }
    return {
      targets: definitions.map((definition) => ({ definition, ...scope(definition), ...selectors })),
      singleItem: false,
    }
  }
  if (selects) throw new KubectlError(nameWithSelector)
  if (allNamespaces) throw new KubectlError(allWithName)
  const targets = definitions.flatMap((definition) =>
    names.map((name) => ({ definition, ...scope(definition), name })),
  )
  return { targets, singleItem: targets.length === 1 }
}

const nameWithSelector = 'name cannot be provided when a selector is specified'
const allWithName = 'a resource cannot be retrieved by name across all namespaces'

function typesOf(call: CommandLine, types: string): readonly KindDefinition[] {
  return types.split(',').flatMap((type) => {
    const inCategory =
      call.env.scheme.byName(type) === undefined ? kindsInCategory(call.env.scheme, type) : []
    return inCategory.length > 0 ? inCategory : [resolveKind(call, type)]
  })
}

/**
 * Resolves the name of a kind; warns about a short name that several kinds share. Source: cli-runtime
 * shortcut expander.
 */
function resolveKind({ env: { scheme }, out, release }: CommandLine, word: string): KindDefinition {
  const found = kindNamed(scheme, word)
  if (release.warnsOfShortNames && found.shortNames.includes(word)) {
    const others = scheme
      .definitions()
      .filter((one) => one.group !== found.group && one.shortNames.includes(word))
    for (const text of new Set(others.map(groupResource)))
      out.errorLine(`Warning: short name ${quote(word)} could also match lower priority resource ${text}`)
  }
  return found
}

const pairForm =
  'there is no need to specify a resource type as a separate argument when passing arguments in ' +
  'resource/name form ' +
  "(e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'"

function selectPairs(call: CommandLine, args: readonly string[], allNamespaces: boolean): SelectedTargets {
  const targets = args.map((arg): ObjectTarget => {
    const [type = '', name = '', ...more] = arg.split('/')
    if (!arg.includes('/')) throw new KubectlError(pairForm)
    if (more.length > 0)
      throw new KubectlError('arguments in resource/name form may not have more than one slash')
    if (type === '' || name === '' || type.includes(',')) {
      throw new KubectlError('arguments in resource/name form must have a single resource and name')
    }
    const definition = resolveKind(call, type)
    if (allNamespaces && definition.namespaced) throw new KubectlError(allWithName)
    return { definition, ...(definition.namespaced ? { namespace: call.namespace } : {}), name }
  })
  return { targets, singleItem: targets.length === 1 }
}

/** An object that kubectl works on. */
export interface Info {
  readonly definition: KindDefinition
  readonly namespace?: string
  readonly name: string
  readonly object: KubeObject
  /** File that it came from. */
  readonly source?: string
}

/** Result of fetching one target: its objects, or the error. */
export type Fetched =
  | {
      readonly target: ObjectTarget
      readonly objects: readonly KubeObject[]
      readonly resourceVersion: string
    }
  | { readonly target: ObjectTarget; readonly error: Error }

/** Fetches every target, keeping errors beside their targets. */
export function fetchTargets(
  client: Client,
  targets: readonly ObjectTarget[],
  subresource?: string,
): readonly Fetched[] {
  return targets.map((target) => {
    try {
      return { target, ...fetchTarget(client, target, subresource) }
    } catch (error) {
      if (!isFailure(error)) throw error
      return { target, error }
    }
  })
}

/** Fetches one target. */
export function fetchTarget(
  client: Client,
  target: ObjectTarget,
  subresource?: string,
): { readonly objects: readonly KubeObject[]; readonly resourceVersion: string } {
  const { definition, namespace, name } = target
  const resource = resourceNameOf(definition)
  if (subresource !== undefined) {
    if (name === undefined)
      throw new KubectlError('subresource cannot be used when bulk resources are specified')
    const object = inNamespace(client, namespace, () =>
      client.getSubresource(
        resource as ResourceName,
        namespace === undefined ? { name } : { name, namespace },
        subresource,
      ),
    )
    return { objects: [object], resourceVersion: object.metadata.resourceVersion ?? '' }
  }
  if (name !== undefined) {
    const object = typed(
      definition,
      inNamespace(client, namespace, () =>
        client.get(resource, namespace === undefined ? { name } : { name, namespace }),
      ),
    )
    return { objects: [object], resourceVersion: object.metadata.resourceVersion ?? '' }
  }
  const list = explained(target, () => client.list(resource, listOptionsOf(target)))
  return {
    objects: list.items.map((object) => typed(definition, object)),
    resourceVersion: list.metadata.resourceVersion,
  }
}

/**
 * Reads one object; if it is missing because its namespace is, the error says so. Source: cli-runtime
 * pkg/resource/visitor.go Info.Get.
 */
export function inNamespace<T>(client: Client, namespace: string | undefined, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (namespace === undefined || namespace === 'default' || !isApiError(error, 'NotFound')) throw error
    throw missingNamespace(client, namespace) ?? error
  }
}

function missingNamespace(client: Client, name: string): unknown {
  try {
    client.get('namespaces', { name })
  } catch (error) {
    if (isApiError(error, 'NotFound')) return error
    if (!isFailure(error)) throw error
  }
  return undefined
}

/** List options of a target. */
export function listOptionsOf({ namespace, labelSelector, fieldSelector }: ObjectTarget): ListOptions {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  }
}

/** Adds to an error what could not be listed, like cli-runtime's EnhanceListError for 400 and 404. */
export function explained<T>(
  { definition, labelSelector = '', fieldSelector = '' }: ObjectTarget,
  list: () => T,
): T {
  try {
    return list()
  } catch (error) {
    if (!isApiError(error, 'BadRequest') && !isApiError(error, 'NotFound')) throw error
    const what = JSON.stringify(resourceText(definition))
    const message =
      labelSelector === '' && fieldSelector === ''
        ? `Unable to list ${what}: ${error.message}`
        : `Unable to find ${what} that match label selector ${quote(labelSelector)}, field ` +
          'selector ' +
          `${quote(fieldSelector)}: ${error.message}`
    throw withMessage(error, message)
  }
}

/** Adds apiVersion and kind to the object, which items of a list may lack. */
export function typed(definition: KindDefinition, object: KubeObject): KubeObject {
  return object.apiVersion !== undefined && object.kind !== undefined
    ? object
    : { apiVersion: formatApiVersion(definition), kind: definition.kind, ...object }
}

/** The info of a fetched object. */
export function infoOf(definition: KindDefinition, object: KubeObject): Info {
  const { name = '', namespace } = object.metadata
  return { definition, name, object, ...(namespace === undefined ? {} : { namespace }) }
}

/** The key of an info, for a client's calls. */
export function keyOf({ name, namespace }: Pick<Info, 'name' | 'namespace'>): {
  readonly name: string
  readonly namespace?: string
} {
  return namespace === undefined ? { name } : { name, namespace }
}
