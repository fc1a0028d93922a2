import type { Language } from '../../lang/text/phrases.js'
import { isRight, practiceQuestion, type PracticeSubject } from '../../course/lessons/index.js'
import { answerWords } from '../../course/lessons/practice.js'
import type { ReadLine } from './play-chapter.js'
import type { Screen } from './screen.js'
import { spoken } from './spoken.js'

/**
 * Asks questions about a subject until the learner quits. `read` is undefined for a pipe: then the first one
 * is shown with its answer. Returns how many were asked and answered right.
 */
export async function practise(
  subject: PracticeSubject,
  seed: number,
  language: Language,
  screen: Screen,
  read: ReadLine | undefined,
): Promise<{ readonly asked: number; readonly right: number }> {
  const { words } = screen
  const counts = { asked: 0, right: 0 }
  for (let number = 1; ; number++) {
    const question = practiceQuestion(subject, { seed, number })
    const { objects, choices, answer, explanation } = question
    screen.title(words.practice(subject, number, seed))
    screen.line(objects)
    screen.prose(question.question[language])
    if (read === undefined) {
      screen.note(words.answerIs(answer.join(', ')))
      screen.line(`${explanation[language].trimEnd()}\n`)
      return counts
    }
    const given = await ask(read, screen, choices)
    if (given === undefined) break
    const isAnswered = isRight(question, given)
    counts.asked++
    if (isAnswered) counts.right++
    screen.note(isAnswered ? words.right : words.wrong(answer.join(', ')))
    screen.line(`${explanation[language].trimEnd()}\n`)
  }
  screen.note(words.practised(counts.asked, counts.right))
  return counts
}

/** Asks until the answer is one of the choices; returns undefined if the learner quits. */
async function ask(read: ReadLine, screen: Screen, choices: readonly string[]): Promise<string | undefined> {
  for (;;) {
    const line = (await read())?.trim()
    if (line === undefined || spoken(line, ['quit']) !== undefined) return undefined
    const given = answerWords(line)
    if (given.length > 0 && given.every((word) => choices.includes(word))) return given.join(' ')
    screen.note(screen.words.answerOf(choices.join(', ')))
  }
}
