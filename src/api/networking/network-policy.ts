import { ageColumn, column, defineKind, nameColumn, specChangedInGo } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.js'
import { ipRangeWarnings, validateIpRange } from '../validation/ip-validation.js'
import { formatSelector } from '../selectors/labels.js'
import { portNameFaults, portNumberFaults } from '../validation/names.js'
import { isStrictPart } from '../../lang/go/netip.js'
import { validateLabelSelector } from '../meta/label-validation.js'
import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from './generated.js'

const protocols = ['TCP', 'UDP', 'SCTP']

/** Source: pkg/apis/networking/v1/defaults.go SetDefaults_NetworkPolicy. */
function setDefaults({ spec }: Draft<NetworkPolicy>): void {
  if (Object.isFrozen(spec)) return
  for (const { ports } of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
    for (const port of ports ?? []) port.protocol ??= 'TCP'
  }
  if ((spec.policyTypes ?? []).length === 0)
    spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
}

function validatePort(
  { protocol, port, endPort }: NetworkPolicyPort,
  path: string,
  errors: FieldError[],
): void {
  if (protocol !== undefined && !protocols.includes(protocol))
    errors.push(notSupported(`${path}.protocol`, protocol, protocols))
  const end = (text: string, value: number | undefined = endPort): void => {
    errors.push(invalid(`${path}.endPort`, value, text))
  }
  if (port === undefined) {
    if (endPort !== undefined) end('may not be specified when `port` is not specified')
  } else if (typeof port === 'string') {
    if (endPort !== undefined) end('may not be specified when `port` is non-numeric')
    for (const fault of portNameFaults(port)) errors.push(invalid(`${path}.port`, port, fault))
  } else {
    for (const fault of portNumberFaults(port)) errors.push(invalid(`${path}.port`, port, fault))
    if (endPort === undefined) return
    // upstream reports the port, not endPort
    if (endPort < port) end('must be greater than or equal to `port`', port)
    portNumberFaults(endPort).forEach((fault) => end(fault))
  }
}

/** Source: ValidateIPBlock. */
function validateIpBlock({ cidr, except = [] }: IPBlock, path: string, errors: FieldError[]): void {
  if (cidr === '') {
    errors.push(required(`${path}.cidr`))
    return
  }
  const faults = validateIpRange(cidr, `${path}.cidr`)
  errors.push(...faults)
  if (faults.length > 0) return
  except.forEach((part, index) => {
    const at = `${path}.except[${index}]`
    const wrong = validateIpRange(part, at)
    errors.push(...wrong)
    if (wrong.length === 0 && !isStrictPart(cidr, part))
      errors.push(invalid(at, part, 'must be a strict subset of `cidr`'))
  })
}

function validatePeer(
  { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer,
  path: string,
  errors: FieldError[],
): void {
  errors.push(...validateLabelSelector(podSelector, `${path}.podSelector`))
  errors.push(...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`))
  if (ipBlock !== undefined) validateIpBlock(ipBlock, `${path}.ipBlock`, errors)
  const hasSelector = podSelector !== undefined || namespaceSelector !== undefined
  if (!hasSelector && ipBlock === undefined) errors.push(required(path, 'must specify a peer'))
  else if (hasSelector && ipBlock !== undefined)
    errors.push(forbidden(path, 'may not specify both ipBlock and another peer'))
}

/** Source: pkg/apis/networking/validation ValidateNetworkPolicySpec. */
function validate({ spec }: NetworkPolicy): readonly FieldError[] {
  const errors = [...validateLabelSelector(spec.podSelector, 'spec.podSelector')]
  spec.ingress?.forEach(({ ports, from }, index) => {
    const path = `spec.ingress[${index}]`
    ports?.forEach((port, at) => validatePort(port, `${path}.ports[${at}]`, errors))
    from?.forEach((peer, at) => validatePeer(peer, `${path}.from[${at}]`, errors))
  })
  spec.egress?.forEach(({ ports, to }, index) => {
    const path = `spec.egress[${index}]`
    ports?.forEach((port, at) => validatePort(port, `${path}.ports[${at}]`, errors))
    to?.forEach((peer, at) => validatePeer(peer, `${path}.to[${at}]`, errors))
  })
  const types: readonly string[] = spec.policyTypes ?? []
  if (types.length > 2)
    return [...errors, invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')]
  types.forEach((type, index) => {
    if (type !== 'Ingress' && type !== 'Egress')
      errors.push(notSupported(`spec.policyTypes[${index}]`, type, ['Ingress', 'Egress']))
  })
  return errors
}

function blockWarnings({ cidr, except = [] }: IPBlock, path: string): readonly string[] {
  return [
    ...ipRangeWarnings(cidr, `${path}.cidr`),
    ...except.flatMap((part, at) => ipRangeWarnings(part, `${path}.except[${at}]`)),
  ]
}

/** Source: pkg/registry/networking/networkpolicy/strategy.go networkPolicyWarnings. */
function specWarnings({ ingress = [], egress = [] }: NetworkPolicySpec): readonly string[] {
  const ofPeers = (peers: readonly NetworkPolicyPeer[], path: string): readonly string[] =>
    peers.flatMap(({ ipBlock }, index) =>
      ipBlock === undefined ? [] : blockWarnings(ipBlock, `${path}[${index}].ipBlock`),
    )
  return [
    ...ingress.flatMap(({ from = [] }, index) => ofPeers(from, `spec.ingress[${index}].from`)),
    ...egress.flatMap(({ to = [] }, index) => ofPeers(to, `spec.egress[${index}].to`)),
  ]
}

/** networking.k8s.io/v1 NetworkPolicy. */
export const networkPolicyDefinition: KindDefinition<NetworkPolicy> = defineKind<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  resource: 'networkpolicies',
  shortNames: ['netpol'],
  namespaced: true,
  storagePrefix: '/registry/networkpolicies',
  setDefaults,
  validate,
  // upstream's update validation includes the whole one, and its strategy calls both
  validateUpdate: (next) => [...validate(next), ...validate(next)],
  strategy: {
    metaOnUpdate: [1, 1],
    generationChanged: specChangedInGo,
    warnings: (next, old) => (next.spec === old?.spec ? [] : specWarnings(next.spec)),
  },
  columns: [
    nameColumn(),
    column('Pod-Selector', ({ spec }) => formatSelector(spec.podSelector)),
    ageColumn(),
  ],
})
