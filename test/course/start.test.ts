import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What `npm start` prints into a pipe, with these words behind it. */
function start(...words: readonly string[]): string {
  return execFileSync('npm', ['start', '--silent', ...(words.length === 0 ? [] : ['--', ...words])], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'ko_KR.UTF-8' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

test('npm start plays chapter 1 once, in the language of the machine', () => {
  const text = start()
  expect(text.match(/^=== .*===$/gm)).toEqual(['=== 1장. 노드의 유지 보수 (쿠버네티스 1.35) ==='])
  for (const said of [' drained\n', 'Ready,SchedulingDisabled', ' uncordoned\n', 'NotReady', 'MIN AVAILABLE'])
    expect(text).toContain(said)
  expect(text.match(/^master \$ kubectl /gm)?.length).toBeGreaterThan(20)
})

test('npm start -- --list lists the chapters with their lessons', () => {
  const text = start('--list', '--lang', 'en')
  expect(text.match(/^[1-9] {2}.+ \(.+\)$/gm)).toHaveLength(9)
  expect(text).toContain('\n   budget: A drain that does not end\n')
})

test('npm start -- lesson ID plays a lesson', () => {
  expect(start('lesson', 'T1-selector', '--lang', 'en')).toContain('\nSolved!\n')
})
