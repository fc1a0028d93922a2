import type { JsonMap } from '../../api/patch/json.js'
import { isMap } from '../../api/patch/json.js'
import { appliedFields } from './applied-fields.js'
import { compareObjects } from './compare.js'
import { withoutChanges } from './compare.js'
import type { FieldSet } from './field-set.js'
import type { TrackedKind } from './field-manager.js'
import { typeFaults } from './validate-typed.js'

/** The annotation in which client-side apply keeps what it applied. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** The manager for which server-side apply minds that annotation. */
export const KUBECTL = 'kubectl'

/** All annotations together may hold this many bytes. */
const MOST_ANNOTATION_BYTES = 256 * 1024

const annotationsOf = (object: object): JsonMap => {
  const { metadata } = object as { readonly metadata?: { readonly annotations?: unknown } }
  return isMap(metadata?.annotations) ? metadata.annotations : {}
}

/**
 * Fields that client-side apply set and that still have its values: kubectl's server-side apply may take them
 * over. Source: apimachinery managedfields/internal/lastappliedmanager.go.
 */
export function fieldsLastApplied(kind: TrackedKind, live: object): FieldSet | undefined {
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
    const value: unknown = JSON.parse(text)
    return isMap(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Keeps the annotation of an object that kubectl applied both ways in step with what it applies now;
 * undefined when there is nothing to keep. Source: managedfields/internal/lastappliedupdater.go.
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

/** JSON with sorted members. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isMap(value)) return JSON.stringify(value)
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`)
    .join(',')}}`
}
