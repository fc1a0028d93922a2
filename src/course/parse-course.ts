import type { Chapter, CourseFile, CourseVersion } from './chapter.js'
import { parseChapter } from './parse-chapter.js'
import { checkRows } from './rows.js'

/**
 * Reads the chapters of the course at a version, in their order: `parseCourse(files, 'v1.35')`. It needs no
 * file system, so that a web page can read the course too.
 * @throws Error with file and line of what is wrong: a missing translation, an unknown or missing row, ...
 */
export function parseCourse(files: readonly CourseFile[], version: CourseVersion): readonly Chapter[] {
  const read = files
    .map((file) => parseChapter(file, version))
    .toSorted((a, b) => a.chapter.number - b.chapter.number)
  const chapters = read.map(({ chapter, startsAs }) => {
    if (startsAs === undefined) return chapter
    const other = read.find((each) => each.chapter.number === startsAs)?.chapter
    if (other === undefined) throw new Error(`${chapter.file}: like: there is no chapter ${startsAs}`)
    return { ...chapter, start: other.start }
  })
  checkRows(chapters)
  return chapters
}
