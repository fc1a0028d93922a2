import { inWords, type Language, type Line, type Phrase, type Phrases } from '../../lang/text/phrases.js'

const en = {
  titled: '{0} {1}',
  deleted: 'is being deleted',
  deletedWaits: 'is being deleted, and waits for {0}',
  is: 'is {0}{1}',
  bracketed: ' ({0})',
  claimLacksClass: 'is {0}: no storage class is set, and no class is the default',
  scalesNot: 'does not scale{0}',
  isNot: 'is not {0}{1}',
  unobserved: 'has not been looked at by its controller since its last change',
  replicasLatest: 'has {0} of {1} replicas of its latest revision',
  replicasAvailable: 'has {0} of {1} replicas available',
  surplus: 'still has {0} old replicas',
  daemonsUpdated: 'has {0} of {1} daemons updated',
  daemonsAvailable: 'has {0} of {1} daemons available',
  failed: 'has failed{0}',
  suspended: 'is suspended',
  completions: 'has {0} of {1} completions',
  runsNotReady: 'is Running and not ready{0}',
  unheard: 'forwards port {0} to port {1}, on which {2} does not listen',
  noPodSelected: 'has no endpoints: its selector matches no pod',
  noneReady: 'has no endpoint that is ready',
  stopped: 'stopped: {0}',
  latent: '{0} runs, and would be refused if it were made again: {1}',
  condition: 'condition {0} is {1}{2}',
  event: 'event {0} (x{1}): {2}',
  more: 'and {0} more',
  misspelt: 'nobody has described the image {0}; did you mean {1}?',
  noNode: 'the scheduler finds no node: {0}',
  wouldChoose: 'the scheduler would choose {0} now',
  noProfile: 'pod {0} is for scheduler {1}, of which the cluster has no profile',
  nodeGone: 'its node {0} does not exist',
  claimGone: 'its claim {0} does not exist',
  containerWaits: 'container {0} waits{1}',
  containerNotReady: 'container {0} runs and is not ready',
  containerEnded: 'container {0} ended with exit code {1}{2}',
  containerSaid: 'container {0} ended with exit code {1}{2}; it wrote last: {3}',
  allWell: 'everything is as wanted',
} as const

/** A phrase of a diagnosis. */
export type WhyPhrase = keyof typeof en

const ko: Phrases<WhyPhrase> = {
  titled: '{0}: {1}',
  deleted: '삭제되는 중입니다',
  deletedWaits: '삭제되는 중이며 파이널라이저를 기다립니다: {0}',
  is: '{0} 상태입니다{1}',
  bracketed: ' ({0})',
  claimLacksClass: '{0} 상태입니다: 지정한 스토리지 클래스도, 기본 스토리지 클래스도 없습니다',
  scalesNot: '스케일링하지 않습니다{0}',
  isNot: '{0} 상태가 아닙니다{1}',
  unobserved: '마지막으로 변경된 뒤 컨트롤러가 아직 처리하지 않았습니다',
  replicasLatest: '레플리카 {1}개 중 {0}개가 최신 리비전입니다',
  replicasAvailable: '레플리카 {1}개 중 {0}개를 사용할 수 있습니다',
  surplus: '이전 레플리카 {0}개가 아직 남아 있습니다',
  daemonsUpdated: '데몬 포드 {1}개 중 {0}개가 업데이트되었습니다',
  daemonsAvailable: '데몬 포드 {1}개 중 {0}개를 사용할 수 있습니다',
  failed: '실패했습니다{0}',
  suspended: '일시 중지되어 있습니다',
  completions: '완료해야 할 {1}회 중 {0}회를 완료했습니다',
  runsNotReady: 'Running이지만 준비되지 않았습니다{0}',
  unheard: '{0}번 포트를 {1}번 포트로 전달하지만, {2} 포드는 그 포트에서 수신하지 않습니다',
  noPodSelected: '엔드포인트가 없습니다: 셀렉터와 일치하는 포드가 없습니다',
  noneReady: '준비된 엔드포인트가 없습니다',
  stopped: '중지된 컴포넌트: {0}',
  latent: '{0}: 실행 중이지만, 다시 만들면 거부됩니다: {1}',
  condition: '컨디션 {0}의 값이 {1}입니다{2}',
  event: '이벤트 {0} ({1}회): {2}',
  more: '그 밖에 {0}개 더 있습니다',
  misspelt: '이미지 {0}에 대한 설명이 없습니다. {1}을(를) 잘못 쓴 것이 아닙니까?',
  noNode: '스케줄러가 노드를 찾지 못합니다: {0}',
  wouldChoose: '지금이라면 스케줄러가 {0} 노드를 선택합니다',
  noProfile: '포드 {0}의 스케줄러는 {1}인데, 클러스터에 그 프로필이 없습니다',
  nodeGone: '포드가 배치된 노드 {0}이(가) 없습니다',
  claimGone: '포드가 사용하는 클레임 {0}이(가) 없습니다',
  containerWaits: '컨테이너 {0}이(가) 대기 중입니다{1}',
  containerNotReady: '컨테이너 {0}이(가) 실행 중이지만 준비되지 않았습니다',
  containerEnded: '컨테이너 {0}이(가) 종료 코드 {1}(으)로 종료되었습니다{2}',
  containerSaid: '컨테이너 {0}이(가) 종료 코드 {1}(으)로 종료되었습니다{2}; 마지막 출력: {3}',
  allWell: '모두 원하는 상태입니다',
}

/** What a diagnosis says itself, in each language. Reasons and messages of the API stay as they are. */
export const WORDS: Readonly<Record<Language, Phrases<WhyPhrase>>> = { en, ko }

/** A phrase, with what it is about. */
export const say = (phrase: WhyPhrase, ...of: Phrase<WhyPhrase>['of']): Phrase<WhyPhrase> => ({
  say: phrase,
  of,
})

/** Returns a line of a diagnosis in a language. */
export const tell = (line: Line<WhyPhrase>, lang: Language = 'en'): string => inWords(line, WORDS[lang])
