import { inWords, type Language, type Line, type Phrase, type Phrases } from '../lang/text/phrases.js'

/** What a picture of a cluster says itself. */
export interface PictureWords {
  readonly title: (time: string) => string
  readonly cordoned: string
  readonly taint: (taint: string) => string
  readonly pending: string
  readonly restarts: (count: number) => string
  readonly namespace: (name: string) => string
  /** Why a pod behind a Service gets no connections. */
  readonly whys: Readonly<Record<string, string>>
  readonly states: Readonly<Record<'well' | 'progress' | 'failing' | 'unknown', string>>
}

const en: PictureWords = {
  title: (time) => `cluster at ${time}: where does each pod run?`,
  cordoned: 'cordoned',
  taint: (taint) => `taint ${taint}`,
  pending: 'Pending',
  restarts: (count) => (count === 1 ? '1 restart' : `${count} restarts`),
  namespace: (name) => `namespace ${name}`,
  whys: {},
  states: { well: 'ready', progress: 'in progress', failing: 'failing', unknown: 'unknown' },
}

const ko: PictureWords = {
  title: (time) => `${time}의 클러스터: 포드는 각각 어디에서 실행됩니까?`,
  cordoned: 'cordon됨',
  taint: (taint) => `테인트 ${taint}`,
  pending: 'Pending',
  restarts: (count) => `재시작 ${count}회`,
  namespace: (name) => `네임스페이스 ${name}`,
  whys: { 'not ready': '준비되지 않음', terminating: '종료 중', preemption: '선점' },
  states: { well: '준비됨', progress: '진행 중', failing: '실패', unknown: '알 수 없음' },
}

export const WORDS: Readonly<Record<Language, PictureWords>> = { en, ko }

const treeEn = {
  cross: '✗ {0}',
  tick: '✓ {0}',
  warning: '! {0}',
  titled: '{0}: {1}',
  and: '{0}, {1}',
  allowed: 'allowed',
  denied: 'denied',
  rule: 'rule {0}',
  ruleAllows: 'rule {0} allows it',
  ruleWouldAllow: 'rule {0} would allow it',
  inAnotherNamespace: 'but in another namespace',
  boundToOthers: 'but is bound to somebody else',
  noBinding: 'no binding names the user',
  everything: 'allowed: members of {0} may do everything',
  ownNamespace: 'for its own namespace only',
  noRole: 'the role does not exist',
  roleWithoutRule: 'the role has no rule',
  noRuleMatches: 'no rule matches',
  verb: 'another verb',
  apiGroup: 'another API group',
  resource: 'another resource',
  resourceName: 'other names only',
  nonResourceURL: 'another path',
  certificates: 'certificates on {0}',
  expired: 'expired {0}',
  expires: 'expires {0}, in {1} days',
  events: 'events since {0}',
  times: '{0} ({1} times)',
  network: 'network',
  closed: 'closed by the policies',
  open: 'open',
  claimDisk: 'disk of the claim',
  outside: 'outside the cluster',
  everyNode: 'every node: {0}',
  headless: 'headless',
  noPort: 'no port',
  serviceWay: 'the way of Service {0}',
  nobodyBehind: 'no pod is behind it',
  onNode: 'on {0}',
  onNoNode: 'on no node',
  ready: 'ready',
  notReady: 'not ready',
  terminating: 'terminating',
  rollout: 'rollout of {0}',
  wantedUpdated: '{0} wanted, {1} updated',
  readyAvailable: '{0} ready, {1} available',
  wantedReady: '{0} wanted, {1} ready',
  revision: 'revision {0}: {1}',
  node: 'node {0}',
  from: 'from {0}',
  to: 'to {0}',
  byChoice: 'to {0} ({1})',
  doesNotRun: 'does not run',
  kubeProxy: 'kube-proxy of {0}',
  serviceBy: 'Service {0}:{1} by {2}',
  masqueraded: 'source becomes the node',
  staleRules: 'rules as of {0}',
  leadsNowhere: 'leads nowhere',
  route: 'route to {0}',
  thereIsOne: 'there is one',
  none: 'none',
  policies: 'network policies',
  policiesOf: 'network policies ({0})',
  listens: 'listens on {0}',
  nothingListens: 'nothing listens on {0}',
  nobody: 'nobody',
  noSubject: 'no policy can select this end',
  self: 'a pod reaches itself',
  default: 'no policy selects the pod',
  Admin: 'decided by the Admin tier',
  NetworkPolicy: 'decided by network policies',
  Baseline: 'decided by the Baseline tier',
  toItself: 'a pod may always reach itself',
  ownNode: 'a pod and its node may always reach each other',
  fieldAllows: '{0} allows',
  fieldDoes: '{0} {1}',
  hasNoRule: 'has no rule',
} as const

/** A phrase that a picture of boxes or of events can say. */
export type TreePhrase = keyof typeof treeEn

const treeKo: Phrases<TreePhrase> = {
  cross: '✗ {0}',
  tick: '✓ {0}',
  warning: '! {0}',
  titled: '{0}: {1}',
  and: '{0}, {1}',
  allowed: '허용',
  denied: '거부',
  rule: '규칙 {0}',
  ruleAllows: '규칙 {0}이(가) 허용함',
  ruleWouldAllow: '규칙 {0}이라면 허용함',
  inAnotherNamespace: '다만 다른 네임스페이스에 바인딩됨',
  boundToOthers: '다만 다른 사람에게 바인딩됨',
  noBinding: '이 사용자를 가리키는 바인딩이 없음',
  everything: '허용: {0} 그룹은 모든 일을 할 수 있음',
  ownNamespace: '자기 네임스페이스에만 적용됨',
  noRole: '롤이 존재하지 않음',
  roleWithoutRule: '롤에 규칙이 없음',
  noRuleMatches: '일치하는 규칙이 없음',
  verb: '동사가 다름',
  apiGroup: 'API 그룹이 다름',
  resource: '리소스가 다름',
  resourceName: '다른 이름만 지정됨',
  nonResourceURL: '경로가 다름',
  certificates: '{0}의 인증서',
  expired: '{0} 만료됨',
  expires: '{0} 만료, {1}일 남음',
  events: '{0} 이후의 이벤트',
  times: '{0} ({1}회)',
  network: '네트워크',
  closed: '정책이 차단함',
  open: '열림',
  claimDisk: '클레임의 디스크',
  outside: '클러스터 외부',
  everyNode: '모든 노드: {0}',
  headless: '헤드리스',
  noPort: '포트 없음',
  serviceWay: '서비스 {0}의 경로',
  nobodyBehind: '연결된 포드가 없음',
  onNode: '노드 {0}',
  onNoNode: '배치된 노드 없음',
  ready: '준비됨',
  notReady: '준비되지 않음',
  terminating: '종료 중',
  rollout: '{0}의 롤아웃',
  wantedUpdated: '목표 {0}개, 갱신됨 {1}개',
  readyAvailable: '준비됨 {0}개, 사용 가능 {1}개',
  wantedReady: '목표 {0}개, 준비됨 {1}개',
  revision: '리비전 {0}: {1}',
  node: '노드 {0}',
  from: '출발: {0}',
  to: '{0}(으)로 전달',
  byChoice: '{0}(으)로 전달 ({1})',
  doesNotRun: '실행 중이 아님',
  kubeProxy: '{0}의 kube-proxy',
  serviceBy: '서비스 {0}:{1}, {2} 기준',
  masqueraded: '출발지 주소가 노드의 주소로 바뀜',
  staleRules: '{0} 기준의 규칙',
  leadsNowhere: '이어지는 곳이 없음',
  route: '{0} 경로',
  thereIsOne: '있음',
  none: '없음',
  policies: '네트워크 정책',
  policiesOf: '네트워크 정책 ({0})',
  listens: '{0}에서 수신 대기 중',
  nothingListens: '{0}에서 수신 대기하는 프로세스가 없음',
  nobody: '대상 없음',
  noSubject: '이쪽 끝을 선택할 수 있는 정책이 없음',
  self: '포드가 자기 자신에 연결함',
  default: '어떤 정책도 이 포드를 선택하지 않음',
  Admin: 'Admin 계층이 결정함',
  NetworkPolicy: '네트워크 정책이 결정함',
  Baseline: 'Baseline 계층이 결정함',
  toItself: '포드는 언제나 자기 자신에 연결할 수 있음',
  ownNode: '포드와 그 노드는 언제나 서로 연결할 수 있음',
  fieldAllows: '{0} 허용',
  fieldDoes: '{0} {1}',
  hasNoRule: '규칙이 없음',
}

/** What pictures of boxes say, in each language. */
export const TREE_WORDS: Readonly<Record<Language, Phrases<TreePhrase>>> = { en: treeEn, ko: treeKo }

/** A line of a box, or of a title. */
export type Said = Line<TreePhrase>

/** A phrase of a picture, with what it is about. */
export const say = (phrase: TreePhrase, ...of: Phrase<TreePhrase>['of']): Phrase<TreePhrase> => ({
  say: phrase,
  of,
})

/** Returns a line in a language. */
export const sayIn = (line: Said, lang: Language = 'en'): string => inWords(line, TREE_WORDS[lang])
