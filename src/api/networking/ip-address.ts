import { ageColumn, column, defineKind, nameColumn, undeclared } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { semanticEqual } from '../kind/equal.js'
import { invalid, required, type FieldError } from '../field-error.js'
import { internalForm } from '../kind/internal-form.js'
import { dnsSubdomainFaults, pathSegmentFaults } from '../validation/names.js'
import { parseIp } from '../../lang/go/ip.js'
import { addressError, canonicalAddress } from '../../lang/go/netip.js'
import type { IPAddress, ParentReference } from './generated.js'

/** Required fields, which may be missing in a client's object. */
type Sent = Partial<ParentReference>

/**
 * The name must be an address in canonical form. Source: pkg/apis/networking/validation
 * ValidateIPAddressName.
 */
function validateName(name: string): readonly string[] {
  if (parseIp(name) === undefined) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']
  const error = addressError(name)
  if (error !== undefined) return [error]
  return canonicalAddress(name) === name ? [] : ['must be a canonical form IP address']
}

function validateParent(
  { group = '', resource = '', name = '', namespace = '' }: Sent,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = []
  // the group of Services, core, is the empty text
  if (group !== '')
    for (const fault of dnsSubdomainFaults(group)) errors.push(invalid(`${path}.group`, group, fault))
  for (const [field, value] of [
    ['resource', resource],
    ['name', name],
    ['namespace', namespace],
  ] as const) {
    if (value === '') {
      if (field !== 'namespace') errors.push(required(`${path}.${field}`))
    } else {
      for (const fault of pathSegmentFaults(value)) errors.push(invalid(`${path}.${field}`, value, fault))
    }
  }
  return errors
}

/** Source: ValidateIPAddress. */
function validate({ spec: { parentRef } }: IPAddress): readonly FieldError[] {
  return parentRef === undefined ? [required('spec.parentRef')] : validateParent(parentRef, 'spec.parentRef')
}

/** The owner must not change. Source: ValidateIPAddressUpdate. */
function validateUpdate(next: IPAddress, old: IPAddress): readonly FieldError[] {
  const isSame = semanticEqual(next.spec.parentRef, old.spec.parentRef)
  return [
    ...validate(next),
    ...(isSame ? [] : [invalid('spec.parentRef', shownParent(next), 'field is immutable')]),
  ]
}

const shownParent = ({ spec: { parentRef } }: IPAddress): object | null =>
  parentRef === undefined ? null : internalForm('networking.v1.ParentReference', parentRef)

function parentText({ spec: { parentRef } }: IPAddress): string {
  if (parentRef === undefined) return '<none>'
  const { group = '', resource = '', namespace = '', name = '' } = parentRef as Sent
  const kind = (group === '' ? resource : `${resource}.${group}`).toLowerCase()
  return `${kind}${namespace === '' ? '' : `/${namespace}`}/${name}`
}

/** networking.k8s.io/v1 IPAddress: one for each cluster IP in use. */
export const ipAddressDefinition: KindDefinition<IPAddress> = defineKind<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  resource: 'ipaddresses',
  shortNames: ['ip'],
  namespaced: false,
  storagePrefix: '/registry/ipaddresses',
  validateName,
  validate,
  validateUpdate,
  strategy: { metaOnUpdate: [1, 1] },
  columns: [nameColumn(), column('ParentRef', parentText), undeclared(ageColumn())],
})
