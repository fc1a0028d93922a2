import type { Node, NodeSelector, NodeSelectorRequirement } from '../../api/core/generated.js'
import type {
  AllocationResult,
  DeviceAllocationConfiguration,
  DeviceRequestAllocationResult,
  ResourceClaim,
} from '../../api/resource/generated.js'
import type { DeviceFeatures } from './features.js'
import type { CandidateDevice, RequestOption } from './requests.js'

/** A device that was chosen for a request. */
export interface Chosen {
  readonly option: RequestOption
  readonly candidate: CandidateDevice
  /** What it takes of a device that others use, too. */
  readonly consumedCapacity?: Readonly<Record<string, string>>
}

/** Returns the allocation of a claim that the chosen devices make. */
export function allocationOf(
  claim: ResourceClaim,
  chosen: readonly Chosen[],
  options: readonly (readonly RequestOption[])[],
  node: Node,
  features: DeviceFeatures,
): AllocationResult {
  // of a request with alternatives, the one that devices were chosen for
  const used = options.map((each) => each.find((option) => chosen.some((one) => one.option === option)))
  const config = configOf(claim, used)
  const nodeSelector = selectorOf(chosen, node)
  return {
    devices: {
      results: chosen.map((one) => resultOf(one, features)),
      ...(config.length === 0 ? {} : { config }),
    },
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
  }
}

function resultOf(
  { option, candidate, consumedCapacity }: Chosen,
  features: DeviceFeatures,
): DeviceRequestAllocationResult {
  const { driver, pool } = candidate.slice.spec
  const { tolerations = [] } = option.request
  const { name, bindingConditions = [], bindingFailureConditions = [] } = candidate.device
  return {
    request: option.name,
    driver,
    pool: pool.name,
    device: name,
    ...(option.isAdmin ? { adminAccess: true } : {}),
    ...(tolerations.length === 0 ? {} : { tolerations }),
    ...(features.bindingConditions && bindingConditions.length > 0
      ? { bindingConditions, bindingFailureConditions }
      : {}),
    ...(consumedCapacity === undefined ? {} : { consumedCapacity }),
  }
}

/** Returns the configurations of classes, then of the claim. One for all requests names none. */
function configOf(
  { spec }: ResourceClaim,
  used: readonly (RequestOption | undefined)[],
): readonly DeviceAllocationConfiguration[] {
  const { requests, config = [] } = spec.devices
  const byClass = new Map<string, { readonly option: RequestOption; readonly requests: string[] }>()
  for (const option of used) {
    if (option === undefined) continue
    const { name = '' } = option.class.metadata
    const known = byClass.get(name)
    if (known === undefined) byClass.set(name, { option, requests: [option.name] })
    else known.requests.push(option.name)
  }
  const all: DeviceAllocationConfiguration[] = []
  for (const { option, requests: names } of byClass.values())
    for (const { opaque } of option.class.spec.config ?? [])
      all.push({ source: 'FromClass', requests: names, ...(opaque === undefined ? {} : { opaque }) })
  const names = new Set(used.flatMap((option) => (option === undefined ? [] : [option.name, option.parent])))
  for (const { requests: of = [], opaque } of config)
    if (of.length === 0 || of.some((name) => names.has(name)))
      all.push({ source: 'FromClaim', requests: of, ...(opaque === undefined ? {} : { opaque }) })
  return all.map(({ requests: of = [], ...rest }) =>
    of.length === 0 || of.length === requests?.length ? rest : { ...rest, requests: of },
  )
}

/** Returns where all chosen devices can be used; undefined if that is everywhere. */
function selectorOf(chosen: readonly Chosen[], node: Node): NodeSelector | undefined {
  const expressions: NodeSelectorRequirement[] = []
  const fields: NodeSelectorRequirement[] = []
  for (const { candidate } of chosen) {
    const { device, slice } = candidate
    const { nodeName, nodeSelector } = slice.spec.perDeviceNodeSelection === true ? device : slice.spec
    const bound = nodeName ?? (device.bindsToNode === true ? node.metadata.name : undefined)
    if (bound !== undefined) {
      const matchFields = [{ key: 'metadata.name', operator: 'In', values: [bound] }] as const
      return { nodeSelectorTerms: [{ matchFields }] }
    }
    for (const { matchExpressions = [], matchFields = [] } of nodeSelector?.nodeSelectorTerms ?? []) {
      addNew(expressions, matchExpressions)
      addNew(fields, matchFields)
    }
  }
  if (expressions.length + fields.length === 0) return undefined
  return {
    nodeSelectorTerms: [
      {
        ...(expressions.length === 0 ? {} : { matchExpressions: expressions }),
        ...(fields.length === 0 ? {} : { matchFields: fields }),
      },
    ],
  }
}

function addNew(to: NodeSelectorRequirement[], from: readonly NodeSelectorRequirement[]): void {
  const textOf = ({ key, operator, values = [] }: NodeSelectorRequirement): string =>
    JSON.stringify([key, operator, values.toSorted()])
  for (const one of from) if (!to.some((known) => textOf(known) === textOf(one))) to.push(one)
}
