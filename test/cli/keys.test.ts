import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bundleInto } from '../../scripts/bundle-into.js'
import { needs } from '../e2e/harness.js'
import { isUnfinished } from '../../src/cli/course/keyboard.js'
import { atTerminal, INTERRUPT, type Person } from './pty.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

let program: string

beforeAll(async () => {
  const placeOf = await bundleInto('keys', ['src/cli/main'])
  program = `${process.execPath} ${fileURLToPath(placeOf('src/cli/main'))}`
}, 60_000)

/** An editor in which somebody replaces a 2 by a 3, or writes a new file. */
function editor(): string {
  const path = join(folder, 'editor')
  writeFileSync(
    path,
    '#!/bin/sh\n[ -s "$1" ] && sed -i "s/replicas: 2/replicas: 3/" "$1" || echo new > "$1"\n',
  )
  chmodSync(path, 0o700)
  return path
}

test.each([
  ['kubectl get pods', false],
  ['echo "a', true],
  ['echo "a\nb"', false],
  ["kubectl get pods -o jsonpath='{.items[*]", true],
  ['kubectl get \\', true],
  ['kubectl get \\\npods', false],
  ['echo \\\\', false],
  ['ls |', true],
  ['for i in 1 2; do', true],
  ['for i in 1 2; do\necho $i\ndone', false],
  ["cat > a <<'EOF'\nx", true],
  ["cat > a <<'EOF'\nx\nEOF", false],
  ['echo $(ls', true],
  ['done', false], // wrong, and complete
])('a shell would wait for more behind %j: %s', async (text, isWaiting) => {
  expect(await isUnfinished(text)).toBe(isWaiting)
})

const start = (words: string, state = 'state'): Person =>
  atTerminal(`${program} ${words}`, { XDG_STATE_HOME: join(folder, state), EDITOR: editor() })

describe('at a terminal', { timeout: 60_000 }, () => {
  beforeEach((context) => needs(context, 'script'))

  test('a learner continues lines, edits, watches, undoes, asks in Korean, and solves a lesson', async () => {
    const person = start('lesson budget --lang ko')
    expect(await person.begins()).toContain('증상')
    expect(await person.types("cat > note.txt <<'EOF'")).toMatch(/\n> $/)
    await person.types('first line')
    await person.types('EOF')
    expect(await person.types('cat note.txt')).toContain('\nfirst line\n')
    await person.types('kubectl get \\')
    expect(await person.types('nodes')).toMatch(/NAME +STATUS[^]*node-2 +Ready/)
    await person.types('vi new.txt')
    expect(await person.types('cat new.txt')).toContain('\nnew\n')
    expect(await person.types('힌트')).toContain('힌트: ')
    expect(await person.types('확인')).toMatch(/✗ .*node-1을 drain[^]*아직 해결되지 않았습니다/)
    expect(await person.types('kubectl delete deployment web')).toContain('deleted')
    expect(await person.types('되돌리기')).toContain('되돌렸습니다')
    expect(await person.types('k edit deployment web')).toContain('deployment.apps/web edited')
    expect(await person.types('kubectl get pods -w')).toMatch(
      /web-\S+ +0\/1 +Pending[^]*web-\S+ +1\/1 +Running/,
    )
    expect(await person.types('exit')).toContain('q를 입력하세요')
    expect(await person.types('check')).toMatch(/해결했습니다!/)
  })

  test('Ctrl-C clears a line, also one that continues, and keeps the course', async () => {
    const person = start('play 8 --lang en')
    await person.begins()
    await person.types('0') // a prediction
    await person.presses('kubectl delete nod')
    expect(await person.presses(INTERRUPT)).toMatch(/\^C\n(?:\S*# )+$/)
    await person.types('echo "never ended')
    expect(await person.presses(INTERRUPT)).toMatch(/\^C\n(?:\S*# )+$/)
    expect(await person.types('kubectl get nodes')).toMatch(/node-1 +Ready/)
  })

  test('a learner leaves a chapter and resumes it, and types the step in other words', async () => {
    const person = start('play 8 --lang en', 'resumed')
    await person.begins()
    expect(await person.types('help')).toMatch(/\[Enter\] run[^]*\n> $/)
    await person.types('0')
    expect(await person.types('hint')).toMatch(/not done yet[^]*\n {2}kubectl apply -f web\.yaml\n/)
    expect(await person.types('k create -f web.yaml --save-config')).toMatch(
      /created[^]*does what this step does/,
    )
    expect(await person.types('where')).toContain('# step 8 of ')
    expect(await person.types('why')).toContain('why pods NAME')
    expect(await person.types('kubectl get pods')).not.toContain('does what this step does')
    await person.types('q')
    expect(await start('play 8 --lang en', 'resumed').begins()).toMatch(/going on at step 9 of \d+/)
  })

  test('an exam is sat by keys, and refuses hints', async () => {
    const person = start('exam ckad --seed 3 --lang en')
    expect(await person.begins()).toMatch(/CKAD mock exam: \d+ tasks/)
    expect(await person.types('hint')).toContain('an exam has no hints')
    expect(await person.types('next')).toContain('=== 2. ')
    expect(await person.types('where')).toContain('=== 2. ')
    expect(await person.types('kubectl get pods -A')).toContain('kube-system')
    expect(await person.types('finish')).toMatch(/Report[^]*of 100 points/)
  })
})
