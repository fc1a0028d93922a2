import type { KubeObject } from '../../kind/definition.js'
import { invalid } from '../../field-error.js'
import type { FieldError } from '../../field-error.js'
import { isPlainObject } from '../../../lang/json/plain-json.js'
import { goNumberText, goType } from '../../../lang/go/number.js'
import { goText } from '../../../lang/json/maps.js'
import type { CustomResourceSubresourceScale } from '../generated.js'

const MOST_REPLICAS = 2 ** 31 - 1

/** Returns the value at a simple path (`.spec.replicas`), or undefined. */
export function valueAt(object: unknown, path: string): unknown {
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>(
      (at, name) => (isPlainObject(at) && Object.hasOwn(at, name) ? at[name] : undefined),
      object,
    )
}

/**
 * Validates the number of replicas in the spec. Source: apiextensions
 * pkg/registry/customresource/validator.go
 * ValidateScaleSpec.
 */
export function validateScaleSpec(
  object: KubeObject,
  scale: CustomResourceSubresourceScale | undefined,
): readonly FieldError[] {
  return scale === undefined ? [] : validateReplicas(object, scale.specReplicasPath)
}

/** Validates the number of replicas and the selector in the status. Source: ValidateScaleStatus. */
export function validateScaleStatus(
  object: KubeObject,
  scale: CustomResourceSubresourceScale | undefined,
): readonly FieldError[] {
  if (scale === undefined) return []
  const { statusReplicasPath, labelSelectorPath } = scale
  const fault = labelSelectorPath === undefined ? undefined : accessFault(object, labelSelectorPath, 'string')
  return [
    ...validateReplicas(object, statusReplicasPath),
    ...(fault === undefined ? [] : [invalid(labelSelectorPath as string, '', fault)]),
  ]
}

function validateReplicas(object: KubeObject, path: string): readonly FieldError[] {
  const fault = accessFault(object, path, 'int64')
  if (fault !== undefined) return [invalid(path, 0, fault)]
  const replicas = valueAt(object, path)
  if (typeof replicas !== 'number' && typeof replicas !== 'bigint') return []
  if (replicas < 0) return [invalid(path, replicas, 'should be a non-negative integer')]
  return replicas > MOST_REPLICAS
    ? [invalid(path, replicas, `should be less than or equal to ${MOST_REPLICAS}`)]
    : []
}

/**
 * Returns Go's error for a value of another type at a path, or on the way to it; undefined if there is none.
 * Source: apimachinery unstructured helpers.go NestedFieldNoCopy.
 */
function accessFault(object: unknown, path: string, wanted: 'int64' | 'string'): string | undefined {
  const names = path.split('.').slice(1)
  const fault = (value: unknown, expected: string): string =>
    `${path} accessor error: ${shown(value)} is of the type ${goType(value)}, expected ${expected}`
  let at = object
  for (const [index, name] of names.entries()) {
    if (at === null) return undefined
    if (!isPlainObject(at)) {
      const until = `.${names.slice(0, index + 1).join('.')}`
      return fault(at, 'map[string]interface{}').replace(path, until)
    }
    if (!Object.hasOwn(at, name)) return undefined
    at = at[name]
  }
  return goType(at) === wanted ? undefined : fault(at, wanted)
}

const shown = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'bigint' ? goNumberText(value) : goText(value)
