import { validateIpRange } from '../validation/ip-validation.js'
import { parseIpRange } from '../../lang/go/ip.js'
import {
  ageColumn,
  borrow,
  column,
  defineKind,
  nameColumn,
  proxyOf,
  statusOf,
  wideColumn,
} from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { internal, duplicate, forbidden, invalid, type FieldError } from '../field-error.js'
import { labelValueFaults } from '../validation/names.js'
import { validateLabelName } from '../meta/label-validation.js'
import type { Node, NodeStatus, Taint } from './generated.js'
import { roundAmounts } from './resource-lists.js'
import { validateResourceQuantity } from './validation/resources.js'
import { validateTaintEffect } from './validation/scheduling.js'

/**
 * Sets allocatable to the capacity by default, and keeps podCIDR and podCIDRs consistent. Source:
 * SetDefaults_NodeStatus, conversion.
 */
function setDefaults(node: Draft<Node>): void {
  const { spec, status } = node
  if (!Object.isFrozen(status)) {
    roundAmounts(status.capacity)
    roundAmounts(status.allocatable)
    if (status.allocatable === undefined && status.capacity !== undefined)
      status.allocatable = { ...status.capacity }
  }
  if (Object.isFrozen(spec)) return
  // the single field wins over a list that does not start with it, as in the conversion to the internal type
  if (spec.podCIDR !== undefined && spec.podCIDRs?.[0] !== spec.podCIDR) spec.podCIDRs = [spec.podCIDR]
  else if (spec.podCIDR === undefined && spec.podCIDRs?.[0] !== undefined) spec.podCIDR = spec.podCIDRs[0]
}

/** Source: pkg/apis/core/validation validateNodeTaints; upstream reports them under metadata. */
function validateTaints(taints: readonly Taint[], path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  taints.forEach(({ key, value = '', effect, timeAdded = null }, index) => {
    const at = `${path}[${index}]`
    errors.push(...validateLabelName(key, `${at}.key`))
    const faults = labelValueFaults(value)
    if (faults.length > 0) errors.push(invalid(`${at}.value`, value, faults.join(';')))
    validateTaintEffect(effect, false, `${at}.effect`, errors)
    const identity = `${key}:${effect as string}`
    if (seen.has(identity)) {
      const taint = JSON.stringify({ Key: key, Value: value, Effect: effect, TimeAdded: timeAdded })
      const body = `Duplicate value: ${taint}: taints must be unique by key and effect pair`
      errors.push({ ...duplicate(at, ''), body })
    }
    seen.add(identity)
  })
  return errors
}

function validate({ spec, status }: Node): readonly FieldError[] {
  const errors = [...validateTaints(spec.taints ?? [], 'metadata.taints')]
  validateCapacity(status, (name) => `status.capacity[${name}]`, errors)
  validatePodRanges(spec.podCIDRs ?? [], errors)
  return errors
}

function validateCapacity(
  { capacity = {} }: NodeStatus,
  pathOf: (name: string) => string,
  errors: FieldError[],
): void {
  for (const name of Object.keys(capacity).sort())
    validateResourceQuantity(name, capacity[name] ?? '0', pathOf(name), errors)
}

function validateAddresses({ addresses = [] }: NodeStatus, errors: FieldError[]): void {
  const seen = new Set<string>()
  addresses.forEach(({ type, address }, index) => {
    const shown = { Type: type, Address: address }
    const text = JSON.stringify(shown)
    if (seen.has(text)) errors.push(duplicate(`status.addresses[${index}]`, shown))
    seen.add(text)
  })
}

/** One range of each family at most. Source: ValidateNode. */
function validatePodRanges(ranges: readonly string[], errors: FieldError[]): void {
  const at = 'spec.podCIDRs'
  ranges.forEach((range, index) => errors.push(...validateIpRange(range, `${at}[${index}]`)))
  if (ranges.length < 2) return
  const bad = ranges.findIndex((range) => parseIpRange(range) === undefined)
  if (bad >= 0) {
    const why = `invalid CIDR[${bad}]: <nil> (invalid CIDR address: ${ranges[bad] ?? ''})`
    errors.push(internal(at, `invalid PodCIDRs. failed to check with dual stack with error:${why}`))
  }
  const families = new Set(ranges.map((range) => parseIpRange(range)?.family))
  if (bad >= 0 || families.size < 2 || ranges.length > 2)
    errors.push(invalid(at, ranges, 'may specify no more than one CIDR for each IP family'))
}

/**
 * Source: ValidateNodeUpdate: podCIDRs and providerID are set once; only labels, taints, unschedulable and
 * similar fields may change.
 */
function validateUpdate(next: Node, old: Node): readonly FieldError[] {
  // upstream validates the taints of an update twice
  const taints = validateTaints(next.spec.taints ?? [], 'metadata.taints')
  const errors = [...taints, ...taints]
  validateCapacity(next.status, (name) => `status.capacity.${name}`, errors)
  validateAddresses(next.status, errors)
  validatePodRanges(next.spec.podCIDRs ?? [], errors)
  if (next.spec === old.spec) return errors
  const before = old.spec.podCIDRs ?? []
  if (before.length > 0 && before.join() !== (next.spec.podCIDRs ?? []).join()) {
    errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'))
  }
  if (old.spec.providerID !== undefined && old.spec.providerID !== next.spec.providerID) {
    errors.push(
      forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'),
    )
  }
  if ((next.spec.externalID ?? '') !== (old.spec.externalID ?? ''))
    errors.push(forbidden('spec.externalID', 'may not be updated'))
  return errors
}

/** Kubelets no longer take a configuration from here. Source: node strategy dropDisabledFields. */
function dropConfigSource(node: Draft<Node>, old: Node | undefined): void {
  if (node.spec.configSource === undefined || old?.spec.configSource !== undefined) return
  const { configSource: _configSource, ...spec } = node.spec
  node.spec = spec
}

const roleLabel = 'node-role.kubernetes.io/'

function rolesText({ metadata }: Node): string {
  const roles = new Set<string>()
  for (const key in metadata.labels) {
    if (key.startsWith(roleLabel) && key.length > roleLabel.length) roles.add(key.slice(roleLabel.length))
    else if (key === 'kubernetes.io/role' && metadata.labels[key] !== '')
      roles.add(metadata.labels[key] ?? '')
  }
  return roles.size === 0 ? '<none>' : [...roles].sort().join(',')
}

function statusText({ spec, status }: Node): string {
  const ready = status.conditions?.find(({ type }) => type === 'Ready')
  const text = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return spec.unschedulable === true ? `${text},SchedulingDisabled` : text
}

const addressText = ({ status }: Node, type: string): string =>
  status.addresses?.find((address) => address.type === type)?.address ?? '<none>'

const orUnknown = (text: string | undefined): string =>
  text === undefined || text === '' ? '<unknown>' : text

/** v1 Node; the prefix in etcd is their first name, minions. */
export const nodeDefinition: KindDefinition<Node> = defineKind<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  resource: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  storagePrefix: '/registry/minions',
  subresources: [proxyOf('NodeProxyOptions'), statusOf('', 'v1', 'Node')],
  setDefaults,
  validate,
  validateUpdate,
  strategy: {
    metaOnUpdate: [1, 1],
    prepareForCreate: (node) => dropConfigSource(node, undefined),
    prepareForUpdate: (node, old) => {
      node.status = borrow(old.status)
      dropConfigSource(node, old)
    },
    prepareForStatusUpdate: (node, old) => {
      node.spec = borrow(old.spec)
    },
    warnings: ({ spec }, old) =>
      spec === old?.spec
        ? []
        : [
            ...(spec.configSource === undefined
              ? []
              : ['spec.configSource: deprecated in v1.22, support removed in v1.26']),
            ...((spec.externalID ?? '') === ''
              ? []
              : ['spec.externalID: this field is deprecated, and is unused by Kubernetes']),
          ],
  },
  columns: [
    nameColumn(),
    column('Status', statusText),
    column('Roles', rolesText),
    ageColumn(),
    column('Version', ({ status }) => status.nodeInfo?.kubeletVersion ?? ''),
    wideColumn('Internal-IP', (node) => addressText(node, 'InternalIP')),
    wideColumn('External-IP', (node) => addressText(node, 'ExternalIP')),
    wideColumn('OS-Image', ({ status }) => orUnknown(status.nodeInfo?.osImage)),
    wideColumn('Kernel-Version', ({ status }) => orUnknown(status.nodeInfo?.kernelVersion)),
    wideColumn('Container-Runtime', ({ status }) => orUnknown(status.nodeInfo?.containerRuntimeVersion)),
  ],
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
})
