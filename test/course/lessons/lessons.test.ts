import { describe, expect, test } from 'vitest'
import { isSolved, LESSONS, openDesk } from '../../../src/course/lessons/index.js'

describe.each(LESSONS)('lesson $id', (lesson) => {
  test('shows its symptom, is not solved by doing nothing, and is solved by its solution', async () => {
    const { shows, solution } = lesson
    const desk = await openDesk(lesson)
    const idle = { ...desk, cluster: desk.cluster.fork().advance('5m') }
    const hash = idle.cluster.state.traceHash()
    expect(await isSolved(lesson, idle)).toBe(false)
    expect(idle.cluster.state.traceHash()).toBe(hash)

    const { stdout, stderr } = await desk.master.sh(shows.run)
    expect(stdout + stderr).toMatch(shows.prints)
    await desk.master.sh(solution)
    expect(await isSolved(lesson, desk)).toBe(true)
    desk.cluster.advance('3m')
    const after = await desk.master.sh(shows.run)
    expect(after.stdout + after.stderr).not.toMatch(shows.prints)
  })

  test.each(['ko', 'en'] as const)('is told in %s', (language) => {
    const { title, symptom, hints, explanation } = lesson.texts[language]
    expect(hints.length).toBeGreaterThanOrEqual(2)
    for (const text of [title, symptom, explanation, ...hints]) expect(text.trim()).not.toBe('')
    for (const text of [title, symptom, explanation]) expect(/[가-힣]/.test(text)).toBe(language === 'ko')
  })
})

test('ids are unique', () => {
  expect(new Set(LESSONS.map(({ id }) => id)).size).toBe(LESSONS.length)
})
