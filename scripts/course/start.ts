/**
 * `npm start`: the course in the terminal. On a terminal the learner decides what is typed; into a pipe a
 * chapter plays by itself. `npm start -- --help` lists the ways to call it.
 */
import { argv, env, exit, stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { CourseVersion, Language } from '../../src/course/chapter.js'
import { LANGUAGES, VERSIONS } from '../../src/course/chapter.js'
import { LESSONS } from '../../src/lessons/index.js'
import { playLesson, teachLesson } from './lesson.js'
import type { ReadLine } from './play-chapter.js'
import { playChapter, teachChapter } from './play-chapter.js'
import { readCourse } from './read.js'
import { Screen } from './screen.js'
import { WORDS } from './words.js'

/** What the command line asks for. */
interface Wish {
  readonly language: Language
  readonly version: CourseVersion
  readonly words: readonly string[]
  readonly list: boolean
  readonly help: boolean
}

/** Reads the command line. @throws Error that says which values there are */
function wishOf(args: readonly string[]): Wish {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      lang: { type: 'string', default: (env['LC_ALL'] || env['LANG'] || '').startsWith('ko') ? 'ko' : 'en' },
      version: { type: 'string', default: 'v1.35' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    language: oneOf('--lang', values.lang, LANGUAGES),
    version: oneOf('--version', values.version, VERSIONS),
    words: positionals,
    list: values.list,
    help: values.help,
  }
}

function oneOf<T extends string>(flag: string, value: string, all: readonly T[]): T {
  const found = all.find((each) => each === value)
  if (found === undefined) throw new Error(`${flag} ${value}: write ${all.join(' or ')}`)
  return found
}

function list({ language, version }: Wish): void {
  for (const { number, title, sections, lessons } of readCourse(version)) {
    const rows = sections.flatMap((section) => section.rows)
    stdout.write(`${number}  ${title[language]} (${rows.join(', ')})\n`)
    for (const id of lessons) {
      const text = LESSONS.find((lesson) => lesson.id === id)?.texts[language]
      stdout.write(`   ${id}: ${text?.title ?? ''}\n`)
    }
  }
  stdout.write(`\n${WORDS[language].usage}\n`)
}

/** Reads from a terminal, also what was typed ahead; undefined if nobody sits at one. */
function keyboard(): ReadLine | undefined {
  if (!stdin.isTTY || !stdout.isTTY) return undefined
  const lines = createInterface({ input: stdin, output: stdout })
  const typed = lines[Symbol.asyncIterator]()
  return async (prompt) => {
    lines.setPrompt(prompt)
    lines.prompt()
    const { value, done } = await typed.next()
    return done === true ? undefined : value
  }
}

async function main(wish: Wish): Promise<number> {
  const { language, version, words } = wish
  const [what = 'chapter', which = '1'] = words
  const says = WORDS[language]
  if (wish.list || wish.help) {
    if (wish.help) stdout.write(`${says.usage}\n`)
    else list(wish)
    return 0
  }
  // a terminal that does not know its width says 0
  const options = { columns: Math.min(stdout.columns || 100, 100), colours: stdout.isTTY }
  const screen = new Screen(language, options, (text) => void stdout.write(text))
  const read = keyboard()
  const lesson = what === 'lesson' ? LESSONS.find(({ id }) => id === which) : undefined
  const chapter =
    what === 'chapter' ? readCourse(version).find(({ number }) => `${number}` === which) : undefined
  if (lesson !== undefined)
    await (read === undefined
      ? playLesson(lesson, language, screen)
      : teachLesson(lesson, language, screen, read))
  else if (chapter !== undefined)
    await (read === undefined ? playChapter(chapter, screen) : teachChapter(chapter, screen, read))
  else {
    stdout.write(`${says.unknown(`${what} ${which}`)}\n\n${says.usage}\n`)
    return 1
  }
  return 0
}

// whoever reads the pipe may have had enough
stdout.on('error', () => exit(0))
try {
  exit(await main(wishOf(argv.slice(2).filter((word) => !word.endsWith('.ts')))))
} catch (error) {
  stdout.write(`${error instanceof Error ? error.message : String(error)}\n`)
  exit(1)
}
