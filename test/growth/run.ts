import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bundleInto } from '../../scripts/bundle-into.js'
import { countPlugin } from './count-plugin.js'
import type { Growth } from './play.js'

/**
 * What grows faster than n^1.3 and has to: the family, the part, and why. A row that no run needs is a fault,
 * so that the list cannot outlive its reasons, unless it is for the sizes of the soak only.
 */
export const exceptions: readonly (readonly [family: string, part: RegExp, why: string, at?: 'soak'])[] = [
  ['Pod spec.containers', /^(?:settle|delete)$/, 'the kubelet looks at all containers at each start of one'],
  [
    'ValidatingAdmissionPolicy',
    /(?: each|^settle)$/,
    'each request, also one for a policy, asks all policies',
  ],
  [
    'ResourceQuota spec.scopes',
    /^(?:create|apply)/,
    'each error tells the whole list, as upstream, up to 3 MiB of text',
    'soak',
  ],
  [
    'ResourceQuota',
    /^create each$/,
    'each object that is created is held against all quotas of its namespace',
    'soak',
  ],
  ['ValidatingWebhookConfiguration', / each$/, 'each request asks all webhooks'],
  ['MutatingWebhookConfiguration', / each$/, 'each request asks all webhooks'],
]

/** `Pod spec.containers` for the same place in the template of another kind: its pods cost what others do. */
const asOfPods = (family: string): string => family.replace(/^\w+ (?:\w+\.)*template\.(?=spec\.)/, 'Pod ')

/** What a run of families found. */
export interface GrowthFindings {
  readonly families: number
  /** What grows faster than it may, with what it counted. */
  readonly steep: readonly string[]
  /** Families that ended the process. */
  readonly crashes: readonly string[]
  /** Exceptions that were not needed. */
  readonly unused: readonly string[]
  readonly summary: string
}

/** What to play: sizes n, 2n and 4n of each family, of all places or of each message's fields once. */
export interface GrowthOptions {
  readonly n: number
  readonly isWhole?: boolean
  /** Only families whose name contains this. */
  readonly only?: string
  /** Only one family of so many, and those that have an exception. */
  readonly share?: number
}

/** Bundles the families with counts of what they do, and plays them in a process of their own. */
export async function playGrowth({
  n,
  isWhole = false,
  only = '',
  share = 1,
}: GrowthOptions): Promise<GrowthFindings> {
  const folder = `growth-${process.pid}`
  const placeOf = await bundleInto(folder, ['test/growth/play', 'test/growth/steps'], {
    plugins: [countPlugin],
  })
  const words = ['--import', placeOf('test/growth/steps'), fileURLToPath(placeOf('test/growth/play'))]
  const always = exceptions.flatMap(([name]) => ['--always', name])
  const options = [
    '--n',
    `${n}`,
    '--only',
    only,
    '--share',
    `${share}`,
    ...always,
    ...(isWhole ? ['--whole'] : []),
  ]
  const child = spawnSync(process.execPath, ['--max-old-space-size=1500', ...words, ...options], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  const lines = child.stdout.split('\n').filter((line) => line.startsWith('{'))
  const parsed = lines.map((line) => JSON.parse(line) as Growth | { readonly begins: string })
  const last = parsed.findLast((line) => 'begins' in line)
  const crashes = child.status === 0 ? [] : [`${last?.begins}: ${child.stderr.slice(-2_000)}`]
  return judged(
    parsed.filter((line): line is Growth => 'part' in line),
    crashes,
  )
}

function judged(grown: readonly Growth[], crashes: readonly string[]): GrowthFindings {
  const families = new Set(grown.map(({ family }) => family)).size
  const used = new Set<string>()
  const steep = grown.filter(({ exponent, family, part }) => {
    if (exponent <= 1.3) return false
    const exception = exceptions.find(([name, parts]) => name === asOfPods(family) && parts.test(part))
    if (exception !== undefined) used.add(exception[0])
    return exception === undefined
  })
  const slowest = Math.max(0, ...grown.map(({ ms }) => ms))
  return {
    families,
    crashes,
    steep: steep.map(({ family, part, n, counts, exponent }) => {
      return `${family}: ${part} grows with n^${exponent.toFixed(2)}: ${counts.join(', ')} steps, from ${n}`
    }),
    unused: exceptions.flatMap(([name, , , at]) => (used.has(name) || at === 'soak' ? [] : [name])),
    summary: `${families} families, ${steep.length} steep, ${crashes.length} crashes, slowest ${slowest} ms`,
  }
}
