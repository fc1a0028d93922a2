import type { Language } from '../../course/chapter.js'
import { Playback } from '../../course/playback.js'
import type { Desk, Lesson } from '../../course/lessons/index.js'
import { judge, openDesk } from '../../course/lessons/index.js'
import type { ReadLine } from './play-chapter.js'
import { own } from './play-chapter.js'
import type { Screen } from './screen.js'

/** Shows a lesson, its hints, and how its solution solves it. */
export async function playLesson(lesson: Lesson, language: Language, screen: Screen): Promise<void> {
  const desk = await openDesk(lesson)
  const playback = new Playback(desk.cluster)
  const { hints, explanation } = introduce(lesson, language, screen)
  const type = async (line: string): Promise<void> => {
    screen.command('master', line)
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

/** How many commands a script has, without pauses. */
function countCommands(script: string): number {
  const bare = script.replaceAll(/'[^']*'|"[^"]*"/g, 'quoted')
  return bare.split(/;|\n|&&/).filter((part) => !/^\s*(?:$|#|sleep\b)/.test(part)).length
}

/** Lets somebody work at the desk of a lesson; `back` undoes what was typed last. */
export async function teachLesson(
  lesson: Lesson,
  language: Language,
  screen: Screen,
  read: ReadLine,
): Promise<void> {
  let playback = new Playback((await openDesk(lesson)).cluster)
  const past: Playback[] = []
  const { hints, explanation } = introduce(lesson, language, screen)
  screen.line(`${screen.words.lessonKeys}\n`)
  let told = 0
  for (;;) {
    const line = (await read(playback.host))?.trim()
    if (line === undefined || line === 'q') return
    if (line === '') continue
    if (line === 'hint') {
      const hint = hints[told++]
      screen.prose(hint === undefined ? screen.words.noMoreHints : `${screen.words.hint}: ${hint}`)
    } else if (line === 'solution') screen.line(`${lesson.solution}\n`)
    else if (line === 'back') {
      const before = past.pop()
      if (before !== undefined) playback = before
      screen.note(before === undefined ? screen.words.atTheBeginning : screen.words.wentBack)
    } else if (line === 'check') {
      const { cluster, host: master, typed } = playback
      if (!(await check(lesson, { cluster, master }, language, screen))) continue
      const taken = countCommands(typed.map((each) => each.line).join('\n'))
      screen.line(screen.words.par(taken, countCommands(lesson.solution)))
      screen.prose(explanation)
      return
    } else {
      past.push(playback.fork())
      if (past.length > MOST_STEPS_BACK) past.shift()
      await own(line, playback, screen)
    }
  }
}

/** Shows which goals are reached, and which promises were broken. Returns whether the lesson is solved. */
async function check(lesson: Lesson, desk: Desk, language: Language, screen: Screen): Promise<boolean> {
  const { goals, broken, isSolved } = await judge(lesson, desk)
  for (const { text, isReached, missing } of goals) {
    screen.line(`${isReached ? '✓' : '✗'} ${text[language]}\n`)
    for (const what of missing) screen.line(`    ${what}\n`)
  }
  for (const { text } of broken) screen.line(`✗ ${text[language]} (${screen.words.broken})\n`)
  screen.prose(isSolved ? screen.words.solved : screen.words.notYet)
  return isSolved
}

function introduce({ id, texts }: Lesson, language: Language, screen: Screen): Lesson['texts'][Language] {
  const text = texts[language]
  screen.title(`${id}: ${text.title}`)
  screen.prose(`${screen.words.symptom}: ${text.symptom}`)
  return text
}
