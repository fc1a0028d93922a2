import type { Chapter, CourseVersion, Step } from '../../../src/course/chapter.js'
import type { StepAt } from '../../../src/course/deed.js'
import { parseCourse } from '../../../src/course/parse-course.js'

const files = Object.entries(
  import.meta.glob<string>('../../../course/[0-9]*.md', { query: '?raw', import: 'default', eager: true }),
).map(([path, text]) => ({ name: path.slice(path.lastIndexOf('/') + 1), text }))

const read = new Map<CourseVersion, readonly Chapter[]>()

/** The chapters of the course at a version. */
export function chaptersAt(version: CourseVersion): readonly Chapter[] {
  let chapters = read.get(version)
  if (chapters === undefined) read.set(version, (chapters = parseCourse(files, version)))
  return chapters
}

/** @throws RangeError if the course has no such chapter */
export function chapterOf(number: number, version: CourseVersion): Chapter {
  const chapter = chaptersAt(version).find((each) => each.number === number)
  if (chapter === undefined) throw new RangeError(`there is no chapter ${number}`)
  return chapter
}

/** Steps of a chapter that a learner does: all but prose, predictions, and what is there from the beginning. */
export function stepsToDo({ sections }: Chapter): readonly StepAt[] {
  return sections.flatMap(({ steps }, section) =>
    steps.flatMap((step, at): readonly StepAt[] => (isToDo(step) ? [[section, at]] : [])),
  )
}

const isToDo = (step: Step): boolean =>
  step.kind === 'file'
    ? !step.isInitial
    : step.kind !== 'prose' && !(step.kind === 'predict' && step.part === 'question')
