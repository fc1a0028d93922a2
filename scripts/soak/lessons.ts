import { LESSONS, openLesson } from '../../src/course/lessons/index.js'
import { propertiesOf } from '../../src/course/lessons/properties.js'

/** Opens every lesson at a seed, and checks its properties, with all its wrong repairs or the seed's one. */
export async function lessons(seed: number, repairs: 'all' | 'one'): Promise<string> {
  const faults: string[] = []
  for (const { id } of LESSONS) {
    const { lesson, ...desk } = await openLesson(id, { seed })
    const { wrongRepairs: all } = lesson
    const played = repairs === 'all' ? all : [all[seed % all.length] ?? '']
    for (const fault of await propertiesOf(lesson, desk, played)) faults.push(`${id}: ${fault}`)
  }
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return `${LESSONS.length} lessons with ${repairs} of their wrong repairs`
}
