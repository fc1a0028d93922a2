import type { Language } from '../../course/chapter.js'
import { Playback } from '../../course/playback.js'
import type { Lesson } from '../../course/lessons/index.js'
import { isSolved, openDesk } from '../../course/lessons/index.js'
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
  screen.prose((await isSolved(lesson, desk)) ? screen.words.solved : screen.words.notYet)
  screen.prose(explanation)
}

/** Lets somebody work at the desk of a lesson. */
export async function teachLesson(
  lesson: Lesson,
  language: Language,
  screen: Screen,
  read: ReadLine,
): Promise<void> {
  const desk = await openDesk(lesson)
  const playback = new Playback(desk.cluster)
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
    else if (line === 'check') {
      const solved = await isSolved(lesson, desk)
      screen.prose(solved ? `${screen.words.solved} ${explanation}` : screen.words.notYet)
      if (solved) return
    } else await own(line, playback, screen)
  }
}

function introduce({ id, texts }: Lesson, language: Language, screen: Screen): Lesson['texts'][Language] {
  const text = texts[language]
  screen.title(`${id}: ${text.title}`)
  screen.prose(`${screen.words.symptom}: ${text.symptom}`)
  return text
}
