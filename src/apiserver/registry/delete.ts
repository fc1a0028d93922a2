import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { formatTime, timeMs } from '../../lang/go/time.js'
import type { Status } from '../../client/api-error.js'
import { conflict, forbidden, notFound, invalid, preconditionText } from '../errors.js'
import { attributesOf, type RegistryRequest, type RegistryContext, warn } from './context.js'
import { sameJson } from '../../lang/json/same-json.js'
import { seal, sealDryRun, discard, load, save } from './stored.js'
import { invalid as invalidField, notSupported, type FieldError } from '../../api/field-error.js'
import type { RequestOptions } from '../request.js'
import type { Namespace } from '../../api/core/generated.js'
import type { Resource } from './resources.js'
import type { CustomResourceDefinition } from '../../api/apiextensions/generated.js'
import { CLEANUP_FINALIZER, withCondition } from '../../api/apiextensions/conditions.js'

/**
 * The result of a DELETE: the object if it still exists or if its kind returns deleted objects, else a
 * Status.
 */
export interface Deleted {
  readonly object: KubeObject | Status
  /** Whether the object is gone. */
  readonly gone: boolean
}

/**
 * Resources whose deletion returns the object instead of a Status (`ReturnDeletedObject` of their storage).
 */
const RETURNS_OBJECT = new Set([
  'persistentvolumes',
  'persistentvolumeclaims',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
  'storageclasses',
  'volumeattachments',
  'csinodes',
  'csidrivers',
  'deviceclasses',
  'resourceclaims',
  'resourceclaimtemplates',
  'resourceslices',
])

/**
 * DELETE of one object. Source: apiserver pkg/registry/rest/delete.go, registry/generic/registry/store.go
 * Delete.
 */
export function deleteObject(context: RegistryContext, call: RegistryRequest): Deleted {
  const existing = load(context, call.resource, call.namespace, call.name)
  checkDeleteOptions(call.request.options)
  warnOfDeletion(call)
  if (existing === undefined) throw notFound(call.resource, call.name)
  return deleteExisting(context, call, existing)
}

/** Deletes a stored object by the rules of its kind. */
export function deleteExisting(
  context: RegistryContext,
  call: RegistryRequest,
  existing: KubeObject,
): Deleted {
  if (isSystemPriorityClass(call, existing)) {
    throw forbidden(call.resource, call.name, 'this is a system priority class and cannot be deleted')
  }
  checkPreconditions(call, existing)
  context.admission.validate(attributesOf(call, 'DELETE', undefined, existing))
  if (call.resource.kind === 'Namespace' && call.resource.group === '') {
    const held = terminateNamespace(context, call, existing)
    if (held !== undefined) return held
  }
  if (call.resource.kind === 'CustomResourceDefinition') {
    const marked = terminatingDefinition(existing, context.clock.now())
    if (marked !== undefined)
      return { object: writeMarked(context, call, marked as Draft<KubeObject>, existing), gone: false }
  }
  const plan = planDeletion(context, call, existing)
  if (plan === 'pending') return { object: existing, gone: false }
  if (plan === 'now') return remove(context, call, existing)
  const { draft, removeAfter } = plan
  if (call.dryRun) return { object: sealDryRun(draft, existing.metadata.resourceVersion), gone: removeAfter }
  const marked = store(context, call, draft, existing)
  return removeAfter ? remove(context, call, marked) : { object: marked, gone: false }
}

function isSystemPriorityClass(
  { resource }: RegistryRequest,
  { metadata: { name = '' } }: KubeObject,
): boolean {
  return resource.resource === 'priorityclasses' && name.startsWith('system-')
}

/** Writes the draft unless it changes nothing. */
function store(
  context: RegistryContext,
  call: RegistryRequest,
  draft: Draft<KubeObject>,
  existing: KubeObject,
): KubeObject {
  if (sameJson(draft, existing)) return existing
  const marked = seal(context, draft)
  save(context, call.resource, marked, existing)
  return marked
}

function remove(context: RegistryContext, call: RegistryRequest, existing: KubeObject): Deleted {
  const { resource } = call
  if (!call.dryRun) discard(context, resource, existing)
  return { object: RETURNS_OBJECT.has(resource.resource) ? existing : success(call, existing), gone: true }
}

function success({ resource, name }: RegistryRequest, { metadata: { uid } }: KubeObject): Status {
  const details = {
    name,
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.resource,
    ...(uid === undefined ? {} : { uid }),
  }
  return deepFreeze<Status>({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details })
}

/** Kinds whose storage marks an object as terminating, and checks the preconditions, before it deletes. */
const TERMINATED_FIRST = new Set(['Namespace', 'CustomResourceDefinition'])

/**
 * Throws 409 if the object does not meet the preconditions of the request. Source: rest.BeforeDelete; Delete
 * of pkg/registry/core/namespace/storage and of apiextensions' customresourcedefinition/etcd.go.
 */
export function checkPreconditions(
  { resource, request: { options } }: RegistryRequest,
  { metadata }: KubeObject,
): void {
  const { uid, resourceVersion } = options.preconditions ?? {}
  const name = metadata.name as string
  if (TERMINATED_FIRST.has(resource.kind)) {
    for (const [field, given, found] of [
      ['UID', uid, metadata.uid],
      ['ResourceVersion', resourceVersion, metadata.resourceVersion],
    ] as const)
      if (given !== undefined && given !== found)
        throw conflict(resource, name, preconditionText(field, given, found))
  }
  // upstream puts the kind where the resource belongs
  const of = { group: resource.group, resource: resource.kind }
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      of,
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). ` +
        'The object might have been deleted and then recreated',
    )
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      of,
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ` +
        `ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`,
    )
  }
}

/**
 * The effect of a deletion: none (`pending`: already under way), removal (`now`), or a version marked as
 * deleted, which may then be removed.
 */
type Plan = 'pending' | 'now' | { readonly draft: Draft<KubeObject>; readonly removeAfter: boolean }

function planDeletion(context: RegistryContext, call: RegistryRequest, existing: KubeObject): Plan {
  const draft: Draft<KubeObject> = {
    ...(existing as Draft<KubeObject>),
    metadata: { ...(existing.metadata as Draft<KubeObject>['metadata']) },
  }
  const graceful = markGraceful(context, call, draft, existing)
  if (graceful === 'pending') return 'pending'
  const finalizers = finalizersForDeletion(call.resource, existing, call.request.options)
  if (finalizers !== undefined) {
    if (finalizers.length === 0) delete draft.metadata.finalizers
    else draft.metadata.finalizers = [...finalizers]
  }
  const held = (draft.metadata.finalizers?.length ?? 0) > 0
  if (graceful === undefined) {
    if (!held) return 'now'
    markDeleted(context, draft)
    return { draft, removeAfter: false }
  }
  return { draft, removeAfter: !held && graceful === 0 }
}

/**
 * Sets the deletion timestamp and grace period, and returns the period in seconds. Returns undefined if the
 * kind or the object has none. Source: rest.BeforeDelete.
 */
function markGraceful(
  context: RegistryContext,
  call: RegistryRequest,
  { metadata }: Draft<KubeObject>,
  existing: KubeObject,
): number | 'pending' | undefined {
  const { gracePeriod } = call.resource.definition.strategy
  if (gracePeriod === undefined) return undefined
  const asked = call.request.options.gracePeriodSeconds
  const requested = asked !== undefined && asked < 0 ? 1 : asked
  const now = context.clock.now()
  if (metadata.deletionTimestamp !== undefined) {
    const running = metadata.deletionGracePeriodSeconds
    if (running === undefined) return undefined
    if (requested === undefined || requested >= running) return 'pending'
    const shortened = timeMs(metadata.deletionTimestamp) - running * 1000 + requested * 1000
    const past = shortened < now
    metadata.deletionTimestamp = formatTime(past ? now : shortened)
    metadata.deletionGracePeriodSeconds = past && requested !== 0 ? 1 : requested
    return metadata.deletionGracePeriodSeconds
  }
  const seconds = gracePeriod(existing, requested)
  metadata.deletionTimestamp = formatTime(now + seconds * 1000)
  metadata.deletionGracePeriodSeconds = seconds
  if (metadata.generation !== undefined) metadata.generation++
  return seconds
}

/** Marks an object as deleted that has no grace period and is kept by finalizers. Source: markAsDeleting. */
function markDeleted({ clock }: RegistryContext, { metadata }: Draft<KubeObject>): void {
  const now = clock.now()
  if (metadata.deletionGracePeriodSeconds === undefined && metadata.generation !== undefined)
    metadata.generation++
  if (metadata.deletionTimestamp === undefined || timeMs(metadata.deletionTimestamp) > now) {
    metadata.deletionTimestamp = formatTime(now)
  }
  metadata.deletionGracePeriodSeconds = 0
}

/**
 * Deletes a namespace. The first DELETE only starts its termination; the namespace controller then empties it
 * and removes the finalizer. Returns undefined if no finalizer is left. Source:
 * pkg/registry/core/namespace/storage/storage.go.
 */
function terminateNamespace(
  context: RegistryContext,
  call: RegistryRequest,
  existing: KubeObject,
): Deleted | undefined {
  const namespace = existing as KubeObject & { spec?: { finalizers?: readonly string[] }; status?: object }
  if (namespace.metadata.deletionTimestamp !== undefined) {
    return (namespace.spec?.finalizers?.length ?? 0) > 0 ? { object: existing, gone: false } : undefined
  }
  const { options } = call.request
  // a namespace's dependents hold it for a client that asked for a cascade in the old form, too
  const asked: RequestOptions =
    options.orphanDependents === false ? { propagationPolicy: 'Foreground' } : options
  const finalizers =
    finalizersForDeletion(call.resource, existing, asked) ?? existing.metadata.finalizers ?? []
  const { finalizers: _, ...metadata } = existing.metadata
  const draft = {
    ...namespace,
    metadata: {
      ...metadata,
      deletionTimestamp: formatTime(context.clock.now()),
      ...(finalizers.length === 0 ? {} : { finalizers: [...finalizers] }),
    },
    status: { ...namespace.status, phase: 'Terminating' },
  } as unknown as Draft<KubeObject>
  return { object: writeMarked(context, call, draft, existing), gone: false }
}

function writeMarked(
  context: RegistryContext,
  call: RegistryRequest,
  draft: Draft<KubeObject>,
  existing: KubeObject,
): KubeObject {
  return call.dryRun
    ? sealDryRun(draft, existing.metadata.resourceVersion)
    : store(context, call, draft, existing)
}

/**
 * Throws 422 for contradictory or unknown DeleteOptions. `dryRun` is that of the options.
 * Source: apimachinery pkg/apis/meta/v1/validation
 * ValidateDeleteOptions.
 */
export function checkDeleteOptions(
  { propagationPolicy, orphanDependents }: RequestOptions,
  dryRun: readonly string[] = [],
): void {
  const errors: FieldError[] = []
  if (propagationPolicy !== undefined) errors.push(...policyFaults(propagationPolicy, orphanDependents))
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']))
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors)
}

function policyFaults(
  propagationPolicy: string,
  orphanDependents: boolean | undefined,
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (orphanDependents !== undefined) {
    errors.push(
      invalidField(
        'propagationPolicy',
        propagationPolicy,
        'orphanDependents and deletionPropagation cannot be both set',
      ),
    )
  }
  if (!['Foreground', 'Background', 'Orphan'].includes(propagationPolicy)) {
    errors.push(
      notSupported('propagationPolicy', propagationPolicy, ['Foreground', 'Background', 'Orphan', 'nil']),
    )
  }
  return errors
}

/**
 * Adds the kind's warning to a DELETE that names no propagation policy. Source:
 * pkg/registry/batch/job/storage Delete and DeleteCollection.
 */
export function warnOfDeletion(call: RegistryRequest): void {
  const { deletionWarning } = call.resource.definition.strategy
  const { propagationPolicy, orphanDependents } = call.request.options
  if (deletionWarning !== undefined && propagationPolicy === undefined && orphanDependents === undefined)
    warn(call, deletionWarning)
}

const ORPHAN = 'orphan'
const FOREGROUND = 'foregroundDeletion'

/**
 * Returns the finalizers that an object needs for a deletion with these options, or undefined if it has them
 * already. An explicit policy overrides the object's finalizers; without a policy, these override the kind's
 * default. Source: registry/generic/registry/store.go deletionFinalizersForGarbageCollection.
 */
function finalizersForDeletion(
  resource: Resource,
  object: KubeObject,
  options: RequestOptions,
): readonly string[] | undefined {
  if (resource.definition.strategy.defaultPropagation === 'Unsupported') return undefined
  const present = object.metadata.finalizers ?? []
  const policy = policyOf(resource, present, options)
  const wanted = present.filter((name) => name !== ORPHAN && name !== FOREGROUND)
  if (policy === 'Orphan') wanted.push(ORPHAN)
  if (policy === 'Foreground') wanted.push(FOREGROUND)
  const known = new Set(present)
  const same = wanted.length === present.length && wanted.every((name) => known.has(name))
  return same ? undefined : wanted
}

function policyOf(resource: Resource, present: readonly string[], options: RequestOptions): string {
  if (options.orphanDependents !== undefined) return options.orphanDependents ? 'Orphan' : 'Background'
  if (options.propagationPolicy !== undefined) return options.propagationPolicy
  if (present.includes(ORPHAN)) return 'Orphan'
  if (present.includes(FOREGROUND)) return 'Foreground'
  return resource.definition.strategy.defaultPropagation ?? 'Background'
}

/**
 * Whether an update removes a deleted object: no finalizer is left (for namespaces: nor in spec.finalizers)
 * and no grace period runs.
 */
export function shouldDeleteDuringUpdate(resource: Resource, next: KubeObject, old: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata
  if (deletionTimestamp === undefined || (deletionGracePeriodSeconds ?? 0) !== 0) return false
  if ((next.metadata.finalizers?.length ?? 0) > 0) return false
  return resource.kind !== 'Namespace' || ((next as Namespace).spec?.finalizers?.length ?? 0) === 0
}

/**
 * Returns a CRD as its first DELETE leaves it: marked as deleted, with the finalizer of the controller that
 * deletes its objects. Returns undefined if it has been marked before. Source: apiextensions
 * pkg/registry/customresourcedefinition/etcd.go Delete.
 */
function terminatingDefinition(existing: KubeObject, now: number): KubeObject | undefined {
  if (existing.metadata.deletionTimestamp !== undefined) return undefined
  const crd = existing as CustomResourceDefinition
  const finalizers = crd.metadata.finalizers ?? []
  const conditions = withCondition(
    crd.status.conditions ?? [],
    {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    },
    now,
  )
  return {
    ...crd,
    metadata: {
      ...crd.metadata,
      deletionTimestamp: formatTime(now),
      finalizers: finalizers.includes(CLEANUP_FINALIZER) ? finalizers : [...finalizers, CLEANUP_FINALIZER],
    },
    status: { ...crd.status, conditions },
  } as KubeObject
}
