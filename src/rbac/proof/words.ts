import { type Phrases, type Vocabulary, vocabulary } from '../../lang/text/phrases.js'

const en = {
  verb: 'another verb',
  apiGroup: 'another API group',
  resource: 'another resource',
  resourceName: 'other names only',
  nonResourceURL: 'another path',
  allowed: 'allowed',
  denied: 'denied',
  titled: '{0}: {1}',
  privileged: '{0}: members of {1} may do everything',
  byRule: '{0}: {1}, rule {2}: {3}',
  noBinding: '{0}: no binding names the user',
  only: '{0}:',
  gives: '{0} gives {1} to {2}',
  and: '{0}, {1}',
  ownNamespace: 'for its own namespace only',
  noRole: 'which does not exist',
  rulesAbout: 'whose rules are about {0}',
  nothing: 'nothing',
  otherNamespace: 'rule {0} of {1} would allow it, but is bound to the user in another namespace: {2}',
  otherSubject: 'rule {0} of {1} would allow it, but is bound to somebody else: {2}',
} as const

/** A phrase of a proof. */
export type RbacPhrase = keyof typeof en

const ko: Phrases<RbacPhrase> = {
  verb: '다른 동사',
  apiGroup: '다른 API 그룹',
  resource: '다른 리소스',
  resourceName: '다른 이름',
  nonResourceURL: '다른 경로',
  allowed: '허용',
  denied: '거부',
  titled: '{0}: {1}',
  privileged: '{0}: {1} 그룹은 모든 일을 할 수 있음',
  byRule: '{0}: {1}, 규칙 {2}: {3}',
  noBinding: '{0}: 이 사용자를 가리키는 바인딩이 없음',
  only: '{0}:',
  gives: '{0} 바인딩이 {2}에게 {1} 부여',
  and: '{0}, {1}',
  ownNamespace: '다만 자기 네임스페이스에만 적용됨',
  noRole: '다만 그 롤이 존재하지 않음',
  rulesAbout: '다만 규칙의 대상이 다름: {0}',
  nothing: '규칙 없음',
  otherNamespace: '{1}의 규칙 {0}이라면 허용하지만, 다른 네임스페이스에서 바인딩됨: {2}',
  otherSubject: '{1}의 규칙 {0}이라면 허용하지만, 다른 사람에게 바인딩됨: {2}',
}

/** What proofs say. */
export const PROOFS: Vocabulary<RbacPhrase> = vocabulary({ en, ko })

export const say: Vocabulary<RbacPhrase>['say'] = PROOFS.say
export const tell: Vocabulary<RbacPhrase>['tell'] = PROOFS.tell
