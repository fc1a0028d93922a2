import { deskOf } from './desk.js'
import { isSolved, judge } from './judge.js'
import type { Desk, Lesson } from './lesson.js'

const missedBy = async (lesson: Lesson, desk: Desk): Promise<readonly string[]> => {
  const { goals, broken } = await judge(lesson, desk)
  return [
    ...goals.filter(({ isReached }) => !isReached).map(({ text, missing }) => `${text.en} ${missing.join()}`),
    ...broken.map(({ text }) => `${text.en} (broken)`),
  ]
}

/**
 * What of the properties of a lesson does not hold, as sentences: it is broken, waiting does not repair it,
 * its solution does, and none of the given repairs. Moves the cluster of the desk.
 */
export async function propertiesOf(
  lesson: Lesson,
  desk: Desk,
  wrongRepairs: readonly string[],
): Promise<readonly string[]> {
  const { shows, solution } = lesson
  const faults: string[] = []
  const idle = deskOf(desk.cluster.fork().advance('5m'))
  const hash = idle.cluster.state.traceHash()
  if (await isSolved(lesson, idle)) faults.push('waiting solves it')
  if (idle.cluster.state.traceHash() !== hash) faults.push('the judge moves the cluster')
  for (const line of wrongRepairs) {
    const wrong = deskOf(desk.cluster.fork())
    await wrong.master.sh(line)
    if (await isSolved(lesson, wrong)) faults.push(`a wrong repair solves it: ${line}`)
  }
  const before = await desk.master.sh(shows.run)
  if (!shows.prints.test(before.stdout + before.stderr))
    faults.push(`the symptom does not show: ${before.stdout}${before.stderr}`)
  await desk.master.sh(solution)
  faults.push(...(await missedBy(lesson, desk)).map((text) => `the solution misses: ${text}`))
  desk.cluster.advance('3m')
  const after = await desk.master.sh(shows.run)
  if (shows.prints.test(after.stdout + after.stderr))
    faults.push(`the symptom is still there: ${after.stdout}`)
  return faults
}
