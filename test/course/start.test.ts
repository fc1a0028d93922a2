import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { bundleInto } from '../../scripts/bundle-into.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a command prints into a pipe, on a Korean machine. */
const printed = (command: string, words: readonly string[]): string =>
  execFileSync(command, words, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'ko_KR.UTF-8' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })

let program = ''
beforeAll(async () => {
  const placeOf = await bundleInto('start', ['scripts/start'])
  program = fileURLToPath(placeOf('scripts/start'))
})

/** The same as `npm start -- WORDS`, which would bundle the program for each test. */
const start = (...words: readonly string[]): string => printed(process.execPath, [program, ...words])

test('without words it plays chapter 1 once, in the language of the machine', () => {
  const text = start()
  expect(text.match(/^=== .*===$/gm)).toEqual(['=== 1장. 노드의 유지 보수 (쿠버네티스 1.35) ==='])
  for (const said of [' drained\n', 'Ready,SchedulingDisabled', ' uncordoned\n', 'NotReady', 'MIN AVAILABLE'])
    expect(text).toContain(said)
  expect(text.match(/^root@control-plane:~# kubectl /gm)?.length).toBeGreaterThan(20)
})

test('npm start -- --list lists the chapters with their lessons', () => {
  const text = printed('npm', ['start', '--silent', '--', '--list', '--lang', 'en'])
  expect(text.match(/^[1-9] {2}.+ \(.+\)$/gm)).toHaveLength(9)
  expect(text).toContain('\n   budget: A drain that does not end\n')
})

test('lesson ID plays a lesson', () => {
  expect(start('lesson', 'T1-selector', '--lang', 'en')).toContain('\nSolved!\n')
})
