import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, createLogger } from 'vite'
import { beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { LESSONS } from '../../src/course/lessons/index.js'
import { expectRollout, type Outcome } from '../package/outcome.js'
import { chromium, hasChromium, runInChromium } from './chromium.js'

beforeEach((context) => {
  if (!hasChromium) context.skip(`${chromium} is missing: apt-get install chromium`)
})

beforeAll(() => {
  copyFileSync(new URL('plays.mjs', import.meta.url), join(inject('consumer'), 'plays.mjs'))
})

/** What Vite has warned of since the tests began. */
const warnings: string[] = []

/** Bundles a module and the packed package into one, as an application's build would. */
async function bundle(source: string): Promise<string> {
  const consumer = inject('consumer')
  const entry = join(consumer, 'browser.mjs')
  writeFileSync(entry, source)
  const logger = createLogger('warn')
  logger.warn = logger.warnOnce = (message) => void warnings.push(message)
  const output = await build({
    root: consumer,
    configFile: false,
    customLogger: logger,
    build: {
      write: false,
      target: 'es2023',
      rolldownOptions: { input: entry, output: { format: 'es', codeSplitting: false } },
    },
  })
  const [result] = [output].flat()
  if (!result || !('output' in result)) throw new Error('vite built nothing')
  expect(result.output).toHaveLength(1)
  return result.output[0].code
}

const inChromium = async (imports: string, play: string): Promise<unknown> =>
  runInChromium(await bundle(`${imports}\nreport(await ${play})`))

/** In Node the shell is the optional peer, which a user installs. */
function inNode(imports: string, play: string): unknown {
  const cwd = inject('consumer')
  const script = `${imports}\nconsole.log(JSON.stringify(await ${play}))`
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    }),
  ) as unknown
}

const rollout = [
  `import * as simcluster from 'simcluster'; import { play } from './scenario.mjs'`,
  'play(simcluster)',
] as const

test('the core plays the same rollout in Chromium as in Node', async () => {
  const outcome = (await inChromium(...rollout)) as Outcome
  expectRollout(outcome)
  expect(outcome).toEqual(inNode(...rollout))
})

const pictures = [
  `import * as simcluster from 'simcluster'; import * as view from 'simcluster/view'
   import * as netpol from 'simcluster/netpol'; import * as exploration from 'simcluster/explore'
   import { draw } from './scenario.mjs'`,
  'draw(simcluster, view, netpol, exploration)',
] as const

const deno = fileURLToPath(new URL('../../.ci/tools/node_modules/deno/deno', import.meta.url))

function inDeno(imports: string, play: string): unknown {
  const cwd = inject('consumer')
  writeFileSync(join(cwd, 'deno.mjs'), `${imports}\nconsole.log(JSON.stringify(await ${play}))`)
  const words = ['run', '--allow-read', '--no-lock', '--node-modules-dir=manual', 'deno.mjs']
  const env = { ...process.env, DENO_DIR: join(cwd, 'deno-cache'), DENO_NO_UPDATE_CHECK: '1' }
  return JSON.parse(execFileSync(deno, words, { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 28 })) as unknown
}

test('every kind of picture has the same bytes in Node, Deno and Chromium', async (context) => {
  if (!existsSync(deno) && !process.env.CI) context.skip('Deno is missing: npm run e2e:setup')
  const drawn = (await inChromium(...pictures)) as readonly string[]
  expect(drawn).toEqual(inNode(...pictures))
  expect(drawn).toEqual(inDeno(...pictures))
  expect(drawn).toHaveLength(11)
  for (const svg of drawn) expect(svg).toMatch(/^<svg [^]*<desc>[^]*<\/svg>\n$/)
})

const programs = [
  `import * as simcluster from 'simcluster'; import * as host from 'simcluster/host'
   import { playPrograms } from './plays.mjs'`,
  'playPrograms(simcluster, host)',
] as const

test('the programs of a host print in Chromium what they print in Node', async () => {
  const outcome = (await inChromium(...programs)) as {
    readonly results: readonly { readonly line: string; readonly stdout: string }[]
  }
  const printed = outcome.results.find(({ line }) => line.endsWith('| gzip | zcat'))?.stdout
  expect(printed).toBe('안녕하세요\n')
  symlinkSync(
    fileURLToPath(new URL('../../node_modules/just-bash', import.meta.url)),
    join(inject('consumer'), 'node_modules/just-bash'),
  )
  expect(outcome).toEqual(inNode(...programs))
})

interface LessonOutcome {
  readonly id: string
  readonly shows: boolean
  readonly solvedBefore: boolean
  readonly solved: boolean
  readonly traceHash: string
}

const lessons = (ids = 'undefined'): readonly [string, string] => [
  `import * as lessons from 'simcluster/lessons'; import { playLessons } from './plays.mjs'`,
  `playLessons(lessons, ${ids})`,
]

test('every lesson breaks and is solved in Chromium, with the trace that it has in Node', async () => {
  const outcomes = (await inChromium(...lessons())) as readonly LessonOutcome[]
  expect(
    outcomes.map(({ id, shows, solvedBefore, solved }) => ({ id, shows, solvedBefore, solved })),
  ).toEqual(LESSONS.map(({ id }) => ({ id, shows: true, solvedBefore: false, solved: true })))
  const five = outcomes.filter((_, at) => at % Math.ceil(LESSONS.length / 5) === 0)
  expect(five).toHaveLength(5)
  expect(five).toEqual(inNode(...lessons(JSON.stringify(five.map(({ id }) => id)))))
})

test('Vite builds the package without a warning', () => {
  expect(warnings).toEqual([])
})
