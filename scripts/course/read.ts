import { readdirSync, readFileSync } from 'node:fs'
import type { Chapter, CourseFile, CourseVersion } from '../../src/course/chapter.js'
import { parseCourse } from '../../src/course/parse-course.js'

const folder = new URL('../../course/', import.meta.url)

/** The chapters as they lie in `course/`. */
export function courseFiles(): readonly CourseFile[] {
  return readdirSync(folder)
    .filter((name) => /^\d\d-.*\.md$/.test(name))
    .toSorted()
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))
}

/** Reads the course at a version. @throws Error with file and line of what is wrong */
export function readCourse(version: CourseVersion): readonly Chapter[] {
  return parseCourse(courseFiles(), version)
}
