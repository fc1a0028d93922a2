import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Chapter, CourseFile, CourseVersion } from '../../course/chapter.js'
import { packageRoot } from '../program-path.js'
import { parseChapter } from '../../course/parse-chapter.js'
import { parseCourse } from '../../course/parse-course.js'

const folder = (): string => join(packageRoot(), 'course')

/** The chapters as they lie in `course/`. */
export function courseFiles(): readonly CourseFile[] {
  return readdirSync(folder())
    .filter((name) => /^\d\d-.*\.md$/.test(name))
    .toSorted()
    .map((name) => ({ name, text: readFileSync(join(folder(), name), 'utf8') }))
}

/** Reads the course at a version. @throws Error with file and line of what is wrong */
export function readCourse(version: CourseVersion): readonly Chapter[] {
  return parseCourse(courseFiles(), version)
}

/** Reads a chapter that a teacher has written. @throws Error with file and line of what is wrong */
export function readChapter(path: string, text: string, version: CourseVersion): Chapter {
  const { chapter, startsAs } = parseChapter({ name: basename(path), text }, version)
  if (startsAs === undefined) return chapter
  const like = readCourse(version).find(({ number }) => number === startsAs)
  if (like === undefined) throw new Error(`${path}:1: like: there is no chapter ${startsAs}`)
  return { ...chapter, start: like.start }
}
