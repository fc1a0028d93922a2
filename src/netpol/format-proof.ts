import { checkFormatted } from './inputs.js'
import { formatRequirement } from '../api/selectors/labels.js'
import type {
  Because,
  EndProof,
  PolicyProof,
  Proof,
  RuleProof,
  SideProof,
  TierProof,
  Trial,
  ConnectionVerdict,
} from './proof.js'

const words: Readonly<Record<Because, string>> = {
  everyPeer: 'speaks of everyone',
  everyPort: 'speaks of all ports',
  podSelected: 'selects the pod',
  addressInRange: 'has the address',
  nodeSelected: 'selects the node',
  domainMatched: 'has the domain',
  portMatched: 'has the port',
  everyPortOfProtocol: 'has all ports of the protocol',
  namedPortMatched: 'names the port',
  podLabels: 'the pod does not match',
  namespaceLabels: 'the namespace does not match',
  nodeLabels: 'the node does not match',
  otherNamespace: 'the pod is in another namespace',
  notAPod: 'no pod is there',
  notANode: 'no node is there',
  addressOutOfRange: 'does not have the address',
  addressExcepted: 'excepts the address',
  otherFamily: 'is of another family',
  noAddress: 'there is no address',
  addressOfPod: 'it is the address of a pod',
  noDomain: 'no domain led there',
  otherDomain: 'another domain led there',
  otherProtocol: 'is of another protocol',
  otherPort: 'has another port',
  noSuchNamedPort: 'the pod has no port of that name',
  unknownField: 'has no field that is known',
}

function formatEnd({ pod, node, address, domains = [] }: EndProof): string {
  const name = pod ?? (node === undefined ? (address ?? 'nobody') : `node ${node}`)
  const more = [...(name === address || address === undefined ? [] : [address]), ...domains]
  return more.length === 0 ? name : `${name} (${more.join(', ')})`
}

/** Formats what a trial required and what it found. */
function formatTrial({ path, because, requirement, actual }: Trial): string {
  const said = `${path}: ${words[because]}`
  if (requirement !== undefined) {
    const is =
      actual === null || actual === undefined
        ? `it has no label ${requirement.key}`
        : `it is ${requirement.key}=${actual}`
    return `${said}: ${formatRequirement(requirement)} is wanted, ${is}`
  }
  return actual === undefined || actual === null ? said : `${said}: ${actual}`
}

function formatRule({ path, matched, action, failsClosed, trials }: RuleProof): readonly string[] {
  const is = matched ? (action ?? 'allows') : 'no match'
  return [
    `      ${path}: ${is}${failsClosed === true ? ', fails closed' : ''}`,
    ...trials.map((trial) => `        ${formatTrial(trial)}`),
  ]
}

function formatPolicy({ kind, namespace, name, priority, rules }: PolicyProof): readonly string[] {
  const title =
    `    ${kind} ` +
    (namespace === undefined ? name : `${namespace}/${name}`) +
    (priority === undefined ? '' : `, priority ${priority}`)
  return [
    rules.length === 0 ? `${title}: selects the pod and has no rule` : title,
    ...rules.flatMap(formatRule),
  ]
}

function formatTier({ tier, outcome, exception, policies }: TierProof): readonly string[] {
  const why =
    exception === undefined
      ? ''
      : exception === 'self'
        ? ', as the pod reaches itself'
        : ', as it is traffic with the own node of the pod'
  const is = policies.length === 0 ? 'selects nothing' : outcome === 'none' ? 'does not decide' : outcome
  return [`  ${tier}: ${is}${why}`, ...(exception === undefined ? policies.flatMap(formatPolicy) : [])]
}

const sideWords: Readonly<Record<'noSubject' | 'self' | 'default', string>> = {
  noSubject: 'there is no pod that policies could select',
  self: 'a pod reaches itself',
  default: 'no policy decides',
}

function formatSide({ direction, allowed, because, tiers }: SideProof, end: EndProof): readonly string[] {
  const why =
    because === 'noSubject' || because === 'self' || because === 'default'
      ? sideWords[because]
      : `by ${because === 'NetworkPolicy' ? because : `tier ${because}`}`
  return [
    `${direction} ${direction === 'egress' ? 'from' : 'to'} ${formatEnd(end)}: ` +
      `${allowed ? 'allowed' : 'denied'}, ${why}`,
    ...tiers.flatMap(formatTier),
  ]
}

/** Formats a connection: `default/web (10.0.0.1) -> default/db (10.0.0.2), 6379/TCP`. */
function formatConnection({ from, to, port, protocol, service }: Proof['connection']): string {
  return (
    `${formatEnd(from)} -> ${formatEnd(to)}, ` +
    `${port ?? 'no such port'}/${protocol}${service === true ? ' through a Service' : ''}`
  )
}

/**
 * Formats a proof as text: each side, each tier, each policy that selects the pod, each rule that was tried,
 * and the field that matched or failed.
 * @example console.log(formatProof(evaluate(cluster, connection)))
 */
export function formatProof(verdict: ConnectionVerdict): string {
  checkFormatted([verdict])
  const { allowed, proof } = verdict
  const { connection, egress, ingress } = proof
  return [
    `${formatConnection(connection)}: ${allowed ? 'allowed' : 'denied'}`,
    ...formatSide(egress, connection.from),
    ...formatSide(ingress, connection.to),
  ].join('\n')
}
