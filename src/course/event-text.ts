import type { EventStep } from './chapter.js'
import type { Language } from '../lang/text/phrases.js'

const inKorean = (duration: string): string =>
  duration
    .replaceAll(/(\d+)(ms|[smhd])/g, (part, count: string, unit: string) => {
      const units: Readonly<Record<string, string>> = { s: '초', m: '분', h: '시간', d: '일' }
      return units[unit] === undefined ? part : `${count}${units[unit]} `
    })
    .trim()

/** What a learner may write behind a number, and the unit that it means. */
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/^(?:초|s|secs?|seconds?)$/, 's'],
  [/^(?:분|m|mins?|minutes?)$/, 'm'],
  [/^(?:시간|h|hours?)$/, 'h'],
  [/^(?:일|d|days?)$/, 'd'],
  [/^ms$/, 'ms'],
]

/**
 * Reads how long to wait as a learner writes it, in either language: `10s`, `5 minutes`, `1시간 30분`. Returns
 * it in the form of a chapter; undefined if it is none.
 */
export function spokenDuration(text: string): string | undefined {
  const parts = text.replaceAll(/\s/g, '').matchAll(/(\d+(?:\.\d+)?)([^\d.]*)/g)
  let [read, duration] = ['', '']
  for (const [part, count = '', word = ''] of parts) {
    const unit = UNITS.find(([pattern]) => pattern.test(word))?.[1]
    if (unit === undefined) return undefined
    read += part
    duration += `${count}${unit}`
  }
  return read !== '' && read === text.replaceAll(/\s/g, '') ? duration : undefined
}

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
