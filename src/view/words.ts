/** The languages of pictures. Names, states and messages of Kubernetes stay as they are. */
export type PictureLanguage = 'en' | 'ko'

/** What a picture of a cluster says itself. */
export interface PictureWords {
  readonly title: (time: string) => string
  readonly cordoned: string
  readonly taint: (taint: string) => string
  readonly pending: string
  readonly restarts: (count: number) => string
  readonly namespace: (name: string) => string
  readonly states: Readonly<Record<'well' | 'progress' | 'failing' | 'unknown', string>>
}

const en: PictureWords = {
  title: (time) => `cluster at ${time}: where does each pod run?`,
  cordoned: 'cordoned',
  taint: (taint) => `taint ${taint}`,
  pending: 'Pending',
  restarts: (count) => (count === 1 ? '1 restart' : `${count} restarts`),
  namespace: (name) => `namespace ${name}`,
  states: { well: 'ready', progress: 'in progress', failing: 'failing', unknown: 'unknown' },
}

const ko: PictureWords = {
  title: (time) => `${time}의 클러스터: 포드는 각각 어디에서 실행됩니까?`,
  cordoned: 'cordon됨',
  taint: (taint) => `테인트 ${taint}`,
  pending: 'Pending',
  restarts: (count) => `재시작 ${count}회`,
  namespace: (name) => `네임스페이스 ${name}`,
  states: { well: '준비됨', progress: '진행 중', failing: '실패', unknown: '알 수 없음' },
}

export const WORDS: Readonly<Record<PictureLanguage, PictureWords>> = { en, ko }

/** Fixed phrases of trees and time lines, from the longest, and what they are in Korean. */
const PHRASES: readonly (readonly [phrase: RegExp, korean: string])[] = [
  [/^certificates on (\S+)$/, '$1의 인증서'],
  [/^events since (\S+)$/, '$1부터의 이벤트'],
  [/^the way of Service (\S+)$/, '서비스 $1로 가는 길'],
  [/^rollout of (\S+)$/, '$1의 롤아웃'],
  [/^network$/, '네트워크'],
  [/^outside the cluster$/, '클러스터 바깥'],
  [/^from outside the cluster$/, '클러스터 바깥에서'],
  [/^every node: (.+)$/, '모든 노드: $1'],
  [/^headless$/, '헤드리스'],
  [/^no port$/, '포트 없음'],
  [/no pod is behind it$/, '뒤에 포드가 없음'],
  [/^(\S+) on no node$/, '$1 노드 없음'],
  [/^on no node$/, '노드 없음'],
  [/(^|\s)on (\S+)$/, '$1노드 $2'],
  [/, not ready$/, ', 준비 안 됨'],
  [/, terminating$/, ', 종료 중'],
  [/, ready$/, ', 준비됨'],
  [/^(\d+) wanted, (\d+) updated$/, '원하는 수 $1, 바뀐 수 $2'],
  [/^(\d+) wanted, (\d+) ready$/, '원하는 수 $1, 준비된 수 $2'],
  [/^(\d+) ready, (\d+) available$/, '준비된 수 $1, 쓸 수 있는 수 $2'],
  [/^revision (\d+):/, '리비전 $1:'],
  [/expired (\S+)$/, '만료됨 $1'],
  [/expires (\S+), in (\d+) days$/, '$1 만료, $2일 남음'],
  [/closed by the policies$/, '정책이 막음'],
  [/✓ open$/, '✓ 열림'],
  [/^disk of the claim$/, '클레임의 디스크'],
  [/^network policies/, '네트워크 정책'],
  [/: allowed$/, ': 허용'],
  [/: denied$/, ': 거부'],
  [
    /^✓ allowed: members of system:masters may do everything$/,
    '✓ 허용: system:masters 그룹은 모든 일을 할 수 있음',
  ],
  [/^(✓|✗) allowed: (.+)$/, '$1 허용: $2'],
  [/^(✓|✗) allowed$/, '$1 허용'],
  [/^(✓|✗) denied$/, '$1 거부'],
  [/^allowed$/, '허용'],
  [/^denied$/, '거부'],
  [/rule (\d+) allows it$/, '규칙 $1이 허용'],
  [/rule (\d+) would allow it$/, '규칙 $1이라면 허용'],
  [/^but in another namespace$/, '다만 다른 네임스페이스'],
  [/^but is bound to somebody else$/, '다만 다른 사람에게 바인딩됨'],
  [/no binding names the user$/, '사용자를 가리키는 바인딩이 없음'],
  [/for its own namespace only$/, '자기 네임스페이스에서만'],
  [/the role does not exist$/, '롤이 없음'],
  [/the role has no rule$/, '롤에 규칙이 없음'],
  [/no rule matches$/, '맞는 규칙이 없음'],
  [/has no rule$/, '규칙이 없음'],
  [/^rule (\d+): another verb$/, '규칙 $1: 다른 동사'],
  [/^rule (\d+): another API group$/, '규칙 $1: 다른 API 그룹'],
  [/^rule (\d+): another resource$/, '규칙 $1: 다른 리소스'],
  [/^rule (\d+): other names only$/, '규칙 $1: 다른 이름만'],
  [/^rule (\d+): another path$/, '규칙 $1: 다른 경로'],
  [/^no policy can select this end$/, '어떤 정책도 이쪽을 선택할 수 없음'],
  [/^a pod reaches itself$/, '포드는 자신에게 연결됨'],
  [/^no policy selects the pod$/, '어떤 정책도 이 포드를 선택하지 않음'],
  [/^decided by the Admin tier$/, 'Admin 계층이 결정'],
  [/^decided by network policies$/, '네트워크폴리시가 결정'],
  [/^decided by the Baseline tier$/, 'Baseline 계층이 결정'],
  [/^a pod may always reach itself$/, '포드는 언제나 자신에게 연결됨'],
  [/^a pod and its node may always reach each other$/, '포드와 그 노드는 언제나 서로 연결됨'],
  [/✓ listens on (\S+)$/, '✓ $1에서 수신'],
  [/✗ nothing listens on (\S+)$/, '✗ $1에서 수신하는 것이 없음'],
  [/✗ does not run$/, '✗ 실행 중이 아님'],
  [/^source becomes the node$/, '출발지가 노드로 바뀜'],
  [/^route to (\S+)$/, '$1로 가는 경로'],
  [/✓ there is one$/, '✓ 있음'],
  [/^kube-proxy of (\S+)$/, '$1의 kube-proxy'],
  [/^from (\/etc\/hosts|\S+)$/, '출발: $1'],
  [/^(\S+) allows$/, '$1 허용'],
  [/^(✓ .+) allows$/, '$1 허용'],
]

/** Translates a line of a picture. What is no fixed phrase stays. */
export function inKorean(line: string): string {
  const found = PHRASES.find(([phrase]) => phrase.test(line))
  return found === undefined ? line : line.replace(found[0], found[1])
}
