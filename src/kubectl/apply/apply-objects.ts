import { quote } from '../../lang/go/quote.js'
import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import type { Scheme } from '../../api/scheme.js'
import type { PlacedManifest } from '../../api/manifests.js'
import { whyNotServed } from '../../api/not-served.js'
import { formatApiVersion } from '../../api/api-version.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client, WriteOptions } from '../../client/client.js'
import { letControllersAct, unversioned } from '../objects/creation.js'
import { kindOfObject, patchTableOf, resourceNameOf, resourceText } from '../args/kinds.js'
import type { DryRun } from '../call/dry-run.js'
import type { KubectlEnvironment } from '../call/environment.js'
import { isFailure, KubectlError, withMessage, withSource } from '../call/errors.js'
import { lastAppliedOf, withLastApplied } from './last-applied.js'
import { goJson } from '../print/json.js'
import type { Info } from '../args/resource-args.js'
import { keyOf, typed } from '../args/resource-args.js'
import { threeWayPatch } from './three-way.js'

/** The effect of `apply` on one object. */
export interface AppliedObject {
  readonly definition: KindDefinition
  readonly operation: 'created' | 'configured' | 'unchanged' | 'serverside-applied'
  readonly object: KubeObject
  /** Whether the object's last applied configuration was missing, so that it had not been applied before. */
  readonly annotationMissing: boolean
}

/** What applying an object needs. */
export interface ApplyContext {
  readonly client: Client
  readonly scheme: Scheme
  readonly dryRun: DryRun
  readonly write: WriteOptions
  /** Changes to immutable fields delete and recreate the object. */
  readonly force: boolean
  wait(ms: number): void
}

const CONFLICT_TRIES = 5

/**
 * Creates or patches one object as `kubectl apply` does. Throws ApiError whose text starts with kubectl's
 * description of the operation.
 */
export function applyInfo(context: ApplyContext, info: Info): AppliedObject {
  const { definition, source = '' } = info
  const { generateName = '' } = info.object.metadata
  if (info.name === '' && generateName !== '')
    throw new KubectlError(`from ${generateName}: cannot use generate name with apply`)
  if (info.name === '') throw new KubectlError(retrievingText(info, 'resource name may not be empty'))
  const resource = resourceNameOf(definition)
  const modified = withLastApplied(info.object)
  const current = retrieving(info, () => ignoreNotFound(() => context.client.get(resource, keyOf(info))))
  if (current === undefined) {
    try {
      const object =
        context.dryRun === 'client'
          ? modified
          : context.client.create(resource, unversioned(modified), context.write)
      letControllersAct(context, definition, context.dryRun)
      return { definition, operation: 'created', object: typed(definition, object), annotationMissing: false }
    } catch (error) {
      throw isApiError(error) ? withSource('creating', source, error) : error
    }
  }
  const annotationMissing = lastAppliedOf(current) === undefined
  return {
    definition,
    annotationMissing,
    ...patchUntilDone(context, info, modified, typed(definition, current)),
  }
}

function retrieving<T>(info: Info, call: () => T): T {
  try {
    return call()
  } catch (error) {
    if (error instanceof KubectlError) throw new KubectlError(retrievingText(info, error.message))
    if (!isApiError(error)) throw error
    throw withMessage(error, retrievingText(info, error.message))
  }
}

const retrievingText = (info: Info, message: string): string =>
  `error when retrieving current configuration of:\n${describe(info)}\nfrom server for: ` +
  `${quote(info.source ?? '')}: ${message}`

function describe({ definition, name, namespace = '' }: Info): string {
  return (
    `Resource: "${resourceText(definition).replace(/^\//, '/')}", GroupVersionKind: ` +
    `"${definition.group}/${definition.version}, ` +
    `Kind=${definition.kind}"\nName: ${quote(name)}, Namespace: ${quote(namespace)}`
  )
}

function patchUntilDone(
  context: ApplyContext,
  info: Info,
  modified: KubeObject,
  start: KubeObject,
): Pick<AppliedObject, 'operation' | 'object'> {
  const { definition } = info
  const resource = resourceNameOf(definition)
  const message = patchTableOf(context.scheme, definition)
  let current = start
  for (let attempt = 1; ; attempt++) {
    const patch = threeWayPatch(lastAppliedOf(current) ?? {}, modified, current, message)
    if (context.dryRun === 'client') return { operation: 'configured', object: current }
    if (Object.keys(patch).length === 0) return { operation: 'unchanged', object: current }
    try {
      const type = message === undefined ? 'merge' : 'strategic'
      const object = context.client.patch(resource, keyOf(info), { type, body: patch }, context.write)
      return { operation: 'configured', object: typed(definition, object) }
    } catch (error) {
      if (isApiError(error, 'Conflict') && attempt < CONFLICT_TRIES) {
        if (attempt > 1) context.wait(1000)
        current = typed(definition, context.client.get(resource, keyOf(info)))
      } else if (context.force && (isApiError(error, 'Invalid') || isApiError(error, 'Conflict'))) {
        return { operation: 'configured', object: recreate(context, info, modified) }
      } else if (isApiError(error)) {
        const doing = `applying patch:\n${goJson(patch)}\nto:\n${describe(info)}\nfor:`
        throw withSource(doing, info.source ?? '', error)
      } else throw error
    }
  }
}

/** `--force`: deletes the object at once and creates it again. */
function recreate(context: ApplyContext, info: Info, modified: KubeObject): KubeObject {
  const resource = resourceNameOf(info.definition)
  context.client.delete(resource, keyOf(info), { gracePeriodSeconds: 0 })
  return typed(info.definition, context.client.create(resource, unversioned(modified), context.write))
}

/** Several objects could not be applied; the others have been. */
export class ApplyError extends KubectlError {
  override readonly name: string = 'ApplyError'
  /** One error for each object that failed, with its place, kind and name; an ApiError if it was refused. */
  readonly errors: readonly Error[]
  readonly applied: readonly AppliedObject[]

  constructor(errors: readonly Error[], applied: readonly AppliedObject[]) {
    const all = errors.length + applied.length
    super(
      `${errors.length} of ${all} objects could not be applied:\n` +
        errors.map(({ message }) => `- ${message}`).join('\n'),
    )
    this.errors = errors
    this.applied = applied
  }
}

/**
 * Applies objects in order, each with its last applied configuration, as `kubectl apply -f` does: creates
 * what is missing, patches the rest. Objects without a namespace go to the default one. It goes on after a
 * failure.
 * @throws KubectlError for a kind that is not served and ApiError if the server refuses, with the place, kind
 * and name of the object; ApplyError if several objects failed
 */
export function applyObjects(
  env: KubectlEnvironment,
  manifests: readonly PlacedManifest[],
): readonly AppliedObject[] {
  const context: ApplyContext = {
    client: env.client,
    scheme: env.scheme,
    dryRun: 'none',
    force: false,
    wait: (ms) => env.wait(ms),
    write: { fieldManager: 'kubectl-client-side-apply', fieldValidation: 'Strict' },
  }
  const applied: AppliedObject[] = []
  const errors: Error[] = []
  for (const manifest of manifests) {
    try {
      const info = infoOfObject(env.scheme, manifest.object, env.defaultNamespace ?? 'default')
      applied.push(applyInfo(context, info))
    } catch (error) {
      if (!isFailure(error)) throw error
      errors.push(placedError(manifest, error))
    }
  }
  if (errors.length === 1) throw errors[0] as Error
  if (errors.length > 1) throw new ApplyError(errors, applied)
  return applied
}

function placedError({ object, place }: PlacedManifest, error: Error): Error {
  const { kind, metadata = {} } = object
  const { namespace, name = '' } = metadata
  const named = name === '' ? '' : ` ${quote(namespace === undefined ? name : `${namespace}/${name}`)}`
  const message = `${place === '' ? '' : `${place}: `}${kind}${named}: ${error.message}`
  if (isApiError(error)) return withMessage(error, message)
  return error instanceof KubectlError ? new KubectlError(message) : error
}

function infoOfObject(scheme: Scheme, object: KubeObject, namespace: string): Info {
  const { apiVersion = '', kind = '' } = object
  if (scheme.ofObject(apiVersion, kind) === undefined)
    throw new KubectlError(
      `no matches for kind ${quote(kind)} in version ${quote(apiVersion)}: ` +
        whyNotServed(scheme, apiVersion, kind),
    )
  const definition = kindOfObject(scheme, object)
  const { metadata = {} } = object // a manifest may lack it
  const { name = '' } = metadata
  if (!definition.namespaced) return { definition, name, object: typed(definition, object) }
  const placed = {
    ...object,
    apiVersion: formatApiVersion(definition),
    metadata: { ...metadata, namespace: metadata.namespace ?? namespace },
  }
  return { definition, name, namespace: placed.metadata.namespace, object: placed }
}
