import { hintOf } from '../../lang/text/nearest.js'
import { env, stdout } from 'node:process'
import type { CourseVersion } from '../../course/chapter.js'
import type { Language } from '../../lang/text/phrases.js'
import { LANGUAGES, VERSIONS } from '../../course/chapter.js'
import {
  drawExam,
  drawLesson,
  type ExamName,
  LESSONS,
  type PracticeSubject,
} from '../../course/lessons/index.js'
import type { CommandArguments, Command, Flag, Terminal } from '../command.js'
import { UsageError } from '../command.js'
import { sitExam } from '../course/exam.js'
import { openEditor, withKeyboard } from '../course/keyboard.js'
import { playLesson, teachLesson } from '../course/lesson.js'
import { practise } from '../course/practice.js'
import { playChapter, teachChapter } from '../course/play-chapter.js'
import { keptProgress } from '../course/progress.js'
import { readCourse } from '../course/read.js'
import { Screen } from '../course/screen.js'
import { textOf } from '../files.js'

/** The flag that chooses the language. */
export const LANGUAGE_FLAG: Flag = { value: 'ko|en', about: 'the language', default: 'from LANG' }

/** The flag that chooses the version of the course. */
export const VERSION_FLAG: Flag = {
  value: 'v1.14|v1.35',
  about: 'as of the course, or as of today',
  default: 'v1.35',
}

const FLAGS: Readonly<Record<string, Flag>> = { lang: LANGUAGE_FLAG, version: VERSION_FLAG }
const LESSON_FLAGS: Readonly<Record<string, Flag>> = {
  ...FLAGS,
  seed: { value: 'N', about: 'draws other names, nodes and places of the fault', default: '0' },
}

/** What can stand before a second word of `play`. */
const WAYS: readonly string[] = ['chapter', 'lesson', 'exam', 'practice']

const WIDEST = 100

function oneOf<T extends string>(flag: string, value: string, all: readonly T[]): T {
  const found = all.find((each) => each === value)
  if (found === undefined) throw new UsageError(`--${flag} ${value}: write ${all.join(' or ')}`)
  return found
}

/** Returns the language that was asked for, or that of the environment. */
export const languageOf = (flags: CommandArguments['flags']): Language =>
  oneOf(
    'lang',
    textOf(flags, 'lang') ?? ((env['LC_ALL'] || env['LANG'] || '').startsWith('ko') ? 'ko' : 'en'),
    LANGUAGES,
  )

/** The seed of a lesson or an exam. */
export const seedOf = (flags: CommandArguments['flags']): number => {
  const text = textOf(flags, 'seed') ?? '0'
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--seed ${text}: write a whole number`)
  return Number(text)
}

/** Returns the version of the course that was asked for. */
export const versionOf = (flags: CommandArguments['flags']): CourseVersion =>
  oneOf('version', textOf(flags, 'version') ?? 'v1.35', VERSIONS)

/** The learner's screen: a terminal reads, and has colours unless `NO_COLOR` is set; a pipe does neither. */
export function screenOf(flags: CommandArguments['flags'], terminal: Terminal): Screen {
  // a terminal that does not know its width says 0
  const columns = Math.min(stdout.columns || WIDEST, WIDEST)
  const colours = stdout.isTTY && (env['NO_COLOR'] ?? '') === ''
  return new Screen(languageOf(flags), { columns, colours }, (text) => terminal.out(text), openEditor)
}

function list(flags: CommandArguments['flags'], terminal: Terminal): void {
  const language = languageOf(flags)
  for (const { number, title, sections, lessons } of readCourse(versionOf(flags))) {
    const rows = sections.flatMap((section) => section.rows)
    terminal.out(`${number}  ${title[language]} (${rows.join(', ')})\n`)
    for (const id of lessons) {
      const text = LESSONS.find((lesson) => lesson.id === id)?.texts[language]
      terminal.out(`   ${id}: ${text?.title ?? ''}\n`)
    }
  }
}

async function chapter(which: string, flags: CommandArguments['flags'], terminal: Terminal): Promise<number> {
  const chapters = readCourse(versionOf(flags))
  const found = chapters.find(({ number }) => `${number}` === which)
  if (found === undefined)
    throw new UsageError(`there is no chapter ${which}; write 1 to ${chapters.length}, or see play --list`)
  const screen = screenOf(flags, terminal)
  const progress = keptProgress()
  if (flags['restart'] === true) progress.reached(`${found.number} ${found.version}`, 0)
  await withKeyboard((read) =>
    read === undefined ? playChapter(found, screen) : teachChapter(found, screen, read, progress),
  )
  return 0
}

async function lesson(which: string, flags: CommandArguments['flags'], terminal: Terminal): Promise<number> {
  if (!LESSONS.some(({ id }) => id === which)) {
    const hint = hintOf(
      which,
      LESSONS.map(({ id }) => id),
      'simcluster play --list names them',
    )
    throw new UsageError(`there is no lesson ${which}; ${hint}`)
  }
  const found = drawLesson(which, seedOf(flags))
  const [language, screen] = [languageOf(flags), screenOf(flags, terminal)]
  await withKeyboard((read) =>
    read === undefined
      ? playLesson(found, language, screen)
      : teachLesson(found, language, screen, read, keptProgress()),
  )
  return 0
}

async function exam(which: string, flags: CommandArguments['flags'], terminal: Terminal): Promise<number> {
  const name = (['cka', 'ckad', 'cks'] as const).find((each: ExamName) => each === which)
  if (name === undefined) throw new UsageError(`there is no exam ${which}; write exam cka, ckad or cks`)
  const [language, screen] = [languageOf(flags), screenOf(flags, terminal)]
  const drawn = drawExam(name, textOf(flags, 'seed') === undefined ? 1 : seedOf(flags))
  const began = performance.now()
  await withKeyboard(async (read) => {
    await sitExam(drawn, language, screen, read, () => performance.now() - began)
  })
  return 0
}

async function practice(
  which: string,
  flags: CommandArguments['flags'],
  terminal: Terminal,
): Promise<number> {
  const subject = (['netpol', 'rbac', 'scheduler'] as const).find((each: PracticeSubject) => each === which)
  if (subject === undefined)
    throw new UsageError(`there is no practice ${which}; write practice netpol, rbac or scheduler`)
  const [language, screen] = [languageOf(flags), screenOf(flags, terminal)]
  const seed = textOf(flags, 'seed') === undefined ? 1 : seedOf(flags)
  await withKeyboard(async (read) => void (await practise(subject, seed, language, screen, read)))
  return 0
}

/** `simcluster play`: the course in the terminal. */
export const playCommand: Command = {
  name: 'play',
  about:
    'Plays a chapter of the course: on a terminal you decide what is typed, into a pipe it plays by itself.',
  words: '[N | chapter N | lesson ID | exam NAME | practice SUBJECT]',
  flags: {
    ...LESSON_FLAGS,
    restart: { about: 'begins the chapter anew' },
    list: { about: 'lists the chapters and lessons instead' },
  },
  examples: ['simcluster play', 'simcluster play 4 --lang ko', 'simcluster play --list'],
  run: async ({ flags, words: [first = '1', second, ...more] }, terminal) => {
    if (flags['list'] === true) {
      list(flags, terminal)
      return 0
    }
    if (more.length > 0 || (second !== undefined && !WAYS.includes(first)))
      throw new UsageError('write play, play N, play lesson ID, play exam NAME, or play practice SUBJECT')
    if (first === 'exam') return exam(second ?? '', flags, terminal)
    if (first === 'lesson') return lesson(second ?? '', flags, terminal)
    if (first === 'practice') return practice(second ?? '', flags, terminal)
    return chapter(first === 'chapter' ? (second ?? '1') : first, flags, terminal)
  },
}

/** `simcluster lesson`: a broken cluster to repair. */
export const lessonCommand: Command = {
  name: 'lesson',
  about: 'Gives you a broken cluster to repair, with hints; into a pipe it shows how it is solved.',
  words: 'ID',
  flags: LESSON_FLAGS,
  examples: ['simcluster lesson budget', 'simcluster play --list'],
  run: ({ flags, words }, terminal) => {
    if (words.length !== 1) throw new UsageError('write lesson ID; simcluster play --list names them')
    return lesson(words[0] ?? '', flags, terminal)
  },
}

/** `simcluster exam`: a mock exam. */
export const examCommand: Command = {
  name: 'exam',
  about: 'Gives you up to 17 tasks of an exam, with a timer and no hints, and grades what you have done.',
  words: 'cka|ckad|cks',
  flags: LESSON_FLAGS,
  examples: ['simcluster exam cka', 'simcluster exam cks --seed 7'],
  run: ({ flags, words }, terminal) => {
    if (words.length !== 1) throw new UsageError('write exam cka, exam ckad or exam cks')
    return exam(words[0] ?? '', flags, terminal)
  },
}

/** `simcluster practice`: questions without end. */
export const practiceCommand: Command = {
  name: 'practice',
  about: 'Asks who reaches whom, who may do what, or where a pod fits, without end, and proves the answers.',
  words: 'netpol|rbac|scheduler',
  flags: { lang: FLAGS['lang'] as Flag, seed: { value: 'N', about: 'draws other questions', default: '1' } },
  examples: ['simcluster practice netpol', 'simcluster practice scheduler --seed 7'],
  run: ({ flags, words }, terminal) => {
    if (words.length !== 1) throw new UsageError('write practice netpol, practice rbac or practice scheduler')
    return practice(words[0] ?? '', flags, terminal)
  },
}
