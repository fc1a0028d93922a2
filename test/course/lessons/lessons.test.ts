import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deskOf } from '../../../src/course/lessons/desk.js'
import {
  type Desk,
  drawLesson,
  isSolved,
  judge,
  type Lesson,
  LESSONS,
  openDesk,
  openLesson,
} from '../../../src/course/lessons/index.js'
import { propertiesOf } from '../../../src/course/lessons/properties.js'

/**
 * Seeds besides 0 that each lesson is played at here. With all its wrong repairs, a lesson takes some 1.2 s
 * of a processor a seed: `npm run soak -- --lessons` plays many more.
 */
const SEEDS = 1

describe.each(LESSONS)('lesson $id', (written) => {
  // a start costs more than all that follows, so each test works on a copy of one
  let begun: Desk | undefined
  const newDesk = (): Desk => deskOf((begun as Desk).cluster.fork())
  beforeAll(async () => void (begun = await openDesk(written)))
  afterAll(() => void (begun = undefined))

  test('shows its symptom, is not solved by waiting, and is solved by its solution', async () => {
    expect(await propertiesOf(written, newDesk(), [])).toEqual([])
  })

  test.each(written.wrongRepairs)('is not solved by %s', async (line) => {
    const desk = newDesk()
    await desk.master.sh(line)
    expect(await isSolved(written, desk)).toBe(false)
  })

  test.each(Array.from({ length: SEEDS }, (_, at) => at + 1))('holds at seed %i, too', async (seed) => {
    const { lesson, ...desk } = await openLesson(written.id, { seed })
    // one wrong repair a seed: seed 0 has seen all
    const { wrongRepairs } = lesson
    expect(await propertiesOf(lesson, desk, [wrongRepairs[seed % wrongRepairs.length] ?? ''])).toEqual([])
  })

  test.each(['ko', 'en'] as const)('is told in %s', (language) => {
    const { title, symptom, hints, explanation } = written.texts[language]
    expect(hints.length).toBeGreaterThanOrEqual(2)
    const sentences = [...written.goals, ...(written.promises ?? [])].map(({ text }) => text[language])
    for (const text of [title, symptom, explanation, ...hints, ...sentences]) expect(text.trim()).not.toBe('')
    for (const text of [title, symptom, explanation, ...sentences])
      expect(/[가-힣]/.test(text)).toBe(language === 'ko')
  })

  test('has at least two goals, and repairs that only look right', () => {
    expect(written.goals.length).toBeGreaterThanOrEqual(2)
    expect(written.wrongRepairs.length).toBeGreaterThanOrEqual(4)
    expect(written.minutes).toBeGreaterThan(0)
  })
})

test('ids are unique', () => {
  expect(new Set(LESSONS.map(({ id }) => id)).size).toBe(LESSONS.length)
})

test('a promise that was broken stays broken, but not before it was broken', async () => {
  const { lesson, ...desk } = await openLesson('budget')
  const before = desk.cluster.snapshot()
  await desk.master.sh('kubectl delete pod --all; sleep 60')
  await desk.master.sh(lesson.solution)
  const { goals, broken } = await judge(lesson, desk)
  expect(goals.every(({ isReached }) => isReached)).toBe(true)
  expect(broken.map(({ text }) => text.en)).toEqual([
    'At least 2 pods of web were ready at all times.',
    'A pod of web was ready at all times.',
  ])
  desk.cluster.rewind(before)
  await desk.master.sh(lesson.solution)
  expect(await isSolved(lesson, desk)).toBe(true)
})

const solvedAfter = async (id: string, detour: string): Promise<readonly string[]> => {
  const { lesson, ...desk } = await openLesson(id)
  await desk.master.sh(detour)
  await desk.master.sh(lesson.solution)
  const { goals, broken } = await judge(lesson, desk)
  return [...goals.filter(({ isReached }) => !isReached), ...broken].map((each) =>
    [each.text.en, ...('missing' in each ? each.missing : [])].join(' '),
  )
}

const KEEPS = 'Nothing was deleted or changed that the repair does not need.'
const GUARDS = 'No policy, budget, quota, role or webhook was away or weaker for a moment without need.'

test.each([
  ['token-automount', 'true', []],
  [
    'token-automount',
    'for n in 0 2; do kubectl scale deployment web --replicas=$n; sleep 60; done',
    ['A pod of web was ready at all times.'],
  ],
  [
    'token-automount',
    'kubectl create clusterrolebinding x --clusterrole=cluster-admin --user=me; ' +
      'kubectl delete clusterrolebinding x',
    ['Nobody was made an administrator, not even for a moment.'],
  ],
  [
    'token-automount',
    'kubectl delete clusterrole view; kubectl create clusterrole view --verb=get --resource=pods',
    [expect.stringContaining(KEEPS), GUARDS],
  ],
  [
    'T1-selector',
    'kubectl get deployment web -o yaml > /tmp/d.yaml; kubectl replace --force -f /tmp/d.yaml; sleep 60',
    [
      expect.stringContaining('deployments/web was deleted and made again'),
      'A pod of web was ready at all times.',
    ],
  ],
])('the detour in %s by %s is told afterwards', async (id, detour, told) => {
  expect(await solvedAfter(id, detour)).toEqual(told)
})

test('a cluster of another lesson, of another seed, or of none, is refused', async () => {
  const [first, second] = LESSONS as readonly [Lesson, Lesson]
  const desk = await openDesk(first)
  await expect(judge(second, desk)).rejects.toThrow(/but for budget/)
  await expect(judge(drawLesson('budget', 3), desk)).rejects.toThrow(/but for budget/)
})

test('equal seeds draw the same lesson, most seeds another one, and 0 the written one', async () => {
  expect(drawLesson('budget', 0)).toBe(LESSONS.find(({ id }) => id === 'budget'))
  const told = (seed: number): string => JSON.stringify(drawLesson('budget', seed).texts)
  expect(told(4)).toBe(told(4))
  expect(new Set(Array.from({ length: 20 }, (_, seed) => told(seed))).size).toBeGreaterThan(5)
  const [one, same] = await Promise.all([openLesson('taint', { seed: 2 }), openLesson('taint', { seed: 2 })])
  expect(one.cluster.state.traceHash()).toBe(same.cluster.state.traceHash())
})

test('an unknown lesson is refused with the one that was meant', async () => {
  await expect(openLesson('buget')).rejects.toThrow('there is no lesson buget; did you mean budget?')
  await expect(openLesson('budget', { seed: -1 })).rejects.toThrow(/seed/)
})
