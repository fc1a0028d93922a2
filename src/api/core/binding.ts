import { defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { notSupported, required, type FieldError } from '../field-error.js'
import type { Binding } from './generated.js'

/** Source: pkg/apis/core/validation ValidatePodBinding. Faults become a 500 without reason, as upstream. */
export function validateBinding({ target }: Binding): readonly FieldError[] {
  const errors: FieldError[] = []
  const kind = target.kind ?? ''
  if (kind !== '' && kind !== 'Node') errors.push(notSupported('target.kind', kind, ['Node', '<empty>']))
  if ((target.name ?? '') === '') errors.push(required('target.name'))
  return errors
}

/** v1 Binding of a pod to a node: can only be created, and is not stored. */
export const bindingDefinition: KindDefinition<Binding> = defineKind<Binding>({
  group: '',
  version: 'v1',
  kind: 'Binding',
  resource: 'bindings',
  namespaced: true,
  verbs: ['create'],
  storagePrefix: '/registry/bindings',
  validate: validateBinding,
  strategy: {},
  columns: [nameColumn()],
})
