import type { Language } from '../../lang/text/phrases.js'
import { countCommands } from '../../course/par.js'
import { Playback } from '../../course/playback.js'
import type { Desk, Lesson } from '../../course/lessons/index.js'
import { advise, judge, openDesk } from '../../course/lessons/index.js'
import type { ReadLine } from './play-chapter.js'
import { own } from './own-line.js'
import { forgotten, type ChapterProgress } from './progress.js'
import type { Screen } from './screen.js'
import { spoken, type SpokenWord } from './spoken.js'

/** Shows a lesson, its hints, and how its solution solves it. */
export async function playLesson(lesson: Lesson, language: Language, screen: Screen): Promise<void> {
  const desk = await openDesk(lesson)
  const playback = new Playback(desk.cluster)
  const { hints, explanation } = introduce(lesson, language, screen)
  const type = async (line: string): Promise<void> => {
    screen.command(playback.host.prompt, line)
    screen.after(await playback.type(line))
  }
  await type(lesson.shows.run)
  for (const hint of hints) screen.prose(`${screen.words.hint}: ${hint}`)
  screen.note(screen.words.solution)
  await type(lesson.solution)
  await check(lesson, desk, language, screen)
  screen.prose(explanation)
}

/** How many steps `back` can go. */
const MOST_STEPS_BACK = 100

const WORDS: readonly SpokenWord[] = ['help', 'hint', 'check', 'back', 'where', 'solution', 'quit']

/** A learner at the desk of a lesson. */
class Student {
  readonly lesson: Lesson
  readonly language: Language
  readonly screen: Screen
  readonly progress: ChapterProgress
  playback: Playback
  #told = 0
  readonly #past: Playback[] = []

  constructor(
    lesson: Lesson,
    language: Language,
    screen: Screen,
    progress: ChapterProgress,
    playback: Playback,
  ) {
    this.lesson = lesson
    this.language = language
    this.screen = screen
    this.progress = progress
    this.playback = playback
  }

  get #desk(): Desk {
    const { cluster, host: master } = this.playback
    return { cluster, master }
  }

  get #taken(): number {
    return countCommands(this.playback.typed.map(({ line }) => line).join('\n'))
  }

  async type(line: string): Promise<void> {
    this.#past.push(this.playback.fork())
    if (this.#past.length > MOST_STEPS_BACK) this.#past.shift()
    await own(line, this.playback, this.screen)
  }

  back(): void {
    const { words } = this.screen
    const before = this.#past.pop()
    if (before !== undefined) this.playback = before
    this.screen.note(before === undefined ? words.atTheBeginning : words.wentBack)
  }

  async hint(): Promise<void> {
    const { screen, lesson, language } = this
    const { text, told } = await advise(lesson, this.#desk, { lines: this.playback.typed, told: this.#told })
    this.#told = told
    screen.prose(text === undefined ? screen.words.noMoreHints : `${screen.words.hint}: ${text[language]}`)
  }

  where(): void {
    const { screen, lesson, language } = this
    introduce(lesson, language, screen)
    screen.note(screen.words.where(this.#taken, lesson.minutes))
  }

  /** Returns whether the lesson is solved. */
  async check(): Promise<boolean> {
    const { lesson, language, screen, progress } = this
    if (!(await check(lesson, this.#desk, language, screen))) return false
    const taken = this.#taken
    const best = Math.min(countCommands(lesson.solution), progress.bestOf(lesson.id) ?? Infinity, taken)
    progress.solved(lesson.id, taken)
    screen.line(screen.words.par(taken, best))
    screen.prose(lesson.texts[language].explanation)
    return true
  }
}

/**
 * Runs a lesson in the terminal. `back` undoes what was typed last, and `hint` depends on what
 * was tried.
 */
export async function teachLesson(
  lesson: Lesson,
  language: Language,
  screen: Screen,
  read: ReadLine,
  progress: ChapterProgress = forgotten(),
): Promise<void> {
  const student = new Student(
    lesson,
    language,
    screen,
    progress,
    new Playback((await openDesk(lesson)).cluster),
  )
  introduce(lesson, language, screen)
  screen.wrapped(`${screen.words.lessonKeys}\n`)
  for (;;) {
    const line = (await read(student.playback.host))?.trim()
    if (line === undefined) return
    if (line === '') continue
    const word = spoken(line, WORDS)?.word
    if (word === 'quit') return
    if (word === undefined) await student.type(line)
    else if (word === 'help') screen.wrapped(`${screen.words.lessonKeys}\n`)
    else if (word === 'solution') screen.line(`${lesson.solution}\n`)
    else if (word === 'hint') await student.hint()
    else if (word === 'back') student.back()
    else if (word === 'where') student.where()
    else if (await student.check()) return
  }
}

/** Shows which goals are reached, and which promises were broken. Returns whether the lesson is solved. */
async function check(lesson: Lesson, desk: Desk, language: Language, screen: Screen): Promise<boolean> {
  const { goals, broken, isSolved } = await judge(lesson, desk)
  for (const { text, isReached, missing } of goals) {
    screen.line(`${isReached ? '✓' : '✗'} ${text[language]}`)
    for (const what of missing) screen.line(`    ${what}`)
  }
  for (const { text } of broken) screen.line(`✗ ${text[language]} (${screen.words.broken})`)
  screen.line()
  screen.prose(isSolved ? screen.words.solved : screen.words.notYet)
  return isSolved
}

function introduce({ id, texts }: Lesson, language: Language, screen: Screen): Lesson['texts'][Language] {
  const text = texts[language]
  screen.title(`${id}: ${text.title}`)
  screen.prose(`${screen.words.symptom}: ${text.symptom}`)
  return text
}
