import { ageColumn, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { semanticEqual } from '../kind/equal.js'
import { duplicate, invalid, required, type FieldError } from '../field-error.js'
import { internalForm } from '../kind/internal-form.js'
import { qualifiedNameFaults } from '../validation/names.js'
import { validateDriverName } from '../core/validation/volume-sources.js'
import type { CSINode, CSINodeDriver } from './generated.js'

const maxNodeIdLength = 256

/** Source: pkg/apis/storage/validation ValidateCSINode. */
function validate({ spec }: CSINode): readonly FieldError[] {
  const seen = new Set<string>()
  return (spec.drivers ?? []).flatMap((driver, index) => {
    const at = `spec.drivers[${index}]`
    const isTwice = seen.has(driver.name)
    seen.add(driver.name)
    return [...validateDriver(driver, at), ...(isTwice ? [duplicate(`${at}.name`, driver.name)] : [])]
  })
}

function validateDriver(
  { name, nodeID, allocatable, topologyKeys }: CSINodeDriver,
  path: string,
): readonly FieldError[] {
  const errors = [...validateDriverName(name, `${path}.name`)]
  if (nodeID === '') errors.push(required(`${path}.nodeID`))
  else if (nodeID.length > maxNodeIdLength) {
    errors.push(invalid(`${path}.nodeID`, nodeID, `must be ${maxNodeIdLength} characters or less`))
  }
  if ((allocatable?.count ?? 0) < 0) {
    errors.push(
      invalid(`${path}.allocatable.count`, allocatable?.count, 'must be greater than or equal to 0'),
    )
  }
  const keys = new Set<string>()
  for (const key of topologyKeys ?? []) {
    if (key === '') errors.push(required(path))
    if (keys.has(key)) errors.push(duplicate(path, key))
    keys.add(key)
    errors.push(...qualifiedNameFaults(key).map((fault) => invalid(path, key, fault)))
  }
  return errors
}

/** An existing driver must not change, except for its number of volumes. Source: ValidateCSINodeUpdate. */
const validateUpdate =
  (hasFixedCount: boolean) =>
  (next: CSINode, old: CSINode): readonly FieldError[] => {
    const before = new Map((old.spec.drivers ?? []).map((driver) => [driver.name, driver]))
    const fixed = ({ name, nodeID, topologyKeys, allocatable }: CSINodeDriver): object => ({
      name,
      nodeID,
      topologyKeys,
      ...(hasFixedCount ? { allocatable } : {}),
    })
    const changed = (next.spec.drivers ?? []).filter((driver) => {
      const was = before.get(driver.name)
      return was !== undefined && !semanticEqual(fixed(driver), fixed(was))
    })
    return [
      ...validate(next),
      ...changed.map((driver) =>
        invalid('spec.drivers', internalForm('storage.v1.CSINodeDriver', driver), 'field is immutable'),
      ),
    ]
  }

/** storage.k8s.io/v1 CSINode. */
export const csiNodeDefinition: KindDefinition<CSINode> = defineKind<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  resource: 'csinodes',
  namespaced: false,
  storagePrefix: '/registry/csinodes',
  validate,
  validateUpdate: validateUpdate(false),
  // the number of volumes was fixed
  inRelease: (definition, { has }) =>
    has('mutableNodeAllocatable') ? definition : { ...definition, validateUpdate: validateUpdate(true) },
  strategy: {
    metaOnUpdate: [2, 0],
    prepareForUpdate: (draft, old) => {
      const { spec } = draft
      if (spec.drivers?.length !== 0) return
      // a list that becomes empty is nil in the response; one that was empty stays as it was
      const was = old.spec.drivers
      const drivers = was === null || was?.length === 0 ? was : null
      if (drivers !== spec.drivers) Object.assign(draft, { spec: { ...spec, drivers } })
    },
    allowUnconditionalUpdate: false,
  },
  columns: [nameColumn(), column('Drivers', ({ spec }) => spec.drivers?.length ?? 0, 'integer'), ageColumn()],
})
