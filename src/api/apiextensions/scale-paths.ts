import type { KubeObject } from '../definition.js'
import { invalid } from '../field-error.js'
import type { FieldError } from '../field-error.js'
import { isPlainObject } from '../schema/plain-json.js'
import type { CustomResourceSubresourceScale } from './generated.js'

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
 * Validates the number of replicas. Source: apiextensions pkg/registry/customresource/validator.go
 * ValidateScaleSpec.
 */
export function validateScale(
  object: KubeObject,
  scale: CustomResourceSubresourceScale | undefined,
): readonly FieldError[] {
  if (scale === undefined) return []
  const errors: FieldError[] = []
  for (const path of [scale.specReplicasPath, scale.statusReplicasPath]) {
    const replicas = valueAt(object, path)
    if (typeof replicas !== 'number') continue
    if (replicas < 0) errors.push(invalid(path, replicas, 'should be a non-negative integer'))
    else if (replicas > MOST_REPLICAS)
      errors.push(invalid(path, replicas, `should be less than or equal to ${MOST_REPLICAS}`))
  }
  return errors
}
