import { quote } from '../../lang/go/quote.js'
import { ApiError } from '../../client/api-error.js'
import { difference, isEmpty, pathTexts, union, LEAF, type FieldSet } from './field-set.js'
import type { ManagerIdentity } from './managers.js'

/** Fields that one manager owns and an apply would change. */
export interface Conflict {
  readonly manager: ManagerIdentity
  readonly fields: FieldSet
}

/** Thrown by an apply without force that would change fields of other managers. */
export class ApplyConflict extends Error {
  override readonly name = 'ApplyConflict'
  readonly conflicts: readonly Conflict[]

  constructor(conflicts: readonly Conflict[]) {
    super('apply conflicts')
    this.conflicts = conflicts
  }
}

/** Returns the union of the fields in conflict. */
export function conflictingFields(conflicts: readonly Conflict[]): FieldSet {
  return conflicts.reduce((all, { fields }) => union(all, fields), LEAF)
}

/** Returns the conflicts that are left after some fields are allowed. */
export function conflictsWithout(conflicts: readonly Conflict[], allowed: FieldSet): readonly Conflict[] {
  return conflicts
    .map(({ manager, fields }) => ({ manager, fields: difference(fields, allowed) }))
    .filter(({ fields }) => !isEmpty(fields))
}

/** Returns the 409 that reports conflicts. Source: apimachinery managedfields/internal/conflict.go. */
export function conflictError(conflicts: readonly Conflict[]): ApiError {
  const told = [...conflicts]
    .sort((a, b) => (identity(a.manager) < identity(b.manager) ? -1 : 1))
    .map(({ manager, fields }) => ({ manager: managerText(manager), paths: pathTexts(fields) }))
  const causes = told.flatMap(({ manager, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field })),
  )
  return new ApiError(409, 'Conflict', messageOf(told, causes.length), { causes })
}

function messageOf(told: readonly { manager: string; paths: readonly string[] }[], count: number): string {
  const [first] = told
  if (count === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.paths[0] as string}`
  }
  const lines = told.flatMap(({ manager, paths }) => [
    `conflicts with ${manager}:`,
    ...paths.map((path) => `- ${path}`),
  ])
  return `Apply failed with ${count} conflicts: ${lines.join('\n')}`
}

const identity = ({ manager, operation, apiVersion, subresource }: ManagerIdentity): string =>
  JSON.stringify({
    manager,
    operation,
    apiVersion: operation === 'Apply' ? undefined : apiVersion,
    subresource,
  })

function managerText({ manager, operation, apiVersion, subresource }: ManagerIdentity): string {
  const name =
    JSON.stringify(manager) + (subresource === undefined ? '' : ` with subresource ${quote(subresource)}`)
  return operation === 'Update' ? `${name} using ${apiVersion as string}` : name
}
