import { SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'
import { expect, test } from 'vitest'
import { teachLesson } from '../../src/cli/course/lesson.js'
import { formatMarkdown } from '../../src/cli/course/markdown.js'
import { teachChapter } from '../../src/cli/course/play-chapter.js'
import type { ReadLine } from '../../src/cli/course/play-chapter.js'
import { forgotten } from '../../src/cli/course/progress.js'
import { readCourse } from '../../src/cli/course/read.js'
import { Screen } from '../../src/cli/course/screen.js'
import { commonStart, complete, withAlias } from '../../src/course/terminal-line.js'
import { textWidth } from '../../src/lang/text/text-width.js'
import { LESSONS } from '../../src/course/lessons/index.js'

const options = { columns: 80, colours: false }

/** A screen, and a learner who types these lines. */
function atTerminal(...lines: readonly string[]): {
  readonly screen: Screen
  readonly read: ReadLine
  readonly prompts: readonly string[]
  /** What has not been typed. */
  readonly left: readonly string[]
  readonly text: () => string
} {
  const written: string[] = []
  const prompts: string[] = []
  const typed = [...lines]
  return {
    screen: new Screen('en', options, (text) => void written.push(text)),
    read: (host) => {
      prompts.push(host === undefined ? '> ' : host.prompt)
      return Promise.resolve(typed.shift())
    },
    prompts,
    left: typed,
    text: () => written.join(''),
  }
}

test('a learner runs, skips, asks why, types commands and leaves', async () => {
  const chapter = readCourse('v1.35').find(({ number }) => number === 8)
  if (chapter === undefined) throw new Error('there is no chapter 8')
  const { screen, read, text } = atTerminal(
    '', // no prediction
    '',
    's',
    'kubectl get deployment web',
    'wait 1m',
    '?',
    'why nix',
    'q',
  )
  await teachChapter(chapter, screen, read)
  const said = text()
  expect(said).toContain('deployment.apps/web created') // Enter
  expect(said).toContain('\n  kubectl get pods\n') // skipped: shown, and not run
  expect(said).not.toMatch(/web-\S+ +0\/1 +ImagePullBackOff +0 +1m/)
  expect(said).toMatch(/web +0\/2 /)
  expect(said).toContain('Back-off pulling image "ngnix:latest"') // ?
  expect(said).toContain('nix') // an error does not end the chapter
  expect(said).not.toContain('kubectl set image')
})

test('a learner gets hints, checks, and solves a lesson', async () => {
  const lesson = LESSONS.find(({ id }) => id === 'T1-selector')
  if (lesson === undefined) throw new Error('there is no lesson T1-selector')
  const lines = ['check', 'hint', 'hint', 'hint', 'solution', lesson.solution, 'check', 'never typed']
  const { screen, read, left, text } = atTerminal(...lines)
  await teachLesson(lesson, 'en', screen, read)
  expect(left).toEqual(['never typed'])
  expect(text()).toMatch(
    /Not solved yet\.[^]*Hint: kubectl get[^]*no more hints[^]*service\/web patched[^]*Solved![^]*The selector/,
  )
})

test('back undoes what was typed last, also on other machines', async () => {
  const lesson = LESSONS.find(({ id }) => id === 'T1-selector')
  if (lesson === undefined) throw new Error('there is no lesson T1-selector')
  const { screen, read, prompts, text } = atTerminal(
    'back',
    'kubectl delete deployment web',
    'ssh node-1',
    'back',
    'check',
    'back',
    lesson.solution,
    'check',
  )
  await teachLesson(lesson, 'en', screen, read)
  expect(prompts.slice(2, 5)).toEqual(['root@control-plane:~# ', 'root@node-1:~# ', 'root@control-plane:~# '])
  expect(text()).toMatch(/nothing to undo[^]*deleted[^]*undone[^]*Not solved yet[^]*undone[^]*Solved!/)
  expect(text()).toContain('Solved in 1 command, best 1.')
})

test('a hint depends on what was tried: a tried command, a step too far, and half of a repair', async () => {
  const two = LESSONS.find(({ id }) => id === 'incident-two-doors')
  if (two === undefined) throw new Error('there is no lesson incident-two-doors')
  const { screen, read, text } = atTerminal(
    'kubectl get svc nix',
    'hint', // the last command failed
    'kubectl delete deployment web',
    'hint', // a promise that is broken
    'back',
    'kubectl label deployment web tier=front',
    '힌트', // a step too far
    '되돌리기',
    `kubectl patch service web --type=json -p '[{"op":"remove","path":"/spec/selector/tier"}]'`,
    'hint', // half of it
    'where',
    two.solution.replace('{"op":"remove","path":"/spec/selector/tier"},', ''),
    'hint', // all of it
    '확인',
  )
  await teachLesson(two, 'en', screen, read)
  expect(text()).toMatch(
    /failed: Error from server \(NotFound\)[^]*not kept on the way: A pod of web[^]*broke what was right[^]*deployments\/web/,
  )
  expect(text()).toMatch(/Half of it is done[^]*Still missing: Clients\s+reach[^]*commands so far: 1;/)
  expect(text()).toMatch(/type check[^]*Solved![^]*Solved in 2 commands, best 1/)
})

test('a chapter goes on where somebody left it, and back undoes a step', async () => {
  const chapter = readCourse('v1.35').find(({ number }) => number === 8)
  if (chapter === undefined) throw new Error('there is no chapter 8')
  const progress = forgotten()
  const first = atTerminal('', '', 'where', 'back', 'q')
  await teachChapter(chapter, first.screen, first.read, progress)
  expect(first.text()).toMatch(/step \d+ of \d+[^]*undone what was typed last/)
  const step = progress.stepOf('8 v1.35')
  expect(step).toBeGreaterThan(0)
  const second = atTerminal('q')
  await teachChapter(chapter, second.screen, second.read, progress)
  expect(second.text()).toContain(`going on at step ${step + 1} of `)
  // the text of the section stands above the first command that is seen
  expect(second.text()).toMatch(/going on at step[^]*\n--- /)
})

test('back undoes one line after the other, and a question to the course is none', async () => {
  const chapter = readCourse('v1.35').find(({ number }) => number === 1)
  if (chapter === undefined) throw new Error('there is no chapter 1')
  const { screen, read, text } = atTerminal(
    '', // the step
    'kubectl create namespace one',
    'kubectl create namespace two',
    '왜',
    '뒤로',
    'kubectl get namespaces one two',
    'back',
    'back',
    'kubectl get namespaces one',
    'where',
    'back',
    'back',
    'where',
    '기다리기 1m',
    'q',
  )
  await teachChapter(chapter, screen, read)
  expect(text()).toContain('namespace/two created')
  expect(text()).toMatch(/one +Active[^]*namespaces "two" not found[^]*namespaces "one" not found/)
  const [second, first] = Array.from(text().matchAll(/# step (\d+) of/g), ([, at]) => Number(at))
  expect(first).toBeLessThan(second ?? 0)
  expect(text()).toContain('# 1m later')
})

test('a learner predicts before the commands, and the cluster answers after them', async () => {
  const chapter = readCourse('v1.35').find(({ number }) => number === 6)
  if (chapter === undefined) throw new Error('there is no chapter 6')
  const steps = chapter.sections.flatMap((section) => section.steps)
  const at = steps.findIndex(({ kind }) => kind === 'predict')
  const before = steps
    .slice(0, at)
    .filter(({ kind }) => kind === 'command')
    .map(() => '')
  for (const [guess, isRight] of [
    ['1000', true],
    ['0', false],
  ] as const) {
    const { screen, read, text } = atTerminal(...before, guess, '', '', 'q')
    await teachChapter(chapter, screen, read)
    expect(text()).toMatch(/predict: As which UID[^]*uid=1000[^]*the answer: As which UID[^]*\n1000\n/)
    expect(text().includes('You were right!')).toBe(isRight)
  }
})

test('a typed line counts as the step that it does, and a long file is shown on request', async () => {
  const chapter = readCourse('v1.35').find(({ number }) => number === 1)
  if (chapter === undefined) throw new Error('there is no chapter 1')
  const { screen, read, text, prompts } = atTerminal(
    'kubectl get pods', // something else
    'where',
    'show office.yaml',
    '보기 none.yaml',
    'k get nodes -o wide', // the step
    'where',
    'q',
  )
  await teachChapter(chapter, screen, read)
  expect(text()).toMatch(/file office.yaml \(already applied\) \d+ lines; to see them: show office.yaml/)
  expect(text()).toMatch(/kubectl get node\n[^]*step (\d+) of[^]*kind: DaemonSet[^]*no file none.yaml so far/)
  const [first, second] = Array.from(text().matchAll(/# step (\d+) of/g), ([, at]) => Number(at))
  expect(second).toBeGreaterThan(first ?? 0)
  expect(text()).toContain('that does what this step does')
  // one prompt: that of the shell, which the reader shows
  expect(text()).not.toContain('master $')
  expect(new Set(prompts)).toEqual(new Set(['root@control-plane:~# ']))
})

test('the prompt follows cd and ssh, and k is kubectl', async () => {
  const [lesson] = LESSONS
  if (lesson === undefined) throw new Error('there is no lesson')
  const { screen, read, prompts, text } = atTerminal('cd /etc', 'ssh node-1', 'exit', 'k version', 'q')
  await teachLesson(lesson, 'en', screen, read)
  expect(prompts).toEqual([
    'root@control-plane:~# ',
    'root@control-plane:/etc# ',
    'root@node-1:~# ',
    'root@control-plane:/etc# ',
    'root@control-plane:/etc# ',
  ])
  expect(text()).toContain('Server Version: v1.')
})

test('Tab completes commands, kinds, names and files, and leaves the trace as it is', async () => {
  const cluster = new SimCluster({ nodes: 2 })
  const host = hostOf(cluster, 'master')
  host.write('/root/web.yaml', '')
  const before = cluster.state.traceHash()
  const words = async (line: string): Promise<readonly string[]> => (await complete(line, host)).words
  expect(await words('kubec')).toEqual(['kubectl'])
  expect(await words('k dra')).toEqual(['drain'])
  expect(await words('k drain ')).toEqual(['node-1', 'node-2'])
  expect(await words('kubectl get poddis')).toEqual(['poddisruptionbudgets'])
  expect(await words('kubectl apply -f w')).toEqual(['web.yaml'])
  expect(await words('cat /etc/kubernetes/man')).toEqual(['/etc/kubernetes/manifests/'])
  expect(await words('ssh node')).toEqual(['node-1', 'node-2'])
  expect(commonStart(['node-1', 'node-2'])).toBe('node-')
  expect(cluster.state.traceHash()).toBe(before)
})

test('prose in Korean keeps within the columns, and tables are aligned', () => {
  for (const chapter of readCourse('v1.35'))
    for (const { steps } of chapter.sections)
      for (const step of steps) {
        if (step.kind !== 'prose') continue
        const lines = formatMarkdown(step.text.ko, options).split('\n')
        if (!step.text.ko.includes('\n|'))
          expect(lines.filter((line) => textWidth(line) > 80 && line.includes(' '))).toEqual([])
      }
  expect(formatMarkdown('| 이름 | 뜻 |\n|---|---|\n| node | 노드 |\n| 포드 | pod |', options)).toBe(
    '이름   뜻\nnode   노드\n포드   pod',
  )
})

test.each([
  ['k get po -A | grep web', 'kubectl get po -A | grep web'],
  [
    'curl $(k get svc web -o jsonpath={.spec.clusterIP})',
    'curl $(kubectl get svc web -o jsonpath={.spec.clusterIP})',
  ],
  ['for n in a b; do k get ns $n; done', 'for n in a b; do kubectl get ns $n; done'],
  ['watch -n1 k get po', 'watch -n1 kubectl get po'],
  ['(k get po)', '(kubectl get po)'],
  ["awk '{ for (k in a) print k }' f", "awk '{ for (k in a) print k }' f"],
  ['kk get po', 'kk get po'],
])('%s is %s', (line, meant) => {
  expect(withAlias(line)).toBe(meant)
})

test('a learner in a container is led back, and told of exits and waits in words that fit', async () => {
  const chapter = readCourse('v1.35').find(({ number }) => number === 6)
  if (chapter === undefined) throw new Error('there is no chapter 6')
  const { screen, read, text, prompts } = atTerminal(
    '',
    '', // no prediction
    'kubectl exec -it security-context-demo -- sh',
    'id', // not the step, whose line belongs to the control plane
    'exit',
    'exit',
    'wait 10 초',
    'wait soon',
    'q',
  )
  await teachChapter(chapter, screen, read)
  expect(text()).not.toContain('does what this step does')
  expect(text().match(/there is nowhere to go back to/g)).toHaveLength(1)
  expect(text()).toContain('# 10s later')
  expect(text()).toContain('how long is soon? write 30s, 5m or 1h30m')
  expect(prompts.at(-1)).toBe('root@control-plane:~# ')
})
