import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Chapter, CourseFile, CourseVersion } from '../../course/chapter.js'
import { packageRoot } from '../program-path.js'
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
