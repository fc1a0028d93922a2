import { parseApiVersion } from '../api-version.js'
import { ageColumn, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { semanticEqual } from '../kind/equal.js'
import { invalid, required, type FieldError } from '../field-error.js'
import type { ControllerRevision } from './generated.js'

/** Source: pkg/apis/apps/validation ValidateControllerRevision. */
function validate({ data, revision }: ControllerRevision): readonly FieldError[] {
  const errors: FieldError[] = []
  if (data === undefined || data === null) errors.push(required('data', 'data is mandatory'))
  if (revision < 0) errors.push(invalid('revision', revision, 'must be greater than or equal to 0'))
  return errors
}

/** The data never changes. */
function validateUpdate(next: ControllerRevision, old: ControllerRevision): readonly FieldError[] {
  return [
    ...validate(next),
    ...(semanticEqual(next.data, old.data) ? [] : [invalid('data', next.data, 'field is immutable')]),
  ]
}

function controllerText({ metadata }: ControllerRevision): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner === undefined) return '<none>'
  const { group } = parseApiVersion(owner.apiVersion)
  const kind = owner.kind.toLowerCase()
  return `${group === '' ? kind : `${kind}.${group}`}/${owner.name}`
}

/** apps/v1 ControllerRevision. */
export const controllerRevisionDefinition: KindDefinition<ControllerRevision> =
  defineKind<ControllerRevision>({
    group: 'apps',
    version: 'v1',
    kind: 'ControllerRevision',
    resource: 'controllerrevisions',
    namespaced: true,
    storagePrefix: '/registry/controllerrevisions',
    validate,
    validateUpdate,
    strategy: { metaOnUpdate: [1, 1] },
    columns: [
      nameColumn(),
      column('Controller', controllerText),
      column('Revision', ({ revision }) => revision),
      ageColumn(),
    ],
  })
