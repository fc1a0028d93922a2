import type { Outcome } from '../harness.js'

/** Letters and digits of generated names. */
const RANDOM = '[bcdfghjklmnpqrstvwxz2456789]{5}'

/** What differs from run to run, in text of kubectl. Recorded texts have most of it already. */
const rules: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/<uid:\d+>|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uid>'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<jwt>'],
  [/\bLS0tLS1CRUdJ[\w+/=]+/g, '<base64-pem>'],
  [/("?resourceVersion"?: )"(\d+|<rv>)"/g, '$1"<rv>"'],
  [/(Resource Version: +)\d+/g, '$1<rv>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| [+-]\d{4}( UTC)?)/g, '<time>'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/\/(LIVE|MERGED)-\d+/g, '/$1-<rand>'],
  [/[\w/.-]+\/kubectl-edit-\d+\.yaml/g, '<copy>'],
  [/kube-api-access-(<rand>|[a-z0-9]{5})/g, 'kube-api-access-<rand>'],
  [new RegExp(`-(<r\\d+>|${RANDOM})(?![\\w-])`, 'g'), '-<r>'],
  [/\b10\.244\.\d+\.\d+(?![\d/])/g, '<ip>'],
  // nodes of equal scores are chosen at random
  [/(<ip> +)n[123]\b/g, '$1<node>'],
  [/^(Node: +)n[123]\/192\.168\.0\.\d$/gm, '$1<node>'],
  [/(Successfully assigned \S+ to )n[123]$/gm, '$1<node>'],
  [/(lookup \S+ on )[\d.]+:53/g, '$1<resolver>'],
  [/\b(127\.0\.0\.1|localhost):(\d+|<port>)/g, '$1:<port>'],
  [/^([EW])(?:\d{4} [\d:.]+|<klog>) +(?:\d+|<pid>) /gm, '$1<klog> <pid> '],
  // which of two clocks of net/http runs out first is chance
  [
    /(?:context deadline exceeded|net\/http: request canceled) \(Client\.Timeout exceeded while awaiting headers\)/g,
    'context deadline exceeded',
  ],
  // whether a watch is still being opened when the time of the command is up is chance
  [/^E<klog> <pid> reflector\.go:\d+\] "Failed to watch" err="context deadline exceeded".*\n/gm, ''],
  // its timer ticks after ten seconds, when the last event is ten seconds old, or a little less
  [/^I\d{4} .* "Warning: event bookmark expired".*\n/gm, ''],
  [/\(x(<n>|\d+) over (<age>|\w+)\)/g, '(x<n> over <age>)'],
  [/( {2,}|\(|\t|^)(\d+[smhdy](\d+[smhd])?|<invalid>|<age>)(?= {2,}| ago| \(|\s|$)/gm, '$1<age>'],
  // all hashes but that of what `rollout restart` makes, which depends on the time
  [/\bd-(?!57976c89fb|777b858d55|b7456bddc|b858c96d6)[bcdfghjklmnpqrstvwxz2456789]{7,10}\b/g, 'd-<hash>'],
  // the texts of explain were cut
  [/^DESCRIPTION:[^]*?(?=^FIELDS:|(?![^]))/gm, 'DESCRIPTION: <removed>\n'],
  [/ +/g, ' '],
  [/ $/gm, ''],
]

/**
 * Puts placeholders for ages, random suffixes, uids, resource versions, addresses and times; lines of random
 * names are sorted.
 */
export function normalise(text: string): string {
  let result = text
  for (const [pattern, placeholder] of rules) result = result.replaceAll(pattern, placeholder)
  return sortRandom(result.trimEnd().split('\n')).join('\n')
}

/** Neighbours whose names end at random come in any order. */
function sortRandom(lines: readonly string[]): readonly string[] {
  const sorted: string[] = []
  let run: string[] = []
  const close = (): void => {
    sorted.push(...run.sort())
    run = []
  }
  for (const line of lines) {
    if (!/-<r>/.test(line)) close()
    if (/-<r>/.test(line)) run.push(line)
    else sorted.push(line)
  }
  close()
  return sorted
}

/** How the lines of an outcome are to be taken, where not as they are. */
export type Reading = 'set' | 'states'

/**
 * What is compared of an outcome. As a `set` the order of lines says nothing; of `states` equal neighbours
 * are one.
 */
export function compared({ stdout, stderr, code }: Outcome, reading?: Reading): Outcome {
  const lines = normalise(stdout).split('\n')
  const read =
    reading === 'set'
      ? lines.sort()
      : reading === 'states'
        ? lines.filter((line, at) => line !== lines[at - 1])
        : lines
  return { code, stderr: normalise(stderr), stdout: read.join('\n') }
}

/**
 * Lists whose order says nothing (rules of a user, what came out of a Go map), and states of which a watch
 * may miss some.
 */
export const readings: Readonly<Record<string, Reading>> = {
  'auth-list-jane': 'set',
  'auth-list-admin': 'set',
  'labels-13': 'set',
  'describe-limitrange': 'set',
  'rollout-26': 'set',
  'rollout-05': 'states',
  'rollout-09': 'states',
  'rollout-23': 'states',
}

/** Whether all states but the last, which must be the same, may have been among those that were seen. */
export function isPartOf(ours: Outcome, theirs: Outcome): boolean {
  const seen = theirs.stdout.split('\n')
  let at = 0
  const isIn = ours.stdout.split('\n').every((line) => (at = seen.indexOf(line, at) + 1) > 0)
  return isIn && ours.code === theirs.code && at === seen.length
}
