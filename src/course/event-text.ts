import type { EventStep } from './chapter.js'
import type { Language } from '../lang/text/phrases.js'

const inKorean = (duration: string): string =>
  duration.replace(/^(\d+)([smh])$/, (_, count: string, unit: string) => {
    const units: Readonly<Record<string, string>> = { s: '초', m: '분', h: '시간' }
    return `${count}${units[unit] ?? unit}`
  })

/** Says what happens to the cluster in a step: `node-1 loses power`. */
export function eventText({ event, argument = '' }: EventStep, language: Language): string {
  const ko = {
    wait: `${inKorean(argument)} 뒤`,
    settle: '진행 중인 일이 모두 끝날 때까지',
    crash: `${argument} 노드의 전원이 나갑니다`,
    recover: `${argument} 노드의 전원이 돌아옵니다`,
    reboot: `${argument} 노드를 재부팅합니다`,
    'another-cluster': '비어 있는 다른 클러스터로 갑니다. /root의 파일은 가져갑니다',
    'first-cluster': '처음 클러스터로 돌아옵니다',
  }
  const en = {
    wait: `${argument} later`,
    settle: 'until nothing is in flight',
    crash: `${argument} loses power`,
    recover: `${argument} has power again`,
    reboot: `${argument} reboots`,
    'another-cluster': 'on another, empty cluster; the files in /root come along',
    'first-cluster': 'back on the first cluster',
  }
  return { ko, en }[language][event]
}
