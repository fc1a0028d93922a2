import { expect, test } from 'vitest'
import { sitExam } from '../../src/cli/course/exam.js'
import { Screen } from '../../src/cli/course/screen.js'
import { withContexts } from '../../src/course/lessons/contexts.js'
import {
  type Desk,
  drawExam,
  drawLesson,
  type ExamTask,
  gradeTask,
  openDesk,
} from '../../src/course/lessons/index.js'
import { typed } from '../cli/typed.js'

const taskOf = (id: string): ExamTask => ({ number: 1, context: 'k8s-c1', weight: 9, lesson: drawLesson(id) })

async function pointsAfter(id: string, line: string): Promise<number> {
  const task = taskOf(id)
  const desk = await openDesk(task.lesson)
  await desk.master.sh(line)
  return (await gradeTask(task, desk)).points
}

test.each(['cka', 'ckad', 'cks'] as const)('%s has 15 to 20 tasks of its subjects, worth 100', (name) => {
  const exam = drawExam(name, 3)
  expect(exam.tasks.length).toBeGreaterThanOrEqual(15)
  expect(exam.tasks.length).toBeLessThanOrEqual(20)
  expect(exam.tasks.reduce((sum, { weight }) => sum + weight, 0)).toBe(100)
  expect(exam.tasks.every(({ lesson }) => lesson.exams?.includes(name))).toBe(true)
  const told = (seed: number): string => JSON.stringify(drawExam(name, seed).tasks)
  expect(told(3)).toBe(told(3))
  expect(told(3)).not.toBe(told(4))
})

test('a task gives points for each goal that was reached, and takes them for what was broken', async () => {
  const { solution, wrongRepairs } = drawLesson('incident-node')
  expect(await pointsAfter('incident-node', 'true')).toBe(0)
  expect(await pointsAfter('incident-node', wrongRepairs[0] ?? '')).toBe(3)
  expect(await pointsAfter('incident-node', solution)).toBe(9)
  expect(await pointsAfter('incident-node', `${solution}; kubectl label node node-1 a=b`)).toBe(6)
  expect(await pointsAfter('incident-node', 'kubectl delete deployment web')).toBe(0)
})

test('a report has the proof of each task', async () => {
  const task = taskOf('taint')
  const desk = await openDesk(task.lesson)
  const { proof, goals } = await gradeTask(task, desk)
  expect(proof).toMatchObject({ command: 'kubectl get pods', output: expect.stringContaining('Pending') })
  expect(goals.map(({ didHold, isReached }) => [didHold, isReached])).toEqual([
    [false, false],
    [false, false],
    [true, true],
  ])
})

/** Sits an exam with these lines, of which each takes some minutes. */
async function sit(lines: readonly string[], minutes = 1): Promise<{ text: string; points: number }> {
  const written: string[] = []
  const screen = new Screen('en', { columns: 100, colours: false }, (text) => void written.push(text))
  const left = [...lines]
  let passed = 0
  const read = (): Promise<string | undefined> => {
    passed += minutes * 60_000
    return Promise.resolve(left.shift())
  }
  const points = await sitExam(drawExam('ckad', 5), 'en', screen, read, () => passed)
  return { text: written.join(''), points }
}

test('somebody sits an exam on several contexts, flags, hands in, and is told what was missing', async () => {
  const [first, second] = drawExam('ckad', 5).tasks as [ExamTask, ExamTask]
  const { text, points } = await sit([
    first.lesson.solution,
    'flag',
    `kubectl config use-context ${second.context}`,
    'kubectl get pods',
    'tasks',
    'task 99',
    'time',
    'finish',
  ])
  expect(points).toBe(first.weight)
  expect(text).toContain(`2. ${second.lesson.texts.en.title} (${second.weight}%)`)
  expect(text).toContain(` *!  1 `)
  expect(text).toContain(`>*   2 `)
  expect(text).toContain('there is no task 99')
  expect(text).toContain('113 minutes left')
  expect(text).toMatch(new RegExp(`! 1\\. ${first.weight}/${first.weight} `))
  expect(text).toContain(`2. 0/${second.weight}`)
  expect(text).toContain('not begun')
  expect(text).toContain('not passed.')
})

test('kubectl in an exam knows its contexts, and a line runs on the cluster that it names', async () => {
  const { tasks } = drawExam('ckad', 5)
  const [, second, third] = tasks as [ExamTask, ExamTask, ExamTask]
  const { text, points } = await sit([
    'kubectl config current-context',
    'kubectl config get-contexts -o name | wc -l',
    `k config use ${second.context} && kubectl config current-context`,
    'kubectl config use-context kubernetes-admin@kubernetes',
    `kubectl config use-context ${second.context}`,
    'kubectl config current-context; echo in-$(kubectl config current-context)',
    `kubectl --context ${third.context} create namespace of-three`,
    `kubectl get ns of-three --context=${third.context} -o name`,
    'kubectl get ns of-three -o name',
    'kubectl --context k8s-c1 get ns; kubectl --context k8s-c2 get ns',
    'kubectl config use-context k8s-c99',
    'where',
    'finish',
  ])
  expect(text).toMatch(/^k8s-c1$/m)
  expect(text).toMatch(new RegExp(`^${tasks.length + 1}$`, 'm'))
  expect(text.match(/^Switched to context "k8s-c2"\.$/gm)).toHaveLength(2)
  expect(text).toContain('in-k8s-c2')
  expect(text).toMatch(/^namespace\/of-three$/m)
  expect(text).toContain('namespaces "of-three" not found')
  expect(text).toContain('lookup k8s-c1')
  expect(text).toContain('error: no context exists with the name: "k8s-c99"')
  expect(text.split(`2. ${second.lesson.texts.en.title} (`)).toHaveLength(3)
  expect(points).toBe(0)
})

test('a context in use that does not exist stays the fault of its lesson', async () => {
  const [task] = drawExam('ckad', 5).tasks as [ExamTask]
  const broken = withContexts(
    {
      ...task.lesson,
      start: ({ master }: Desk) =>
        master.edit('/root/.kube/config', (text) =>
          text.replace('current-context: kubernetes-admin@kubernetes', 'current-context: nobody'),
        ),
    },
    'k8s-c1',
    ['k8s-c1'],
  )
  const { master } = await openDesk(broken)
  expect((await master.sh('kubectl config current-context')).stdout).toBe('nobody\n')
})

test('an exam ends when its time is up', async () => {
  const { text } = await sit(['kubectl get pods', 'kubectl get nodes', 'kubectl get secrets'], 70)
  expect(text).toMatch(/time is up[^]*Report/)
})

test('into a pipe an exam shows its tasks, and an unknown one is refused', async () => {
  const { code, out } = await typed('exam', 'cks', '--seed', '2', '--lang', 'ko')
  expect(code).toBe(0)
  expect(out).toContain('CKS 모의시험')
  expect(await typed('exam', 'ckx')).toMatchObject({
    code: 2,
    err: expect.stringContaining('cka, ckad or cks'),
  })
})
