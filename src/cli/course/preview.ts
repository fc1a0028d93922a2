import { readFileSync, statSync } from 'node:fs'
import type { Chapter, CourseVersion } from '../../course/chapter.js'
import { openDesk } from '../../course/lessons/index.js'
import { propertiesOf } from '../../course/lessons/properties.js'
import { readLesson } from '../../course/lessons/read-lesson.js'
import { Playback } from '../../course/playback.js'
import { startCluster } from '../../course/start.js'
import { UsageError } from '../command.js'
import { playLesson, teachLesson } from './lesson.js'
import { playChapter, type ReadLine, teachChapter } from './play-chapter.js'
import { readChapter } from './read.js'
import type { Screen } from './screen.js'

/** How a teacher looks at a file. */
interface Preview {
  readonly screen: Screen
  readonly version: CourseVersion
  /** Undefined for a pipe: then it plays by itself. */
  readonly read: ReadLine | undefined
}

/**
 * Shows a lesson (YAML) or a chapter (Markdown) that a teacher has written, as a learner sees it. Returns
 * what is wrong with it, each with the file and a line if it has one. @throws UsageError for a file that
 * cannot be read
 */
export async function preview(path: string, options: Preview): Promise<readonly string[]> {
  const text = textOfFile(path)
  try {
    if (/\.ya?ml$/.test(path)) return await previewLesson(path, text, options)
    if (path.endsWith('.md')) return await previewChapter(path, text, options)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
  throw new UsageError(`${path}: a lesson is a .yaml file, and a chapter a file like 10-storage.md`)
}

/** @throws UsageError for a file that cannot be read */
export function textOfFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile() !== true) throw new UsageError(`there is no file ${path}`)
  return readFileSync(path, 'utf8')
}

async function previewLesson(
  path: string,
  text: string,
  { screen, read }: Preview,
): Promise<readonly string[]> {
  const lesson = readLesson(path, text)
  if (read === undefined) await playLesson(lesson, screen.language, screen)
  else await teachLesson(lesson, screen.language, screen, read)
  const faults = await propertiesOf(lesson, await openDesk(lesson), lesson.wrongRepairs)
  return faults.map((fault) => `${path}: ${fault}`)
}

async function previewChapter(
  path: string,
  text: string,
  { screen, version, read }: Preview,
): Promise<readonly string[]> {
  const chapter = readChapter(path, text, version)
  if (read === undefined) await playChapter(chapter, screen)
  else await teachChapter(chapter, screen, read)
  return unexpected(path, text, chapter)
}

/** Commands whose output or exit code is not what stands below them. */
async function unexpected(path: string, text: string, chapter: Chapter): Promise<readonly string[]> {
  const playback = new Playback(startCluster(chapter.start))
  const lines = text.split('\n')
  const faults: string[] = []
  let at = 0
  for (const step of chapter.sections.flatMap(({ steps }) => steps)) {
    const { terminal, exitCode } = await playback.play(step)
    if (step.kind !== 'command') continue
    const [first = ''] = step.line.split('\n')
    const found = lines.findIndex((line, number) => number >= at && line.trimEnd() === first.trimEnd())
    // a value of the front matter stands in the line
    if (found >= 0) at = found + 1
    const where = `${path}:${found >= 0 ? at : Math.max(at, 1)}`
    if (exitCode !== step.exitCode)
      faults.push(
        `${where}: ${first}: exit code ${exitCode}, not ${step.exitCode}; ` +
          `write # => exit ${exitCode} below it`,
      )
    for (const wanted of step.shows)
      if (!terminal.includes(wanted))
        faults.push(`${where}: ${first}: does not print ${wanted}, but:\n${terminal.trimEnd()}`)
  }
  return faults
}
