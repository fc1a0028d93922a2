import { exactJson } from '../../lang/json/exact-json.js'
import { parseExactJson } from '../../lang/go/json.js'
import { badRequest, untypedError } from '../errors.js'
import { type JsonMap, isMap } from '../../lang/json/maps.js'
import { ApplyConflict, conflictError, conflictingFields, conflictsWithout } from './conflicts.js'
import {
  type Applied,
  type TrackedKind,
  type TrackedWrite,
  trackApply,
  trackUpdate,
} from './field-manager.js'
import { difference, isEmpty, type FieldSet } from './field-set.js'
import { ItemError } from './shape.js'
import type { Managers } from './managers.js'
import { typeFaults } from './validate-typed.js'
import { appliedFields } from './owned-fields.js'
import { compareObjects, withoutChanges } from './compare.js'

/** The manager that an object's fields get at its first apply if the object has no managers. */
const BEFORE_FIRST_APPLY = 'before-first-apply'

/** An apply patch and the object to which it is applied. */
export interface ApplyRequest {
  readonly kind: TrackedKind
  /** `apps/v1, Kind=Deployment` */
  readonly kindText: string
  readonly write: TrackedWrite
  /** The stored object, or the empty object of the kind if nothing is stored. */
  readonly live: object
  readonly empty: object
  readonly managers: Managers
  readonly config: unknown
  readonly force: boolean
}

/**
 * Applies a configuration. Throws 400 for another kind, 409 for conflicts, and a bare 500 for a configuration
 * that violates its schema. Source: apimachinery
 * managedfields/internal/{fieldmanager,versioncheck,structuredmerge,skipnonapplied}.go.
 */
export function applyConfig(request: ApplyRequest): Applied {
  const { kind, kindText, live, empty, write } = request
  const config = checkedConfig(request.config)
  const given = kindTextOf(config)
  if (given !== kindText) throw badRequest(`invalid object type: ${given}`)
  const managers =
    request.managers.length > 0
      ? request.managers
      : trackUpdate(kind, { ...write, manager: BEFORE_FIRST_APPLY }, empty, live, [])
  const metadata = isMap(config['metadata']) ? config['metadata'] : {}
  if (Array.isArray(metadata['managedFields'])) throw badRequest('metadata.managedFields must be nil')
  const faults = typeFaults(kind.shape, config)
  if (faults !== undefined)
    throw untypedError(`failed to create typed patch object (${subjectOf(config, kindText)}): ${faults}`)
  try {
    return applyOver({ ...request, managers, config })
  } catch (error) {
    if (error instanceof ApplyConflict) throw conflictError(error.conflicts)
    if (error instanceof ItemError) throw untypedError(`failed to merge config: ${error.message}`)
    throw error
  }
}

/** Returns `/d; apps/v1, Kind=Deployment`, with the namespace that the configuration names. */
export function subjectOf(config: JsonMap, kindText: string): string {
  const metadata = isMap(config['metadata']) ? config['metadata'] : {}
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  return `${text(metadata['namespace'])}/${text(metadata['name'])}; ${kindText}`
}

function checkedConfig(config: unknown): JsonMap {
  if (config === null || config === undefined) return {}
  if (isMap(config)) return config
  const found = Array.isArray(config) ? 'array' : typeof config === 'boolean' ? 'bool' : typeof config
  throw badRequest(
    'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ' +
      `${found} into Go value of type map[string]interface {}`,
  )
}

/** Returns Go's text of a GroupVersionKind, which is empty if the apiVersion has more than one `/`. */
function kindTextOf({ apiVersion, kind }: JsonMap): string {
  const version = typeof apiVersion === 'string' ? apiVersion : ''
  const parts = version.split('/')
  if (parts.length > 2) return '/, Kind='
  const [group, short] = parts.length === 2 ? parts : ['', version]
  return `${group as string}/${short as string}, Kind=${typeof kind === 'string' ? kind : ''}`
}

/**
 * Applies the configuration. kubectl takes over, without force, the fields that client-side apply set and
 * that have not changed since.
 */
function applyOver({
  kind,
  write,
  live,
  config,
  managers,
  force,
}: ApplyRequest & { config: JsonMap }): Applied {
  try {
    return trackApply(kind, write, live, config, managers, force)
  } catch (error) {
    if (!(error instanceof ApplyConflict) || write.manager !== KUBECTL) throw error
    const allowed = fieldsLastApplied(kind, live)
    if (allowed === undefined) throw error
    if (!isEmpty(difference(conflictingFields(error.conflicts), allowed)))
      throw new ApplyConflict(conflictsWithout(error.conflicts, allowed))
    return trackApply(kind, write, live, config, managers, true)
  }
}

/** The annotation in which client-side apply keeps the last applied configuration. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** The manager for which server-side apply reads and updates that annotation. */
export const KUBECTL = 'kubectl'

/** Largest size of all annotations together, in bytes. */
const MOST_ANNOTATION_BYTES = 256 * 1024

const annotationsOf = (object: object): JsonMap => {
  const { metadata } = object as { readonly metadata?: { readonly annotations?: unknown } }
  return isMap(metadata?.annotations) ? metadata.annotations : {}
}

/**
 * Returns the fields that client-side apply set and that still have its values: kubectl's server-side apply
 * may take them over. Returns undefined if the annotation is missing or unusable. Source: apimachinery
 * managedfields/internal/lastappliedmanager.go.
 */
function fieldsLastApplied(kind: TrackedKind, live: object): FieldSet | undefined {
  const text = annotationsOf(live)[LAST_APPLIED]
  const applied = typeof text === 'string' ? parsed(text) : undefined
  if (applied === undefined || applied['apiVersion'] !== kind.apiVersion) return undefined
  if (typeFaults(kind.shape, live) !== undefined || typeFaults(kind.shape, applied) !== undefined)
    return undefined
  const fields = appliedFields(kind.shape, applied)
  const differences = compareObjects(kind.shape, applied, live)
  return differences === undefined ? fields : withoutChanges(fields, differences)
}

function parsed(text: string): JsonMap | undefined {
  try {
    const value: unknown = parseExactJson(text)
    return isMap(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Returns the annotations with the last applied configuration replaced by `config`. Returns undefined if the
 * object has not been applied on the client side. Source: managedfields/internal/lastappliedupdater.go.
 */
export function updatedAnnotations(
  object: object,
  config: JsonMap,
): Readonly<Record<string, string>> | undefined {
  const annotations = annotationsOf(object)
  if ((annotations[LAST_APPLIED] ?? '') === '') return undefined
  const next = {
    ...(annotations as Readonly<Record<string, string>>),
    [LAST_APPLIED]: `${canonicalJson(withoutAnnotation(config))}\n`,
  }
  const bytes = Object.entries(next).reduce(
    (sum, [key, value]) => sum + byteLength(key) + byteLength(value),
    0,
  )
  if (bytes <= MOST_ANNOTATION_BYTES) return next
  const { [LAST_APPLIED]: _, ...rest } = next
  return rest
}

const encoder = new TextEncoder()
const byteLength = (text: string): number => encoder.encode(text).length

function withoutAnnotation(config: JsonMap): JsonMap {
  const { metadata } = config
  if (!isMap(metadata) || !isMap(metadata['annotations'])) return config
  const { [LAST_APPLIED]: _, ...annotations } = metadata['annotations']
  return { ...config, metadata: { ...metadata, annotations } }
}

/** Returns JSON with sorted members, as Go writes maps. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isMap(value)) return exactJson(value)
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`)
    .join(',')}}`
}
