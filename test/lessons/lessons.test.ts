import { expect, test } from 'vitest'
import { openDesk, LESSONS } from '../../src/lessons/index.js'

test.each(LESSONS)('$id: broken at first, repaired by its solution', async (lesson) => {
  const desk = await openDesk(lesson)
  expect(lesson.check({ ...desk, cluster: desk.cluster.fork() })).toBe(false)
  const result = await desk.master.sh(lesson.solution)
  expect(result.stderr).toBe('')
  expect(lesson.check(desk)).toBe(true)
})

test('there is a lesson for each row of the course, and for what teams really meet', () => {
  const ids = LESSONS.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const row of ['T1', 'T2', 'T3', 'T4', 'T5'])
    expect(ids.some((id) => id.startsWith(`${row}-`))).toBe(true)
  // wrong selector, quota exhausted, image typo, expired kubelet certificate, etcd out of space, DNS policy
  // blocked, PDB blocks drain, taint, CrashLoop by missing Secret, webhook refusing
  expect(ids).toEqual(
    expect.arrayContaining([
      'T1-selector',
      'quota',
      'T1-image',
      'T4-expired',
      'etcd-space',
      'dns-policy',
      'budget',
      'taint',
      'secret-crash',
      'webhook-refuses',
    ]),
  )
  for (const { title, symptom, hints, solution } of LESSONS)
    expect([title, symptom, solution, ...hints].every((text) => text !== '') && hints.length > 0).toBe(true)
})
