import { repeats } from '../validation/repeats.js'
import { ageColumn, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { duplicate, invalid, type FieldError } from '../field-error.js'
import { internalForm } from '../kind/internal-form.js'
import { dnsLabelFaults } from '../validation/names.js'
import { validateLabels } from '../meta/label-validation.js'
import { validateResourceRequirements } from '../core/validation/resources.js'
import { validateTolerations } from '../core/validation/scheduling.js'
import type { RuntimeClass, Scheduling } from './generated.js'

/** Source: pkg/apis/node/validation ValidateRuntimeClass. */
function validate({ handler, overhead, scheduling }: RuntimeClass): readonly FieldError[] {
  const errors: FieldError[] = dnsLabelFaults(handler).map((fault) => invalid('handler', handler, fault))
  if (overhead !== undefined)
    validateResourceRequirements({ limits: overhead.podFixed ?? {} }, 'overhead', errors)
  if (scheduling !== undefined) validateScheduling(scheduling, errors)
  return errors
}

function validateScheduling({ nodeSelector, tolerations = [] }: Scheduling, errors: FieldError[]): void {
  errors.push(...validateLabels(nodeSelector, 'scheduling.nodeSelector'))
  // upstream names the list twice
  validateTolerations(tolerations, 'scheduling.tolerations.tolerations', errors)
  const repeated = repeats(tolerations, ({ key, operator, value, effect, tolerationSeconds }) =>
    JSON.stringify([key, operator, value, effect, tolerationSeconds]),
  )
  tolerations.forEach((toleration, index) => {
    if (repeated.has(index))
      errors.push(
        duplicate(`scheduling.tolerations[${index}]`, internalForm('core.v1.Toleration', toleration)),
      )
  })
}

/** Source: ValidateRuntimeClassUpdate: the handler must not change. */
function validateUpdate(next: RuntimeClass, old: RuntimeClass): readonly FieldError[] {
  return [
    ...validate(next),
    ...(next.handler === old.handler ? [] : [invalid('handler', next.handler, 'field is immutable')]),
  ]
}

/** node.k8s.io/v1 RuntimeClass. */
export const runtimeClassDefinition: KindDefinition<RuntimeClass> = defineKind<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  resource: 'runtimeclasses',
  namespaced: false,
  storagePrefix: '/registry/runtimeclasses',
  validate,
  validateUpdate,
  strategy: { metaOnUpdate: [1, 1], allowCreateOnUpdate: true, allowUnconditionalUpdate: false },
  columns: [nameColumn(), column('Handler', ({ handler }) => handler), ageColumn()],
})
