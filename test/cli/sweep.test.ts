import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defineImage, SimCluster } from 'simcluster'
import * as seeds from './explored-seeds.js'
import { writeLoaded } from './loaded-module.js'
import { typed } from './typed.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-sweep-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

/** A case that finds something in three of the seeds 0 to 127. */
const soak = at('soak.mjs')
writeFileSync(
  soak,
  `export default async (seed) => {
     if (seed % 50 === 11) throw new Error('seed ' + seed + ' is odd')
     return { looked: seed % 3, note: 'ignored' }
   }
   export const other = (seed) => ({ seen: 1 })`,
)
const SEEDS = ['--seeds', '0-127']
const json = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>

describe('simcluster sweep', () => {
  beforeAll(async () => {
    await typed('sweep', soak, ...SEEDS, '--report', at('whole.json'))
  })

  test('plays every seed, sums what the case returns, and names the seeds that throw', async () => {
    const { code, out, err } = await typed('sweep', soak, ...SEEDS)
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(out).toBe(
      'seed 11: seed 11 is odd\nseed 61: seed 61 is odd\nseed 111: seed 111 is odd\n' +
        'soak.mjs: 125 seeds passed, 3 failed, 124 looked\n',
    )
    expect(json(at('whole.json'))).toMatchObject({
      sweep: 1,
      module: 'soak.mjs',
      seeds: '0-127',
      done: ['0-127'],
      passed: 125,
      failed: 3,
      counts: { looked: 124 },
    })
  })

  test('plays another function, and returns 0 if no seed throws', async () => {
    expect(await typed('sweep', soak, '--seeds', '7', '--export', 'other')).toMatchObject({
      code: 0,
      out: 'soak.mjs: 1 seeds passed, 0 failed, 1 seen\n',
    })
  })

  test('merges shards, in any order, to the report of one process', async () => {
    const paths = [at('2.json'), at('0.json'), at('1.json')]
    for (const path of paths)
      await typed('sweep', soak, ...SEEDS, '--shard', `${path.at(-6)}/3`, '--report', path)
    expect((await typed('sweep', 'merge', ...paths, '--report', at('merged.json'))).code).toBe(1)
    expect(readFileSync(at('merged.json'), 'utf8')).toBe(readFileSync(at('whole.json'), 'utf8'))
  })

  test('says which seeds are in no report, and refuses what does not belong together', async () => {
    const part = await typed('sweep', 'merge', at('0.json'), at('2.json'))
    expect(part).toMatchObject({ code: 1, err: '43 seeds are in no report: 42-84\n' })
    await typed('sweep', soak, '--seeds', '0-9', '--report', at('less.json'))
    for (const [words, text] of [
      [['merge', at('0.json'), at('whole.json')], 'has seeds that another report has, too: 0-127'],
      [['merge', at('0.json'), at('less.json')], 'is of another sweep: its seeds is 0-9, not 0-127; remove'],
      [[soak, ...SEEDS, '--report', at('less.json')], 'less.json is of another sweep'],
      [['merge', soak], 'has no report of simcluster sweep'],
    ] as const)
      expect(await typed('sweep', ...words)).toMatchObject({ code: 2, err: expect.stringContaining(text) })
  })

  test('continues from its report', async () => {
    const path = at('continued.json')
    await typed('sweep', soak, ...SEEDS, '--shard', '1/4', '--report', path)
    const { err, code } = await typed('sweep', soak, ...SEEDS, '--report', path)
    expect({ err, code }).toEqual({ err: 'continues: 32 seeds are done\n', code: 1 })
    expect(readFileSync(path, 'utf8')).toBe(readFileSync(at('whole.json'), 'utf8'))
  })

  test('keeps what is done when it is stopped', async () => {
    const slow = at('slow.mjs')
    writeFileSync(slow, `export default (seed) => void (seed === 5 && process.emit('SIGTERM', 'SIGTERM'))`)
    const words = ['sweep', slow, '--seeds', '0-999', '--report', at('stopped.json')]
    const { code, err } = await typed(...words)
    expect(code).toBe(143)
    expect(err).toMatch(/^stopped, \d+ seeds are left; the same command continues\n$/)
    expect((await typed(...words)).code).toBe(0)
    expect(json(at('stopped.json'))).toMatchObject({ done: ['0-999'], passed: 1000 })
  })

  test.each([
    [[], 'write sweep FILE --seeds FIRST-LAST, or sweep merge REPORT...'],
    [[soak], '--seeds is missing: write the seeds, such as --seeds 0-999'],
    [[soak, '--seeds', '9-1'], '--seeds 9-1: write the first and the last seed, such as 0-99999'],
    [[soak, ...SEEDS, '--shard', '64/64'], '--shard 64/64: write INDEX/COUNT, from 0/64 to 63/64'],
    [[soak, ...SEEDS, '--jobs', '0'], '--jobs 0: write a whole number from 1 up'],
    [
      [soak, ...SEEDS, '--export', 'none'],
      'exports no function or exploration none; --export can be: default, other',
    ],
    [[soak, ...SEEDS, '--image', 'mine'], '--image goes with --emit-job only'],
    [[soak, ...SEEDS, '--emit-job', '--jobs', '2'], '--jobs does not go with --emit-job'],
    [['merge', '--seeds', '1'], '--seeds does not go with merge; leave it out'],
    [['/nowhere.mjs', ...SEEDS], 'there is no file /nowhere.mjs'],
  ])('%j is refused: %s', async (words, text) => {
    expect(await typed('sweep', ...words)).toMatchObject({ code: 2, err: expect.stringContaining(text) })
  })
})

test('an exploration is played for each seed, which its cluster gets; it fails with the story', async () => {
  const module = writeLoaded(at('explorations.mjs'), { rollouts: seeds.rollouts })
  const words = ['sweep', module, '--export', 'rollouts', '--seeds', '0-3']
  const { code, out } = await typed(...words)
  expect(code).toBe(1)
  expect(out).toMatch(/^seed 0: violated\n[^]*the user does: scale[^]*violated: two begin/)
  expect(out).toMatch(/\nexplorations.mjs: 2 seeds passed, 2 failed, 8 runs, \d+ states\n$/)
})

describe('the Job of a sweep', () => {
  const INDEXES = 64

  /** What the program prints for a shard, and its exit code. */
  const printed = new Map<string, { readonly code: number; readonly out: string }>()
  let manifest = ''
  beforeAll(async () => {
    manifest = (await typed('sweep', soak, ...SEEDS, '--emit-job')).out
    for (let index = 0; index < INDEXES; index++) {
      const words = [...SEEDS, '--shard', `${index}/${INDEXES}`]
      printed.set(`${index}/${INDEXES}`, await typed('sweep', soak, ...words, '--report', '-'))
    }
  })

  /** A cluster whose pods run the program; the first of an index in `broken` breaks before that. */
  function clusterWith(broken: readonly string[]): SimCluster {
    const left = new Set(broken)
    interface Call {
      readonly args: readonly string[]
      readonly write: (text: string) => void
    }
    const npx = {
      name: 'npx',
      run: ({ args, write }: Call): number => {
        expect(args.slice(0, 4)).toEqual(['simcluster', 'sweep', 'soak.mjs', '--seeds=0-127'])
        const shard = /--shard=(\S+)/.exec(args.join(' '))?.[1] ?? ''
        if (left.delete(shard)) return 137
        write(printed.get(shard)?.out ?? '')
        return printed.get(shard)?.code ?? 2
      },
    }
    const npm = { name: 'npm', run: () => 0 }
    const capacity = { cpu: '32', memory: '64Gi', pods: '110' }
    return new SimCluster({
      nodes: ['a', 'b', 'c'].map((name) => ({ name, capacity })),
      images: { node: defineImage({ name: 'node', commands: { npx, npm } }) },
    })
  }

  test('plays all indexes, starts a lost pod again, and its logs merge to one report', async () => {
    const cluster = clusterWith([`7/${INDEXES}`])
    cluster.apply(manifest)
    const [, wait = ''] = /^# kubectl (wait .*) && \\$/m.exec(manifest) ?? []
    expect(cluster.kubectl(wait)).toMatchObject({ exitCode: 0 })
    const { status } = cluster.get('jobs', 'sweep-soak')
    expect(status).toMatchObject({ succeeded: 61, failedIndexes: '5,30,55' })
    const ofIndex7 = cluster.list('pods', { labelSelector: 'batch.kubernetes.io/job-completion-index=7' })
    expect(ofIndex7.items.map((pod) => pod.status?.phase)).toEqual(
      expect.arrayContaining(['Failed', 'Succeeded']),
    )
    const logs = cluster.kubectl('logs -l app=sweep-soak --tail=1 --max-log-requests=100').stdout
    writeFileSync(at('reports.txt'), logs)
    await typed('sweep', soak, ...SEEDS, '--report', at('one.json'))
    const { code, err } = await typed('sweep', 'merge', at('reports.txt'), '--report', at('all.json'))
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(readFileSync(at('all.json'), 'utf8')).toBe(readFileSync(at('one.json'), 'utf8'))
  })

  test('takes an image that has the module, or a module that is alone', async () => {
    const own = await typed('sweep', soak, ...SEEDS, '--emit-job', '--image', 'mine:1', '--shards', '8')
    expect(manifest).toContain('soak.mjs: |')
    expect(own.out).toContain('image: mine:1')
    expect(own.out).not.toContain('ConfigMap')
    const pair = at('pair.mjs')
    writeFileSync(pair, `import { x } from './other.mjs'\nexport default () => x`)
    expect((await typed('sweep', pair, ...SEEDS, '--emit-job')).err).toContain(
      'imports ./other.mjs, another file: bundle them into one, or name an --image',
    )
  })

  test.each([
    'x;touch pwned',
    '$(id)',
    '`id`',
    'a b',
    "x' || id #",
    '--prefix=/',
    '@a/b;c',
    String.raw`a\nid`,
    '|id',
  ])('has nothing of the import specifier %j, which is refused', async (specifier) => {
    const module = at('hostile.mjs')
    const word = specifier.includes("'") ? `"${specifier}"` : `'${specifier}'`
    writeFileSync(module, `import x from ${word}\nexport default () => x`)
    const { code, out, err } = await typed('sweep', module, ...SEEDS, '--emit-job')
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('is imported, which is no name of a package')
  })

  test('quotes what a shell gets: packages that are installed, each as one word', async () => {
    const module = at('packages.mjs')
    writeFileSync(
      module,
      `import a from '@scope/pack.age/sub'\nimport b from 'lodash'\nexport default () => [a, b]`,
    )
    const { out } = await typed('sweep', module, ...SEEDS, '--emit-job')
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /npm install [^&]*'simcluster@[\w.-]+' '@scope\/pack\.age' 'lodash' >&2/,
    )
  })
})

describe('a sweep of explorations', () => {
  const explored = writeLoaded(at('explored-seeds.mjs'), { ...seeds })

  test.each([
    ['default', 'violated: few pods'],
    ['clients', 'violated: both'],
  ])('%s: shards that are merged say what one process says', async (name, violated) => {
    const words = ['sweep', explored, '--export', name, '--seeds', '0-3']
    const whole = await typed(...words, '--report', at(`${name}.json`))
    expect(whole.code).toBe(1)
    expect(whole.out).toMatch(/2 seeds passed, 2 failed, \d+ runs\n$/)
    expect(whole.out).toContain(violated)
    for (const shard of ['0/2', '1/2'])
      await typed(...words, '--shard', shard, '--report', at(`${name}-${shard[0] ?? ''}.json`))
    const merged = at(`${name}-merged.json`)
    await typed('sweep', 'merge', at(`${name}-0.json`), at(`${name}-1.json`), '--report', merged)
    expect(json(merged)).toEqual(json(at(`${name}.json`)))
  })
})
