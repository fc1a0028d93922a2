import { LESSONS, openLesson } from '../../src/course/lessons/index.js'
import { propertiesOf } from '../../src/course/lessons/properties.js'

/** Opens every lesson at a seed, and checks its properties with all its wrong repairs. */
export async function lessons(seed: number): Promise<string> {
  const faults: string[] = []
  for (const { id } of LESSONS) {
    const { lesson, ...desk } = await openLesson(id, { seed })
    for (const fault of await propertiesOf(lesson, desk, lesson.wrongRepairs)) faults.push(`${id}: ${fault}`)
  }
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return `${LESSONS.length} lessons with all their wrong repairs`
}
