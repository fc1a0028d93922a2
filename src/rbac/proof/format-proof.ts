import { checkFormatted } from '../inputs.js'
import { ruleText } from '../covers.js'
import type { AuthorizationVerdict, BindingName, FailedGrant, NearMiss, RoleName } from './proof.js'
import type { LanguageOptions, Phrase } from '../../lang/text/phrases.js'
import { type RbacPhrase, say, tell } from './words.js'

/** A verdict with a proof, of `authorize` or of `cluster.can`, where another authorizer may have decided. */
export type ProvenVerdict =
  | AuthorizationVerdict
  | { readonly allowed: boolean; readonly proof: { readonly kind: 'authorizer'; readonly reason?: string } }

/**
 * Formats a verdict and why, for people: one line, and if it is denied one for each binding that was tried.
 * `lang` is the language of what it says itself, default `en`.
 * @example console.log(formatProof(authorize(cluster, query), { lang: 'ko' }))
 */
export function formatProof(proven: ProvenVerdict, options: LanguageOptions = {}): string {
  checkFormatted([proven, options])
  const [first, ...more] = linesOf(proven)
  return [first, ...more.map((line) => ['  ', line])].map((line) => tell(line ?? '', options.lang)).join('\n')
}

type Said = Phrase<RbacPhrase>

function linesOf({ allowed, proof }: ProvenVerdict): readonly Said[] {
  const verdict = say(allowed ? 'allowed' : 'denied')
  switch (proof.kind) {
    case 'privileged':
      return [say('privileged', verdict, proof.group)]
    case 'rule':
      return [say('byRule', verdict, grantText(proof), proof.index, ruleText(proof.rule))]
    case 'authorizer':
      return [
        proof.reason === undefined || proof.reason === '' ? verdict : say('titled', verdict, proof.reason),
      ]
    case 'denied':
      return [
        say(proof.tried.length === 0 ? 'noBinding' : 'only', verdict),
        ...proof.tried.map(failureText),
        ...proof.nearMisses.map(nearMissText),
      ]
  }
}

const nameText = ({ kind, namespace, name }: BindingName | RoleName): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`

function grantText({ binding, subject, role }: Pick<FailedGrant, 'binding' | 'subject' | 'role'>): Said {
  const { kind, namespace, name } = subject
  const to = `${kind} ${namespace === undefined || namespace === '' ? '' : `${namespace}/`}${name}`
  return say('gives', nameText(binding), nameText(role), to)
}

function failureText(grant: FailedGrant): Said {
  const faults = grant.faults.map((fault) => say(fault))
  const because = {
    namespace: say('ownNamespace'),
    role: say('noRole'),
    rules: say(
      'rulesAbout',
      faults.length === 0 ? say('nothing') : faults.reduce((all, one) => say('and', all, one)),
    ),
  }[grant.failed]
  return say('and', grantText(grant), because)
}

const nearMissText = ({ because, binding, role, index }: NearMiss): Said =>
  say(
    because === 'wrongNamespace' ? 'otherNamespace' : 'otherSubject',
    index,
    nameText(role),
    nameText(binding),
  )
