import { afterAll, describe, expect, test } from 'vitest'
import { deskOf } from '../../../src/course/lessons/desk.js'
import { type Desk, isSolved, judge, LESSONS, openDesk } from '../../../src/course/lessons/index.js'

describe.each(LESSONS)('lesson $id', (lesson) => {
  // a start costs more than all that follows, so each test works on a copy of one
  let begun: Promise<Desk> | undefined
  const newDesk = async (): Promise<Desk> => deskOf((await (begun ??= openDesk(lesson))).cluster.fork())
  afterAll(() => (begun = undefined))

  test('shows its symptom, is not solved by doing nothing, and is solved by its solution', async () => {
    const { shows, solution } = lesson
    const desk = await newDesk()
    const idle = deskOf(desk.cluster.fork().advance('5m'))
    const hash = idle.cluster.state.traceHash()
    expect(await isSolved(lesson, idle)).toBe(false)
    expect(idle.cluster.state.traceHash()).toBe(hash)

    const { stdout, stderr } = await desk.master.sh(shows.run)
    expect(stdout + stderr).toMatch(shows.prints)
    await desk.master.sh(solution)
    const { goals, broken, isSolved: solved } = await judge(lesson, desk)
    expect({ missed: goals.filter(({ isReached }) => !isReached), broken, solved }).toEqual({
      missed: [],
      broken: [],
      solved: true,
    })
    desk.cluster.advance('3m')
    const after = await desk.master.sh(shows.run)
    expect(after.stdout + after.stderr).not.toMatch(shows.prints)
  })

  test.each(lesson.wrongRepairs)('is not solved by %s', async (line) => {
    const desk = await newDesk()
    await desk.master.sh(line)
    expect(await isSolved(lesson, desk)).toBe(false)
  })

  test('is solved by its solution even after a wrong repair that was rewound', async () => {
    const desk = await newDesk()
    const before = desk.cluster.snapshot()
    await desk.master.sh(lesson.wrongRepairs[0] ?? '')
    const again = deskOf(desk.cluster.rewind(before))
    await again.master.sh(lesson.solution)
    expect(await isSolved(lesson, again)).toBe(true)
  })

  test.each(['ko', 'en'] as const)('is told in %s', (language) => {
    const { title, symptom, hints, explanation } = lesson.texts[language]
    expect(hints.length).toBeGreaterThanOrEqual(2)
    const sentences = [...lesson.goals, ...(lesson.promises ?? [])].map(({ text }) => text[language])
    for (const text of [title, symptom, explanation, ...hints, ...sentences]) expect(text.trim()).not.toBe('')
    for (const text of [title, symptom, explanation, ...sentences])
      expect(/[가-힣]/.test(text)).toBe(language === 'ko')
  })

  test('has at least two goals, and repairs that only look right', () => {
    expect(lesson.goals.length).toBeGreaterThanOrEqual(2)
    expect(lesson.wrongRepairs.length).toBeGreaterThanOrEqual(3)
  })
})

test('ids are unique', () => {
  expect(new Set(LESSONS.map(({ id }) => id)).size).toBe(LESSONS.length)
})

test('a promise that was broken stays broken, but not before it was broken', async () => {
  const lesson = LESSONS.find(({ id }) => id === 'budget')
  if (lesson === undefined) throw new Error('there is no lesson budget')
  const desk = await openDesk(lesson)
  const before = desk.cluster.snapshot()
  await desk.master.sh('kubectl delete pod --all; sleep 60')
  await desk.master.sh(lesson.solution)
  const { goals, broken } = await judge(lesson, desk)
  expect(goals.every(({ isReached }) => isReached)).toBe(true)
  expect(broken.map(({ text }) => text.en)).toEqual(['At least 2 pods of web were ready at all times.'])
  desk.cluster.rewind(before)
  await desk.master.sh(lesson.solution)
  expect(await isSolved(lesson, desk)).toBe(true)
})

test('a cluster of another lesson, or of none, is refused', async () => {
  const [first, second] = LESSONS
  if (first === undefined || second === undefined) throw new Error('there are no lessons')
  await expect(judge(second, await openDesk(first))).rejects.toThrow(/but for budget/)
})
