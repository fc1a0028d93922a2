import { askCluster } from '../../course/ask.js'
import type { Chapter, Step } from '../../course/chapter.js'
import { Playback } from '../../course/playback.js'
import { startCluster } from '../../course/start.js'
import { withAlias } from '../../course/terminal-line.js'
import type { Host } from '../../host/index.js'
import type { Screen } from './screen.js'

/**
 * Reads a line typed on that machine: shows its prompt, and completes words with Tab. Returns undefined when
 * there are no more lines.
 */
export type ReadLine = (host: Host) => Promise<string | undefined>

/** Plays a chapter from its first section to its last, as it is written. */
export async function playChapter(chapter: Chapter, screen: Screen): Promise<void> {
  const playback = new Playback(startCluster(chapter.start))
  screen.chapter(chapter)
  for (const section of chapter.sections) {
    screen.section(section)
    for (const step of section.steps) {
      screen.before(step)
      screen.after(await playback.play(step))
    }
  }
  lessonsOf(chapter, screen)
}

/** Plays a chapter with somebody who decides what is typed. */
export async function teachChapter(chapter: Chapter, screen: Screen, read: ReadLine): Promise<void> {
  const playback = new Playback(startCluster(chapter.start))
  screen.chapter(chapter)
  screen.line(`\n${screen.words.keys}`)
  for (const section of chapter.sections) {
    screen.section(section)
    for (const step of section.steps) if (!(await teach(step, playback, screen, read))) return
  }
  lessonsOf(chapter, screen)
}

function lessonsOf({ lessons }: Chapter, screen: Screen): void {
  screen.line(`${screen.words.end} ${screen.words.lessons}: ${lessons.join(', ')}`)
}

/** Plays a step, or what is typed instead. Returns false when the learner leaves. */
async function teach(step: Step, playback: Playback, screen: Screen, read: ReadLine): Promise<boolean> {
  screen.before(step)
  if (step.kind !== 'command') {
    screen.after(await playback.play(step))
    return true
  }
  for (;;) {
    const line = (await read(playback.host))?.trim()
    if (line === undefined || line === 'q') return false
    if (line === 's') return true
    if (line === '') {
      screen.after(await playback.play(step))
      return true
    }
    await own(line, playback, screen)
  }
}

/** Does what somebody has typed: a question, time that passes, or a command. */
export async function own(line: string, playback: Playback, screen: Screen): Promise<void> {
  const [word = '', ...more] = line.split(' ')
  try {
    if (word === '?') screen.line(playback.cluster.dump()['why.txt'])
    else if (word === 'why') screen.line(`${askCluster(playback.cluster, `why ${more.join(' ')}`)}\n`)
    else if (word === 'wait') await playback.play({ kind: 'event', event: 'wait', argument: more[0] ?? '1m' })
    else screen.after(await playback.type(withAlias(line)))
  } catch (error) {
    screen.line(error instanceof Error ? error.message : String(error))
  }
}
