import type { KubeObject } from '../../api/kind/definition.js'
import type { ManagedFieldsEntry } from '../../api/meta/generated.js'
import { isApiError } from '../../client/api-error.js'
import { letControllersAct } from '../objects/creation.js'
import type { CommandLine } from '../call/call.js'
import { fieldValidationOf } from '../commands/field-validation.js'
import type { DryRun } from '../call/dry-run.js'
import { KubectlError } from '../call/errors.js'
import { resourceNameOf } from '../args/kinds.js'
import { LAST_APPLIED } from './last-applied.js'
import type { Info } from '../args/resource-args.js'
import { keyOf, typed } from '../args/resource-args.js'

const MANAGER = 'kubectl'
const CLIENT_SIDE = 'kubectl-client-side-apply'
const LAST_APPLIED_MANAGER = 'kubectl-last-applied'

/**
 * Returns the field manager; its default depends on which side makes the patch. Source:
 * apply.GetApplyFieldManagerFlag.
 */
export function applyManager({ flags }: CommandLine): string {
  return flags.has('field-manager') || !flags.bool('server-side') ? flags.string('field-manager') : MANAGER
}

/**
 * `kubectl apply --server-side` of one object. Fields that client-side apply owned are migrated to `kubectl`,
 * so that their later removal has an effect. Throws KubectlError on conflicts, ApiError. Source: kubectl
 * pkg/cmd/apply applyOneObject.
 */
export function applyOnServer(call: CommandLine, info: Info, dryRun: DryRun): KubeObject {
  const { definition } = info
  const send = (object: KubeObject, fieldManager: string): KubeObject =>
    call.client.patch(
      resourceNameOf(definition),
      keyOf(info),
      { type: 'apply', body: object },
      {
        dryRun: dryRun === 'server',
        force: call.flags.bool('force-conflicts'),
        fieldManager,
        fieldValidation: fieldValidationOf(call),
      },
    )
  const manager = applyManager(call)
  let result = conflicts(() => send(info.object, manager))
  if (dryRun === 'none' && manager === MANAGER) {
    const kept = result.metadata.annotations?.[LAST_APPLIED]
    if (kept !== undefined && ownedByClientSide(result) !== undefined)
      result = send(onlyAnnotation(info, kept), LAST_APPLIED_MANAGER)
    if (migrate(call, info, result)) result = conflicts(() => send(info.object, manager))
  }
  letControllersAct(call.env, definition, dryRun)
  return typed(definition, result)
}

function conflicts<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (isApiError(error, 'Conflict')) throw new KubectlError(`${error.message}\n${ADVICE}`)
    throw error
  }
}

const ADVICE = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`

function onlyAnnotation(
  { object: { apiVersion = '', kind = '' }, name, namespace }: Info,
  text: string,
): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      annotations: { [LAST_APPLIED]: text },
    },
  }
}

const ownedByClientSide = ({
  metadata: { managedFields = [] },
}: KubeObject): ManagedFieldsEntry | undefined =>
  managedFields.find(
    ({ manager, operation, subresource = '' }) =>
      manager === CLIENT_SIDE && operation === 'Update' && subresource === '',
  )

/**
 * Merges the entry of client-side apply into kubectl's own. Returns whether there was one. Source: client-go
 * util/csaupgrade.
 */
function migrate(call: CommandLine, { definition, ...info }: Info, object: KubeObject): boolean {
  const old = ownedByClientSide(object)
  if (old === undefined) return false
  const entries = object.metadata.managedFields ?? []
  const own = entries.find(
    ({ manager, operation, subresource = '' }) =>
      manager === MANAGER && operation === 'Apply' && subresource === '',
  )
  const value =
    own === undefined
      ? entries.map((entry) => (entry === old ? { ...entry, manager: MANAGER, operation: 'Apply' } : entry))
      : entries
          .filter((entry) => entry !== old)
          .map((entry) =>
            entry === own ? { ...entry, fieldsV1: union(entry.fieldsV1, old.fieldsV1) } : entry,
          )
  call.client.patch(
    resourceNameOf(definition),
    keyOf(info),
    {
      type: 'json',
      body: [
        { op: 'replace', path: '/metadata/managedFields', value },
        { op: 'replace', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion ?? '' },
      ],
    },
    { fieldManager: MANAGER },
  )
  return true
}

/** Returns the union of two field sets. */
function union(a: object | undefined, b: object | undefined): object {
  const [left, right] = [a ?? {}, b ?? {}] as readonly [
    Readonly<Record<string, object>>,
    Readonly<Record<string, object>>,
  ]
  const merged = new Map<string, object>(Object.entries(left))
  for (const [key, below] of Object.entries(right)) merged.set(key, union(merged.get(key), below))
  return Object.fromEntries(merged)
}
