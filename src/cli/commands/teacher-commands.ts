import { InputError } from '../../lang/input-error.js'
import { readFileSync, statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { NotFoundError } from '../../client/not-found.js'
import type { Chapter, CourseVersion } from '../../course/chapter.js'
import type { Language } from '../../lang/text/phrases.js'
import { drawLesson, type Lesson, LESSONS } from '../../course/lessons/index.js'
import { exactJson } from '../../lang/json/exact-json.js'
import type { CommandArguments, Command, Flag, Terminal } from '../command.js'
import { UsageError } from '../command.js'
import { gradeOf, type Grade } from '../course/grade.js'
import { withKeyboard } from '../course/keyboard.js'
import { preview, textOfFile } from '../course/preview.js'
import { readSubmissions, type Submission, SubmissionError } from '../course/submission.js'
import { readChapter, readCourse } from '../course/read.js'
import { slidesOf } from '../course/slides.js'
import { csv, markdown, type TextTable, text } from '../course/tables.js'
import { textOf } from '../files.js'
import { languageOf, LANGUAGE_FLAG, screenOf, seedOf, VERSION_FLAG, versionOf } from './play-command.js'

const FORMS = ['text', 'json', 'markdown', 'csv'] as const

const OUTPUT: Flag = {
  value: 'text|json|markdown|csv',
  short: 'o',
  about: 'the form of the table',
  default: 'text',
}

/** Prints a table in the form that `-o` asks for. */
function printTable(
  table: TextTable,
  json: unknown,
  flags: CommandArguments['flags'],
  terminal: Terminal,
): void {
  const wish = textOf(flags, 'output') ?? 'text'
  const form = FORMS.find((each) => each === wish)
  if (form === undefined) throw new UsageError(`-o ${wish}: write ${FORMS.join(', ')}`)
  const texts = { text, markdown, csv, json: () => `${exactJson(json, 2)}\n` }
  terminal.out(texts[form](table))
}

function submissionsIn(file: string): readonly Submission[] {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) throw new UsageError(`there is no file ${file}`)
  if (found.isDirectory()) throw new UsageError(`${file} is a folder; name its files: ${file}/*`)
  try {
    return readSubmissions(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof SubmissionError || error instanceof NotFoundError || error instanceof InputError)
      throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
}

const gradeTable = (grades: readonly Grade[]): TextTable => ({
  headings: ['LEARNER', 'LESSON', 'SEED', 'SOLVED', 'GOALS', 'COMMANDS', 'MISSING'],
  rows: grades.map(({ learner, lesson, seed, isSolved, goals, reached, commands, missing }) => [
    learner,
    lesson,
    `${seed}`,
    isSolved ? 'yes' : 'no',
    `${reached}/${goals}`,
    `${commands}`,
    missing.join(' '),
  ]),
})

/** `simcluster grade`: judges what learners have handed in. */
export const gradeCommand: Command = {
  name: 'grade',
  about: 'Judges what learners hand in: links or exported progress of the playground, or scripts.',
  words: 'FILE...',
  flags: { lang: LANGUAGE_FLAG, output: OUTPUT },
  examples: ['simcluster grade submissions/*', 'simcluster grade jane.sh -o csv'],
  run: async ({ flags, words }, terminal) => {
    if (words.length === 0) throw new UsageError('name the files of the learners: grade FILE...')
    const language = languageOf(flags)
    const grades: Grade[] = []
    const faults: UsageError[] = []
    for (const file of words)
      try {
        const learner = basename(file, extname(file))
        for (const each of submissionsIn(file)) grades.push(await gradeOf(learner, each, language))
      } catch (error) {
        // a file that cannot be read must not keep the others from their grades
        if (!(error instanceof UsageError)) throw error
        faults.push(error)
      }
    if (grades.length > 0) printTable(gradeTable(grades), grades, flags, terminal)
    if (faults.length > 0) throw new UsageError(faults.map(({ message }) => message).join('\n'))
    return grades.every(({ isSolved }) => isSolved) ? 0 : 1
  },
}

const answerOf = ({ id, seed, texts, solution, goals, wrongRepairs }: Lesson, language: Language): string => {
  const { title, symptom, hints, explanation } = texts[language]
  const numbered = hints.map((hint, at) => `${at + 1}. ${hint}\n`).join('')
  const items = goals.map(({ text }) => `- ${text[language]}\n`).join('')
  const fence = (line: string): string => `\`\`\`sh\n${line.trimEnd()}\n\`\`\`\n\n`
  const [answer, wrong] = language === 'ko' ? ['답', '정답이 아닌 것'] : ['Answer', 'Not an answer']
  return (
    `## ${title} (${id}${seed === 0 ? '' : ` ${seed}`})\n\n${symptom}\n\n${numbered}\n${items}\n` +
    `### ${answer}\n\n${fence(solution)}${explanation}\n\n### ${wrong}\n\n${wrongRepairs.map(fence).join('')}`
  )
}

/** `simcluster lessons`: what a teacher chooses from, and the answer keys. */
export const lessonsCommand: Command = {
  name: 'lessons',
  about:
    'Lists the lessons, prints answer keys as Markdown (--answers), or shows a lesson or a chapter that ' +
    'you write as a learner sees it (preview).',
  words: '[ID... | preview FILE]',
  flags: {
    lang: LANGUAGE_FLAG,
    seed: { value: 'N', about: 'draws other names, nodes and places of the fault', default: '0' },
    answers: { about: 'prints goals, solutions, explanations and wrong repairs' },
    version: VERSION_FLAG,
    output: OUTPUT,
  },
  examples: [
    'simcluster lessons -o markdown',
    'simcluster lessons budget taint --seed 7 --answers',
    'simcluster lessons preview my-lesson.yaml --lang ko',
  ],
  run: async ({ flags, words }, terminal) => {
    if (words[0] === 'preview') return previewed(words.slice(1), flags, terminal)
    const [language, seed] = [languageOf(flags), seedOf(flags)]
    const ids = words.length === 0 ? LESSONS.map(({ id }) => id) : words
    const lessons = ids.map((id) => drawn(id, seed))
    if (flags['answers'] === true) {
      if (flags['output'] !== undefined) throw new UsageError('--answers is Markdown: leave out -o')
      terminal.out(lessons.map((each) => answerOf(each, language)).join(''))
      return 0
    }
    const table: TextTable = {
      headings: ['LESSON', 'LEVEL', 'MINUTES', 'EXAMS', 'TITLE'],
      rows: lessons.map(({ id, level, minutes, exams = [], texts }) => [
        id,
        level,
        `${minutes}`,
        exams.join(' '),
        texts[language].title,
      ]),
    }
    const json = lessons.map(({ id, level, minutes, exams = [], texts }) => ({
      id,
      level,
      minutes,
      exams,
      title: texts[language].title,
      symptom: texts[language].symptom,
    }))
    printTable(table, json, flags, terminal)
    return 0
  },
}

async function previewed(
  [file, ...more]: readonly string[],
  flags: CommandArguments['flags'],
  terminal: Terminal,
): Promise<number> {
  if (file === undefined || more.length > 0) throw new UsageError('name one file: lessons preview FILE')
  const screen = screenOf(flags, terminal)
  let faults: readonly string[] = []
  await withKeyboard(async (read) => {
    faults = await preview(file, { screen, version: versionOf(flags), read })
  })
  for (const fault of faults) terminal.err(`${fault}\n`)
  return faults.length === 0 ? 0 : 1
}

function drawn(id: string, seed: number): Lesson {
  try {
    return drawLesson(id, seed)
  } catch (error) {
    throw error instanceof NotFoundError ? new UsageError(error.message) : error
  }
}

/** `simcluster slides`: a chapter as a deck. */
export const slidesCommand: Command = {
  name: 'slides',
  about:
    'Prints a chapter, or one that you have written, as slides: one HTML page with what its commands ' +
    'print; browsers make a PDF of it.',
  words: 'N|FILE',
  flags: {
    lang: LANGUAGE_FLAG,
    version: VERSION_FLAG,
    notes: { about: "adds the teacher's notes, which learners do not see anywhere" },
  },
  examples: [
    'simcluster slides 7 --lang ko > slides.html',
    'simcluster slides 7 --notes > for-the-teacher.html',
    'simcluster slides 10-storage.md > storage.html',
  ],
  run: async ({ flags, words }, terminal) => {
    const chapter = chapterOf(words, versionOf(flags))
    terminal.out(await slidesOf(chapter, languageOf(flags), { notes: flags['notes'] === true }))
    return 0
  },
}

/** Returns the chapter of a number, or of a teacher's own file. */
function chapterOf([name = '', ...more]: readonly string[], version: CourseVersion): Chapter {
  if (name.endsWith('.md') && more.length === 0) {
    const text = textOfFile(name)
    try {
      return readChapter(name, text, version)
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error))
    }
  }
  const chapters = readCourse(version)
  const found = chapters.find(({ number }) => `${number}` === name)
  if (more.length > 0 || found === undefined)
    throw new UsageError(
      `write slides N, where N is the number of a chapter (1 to ${chapters.length}), or slides FILE for a ` +
        'chapter that you have written, like 10-storage.md',
    )
  return found
}
