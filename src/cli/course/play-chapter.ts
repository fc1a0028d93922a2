import { answerWords } from '../../course/lessons/practice.js'
import { askCluster } from '../../course/ask.js'
import type { Chapter, PredictStep, Section, Step } from '../../course/chapter.js'
import { Playback } from '../../course/playback.js'
import { PRACTICE } from '../../course/practised.js'
import { startCluster } from '../../course/start.js'
import { hasSameEffect } from '../../course/effect.js'
import { promptOf, withAlias } from '../../course/terminal-line.js'
import type { Host } from '../../host/index.js'
import { forgotten, type Progress } from './progress.js'
import type { Screen } from './screen.js'
import { spoken } from './spoken.js'

/**
 * Reads a line typed on that machine: shows its prompt, and completes words with Tab; without a machine it is
 * an answer. Returns undefined when there are no more lines.
 */
export type ReadLine = (host?: Host) => Promise<string | undefined>

/** Plays a chapter from its first section to its last, as it is written. */
export async function playChapter(chapter: Chapter, screen: Screen): Promise<void> {
  const playback = new Playback(startCluster(chapter.start))
  screen.chapter(chapter)
  for (const section of chapter.sections) {
    screen.section(section)
    for (const step of section.steps) {
      screen.before(step, promptOf(playback.host))
      screen.after(await playback.play(step))
    }
  }
  lessonsOf(chapter, screen)
}

/** Steps of a chapter, each with the section that begins with it. */
function stepsOf({ sections }: Chapter): readonly { readonly step: Step; readonly begins?: Section }[] {
  return sections.flatMap((section) =>
    section.steps.map((step, at) => (at === 0 ? { step, begins: section } : { step })),
  )
}

/**
 * Plays a chapter in which the learner types the commands. It goes on where `progress` says, with what the
 * steps before have done; `back` undoes the last step that was typed.
 */
export async function teachChapter(
  chapter: Chapter,
  screen: Screen,
  read: ReadLine,
  progress: Progress = forgotten(),
): Promise<void> {
  const steps = stepsOf(chapter)
  const name = `${chapter.number} ${chapter.version}`
  const first = progress.stepOf(name) < steps.length ? progress.stepOf(name) : 0
  let playback = new Playback(startCluster(chapter.start))
  screen.chapter(chapter)
  screen.line(`\n${screen.words.chapterKeys}`)
  for (const { step } of steps.slice(0, first)) await playback.play(step)
  if (first > 0) screen.note(screen.words.resumed(first + 1, steps.length))
  const past: { readonly at: number; readonly playback: Playback }[] = []
  for (let at = first; at < steps.length;) {
    const { step, begins } = steps[at] as (typeof steps)[number]
    if (begins !== undefined) screen.section(begins)
    progress.reached(name, at)
    const before = step.kind === 'command' ? playback.fork() : undefined
    const files = filesIn(steps.slice(0, at + 1))
    const where = screen.words.step(at + 1, steps.length)
    const done = await teach({ step, playback, screen, read, where, files })
    if (done === 'left') return
    if (done === 'back') {
      const last = past.pop()
      screen.note(last === undefined ? screen.words.atTheBeginning : screen.words.wentBack)
      if (before !== undefined) playback = last?.playback ?? before
      at = last?.at ?? at
      continue
    }
    if (before !== undefined) past.push({ at, playback: before })
    if (past.length > MOST_STEPS_BACK) past.shift()
    at++
  }
  progress.reached(name, 0)
  lessonsOf(chapter, screen)
}

/** How many steps `back` can go. */
const MOST_STEPS_BACK = 50

function lessonsOf({ number, lessons }: Chapter, screen: Screen): void {
  screen.line(`${screen.words.end} ${screen.words.lessons}: ${lessons.join(', ')}`)
  const subject = PRACTICE[number]
  if (subject !== undefined) screen.line(screen.words.practiseMore(`simcluster practice ${subject}`))
}

/** Files that the steps have shown, by path. */
function filesIn(steps: readonly { readonly step: Step }[]): ReadonlyMap<string, string> {
  return new Map(steps.flatMap(({ step }) => (step.kind === 'file' ? [[step.path, step.text] as const] : [])))
}

interface Teaching {
  readonly step: Step
  readonly playback: Playback
  readonly screen: Screen
  readonly read: ReadLine
  /** `step 3 of 40` */
  readonly where: string
  readonly files: ReadonlyMap<string, string>
}

/** Plays a step, or what is typed instead. Returns whether the learner goes on, back, or leaves. */
async function teach({
  step,
  playback,
  screen,
  read,
  where,
  files,
}: Teaching): Promise<'on' | 'back' | 'left'> {
  screen.before(step, promptOf(playback.host), { isTaught: true })
  if (step.kind === 'predict') return predict(step, playback, screen, read)
  if (step.kind !== 'command') {
    screen.after(await playback.play(step))
    return 'on'
  }
  for (;;) {
    const line = (await read(playback.host))?.trim()
    if (line === undefined) return 'left'
    const { word, argument = '' } = spoken(line, ['help', 'back', 'where', 'show', 'skip', 'quit']) ?? {}
    if (word === 'quit') return 'left'
    if (word === 'skip') return 'on'
    if (word === 'back') return 'back'
    if (word === 'help') screen.line(`${screen.words.chapterKeys}\n`)
    else if (word === 'where') screen.note(where)
    else if (word === 'show') show(argument, files, screen)
    else if (line === '') {
      screen.after(await playback.play(step))
      return 'on'
    } else {
      const counts = !IS_OWN.test(line) && (await hasSameEffect(playback, step.line, line))
      await own(line, playback, screen)
      if (!counts) continue
      screen.note(screen.words.counts)
      return 'on'
    }
  }
}

/** What the course does itself; it is no command. */
const IS_OWN = /^(?:\?|why|wait)(?:\s|$)/

/** Shows a file of the chapter; the only one, or the last, if none is named. */
function show(path: string, files: ReadonlyMap<string, string>, screen: Screen): void {
  const text = path === '' ? [...files.values()].at(-1) : files.get(path)
  if (text === undefined) screen.note(screen.words.noFile(path))
  else screen.file(text)
}

/** What the learners have predicted, by the question. */
const guesses = new WeakMap<Playback, string>()

const wordsOf = (text: string): string => answerWords(text).toSorted().join(' ')

/** Asks for a guess before some commands, and compares it with what the cluster says after them. */
async function predict(
  step: PredictStep,
  playback: Playback,
  screen: Screen,
  read: ReadLine,
): Promise<'on' | 'left'> {
  if (step.part === 'question') {
    screen.note(screen.words.predictKeys)
    const guess = await read()
    if (guess === undefined || spoken(guess, ['quit']) !== undefined) return 'left'
    guesses.set(playback, guess)
    return 'on'
  }
  const answer = await playback.play(step)
  screen.after(answer)
  const guess = wordsOf(guesses.get(playback) ?? '')
  if (guess !== '' && guess === wordsOf(answer.terminal)) screen.note(screen.words.right)
  return 'on'
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
