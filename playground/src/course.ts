import type { Chapter, CourseVersion } from '../../src/course/chapter.js'
import { parseCourse } from '../../src/course/parse-course.js'

const files = Object.entries(
  import.meta.glob<string>('../../course/[0-9]*.md', { query: '?raw', import: 'default', eager: true }),
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
