import { checkFormatted } from './inputs.js'
import { formatRequirement } from '../api/selectors/labels.js'
import type { LanguageOptions, Part } from '../lang/text/phrases.js'
import type {
  EndProof,
  PolicyProof,
  Proof,
  RuleProof,
  SideProof,
  TierProof,
  Trial,
  ConnectionVerdict,
} from './proof.js'
import { type NetpolPhrase, say, tell } from './words.js'

type Said = Part<NetpolPhrase>
/** A line, two spaces deeper a level. */
type Lines = readonly (readonly [depth: number, line: Said])[]

function endText({ pod, node, address, domains = [] }: EndProof): Said {
  const name = pod ?? (node === undefined ? (address ?? say('nobody')) : say('node', node))
  const more = [...(name === address || address === undefined ? [] : [address]), ...domains]
  return more.length === 0 ? name : say('bracketed', name, more.join(', '))
}

/** What a trial required and what it found. */
function trialText({ path, because, requirement, actual }: Trial): Said {
  const said = say('titled', path, say(because))
  if (requirement !== undefined) {
    const wanted = formatRequirement(requirement)
    const found =
      actual === null || actual === undefined
        ? say('wantedNone', wanted, requirement.key)
        : say('wantedIs', wanted, `${requirement.key}=${actual}`)
    return say('titled', said, found)
  }
  return actual === undefined || actual === null ? said : say('titled', said, actual)
}

function ruleLines({ path, matched, action, failsClosed, trials }: RuleProof): Lines {
  const is = matched ? (action ?? say('allows')) : say('noMatch')
  return [
    [3, say('titled', path, failsClosed === true ? say('failsClosed', is) : is)],
    ...trials.map((trial) => [4, trialText(trial)] as const),
  ]
}

function policyLines({ kind, namespace, name, priority, rules }: PolicyProof): Lines {
  const named = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`
  const title = priority === undefined ? named : say('priority', named, priority)
  return [[2, rules.length === 0 ? say('hasNoRule', title) : title], ...rules.flatMap(ruleLines)]
}

function tierLines({ tier, outcome, exception, policies }: TierProof): Lines {
  const is = policies.length === 0 ? say('selectsNothing') : outcome === 'none' ? say('undecided') : outcome
  const why = exception === undefined ? is : say(exception === 'self' ? 'toItself' : 'ownNodeTraffic', is)
  return [[1, say('titled', tier, why)], ...(exception === undefined ? policies.flatMap(policyLines) : [])]
}

function sideLines({ direction, allowed, because, tiers }: SideProof, end: EndProof): Lines {
  const why =
    because === 'noSubject' || because === 'self' || because === 'default'
      ? say(because)
      : say(because === 'NetworkPolicy' ? 'byPolicies' : 'byTier', because)
  return [
    [0, say(direction, endText(end), say(allowed ? 'allowed' : 'denied'), why)],
    ...tiers.flatMap(tierLines),
  ]
}

/** A connection: `default/web (10.0.0.1) -> default/db (10.0.0.2), 6379/TCP`. */
function connectionText({ from, to, port, protocol, service }: Proof['connection']): Said {
  const way = say('way', endText(from), endText(to), port ?? say('noSuchPort'), protocol)
  return service === true ? say('throughService', way) : way
}

/**
 * Formats a proof as text: each side, each tier, each policy that selects the pod, each rule that was tried,
 * and the field that matched or failed. `lang` is the language of what it says itself, default `en`.
 * @example console.log(formatProof(evaluate(cluster, connection), { lang: 'ko' }))
 */
export function formatProof(verdict: ConnectionVerdict, options: LanguageOptions = {}): string {
  checkFormatted([verdict, options])
  const { allowed, proof } = verdict
  const { connection, egress, ingress } = proof
  const lines: Lines = [
    [0, say('titled', connectionText(connection), say(allowed ? 'allowed' : 'denied'))],
    ...sideLines(egress, connection.from),
    ...sideLines(ingress, connection.to),
  ]
  // bounded: levels of a proof
  return lines.map(([depth, line]) => '  '.repeat(depth) + tell(line, options.lang)).join('\n')
}
