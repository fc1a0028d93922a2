import { answerWords } from '../../course/lessons/practice.js'
import type { Chapter, PredictStep, Section, Step } from '../../course/chapter.js'
import { Playback } from '../../course/playback.js'
import { PRACTICE } from '../../course/practised.js'
import { startCluster } from '../../course/start.js'
import { hasSameEffect, isSameLine } from '../../course/effect.js'
import { withAlias } from '../../course/terminal-line.js'
import type { Host } from '../../host/index.js'
import { isForCourse, isQuestion, own } from './own-line.js'
import { forgotten, type ChapterProgress } from './progress.js'
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
      screen.before(step, playback.host.prompt)
      screen.after(await playback.play(step, screen.language))
    }
  }
  lessonsOf(chapter, screen)
}

/** Steps of a chapter, each with its section. */
function stepsOf({ sections }: Chapter): readonly { readonly step: Step; readonly section: Section }[] {
  return sections.flatMap((section) => section.steps.map((step) => ({ step, section })))
}

/**
 * Plays a chapter in which the learner types the commands. It goes on where `progress` says, with what the
 * steps before have done; `back` undoes the last line that was typed.
 */
export async function teachChapter(
  chapter: Chapter,
  screen: Screen,
  read: ReadLine,
  progress: ChapterProgress = forgotten(),
): Promise<void> {
  const steps = stepsOf(chapter)
  const name = `${chapter.number} ${chapter.version}`
  const first = progress.stepOf(name) < steps.length ? progress.stepOf(name) : 0
  let playback = new Playback(startCluster(chapter.start))
  screen.chapter(chapter)
  screen.wrapped(`\n${screen.words.chapterKeys}`)
  for (const { step } of steps.slice(0, first)) await playback.play(step, screen.language)
  if (first > 0) screen.note(screen.words.resumed(first + 1, steps.length))
  const past: { readonly at: number; readonly playback: Playback }[] = []
  let shown: Section | undefined
  for (let at = first; at < steps.length;) {
    const { step, section } = steps[at] as (typeof steps)[number]
    if (section !== shown) screen.section(section)
    shown = section
    progress.reached(name, at)
    const files = filesIn(steps.slice(0, at + 1))
    const where = screen.words.step(at + 1, steps.length)
    const here = at
    const remember = (): void => {
      past.push({ at: here, playback: playback.fork() })
      if (past.length > MOST_STEPS_BACK) past.shift()
    }
    const done = await teach({ step, playback, screen, read, where, files, remember })
    if (done === 'left') return
    if (done === 'on') at++
    else {
      const last = past.pop()
      screen.note(last === undefined ? screen.words.atTheBeginning : screen.words.wentBack)
      ;({ at, playback } = last ?? { at, playback })
    }
  }
  progress.reached(name, 0)
  lessonsOf(chapter, screen)
}

/** How many lines `back` can undo. */
const MOST_STEPS_BACK = 50

function lessonsOf({ number, lessons }: Chapter, screen: Screen): void {
  screen.wrapped(`${screen.words.end} ${screen.words.lessons}: ${lessons.join(', ')}`)
  const subject = PRACTICE[number]
  if (subject !== undefined) screen.line(screen.words.practiseMore(`simcluster practice ${subject}`))
}

/** Files that the steps have shown, by path. */
function filesIn(steps: readonly { readonly step: Step }[]): ReadonlyMap<string, string> {
  return new Map(steps.flatMap(({ step }) => (step.kind === 'file' ? [[step.path, step.text] as const] : [])))
}

interface Teaching<S = Step> {
  readonly step: S
  readonly playback: Playback
  readonly screen: Screen
  readonly read: ReadLine
  /** `step 3 of 40` */
  readonly where: string
  readonly files: ReadonlyMap<string, string>
  /** Notes what is now, before a line, as what `back` leads to. */
  readonly remember: () => void
}

/** Whether a learner goes on, back, or leaves. */
type Done = 'on' | 'back' | 'left'

/** Plays a step, or what is typed instead. */
async function teach(teaching: Teaching): Promise<Done> {
  const { step, playback, screen, read, where, files, remember } = teaching
  screen.before(step, playback.host.prompt, { isTaught: true })
  if (step.kind === 'predict') return predict({ ...teaching, step })
  if (step.kind !== 'command') {
    screen.after(await playback.play(step, screen.language))
    return 'on'
  }
  for (;;) {
    const line = (await read(playback.host))?.trim()
    if (line === undefined) return 'left'
    const word = spoken(line, WORDS)?.word
    if (word === 'quit') return 'left'
    if (word === 'skip') {
      remember()
      return 'on'
    }
    if (word === 'back') return 'back'
    if (word === 'hint' || word === 'check' || word === 'solution') {
      screen.note(screen.words.notDone)
      screen.before(step, '', { isTaught: true })
    } else if (word !== undefined) tell(line, where, files, screen)
    else if (line === '') {
      remember()
      screen.after(await playback.play(step, screen.language))
      return 'on'
    } else if (!isForCourse(line) && (await hasSameEffect(playback, step.line, line, step.machine))) {
      remember()
      screen.after(await playback.type(withAlias(line)))
      if (!isSameLine(step.line, line)) screen.note(screen.words.counts)
      return 'on'
    } else {
      if (!isQuestion(line)) remember()
      await own(line, playback, screen)
    }
  }
}

const WORDS = ['help', 'back', 'where', 'show', 'skip', 'hint', 'check', 'solution', 'quit'] as const

/** Says where the learner is, what can be typed, or what is in a file. */
function tell(line: string, where: string, files: ReadonlyMap<string, string>, screen: Screen): void {
  const { word, argument = '' } = spoken(line, WORDS) ?? {}
  if (word === 'show') show(argument, files, screen)
  else if (word === 'where') screen.note(where)
  else screen.wrapped(`${screen.words.chapterKeys}\n`)
}

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
async function predict({ step, playback, screen, read, where, files }: Teaching<PredictStep>): Promise<Done> {
  if (step.part === 'question') {
    screen.note(screen.words.predictKeys)
    for (;;) {
      const guess = await read()
      const word = guess === undefined ? 'quit' : spoken(guess, WORDS)?.word
      if (word === 'quit') return 'left'
      if (word === 'back') return 'back'
      if (word === 'help' || word === 'where' || word === 'show') {
        tell(guess ?? '', where, files, screen)
        continue
      }
      guesses.set(playback, word === undefined ? (guess ?? '') : '')
      return 'on'
    }
  }
  const answer = await playback.play(step, screen.language)
  screen.after(answer)
  const guess = guesses.get(playback)?.trim() ?? ''
  if (guess !== '') {
    const isRight = wordsOf(guess) === wordsOf(answer.terminal)
    screen.note(isRight ? screen.words.right : screen.words.guessed(guess))
  }
  return 'on'
}
