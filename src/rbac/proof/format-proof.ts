import { checkFormatted } from '../inputs.js'
import { ruleText } from '../covers.js'
import type { AuthorizationVerdict, BindingName, FailedGrant, NearMiss, RoleName } from './proof.js'
import type { RuleFault } from '../rules.js'

/** A verdict with a proof, of `authorize` or of `cluster.can`, where another authorizer may have decided. */
export type ProvenVerdict =
  | AuthorizationVerdict
  | { readonly allowed: boolean; readonly proof: { readonly kind: 'authorizer'; readonly reason?: string } }

const FAULTS: Readonly<Record<RuleFault, string>> = {
  verb: 'another verb',
  apiGroup: 'another API group',
  resource: 'another resource',
  resourceName: 'other names only',
  nonResourceURL: 'another path',
}

/**
 * Formats a verdict and why, for people: one line, and if it is denied one for each binding that was tried.
 * @example console.log(formatProof(authorize(cluster, query)))
 */
export function formatProof(proven: ProvenVerdict): string {
  checkFormatted([proven])
  const { allowed, proof } = proven
  const verdict = allowed ? 'allowed' : 'denied'
  switch (proof.kind) {
    case 'privileged':
      return `${verdict}: members of ${proof.group} may do everything`
    case 'rule':
      return `${verdict}: ${grantText(proof)}, rule ${proof.index}: ${ruleText(proof.rule)}`
    case 'authorizer':
      return proof.reason === undefined || proof.reason === '' ? verdict : `${verdict}: ${proof.reason}`
    case 'denied':
      return [
        proof.tried.length === 0 ? `${verdict}: no binding names the user` : `${verdict}:`,
        ...proof.tried.map(failureText),
        ...proof.nearMisses.map(nearMissText),
      ].join('\n')
  }
}

const nameText = ({ kind, namespace, name }: BindingName | RoleName): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`

function grantText({ binding, subject, role }: Pick<FailedGrant, 'binding' | 'subject' | 'role'>): string {
  const { kind, namespace, name } = subject
  return (
    `${nameText(binding)} gives ${nameText(role)} to ` +
    `${kind} ${namespace === undefined || namespace === '' ? '' : `${namespace}/`}${name}`
  )
}

function failureText(grant: FailedGrant): string {
  const because = {
    namespace: 'for its own namespace only',
    role: 'which does not exist',
    rules: `whose rules are about ${grant.faults.map((fault) => FAULTS[fault]).join(', ') || 'nothing'}`,
  }[grant.failed]
  return `  ${grantText(grant)}, ${because}`
}

function nearMissText({ because, binding, role, index }: NearMiss): string {
  const why =
    because === 'wrongNamespace' ? 'is bound to the user in another namespace' : 'is bound to somebody else'
  return `  rule ${index} of ${nameText(role)} would allow it, but ${why}: ${nameText(binding)}`
}
